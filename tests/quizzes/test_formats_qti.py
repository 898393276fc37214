"""QTI and Canvas text: what is written is well-formed, says what is right, and names what it cannot say."""

import io
import zipfile
from html import escape
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.quizzes.formats import qti, qti_markup, text2qti
from tests.quizzes import items
from tests.quizzes.written import KINDS, written

NS = {"q": "http://www.imsglobal.org/xsd/imsqti_v2p1", "m": "http://www.imsglobal.org/xsd/imscp_v1p1"}


def package(body: bytes) -> dict[str, ElementTree.Element]:
    with zipfile.ZipFile(io.BytesIO(body)) as held:
        return {name: ElementTree.fromstring(held.read(name)) for name in held.namelist()}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20)
@given(data=st.data())
def test_any_question_is_well_formed_and_answers_what_it_declares(kind: str, data: Any) -> None:
    # Rendering leaves no gap inside a tag, so a stem with gaps is given as it would be rendered.
    item = data.draw(written(kind, escape if kind == "cloze" else str.strip))
    files = package(qti.write("bank", (item,)).body)
    (resource,) = files["imsmanifest.xml"].findall(".//m:resource", NS)
    made = files[resource.get("href") or ""]
    declared = {one.get("identifier") for one in made.findall("q:responseDeclaration", NS)}
    asked = {one.get("responseIdentifier") for one in made.iter() if one.get("responseIdentifier")}
    assert declared == asked
    offered = {one.get("identifier") for one in made.find("q:itemBody", NS).iter()}  # type: ignore[union-attr]
    for one in made.findall("q:responseDeclaration", NS):
        if one.get("baseType") in ("identifier", "directedPair"):
            named = {name for value in one.iter(f"{{{NS['q']}}}value") for name in (value.text or "").split()}
            assert named <= offered
    assert made.find("q:modalFeedback", NS) is not None


def test_each_type_becomes_the_interaction_it_is() -> None:
    files = package(qti.write("bank", items.ALL).body)
    kinds = {
        name: {one.tag.partition("}")[2] for one in made.iter() if one.tag.endswith("Interaction")}
        for name, made in files.items()
        if name.startswith("items/")
    }
    assert kinds == {
        "items/it-matching.xml": {"matchInteraction"},
        "items/it-ordering.xml": {"orderInteraction"},
        "items/it-numeric.xml": {"textEntryInteraction"},
        "items/it-short-text.xml": {"textEntryInteraction"},
        "items/it-cloze.xml": {"textEntryInteraction", "inlineChoiceInteraction"},
        "items/it-situational.xml": {"choiceInteraction"},
        "items/it-short-answer.xml": {"extendedTextInteraction"},
    }


def test_the_same_questions_give_the_same_bytes_and_losses_are_named() -> None:
    assert qti.write("bank", items.ALL) == qti.write("bank", items.ALL)
    assert qti.write("bank", (items.ORDERING,)).lost == (
        "`it-ordering`: QTI gives a point for the whole order or none.",
    )


@given(st.text(max_size=60) | st.text("<>/ba&;\"'=pli u", max_size=60))
def test_any_html_becomes_well_formed(html: str) -> None:
    clean = "".join(
        letter for letter in html if letter >= " " and not "\ud800" <= letter <= "\udfff" and letter < "\ufffe"
    )
    ElementTree.fromstring(f"<div>{qti_markup.xhtml(clean)}</div>")


def test_our_html_keeps_what_qti_knows() -> None:
    html = '<p>A <strong>b</strong><br>c <i lang="yo">ẹ</i> <img src="x"><a href="https://a.example/?b&amp;c">d</a></p>'
    assert qti_markup.xhtml(html) == (
        '<p>A <strong>b</strong><br/>c <i xml:lang="yo">ẹ</i> <a href="https://a.example/?b&amp;c">d</a></p>'
    )


def test_the_text_for_canvas() -> None:
    sent = text2qti.write("My  bank", items.ALL)
    text = sent.body.decode()
    assert text.startswith(
        "Quiz title: My bank\n\nTitle: it-numeric\nPoints: 1\n1.      <p>Which?</p>\n...     <p>Because.</p>\n"
    )
    assert "=       1000.5 +- 0.5" in text
    assert "*       Warm line\n*       warmline" in text
    assert "*a)     Ask what they want" in text
    assert text.rstrip().endswith("____")
    assert [said for said in sent.lost if "left out" in said] == [
        f"`it-{kind}` is left out: the format has no `{kind}`." for kind in ("matching", "ordering", "cloze")
    ]


@settings(max_examples=20)
@given(st.lists(written("single") | written("multiple"), min_size=1, max_size=3))
def test_no_line_of_a_text_is_read_as_a_mark(drawn: list[Any]) -> None:
    text = text2qti.write("B", tuple(drawn)).body.decode()
    marks = (
        "Quiz title:",
        "Title:",
        "Points:",
        "...",
        "*a)",
        "a)",
        "*b)",
        "b)",
        "*c)",
        "c)",
        "*d)",
        "d)",
        "[*]",
        "[ ]",
    )
    for line in text.split("\n"):
        assert not line or line.startswith((*marks, " " * 8)) or line.split(".")[0].isdigit(), line
