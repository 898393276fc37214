"""Gather the seats of a grant and make its report as of a quarter's end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.certificates.models import Certificate
from lms.cohorts.models import Appointment, Cohort, Enrolment, FundedSeat, Grant, StatusChange
from lms.core.access import Actor
from lms.hours import service as hours
from lms.reports import rules


@dataclass(frozen=True, slots=True)
class GrantReport:
    """A grant's report with what a page says around it; `report` is None before the first quarter is over."""

    grant: Grant
    cohorts: tuple[str, ...]
    quarters: tuple[rules.Quarter, ...]
    report: rules.Report | None
    next_on: date


def grant_by_code(s: Session, code: str) -> Grant | None:
    """Return a grant with its provider, or None."""
    return s.scalar(sa.select(Grant).where(Grant.code == code).options(joinedload(Grant.provider)))


def visible_to(s: Session, actor: Actor) -> list[Grant]:
    """Return the grants whose reports somebody may read."""
    mine = sa.or_(Grant.id.in_(actor.funds), Grant.provider_id.in_(actor.coordinates))
    return list(s.scalars(sa.select(Grant).where(mine).order_by(Grant.starts_on.desc(), Grant.id)))


def report_for(s: Session, grant: Grant, *, as_of: str = "", now: datetime) -> GrantReport:
    """Make the report of a grant as of the end of the last quarter, or of an earlier one (`2026-09-30`).

    The same date gives the same figures next year: every fact has the instant it was recorded, and later ones are left out.
    """
    zone = ZoneInfo(grant.provider.zone)
    quarters = rules.finished_quarters(grant.starts_on, now.astimezone(zone).date())
    chosen = [q for q in quarters if not as_of or q.last_day.isoformat() <= as_of]
    enrolments = _enrolments(s, grant)
    names = tuple(sorted({e.cohort.name for e in enrolments}))
    next_on = rules.quarter_of(quarters[-1].end if quarters else grant.starts_on).last_day
    if not chosen:
        return GrantReport(grant, names, tuple(quarters), None, next_on)
    end = datetime.combine(chosen[-1].end, time(), zone).astimezone(UTC)
    seats = _seats(s, enrolments, now)
    known = [seat.key for seat in seats if seat.enrolled_at < end]
    exact = rules.may_be_exact(known, bool(grant.data_agreement), _other_populations(s, grant, end))
    asked = max((hours.pathway_of(s, e.cohort).total_minutes for e in enrolments), default=60)
    made = rules.report(seats, chosen, end, exact, -(-asked // 60))
    return GrantReport(grant, names, tuple(quarters), made, next_on)


def _enrolments(s: Session, grant: Grant) -> list[Enrolment]:
    cohort = joinedload(Enrolment.cohort)
    funded = sa.select(Enrolment).join(FundedSeat).where(FundedSeat.grant_id == grant.id)
    loaded = funded.options(cohort.joinedload(Cohort.provider), cohort.joinedload(Cohort.release))
    return list(s.scalars(loaded.order_by(Enrolment.id)))


def _other_populations(s: Session, grant: Grant, end: datetime) -> list[list[int]]:
    """The populations of every other grant that shares a reader with this one."""
    readers = sa.select(Appointment.person_id).where(Appointment.grant_id == grant.id)
    theirs = sa.select(Appointment.grant_id).where(Appointment.person_id.in_(readers), Appointment.grant_id != grant.id)
    rows = s.execute(
        sa.select(FundedSeat.grant_id, FundedSeat.enrolment_id)
        .join(Enrolment)
        .where(FundedSeat.grant_id.in_(theirs), Enrolment.enrolled_at < end)
    )
    found: dict[int, list[int]] = {}
    for grant_id, enrolment_id in rows:
        found.setdefault(grant_id, []).append(enrolment_id)
    return list(found.values())


def _seats(s: Session, enrolments: Sequence[Enrolment], now: datetime) -> list[rules.Seat]:
    ids = [enrolment.id for enrolment in enrolments]
    finished, withdrawn = _first_change(s, ids, "finished"), _first_change(s, ids, "withdrawn")
    issued = _certificates(s, ids)
    statements = hours.statements_for(s, enrolments, now=now)
    seats = []
    for enrolment in enrolments:
        first, revoked = issued.get(enrolment.id, (None, None))
        credited = tuple(
            (line.evidence.on, line.evidence.settled_at, line.seconds)
            for line in statements[enrolment.id].lines
            if line.state == "counted" and line.evidence.settled_at
        )
        seats.append(
            rules.Seat(
                key=enrolment.id,
                enrolled_at=enrolment.enrolled_at,
                finished_at=finished.get(enrolment.id),
                withdrawn_at=withdrawn.get(enrolment.id),
                certified_at=first,
                revoked_at=revoked,
                credited=credited,
            )
        )
    return seats


def _first_change(s: Session, ids: Sequence[int], status: str) -> dict[int, datetime]:
    found = sa.select(StatusChange).where(StatusChange.enrolment_id.in_(ids), StatusChange.status == status)
    return {row.enrolment_id: row.at for row in s.scalars(found.order_by(StatusChange.at.desc()))}


def _certificates(s: Session, ids: Sequence[int]) -> dict[int, tuple[datetime, datetime | None]]:
    """The first issue and, unless a later certificate still stands, the last revocation of each enrolment."""
    rows = s.execute(
        sa.select(Certificate.enrolment_id, Certificate.issued_at, Certificate.revoked_at)
        .where(Certificate.enrolment_id.in_(ids))
        .order_by(Certificate.id)
    )
    found: dict[int, tuple[datetime, datetime | None]] = {}
    for enrolment_id, issued_at, revoked_at in rows:
        first = found[enrolment_id][0] if enrolment_id in found else issued_at
        found[enrolment_id] = (first, revoked_at)
    return found
