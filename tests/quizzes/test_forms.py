from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from lms.quizzes.forms import read_answers, read_wish
from lms.quizzes.rules import Given


def sent(*pairs: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict(pairs)


def test_an_answer_is_read() -> None:
    found = read_answers(
        sent(("q", "3"), ("a-3", "2"), ("a-3", "0"), ("s-3", "7"), ("l-3", "1"), ("t-3", "1795453200000"))
    )
    assert found.answers == (Given(3, (2, 0), True, 7, datetime(2026, 11, 23, 17, 0, tzinfo=UTC)),)
    assert found.unreadable == 0


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ([("w-3", ""), ("s-3", "1")], False),  # nothing chosen, nothing was
        ([("w-3", "2"), ("a-3", "2"), ("s-3", "4")], False),
        ([("w-3", "0 2 later"), ("a-3", "2"), ("a-3", "0"), ("l-3", "1"), ("s-3", "4")], False),
        ([("w-3", "2"), ("a-3", "1"), ("s-3", "4")], True),
        ([("w-3", "2"), ("s-3", "4")], True),  # cleared
        ([("w-3", ""), ("l-3", "1"), ("s-3", "1")], True),
        ([("s-3", "1")], True),  # a script sends only what was touched
    ],
)
def test_a_question_nobody_touched_is_no_answer(fields: list[tuple[str, str]], read: bool) -> None:
    found = read_answers(sent(("q", "3"), *fields))
    assert bool(found.answers) == read
    assert found.unreadable == 0


@pytest.mark.parametrize(
    "fields",
    [
        [("q", "3"), ("a-3", "0")],  # no count
        [("q", "3"), ("a-3", "0"), ("s-3", "")],
        [("q", "3"), ("a-3", "0"), ("s-3", "seven")],
        [("q", "3"), ("a-3", "0"), ("s-3", "-1")],
        [("q", "3"), ("a-3", "0"), ("s-3", "1e3")],
        [("q", "3"), ("a-3", "0"), ("s-3", "9" * 5000)],
        [("q", "3"), ("a-3", "0"), ("s-3", "٣")],
        [("q", "3"), ("a-3", "first"), ("s-3", "1")],
        [("q", "3"), ("a-3", "x" * 1_000_000), ("s-3", "1")],
        [("q", "3"), ("a-3", "9" * 1_000_000), ("s-3", "1")],
        [("q", "3"), *[("a-3", "0")] * 1000, ("s-3", "1")],
        [("q", "it-003"), ("a-it-003", "0"), ("s-it-003", "1")],
        [("q", "-3"), ("a--3", "0"), ("s--3", "1")],
        [("q", ""), ("a-", "0"), ("s-", "1")],
    ],
)
def test_what_has_no_shape_of_an_answer_is_counted_and_costs_no_other(fields: list[tuple[str, str]]) -> None:
    found = read_answers(sent(*fields, ("q", "4"), ("a-4", "1"), ("s-4", "2")))
    assert found.answers == (Given(4, (1,), False, 2),)
    assert found.unreadable == 1


def test_a_flood_of_questions_is_cut() -> None:
    found = read_answers(sent(*[("q", str(n)) for n in range(1, 1001)], *[(f"s-{n}", "1") for n in range(1, 1001)]))
    assert len(found.answers) == 300
    assert found.unreadable == 700


@pytest.mark.parametrize("typed", ["", "0.5", "-1", "yesterday", "9" * 15, "9" * 400, "253402300799001"])
def test_a_foolish_clock_is_no_reason_to_lose_an_answer(typed: str) -> None:
    found = read_answers(sent(("q", "1"), ("a-1", "0"), ("s-1", "1"), ("t-1", typed)))
    assert found.answers == (Given(1, (0,), False, 1, None),)


@given(
    st.lists(st.tuples(st.sampled_from(["q", "a-1", "s-1", "l-1", "w-1", "t-1", "go", "page"]), st.text(max_size=30)))
)
def test_nothing_that_is_sent_breaks_the_reading(fields: list[tuple[str, str]]) -> None:
    found = read_answers(sent(*fields))
    assert len(found.answers) + found.unreadable <= len({value for name, value in fields if name == "q"})
    assert read_wish(sent(*fields)).page >= 1


@pytest.mark.parametrize(
    ("fields", "go", "page", "hidden"),
    [
        ([], "", 1, False),
        ([("go", "next"), ("page", "3"), ("time", "hidden")], "next", 3, True),
        ([("page", "x"), ("time", "shown")], "", 1, False),
        ([("go", "z" * 99)], "z" * 20, 1, False),
    ],
)
def test_where_the_person_wants_to_go(fields: list[tuple[str, str]], go: str, page: int, hidden: bool) -> None:
    wish = read_wish(sent(*fields))
    assert (wish.go, wish.page, wish.hidden, wish.anyway, wish.time_up) == (go, page, hidden, False, False)
