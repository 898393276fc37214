"""Live classes: scheduling after a guide, cancelling, and the calendar."""

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from lms.accounts.models import Person
from lms.cohorts import rules
from lms.cohorts.models import Cohort, Meeting
from lms.cohorts.service.offices import code_of, facilitators_of
from lms.cohorts.service.seats import roster
from lms.core.access import Actor
from lms.core.errors import Conflict, Invalid
from lms.core.ids import new_code
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Modality
from lms.records import service as records


def schedule_meeting(
    s: Session,
    cohort: Cohort,
    *,
    guide: str,
    starts_at: datetime,
    place: str = "",
    modality: Modality | None = None,
    now: datetime,
) -> Meeting:
    """Put a class into a cohort's calendar; minutes and breaks come from the guide in the cohort's release."""
    local = starts_at.astimezone(ZoneInfo(cohort.zone))
    plan = curriculum.meeting_guide(s, cohort.release, guide)
    if plan is None:
        raise Invalid(rules.SENTENCES["guide"], {"guide": rules.SENTENCES["guide"]})
    fits = rules.meeting_day(local.date(), cohort.starts_on, cohort.ends_on)
    if not fits.allowed:
        raise Invalid(fits.sentence, {"day": fits.sentence})
    breaks = sum(block.minutes for block in plan.agenda if block.is_break)
    meeting = Meeting(
        code=new_code(),
        cohort_id=cohort.id,
        guide=guide,
        title=plan.title,
        modality=modality or plan.modality,
        minutes=plan.minutes,
        starts_at=starts_at,
        ends_at=rules.meeting_end(local, plan.minutes, breaks, cohort.zone),
        place=place.strip(),
    )
    meeting.cohort = cohort
    s.add(meeting)
    s.flush()
    return meeting


def cancel_meeting(s: Session, meeting: Meeting, *, by: Person | str, now: datetime) -> Meeting:
    """Cancel a class that is not over; Conflict when it is, or was cancelled before."""
    answer = rules.may_cancel(meeting.ends_at, meeting.cancelled_at, now)
    if not answer.allowed:
        raise Conflict(answer.sentence)
    # Two clicks, one cancellation: the people are told once.
    won = sa.update(Meeting).where(Meeting.id == meeting.id, Meeting.cancelled_at.is_(None)).values(cancelled_at=now)
    if s.execute(won).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(rules.SENTENCES["cancelled"])
    s.refresh(meeting, ["cancelled_at"])
    records.audit(s, code_of(by), "cohorts.meeting-cancelled", meeting.code, now=now)
    s.flush()
    return meeting


def tell_class(s: Session, meeting: Meeting, kind: str, subject: str, body: str, *, now: datetime) -> int:
    """Write the same letter to everybody in a class, students and facilitators; returns how many."""
    people = [seat.person for seat in roster(s, meeting.cohort_id)] + facilitators_of(s, meeting.cohort_id)
    addresses = sorted({person.email for person in people if person.email})
    for address in addresses:
        records.write_message(s, kind, address, subject, body, now=now)
    s.flush()
    return len(addresses)


def meetings_of(s: Session, cohort_id: int) -> list[Meeting]:
    """Return a cohort's classes, cancelled ones too, the earliest first."""
    return list(
        s.scalars(sa.select(Meeting).where(Meeting.cohort_id == cohort_id).order_by(Meeting.starts_at, Meeting.id))
    )


def meeting_by_code(s: Session, code: str) -> Meeting | None:
    """Return a class by its public code, with its cohort, release and provider; one query."""
    cohort = joinedload(Meeting.cohort)
    loaded = sa.select(Meeting).options(cohort.joinedload(Cohort.release), cohort.joinedload(Cohort.provider))
    return s.scalars(loaded.where(Meeting.code == code)).first()


def calendar_of(s: Session, actor: Actor) -> list[Meeting]:
    """Return the classes of every cohort a person learns in or works for, the earliest first; one query."""
    cohorts = actor.facilitates | frozenset(actor.seats.values())
    mine = sa.or_(Cohort.id.in_(cohorts), Cohort.provider_id.in_(actor.coordinates))
    rows = sa.select(Meeting).join(Meeting.cohort).options(contains_eager(Meeting.cohort)).where(mine)
    return list(s.scalars(rows.order_by(Meeting.starts_at, Meeting.id)))
