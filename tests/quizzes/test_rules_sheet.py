from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes import rules
from lms.quizzes.rules import Held, Paper, Question
from tests.factories import item

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def paper(many: int) -> Paper:
    return Paper(tuple(Question(at, item(at)) for at in range(1, many + 1)))


@given(st.integers(1, 60), st.sampled_from(["lesson", "module", "exam"]))
def test_every_question_stands_on_exactly_one_page(many: int, kind: str) -> None:
    first = rules.sheet(paper(many), {}, kind, 1)
    seen = [
        (line.question.position, number)
        for number in range(1, first.pages + 1)
        for line in rules.sheet(paper(many), {}, kind, number).lines
    ]
    assert [position for position, _page in seen] == list(range(1, many + 1))
    assert all(rules.page_of(kind, many, position) == number for position, number in seen)
    assert [(spot.position, spot.page) for spot in first.spots] == seen


def test_a_lesson_check_stands_on_one_page_and_a_quiz_on_small_ones() -> None:
    assert rules.sheet(paper(6), {}, "lesson", 1).pages == 1
    assert [len(rules.sheet(paper(15), {}, "module", n).lines) for n in (1, 7, 8)] == [2, 2, 1]


@pytest.mark.parametrize(("asked", "given_page"), [(-3, 1), (0, 1), (1, 1), (4, 4), (8, 8), (9, 8), (10**9, 8)])
def test_a_page_that_does_not_exist_becomes_the_nearest(asked: int, given_page: int) -> None:
    assert rules.sheet(paper(15), {}, "module", asked).page == given_page


@pytest.mark.parametrize(("position", "number"), [(-1, 1), (0, 1), (3, 2), (15, 8), (99, 8)])
def test_a_position_outside_the_paper_leads_to_its_nearest_page(position: int, number: int) -> None:
    assert rules.page_of("module", 15, position) == number


def test_the_map_says_answered_later_and_open() -> None:
    held = {1: Held((2,), False, 4, NOW), 2: Held((0,), True, 9, NOW), 3: Held((), False, 2, NOW)}
    found = rules.sheet(paper(4), held, "module", 2)
    assert [(spot.state, spot.here) for spot in found.spots] == [
        ("done", False),
        ("way", False),
        ("open", True),
        ("open", True),
    ]
    assert (found.answered, found.later, found.sequence) == (1, 1, 9)
    assert [spot.position for spot in found.unanswered] == [2, 3, 4]


def test_a_page_counts_on_from_what_is_held() -> None:
    found = rules.sheet(paper(4), {1: Held((2,), True, 7, NOW)}, "module", 1)
    assert [(line.choice, line.later, line.sequence) for line in found.lines] == [((2,), True, 8), ((), False, 1)]
    assert rules.sheet(paper(4), {}, "module", 1).sequence == 0
