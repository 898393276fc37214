"""A written answer that came late and was let count: it waits for a grade like any other, and can only help."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from lms.core.access import Actor
from lms.core.clock import FixedClock
from lms.core.db import Database, keys_of, unit_of_work
from lms.core.errors import Conflict, Invalid
from lms.quizzes import service
from lms.quizzes.models import Attempt, Mark
from lms.quizzes.rules import right_choice
from lms.quizzes.service import Judged
from lms.records.models import Message
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.test_types_on_pages import STORY, Mixed

LATER = NOON + timedelta(hours=1)
LETTER = ("Graded", "Look there.")
WHOLE = "I would sit down first.\nThen I would ask, and wait."


class Case:
    """An attempt whose written answer came after it was sent; `draft` stood in time, or nothing did."""

    def __init__(self, database: Database, browser: Browser, cast: Cast, draft: str, others: int = 6) -> None:
        self.database, self.cast, self.mixed = database, cast, Mixed(database, browser, cast.seat)
        closed = [q for q in self.mixed.questions if not q.by_person]
        for question in closed[:others]:
            self.mixed.save(question.item.type, right_choice(question))
        if draft:
            self.mixed.save("short_answer", (draft,))
        self.mixed.send()
        self.at, self.code = self.mixed.question("short_answer").position, self.mixed.code
        assert self.mixed.save("short_answer", (WHOLE,), 2)["state"] == "closed"
        with database.reader() as s:
            (late,) = service.late_of(s, self.attempt(s))
        self.number = late.number

    def attempt(self, s: Any) -> Attempt:
        found = service.attempt_by_code(s, self.code)
        assert found is not None
        return found

    def decide(self, accepted: bool = True, seen: int = 0) -> None:
        with unit_of_work(self.database) as s:
            given: dict[str, Any] = {"accepted": accepted, "reason": "The line broke.", "seen": seen}
            service.decide(s, self.attempt(s), self.number, **given, by="MARCUS", now=LATER)

    def settled(self, accepted: bool, seen: int) -> service.Settled:
        with unit_of_work(self.database) as s:
            given: dict[str, Any] = {"accepted": accepted, "reason": "Why.", "seen": seen}
            return service.decide(s, self.attempt(s), self.number, **given, by="MARCUS", now=LATER)

    def grade(self, points: int, late: bool, seen: int = 0, reason: str = "") -> None:
        with unit_of_work(self.database) as s:
            by = s.get_one(type(self.cast.facilitator), self.cast.facilitator.id)
            given = Judged(points, "", reason, seen, self.number if late else 0)
            service.grade(s, self.attempt(s), self.at, given, by=by, letter=LETTER, now=LATER)

    def rule(self) -> None:
        with unit_of_work(self.database) as s:
            item = self.mixed.question("situational").item.id
            case = service.case_of(s, self.cast.provider.id, "mixed", item)
            by = s.get_one(type(self.cast.coordinator), self.cast.coordinator.id)
            assert case is not None
            service.rule(s, case, service.Wish("void", (), "It was wrong.", 0), by=by, now=LATER)

    def stands(self) -> tuple[int, bool, bool]:
        with self.database.reader() as s:
            found = service.results_for(s, [self.cast.seat.id], now=LATER)[self.cast.seat.id]["mixed"]
        return found.best_points, found.passed, found.waiting

    def queued(self) -> bool:
        person = self.cast.facilitator
        actor = Actor(person.id, person.code, person.name, facilitates=frozenset({self.cast.seat.cohort_id}))
        with self.database.reader() as s:
            return bool(service.waiting_for(s, actor, now=LATER))

    def letters(self) -> int:
        with self.database.reader() as s:
            return s.scalar(sa.select(sa.func.count()).where(Message.kind.like("quiz.%"))) or 0


@pytest.fixture
def student(browsers: Any, cast: Cast) -> Browser:
    return browsers(cast.student)


def test_it_waits_for_a_grade_once_it_counts(database: Database, student: Browser, cast: Cast) -> None:
    case = Case(database, student, cast, draft="", others=5)
    assert (case.stands(), case.queued()) == ((500, False, False), False)
    case.decide()
    assert (case.stands(), case.queued()) == ((500, False, True), True)
    case.grade(3, late=True)
    assert (case.stands(), case.queued()) == ((600, True, False), False)
    assert case.letters() == 1
    row = case.mixed.row()
    assert (row.points, row.passed) == (500, False), "what it came to when it closed stays to be seen"


def test_a_pass_is_not_taken_away_while_it_waits(database: Database, student: Browser, cast: Cast) -> None:
    case = Case(database, student, cast, draft="")
    assert case.stands() == (600, True, False)
    case.decide()
    assert (case.stands(), case.queued()) == ((600, True, False), True)
    case.grade(0, late=True)
    assert (case.stands(), case.queued()) == ((600, True, False), False)


def test_beside_what_stood_in_time_each_has_its_grade_and_the_better_counts(
    database: Database, student: Browser, cast: Cast
) -> None:
    case = Case(database, student, cast, draft=STORY)
    case.grade(1, late=False)
    assert (case.stands(), case.queued()) == ((633, True, False), False)
    case.decide()
    assert (case.stands(), case.queued()) == ((633, True, False), True)
    case.grade(2, late=True, seen=1)
    assert (case.stands(), case.queued()) == ((666, True, False), False)
    assert case.mixed.row().points == 633
    with pytest.raises(Invalid):
        case.grade(3, late=True, seen=2)
    case.grade(3, late=False, seen=2, reason="The first sentence names the step.")
    assert case.stands() == (700, True, False)
    case.decide(accepted=False, seen=1)
    assert (case.stands(), case.queued()) == ((700, True, False), False)


def test_both_wait_where_neither_is_graded(database: Database, student: Browser, cast: Cast) -> None:
    case = Case(database, student, cast, draft=STORY)
    case.decide()
    case.grade(2, late=False)
    assert (case.queued(), case.letters()) == (True, 0)
    assert case.stands() == (666, True, False), "it passes by itself; a late text can only help"
    case.grade(3, late=True, seen=1)
    assert (case.stands(), case.queued(), case.letters()) == ((700, True, False), False, 1)


def test_a_pass_by_itself_stands_through_a_ruling_too(database: Database, student: Browser, cast: Cast) -> None:
    case = Case(database, student, cast, draft=STORY)
    case.decide()
    case.grade(2, late=False)
    with unit_of_work(database) as s:
        s.execute(sa.update(Mark).values(passed=None))  # as it was written until now
    case.rule()
    assert case.stands() == (666, True, False)


def test_what_a_ruling_took_away_does_not_come_back_while_a_text_waits(
    database: Database, student: Browser, cast: Cast
) -> None:
    case = Case(database, student, cast, draft="", others=5)
    with unit_of_work(database) as s:
        s.execute(sa.update(Attempt).values(passed=True))  # by a key that was ruled otherwise since
    case.decide()
    assert case.stands() == (500, False, True)


def test_one_that_does_not_count_is_not_graded(database: Database, student: Browser, cast: Cast) -> None:
    case = Case(database, student, cast, draft="")
    with pytest.raises(Conflict, match="does not count"):
        case.grade(3, late=True)
    case.decide()
    case.decide(accepted=False, seen=1)
    assert not case.queued()
    with pytest.raises(Conflict, match="does not count"):
        case.grade(3, late=True)


def test_who_opens_it_twice_grades_what_they_saw(database: Database, student: Browser, cast: Cast) -> None:
    case = Case(database, student, cast, draft=STORY)
    case.decide()
    case.grade(1, late=False)
    with pytest.raises(Conflict, match="Somebody has graded"):
        case.grade(1, late=True)


def test_a_mark_says_whether_it_waits(database: Database, student: Browser, cast: Cast) -> None:
    case = Case(database, student, cast, draft="")
    case.decide()
    case.grade(1, late=True)
    with database.reader() as s:
        rows = s.execute(sa.select(Mark.points, Mark.passed, Mark.waits).order_by(Mark.number)).all()
    assert [tuple(row) for row in rows] == [(600, True, True), (633, True, False)]


# — pages


def bodies(database: Database) -> list[str]:
    """What the letters about late answers say."""
    with database.reader() as s:
        rows = s.scalars(sa.select(Message).where(Message.kind == "quiz.late").order_by(Message.id))
        return [keys_of(s).open(one.body, f"lms_message:{one.code}:body") for one in rows]


def test_it_stands_in_the_queue_and_on_the_desk_and_is_graded_by_form(
    database: Database, student: Browser, cast: Cast, browsers: Any, clock: FixedClock
) -> None:
    case = Case(database, student, cast, draft=STORY)
    staff, desk = browsers(cast.facilitator), f"/to-grade/{case.code}"
    staff.post(f"{desk}/{case.at}", {"points": "1", "remark": "Say more.", "seen": "0", "late": "0"})
    assert "Nothing waits" in staff.get("/to-grade").text
    staff.post(f"/attempts/{case.code}/late/{case.number}", {"seen": "0", "reason": "The line broke.", "accepted": "1"})
    (body,) = bodies(database)
    assert "A person grades what you wrote." in body
    assert "I would sit down" not in body
    assert "1 attempt waits for a grade" in staff.get("/to-grade").text
    assert "1 quiz waits for a grade" in staff.get("/").text
    page = unescape(staff.get(desk).text)
    assert "Passed with 90 % so far." in page
    assert "Then I would ask, and wait." in page
    assert f"Question {case.at}, arrived late and let count" in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "two forms of one question are kept apart"
    bad = staff.post(f"{desk}/{case.at}", {"points": "", "remark": "Kept.", "seen": "1", "late": str(case.number)})
    assert bad.status_code == 422
    assert "Kept." in bad.text
    sent = {"points": "3", "remark": "All is there.", "seen": "1", "late": str(case.number)}
    assert staff.post(f"{desk}/{case.at}", sent).location == "/to-grade"
    own = unescape(student.get(f"/attempts/{case.code}/result").text)
    assert "Passed with 100 %" in own
    assert "All is there." in own
    assert "Say more." in own
    assert "For the answer that arrived late." in own


def test_a_late_choice_beside_a_text_that_waits_is_not_called_written(
    database: Database, student: Browser, cast: Cast, browsers: Any, clock: FixedClock
) -> None:
    mixed = Mixed(database, student, cast.seat)
    mixed.save("short_answer", (STORY,))
    mixed.send()
    assert mixed.save("numeric", ("1000.5",))["state"] == "closed"
    browsers(cast.facilitator).post(
        f"/attempts/{mixed.code}/late/2", {"seen": "0", "reason": "The line broke.", "accepted": "1"}
    )
    (body,) = bodies(database)
    assert "marked again with it" in body
    assert "Something else you wrote is still to be graded." in body
    assert "A person grades what you wrote" not in body


def test_a_decision_says_what_waits_and_what_was_lost(database: Database, student: Browser, cast: Cast) -> None:
    case = Case(database, student, cast, draft=STORY, others=5)
    first = case.settled(accepted=True, seen=0)
    assert (first.before, first.after, first.waits, first.others_wait) == (None, None, True, False)
    case.grade(3, late=True)
    case.grade(0, late=False, seen=1)
    undone = case.settled(accepted=False, seen=1)
    assert (undone.before, undone.after, undone.lost, undone.waits, undone.others_wait) == (
        True,
        False,
        True,
        False,
        False,
    )
    again = case.settled(accepted=True, seen=2)
    assert (again.marked, again.after, again.waits) == (True, True, False), "its grade stands"


def test_the_letter_says_that_a_pass_is_open_again(
    database: Database, student: Browser, cast: Cast, browsers: Any
) -> None:
    case = Case(database, student, cast, draft="", others=5)
    case.mixed.save("short_answer", ("Another one.",), 3)
    case.decide()
    case.grade(3, late=True)
    staff, page = browsers(cast.facilitator), f"/attempts/{case.code}/late"
    staff.post(f"{page}/{case.number + 1}", {"seen": "0", "reason": "Why.", "accepted": "1"})
    assert case.stands() == (600, True, False)
    staff.post(f"{page}/{case.number}", {"seen": "1", "reason": "Why.", "accepted": "0"})
    assert case.stands() == (500, False, True)
    assert "It was passed. Whether it still is, is decided when a person has graded the rest." in bodies(database)[-1]


@pytest.mark.parametrize("late", ["99", "x", "-1", "9" * 40])
def test_a_grade_for_nothing_that_arrived_is_refused(
    database: Database, student: Browser, cast: Cast, browsers: Any, late: str
) -> None:
    case = Case(database, student, cast, draft=STORY)
    sent = {"points": "1", "remark": "", "seen": "0", "late": late}
    assert browsers(cast.facilitator).post(f"/to-grade/{case.code}/{case.at}", sent).status_code in (409, 422)
    assert case.stands()[2]
