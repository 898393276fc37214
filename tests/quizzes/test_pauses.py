"""Pauses: asked for by a student, answered by staff; the clock stands still and nothing is lost."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.core.errors import Conflict, Invalid
from lms.quizzes import service
from lms.quizzes.models import Attempt, Pause
from lms.quizzes.rules import TimeTerms
from lms.records.models import Reading
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.conftest import MakePermit
from tests.quizzes.test_service import put
from tests.quizzes.test_views import JSON, Sitting

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
END = NOON + 30 * MINUTE
AT = NOON + 10 * MINUTE


@pytest.fixture
def attempt(s: Session, make_permit: MakePermit) -> Attempt:
    return service.start_attempt(s, make_permit(), now=NOON)


def granted(s: Session, attempt: Attempt, minutes: int = 15) -> Attempt:
    service.ask_pause(s, attempt, reason="A panic attack.", now=AT)
    service.answer_pause(s, attempt, granted=True, minutes=minutes, by="MARCUS", now=AT)
    return attempt


def kinds(s: Session, attempt: Attempt) -> list[tuple[str, str]]:
    return [(step.kind, step.by) for step in service.steps_of(s, attempt)][1:]


def test_a_granted_pause_stops_the_clock_until_the_student_goes_on(s: Session, attempt: Attempt) -> None:
    granted(s, attempt)
    assert service.state_of(attempt, now=AT + MINUTE) == "paused"
    assert service.resume(s, attempt, by="SADE", now=AT + 7 * MINUTE)
    assert (attempt.deadline, attempt.paused_at, attempt.pause_ends) == (END + 7 * MINUTE, None, None)
    assert kinds(s, attempt) == [("paused", "MARCUS"), ("resumed", "SADE")]
    assert not service.resume(s, attempt, by="SADE", now=AT + 8 * MINUTE), "once"
    assert service.close_expired(s, END + 7 * MINUTE + 15 * SECOND) == 0
    assert service.close_expired(s, END + 7 * MINUTE + 16 * SECOND) == 1


def test_a_pause_nobody_ends_runs_out_and_gives_its_minutes_back(s: Session, attempt: Attempt) -> None:
    granted(s, attempt, 5)
    assert service.close_expired(s, AT + 20 * MINUTE) == 0
    assert (attempt.deadline, attempt.paused_at) == (END + 5 * MINUTE, None)
    assert kinds(s, attempt)[-1] == ("resumed", "clock")
    found = service.pause_of(s, attempt)
    assert found is not None
    assert (found.state, found.ended_at) == ("over", AT + 5 * MINUTE)
    assert service.close_expired(s, END + 6 * MINUTE) == 1
    assert attempt.closed_at == END + 5 * MINUTE


def test_a_tick_that_comes_days_late_closes_it_at_its_own_end(s: Session, attempt: Attempt) -> None:
    granted(s, attempt, 5)
    answer_all_before = service.answers_of(s, attempt)
    assert service.close_expired(s, NOON + timedelta(days=3)) == 1
    assert (attempt.state, attempt.closed_at) == ("expired", END + 5 * MINUTE)
    assert service.answers_of(s, attempt) == answer_all_before


def test_what_was_on_its_way_counts_and_what_comes_later_is_kept(s: Session, attempt: Attempt) -> None:
    granted(s, attempt)
    assert put(s, attempt, 1, [0], 1, now=AT + 15 * SECOND).state == "saved"
    assert put(s, attempt, 1, [1], 2, now=AT + 16 * SECOND).state == "paused"
    assert service.answers_of(s, attempt)[1].choice == (0,)
    assert [one.arrived.position for one in service.late_of(s, attempt)] == [1]
    service.resume(s, attempt, by="SADE", now=AT + MINUTE)
    assert put(s, attempt, 1, [1], 3, now=AT + MINUTE).state == "saved"


def test_not_granted_is_said_and_may_be_asked_again(s: Session, attempt: Attempt) -> None:
    service.ask_pause(s, attempt, now=AT)
    with pytest.raises(Conflict, match="already"):
        service.ask_pause(s, attempt, now=AT)
    service.answer_pause(s, attempt, granted=False, minutes=0, by="MARCUS", now=AT)
    assert attempt.paused_at is None
    with pytest.raises(Conflict, match="answered"):
        service.answer_pause(s, attempt, granted=True, minutes=5, by="RUTH", now=AT)
    service.ask_pause(s, attempt, now=AT + MINUTE)


def test_breaks_that_are_arranged_need_nobody_and_are_used_up(s: Session, make_permit: MakePermit) -> None:
    attempt = service.start_attempt(s, make_permit(terms=TimeTerms(break_minutes=10)), now=NOON)
    assert service.ask_pause(s, attempt, now=AT).state == "running"
    service.resume(s, attempt, by="SADE", now=AT + 4 * MINUTE)
    assert (attempt.deadline, attempt.break_seconds, attempt.break_used) == (END + 4 * MINUTE, 360, 240)
    service.ask_pause(s, attempt, now=AT + 5 * MINUTE)
    assert service.state_of(attempt, now=AT + 11 * MINUTE) == "open", "six minutes were left"
    service.close_expired(s, AT + 12 * MINUTE)
    assert (attempt.deadline, attempt.break_seconds) == (END + 10 * MINUTE, 0)
    assert service.ask_pause(s, attempt, now=AT + 13 * MINUTE).state == "asked"


def test_a_pause_that_ran_out_before_the_tick_is_no_obstacle(s: Session, make_permit: MakePermit) -> None:
    attempt = service.start_attempt(s, make_permit(terms=TimeTerms(break_minutes=5)), now=NOON)
    service.ask_pause(s, attempt, now=AT)
    assert service.ask_pause(s, attempt, now=AT + 6 * MINUTE).state == "asked"
    assert attempt.deadline == END + 5 * MINUTE


def test_time_granted_during_a_pause_is_not_lost(s: Session, attempt: Attempt) -> None:
    granted(s, attempt)
    service.extend(s, attempt, minutes=10, base="end", by="MARCUS", now=AT + 2 * MINUTE)
    service.resume(s, attempt, by="SADE", now=AT + 5 * MINUTE)
    assert attempt.deadline == END + 15 * MINUTE


def test_sending_ends_a_pause_too(s: Session, attempt: Attempt) -> None:
    granted(s, attempt)
    service.submit(s, attempt, now=AT + MINUTE)
    assert (attempt.state, attempt.paused_at) == ("submitted", None)
    found = service.pause_of(s, attempt)
    assert found is not None
    assert found.state == "over"


def test_what_cannot_be_paused(s: Session, attempt: Attempt, make_permit: MakePermit) -> None:
    check = service.start_attempt(s, make_permit("check-m1-l1"), now=NOON)
    with pytest.raises(Conflict, match="no time limit"):
        service.ask_pause(s, check, now=AT)
    service.ask_pause(s, attempt, now=END)
    with pytest.raises(Invalid):
        service.answer_pause(s, attempt, granted=True, minutes=0, by="MARCUS", now=END)
    with pytest.raises(Conflict):
        service.answer_pause(s, attempt, granted=True, minutes=5, by="MARCUS", now=END + MINUTE)
    assert attempt.state == "expired"


# — pages


@pytest.fixture
def sitting(database: Database, browsers: Any, cast: Cast) -> Sitting:
    return Sitting(database, browsers(cast.student), cast.seat, "quiz-m1")


@pytest.fixture
def marcus(browsers: Any, cast: Cast) -> Browser:
    return browsers(cast.facilitator)


def test_a_student_asks_and_staff_answer(
    sitting: Sitting, marcus: Browser, cast: Cast, clock: FixedClock, database: Database
) -> None:
    student = sitting.browser
    clock.advance(10 * MINUTE)
    assert student.post(sitting.page + "/answers", {"go": "pause"}).location == sitting.page + "/pause"
    assert "Ask for a pause" in student.get(sitting.page + "/pause").text
    assert student.post(sitting.page + "/pause", {"reason": "My chest hurts."}).location == sitting.page
    assert "You asked for a pause at 12:10." in student.get(sitting.page).text
    board = marcus.get(f"/cohorts/{cast.cohort.code}/quizzes/quiz-m1").text
    assert "1 person asks for a pause" in board
    assert "chest" not in board
    assert "My chest hurts." in marcus.get(sitting.page + "/help").text
    with database.reader() as s:
        assert s.scalars(sa.select(Reading.author)).all() == [cast.student.code]
        assert b"chest" not in (s.scalars(sa.select(Pause.reason)).one() or b"")
    answer = marcus.post(sitting.page + "/answer-pause", {"granted": "1", "minutes": "15"})
    assert answer.location == sitting.page + "/help"
    assert "The clock stands still" in student.get(sitting.page).text
    assert "<fieldset" not in student.get(sitting.page).text
    standing = student.get(sitting.page, headers=JSON).json
    assert (standing["open"], standing["paused"]) == (True, True)
    clock.advance(5 * MINUTE)
    assert student.post(sitting.page + "/submit").location == sitting.page, "nothing is sent by surprise"
    assert student.post(sitting.page + "/resume").location == sitting.page
    assert "of 30, until 12:35" in student.get(sitting.page).text
    assert sitting.row().state == "in_progress"


def test_not_granted_and_going_on_by_staff(sitting: Sitting, marcus: Browser) -> None:
    student = sitting.browser
    student.post(sitting.page + "/pause", {"reason": ""})
    assert "none is needed" in marcus.get(sitting.page + "/help").text
    assert marcus.post(sitting.page + "/answer-pause", {"granted": "1", "minutes": "999"}).status_code == 422
    marcus.post(sitting.page + "/answer-pause", {"granted": "0"})
    assert "was not granted." in student.get(sitting.page).text
    student.post(sitting.page + "/pause", {"reason": ""})
    marcus.post(sitting.page + "/answer-pause", {"granted": "1", "minutes": "5"})
    marcus.post(sitting.page + "/go-on")
    assert "<fieldset" in student.get(sitting.page).text


def test_no_id_stands_twice_where_several_forms_do(sitting: Sitting, marcus: Browser) -> None:
    sitting.browser.post(sitting.page + "/pause", {"reason": ""})
    page = marcus.get(sitting.page + "/help").text
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {"minutes", "pause-minutes"} <= set(ids)


def test_who_may(browsers: Any, cast: Cast, sitting: Sitting) -> None:
    posts = ("extend", "reopen", "answer-pause", "go-on")
    for who, status in ((cast.student, 403), (cast.classmate, 404), (cast.funder, 404), (cast.other_facilitator, 404)):
        browser = browsers(who)
        assert browser.get(sitting.page + "/help").status_code == status
        assert {browser.post(f"{sitting.page}/{one}").status_code for one in posts} == {status}
    marcus = browsers(cast.facilitator)
    assert marcus.get(sitting.page + "/pause").status_code == 403
    assert marcus.post(sitting.page + "/resume").status_code == 403
