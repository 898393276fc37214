"""What becomes of an attempt that nobody sent in time, and how staff open one again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts.models import Enrolment
from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.core.errors import Conflict, Invalid
from lms.quizzes import rules, service
from lms.quizzes.models import Attempt, Transition
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.conftest import MakePermit, permit
from tests.quizzes.test_service import answer_all, put

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
END = NOON + 30 * MINUTE


def start(s: Session, make_permit: MakePermit, overdue: str = "submit", grace: int = 0) -> Attempt:
    given = make_permit()
    return service.start_attempt(
        s, replace(given, quiz=replace(given.quiz, overdue=overdue, grace_minutes=grace)), now=NOON
    )


def steps(s: Session, attempt: Attempt) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.before, one.after, one.by) for one in service.steps_of(s, attempt)]


@pytest.mark.parametrize(
    ("overdue", "grace", "before", "state", "closed", "points"),
    [
        ("submit", 0, 16, "expired", 0, 400),
        ("abandon", 0, 16, "abandoned", 0, 0),
        ("grace", 5, 5 * 60 + 16, "abandoned", 5 * 60, 0),
    ],
)
def test_the_tick_closes_by_the_quizs_word(
    s: Session, make_permit: MakePermit, overdue: str, grace: int, before: int, state: str, closed: int, points: int
) -> None:
    attempt = start(s, make_permit, overdue, grace)
    answer_all(s, attempt)
    assert service.close_expired(s, END + (before - 1) * SECOND) == 0
    assert service.close_expired(s, END + before * SECOND) == 1
    assert (attempt.state, attempt.closed_at) == (state, END + closed * SECOND)
    assert (attempt.points, attempt.out_of, attempt.passed) == (points, 400, points == 400)
    person = attempt.enrolment.person.code
    assert steps(s, attempt) == [
        ("started", "", "in_progress", person),
        (state, "in_progress", state, "clock"),
    ]
    assert len(service.answers_of(s, attempt)) == 4, "what was saved is kept whatever it counts"


def test_in_grace_what_is_saved_may_be_sent_and_answers_are_kept_aside(s: Session, make_permit: MakePermit) -> None:
    attempt = start(s, make_permit, "grace", 5)
    answer_all(s, attempt, 3)
    late = END + 2 * MINUTE
    assert put(s, attempt, 4, [0], 9, now=late).state == "late"
    assert attempt.state == "in_progress"
    service.submit(s, attempt, now=late)
    assert (attempt.state, attempt.closed_at, attempt.points) == ("submitted", late, 300)
    assert steps(s, attempt)[-1] == ("sent", "in_progress", "submitted", attempt.enrolment.person.code)


def test_results_know_an_abandoned_attempt_before_the_tick(s: Session, make_permit: MakePermit) -> None:
    attempt = start(s, make_permit, "abandon")
    answer_all(s, attempt)
    s.flush()

    def found(now: Any) -> rules.QuizResult:
        return service.results_for(s, [attempt.enrolment_id], now=now)[attempt.enrolment_id]["quiz-m1"]

    assert found(END + 10 * SECOND).open_code == attempt.code
    before = found(END + MINUTE)
    assert (before.tries, before.passed, before.best_points) == (1, False, 0)
    service.close_expired(s, END + MINUTE)
    assert found(END + MINUTE) == before


def test_a_step_that_changed_nothing_is_not_written(s: Session, make_permit: MakePermit) -> None:
    attempt = start(s, make_permit)
    service.submit(s, attempt, now=NOON + MINUTE)
    service.submit(s, attempt, now=NOON + 2 * MINUTE)
    # What another transaction had loaded before the first one committed.
    sa.orm.attributes.set_committed_value(attempt, "state", "in_progress")
    service.submit(s, attempt, now=NOON + 3 * MINUTE)
    assert [kind for kind, *_more in steps(s, attempt)] == ["started", "sent"]


# — opened again


def expired(s: Session, make_permit: MakePermit, overdue: str = "submit") -> Attempt:
    attempt = start(s, make_permit, overdue)
    answer_all(s, attempt, 2)
    service.close_expired(s, END + MINUTE)
    return attempt


@pytest.mark.parametrize("overdue", ["submit", "abandon"])
def test_staff_open_an_attempt_again_with_a_reason(s: Session, make_permit: MakePermit, overdue: str) -> None:
    attempt = expired(s, make_permit, overdue)
    now = END + 60 * MINUTE
    service.reopen(s, attempt, minutes=20, reason="The power went out.", by="MARCUS", now=now)
    assert (attempt.state, attempt.deadline, attempt.points, attempt.closed_at) == (
        "in_progress", now + 20 * MINUTE, None, None,
    )  # fmt: skip
    step = service.steps_of(s, attempt)[-1]
    assert (step.kind, step.by, step.reason, step.deadline) == (
        "reopened",
        "MARCUS",
        "The power went out.",
        now + 20 * MINUTE,
    )
    assert step.facts["points"] == (200 if overdue == "submit" else 0)
    assert put(s, attempt, 3, [0], 9, now=now + MINUTE).state == "saved"
    service.submit(s, attempt, now=now + 2 * MINUTE)
    assert (attempt.state, attempt.closed_at) == ("submitted", now + 2 * MINUTE)
    assert attempt.points is not None
    assert attempt.points >= 200, "what was saved before is still there"


def test_the_reason_is_sealed(s: Session, make_permit: MakePermit) -> None:
    attempt = expired(s, make_permit)
    service.reopen(s, attempt, minutes=5, reason="A seizure at 12:10", by="MARCUS", now=END + 2 * MINUTE)
    stored = s.scalars(sa.select(Transition.reason).where(Transition.kind == "reopened")).one()
    assert stored
    assert b"seizure" not in stored


def test_one_that_lapsed_unnoticed_is_closed_first(s: Session, make_permit: MakePermit) -> None:
    attempt = start(s, make_permit)
    service.reopen(s, attempt, minutes=5, reason="No line.", by="MARCUS", now=END + 2 * MINUTE)
    assert [kind for kind, *_more in steps(s, attempt)] == ["started", "expired", "reopened"]


def refused(s: Session, attempt: Attempt, words: str) -> None:
    with pytest.raises(Conflict, match=words):
        service.reopen(s, attempt, minutes=5, reason="Why.", by="MARCUS", now=END + 5 * MINUTE)


def test_what_was_sent_stays_sent(s: Session, make_permit: MakePermit) -> None:
    attempt = start(s, make_permit)
    service.submit(s, attempt, now=NOON + MINUTE)
    refused(s, attempt, "stays sent")


def test_a_pass_is_not_taken_away_by_opening_again(s: Session, make_permit: MakePermit) -> None:
    attempt = start(s, make_permit)
    answer_all(s, attempt)
    service.close_expired(s, END + MINUTE)
    assert not service.may_reopen(attempt)
    refused(s, attempt, "is passed")


def test_one_under_way_is_given_time_instead(s: Session, make_permit: MakePermit) -> None:
    attempt = start(s, make_permit)
    with pytest.raises(Conflict, match="more time instead"):
        service.reopen(s, attempt, minutes=5, reason="Why.", by="MARCUS", now=NOON)


def test_only_one_attempt_is_under_way(s: Session, make_permit: MakePermit) -> None:
    attempt = expired(s, make_permit)
    service.start_attempt(s, make_permit(number=2), now=END + 2 * MINUTE)
    refused(s, attempt, "Another attempt")


@pytest.mark.parametrize(
    ("minutes", "reason", "field"), [(0, "Why.", "minutes"), (601, "Why.", "minutes"), (5, " ", "reason")]
)
def test_minutes_and_a_reason_are_asked_for(
    s: Session, make_permit: MakePermit, minutes: int, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as found:
        service.reopen(s, expired(s, make_permit), minutes=minutes, reason=reason, by="MARCUS", now=END + MINUTE)
    assert list(found.value.problems) == [field]


# — the pages


def sit(database: Database, cast: Cast, overdue: str, grace: int) -> str:
    with database.writer() as s:
        given = permit(s, s.get_one(Enrolment, cast.seat.id))
        quiz = replace(given.quiz, overdue=overdue, grace_minutes=grace)
        attempt = service.start_attempt(s, replace(given, quiz=quiz), now=NOON)
        answer_all(s, attempt)
        s.commit()
        return attempt.code


def test_in_grace_the_page_asks_to_send(database: Database, cast: Cast, browsers: Any, clock: FixedClock) -> None:
    code = sit(database, cast, "grace", 5)
    student: Browser = browsers(cast.student)
    assert "you have 5 minutes more to send it" in student.get(f"/attempts/{code}").text
    clock.advance(32 * MINUTE)
    page = student.get(f"/attempts/{code}").text
    assert "The time is up; send the quiz by 12:35" in page
    assert "<fieldset" not in page
    assert student.get(f"/attempts/{code}/result").location == f"/attempts/{code}"
    staff: Browser = browsers(cast.facilitator)
    assert "is still at work" in staff.get(f"/attempts/{code}/result").text
    assert student.post(f"/attempts/{code}/submit").location == f"/attempts/{code}/result"
    assert "Passed with 100 %" in student.get(f"/attempts/{code}/result").text


def test_after_grace_the_result_says_that_it_does_not_count(
    database: Database, cast: Cast, browsers: Any, clock: FixedClock
) -> None:
    code = sit(database, cast, "abandon", 0)
    student: Browser = browsers(cast.student)
    clock.advance(32 * MINUTE)
    assert student.post(f"/attempts/{code}/submit").location == f"/attempts/{code}/result"
    page = student.get(f"/attempts/{code}/result").text
    assert "it does not count. What was saved is kept." in page
    assert "they can open it again" in page
