import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts.models import Enrolment
from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.curriculum import service as curriculum
from lms.learning import service as learning
from lms.learning.models import LessonDone, PartOpened, ReadingSpan
from tests import factories
from tests.factories import NOON, Cast
from tests.learning.conftest import attempt

TAB = "0123456789abcdef"
JSON = {"Accept": "application/json"}
FIRST = "/lessons/m1-l1/1"


@pytest.fixture
def student(cast: Cast, browsers: Any) -> Any:
    return browsers(cast.student)


def opened(database: Database) -> set[tuple[str, int]]:
    with database.reader() as s:
        return {(row.lesson, row.part) for row in s.scalars(sa.select(PartOpened))}


def measured(database: Database) -> int:
    with database.reader() as s:
        return sum(int((x.ended_at - x.started_at).total_seconds()) for x in s.scalars(sa.select(ReadingSpan)))


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found
    return found[1]


def seated(database: Database, **lesson: Any) -> Person:
    """A student on a release whose first lesson is changed a little."""
    made = factories.pieces()
    made["lesson:m1-l1"] |= lesson
    with database.writer() as s:
        seat = factories.enrolment(s, factories.cohort(s, release_=factories.release(s, made)))
        s.commit()
        return seat.person


# All lessons


def test_the_student_sees_every_module_and_what_comes_next(student: Any) -> None:
    html = student.get("/lessons").text
    assert "<h1>Lesson 1 of m1</h1>" in html
    assert "Begin reading" in html
    assert 'id="m1"' in html
    assert html.count("To come") >= 4


def test_the_module_of_the_next_step_stands_open_and_one_that_a_link_names(database: Database, browsers: Any) -> None:
    with database.writer() as s:
        seat = factories.enrolment(s, factories.cohort(s, release_=factories.release(s, factories.pieces(modules=3))))
        s.commit()
        student = browsers(seat.person)

    def unfolded(path: str) -> list[str]:
        return re.findall(r'<details open><summary><h3 id="(\w+)">', student.get(path).text)

    assert unfolded("/lessons") == ["m1"]
    assert unfolded("/lessons?module=m3") == ["m1", "m3"]
    assert unfolded("/lessons?module=nowhere") == ["m1"]
    assert 'href="/lessons?module=m2#m2"' in student.get("/lessons/m2-l1/1").text
    assert 'href="/lessons?module=m2#m2"' in student.get("/").text


def test_the_page_of_lessons_follows_the_student(student: Any, cast: Cast, database: Database) -> None:
    with database.writer() as s:
        seat = s.get_one(Enrolment, cast.seat.id)
        learning.open_part(s, seat, "m1-l1", 1, now=NOON)
        s.commit()
    html = student.get("/lessons").text
    assert "Carry on reading" in html
    assert "1 of 3 parts read." in html
    assert "Under way" in html


def test_a_lesson_whose_check_was_just_passed_counts_at_once(student: Any, cast: Cast, database: Database) -> None:
    with database.writer() as s:
        seat = s.get_one(Enrolment, cast.seat.id)
        read_through(s, seat)
        attempt(s, seat, "check-m1-l1", at=NOON)
        s.commit()
    html = student.get("/lessons").text
    assert "Counted since Monday 23 November." in html
    assert "1 of 2 lessons" in html


def read_through(s: Session, seat: Enrolment, lesson: str = "m1-l1") -> None:
    for part in (1, 2, 3):
        learning.open_part(s, seat, lesson, part, now=NOON)
    learning.beat(s, seat, lesson, client=TAB + lesson, sequence=0, now=NOON - timedelta(minutes=10))
    learning.beat(s, seat, lesson, client=TAB + lesson, sequence=24, now=NOON)


def test_when_everything_is_done_the_page_says_so(student: Any, cast: Cast, database: Database) -> None:
    with database.writer() as s:
        seat = s.get_one(Enrolment, cast.seat.id)
        for lesson in ("m1-l1", "m1-l2"):
            s.add(
                LessonDone(
                    enrolment_id=seat.id,
                    lesson=lesson,
                    at=NOON,
                    credited_seconds=1200,
                    measured_seconds=480,
                    release="r",
                    rule="completion",
                )
            )
            learning.open_part(s, seat, lesson, 1, now=NOON)
        attempt(s, seat, "quiz-m1", kind="module")
        attempt(s, seat, "exam", kind="exam")
        s.commit()
    html = student.get("/lessons").text
    assert "Everything here is behind you" in html
    assert "Finished" in html
    assert "Passed on Monday 23 November with 100 %." in html


def test_a_quiz_that_cools_down_is_said_so(student: Any, cast: Cast, database: Database) -> None:
    with database.writer() as s:
        seat = s.get_one(Enrolment, cast.seat.id)
        for lesson in ("m1-l1", "m1-l2"):
            read_through(s, seat, lesson)
            attempt(s, seat, f"check-{lesson}")
            learning.settle(s, seat, lesson, now=NOON)
        attempt(s, seat, "quiz-m1", passed=False, kind="module")
        s.commit()
    html = student.get("/lessons").text
    if "Read on" not in html:
        assert "It cannot be tried just now." in html
    assert "Best result so far 25 %; the pass mark is 75 %." in html


@pytest.mark.parametrize("who", ["facilitator", "coordinator", "funder"])
def test_people_without_a_seat_have_no_lessons(cast: Cast, browsers: Any, who: str) -> None:
    browser = browsers(getattr(cast, who))
    assert browser.get("/lessons").status_code == 404
    assert browser.get(FIRST).status_code == 404
    assert browser.post("/lessons/m1-l1/1/open").status_code == 404


def test_signed_out_people_are_asked_to_sign_in(cast: Cast, browser: Any) -> None:
    answer = browser.get(FIRST)
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]


# One part


def test_a_part_is_shown_with_its_contents_and_support_line(student: Any, database: Database) -> None:
    with database.writer() as s:
        line = {"id": "988", "name": "988", "display": "988 Lifeline", "call": "988"}
        curriculum.publish_support_lines(s, {"lines": [line], "note": ""}, now=NOON)
        s.commit()
    html = student.get(FIRST).text
    assert "<h1>Lesson 1 of m1</h1>" in html
    assert '<a href="tel:988">988 Lifeline</a>' in html
    assert "{{" not in html
    assert "Part 1 of 3" in html
    assert 'data-open="/lessons/m1-l1/1/open"' in html
    assert "Mark as read and go on" in html


def test_looking_writes_nothing(student: Any, database: Database) -> None:
    student.get(FIRST)
    student.get("/lessons/m1-l1/print")
    assert opened(database) == set()
    assert measured(database) == 0


@pytest.mark.parametrize(
    "path", ["/lessons/m1-l1/0", "/lessons/m1-l1/4", "/lessons/nowhere/1", "/lessons/nowhere/print"]
)
def test_what_is_not_there_is_not_found(student: Any, path: str) -> None:
    assert student.get(path).status_code == 404


def test_going_on_without_a_script_opens_both_parts_and_keeps_the_time(
    student: Any, database: Database, clock: FixedClock
) -> None:
    html = student.get(FIRST).text
    clock.advance(timedelta(seconds=70))
    answer = student.post("/lessons/m1-l1/2/open", {"shown": hidden(html, "shown"), "client": ""})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/lessons/m1-l1/2")
    assert opened(database) == {("m1-l1", 1), ("m1-l1", 2)}
    assert measured(database) == 70
    html = student.get("/lessons/m1-l1/2").text
    assert "data-open" not in html
    assert "Measured 1 min" in html
    assert ">Go on</button>" in html


def test_a_browser_with_a_script_sends_its_own_time(student: Any, database: Database, clock: FixedClock) -> None:
    html = student.get(FIRST).text
    clock.advance(timedelta(seconds=70))
    student.post("/lessons/m1-l1/2/open", {"shown": hidden(html, "shown"), "client": TAB})
    assert opened(database) == {("m1-l1", 1), ("m1-l1", 2)}
    assert measured(database) == 0


def test_a_script_opens_the_part_it_shows(student: Any, database: Database) -> None:
    answer = student.post("/lessons/m1-l1/1/open", {"client": TAB}, headers=JSON)
    assert answer.json == {"opened": 1}
    assert opened(database) == {("m1-l1", 1)}


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/lessons/m1-l1/4/open", {}, 404),
        ("/lessons/m1-l1/3/open", {"past": "2"}, 404),
        ("/lessons/m1-l1/2/open", {"past": "many"}, 422),
        ("/lessons/m1-l1/2/open", {"client": "<script>"}, 422),
        ("/lessons/m1-l1/2/open", {"shown": "x" * 300}, 422),
        ("/lessons/m1-l1/read", {"client": "<script>"}, 422),
        ("/quizzes/check-m1-l1", {"client": "<script>"}, 422),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(student: Any, path: str, sent: dict[str, str], status: int) -> None:
    answer = student.post(path, sent)
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_a_form_without_its_token_is_asked_for_again(student: Any, database: Database) -> None:
    answer = student.post("/lessons/m1-l1/2/open", {"shown": "1.2.3"}, token=False)
    assert answer.status_code == 400
    assert "Nothing was lost" in answer.text
    assert opened(database) == set()


def test_a_content_note_comes_first_and_lets_a_part_be_stepped_over(database: Database, browsers: Any) -> None:
    browser = browsers(seated(database, content_note="Part 2 speaks of a night on a ward."))
    html = browser.get(FIRST).text
    assert html.index("Part 2 speaks of a night") < html.index('<h2 id="part">')
    assert "Go past part 2; nothing is lost by it" in html
    answer = browser.post("/lessons/m1-l1/3/open", {"shown": hidden(html, "shown"), "past": "2"})
    assert answer.headers["Location"] == "/lessons/m1-l1/3"
    assert opened(database) == {("m1-l1", 1), ("m1-l1", 2), ("m1-l1", 3)}


def test_stepping_over_the_last_part_leads_to_the_check(database: Database, browsers: Any) -> None:
    browser = browsers(seated(database, content_note="Part 3 is hard."))
    html = browser.get("/lessons/m1-l1/2").text
    answer = browser.post("/lessons/m1-l1/3/open", {"shown": hidden(html, "shown"), "past": "3"})
    assert answer.headers["Location"] == "/quizzes/check-m1-l1"
    assert opened(database) == {("m1-l1", 2), ("m1-l1", 3)}


def test_the_last_part_ends_with_sources_and_the_check(database: Database, browsers: Any) -> None:
    source = {"title": "A study, 2001", "url": "https://example.org/study"}
    html = browsers(seated(database, sources=[source])).get("/lessons/m1-l1/3").text
    assert html.index("A study, 2001") < html.index('id="check"')
    assert 'action="/quizzes/check-m1-l1"' in html
    assert "Start the check" in html
    assert "0 of 3 parts are read" in html
    assert "Next lesson" in html


def test_a_lesson_without_a_check_ends_with_a_button(database: Database, browsers: Any, clock: FixedClock) -> None:
    browser = browsers(seated(database, check=""))
    html = browser.get("/lessons/m1-l1/3").text
    assert "I have read this part" in html
    clock.advance(timedelta(seconds=30))
    answer = browser.post("/lessons/m1-l1/read", {"shown": hidden(html, "shown")})
    assert answer.headers["Location"] == "/lessons/m1-l1/3"
    assert opened(database) == {("m1-l1", 3)}
    assert measured(database) == 30


def test_a_lesson_that_is_done_says_since_when(student: Any, cast: Cast, database: Database) -> None:
    with database.writer() as s:
        seat = s.get_one(Enrolment, cast.seat.id)
        read_through(s, seat)
        attempt(s, seat, "check-m1-l1")
        learning.settle(s, seat, "m1-l1", now=NOON)
        s.commit()
    html = student.get("/lessons/m1-l1/3").text
    assert "This lesson is done" in html
    assert "Its 20 min count since Monday 23 November." in html
    assert "Start the check" not in html


def test_a_whole_lesson_can_be_printed(student: Any) -> None:
    html = student.get("/lessons/m1-l1/print").text
    assert all(f"Words of part {part}." in html for part in (1, 2, 3))
    assert "read.js" not in html


def test_each_part_of_a_printed_lesson_keeps_its_ids_to_itself(database: Database, browsers: Any) -> None:
    made = factories.pieces(1)
    said = '<section class="note" aria-labelledby="s-try"><p id="s-try">Try</p></section><p>id="s-try" <a href="#s-try">see</a></p>'
    made["lesson:m1-l1"]["parts"] = [{"title": title, "html": said, "words": 5} for title in ("One", "Two")]
    with database.writer() as s:
        seat = factories.enrolment(s, factories.cohort(s, release_=factories.release(s, made)))
        s.commit()
        person = seat.person
    html = browsers(person).get("/lessons/m1-l1/print").text
    for number in (1, 2):
        assert f'aria-labelledby="p{number}-s-try"><p id="p{number}-s-try">' in html
        assert f'<p>id="s-try" <a href="#p{number}-s-try">' in html


def test_pages_cost_the_same_however_large_the_cohort_and_the_curriculum(
    database: Database, browsers: Any, count_queries: Callable[[], Any]
) -> None:
    def asked(modules: int, people: int) -> list[int]:
        with database.writer() as s:
            cohort = factories.cohort(s, release_=factories.release(s, factories.pieces(modules)))
            seats = [factories.enrolment(s, cohort) for _ in range(people)]
            for seat in seats[:3]:
                read_through(s, seat)
            s.commit()
        browser = browsers(seats[0].person)
        return [queries(browser, path, count_queries) for path in ("/lessons", FIRST, "/lessons/m1-l1/3")]

    few, many = asked(3, 15), asked(30, 300)
    assert few == many
    # The door itself asks who is there, what they are appointed to, and the support lines.
    assert max(few) <= 8


def queries(browser: Any, path: str, count_queries: Callable[[], Any]) -> int:
    browser.get(path)
    with count_queries() as counted:
        assert browser.get(path).status_code == 200
    return len(counted)


# Beats


def beat(browser: Any, sequence: Any, client: str = TAB, lesson: str = "m1-l1", **more: Any) -> Any:
    return browser.post(f"/lessons/{lesson}/beats", {"client": client, "sequence": sequence}, headers=JSON, **more)


def test_a_beat_is_answered_with_the_total(student: Any, clock: FixedClock) -> None:
    assert beat(student, 0).json == {"measured": 0, "sequence": 0, "done": False, "said": "Measured 0 min"}
    clock.advance(timedelta(minutes=6))
    assert beat(student, 18).json == {"measured": 360, "sequence": 18, "done": False, "said": "Measured 6 min"}


@pytest.mark.parametrize(
    ("client", "sequence", "lesson", "status"),
    [(TAB, "x", "m1-l1", 422), ("", 1, "m1-l1", 422), (TAB, -1, "m1-l1", 422), (TAB, 1, "nowhere", 404)],
)
def test_a_beat_that_does_not_fit_is_refused(
    student: Any, client: str, sequence: Any, lesson: str, status: int
) -> None:
    answer = beat(student, sequence, client, lesson)
    assert answer.status_code == status
    assert answer.json["error"]


def test_a_stale_token_brings_a_fresh_one(student: Any) -> None:
    answer = beat(student, 1, token=False)
    assert answer.status_code == 400
    assert answer.json["csrf_token"]


def test_a_session_that_has_ended_is_told_to_the_script(cast: Cast, browser: Any) -> None:
    answer = beat(browser, 1)
    assert answer.status_code == 401
    assert answer.json["signed_out"]


def test_nobody_is_measured_in_somebody_elses_seat(cast: Cast, browsers: Any, database: Database) -> None:
    beat(browsers(cast.classmate), 1)
    with database.reader() as s:
        assert [row.enrolment_id for row in s.scalars(sa.select(ReadingSpan))] == [cast.classmate_seat.id]
