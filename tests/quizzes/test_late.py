"""Answers that were kept aside: who decides, what counts then, and what everybody sees of it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.core.clock import FixedClock
from lms.core.db import Database, keys_of
from lms.core.errors import Conflict, Invalid, NotFound
from lms.quizzes import service
from lms.quizzes.models import Attempt, LateDecision, Mark, Response
from lms.records.models import Message, Reading
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.conftest import MakePermit
from tests.quizzes.test_service import answer_all, put, right
from tests.quizzes.test_views import Sitting

MINUTE = timedelta(minutes=1)
LATER = NOON + 45 * MINUTE


@pytest.fixture
def attempt(s: Session, make_permit: MakePermit) -> Attempt:
    """Two of four right in time; the third right answer came after the time was up."""
    made = service.start_attempt(s, make_permit(), now=NOON)
    answer_all(s, made, 2)
    assert put(s, made, 3, right(made)[3], 9, now=NOON + 31 * MINUTE, client_at=NOON + 29 * MINUTE).state == "late"
    return made


def decide(
    s: Session, attempt: Attempt, accepted: bool = True, seen: int = 0, number: int = 3, by: str = "MARCUS"
) -> None:
    service.decide(s, attempt, number, accepted=accepted, reason="The line broke.", seen=seen, by=by, now=LATER)


def standing(s: Session, attempt: Attempt) -> tuple[int, bool]:
    found = service.results_for(s, [attempt.enrolment_id], now=LATER)[attempt.enrolment_id]["quiz-m1"]
    return found.best_points, found.passed


def test_the_list_holds_both_clocks_and_nothing_that_was_in_time(s: Session, attempt: Attempt) -> None:
    (found,) = service.late_of(s, attempt)
    assert (found.number, found.arrived.position, found.arrived.taken) == (3, 3, "late")
    assert (found.arrived.at, found.arrived.client_at) == (NOON + 31 * MINUTE, NOON + 29 * MINUTE)
    assert found.newest is None


def test_an_accepted_answer_counts_as_a_new_mark_and_overwrites_nothing(s: Session, attempt: Attempt) -> None:
    assert standing(s, attempt) == (200, False)
    decide(s, attempt)
    assert standing(s, attempt) == (300, True)
    assert (attempt.points, attempt.passed) == (200, False), "the first mark stays to be seen"
    mark = s.scalars(sa.select(Mark)).one()
    assert (mark.number, mark.by, mark.at, mark.points, mark.out_of, mark.passed) == (
        1,
        "MARCUS",
        LATER,
        300,
        400,
        True,
    )
    assert 3 not in {row.position for row in s.scalars(sa.select(Response))}, "what stood in time still stands"
    assert service.late_of(s, attempt)[0].newest == service.Decided(True, "MARCUS", LATER, "The line broke.")


def test_a_refused_one_changes_no_mark(s: Session, attempt: Attempt) -> None:
    decide(s, attempt, accepted=False)
    assert standing(s, attempt) == (200, False)
    decide(s, attempt, accepted=False, seen=1)
    assert s.scalar(sa.select(sa.func.count()).select_from(Mark)) == 0
    reopened = service.reopen(s, attempt, minutes=5, reason="Why.", by="MARCUS", now=LATER)
    assert reopened.state == "in_progress", "no late answer ever counted"


def test_a_correction_is_another_decision_and_another_mark(s: Session, attempt: Attempt) -> None:
    decide(s, attempt)
    decide(s, attempt, accepted=False, seen=1, by="RUTH")
    assert standing(s, attempt) == (200, False)
    assert [mark.points for mark in s.scalars(sa.select(Mark).order_by(Mark.number))] == [300, 200]
    assert [one.by for one in service.late_of(s, attempt)[0].decisions] == ["MARCUS", "RUTH"]


def test_who_had_not_seen_the_last_decision_looks_again(s: Session, attempt: Attempt) -> None:
    decide(s, attempt)
    with pytest.raises(Conflict, match="Somebody decided"):
        decide(s, attempt, accepted=False)


def test_two_decisions_at_once_meet_the_constraint(s: Session, attempt: Attempt) -> None:
    decide(s, attempt)
    row = s.scalars(sa.select(LateDecision)).one()
    with pytest.raises(IntegrityError), s.begin_nested():
        copied = {c.name: getattr(row, c.name) for c in LateDecision.__table__.columns if c.name != "id"}
        s.add(LateDecision(**copied | {"code": "OTHER"}))
        s.flush()


@pytest.mark.parametrize("number", [0, 1, 2, 4, 99])
def test_only_what_was_kept_aside_is_decided_about(s: Session, attempt: Attempt, number: int) -> None:
    with pytest.raises(NotFound):
        decide(s, attempt, number=number)


def test_a_reason_is_asked_for_and_sealed(s: Session, attempt: Attempt) -> None:
    with pytest.raises(Invalid):
        service.decide(s, attempt, 3, accepted=True, reason=" ", seen=0, by="MARCUS", now=LATER)
    decide(s, attempt)
    assert b"line broke" not in s.scalars(sa.select(LateDecision.reason)).one()


def test_nothing_is_decided_while_it_is_under_way(s: Session, make_permit: MakePermit) -> None:
    made = service.start_attempt(s, make_permit(), now=NOON)
    put(s, made, 1, [0], 1)
    s.execute(sa.text("UPDATE lms_quiz_answer_event SET taken = 'paused'"))
    with pytest.raises(Conflict, match="still under way"):
        service.decide(s, made, 1, accepted=True, reason="Why.", seen=0, by="MARCUS", now=NOON + MINUTE)


def test_one_whose_late_answers_count_is_not_opened_again(s: Session, attempt: Attempt) -> None:
    answer = right(attempt)
    put(s, attempt, 4, [(answer[4][0] + 1) % 4], 9, now=NOON + 31 * MINUTE)
    decide(s, attempt, number=4)
    with pytest.raises(Conflict, match="would undo that"):
        service.reopen(s, attempt, minutes=5, reason="Why.", by="MARCUS", now=LATER)


# — pages


@pytest.fixture
def sitting(database: Database, browsers: Any, cast: Cast, clock: FixedClock) -> Sitting:
    """Three right answers of four in time, and the fourth after it."""
    made = Sitting(database, browsers(cast.student), cast.seat, "quiz-m1")
    made.save(*list(made.right.items())[:2])
    clock.advance(31 * MINUTE)
    said = int(datetime(2026, 11, 23, 17, 29, 50, tzinfo=UTC).timestamp() * 1000)
    late = {f"t-{at}": str(said) for at in (3, 4)}
    assert made.save((3, made.right[3]), (4, made.right[4]), sequence=5, **late).json["state"] == "late"
    clock.advance(14 * MINUTE)
    return made


@pytest.fixture
def marcus(browsers: Any, cast: Cast, sitting: Sitting) -> Browser:
    """The facilitator; signed in once the clock stands where the test begins."""
    return browsers(cast.facilitator)


def test_staff_see_when_it_came_and_not_what_it_says(marcus: Browser, sitting: Sitting) -> None:
    assert "Decide about the 2 late answers" in marcus.get(sitting.page + "/result").text
    page = marcus.get(sitting.page + "/late").text
    assert "2 answers were kept aside" in page
    assert "Question 3, arrived 12:31:00" in page
    assert "Mon 23 Nov, 12:29:50" in page, "what the device said"
    assert "Mon 23 Nov, 12:30:00" in page, "when the time was up"
    assert not re.search(r"(First|Second|Third|Fourth) way", page)


def test_a_person_decides_and_the_student_sees_it(marcus: Browser, sitting: Sitting) -> None:
    student = sitting.browser
    assert "Answers to 2 questions arrived too late." in student.get(sitting.page + "/result").text
    sent = {"seen": "0", "reason": "Your line broke at 12:28; we saw it.", "accepted": "1"}
    assert marcus.post(sitting.page + "/late/3", sent).location == sitting.page + "/late"
    assert marcus.post(sitting.page + "/late/4", sent | {"accepted": "0"}).status_code == 303
    page = student.get(sitting.page + "/result").text
    assert "Passed with 75 %" in page
    assert "When it closed: 2 of 4 points. With the late answers that count: 3." in page
    assert "Your line broke at 12:28; we saw it." in page
    assert "Does not count" in page
    assert "75 %, passed" in student.get("/quizzes/quiz-m1").text
    row = sitting.row()
    assert (row.points, row.passed) == (200, False)


def test_a_decision_without_a_reason_is_given_back(marcus: Browser, sitting: Sitting) -> None:
    for sent in ({"reason": " ", "accepted": "1", "seen": "0"}, {"reason": "Because.", "seen": "0"}):
        assert marcus.post(sitting.page + "/late/3", sent).status_code == 422
    assert "Because." in marcus.post(sitting.page + "/late/3", {"reason": "Because.", "seen": "0"}).text
    assert marcus.post(sitting.page + "/late/3", {"reason": "B", "accepted": "1", "seen": "x"}).status_code == 409


def test_who_may(browsers: Any, cast: Cast, sitting: Sitting) -> None:
    for who, status in (
        (cast.student, 403), (cast.classmate, 404), (cast.funder, 404), (cast.other_facilitator, 404),
    ):  # fmt: skip
        browser = browsers(who)
        for path in ("/late", "/history"):
            assert browser.get(sitting.page + path).status_code == status
        assert browser.post(sitting.page + "/late/3").status_code == status
    assert browsers(cast.coordinator).get(sitting.page + "/late").status_code == 200


def test_reading_a_reason_is_logged_for_the_student(
    marcus: Browser, sitting: Sitting, database: Database, cast: Cast
) -> None:
    marcus.get(sitting.page + "/late")
    with database.reader() as s:
        assert s.scalars(sa.select(Reading)).all() == []
    marcus.post(sitting.page + "/late/3", {"seen": "0", "reason": "Why.", "accepted": "1"})
    marcus.get(sitting.page + "/late")
    with database.reader() as s:
        row = s.scalars(sa.select(Reading)).one()
    assert (row.kind, row.author) == ("attempt", cast.student.code)
    assert "What happened to a quiz of yours" in sitting.browser.get("/you").text


def letters(database: Database) -> list[tuple[str, str, str]]:
    with database.reader() as s:
        rows = s.scalars(sa.select(Message).where(Message.kind == "quiz.late").order_by(Message.id))
        return [(m.recipient, m.subject, keys_of(s).open(m.body, f"lms_message:{m.code}:body")) for m in rows]


def test_the_student_gets_a_letter_with_what_was_decided_and_why(
    marcus: Browser, sitting: Sitting, database: Database, cast: Cast
) -> None:
    sent = {"seen": "0", "reason": "Your line broke at 12:28; we saw it.", "accepted": "1"}
    marcus.post(sitting.page + "/late/3", sent)
    marcus.post(sitting.page + "/late/4", sent | {"accepted": "0", "reason": "The clock was over."})
    marcus.post(sitting.page + "/late/3", sent | {"accepted": "0", "seen": "1", "reason": "It was another quiz."})
    yes, no, back = letters(database)
    assert {yes[0], no[0], back[0]} == {cast.student.email}
    assert yes[1] == "Your late answer counts"
    assert "Your answer to question 3 of Quiz m1 arrived late. Marcus Bell let it count." in yes[2]
    assert "Marcus Bell gave this reason:\nYour line broke at 12:28; we saw it." in yes[2]
    assert "marked again with it" in yes[2]
    assert f"http://lms.example{sitting.page}/result" in yes[2]
    assert no[1] == "Your late answer does not count"
    assert "question 4" in no[2]
    assert "The clock was over." in no[2]
    assert "Your result stays as it was. If something was missed, talk with your facilitator." in no[2]
    assert "marked again without it. It was passed, and now it is not." in back[2]
    for _to, _subject, body in (yes, no, back):
        assert not re.search(r"(First|Second|Third|Fourth) way", body), "nothing of what was answered"


def test_a_second_refusal_says_that_the_result_stays(marcus: Browser, sitting: Sitting, database: Database) -> None:
    sent = {"seen": "0", "reason": "Why.", "accepted": "0"}
    marcus.post(sitting.page + "/late/3", sent)
    marcus.post(sitting.page + "/late/3", sent | {"seen": "1", "reason": "In other words."})
    first, second = letters(database)
    assert "Your result stays as it was." in first[2]
    assert "Your result stays as it was." in second[2]
    assert "It was passed" not in second[2]


def test_who_has_no_address_gets_no_letter_and_a_refusal_sends_none(
    marcus: Browser, sitting: Sitting, database: Database, cast: Cast
) -> None:
    marcus.post(sitting.page + "/late/3", {"seen": "0", "reason": " ", "accepted": "1"})
    marcus.post(sitting.page + "/late/3", {"seen": "7", "reason": "Why.", "accepted": "1"})
    with database.writer() as s:
        s.execute(sa.text("UPDATE lms_person SET email = NULL WHERE id = :id"), {"id": cast.student.id})
        s.commit()
    assert marcus.post(sitting.page + "/late/3", {"seen": "0", "reason": "Why.", "accepted": "1"}).status_code == 303
    assert letters(database) == []
