"""Homework on a real session: rounds, one answer each, and nothing readable in the rows."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts.models import Enrolment
from lms.core.crypto import SealBroken
from lms.core.db import Database, keys_of, unit_of_work
from lms.core.errors import Conflict, Denied, Invalid, NotFound
from lms.hours import service
from lms.hours.models import HomeworkCorrection, HomeworkHandIn
from lms.records.models import Audit, Message
from tests import factories
from tests.factories import NOON, Cast
from tests.hours.together import both_at_once

KEY = "m1/homework-1"
LATER = NOON + timedelta(days=1)
LETTER = ("An answer to your homework", "Sign in to read it.")


class TestHandingIn:
    def test_the_text_is_sealed_for_its_row(self, s: Session) -> None:
        cast = factories.cast(s)
        row = service.hand_in(s, cast.seat, KEY, "I listened to my aunt.", now=NOON)
        other = service.hand_in(s, cast.classmate_seat, KEY, "I listened too.", now=NOON)
        assert (row.round, row.state, row.minutes, row.sent_at) == (1, "waiting", 60, NOON)
        assert b"aunt" not in row.text
        assert service.hand_in_text(s, row) == "I listened to my aunt."
        other.text = row.text
        with pytest.raises(SealBroken):
            service.hand_in_text(s, other)

    def test_a_second_click_finds_the_same_round(self, s: Session) -> None:
        seat = factories.enrolment(s, factories.cohort(s))
        first = service.hand_in(s, seat, KEY, "Once.", now=NOON)
        assert service.hand_in(s, seat, KEY, "Once.", now=LATER) is first
        assert service.hand_ins_of(s, seat.id, KEY) == [first]

    def test_two_tabs_make_one_round(self, database: Database) -> None:
        with unit_of_work(database) as s:
            seat_id = factories.enrolment(s, factories.cohort(s)).id
        errors = both_at_once(
            database, lambda s, at: service.hand_in(s, s.get_one(Enrolment, seat_id), KEY, "The same words.", now=NOON)
        )
        with unit_of_work(database, write=False) as s:
            assert (errors, len(service.hand_ins_of(s, seat_id, KEY))) == ([], 1)

    def test_other_words_wait_until_the_first_are_answered(self, s: Session) -> None:
        seat = factories.enrolment(s, factories.cohort(s))
        service.hand_in(s, seat, KEY, "Once.", now=NOON)
        with pytest.raises(Conflict, match="already"):
            service.hand_in(s, seat, KEY, "Twice.", now=NOON)

    def test_a_returned_homework_has_another_round(self, s: Session) -> None:
        cast = factories.cast(s)
        first = service.hand_in(s, cast.seat, KEY, "Too short.", now=NOON)
        service.decide_homework(s, first, accepted=False, reply="Say what you noticed.", by=cast.facilitator, now=NOON)
        second = service.hand_in(s, cast.seat, KEY, "I noticed my hurry.", now=LATER)
        assert (second.round, second.state) == (2, "waiting")
        rounds = service.rounds_of(s, cast.seat, KEY)
        assert [(r.hand_in.round, r.state, r.text) for r in rounds] == [
            (2, "waiting", "I noticed my hurry."),
            (1, "returned", "Too short."),
        ]
        assert [(one.words, one.by_name) for one in rounds[1].replies] == [
            ("Say what you noticed.", cast.facilitator.name)
        ]

    def test_an_accepted_homework_is_done(self, s: Session) -> None:
        cast = factories.cast(s)
        row = service.hand_in(s, cast.seat, KEY, "Done.", now=NOON)
        service.decide_homework(s, row, accepted=True, reply="", by=cast.facilitator, now=NOON)
        with pytest.raises(Conflict, match="accepted"):
            service.hand_in(s, cast.seat, KEY, "Once more.", now=LATER)

    def test_what_the_release_does_not_hold_cannot_be_handed_in(self, s: Session) -> None:
        with pytest.raises(NotFound):
            service.hand_in(s, factories.enrolment(s, factories.cohort(s)), "m1/homework-9", "Here.", now=NOON)

    def test_nothing_written_is_nothing_sent(self, s: Session) -> None:
        with pytest.raises(Invalid) as refused:
            service.hand_in(s, factories.enrolment(s, factories.cohort(s)), KEY, " \n ", now=NOON)
        assert set(refused.value.problems) == {"text"}


class TestAnswering:
    def test_the_student_is_told_without_a_word_of_it(self, s: Session) -> None:
        cast = factories.cast(s)
        row = service.hand_in(s, cast.seat, KEY, "About the clinic.", now=NOON)
        service.decide_homework(
            s, row, accepted=False, reply="The clinic has a name in it.", by=cast.facilitator, now=LATER, letter=LETTER
        )
        assert (row.state, row.decided_at, row.decided_by) == ("returned", LATER, cast.facilitator.code)
        assert row.reply is not None
        assert b"clinic" not in row.reply
        letter = s.scalars(sa.select(Message)).one()
        body = keys_of(s).open(letter.body, f"lms_message:{letter.code}:body")
        assert (letter.recipient, letter.subject, body) == (cast.student.email, *LETTER)
        trail = s.scalars(sa.select(Audit)).one()
        assert (trail.verb, trail.subject, trail.note, trail.facts) == ("homework.returned", row.code, "", {})

    def test_returning_says_what_is_missing(self, s: Session) -> None:
        cast = factories.cast(s)
        row = service.hand_in(s, cast.seat, KEY, "Here.", now=NOON)
        with pytest.raises(Invalid) as refused:
            service.decide_homework(s, row, accepted=False, reply="  ", by=cast.facilitator, now=NOON)
        assert set(refused.value.problems) == {"reply"}
        assert row.state == "waiting"

    def test_a_double_click_is_one_answer(self, s: Session) -> None:
        cast = factories.cast(s)
        row = service.hand_in(s, cast.seat, KEY, "Here.", now=NOON)
        for _click in (1, 2):
            service.decide_homework(s, row, accepted=True, reply="Kind.", by=cast.facilitator, now=NOON, letter=LETTER)
        assert len(s.scalars(sa.select(Message)).all()) == 1
        with pytest.raises(Conflict):
            service.decide_homework(s, row, accepted=True, reply="Other words.", by=cast.facilitator, now=NOON)

    def test_the_second_facilitator_is_told(self, database: Database) -> None:
        with unit_of_work(database) as s:
            cast = factories.cast(s)
            code = service.hand_in(s, cast.seat, KEY, "Here.", now=NOON).code
            people = cast.facilitator.id, cast.coordinator.id

        def answer(s: Session, at: int) -> None:
            row, by = service.hand_in_by_code(s, code), s.get_one(Person, people[at])
            assert row is not None
            service.decide_homework(s, row, accepted=at == 0, reply="More, please.", by=by, now=NOON, letter=LETTER)

        assert [type(error) for error in both_at_once(database, answer)] == [Conflict]
        with unit_of_work(database, write=False) as s:
            assert len(s.scalars(sa.select(Message)).all()) == 1

    def test_nobody_answers_their_own(self, s: Session) -> None:
        cast = factories.cast(s)
        row = service.hand_in(s, cast.seat, KEY, "Here.", now=NOON)
        with pytest.raises(Denied):
            service.decide_homework(s, row, accepted=True, reply="", by=cast.student, now=NOON)

    def test_somebody_without_an_address_gets_no_letter(self, s: Session) -> None:
        cast = factories.cast(s)
        cast.student.email = None
        row = service.hand_in(s, cast.seat, KEY, "Here.", now=NOON)
        service.decide_homework(s, row, accepted=True, reply="", by=cast.facilitator, now=NOON, letter=LETTER)
        assert s.scalars(sa.select(Message)).all() == []


def answered(s: Session, cast: Cast, accepted: bool = True) -> HomeworkHandIn:
    row = service.hand_in(s, cast.seat, KEY, "Here.", now=NOON)
    return service.decide_homework(s, row, accepted=accepted, reply="Read.", by=cast.facilitator, now=NOON)


class TestCorrecting:
    def test_a_correction_is_a_new_row_with_a_reason_and_the_hours_follow(self, s: Session) -> None:
        cast = factories.cast(s)
        row = answered(s, cast)
        wrong: dict[str, Any] = dict(accepted=False, by=cast.coordinator, now=LATER, letter=LETTER)
        with pytest.raises(Invalid) as refused:
            service.correct_homework(s, row, reason=" ", **wrong)
        assert set(refused.value.problems) == {"reply"}
        service.correct_homework(s, row, reason="It was for another class.", **wrong)
        assert [(one.outcome, one.words, one.by_name) for one in service.replies_to(s, row)] == [
            ("returned", "It was for another class.", cast.coordinator.name),
            ("accepted", "Read.", cast.facilitator.name),
        ]
        assert (row.state, row.decided_by) == ("accepted", cast.facilitator.code)
        assert service.statement_for(s, cast.seat, now=LATER - timedelta(hours=1)).counted == 60
        assert service.statement_for(s, cast.seat, now=LATER).counted == 0
        [kept] = s.scalars(sa.select(HomeworkCorrection))
        assert b"another class" not in kept.reason
        assert s.scalars(sa.select(Audit.verb)).all()[-1] == "homework.corrected-to-returned"
        assert [letter.kind for letter in s.scalars(sa.select(Message))] == ["homework.returned"]

    def test_what_was_returned_by_mistake_counts_and_is_done(self, s: Session) -> None:
        cast = factories.cast(s)
        row = answered(s, cast, accepted=False)
        service.correct_homework(s, row, accepted=True, reason="I had read too fast.", by=cast.facilitator, now=LATER)
        assert service.rounds_of(s, cast.seat, KEY)[0].state == "accepted"
        assert service.statement_for(s, cast.seat, now=LATER).counted == 60
        with pytest.raises(Conflict, match="accepted already"):
            service.hand_in(s, cast.seat, KEY, "Once more.", now=LATER)

    def test_what_was_accepted_by_mistake_can_be_handed_in_again(self, s: Session) -> None:
        cast = factories.cast(s)
        row = answered(s, cast)
        service.correct_homework(s, row, accepted=False, reason="Half is missing.", by=cast.facilitator, now=LATER)
        assert service.hand_in(s, cast.seat, KEY, "The whole.", now=LATER).round == 2
        with pytest.raises(Conflict, match="newer round"):
            service.correct_homework(s, row, accepted=True, reason="Enough.", by=cast.facilitator, now=LATER)
        assert service.rounds_of(s, cast.seat, KEY)[1].state == "returned"

    def test_a_double_click_is_one_correction(self, s: Session) -> None:
        cast = factories.cast(s)
        row = answered(s, cast)
        for _click in (1, 2):
            service.correct_homework(
                s, row, accepted=False, reason="Half.", by=cast.facilitator, now=LATER, letter=LETTER
            )
        assert len(s.scalars(sa.select(Message)).all()) == 1

    def test_nobody_overrules_an_answer_that_they_have_not_read(self, s: Session) -> None:
        cast = factories.cast(s)
        row = answered(s, cast)
        theirs: dict[str, Any] = dict(accepted=False, reason="Half is missing.", now=LATER, seen=1)
        service.correct_homework(s, row, by=cast.coordinator, **theirs)
        with pytest.raises(Conflict, match="since you opened the page"):
            service.correct_homework(s, row, accepted=True, reason="Fine.", by=cast.facilitator, now=LATER, seen=1)
        assert service.replies_to(s, row)[0].outcome == "returned"
        service.correct_homework(s, row, accepted=True, reason="Fine.", by=cast.facilitator, now=LATER, seen=2)
        assert service.replies_to(s, row)[0].outcome == "accepted"

    def test_the_first_answer_sent_again_after_a_correction_is_told_so(self, s: Session) -> None:
        cast = factories.cast(s)
        row = answered(s, cast)
        again: dict[str, Any] = dict(accepted=True, reply="Read.", by=cast.facilitator, now=LATER)
        assert service.decide_homework(s, row, **again) is row
        service.correct_homework(s, row, accepted=False, reason="Half.", by=cast.coordinator, now=LATER)
        with pytest.raises(Conflict, match="answered this homework already"):
            service.decide_homework(s, row, **again)

    def test_there_is_nothing_to_correct_before_an_answer_and_never_in_ones_own(self, s: Session) -> None:
        cast = factories.cast(s)
        row = service.hand_in(s, cast.seat, KEY, "Here.", now=NOON)
        assert service.replies_to(s, row) == []
        with pytest.raises(Conflict, match="not been answered"):
            service.correct_homework(s, row, accepted=True, reason="x", by=cast.facilitator, now=NOON)
        with pytest.raises(Denied):
            service.correct_homework(s, row, accepted=True, reason="x", by=cast.student, now=NOON)

    def test_a_correction_and_another_round_at_once_leave_one_that_counts(self, database: Database) -> None:
        with unit_of_work(database) as s:
            cast = factories.cast(s)
            code, seat, by = answered(s, cast, accepted=False).code, cast.seat.id, cast.facilitator.id

        def act(s: Session, at: int) -> None:
            row = service.hand_in_by_code(s, code)
            assert row is not None
            if at:
                service.correct_homework(s, row, accepted=True, reason="Fine.", by=s.get_one(Person, by), now=LATER)
            else:
                service.hand_in(s, s.get_one(Enrolment, seat), KEY, "The whole.", now=LATER)

        assert [type(error) for error in both_at_once(database, act)] == [Conflict]
        with unit_of_work(database, write=False) as s:
            states = [one.state for one in service.rounds_of(s, s.get_one(Enrolment, seat), KEY)]
            assert states in (["accepted"], ["waiting", "returned"])
