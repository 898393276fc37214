"""What users of other systems suffered in quizzes, one test for each: the number is that of our list of pains (1 to 24).

The browser's half of 1, 2, 6, 7, 8, 10 and 22 is walked in a real browser in `test_quiz_js.py`.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lms.cohorts import service as cohorts
from lms.cohorts.models import Cohort, Enrolment
from lms.core.clock import FixedClock
from lms.core.db import Database, unit_of_work
from lms.quizzes import service
from lms.quizzes.models import Attempt, Response
from lms.quizzes.rules import Window
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.conftest import permit
from tests.quizzes.test_races import at_once
from tests.quizzes.test_views import JSON, Sitting

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
END = NOON + 30 * MINUTE


@pytest.fixture
def sitting(database: Database, browsers: Any, cast: Cast) -> Sitting:
    return Sitting(database, browsers(cast.student), cast.seat, "quiz-m1")


def arrange(database: Database, cast: Cast, now: datetime, **terms: Any) -> service.Granted:
    with unit_of_work(database) as s:
        person = s.get_one(Enrolment, cast.seat.id).person
        cohorts.set_accommodation(s, person, **terms, by="RUTH", now=now)
        return service.follow_arrangement(s, person.id, by="RUTH", now=now)


def tick(database: Database, now: datetime) -> int:
    with unit_of_work(database) as s:
        return service.close_expired(s, now)


def later(clock: FixedClock, **span: float) -> datetime:
    return clock.advance(timedelta(**span))


# — answers that were lost


def test_01_what_was_saved_is_marked_when_the_time_runs_out(
    sitting: Sitting, clock: FixedClock, database: Database
) -> None:
    """The answer arrived empty at time-out, with zero points."""
    sitting.save_all()
    tick(database, later(clock, minutes=31))
    assert (sitting.row().state, sitting.row().points) == ("expired", 400)


def test_02_a_forced_send_saves_the_page_it_comes_with(sitting: Sitting, clock: FixedClock) -> None:
    """Answers were not saved when the time ran out and the form was sent by force."""
    later(clock, minutes=30, seconds=10)
    sitting.browser.post(sitting.page + "/submit", sitting.fields(*sitting.right.items()) | {"time_up": "1"})
    assert (sitting.row().state, sitting.row().points) == ("submitted", 400)


def test_02_every_answer_is_saved_by_itself(sitting: Sitting, database: Database, clock: FixedClock) -> None:
    """A power cut lost everything since the last page."""
    sitting.save((1, sitting.right[1]))
    tick(database, later(clock, hours=2))
    assert sitting.row().points == 100


def test_03_what_arrives_after_the_end_is_kept_and_changes_nothing(sitting: Sitting, clock: FixedClock) -> None:
    """Answers were saved by themselves after the end, or lost at it."""
    sitting.save((1, 0))
    later(clock, minutes=31)
    assert sitting.save((1, 1), (2, 1), sequence=2).json["state"] == "late"
    assert sitting.answers() == {1: [0]}
    assert sitting.taken() == ["saved", "late", "late"]


def test_04_a_duplicated_tab_never_writes_older_answers_over_newer_ones(sitting: Sitting) -> None:
    """A background tab kept saving its old answers, silently."""
    sitting.save((1, 0), sequence=1)
    sitting.save((1, 2), sequence=5)
    for sequence in (2, 3, 4):
        answer = sitting.save((1, 0), sequence=sequence).json
        assert answer["state"] == "stale"
        assert answer["answers"][0]["said"], "and the tab is told so"
    assert sitting.answers() == {1: [2]}


def test_05_a_page_nobody_touched_overwrites_nothing(sitting: Sitting) -> None:
    """A stale tab that was sent without being touched cleared what another had saved."""
    sitting.save((1, 2), sequence=3)
    untouched = {"q": ["1"], "s-1": "9", "w-1": "", "go": "next"}
    sitting.browser.post(sitting.page + "/answers", untouched)
    assert sitting.answers() == {1: [2]}


def test_06_choices_are_there_after_a_reload(sitting: Sitting) -> None:
    """Ticks were lost on a reload."""
    sitting.save((1, 2))
    page = sitting.browser.get(sitting.page).text
    assert 'name="a-1" value="2" checked' in page


def test_07_sending_saves_the_visible_answers_first(sitting: Sitting) -> None:
    """The timer finished the attempt without saving what the page showed."""
    sent = sitting.fields(*sitting.right.items()) | {"anyway": "1"}
    sitting.browser.post(sitting.page + "/submit", sent)
    assert sitting.row().points == 400


def test_08_answers_that_come_late_are_said_to_be_kept(sitting: Sitting, clock: FixedClock) -> None:
    """Answers given offline vanished and were called lost."""
    later(clock, minutes=40)
    reply = sitting.save((1, 0)).json
    assert "it is kept with the time it arrived" in reply["answers"][0]["said"]
    assert "arrived too late" in sitting.browser.get(sitting.page + "/result").text


def test_09_a_session_that_ended_refuses_by_a_word_and_keeps_the_answers(
    sitting: Sitting, browser: Browser, browsers: Any, cast: Cast
) -> None:
    """A session that timed out dropped answers."""
    signed_out = browser.post(sitting.page + "/answers", sitting.fields((1, 2)), headers=JSON)
    assert signed_out.status_code == 401, "the script keeps what it holds and sends it again after signing in"
    again = browsers(cast.student).post(sitting.page + "/answers", sitting.fields((1, 2)), headers=JSON)
    assert again.json["state"] == "saved"


def test_10_a_save_is_seen(sitting: Sitting) -> None:
    """People could not see whether saving worked."""
    assert sitting.save((1, 2)).json["answers"][0]["clock"] == "12:00:00"
    assert "Saved 12:00:00" in sitting.browser.get(sitting.page).text


def test_11_marking_again_touches_no_answer_and_no_open_attempt(
    sitting: Sitting, browsers: Any, cast: Cast, clock: FixedClock, database: Database
) -> None:
    """Regrading while an attempt was open lost the student's data."""
    sitting.save((1, 0))
    marcus = browsers(cast.facilitator)
    assert marcus.post(sitting.page + "/late/1", {"seen": "0", "reason": "W", "accepted": "1"}).status_code == 404
    later(clock, minutes=31)
    sitting.save((2, sitting.right[2]), sequence=2)
    before = sitting.answers()
    marcus = browsers(cast.facilitator)
    assert marcus.post(sitting.page + "/late/2", {"seen": "0", "reason": "W", "accepted": "1"}).status_code == 303
    assert sitting.answers() == before


# — timers, sending by itself, extra time


def test_12_looking_and_coming_back_wins_no_time(sitting: Sitting, clock: FixedClock) -> None:
    """Without a timer on the server one could look at all questions, reload and try again."""
    later(clock, minutes=20)
    assert "10 minutes left" in sitting.browser.get(sitting.page).text
    assert sitting.browser.post("/quizzes/quiz-m1").location == sitting.page, "it is the same attempt"
    assert sitting.row().deadline == END


def closing_at(database: Database, cast: Cast, at: datetime) -> None:
    with unit_of_work(database) as s:
        service.set_opening(s, s.get_one(Cohort, cast.cohort.id), "quiz-m1", Window(None, at), by="RUTH", now=NOON)


def test_13_a_closing_time_does_not_cut_the_time_limit(
    sitting: Sitting, database: Database, cast: Cast, clock: FixedClock
) -> None:
    """The end of availability cut the time limit silently, and people were sent early."""
    closing_at(database, cast, NOON + 5 * MINUTE)
    later(clock, minutes=29)
    assert tick(database, clock.now()) == 0
    assert sitting.save((1, 0)).json["state"] == "saved"


def test_14_a_personal_extension_reaches_past_the_closing_time(
    sitting: Sitting, database: Database, cast: Cast, clock: FixedClock
) -> None:
    """A due date overrode the exam's own, and people with an extension could not send."""
    closing_at(database, cast, END)
    arrange(database, cast, NOON + MINUTE, factor_percent=200)
    later(clock, minutes=55)
    sitting.save_all()
    sitting.browser.post(sitting.page + "/submit", {"anyway": "1"})
    assert (sitting.row().state, sitting.row().points) == ("submitted", 400)


def test_15_time_is_added_to_a_running_exam_without_touching_the_database(
    sitting: Sitting, browsers: Any, cast: Cast
) -> None:
    """There was no way to add time to running exams; staff edited the live database."""
    marcus = browsers(cast.facilitator)
    marcus.post(f"/cohorts/{cast.cohort.code}/quizzes/quiz-m1/extend", {"minutes": "10", "base": "end"})
    assert sitting.row().deadline == END + 10 * MINUTE


def test_15_one_standing_arrangement_holds_for_every_quiz(database: Database, cast: Cast, app: Any) -> None:
    """Extra time had to be set again for each quiz, in two places."""
    arrange(database, cast, NOON, factor_percent=150, extra_minutes=5)
    with database.writer() as s:
        seat = s.get_one(Enrolment, cast.seat.id)
        for quiz in ("quiz-m1", "exam"):
            leave = permit(s, seat, quiz, terms=service.terms_of(s, seat.person_id, now=NOON))
            assert service.start_attempt(s, leave, now=NOON).deadline == NOON + 50 * MINUTE
        s.rollback()


def test_16_an_arrangement_can_change_during_the_exam(sitting: Sitting, database: Database, cast: Cast) -> None:
    """An arrangement could not change once the exam ran."""
    assert arrange(database, cast, NOON + 20 * MINUTE, factor_percent=150).given == 1
    assert sitting.save((1, 0)).json["deadline"] == int((END + 15 * MINUTE).timestamp() * 1000)


def test_17_added_time_leaves_what_was_sent_as_it_was(
    sitting: Sitting, database: Database, cast: Cast, browsers: Any
) -> None:
    """Adding extra time reset passes that had been sent to "not finished"."""
    sitting.save_all()
    sitting.browser.post(sitting.page + "/submit", {"anyway": "1"})
    before = (sitting.row().state, sitting.row().closed_at, sitting.row().points, sitting.row().deadline)
    arrange(database, cast, NOON + MINUTE, factor_percent=300)
    marcus = browsers(cast.facilitator)
    marcus.post(f"/cohorts/{cast.cohort.code}/quizzes/quiz-m1/extend", {"minutes": "60", "base": "end"})
    row = sitting.row()
    assert (row.state, row.closed_at, row.points, row.deadline) == before


def test_18_a_person_sees_that_their_extra_time_is_applied(sitting: Sitting, database: Database, cast: Cast) -> None:
    """Nobody could tell whether extra time was applied."""
    arrange(database, cast, NOON, factor_percent=150)
    assert "of 45 (30 + your extra time)" in sitting.browser.get(sitting.page).text
    assert "45 minutes (30 + your extra time)." in sitting.browser.get("/quizzes/quiz-m1").text


@pytest.mark.parametrize("years", [-30, 30])
def test_19_a_wrong_clock_on_the_device_changes_no_time(sitting: Sitting, years: int) -> None:
    """A wrong clock or zone on the device cost time, or gave it."""
    said = datetime(2026 + years, 11, 23, 12, 0, tzinfo=UTC)
    answer = sitting.save((1, 0), **{"t-1": str(max(0, int(said.timestamp() * 1000)))}).json
    assert (answer["state"], answer["deadline"]) == ("saved", int(END.timestamp() * 1000))


def test_20_a_changed_quiz_shortens_nobody_who_sits_it(
    sitting: Sitting, clock: FixedClock, database: Database, cast: Cast
) -> None:
    """Some saw 60 instead of 90 minutes after staff had edited the duration, and had to hand in."""
    arrange(database, cast, NOON, factor_percent=200)
    arrange(database, cast, NOON + MINUTE, factor_percent=100)
    later(clock, minutes=45)
    assert "15 minutes left" in sitting.browser.get(sitting.page).text


def test_21_after_the_end_neither_page_nor_server_lets_one_send(
    sitting: Sitting, clock: FixedClock, database: Database
) -> None:
    """One could come back after the end and still send: only the browser had checked."""
    later(clock, minutes=31)
    assert sitting.browser.get(sitting.page).location == sitting.page + "/result"
    sent = sitting.fields(*sitting.right.items()) | {"anyway": "1"}
    sitting.browser.post(sitting.page + "/submit", sent)
    assert (sitting.row().state, sitting.row().points) == ("expired", 0)


def test_22_a_reload_at_the_last_second_leads_to_the_result(sitting: Sitting, clock: FixedClock) -> None:
    """A reload at zero locked people out for ever."""
    later(clock, minutes=30)
    assert sitting.browser.get(sitting.page).status_code == 200
    later(clock, seconds=16)
    assert sitting.browser.get(sitting.page).location == sitting.page + "/result"
    assert sitting.browser.get(sitting.page + "/result").status_code == 200
    assert "12 hours" in sitting.browser.get("/quizzes/quiz-m1").text, "and another attempt opens by the usual terms"


def test_23_two_timers_at_once_close_an_attempt_once_at_its_own_end(sitting: Sitting, database: Database) -> None:
    """The overdue task raced itself, and attempts finished when it ran, not when the time was up."""
    at = NOON + timedelta(hours=5)
    closed: list[int] = []
    assert at_once(*[lambda: closed.append(tick(database, at))] * 3) == []
    assert sum(closed) == 1
    assert sitting.row().closed_at == END
    with database.reader() as s:
        row = s.scalars(sa.select(Attempt)).one()
        assert [step.kind for step in service.steps_of(s, row)] == ["started", "expired"]


def test_23_the_grace_that_was_promised_is_given(database: Database, cast: Cast, app: Any) -> None:
    """A grace period was not honoured."""
    with database.writer() as s:
        leave = permit(s, s.get_one(Enrolment, cast.seat.id))
        quiz = replace(leave.quiz, overdue="grace", grace_minutes=5)
        attempt = service.start_attempt(s, replace(leave, quiz=quiz), now=NOON)
        assert service.close_expired(s, END + 5 * MINUTE + 15 * SECOND) == 0
        service.submit(s, attempt, now=END + 5 * MINUTE)
        assert attempt.state == "submitted"
        s.rollback()


def test_24_what_was_sent_in_one_browser_is_closed_in_the_other(
    sitting: Sitting, browsers: Any, cast: Cast, database: Database
) -> None:
    """Handed in on one browser, the attempt could still be edited in the other."""
    other: Browser = browsers(cast.student)
    sitting.save((1, 0))
    sitting.browser.post(sitting.page + "/submit", {"anyway": "1"})
    answer = other.post(sitting.page + "/answers", sitting.fields((1, 2), sequence=9), headers=JSON).json
    assert (answer["state"], answer["open"]) == ("closed", False)
    with database.reader() as s:
        assert s.scalars(sa.select(Response.choice)).all() == [[0]]
