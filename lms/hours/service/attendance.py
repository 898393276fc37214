"""Attendance: taking it, correcting it with a reason, and what is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from lms.accounts.models import Person
from lms.cohorts.models import Cohort, Enrolment, Meeting
from lms.cohorts.rules import TAKES_A_SEAT
from lms.core.db import keys_of
from lms.core.errors import Conflict, Denied, Invalid
from lms.hours import rules
from lms.hours.models import Attendance
from lms.learning.service import pathway_of
from lms.records import service as records


@dataclass(frozen=True, slots=True)
class Mark:
    """What a facilitator records for one person: `present`, `part`, `absent` or `made_up`."""

    mark: str
    minutes: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One mark as it stands on record, with who made it and why."""

    mark: str
    minutes: int
    reason: str
    at: datetime
    by: str
    by_name: str


def take_attendance(s: Session, meeting: Meeting, marks: Mapping[int, Mark], *, by: Person, now: datetime) -> int:
    """Record marks, by enrolment id, and return how many were new; an unchanged mark adds no row.

    Invalid names each problem by enrolment id and field (`12-reason`). Rows are only added: a change to an earlier mark
    needs a reason. Two facilitators may save at once: the meeting's row is locked, so that the second finds the first's
    marks and has to say why, and no mark goes under unseen.
    """
    _may_be_taken(meeting, now)
    s.execute(sa.select(Meeting.id).where(Meeting.id == meeting.id).with_for_update(key_share=True))
    seats = _seats(s, meeting, marks, by)
    before = {row.enrolment_id: row for row in attendance_of(s, meeting)}
    changed = {e: mark for e, mark in marks.items() if _differs(before.get(e), mark, meeting)}
    problems = _problems(s, meeting, changed, before)
    if problems:
        raise Invalid("The attendance is not saved yet.", problems)
    for enrolment_id, mark in changed.items():
        s.add(_row(s, meeting, seats[enrolment_id], mark, by, now))
    s.flush()
    facts = {"recorded": len(changed), "corrected": len(before.keys() & changed.keys())}
    if changed:
        records.audit(s, by.code, "attendance.recorded", meeting.code, now=now, facts=facts)
    return len(changed)


def _may_be_taken(meeting: Meeting, now: datetime) -> None:
    if meeting.cancelled_at is not None:
        raise Conflict("This class was cancelled, so there is no attendance to take.")
    if meeting.starts_at > now:
        raise Conflict("This class has not begun yet; attendance can be taken once it has.")


def _seats(s: Session, meeting: Meeting, marks: Mapping[int, Mark], by: Person) -> dict[int, Enrolment]:
    found = s.scalars(
        sa.select(Enrolment).where(Enrolment.id.in_(list(marks)), Enrolment.cohort_id == meeting.cohort_id)
    ).all()
    if len(found) != len(marks):
        raise Denied("Only people of this cohort can be marked here.")
    if any(seat.person_id == by.id for seat in found):
        raise Denied("Somebody else records your own attendance.")
    return {seat.id: seat for seat in found}


def _problems(
    s: Session, meeting: Meeting, changed: Mapping[int, Mark], before: Mapping[int, Attendance]
) -> dict[str, str]:
    make_up, found = pathway_of(s, meeting.cohort).make_up, {}
    for enrolment_id, mark in changed.items():
        problem = rules.mark_problem(mark.mark, mark.minutes, mark.reason, meeting.minutes, make_up)
        if problem is None and enrolment_id in before and not mark.reason.strip():
            problem = "reason", "Write why you change a mark that is already saved."
        if problem:
            found[f"{enrolment_id}-{problem[0]}"] = problem[1]
    return found


def _differs(before: Attendance | None, mark: Mark, meeting: Meeting) -> bool:
    minutes = rules.credited_minutes(mark.mark, mark.minutes, meeting.minutes)
    return before is None or (before.mark, before.minutes) != (mark.mark, minutes)


def _row(s: Session, meeting: Meeting, seat: Enrolment, mark: Mark, by: Person, now: datetime) -> Attendance:
    reason = mark.reason.strip()
    return Attendance(
        meeting=meeting,
        enrolment=seat,
        mark=mark.mark,
        minutes=rules.credited_minutes(mark.mark, mark.minutes, meeting.minutes),
        recorded_at=now,
        recorded_by=by.code,
        reason=keys_of(s).seal(reason, _where(meeting, seat.id, now)) if reason else None,
    )


def _where(meeting: Meeting, enrolment_id: int, at: datetime) -> str:
    # These rows have no code of their own: meeting, seat and instant name one.
    return f"lms_attendance:{meeting.code}.{enrolment_id}.{at.astimezone(UTC).isoformat()}:reason"


def attendance_of(s: Session, meeting: Meeting) -> list[Attendance]:
    """Return the newest mark of each person at a meeting."""
    newest = (
        sa.select(sa.func.max(Attendance.id))
        .where(Attendance.meeting_id == meeting.id)
        .group_by(Attendance.enrolment_id)
    )
    return list(s.scalars(sa.select(Attendance).where(Attendance.id.in_(newest))))


def marks_of(s: Session, meeting: Meeting) -> dict[int, list[Recorded]]:
    """Return every mark ever recorded at a meeting, by enrolment id, oldest first: the last one counts. One query."""
    rows = sa.select(Attendance, Person.name).outerjoin(Person, Person.code == Attendance.recorded_by)
    found: dict[int, list[Recorded]] = {}
    for row, name in s.execute(rows.where(Attendance.meeting_id == meeting.id).order_by(Attendance.id)):
        reason = reason_of(s, meeting, row)
        recorded = Recorded(row.mark, row.minutes, reason, row.recorded_at, row.recorded_by, name or row.recorded_by)
        found.setdefault(row.enrolment_id, []).append(recorded)
    return found


def reason_of(s: Session, meeting: Meeting, row: Attendance) -> str:
    """Open why a mark was made or changed; empty if nothing was written."""
    where = _where(meeting, row.enrolment_id, row.recorded_at)
    return keys_of(s).open(row.reason, where) if row.reason else ""


def recorded_counts(s: Session, cohort_ids: Sequence[int]) -> dict[int, int]:
    """Return, for each meeting of these cohorts, how many people have a mark."""
    people = sa.func.count(sa.distinct(Attendance.enrolment_id))
    found = sa.select(Attendance.meeting_id, people).join(Meeting).where(Meeting.cohort_id.in_(cohort_ids))
    return dict(s.execute(found.group_by(Attendance.meeting_id)).all())


def meetings_for(s: Session, cohort_ids: Sequence[int]) -> list[Meeting]:
    """Return the classes of these cohorts that were not cancelled, oldest first, with their cohort."""
    found = sa.select(Meeting).where(Meeting.cohort_id.in_(cohort_ids), Meeting.cancelled_at.is_(None))
    return list(s.scalars(found.order_by(Meeting.starts_at, Meeting.id).options(joinedload(Meeting.cohort))))


def calls_for(s: Session, cohort_ids: Sequence[int], *, now: datetime) -> rules.Calls:
    """Return the classes of these cohorts, sorted by what is left to do about each. One query."""
    here = (Attendance.meeting_id == Meeting.id, Attendance.enrolment_id == Enrolment.id)
    seated = sa.and_(Enrolment.cohort_id == Meeting.cohort_id, Enrolment.status.in_(TAKES_A_SEAT))
    people, marked = sa.func.count(sa.distinct(Enrolment.id)), sa.func.count(sa.distinct(Attendance.enrolment_id))
    counts = (
        sa.select(Meeting.id, people.label("people"), marked.label("marked"))
        .outerjoin(Enrolment, seated)
        .outerjoin(Attendance, sa.and_(*here))
        .where(Meeting.cohort_id.in_(cohort_ids), Meeting.cancelled_at.is_(None))
        .group_by(Meeting.id)
        .subquery()
    )
    rows = sa.select(Meeting, counts.c.people, counts.c.marked).join(counts, counts.c.id == Meeting.id)
    found = s.execute(rows.join(Meeting.cohort).options(contains_eager(Meeting.cohort)))
    return rules.calls((_call(meeting, meeting.cohort, people, marked) for meeting, people, marked in found), now)


def _call(meeting: Meeting, cohort: Cohort, people: int, marked: int) -> rules.Call:
    return rules.Call(meeting.code, meeting.title, cohort.name, cohort.zone, meeting.starts_at, people, marked)
