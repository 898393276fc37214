"""Practice claims on a real session: what can be asked for, one answer at a time, corrections that keep the past."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts.models import Enrolment
from lms.core.db import Database, unit_of_work
from lms.core.errors import Conflict, Denied, Invalid
from lms.hours import service
from lms.hours.models import PracticeClaim, PracticeDecision
from lms.records.models import Audit, Message
from tests import factories
from tests.factories import NOON, Cast
from tests.hours.together import both_at_once

TODAY = date(2026, 11, 23)
LATER = NOON + timedelta(days=1)
LETTER = ("An answer about your practice hours", "Sign in to read it.")


def claim(s: Session, seat: Enrolment, **more: Any) -> PracticeClaim:
    given: dict[str, Any] = dict(
        on=TODAY, minutes=90, competency="peer-role", supervisor="Alma Lindqvist", what="I sat with a man at the gate."
    )
    return service.claim_practice(s, seat, **(given | {"now": NOON} | more))


def decide(s: Session, cast: Cast, row: PracticeClaim, outcome: str = "approved", **more: Any) -> PracticeDecision:
    given: dict[str, Any] = dict(minutes=90, reason="", by=cast.facilitator, now=LATER)
    return service.decide_practice(s, row, outcome=outcome, **(given | more))


class TestClaiming:
    def test_what_was_done_is_sealed(self, s: Session) -> None:
        cast = factories.cast(s)
        row = claim(s, cast.seat)
        assert (row.on, row.minutes, row.competency, row.supervisor) == (TODAY, 90, "peer-role", "Alma Lindqvist")
        assert b"gate" not in row.what
        assert service.claim_text(s, row) == "I sat with a man at the gate."

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"on": TODAY + timedelta(days=1)}, "on"),
            ({"on": date(2026, 10, 4)}, "on"),
            ({"minutes": 0}, "minutes"),
            ({"minutes": 1441}, "minutes"),
            ({"competency": "juggling"}, "competency"),
            ({"what": " "}, "what"),
        ],
    )
    def test_what_does_not_fit_is_named(self, s: Session, more: dict[str, Any], field: str) -> None:
        seat = factories.enrolment(s, factories.cohort(s))
        with pytest.raises(Invalid) as refused:
            claim(s, seat, **more)
        assert set(refused.value.problems) == {field}
        assert s.scalars(sa.select(PracticeClaim)).all() == []

    def test_the_first_day_of_the_cohort_is_inside(self, s: Session) -> None:
        assert claim(s, factories.enrolment(s, factories.cohort(s)), on=date(2026, 10, 5)).on == date(2026, 10, 5)

    def test_today_is_the_cohorts_today(self, s: Session) -> None:
        late_evening = NOON.replace(hour=3) + timedelta(days=1)
        here = factories.enrolment(s, factories.cohort(s))
        with pytest.raises(Invalid):
            claim(s, here, on=TODAY + timedelta(days=1), now=late_evening)
        there = factories.enrolment(s, factories.cohort(s, release_=here.cohort.release, zone="Asia/Tokyo"))
        assert claim(s, there, on=TODAY + timedelta(days=1), now=late_evening).on == TODAY + timedelta(days=1)

    def test_no_day_has_more_than_its_hours(self, s: Session) -> None:
        cast = factories.cast(s)
        row = claim(s, cast.seat, minutes=1000)
        with pytest.raises(Invalid, match="not sent"):
            claim(s, cast.seat, minutes=441, what="More.")
        decide(s, cast, row, "returned", reason="No day has that many.")
        assert claim(s, cast.seat, minutes=441, what="More.").minutes == 441

    def test_a_double_click_makes_one_claim(self, s: Session) -> None:
        cast = factories.cast(s)
        first = claim(s, cast.seat)
        assert claim(s, cast.seat, now=NOON + timedelta(seconds=1)) is first
        assert claim(s, cast.seat, competency="ethics") is not first
        decide(s, cast, first, "returned", reason="Who was there?")
        assert claim(s, cast.seat) is not first

    def test_two_tabs_make_one_claim(self, database: Database) -> None:
        with unit_of_work(database) as s:
            seat_id = factories.enrolment(s, factories.cohort(s)).id
        errors = both_at_once(database, lambda s, at: claim(s, s.get_one(Enrolment, seat_id)))
        with unit_of_work(database, write=False) as s:
            assert (errors, len(s.scalars(sa.select(PracticeClaim)).all())) == ([], 1)


class TestAnswering:
    def test_the_student_is_told_without_a_word_of_it(self, s: Session) -> None:
        cast = factories.cast(s)
        row = claim(s, cast.seat)
        made = decide(s, cast, row, minutes=60, reason="The drive to the gate is not practice.", letter=LETTER)
        assert (made.outcome, made.minutes, made.by_name) == ("approved", 60, cast.facilitator.name)
        assert made.reason is not None
        assert b"gate" not in made.reason
        assert s.scalars(sa.select(Message.recipient)).all() == [cast.student.email]
        trail = s.scalars(sa.select(Audit)).one()
        assert (trail.verb, trail.note, trail.facts) == ("practice.approved", "", {"minutes": 60})
        assert service.answers_of(s, row) == [
            service.Answer("approved", 60, "The drive to the gate is not practice.", LATER, cast.facilitator.name)
        ]

    @pytest.mark.parametrize(
        ("outcome", "minutes", "field"),
        [("returned", 90, "reason"), ("approved", 60, "reason"), ("approved", 91, "minutes"), ("maybe", 90, "outcome")],
    )
    def test_what_an_answer_lacks_is_named(self, s: Session, outcome: str, minutes: int, field: str) -> None:
        cast = factories.cast(s)
        with pytest.raises(Invalid) as refused:
            decide(s, cast, claim(s, cast.seat), outcome, minutes=minutes)
        assert field in refused.value.problems

    def test_a_double_click_is_one_answer(self, s: Session) -> None:
        cast = factories.cast(s)
        row = claim(s, cast.seat)
        assert decide(s, cast, row, letter=LETTER) is decide(s, cast, row, letter=LETTER)
        assert len(s.scalars(sa.select(Message)).all()) == 1

    def test_an_answer_given_cannot_be_given_again(self, s: Session) -> None:
        cast = factories.cast(s)
        row = claim(s, cast.seat)
        decide(s, cast, row)
        with pytest.raises(Conflict, match="Marcus Bell has answered"):
            decide(s, cast, row, "returned", reason="I disagree.")
        with pytest.raises(Conflict):
            decide(s, cast, row, by=cast.coordinator)

    def test_the_second_facilitator_is_told(self, database: Database) -> None:
        with unit_of_work(database) as s:
            cast = factories.cast(s)
            code, people = claim(s, cast.seat).code, (cast.facilitator.id, cast.coordinator.id)

        def answer(s: Session, at: int) -> None:
            row, by = service.claim_by_code(s, code), s.get_one(Person, people[at])
            assert row is not None
            outcome = ("approved", "returned")[at]
            service.decide_practice(s, row, outcome=outcome, minutes=90, reason="Because.", by=by, now=LATER)

        assert [type(error) for error in both_at_once(database, answer)] == [Conflict]
        with unit_of_work(database, write=False) as s:
            assert len(s.scalars(sa.select(PracticeDecision)).all()) == 1

    def test_nobody_answers_their_own(self, s: Session) -> None:
        cast = factories.cast(s)
        with pytest.raises(Denied):
            decide(s, cast, claim(s, cast.seat), by=cast.student)


class TestCorrecting:
    def test_a_correction_is_a_new_row_with_a_reason(self, s: Session) -> None:
        cast = factories.cast(s)
        row = claim(s, cast.seat)
        decide(s, cast, row)
        wrong: dict[str, Any] = dict(outcome="returned", minutes=0, by=cast.facilitator, now=LATER + timedelta(hours=1))
        with pytest.raises(Invalid):
            service.correct_practice(s, row, reason=" ", **wrong)
        service.correct_practice(s, row, reason="Her supervisor knows nothing of it.", **wrong)
        assert [(a.outcome, a.minutes) for a in service.answers_of(s, row)] == [("returned", 0), ("approved", 90)]
        assert service.statement_for(s, cast.seat, now=LATER).counted == 90
        assert service.statement_for(s, cast.seat, now=LATER + timedelta(hours=2)).counted == 0

    def test_approving_again_after_a_correction_needs_a_reason_too(self, s: Session) -> None:
        cast = factories.cast(s)
        row = claim(s, cast.seat)
        decide(s, cast, row, "returned", reason="Who was there?")
        with pytest.raises(Invalid):
            service.correct_practice(s, row, outcome="approved", minutes=90, reason="", by=cast.facilitator, now=LATER)

    def test_the_same_answer_once_more_changes_nothing(self, s: Session) -> None:
        cast = factories.cast(s)
        row = claim(s, cast.seat)
        first = decide(s, cast, row)
        again = service.correct_practice(
            s, row, outcome="approved", minutes=90, reason="Still.", by=cast.facilitator, now=LATER, letter=LETTER
        )
        assert again is first
        assert s.scalars(sa.select(Message)).all() == []

    def test_nobody_overrules_an_answer_that_they_have_not_read(self, s: Session) -> None:
        cast = factories.cast(s)
        row = claim(s, cast.seat)
        decide(s, cast, row)
        mine: dict[str, Any] = dict(outcome="approved", reason="As it was.", by=cast.facilitator, now=LATER)
        service.correct_practice(
            s, row, outcome="returned", minutes=0, reason="Nobody was there.", by=cast.coordinator, now=LATER, seen=1
        )
        with pytest.raises(Conflict, match="since you opened the page"):
            service.correct_practice(s, row, minutes=60, seen=1, **mine)
        assert service.correct_practice(s, row, minutes=60, seen=2, **mine).minutes == 60

    def test_there_is_nothing_to_correct_before_an_answer(self, s: Session) -> None:
        cast = factories.cast(s)
        with pytest.raises(Conflict, match="not been answered"):
            service.correct_practice(
                s, claim(s, cast.seat), outcome="approved", minutes=90, reason="x", by=cast.facilitator, now=NOON
            )


def test_a_students_claims_newest_day_first(s: Session) -> None:
    cast = factories.cast(s)
    old, new = claim(s, cast.seat, on=TODAY - timedelta(days=9)), claim(s, cast.seat)
    claim(s, cast.classmate_seat)
    decide(s, cast, old, "returned", reason="Who was there?")
    found = service.claims_of(s, cast.seat.id)
    assert [(row.code, [a.reason for a in answers]) for row, answers in found] == [
        (new.code, []),
        (old.code, ["Who was there?"]),
    ]
