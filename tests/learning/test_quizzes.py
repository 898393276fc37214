import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lms.cohorts.models import Accommodation, Enrolment
from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.core.ids import new_code
from lms.learning import service as learning
from lms.learning.models import PartOpened, ReadingSpan
from lms.quizzes.models import Attempt
from tests.factories import NOON, Cast
from tests.learning.conftest import attempt

TAB = "0123456789abcdef"


@pytest.fixture
def student(cast: Cast, browsers: Any) -> Any:
    return browsers(cast.student)


@pytest.fixture
def with_seat(cast: Cast, database: Database) -> Callable[..., None]:
    """Call it with a function of session and seat; what it does is committed."""

    def do(what: Callable[..., Any]) -> None:
        with database.writer() as s:
            what(s, s.get_one(Enrolment, cast.seat.id))
            s.commit()

    return do


def read_module(s: Any, seat: Enrolment) -> None:
    for lesson in ("m1-l1", "m1-l2"):
        for part in (1, 2, 3):
            learning.open_part(s, seat, lesson, part, now=NOON)


def attempts(database: Database) -> int:
    with database.reader() as s:
        return s.scalar(sa.select(sa.func.count()).select_from(Attempt)) or 0


def test_a_check_says_what_it_asks_and_starts(student: Any, database: Database) -> None:
    html = student.get("/quizzes/check-m1-l1").text
    assert "No time limit." in html
    assert "As many as you like." in html
    assert "4 questions" in html
    assert "75 %. Your best attempt counts." in html
    assert 'href="/lessons/m1-l1/1"' in html
    answer = student.post("/quizzes/check-m1-l1")
    assert answer.status_code == 303
    assert re.fullmatch(r"/attempts/[A-Z0-9]+", answer.headers["Location"])
    assert attempts(database) == 1


def test_starting_twice_goes_back_to_the_same_attempt(student: Any, database: Database) -> None:
    first = student.post("/quizzes/check-m1-l1").headers["Location"]
    assert student.post("/quizzes/check-m1-l1").headers["Location"] == first
    html = student.get("/quizzes/check-m1-l1").text
    assert "You have begun it" in html
    assert "Go back to your attempt" in html
    assert first in html
    assert attempts(database) == 1


def test_going_from_the_last_part_to_the_check_keeps_the_time(
    student: Any, database: Database, clock: FixedClock
) -> None:
    html = student.get("/lessons/m1-l1/3").text
    shown = re.search(r'name="shown" value="([^"]+)"', html)
    assert shown
    clock.advance(timedelta(seconds=50))
    student.post("/quizzes/check-m1-l1", {"shown": shown[1], "client": ""})
    with database.reader() as s:
        assert [row.part for row in s.scalars(sa.select(PartOpened))] == [3]
        spans = list(s.scalars(sa.select(ReadingSpan)))
        assert [(x.ended_at - x.started_at).total_seconds() for x in spans] == [50]


def test_a_check_begun_from_its_own_page_opens_no_part(student: Any, database: Database) -> None:
    student.post("/quizzes/check-m1-l1")
    with database.reader() as s:
        assert s.scalars(sa.select(PartOpened)).all() == []


def test_a_module_quiz_names_the_lessons_that_come_first(student: Any, database: Database) -> None:
    html = student.get("/quizzes/quiz-m1").text
    assert "This quiz opens when you have been through every part of these lessons:" in html
    assert '<a href="/lessons/m1-l2/1">Lesson 2 of m1</a>' in html
    assert "Start the quiz" not in html
    refused = student.post("/quizzes/quiz-m1")
    assert refused.status_code == 409
    assert "every part of these lessons" in refused.text
    assert attempts(database) == 0


def test_a_module_quiz_opens_with_its_terms(student: Any, with_seat: Any) -> None:
    with_seat(read_module)
    html = student.get("/quizzes/quiz-m1").text
    assert "30 minutes from the moment you begin." in html
    assert "3 of 3 left." in html
    assert "Between two attempts lie 12 hours." in html
    assert "Start the quiz" in html


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"factor_percent": 150}, "45 minutes (30 + your extra time)."),
        ({"extra_minutes": 10}, "40 minutes (30 + your extra time)."),
        ({"untimed": True}, "No time limit for you (usually 30 minutes)."),
    ],
)
def test_extra_time_is_said_before_the_quiz(
    student: Any, cast: Cast, with_seat: Any, terms: dict[str, Any], said: str
) -> None:
    def arrange(s: Any, seat: Enrolment) -> None:
        s.add(Accommodation(person_id=cast.student.id, since=NOON, by="test", code=new_code(), **terms))

    with_seat(arrange)
    assert said in student.get("/quizzes/quiz-m1").text


def test_after_a_try_the_page_says_when_the_next_one_opens(
    student: Any, cast: Cast, browsers: Any, with_seat: Any, clock: FixedClock
) -> None:
    with_seat(lambda s, seat: attempt(s, seat, "quiz-m1", passed=False, kind="module"))
    html = student.get("/quizzes/quiz-m1").text
    assert "You can try again from Tuesday 24 November, 00:00 EST." in html
    assert "2 of 3 left." in html
    assert "25 %" in html
    assert student.post("/quizzes/quiz-m1").status_code == 409
    clock.advance(timedelta(hours=12))
    student = browsers(cast.student)
    assert "Try again" in student.get("/quizzes/quiz-m1").text
    assert student.post("/quizzes/quiz-m1").status_code == 303


def test_used_up_attempts_are_not_the_end_of_it(student: Any, with_seat: Any) -> None:
    with_seat(lambda s, seat: [attempt(s, seat, "quiz-m1", passed=False, kind="module", number=n) for n in (1, 2, 3)])
    html = student.get("/quizzes/quiz-m1").text
    assert "All attempts are used." in html
    assert "0 of 3 left." in html
    assert student.post("/quizzes/quiz-m1").status_code == 409


def test_a_passed_quiz_shows_how_it_went(student: Any, with_seat: Any) -> None:
    with_seat(lambda s, seat: attempt(s, seat, "quiz-m1", kind="module", code="PASSED"))
    html = student.get("/quizzes/quiz-m1").text
    assert "You have passed it" in html
    assert "/attempts/PASSED/result" in html


def test_an_attempt_whose_time_ran_out_leads_to_its_result(student: Any, with_seat: Any, clock: FixedClock) -> None:
    def lapse(s: Any, seat: Enrolment) -> None:
        attempt(
            s, seat, "quiz-m1", kind="module", code="LAPSED", state="in_progress", closed_at=None, points=None,
            out_of=None, passed=None, deadline=NOON + timedelta(minutes=30),
        )  # fmt: skip

    with_seat(lapse)
    assert "under way" in student.get("/quizzes/quiz-m1").text
    clock.advance(timedelta(hours=1))
    html = student.get("/quizzes/quiz-m1").text
    assert "the time is over" in html
    assert "/attempts/LAPSED/result" in html
    assert "You can try again from Tuesday 24 November, 00:30 EST." in html


def test_the_exam_names_the_quizzes_that_come_first(student: Any, with_seat: Any) -> None:
    html = student.get("/quizzes/exam").text
    assert "The exam opens when these quizzes are passed:" in html
    assert '<a href="/quizzes/quiz-m1">Quiz m1</a>' in html
    with_seat(lambda s, seat: attempt(s, seat, "quiz-m1", kind="module"))
    assert "Start the exam" in student.get("/quizzes/exam").text


def test_a_quiz_of_another_curriculum_is_not_found(student: Any) -> None:
    assert student.get("/quizzes/quiz-m7").status_code == 404
    assert student.post("/quizzes/quiz-m7").status_code == 404


@pytest.mark.parametrize("who", ["facilitator", "coordinator", "funder"])
def test_people_without_a_seat_sit_no_quiz(cast: Cast, browsers: Any, who: str) -> None:
    browser = browsers(getattr(cast, who))
    assert browser.get("/quizzes/check-m1-l1").status_code == 404
    assert browser.post("/quizzes/check-m1-l1").status_code == 404


def test_a_form_without_its_token_starts_nothing(student: Any, database: Database) -> None:
    assert student.post("/quizzes/check-m1-l1", token=False).status_code == 400
    assert attempts(database) == 0


def test_the_page_before_a_quiz_costs_few_queries(
    student: Any, with_seat: Any, count_queries: Callable[[], Any]
) -> None:
    student.get("/quizzes/quiz-m1")
    with count_queries() as first:
        student.get("/quizzes/quiz-m1")
    with_seat(lambda s, seat: attempt(s, seat, "quiz-m1", passed=False, kind="module"))
    with count_queries() as then:
        student.get("/quizzes/quiz-m1")
    assert max(len(first), len(then)) <= 8
