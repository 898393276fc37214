"""Ruling on a question that was wrong: who is marked again, what stays, and what a student reads of it."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts.models import Enrolment
from lms.core.db import Database
from lms.core.errors import Conflict, Denied, Invalid
from lms.quizzes import service
from lms.quizzes.models import Attempt, Mark, Ruling
from lms.quizzes.rules import Given
from lms.quizzes.service import regrading
from lms.records.models import Audit
from tests import factories
from tests.factories import NOON, Cast
from tests.quizzes.conftest import permit
from tests.quizzes.test_views import Sitting

MINUTE = timedelta(minutes=1)
LATER = NOON + 45 * MINUTE
CHECK, ITEM = "check-m1-l1", "it-001"
"""Four questions whose second option is right, and the first of them."""


@pytest.fixture
def house(s: Session) -> Cast:
    return factories.cast(s)


def sit(
    s: Session, seat: Any, wrong: tuple[str, ...] = (), text: str = "Third way", quiz: str = CHECK, send: bool = True
) -> Attempt:
    """Sit a quiz; the items in `wrong` get the option of this text, all others are answered rightly."""
    number = len(service.attempts_of(s, seat.id, quiz)) + 1
    attempt = service.start_attempt(s, permit(s, seat, quiz, number=number), now=NOON)
    for q in service.paper_of(attempt).questions:
        texts = [option.text for option in q.item.options]
        choice = (texts.index(text),) if q.item.id in wrong else tuple(q.right)
        service.save_answers(s, attempt, [Given(q.position, choice, False, 1)], now=NOON)
    return service.submit(s, attempt, now=NOON + MINUTE) if send else attempt


def case(s: Session, house: Cast, item: str = ITEM, quiz: str = CHECK) -> service.Case:
    found = service.case_of(s, house.provider.id, quiz, item)
    assert found is not None
    return found


def wish(kind: Any = "void", *right: str, seen: int = 0, reason: str = "Two of the options said the same.") -> Any:
    return service.Wish(kind, right, reason, seen)


def rule(s: Session, house: Cast, given: Any = None, by: Person | None = None) -> list[service.Regraded]:
    return service.rule(s, case(s, house), given or wish(), by=by or house.coordinator, now=LATER)


def standing(s: Session, attempt: Attempt) -> tuple[int, bool]:
    found = service.results_for(s, [attempt.enrolment_id], now=LATER)[attempt.enrolment_id][attempt.quiz]
    return found.best_points, found.passed


def test_the_case_is_the_question_by_its_words_and_who_holds_it(s: Session, house: Cast) -> None:
    mine, other = sit(s, house.seat), sit(s, house.classmate_seat, (ITEM,))
    sit(s, house.stranger_seat)
    sit(s, house.seat, send=False)
    found = case(s, house)
    assert set(found.attempts) == {mine, other}, "neither another provider's nor what is under way"
    assert [option.text for option in found.question.item.options] == sorted(
        f"{one} way" for one in ("First", "Second", "Third", "Fourth")
    )
    assert (found.seen, found.others) == (0, ())
    assert service.case_of(s, house.provider.id, CHECK, "it-999") is None
    assert service.case_of(s, house.provider.id, "exam", ITEM) is None
    assert service.case_of(s, house.provider.id, CHECK, ITEM, words="other") is None


def test_a_void_marks_again_whom_it_helps_and_overwrites_nothing(s: Session, house: Cast) -> None:
    right, wrong = sit(s, house.seat), sit(s, house.classmate_seat, (ITEM, "it-002"))
    [changed] = rule(s, house)
    assert (changed.attempt, changed.before.points, changed.after.points) == (wrong, 200, 300)
    assert changed.won
    assert not changed.lost
    assert (standing(s, wrong), standing(s, right)) == ((300, True), (400, True))
    assert (wrong.points, wrong.passed) == (200, False), "its own mark stays to be seen"
    mark, row = s.scalars(sa.select(Mark)).one(), s.scalars(sa.select(Ruling)).one()
    assert (mark.ruling_id, mark.by, mark.number) == (row.id, house.coordinator.code, 1)
    assert (row.number, row.kind, row.right, row.item) == (1, "void", [], ITEM)
    audit = s.scalars(sa.select(Audit).where(Audit.verb == "quizzes.ruled")).one()
    assert audit.facts == {"quiz": CHECK, "item": ITEM, "kind": "void", "attempts": 2, "changed": 1}


def test_another_key_gives_and_takes(s: Session, house: Cast) -> None:
    right = sit(s, house.seat, ("it-002",))
    wrong = sit(s, house.classmate_seat, (ITEM, "it-002"))
    changed = {one.attempt: one for one in rule(s, house, wish("key", "Third way"))}
    assert changed[right].lost
    assert changed[wrong].won
    assert (standing(s, right)[0], standing(s, wrong)[0]) == (200, 300)


def test_a_later_ruling_replaces_an_earlier_one(s: Session, house: Cast) -> None:
    wrong = sit(s, house.seat, (ITEM,))
    rule(s, house)
    [changed] = rule(s, house, wish("key", "Second way", seen=1))
    assert (changed.before.points, changed.after.points) == (400, 300)
    assert [mark.number for mark in s.scalars(sa.select(Mark).order_by(Mark.number))] == [1, 2]
    assert [one.ruling.kind for one in case(s, house).rulings] == ["key", "void"]
    assert standing(s, wrong) == (300, True)


def test_what_was_ruled_is_undone_and_can_be_ruled_again(s: Session, house: Cast) -> None:
    wrong = sit(s, house.seat, (ITEM,))
    rule(s, house)
    [back] = rule(s, house, wish("asked", seen=1, reason="It was right after all."))
    assert (back.before.points, back.after.points) == (400, 300)
    assert not case(s, house).overruled
    assert sit(s, house.classmate_seat, (ITEM,)).points == 300, "what closes later is marked as it was asked"
    with pytest.raises(Invalid, match="nothing to undo"):
        rule(s, house, wish("asked", seen=2))
    assert {one.attempt for one in rule(s, house, wish(seen=2))} >= {wrong}


def test_nothing_is_undone_before_anything_was_ruled(s: Session, house: Cast) -> None:
    sit(s, house.seat)
    with pytest.raises(Invalid) as refused:
        rule(s, house, wish("asked"))
    assert set(refused.value.problems) == {"kind"}


def test_what_closes_later_is_marked_by_it(s: Session, house: Cast) -> None:
    sit(s, house.classmate_seat)
    open_one = sit(s, house.seat, (ITEM,), send=False)
    assert rule(s, house, wish("key", "Second way", "Third way")) == []
    service.submit(s, open_one, now=LATER)
    assert (open_one.points, open_one.passed) == (400, True)
    assert sit(s, house.classmate_seat, (ITEM,)).points == 400, "a released key that is wrong is right for everybody"
    assert sit(s, house.stranger_seat, (ITEM,)).points == 300, "another provider's ruling is another's"


def test_what_lapsed_unnoticed_is_shown_by_it(s: Session, house: Cast) -> None:
    closed = sit(s, house.classmate_seat, quiz="quiz-m1")
    attempt = sit(s, house.seat, quiz="quiz-m1", send=False)
    # Four of six were drawn for each, so that at least two are in both.
    drawn = [{q.item.id: q.position for q in service.paper_of(one).questions} for one in (closed, attempt)]
    item = min(drawn[0].keys() & drawn[1].keys())
    where = {"id": attempt.id, "at": drawn[1][item]}
    s.execute(sa.text("DELETE FROM lms_quiz_response WHERE attempt_id = :id AND position = :at"), where)
    assert standing(s, attempt)[0] == 300
    service.rule(s, case(s, house, item, "quiz-m1"), wish(), by=house.coordinator, now=LATER)
    assert standing(s, attempt)[0] == 400
    service.submit(s, attempt, now=LATER)
    assert attempt.points == 400


def test_an_accepted_late_answer_still_counts(s: Session, house: Cast) -> None:
    sit(s, house.classmate_seat)
    attempt = service.start_attempt(s, permit(s, house.seat, CHECK), now=NOON)
    first, *rest = service.paper_of(attempt).questions
    for q in rest:
        service.save_answers(s, attempt, [Given(q.position, tuple(q.right), False, 1)], now=NOON)
    service.submit(s, attempt, now=NOON)
    service.save_answers(s, attempt, [Given(first.position, tuple(first.right), False, 2)], now=NOON + MINUTE)
    [late] = service.late_of(s, attempt)
    service.decide(s, attempt, late.number, accepted=True, reason="Line.", seen=0, by="MARCUS", now=LATER)
    assert standing(s, attempt)[0] == 400
    item = rest[0].item.id
    found = service.case_of(s, house.provider.id, CHECK, item)
    assert found is not None
    assert service.rule(s, found, wish(), by=house.coordinator, now=LATER) == [], "nothing changes for who has it all"
    new = wish("key", "Fourth way", seen=1)
    changed = {one.attempt: one.after.points for one in service.rule(s, found, new, by=house.coordinator, now=LATER)}
    assert changed[attempt] == 300, "less the question whose key changed, with the late answer"


def test_who_had_not_seen_the_last_ruling_looks_again(s: Session, house: Cast) -> None:
    sit(s, house.seat)
    rule(s, house)
    with pytest.raises(Conflict, match="Somebody ruled"):
        rule(s, house)


def test_two_rulings_at_once_meet_the_constraint(s: Session, house: Cast) -> None:
    sit(s, house.seat)
    rule(s, house)
    row = s.scalars(sa.select(Ruling)).one()
    with pytest.raises(IntegrityError), s.begin_nested():
        copied = {c.name: getattr(row, c.name) for c in Ruling.__table__.columns if c.name != "id"}
        s.add(Ruling(**copied | {"code": "OTHER"}))
        s.flush()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (wish(reason=" "), "reason"),
        (wish("key"), "right"),
        (wish("key", "Fifth way"), "right"),
        (wish("key", "First way", "Second way", "Third way", "Fourth way"), "right"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(s: Session, house: Cast, given: Any, field: str) -> None:
    sit(s, house.seat)
    with pytest.raises(Invalid) as refused:
        rule(s, house, given)
    assert set(refused.value.problems) == {field}
    assert s.scalars(sa.select(Ruling)).all() == []


def test_nobody_rules_on_an_attempt_of_their_own(s: Session, house: Cast) -> None:
    sit(s, house.seat)
    with pytest.raises(Denied, match="your own"):
        rule(s, house, by=house.student)


def test_every_refusal_of_the_rule_has_a_sentence() -> None:
    assert {"person", "type", "none", "foreign", "all", "reason"} <= set(regrading.SENTENCES)


def test_one_that_was_marked_again_is_not_opened_again(s: Session, house: Cast) -> None:
    attempt = service.start_attempt(s, permit(s, house.seat, "quiz-m1"), now=NOON)
    item = service.paper_of(attempt).questions[0].item.id
    service.submit(s, attempt, now=NOON + 31 * MINUTE)
    assert attempt.state == "expired"
    found = service.case_of(s, house.provider.id, "quiz-m1", item)
    assert found is not None
    service.rule(s, found, wish(), by=house.coordinator, now=LATER)
    with pytest.raises(Conflict, match="ruled on"):
        service.reopen(s, attempt, minutes=5, reason="Why.", by="MARCUS", now=LATER)


# — at once


@pytest.mark.parametrize("first", ["close", "rule"])
def test_closing_and_ruling_at_once_never_miss_each_other(database: Database, cast: Cast, first: str) -> None:
    with database.writer() as s:
        sit(s, s.get_one(Enrolment, cast.classmate_seat.id))
        code = _without_the_first(s, s.get_one(Enrolment, cast.seat.id)).code
        s.commit()

    def close(s: Session) -> None:
        attempt = service.attempt_by_code(s, code)
        assert attempt is not None
        service.submit(s, attempt, now=LATER)

    def ruling(s: Session) -> None:
        found = service.case_of(s, cast.provider.id, CHECK, ITEM)
        assert found is not None
        service.rule(s, found, wish(), by=s.get_one(Person, cast.coordinator.id), now=LATER)

    steps = [close, ruling] if first == "close" else [ruling, close]

    def other() -> None:
        with database.writer() as s:
            steps[1](s)
            s.commit()

    with ThreadPoolExecutor(1) as pool, database.writer() as s:
        steps[0](s)
        waiting = pool.submit(other)
        wait([waiting], timeout=0.3)  # it stands before the lock that the first one holds
        assert not waiting.done()
        s.commit()
        waiting.result()
    with database.reader() as s:
        attempt = service.attempt_by_code(s, code)
        assert attempt is not None
        assert standing(s, attempt) == (400, True)


def _without_the_first(s: Session, seat: Enrolment) -> Attempt:
    attempt = service.start_attempt(s, permit(s, seat, CHECK), now=NOON)
    for q in service.paper_of(attempt).questions:
        if q.item.id != ITEM:
            service.save_answers(s, attempt, [Given(q.position, tuple(q.right), False, 1)], now=NOON)
    return attempt


# — the student's page


@pytest.mark.parametrize("kind", ["void", "key", "asked"])
def test_a_student_reads_what_was_ruled_and_why(
    database: Database, browsers: Any, cast: Cast, clock: Any, kind: Any
) -> None:
    sitting = Sitting(database, browsers(cast.student), cast.seat, CHECK)
    sitting.save(*list(sitting.right.items())[1:])
    sitting.browser.post(sitting.page + "/submit", {"anyway": "1"})
    with database.writer() as s:
        attempt = s.scalars(sa.select(Attempt)).one()
        item = service.paper_of(attempt).questions[0].item.id
        found = service.case_of(s, cast.provider.id, CHECK, item)
        assert found is not None
        by = s.get_one(Person, cast.coordinator.id)
        if kind == "asked":
            service.rule(s, found, wish("key", "First way"), by=by, now=clock.now())
        given = wish(kind, *(["First way"] if kind == "key" else []), seen=int(kind == "asked"))
        service.rule(s, found, given, by=by, now=clock.now())
        s.commit()
    page = sitting.browser.get(sitting.page + "/result").text
    assert ("A question was looked at again" if kind == "asked" else "A question was wrong") in page
    assert "Two of the options said the same." in page
    if kind == "void":
        assert "Passed with 100 %" in page
        assert "When it closed: 3 of 4 points. By what counts now: 4." in page
        assert "This question was wrong. It counted for everybody." in page
    elif kind == "asked":
        assert "Passed with 75 %" in page
        assert "counts as it was asked; what was decided before was undone." in page
        assert "This question was looked at again. It counts as it was asked." in page
    else:
        assert "Passed with 75 %" in page
        assert "What is marked here is the new one." in page
        assert "another answer is right." in page


def test_the_heading_does_not_count_what_was_undone(database: Database, browsers: Any, cast: Cast, clock: Any) -> None:
    sitting = Sitting(database, browsers(cast.student), cast.seat, CHECK)
    sitting.save(*list(sitting.right.items())[1:])
    sitting.browser.post(sitting.page + "/submit", {"anyway": "1"})
    with database.writer() as s:
        by = s.get_one(Person, cast.coordinator.id)
        for item, kind, seen in (("it-001", "void", 0), ("it-002", "void", 0), ("it-002", "asked", 1)):
            service.rule(s, case(s, cast, item), wish(kind, seen=seen), by=by, now=clock.now())
        s.commit()
    page = sitting.browser.get(sitting.page + "/result").text
    assert "A question was wrong</h2>" in page
    assert "what was decided before was undone." in page
