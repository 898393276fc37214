"""Moodle XML: every type survives the way there and back; a dangerous or unclear file is refused by line."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lms.curriculum.rules.shapes import Item
from lms.quizzes.formats import moodle_reading, moodle_writing
from lms.quizzes.formats.exchange import Defaults, Imported, Unreadable
from lms.quizzes.formats.safe_xml import parse
from tests.quizzes import items
from tests.quizzes.written import KINDS, written


def read(text: str | bytes) -> Imported:
    return moodle_reading.read(text.encode() if isinstance(text, str) else text, Defaults("bank"))


def faults(text: str | bytes) -> list[tuple[int, str]]:
    with pytest.raises(Unreadable) as refused:
        read(text)
    return [(fault.line, fault.what) for fault in refused.value.faults]


def quiz(inside: str, kind: str = "multichoice") -> str:
    return f'<quiz>\n<question type="{kind}">\n<name><text>Name</text></name>\n{inside}</question></quiz>'


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_any_question_survives(kind: str, data: Any) -> None:
    sent_items = tuple(data.draw(st.lists(written(kind), min_size=1, max_size=3, unique_by=lambda item: item.id)))
    sent = moodle_writing.write(sent_items)
    assume(not any("left out" in said for said in sent.lost))
    assert read(sent.body).items == sent_items
    assert moodle_writing.write(read(sent.body).items) == sent


def test_only_a_gap_may_be_left_out() -> None:
    sent = moodle_writing.write(items.ALL)
    assert [said for said in sent.lost if "left out" in said] == []
    odd = Item("x", "cloze", ("a",), 1, "l", "A {1:SA: [[1]]", (), "R", items.CLOZE.task)
    assert moodle_writing.write((odd,)).lost == ("`x` is left out: Moodle would take a part of its text for a gap.",)
    bad = Item("y", "short_text", ("a",), 1, "l", "A \x01", (), "R", items.SHORT_TEXT.task)
    assert moodle_writing.write((bad,)).lost == ("`y` is left out: it holds a sign that XML cannot hold.",)


def test_a_weight_that_moodle_does_not_know_is_named() -> None:
    assert "no weight of" not in "".join(moodle_writing.write((items.SITUATIONAL,)).lost)
    odd = items.asked("situational", options=(*items.SITUATIONAL.options[:3], items.Option("x", False, "y", 77)))
    assert "Moodle knows no weight of 77 %" in moodle_writing.write((odd,)).lost[0]


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE quiz [<!ENTITY a "b">]>',
        '<!DOCTYPE quiz SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE quiz [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]>',
        '<!DOCTYPE quiz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
    ],
)
def test_a_file_that_reaches_outside_or_swells_is_refused(head: str) -> None:
    said = faults(f'<?xml version="1.0"?>\n{head}\n<quiz><question type="essay"/></quiz>')
    assert said == [(2, "This file declares a document type or entities, which are not read.")]


@given(st.text(max_size=200) | st.text('<>&;/="quizeston typ![]', max_size=80))
def test_whatever_the_file_holds_is_read_or_refused_with_a_line(text: str) -> None:
    try:
        read(text.encode("utf-8", "surrogatepass"))
    except Unreadable as refused:
        lines = [fault.line for fault in refused.faults]
    else:
        lines = [1]
    assert min(lines) >= 1


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "This is not XML: no element found."),
        ("<quiz>\n<question>", 2, "This is not XML: no element found."),
        ("<other/>", 1, "This is `<other>`, not a quiz."),
        ("<quiz/>", 1, "There is no question in this file."),
        ("<quiz>&nbsp;</quiz>", 1, "This is not XML: undefined entity."),
        ("<a>" * 60 + "</a>" * 60, 1, "This is nested more than 40 levels deep."),
        (quiz("", "calculated"), 2, "Questions of the type `calculated` are not read."),
        (quiz('<answer fraction="100"><text>a</text></answer>'), 2, "This question has fewer than two answers."),
        (quiz('<answer fraction="lots"><text>a</text></answer>\n' * 2), 4, "`lots` is no fraction."),
        (
            quiz('<answer fraction="50"><text>a</text></answer>' * 2),
            2,
            "This question has not exactly one best answer.",
        ),
        (
            quiz('<answer fraction="100"><text>yes</text></answer>', "truefalse"),
            2,
            "This question has not the answers true and false.",
        ),
        (quiz('<answer fraction="100"><text>1,5</text></answer>', "numerical"), 4, "`1,5` is not a number here."),
        (quiz('<answer fraction="50"><text>a</text></answer>', "shortanswer"), 2, "No answer gives all points."),
        (
            quiz("<questiontext><text>{1:NUMERICAL:=2}</text></questiontext>", "cloze"),
            2,
            "Gaps of the type NUMERICAL are not read.",
        ),
        (
            quiz("<questiontext><text>{1:SA:=2</text></questiontext>", "cloze"),
            2,
            "A gap of this question cannot be read.",
        ),
        (quiz("<subquestion><text>a</text></subquestion>", "matching"), 2, "A pair has no answer."),
        (quiz("<answer><text>a</text></answer>", "ordering"), 2, "There are fewer than three steps."),
    ],
)
def test_a_fault_is_named_on_its_line(text: str, line: int, what: str) -> None:
    assert (line, what) in faults(text)


def test_a_file_from_elsewhere() -> None:
    found = read(
        """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="category"><category><text>$course$/top</text></category></question>
<question type="multichoice"><name><text>Warm lines</text></name>
<questiontext format="html"><text><![CDATA[<p>Which is <strong>best</strong>?</p><ul><li>one</li></ul>]]></text></questiontext>
<defaultgrade>2.0000000</defaultgrade><single>true</single>
<answer fraction="100" format="html"><text><![CDATA[<p>Ask *now*</p>]]></text><feedback format="html"><text>Yes &amp; so</text></feedback></answer>
<answer fraction="0" format="html"><text>Wait</text><feedback format="html"><text></text></feedback></answer></question>
<question type="cloze"><name><text>Gaps</text></name>
<questiontext format="html"><text><![CDATA[<p>Say {1:SA:=yes~%50%maybe} or {1:MCV:no~=never#So.}.</p>]]></text></questiontext></question>
<question type="shortanswer"><name><text>1</text></name><questiontext format="plain_text"><text>2 * 3?</text></questiontext>
<usecase>1</usecase><answer fraction="100"><text>six</text></answer></question>
</quiz>"""
    )
    one, two, three = found.items
    assert (one.id, one.stem) == ("warm-lines", "Which is **best**?\n\n- one")
    assert (one.options[0].text, one.options[0].feedback, one.options[1].feedback) == ("Ask \\*now\\*", "Yes & so", "")
    assert two.stem == "Say [[1]] or [[2]]."
    assert [(gap.accepted, gap.choices) for gap in two.task.gaps] == [(("yes",), ()), (("never",), ("no", "never"))]  # type: ignore[union-attr]
    assert (three.id, three.stem) == ("bank-003", "2 \\* 3?")
    said = " ".join(found.lost)
    for word in ("categories", "2.0000000 points", "part of the points", "feedback of a gap", "capitals"):
        assert word in said


def test_the_line_of_every_element_is_kept() -> None:
    node = parse(b"<a>\n<b>\n<c/></b></a>")
    assert [(n.tag, n.line) for n in (node, node.children[0], node.children[0].children[0])] == [
        ("a", 1),
        ("b", 2),
        ("c", 3),
    ]
