"""Attendance on a real session: what is recorded, what a correction needs, and who may not."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts.models import Meeting
from lms.core.db import Database, unit_of_work
from lms.core.errors import Conflict, Denied, Invalid
from lms.hours import service
from lms.hours.models import Attendance
from lms.hours.service import Mark
from lms.records.models import Audit
from tests import factories
from tests.factories import NOON, Cast
from tests.hours.together import both_at_once

LATER = NOON + timedelta(hours=3)


def take(s: Session, cast: Cast, meeting: Meeting, **marks: Mark) -> int:
    seats = {"student": cast.seat.id, "classmate": cast.classmate_seat.id, "stranger": cast.stranger_seat.id}
    by_seat = {seats[who]: mark for who, mark in marks.items()}
    return service.take_attendance(s, meeting, by_seat, by=cast.facilitator, now=NOON)


class TestTaking:
    def test_each_mark_credits_its_minutes(self, s: Session) -> None:
        cast = factories.cast(s)
        meeting = factories.meeting(s, cast.cohort)
        assert take(s, cast, meeting, student=Mark("present"), classmate=Mark("part", 45)) == 2
        found = {row.enrolment_id: (row.mark, row.minutes) for row in service.attendance_of(s, meeting)}
        assert found == {cast.seat.id: ("present", 120), cast.classmate_seat.id: ("part", 45)}

    def test_sending_the_same_twice_adds_nothing(self, s: Session) -> None:
        cast = factories.cast(s)
        meeting = factories.meeting(s, cast.cohort)
        marks = {"student": Mark("present"), "classmate": Mark("absent")}
        assert (take(s, cast, meeting, **marks), take(s, cast, meeting, **marks)) == (2, 0)
        assert len(s.scalars(sa.select(Attendance)).all()) == 2
        assert [row.facts for row in s.scalars(sa.select(Audit))] == [{"recorded": 2, "corrected": 0}]

    def test_a_class_to_come_has_no_attendance(self, s: Session) -> None:
        cast = factories.cast(s)
        meeting = factories.meeting(s, cast.cohort, starts_at=NOON + timedelta(minutes=1), ends_at=LATER)
        with pytest.raises(Conflict, match="not begun"):
            take(s, cast, meeting, student=Mark("present"))

    def test_a_cancelled_class_has_none_either(self, s: Session) -> None:
        cast = factories.cast(s)
        meeting = factories.meeting(s, cast.cohort, cancelled_at=NOON)
        with pytest.raises(Conflict, match="cancelled"):
            take(s, cast, meeting, student=Mark("present"))

    def test_nobody_of_another_cohort_can_be_marked(self, s: Session) -> None:
        cast = factories.cast(s)
        meeting = factories.meeting(s, cast.cohort)
        with pytest.raises(Denied):
            take(s, cast, meeting, student=Mark("present"), stranger=Mark("present"))
        assert service.attendance_of(s, meeting) == []

    def test_nobody_marks_themselves(self, s: Session) -> None:
        cast = factories.cast(s)
        meeting = factories.meeting(s, cast.cohort)
        own = factories.enrolment(s, cast.cohort, cast.facilitator)
        with pytest.raises(Denied, match="your own"):
            service.take_attendance(s, meeting, {own.id: Mark("present")}, by=cast.facilitator, now=NOON)

    @pytest.mark.parametrize(
        ("mark", "field"),
        [(Mark("part"), "minutes"), (Mark("made_up"), "reason"), (Mark("gone"), "mark"), (Mark(""), "mark")],
    )
    def test_a_mark_that_does_not_fit_is_named(self, s: Session, mark: Mark, field: str) -> None:
        cast = factories.cast(s)
        meeting = factories.meeting(s, cast.cohort)
        with pytest.raises(Invalid) as refused:
            take(s, cast, meeting, student=mark, classmate=Mark("present"))
        assert set(refused.value.problems) == {f"{cast.seat.id}-{field}"}
        assert service.attendance_of(s, meeting) == []

    def test_a_pathway_may_know_no_make_up(self, s: Session) -> None:
        made = factories.pieces(make_up=False)
        cohort = factories.cohort(s, release_=factories.release(s, made))
        seat, by = factories.enrolment(s, cohort), factories.person(s)
        meeting = factories.meeting(s, cohort)
        with pytest.raises(Invalid):
            service.take_attendance(s, meeting, {seat.id: Mark("made_up", 0, "On Friday.")}, by=by, now=NOON)


class TestCorrecting:
    def test_a_change_needs_a_reason_and_keeps_the_history(self, s: Session) -> None:
        cast = factories.cast(s)
        meeting = factories.meeting(s, cast.cohort)
        take(s, cast, meeting, student=Mark("absent"), classmate=Mark("present"))
        with pytest.raises(Invalid) as refused:
            take(s, cast, meeting, student=Mark("part", 60, " "), classmate=Mark("present"))
        assert set(refused.value.problems) == {f"{cast.seat.id}-reason"}
        assert take(s, cast, meeting, student=Mark("part", 60, "Came after the break."), classmate=Mark("present")) == 1
        history = service.marks_of(s, meeting)[cast.seat.id]
        assert [(row.mark, row.minutes, row.reason, row.by_name) for row in history] == [
            ("absent", 0, "", cast.facilitator.name),
            ("part", 60, "Came after the break.", cast.facilitator.name),
        ]

    def test_the_reason_is_sealed(self, s: Session) -> None:
        cast = factories.cast(s)
        meeting = factories.meeting(s, cast.cohort)
        take(s, cast, meeting, student=Mark("made_up", 0, "In hospital that week."))
        row = s.scalars(sa.select(Attendance)).one()
        assert row.reason is not None
        assert b"hospital" not in row.reason
        assert "hospital" not in str([(x.note, x.facts) for x in s.scalars(sa.select(Audit))])
        assert service.marks_of(s, meeting)[cast.seat.id][0].reason == "In hospital that week."

    def test_two_facilitators_do_not_write_over_each_other(self, database: Database) -> None:
        with unit_of_work(database) as s:
            cast = factories.cast(s)
            meeting = factories.meeting(s, cast.cohort)
            ids = meeting.id, cast.seat.id
            people = cast.facilitator.id, cast.coordinator.id

        def mark(s: Session, at: int) -> None:
            meeting = s.get_one(Meeting, ids[0])
            by = s.get_one(Person, people[at])
            service.take_attendance(s, meeting, {ids[1]: Mark(("present", "absent")[at])}, by=by, now=NOON)

        errors = both_at_once(database, mark)
        assert [type(error) for error in errors] == [Invalid]
        with unit_of_work(database, write=False) as s:
            assert len(service.attendance_of(s, s.get_one(Meeting, ids[0]))) == 1


class TestLists:
    def test_counts_and_calls(self, s: Session) -> None:
        cast = factories.cast(s)
        today = factories.meeting(s, cast.cohort)
        old = [
            factories.meeting(
                s, cast.cohort, starts_at=NOON - timedelta(days=n), ends_at=NOON - timedelta(days=n, hours=-2)
            )
            for n in (14, 7)
        ]
        factories.meeting(s, cast.cohort, starts_at=NOON - timedelta(days=3), ends_at=NOON, cancelled_at=NOON)
        elsewhere = factories.meeting(s, cast.stranger_seat.cohort)
        take(s, cast, old[0], student=Mark("present"), classmate=Mark("present"))
        take(s, cast, old[1], student=Mark("present"))
        assert service.recorded_counts(s, [cast.cohort.id]) == {old[0].id: 2, old[1].id: 1}
        found = service.calls_for(s, [cast.cohort.id], now=NOON)
        assert [c.code for c in found.today] == [today.code]
        assert [(c.code, c.recorded, c.people) for c in found.open] == [(old[1].code, 1, 2)]
        assert [c.code for c in found.past] == [old[0].code]
        assert elsewhere.code not in {c.code for c in (*found.today, *found.open, *found.past)}

    def test_who_left_is_not_waited_for(self, s: Session) -> None:
        cast = factories.cast(s)
        factories.enrolment(s, cast.cohort, status="withdrawn")
        old = NOON - timedelta(days=7)
        meeting = factories.meeting(s, cast.cohort, starts_at=old, ends_at=old + timedelta(hours=2))
        take(s, cast, meeting, student=Mark("present"), classmate=Mark("absent"))
        assert [c.code for c in service.calls_for(s, [cast.cohort.id], now=NOON).past] == [meeting.code]

    def test_classes_in_order_without_the_cancelled(self, s: Session) -> None:
        cohort = factories.cohort(s)
        late = factories.meeting(s, cohort)
        early = factories.meeting(s, cohort, starts_at=NOON - timedelta(days=2), ends_at=NOON)
        factories.meeting(s, cohort, cancelled_at=NOON)
        assert service.meetings_for(s, [cohort.id]) == [early, late]
        assert service.meetings_for(s, []) == []


def test_minutes_come_from_the_class_and_not_from_the_form(s: Session) -> None:
    cast = factories.cast(s)
    meeting = factories.meeting(s, cast.cohort, minutes=90)
    take(s, cast, meeting, student=Mark("present", 5000))
    assert service.attendance_of(s, meeting)[0].minutes == 90
