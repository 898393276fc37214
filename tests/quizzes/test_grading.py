"""Written answers are graded by people: who may, what counts, what is never lost, and what the student sees."""

import threading
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from lms.cohorts.models import Enrolment
from lms.core.db import Database, unit_of_work
from lms.core.errors import Conflict, Denied, Invalid, LmsError, NotFound
from lms.quizzes import rules, service
from lms.quizzes.models import Attempt, Grade
from lms.quizzes.rules import right_choice
from lms.quizzes.service import Judged
from lms.records.models import Audit, Message, Reading
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.test_types_on_pages import STORY, Mixed

LETTER = ("Graded", "Look there.")


@pytest.fixture
def student(browsers: Any, cast: Cast) -> Browser:
    return browsers(cast.student)


@pytest.fixture
def mixed(database: Database, student: Browser, cast: Cast) -> Mixed:
    made = Mixed(database, student, cast.seat)
    made.answer_all()
    made.send()
    return made


@pytest.fixture
def at(mixed: Mixed) -> int:
    return mixed.question("short_answer").position


def give(mixed: Mixed, by: Any, points: int, at: int, **more: Any) -> None:
    judged = Judged(points, more.get("remark", ""), more.get("reason", ""), more.get("seen", 0))
    with unit_of_work(mixed.database) as s:
        attempt = service.attempt_by_code(s, mixed.code)
        assert attempt is not None
        person = s.get_one(type(by), by.id)
        service.grade(s, attempt, at, judged, by=person, letter=LETTER, now=NOON + timedelta(hours=1))


def counted(mixed: Mixed, kind: type[Any]) -> int:
    with mixed.database.reader() as s:
        return s.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


# — the rule and the rows


@pytest.mark.parametrize(("points", "hundredths"), [(0, 600), (1, 633), (2, 666), (3, 700)])
def test_a_grade_decides_the_result_by_the_rule_that_marked_it(
    mixed: Mixed, cast: Cast, at: int, points: int, hundredths: int
) -> None:
    give(mixed, cast.facilitator, points, at)
    row = mixed.row()
    assert (row.points, row.out_of, row.passed, row.closed_at) == (hundredths, 700, True, NOON)
    with mixed.database.reader() as s:
        attempt = s.scalars(sa.select(Attempt)).one()
        paper = service.paper_of(attempt)
        given = {at: rules.POINT * points // 3}
        assert rules.score(paper, service.choices(service.answers_of(s, attempt)), given).points == hundredths


def test_a_correction_is_a_new_row_with_a_reason_and_the_newest_counts(mixed: Mixed, cast: Cast, at: int) -> None:
    give(mixed, cast.facilitator, 0, at)
    with pytest.raises(Invalid) as refused:
        give(mixed, cast.coordinator, 3, at, seen=1)
    assert refused.value.problems == {"reason": "Write why the grade is changed. The student reads it."}
    give(mixed, cast.coordinator, 3, at, seen=1, reason="The second sentence names the reason.")
    assert (counted(mixed, Grade), mixed.row().points) == (2, 700)
    with mixed.database.reader() as s:
        verbs = s.scalars(sa.select(Audit.verb).where(Audit.subject == mixed.code).order_by(Audit.id)).all()
        assert list(verbs) == ["quiz.graded", "quiz.regraded"]
        assert s.scalar(sa.select(sa.func.count()).where(Message.kind.in_(verbs))) == 2


def test_words_about_an_answer_are_sealed(mixed: Mixed, cast: Cast, at: int) -> None:
    give(mixed, cast.facilitator, 2, at, remark="You name the step.")
    with mixed.database.reader() as s:
        row = s.scalars(sa.select(Grade)).one()
        attempt = s.scalars(sa.select(Attempt)).one()
        assert b"name the step" not in bytes(row.remark or b"")
        (opened,) = service.grades_of(s, attempt, service.paper_of(attempt))[at]
        assert (opened.remark, opened.author, opened.points, opened.most) == ("You name the step.", "Marcus Bell", 2, 3)


@pytest.mark.parametrize(
    ("points", "seen", "refused"), [(4, 0, Invalid), (-1, 0, Invalid), (2, 1, Conflict), (2, 7, Conflict)]
)
def test_a_grade_that_cannot_stand_leaves_nothing(
    mixed: Mixed, cast: Cast, at: int, points: int, seen: int, refused: type[LmsError]
) -> None:
    with pytest.raises(refused):
        give(mixed, cast.facilitator, points, at, seen=seen)
    assert (counted(mixed, Grade), mixed.row().passed) == (0, None)


def test_only_a_written_answer_is_graded(mixed: Mixed, cast: Cast, at: int) -> None:
    for position in (0, 99, next(q.position for q in mixed.questions if not q.by_person)):
        with pytest.raises(NotFound):
            give(mixed, cast.facilitator, 1, position)


def test_nobody_grades_their_own(mixed: Mixed, cast: Cast, at: int) -> None:
    with pytest.raises(Denied):
        give(mixed, cast.student, 3, at)


def test_what_was_never_written_or_is_still_written_cannot_be_graded(
    database: Database, student: Browser, cast: Cast
) -> None:
    mixed = Mixed(database, student, cast.seat)
    position = mixed.question("short_answer").position
    mixed.save("short_answer", (STORY,))
    with pytest.raises(Conflict, match="still under way"):
        give(mixed, cast.facilitator, 1, position)
    mixed.save("short_answer", ("",), 2)
    mixed.send()
    with pytest.raises(Conflict, match="left open"):
        give(mixed, cast.facilitator, 1, position)


def test_two_people_who_grade_at_once_leave_one_grade(mixed: Mixed, cast: Cast, at: int) -> None:
    told: list[str] = []

    def one(by: Any, points: int) -> None:
        try:
            give(mixed, by, points, at)
        except (LmsError, sa.exc.IntegrityError, sa.exc.OperationalError) as beaten:
            told.append(type(beaten).__name__)

    hands = [threading.Thread(target=one, args=(by, p)) for by, p in ((cast.facilitator, 1), (cast.coordinator, 3))]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert (counted(mixed, Grade), len(told)) == (1, 1)
    assert mixed.row().points in (633, 700)


def test_a_waiting_attempt_is_neither_passed_nor_failed(mixed: Mixed, cast: Cast, at: int) -> None:
    def stands() -> Any:
        with mixed.database.reader() as s:
            return service.results_for(s, [cast.seat.id], now=NOON)[cast.seat.id]["mixed"]

    assert (stands().passed, stands().waiting, stands().tries) == (False, True, 1)
    give(mixed, cast.facilitator, 3, at)
    assert (stands().passed, stands().waiting, stands().best_percent) == (True, False, 100)


# — the pages


def test_the_queue_names_no_person_and_is_empty_afterwards(
    mixed: Mixed, browsers: Any, cast: Cast, at: int, student: Browser
) -> None:
    for person in (cast.facilitator, cast.coordinator):
        page = browsers(person).get("/to-grade").text
        assert "1 attempt waits for a grade" in page
        assert f"Mixed, attempt {mixed.code[:4]}" in page
        assert "Whitfield" not in page
    assert "Nothing waits" in browsers(cast.other_facilitator).get("/to-grade").text
    assert student.get("/to-grade").status_code in (403, 404)
    assert "1 quiz waits for a grade" in browsers(cast.facilitator).get("/").text
    give(mixed, cast.facilitator, 3, at)
    assert "Nothing waits for a grade" in browsers(cast.facilitator).get("/to-grade").text


def test_a_grade_by_form_reaches_the_student(
    mixed: Mixed, browsers: Any, cast: Cast, student: Browser, at: int
) -> None:
    staff, address = browsers(cast.facilitator), f"/to-grade/{mixed.code}"
    page = unescape(staff.get(address).text)
    assert "I would sit down first." in page
    assert "Names a step." in page
    assert "Whitfield" not in page
    sent = staff.post(f"{address}/{at}", {"points": "2", "remark": "You name the step.", "seen": "0"})
    assert (sent.status_code, sent.location) == (303, "/to-grade")
    own = unescape(student.get(mixed.page + "/result").text)
    assert "Passed with 95 %" in own
    assert "2 of 3, Marcus Bell" in own
    assert "You name the step." in own
    assert "What was looked for" in own
    assert "0.66 of 1 point" in own
    assert "A written answer in a quiz" in student.get("/you").text
    with mixed.database.reader() as s:
        read = s.scalars(sa.select(Reading)).one()
        assert (read.kind, read.subject, read.author) == ("answer", mixed.code, cast.student.code)


def test_a_quiz_that_shows_its_score_only_still_shows_what_a_person_said(
    mixed: Mixed, student: Browser, cast: Cast, at: int
) -> None:
    give(mixed, cast.facilitator, 1, at, remark="Say why.")
    with mixed.database.writer() as s:
        s.execute(sa.update(Attempt).values(review="score"))
        s.commit()
    page = student.get(mixed.page + "/result").text
    assert "Say why." in page
    assert "Names a step" not in page


def test_a_bad_form_keeps_the_words(mixed: Mixed, browsers: Any, cast: Cast, at: int) -> None:
    staff = browsers(cast.facilitator)
    for points in ("", "7", "two", "9" * 400):
        page = staff.post(f"/to-grade/{mixed.code}/{at}", {"points": points, "remark": "Kept words.", "seen": "0"})
        assert page.status_code == 422
        assert "Choose one of the points of the guide." in page.text
        assert "Kept words." in page.text
    assert counted(mixed, Grade) == 0


def test_a_grade_somebody_else_gave_meanwhile_is_shown_first(mixed: Mixed, browsers: Any, cast: Cast, at: int) -> None:
    give(mixed, cast.coordinator, 1, at)
    page = browsers(cast.facilitator).post(
        f"/to-grade/{mixed.code}/{at}", {"points": "3", "remark": "Mine.", "seen": "0"}
    )
    assert page.status_code == 409
    assert "Somebody has graded this answer since" in page.text
    assert "Mine." in page.text


@pytest.mark.parametrize(
    ("who", "status"),
    [("student", 403), ("classmate", 404), ("funder", 404), ("stranger", 404), ("other_facilitator", 404)],
)
def test_who_may_not_grade_opens_nothing(
    mixed: Mixed, browsers: Any, cast: Cast, at: int, who: str, status: int
) -> None:
    browser = browsers(getattr(cast, who))
    assert browser.get(f"/to-grade/{mixed.code}").status_code == status
    assert browser.post(f"/to-grade/{mixed.code}/{at}", {"points": "3", "seen": "0"}).status_code == status
    assert (counted(mixed, Reading), counted(mixed, Grade)) == (0, 0)


def test_nothing_is_opened_while_it_is_written(database: Database, student: Browser, browsers: Any, cast: Cast) -> None:
    mixed = Mixed(database, student, cast.seat)
    mixed.save("short_answer", (STORY,))
    page = browsers(cast.facilitator).get(f"/to-grade/{mixed.code}").text
    assert "still at work" in page
    assert "sit down" not in page
    assert counted(mixed, Reading) == 0


def test_the_queue_costs_a_constant_few_queries(
    mixed: Mixed, browsers: Any, cast: Cast, count_queries: Any, database: Database
) -> None:
    staff = browsers(cast.facilitator)
    staff.get("/to-grade")
    with count_queries() as one:
        staff.get("/to-grade")
    with unit_of_work(database) as s:
        seat = s.get_one(Enrolment, cast.classmate_seat.id)
        copy = s.scalars(sa.select(Attempt)).one()
        for number in range(5):
            s.add(
                Attempt(
                    code=f"COPY{number}", enrolment_id=seat.id, quiz=copy.quiz, title=copy.title, kind=copy.kind, number=number,
                    release=copy.release, seed=1, paper=copy.paper, pass_percent=75, review="score", started_at=NOON,
                    state="submitted", closed_at=NOON, points=0, out_of=700, passed=None,
                )
            )  # fmt: skip
    with count_queries() as six:
        assert "6 attempts wait" in staff.get("/to-grade").text
    assert len(six) == len(one)


def test_every_right_answer_is_one_the_page_can_send(mixed: Mixed) -> None:
    assert all(rules.fitted(q, right_choice(q)) is not None for q in mixed.questions)
