from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Accommodation, Enrolment
from lms.core.db import Database
from lms.core.errors import NotFound
from lms.core.ids import new_code
from lms.learning import service as learning
from lms.learning.rules import Refusal
from lms.quizzes import service as quizzes
from lms.quizzes.models import Attempt
from lms.quizzes.rules import Permit, TimeTerms
from tests import factories
from tests.factories import NOON


def open_module(s: Session, seat: Enrolment) -> None:
    for lesson in ("m1-l1", "m1-l2"):
        for part in (1, 2, 3):
            learning.open_part(s, seat, lesson, part, now=NOON)


def test_a_lesson_check_starts_at_once(s: Session, seat: Enrolment) -> None:
    permit = learning.permit_for(s, seat, "check-m1-l1", now=NOON)
    assert isinstance(permit, Permit)
    assert (permit.enrolment_id, permit.quiz.id, permit.number) == (seat.id, "check-m1-l1", 1)
    assert permit.release == seat.cohort.release.digest
    assert permit.banks == {}


def test_a_module_quiz_opens_when_its_lessons_were_opened_through(s: Session, seat: Enrolment) -> None:
    assert learning.permit_for(s, seat, "quiz-m1", now=NOON) == Refusal("lessons", lacking=("m1-l1", "m1-l2"))
    open_module(s, seat)
    permit = learning.permit_for(s, seat, "quiz-m1", now=NOON)
    assert isinstance(permit, Permit)
    assert set(permit.banks) == {"m1"}


def test_the_exam_opens_when_the_required_quizzes_are_passed(
    s: Session, seat: Enrolment, sat: Callable[..., Any]
) -> None:
    assert learning.permit_for(s, seat, "exam", now=NOON) == Refusal("quizzes", lacking=("quiz-m1",))
    sat(seat, "quiz-m1", kind="module")
    assert isinstance(learning.permit_for(s, seat, "exam", now=NOON), Permit)


def test_a_permit_starts_the_attempt(s: Session, seat: Enrolment) -> None:
    open_module(s, seat)
    permit = learning.permit_for(s, seat, "quiz-m1", now=NOON)
    assert isinstance(permit, Permit)
    attempt = quizzes.start_attempt(s, permit, now=NOON)
    assert len(attempt.paper["questions"]) == 4
    again = learning.permit_for(s, seat, "quiz-m1", now=NOON)
    assert isinstance(again, Permit)
    assert quizzes.start_attempt(s, again, now=NOON) is attempt


def test_tries_are_counted_and_cool_down(s: Session, seat: Enrolment, sat: Callable[..., Any]) -> None:
    open_module(s, seat)
    sat(seat, "quiz-m1", passed=False, kind="module")
    soon = NOON + timedelta(hours=12)
    assert learning.permit_for(s, seat, "quiz-m1", now=NOON) == Refusal("cooling", until=soon)
    permit = learning.permit_for(s, seat, "quiz-m1", now=soon)
    assert isinstance(permit, Permit)
    assert permit.number == 2
    for number in (2, 3):
        sat(seat, "quiz-m1", passed=False, kind="module", number=number)
    assert learning.permit_for(s, seat, "quiz-m1", now=soon) == Refusal("attempts")


def test_a_passed_quiz_is_not_sat_again_but_a_check_is(s: Session, seat: Enrolment, sat: Callable[..., Any]) -> None:
    open_module(s, seat)
    sat(seat, "quiz-m1", kind="module")
    sat(seat, "check-m1-l1")
    assert learning.permit_for(s, seat, "quiz-m1", now=NOON) == Refusal("passed")
    assert isinstance(learning.permit_for(s, seat, "check-m1-l1", now=NOON), Permit)


def test_an_attempt_whose_time_ran_out_counts_as_a_try(s: Session, seat: Enrolment, sat: Callable[..., Any]) -> None:
    open_module(s, seat)
    sat(
        seat, "quiz-m1", kind="module", state="in_progress", closed_at=None, points=None, out_of=None, passed=None,
        deadline=NOON + timedelta(minutes=30),
    )  # fmt: skip
    assert isinstance(learning.permit_for(s, seat, "quiz-m1", now=NOON), Permit)
    late = learning.permit_for(s, seat, "quiz-m1", now=NOON + timedelta(hours=2))
    assert late == Refusal("cooling", until=NOON + timedelta(hours=12, minutes=30))


@pytest.mark.parametrize("status", ["withdrawn", "finished"])
def test_only_somebody_enrolled_starts_a_quiz(s: Session, status: str) -> None:
    seat = factories.enrolment(s, factories.cohort(s), status=status)
    assert learning.permit_for(s, seat, "check-m1-l1", now=NOON) == Refusal("seat")


def test_a_quiz_of_another_release_is_not_found(s: Session, seat: Enrolment) -> None:
    with pytest.raises(NotFound):
        learning.permit_for(s, seat, "quiz-m7", now=NOON)


def test_a_standing_accommodation_goes_with_every_permit(s: Session, seat: Enrolment) -> None:
    s.add(
        Accommodation(
            person_id=seat.person_id, factor_percent=150, extra_minutes=5, since=NOON, by="test", code=new_code()
        )
    )
    s.flush()
    permit = learning.permit_for(s, seat, "check-m1-l1", now=NOON)
    assert isinstance(permit, Permit)
    assert permit.accommodation == TimeTerms(150, 5, False)
    assert learning.standing(s, seat, "quiz-m1", now=NOON).seconds == 50 * 60


def test_the_standing_names_the_terms_and_what_is_in_the_way(
    s: Session, seat: Enrolment, sat: Callable[..., Any]
) -> None:
    assert learning.standing(s, seat, "quiz-m1", now=NOON).refusal == Refusal("lessons", lacking=("m1-l1", "m1-l2"))
    sat(seat, "quiz-m1", passed=False, kind="module")
    stands = learning.standing(s, seat, "quiz-m1", now=NOON)
    assert stands.seconds == 1800
    assert stands.again.left == 2
    assert stands.refusal == Refusal("cooling", until=NOON + timedelta(hours=12))
    assert stands.result is not None
    assert stands.result.best_percent == 25
    assert learning.standing(s, seat, "check-m1-l1", now=NOON).seconds is None


def test_two_tabs_that_start_at_once_begin_one_attempt(database: Database) -> None:
    """The race the lock is for: both tabs see no attempt. Real threads on a real database."""
    with database.writer() as s:
        code = factories.enrolment(s, factories.cohort(s)).code
        s.commit()
    faults: list[BaseException] = []

    def start() -> None:
        try:
            with database.writer() as mine:
                seat = cohorts.enrolment_by_code(mine, code)
                assert seat is not None
                permit = learning.permit_for(mine, seat, "check-m1-l1", now=NOON)
                assert isinstance(permit, Permit)
                quizzes.start_attempt(mine, permit, now=NOON)
                mine.commit()
        except BaseException as fault:  # noqa: BLE001 - a thread must not swallow what the test is about
            faults.append(fault)

    threads = [Thread(target=start) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reader() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1
    assert faults == []
