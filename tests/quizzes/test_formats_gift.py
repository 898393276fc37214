"""GIFT: what it can hold survives the way there and back; what it cannot is named; what is unclear is refused by line."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lms.curriculum.rules.shapes import Item
from lms.curriculum.rules.tasks import Numeric
from lms.quizzes.formats import gift_reading, gift_writing
from lms.quizzes.formats.exchange import UNSAID, Defaults, Imported, Unreadable
from tests.quizzes.written import written

DEFAULTS = Defaults("bank")
WHOLE = ("single", "multiple", "true_false", "situational", "matching", "short_text", "numeric")


def read(text: str | bytes) -> Imported:
    return gift_reading.read(text.encode() if isinstance(text, str) else text, DEFAULTS)


def one(text: str) -> Item:
    (item,) = read(text).items
    return item


def faults(text: str | bytes) -> list[tuple[int, str]]:
    with pytest.raises(Unreadable) as refused:
        read(text)
    return [(fault.line, fault.what) for fault in refused.value.faults]


def unitless(item: Item) -> Item:
    return replace(item, task=replace(item.task, unit="")) if isinstance(item.task, Numeric) else item


@pytest.mark.parametrize("kind", WHOLE)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_what_gift_can_hold_survives(kind: str, data: Any) -> None:
    items = tuple(data.draw(st.lists(written(kind), min_size=1, max_size=3, unique_by=lambda item: item.id)))
    sent = gift_writing.write(items)
    assume(not any("left out" in said for said in sent.lost))
    assert read(sent.body).items == tuple(map(unitless, items))
    assert gift_writing.write(read(sent.body).items).body == sent.body


@given(written("cloze"))
def test_a_gap_survives_as_a_missing_word_or_is_named(item: Item) -> None:
    sent = gift_writing.write((item,))
    if sent.lost:
        assert "is left out" in sent.lost[0]
    else:
        assert read(sent.body).items == (item,)


@given(written("short_answer"))
def test_an_essay_loses_its_guide_and_says_so(item: Item) -> None:
    sent = gift_writing.write((item,))
    assert sent.lost == (f"`{item.id}`: GIFT has no place for the guide and its points.",)
    back = read(sent.body).items[0]
    assert (back.id, back.type, back.stem, back.rationale) == (item.id, item.type, item.stem, item.rationale)


@given(written("ordering"))
def test_an_order_is_left_out_and_named(item: Item) -> None:
    sent = gift_writing.write((item,))
    assert "is left out" in sent.lost[0]
    assert b"::" not in sent.body


@given(st.text(max_size=200))
def test_whatever_the_file_holds_is_read_or_refused_with_a_line(text: str) -> None:
    try:
        read(text.encode("utf-8", "surrogatepass"))
    except Unreadable as refused:
        lines = [fault.line for fault in refused.faults]
    else:
        lines = [1]
    assert min(lines) >= 1


def test_a_file_from_elsewhere() -> None:
    found = read("""// a comment
$CATEGORY: Demo

::Grant::Who is buried in *Grant's* tomb?{~Grant#no ~Jefferson =no one#yes####Nobody is.}

[html]<p>Is it <b>so</b>? <img src="x"></p>{TRUE}

Two plus two is {=four =4} in all.

When?{#1822:5}

When?{#1..5}

Which two?{~%50%a ~%50%b ~%-100%c}

Match.{=a -> 1 =b -> 2 = -> 3}

Say why.{}
""")
    kinds = [item.type for item in found.items]
    assert kinds == ["single", "true_false", "cloze", "numeric", "numeric", "multiple", "matching", "short_answer"]
    first = found.items[0]
    assert (first.id, first.stem, first.lesson) == ("grant", "Who is buried in \\*Grant's\\* tomb?", UNSAID)
    assert [(o.text, o.correct, o.feedback) for o in first.options][2] == ("no one", True, "yes")
    assert found.items[1].stem == "Is it **so**?"
    assert found.items[2].stem == "Two plus two is [[1]] in all."
    assert (found.items[4].task.value, found.items[4].task.tolerance) == ("3", "2")  # type: ignore[union-attr]
    assert any("<img>" in said for said in found.lost)
    assert any("categories" in said for said in found.lost)
    assert [item.id for item in found.items[1:3]] == ["bank-002", "bank-003"]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("Who?{~a =b\n\nWhat?{~c =d}", 1, "This question has 1 opening and 0 closing braces."),
        ("// x\nWho?{~a =b\nWhat?{~c =d}", 3, "This question has 2 opening and 1 closing braces."),
        ("Fine.{T}\n\nWho? ~a}", 3, "This question has 0 opening and 1 closing braces."),
        ("::name Who?{T}", 1, "The name of this question does not end."),
        ("Who?{~a ~b}", 1, "No answer is right."),
        ("Who?{=a =b ~c}", 1, "Two answers are marked as the one that is right."),
        ("Who?{=a ~}", 1, "An answer is empty."),
        ("Who?{a}", 1, "An answer begins with neither = nor ~."),
        ("When?{#12,5}", 1, "`12,5` is not a number here."),
        ("When?{#=1 =2}", 1, "This number has several answers."),
        ("Match.{=a -> 1}", 1, "There are fewer than two pairs."),
        ("Match.{=a -> 1 =b ->}", 1, "A pair has no answer."),
        ("", 1, "There is no question in this file."),
        ("// nothing", 1, "There is no question in this file."),
        ("Bad \ue001 sign{T}", 1, "This line holds a private sign that no font shows."),
    ],
)
def test_a_fault_is_named_on_its_line(text: str, line: int, what: str) -> None:
    assert (line, what) in faults(text)


def test_every_fault_of_a_file_is_named_at_once() -> None:
    assert [line for line, _what in faults("Who?{~a ~b}\n\nFine.{T}\n\nWho?{=a ~}")] == [1, 5]


def test_bytes_that_are_no_text_are_refused() -> None:
    assert faults(b"fine\n\xff\xfe{T}") == [(2, "This line is not valid UTF-8.")]


def test_signs_that_mean_something_are_escaped() -> None:
    item = one(r"Is \{1\} \= 1\: \#1 \~ a\nb?{T}")
    assert item.stem == "Is {1} = 1: #1 ~ a\nb?"
