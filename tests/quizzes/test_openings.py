"""From when until when a cohort may begin a quiz: the service, the page for staff, and what a student is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lms.cohorts.models import Cohort, Enrolment
from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.core.errors import Invalid
from lms.learning import service as learning
from lms.quizzes import service
from lms.quizzes.models import Opening
from lms.quizzes.rules import Given, Permit, TimeTerms, Window
from lms.records.models import Audit
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.conftest import permit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def facilitator(browsers: Any, cast: Cast) -> Browser:
    return browsers(cast.facilitator)


def stored(database: Database) -> list[tuple[str, datetime | None, datetime | None]]:
    with database.reader() as s:
        return [(one.quiz, one.opens_at, one.closes_at) for one in s.scalars(sa.select(Opening))]


def test_times_are_set_changed_and_taken_away(s: Any, seat: Enrolment) -> None:
    cohort = seat.cohort
    assert service.opening_of(s, cohort.id, "quiz-m1") == Window()
    service.set_opening(s, cohort, "quiz-m1", Window(NOON, NOON + DAY), by="RUTH", now=NOON)
    assert service.move_opening(s, cohort, "quiz-m1", 7, by="RUTH", now=NOON) == Window(NOON + 7 * DAY, NOON + 8 * DAY)
    assert service.openings_of(s, cohort.id) == {"quiz-m1": Window(NOON + 7 * DAY, NOON + 8 * DAY)}
    service.set_opening(s, cohort, "quiz-m1", Window(), by="RUTH", now=NOON)
    assert service.opening_of(s, cohort.id, "quiz-m1") == Window()
    assert s.scalar(sa.select(sa.func.count()).select_from(Audit).where(Audit.verb == "quizzes.times-set")) == 3
    with pytest.raises(Invalid) as found:
        service.set_opening(s, cohort, "quiz-m1", Window(NOON, NOON), by="RUTH", now=NOON)
    assert list(found.value.problems) == ["closes"]


def test_a_closing_time_ends_no_attempt_and_shortens_nobodys_extra_time(s: Any, seat: Enrolment) -> None:
    service.set_opening(s, seat.cohort, "quiz-m1", Window(None, NOON + timedelta(minutes=1)), by="RUTH", now=NOON)
    attempt = service.start_attempt(s, permit(s, seat, terms=TimeTerms(200)), now=NOON)
    assert attempt.deadline == NOON + HOUR
    assert service.state_of(attempt, now=NOON + timedelta(minutes=59)) == "open"
    back = learning.permit_for(s, seat, "quiz-m1", now=NOON + timedelta(minutes=59))
    assert isinstance(back, Permit), "one that was begun may be gone back to"


def test_staff_set_the_times_of_a_quiz_on_a_page(facilitator: Browser, cast: Cast, database: Database) -> None:
    path = f"/cohorts/{cast.cohort.code}/quizzes"
    page = facilitator.get(path).text
    assert "Quiz m1" in page
    assert "Check m1 l1" not in page
    assert 'type="datetime-local"' in facilitator.get(path + "/quiz-m1/times").text
    sent = {"opens": "2026-10-30T18:00", "closes": "2026-11-30 18:00"}
    assert facilitator.post(path + "/quiz-m1/times", sent).location == path
    assert stored(database) == [
        ("quiz-m1", datetime(2026, 10, 30, 22, 0, tzinfo=UTC), datetime(2026, 11, 30, 23, 0, tzinfo=UTC))
    ]
    assert "Friday 30 October 2026, 18:00" in facilitator.get(path).text
    assert 'value="2026-10-30T18:00"' in facilitator.get(path + "/quiz-m1/times").text
    assert facilitator.post(path + "/quiz-m1/later").location == path
    page = facilitator.get(path).text
    assert "Friday 6 November 2026, 18:00" in page, "a week later is the same time on the wall"
    assert "is moved by a week" in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"opens": "tomorrow"}, "like 2026-11-23 18:00"),
        ({"opens": "2027-03-14T02:30"}, "the clocks go forward"),
        ({"opens": "2026-11-30T18:00", "closes": "2026-11-29T18:00"}, "must come after"),
    ],
)
def test_what_does_not_fit_is_said_and_given_back(
    facilitator: Browser, cast: Cast, database: Database, sent: dict[str, str], said: str
) -> None:
    answer = facilitator.post(f"/cohorts/{cast.cohort.code}/quizzes/quiz-m1/times", sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert sent["opens"].replace(" ", "T") in answer.text
    assert stored(database) == []


def test_who_may(browsers: Any, cast: Cast, facilitator: Browser) -> None:
    path = f"/cohorts/{cast.cohort.code}/quizzes"
    for who, status in ((cast.student, 403), (cast.stranger, 404), (cast.other_facilitator, 404), (cast.funder, 404)):
        browser = browsers(who)
        assert browser.get(path).status_code == status
        assert browser.get(path + "/quiz-m1/times").status_code == status
        assert browser.post(path + "/quiz-m1/times").status_code == status
        assert browser.post(path + "/quiz-m1/later").status_code == status
    assert browsers(cast.coordinator).get(path).status_code == 200
    assert facilitator.post(path + "/quiz-m9/times").status_code == 404
    assert facilitator.get(path + "/check-m1-l1/times").status_code == 404


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (Window(NOON + DAY), "It opens on Tuesday 24 November 2026, 12:00 EST."),
        (Window(None, NOON - DAY), "It could be begun until Sunday 22 November 2026, 12:00 EST."),
    ],
)
def test_a_student_is_told_when_and_nothing_starts(
    browsers: Any, cast: Cast, database: Database, clock: FixedClock, window: Window, said: str
) -> None:
    with database.writer() as s:
        service.set_opening(s, s.get_one(Cohort, cast.cohort.id), "exam", window, by="RUTH", now=NOON)
        passed = service.start_attempt(s, permit(s, s.get_one(Enrolment, cast.seat.id)), now=NOON)
        given = [Given(q.position, tuple(sorted(q.right)), False, 1) for q in service.paper_of(passed).questions]
        service.save_answers(s, passed, given, now=NOON)
        service.submit(s, passed, now=NOON)
        s.commit()
    student = browsers(cast.student)
    assert said in student.get("/quizzes/exam").text
    assert student.post("/quizzes/exam").status_code == 409
