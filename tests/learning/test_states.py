from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.cohorts.models import Enrolment
from lms.core.errors import NotFound
from lms.learning import service as learning
from lms.learning.rules import LessonState
from tests import factories
from tests.factories import NOON

LATER = NOON + timedelta(minutes=10)


def read(s: Session, seat: Enrolment, lesson: str = "m1-l1", minutes: int = 8, parts: int = 3) -> None:
    """Open the parts of a lesson at noon and read on until `minutes` are measured."""
    for part in range(1, parts + 1):
        learning.open_part(s, seat, lesson, part, now=NOON)
    learning.beat(s, seat, lesson, client=f"tab-{lesson}", sequence=0, now=NOON)
    now = NOON + timedelta(minutes=minutes)
    learning.beat(s, seat, lesson, client=f"tab-{lesson}", sequence=minutes * 3, now=now)


def test_somebody_who_read_nothing_has_no_states(s: Session, seat: Enrolment) -> None:
    assert learning.lesson_states(s, [seat.id]) == {seat.id: {}}


def test_what_was_opened_and_measured_is_recorded_by_lesson(s: Session, seat: Enrolment) -> None:
    read(s, seat, parts=2)
    learning.open_part(s, seat, "m1-l2", 1, now=LATER)
    assert learning.lesson_states(s, [seat.id])[seat.id] == {
        "m1-l1": LessonState(frozenset({1, 2}), 480, NOON + timedelta(minutes=8)),
        "m1-l2": LessonState(frozenset({1}), 0, LATER),
    }


def test_one_lesson_can_be_asked_for(s: Session, seat: Enrolment) -> None:
    read(s, seat)
    learning.open_part(s, seat, "m1-l2", 1, now=LATER)
    assert set(learning.lesson_states(s, [seat.id], "m1-l2")[seat.id]) == {"m1-l2"}


def test_a_page_that_was_only_looked_at_is_no_opened_part(s: Session, seat: Enrolment) -> None:
    learning.beat(s, seat, "m1-l1", client="tab", sequence=1, now=NOON)
    assert learning.lesson_states(s, [seat.id])[seat.id]["m1-l1"] == LessonState(frozenset(), 20, NOON)


def test_a_lesson_that_is_done_says_when_and_what_for(s: Session, seat: Enrolment, sat: Callable[..., Any]) -> None:
    sat(seat, "check-m1-l1", at=LATER)
    read(s, seat)
    state = learning.lesson_states(s, [seat.id])[seat.id]["m1-l1"]
    assert (state.done_at, state.credited_seconds) == (LATER, 1200)


def test_each_enrolment_has_its_own_states(s: Session, seat: Enrolment) -> None:
    other = factories.enrolment(s, seat.cohort)
    read(s, seat)
    assert learning.lesson_states(s, [seat.id, other.id])[other.id] == {}


@pytest.mark.parametrize(("people", "modules"), [(15, 3), (15, 30), (300, 3)])
def test_states_cost_at_most_two_queries_however_many(
    s: Session, people: int, modules: int, count_queries: Any
) -> None:
    cohort = factories.cohort(s, release_=factories.release(s, factories.pieces(modules)))
    seats = [factories.enrolment(s, cohort) for _ in range(people)]
    for at in range(0, people, 50):
        read(s, seats[at])
    with count_queries() as counted:
        found = learning.lesson_states(s, [seat.id for seat in seats])
    assert len(counted) <= 2
    assert len(found) == people


# As of now


def test_a_lesson_counts_from_the_moment_its_check_is_passed(
    s: Session, seat: Enrolment, sat: Callable[..., Any]
) -> None:
    read(s, seat)
    sat(seat, "check-m1-l1", at=LATER)
    assert learning.lesson_states(s, [seat.id])[seat.id]["m1-l1"].done_at is None
    state = learning.states_for(s, [seat], now=LATER + timedelta(hours=1))[seat.id]["m1-l1"]
    assert (state.done_at, state.credited_seconds) == (LATER, 1200)


def test_asking_what_counts_now_writes_nothing(s: Session, seat: Enrolment, sat: Callable[..., Any]) -> None:
    read(s, seat)
    sat(seat, "check-m1-l1", at=LATER)
    learning.states_for(s, [seat], now=LATER)
    assert not s.new
    assert not s.dirty
    assert learning.lesson_states(s, [seat.id])[seat.id]["m1-l1"].done_at is None


@pytest.mark.parametrize("people", [15, 100])
def test_what_counts_now_costs_the_same_for_many(
    s: Session, people: int, count_queries: Any, sat: Callable[..., Any]
) -> None:
    cohort = factories.cohort(s)
    seats = [factories.enrolment(s, cohort) for _ in range(people)]
    for seat in seats[:5]:
        read(s, seat)
        sat(seat, "check-m1-l1")
    with count_queries() as counted:
        found = learning.states_for(s, seats, now=LATER)
    assert len(counted) <= 3
    assert sum(1 for states in found.values() for state in states.values() if state.done_at) == 5


# The path


def test_the_path_says_what_comes_next(s: Session, seat: Enrolment, sat: Callable[..., Any]) -> None:
    first = learning.path_of(s, seat, now=NOON)
    assert first.step is not None
    assert (first.step.kind, first.step.part) == ("part", 1)
    read(s, seat)
    then = learning.path_of(s, seat, now=LATER).step
    assert then is not None
    assert (then.kind, then.quiz) == ("check", "check-m1-l1")
    sat(seat, "check-m1-l1")
    path = learning.path_of(s, seat, now=LATER)
    assert path.step is not None
    assert path.step.lesson is not None
    assert path.step.lesson.id == "m1-l2"
    assert path.credits["m1-l1"].earned
    assert path.states["m1-l1"].done_at is not None


def test_a_quiz_that_is_cooling_down_is_named_as_waiting(s: Session, seat: Enrolment, sat: Callable[..., Any]) -> None:
    sat(seat, "quiz-m1", passed=False, kind="module", at=NOON)
    assert learning.path_of(s, seat, now=NOON + timedelta(hours=11)).waiting == {"quiz-m1"}
    assert learning.path_of(s, seat, now=NOON + timedelta(hours=12)).waiting == frozenset()


def test_a_cohort_whose_requirements_are_missing_is_said_so(s: Session) -> None:
    seat = factories.enrolment(s, factories.cohort(s, pathway="nowhere"))
    with pytest.raises(NotFound, match="tell your coordinator"):
        learning.path_of(s, seat, now=NOON)
