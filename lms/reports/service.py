"""Gather what a grant paid for, make its reports quarter by quarter, and keep them as they were released."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from lms.certificates.models import Certificate
from lms.cohorts.models import Cohort, Enrolment, FundedSeat, Grant, StatusChange
from lms.core.access import Actor
from lms.core.errors import NotFound
from lms.hours import service as hours
from lms.reports import rules
from lms.reports.models import Snapshot

# SQLite has one writer at a time: a tick that catches up with years does it a few quarters a minute.
MOST_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class GrantReport:
    """A grant's report with what a page says around it; `report` is None before the first one."""

    grant: Grant
    quarters: tuple[rules.Quarter, ...]
    """The quarters there is a report of, oldest first."""
    report: rules.Report | None
    next_on: date
    """The last day of the quarter under way."""


def grant_by_code(s: Session, code: str) -> Grant | None:
    """Return a grant with its provider, or None."""
    return s.scalar(sa.select(Grant).where(Grant.code == code).options(joinedload(Grant.provider)))


def visible_to(s: Session, actor: Actor) -> list[Grant]:
    """Return the grants whose reports somebody may read."""
    mine = sa.or_(Grant.id.in_(actor.funds), Grant.provider_id.in_(actor.coordinates))
    return list(s.scalars(sa.select(Grant).where(mine).order_by(Grant.starts_on.desc(), Grant.id)))


def report_for(s: Session, grant: Grant, *, as_of: date | None = None, now: datetime) -> GrantReport:
    """Return the report of a grant as of the end of the last quarter that is over by `as_of`, or by now.

    The same date gives the same figures next year: a report that was released is read, not made again.
    """
    made = reports_of(s, grant, now=now)
    chosen = [report for report in made if as_of is None or report.as_of <= as_of]
    if as_of and not chosen:
        raise NotFound
    today = now.astimezone(ZoneInfo(grant.provider.zone)).date()
    next_on = rules.quarter_of(max(today, grant.starts_on)).last_day
    return GrantReport(grant, tuple(r.quarter for r in made), chosen[-1] if chosen else None, next_on)


def reports_of(s: Session, grant: Grant, *, now: datetime) -> list[rules.Report]:
    """Return every report of a grant up to now, oldest first; what no tick has kept yet is made, not written."""
    released, over = _released(s, grant, now)
    return [*released, *_missing(s, grant, released, over)]


def release_due(s: Session, now: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Keep reports whose quarter is over, for good, and return how many. The worker calls this with every tick."""
    newest = sa.select(sa.func.max(Snapshot.as_of)).where(Snapshot.grant_id == Grant.id).scalar_subquery()
    behind = sa.or_(newest.is_(None), newest < (now - timedelta(days=75)).date())
    paying = sa.exists().where(FundedSeat.grant_id == Grant.id)
    due = sa.select(Grant).where(behind, paying).options(joinedload(Grant.provider, innerjoin=True)).order_by(Grant.id)
    # Two workers: the grant's row is locked, and the one who comes second leaves it to the first.
    grants = s.scalars(due.with_for_update(of=Grant, skip_locked=True)).all()
    missing = ((grant, report) for grant in grants for report in _missing(s, grant, *_released(s, grant, now)))
    rows = [
        Snapshot(grant_id=grant.id, as_of=report.as_of, body=rules.stored(report), released_at=now)
        for grant, report in islice(missing, limit)
    ]
    s.add_all(rows)
    s.flush()
    return len(rows)


def _released(s: Session, grant: Grant, now: datetime) -> tuple[list[rules.Report], list[rules.Quarter]]:
    """The reports that are kept, as of quarters that are over now, and those quarters."""
    over = rules.finished_quarters(grant.starts_on, now.astimezone(ZoneInfo(grant.provider.zone)).date())
    rows = sa.select(Snapshot).where(Snapshot.grant_id == grant.id).order_by(Snapshot.as_of)
    kept = s.scalars(rows.where(Snapshot.as_of <= (over[-1].last_day if over else date.min)))
    return [rules.report_from(row.body) for row in kept], over


def _missing(
    s: Session, grant: Grant, released: Sequence[rules.Report], over: Sequence[rules.Quarter]
) -> Iterator[rules.Report]:
    before = list(released)
    for quarter in over:
        if before and quarter.last_day <= before[-1].as_of:
            continue
        end = _end(grant, quarter)
        enrolments = _enrolments(s, grant, end)
        seats = _seats(s, grant, enrolments, end, rules.said_until(before))
        report = rules.release(before, quarter, seats, end, _terms(s, grant, enrolments, end))
        if report is not None:
            before.append(report)
            yield report


def _end(grant: Grant, quarter: rules.Quarter) -> datetime:
    return datetime.combine(quarter.end, time(), ZoneInfo(grant.provider.zone)).astimezone(UTC)


def _enrolments(s: Session, grant: Grant, end: datetime) -> list[tuple[Enrolment, datetime]]:
    cohort = joinedload(Enrolment.cohort, innerjoin=True)
    loaded = (cohort.joinedload(Cohort.provider, innerjoin=True), cohort.joinedload(Cohort.release, innerjoin=True))
    funded = sa.select(Enrolment, FundedSeat.since).join(FundedSeat).where(FundedSeat.grant_id == grant.id)
    known = funded.where(FundedSeat.since < end, Enrolment.enrolled_at < end)
    return [(enrolment, since) for enrolment, since in s.execute(known.options(*loaded).order_by(Enrolment.id))]


def _terms(s: Session, grant: Grant, enrolments: Sequence[tuple[Enrolment, datetime]], end: datetime) -> rules.Terms:
    cohorts = {enrolment.cohort_id: enrolment.cohort for enrolment, _since in enrolments}.values()
    asked = max((hours.pathway_of(s, cohort).total_minutes for cohort in cohorts), default=0)
    return rules.Terms(bool(grant.data_agreement), bool(enrolments) and _shared(s, grant, end), -(-asked // 60))


def _shared(s: Session, grant: Grant, end: datetime) -> bool:
    """Whether another grant pays for one of these seats, too; whoever reads it, reports travel."""
    other = aliased(FundedSeat)
    both = sa.select(FundedSeat.id).join(other, other.enrolment_id == FundedSeat.enrolment_id)
    mine = both.where(FundedSeat.grant_id == grant.id, FundedSeat.since < end)
    return s.scalar(sa.select(mine.where(other.grant_id != grant.id, other.since < end).exists())) or False


def _seats(
    s: Session,
    grant: Grant,
    enrolments: Sequence[tuple[Enrolment, datetime]],
    end: datetime,
    said_until: rules.Quarter | None,
) -> list[rules.Seat]:
    if not enrolments:
        return []
    rows = [enrolment for enrolment, _since in enrolments]
    finished, issued, seconds = _finished(s, rows), _certificates(s, rows), _seconds(s, rows, end)
    said = _end(grant, said_until) if said_until else datetime.min.replace(tzinfo=UTC)
    # A seat that came later was not in the total said then, whatever hours it had already.
    before = _seconds(s, [e for e, since in enrolments if max(e.enrolled_at, since) < said], said)
    return [
        rules.Seat(
            person=enrolment.person_id,
            enrolled_at=enrolment.enrolled_at,
            funded_at=since,
            finished_at=finished.get(enrolment.id),
            certificates=tuple(issued.get(enrolment.id, ())),
            seconds=seconds[enrolment.id],
            seconds_before=before.get(enrolment.id, 0),
        )
        for enrolment, since in enrolments
    ]


def _seconds(s: Session, enrolments: Sequence[Enrolment], end: datetime) -> Mapping[int, int]:
    # A statement takes in what was recorded at its instant; `end` itself belongs to the next quarter.
    statements = hours.statements_for(s, enrolments, now=end - timedelta(microseconds=1)) if enrolments else {}
    return {
        id_: sum(line.seconds for line in made.lines if line.state == "counted") for id_, made in statements.items()
    }


def _finished(s: Session, enrolments: Sequence[Enrolment]) -> dict[int, datetime]:
    ids = [enrolment.id for enrolment in enrolments]
    found = sa.select(StatusChange).where(StatusChange.enrolment_id.in_(ids), StatusChange.status == "finished")
    return {row.enrolment_id: row.at for row in s.scalars(found.order_by(StatusChange.at.desc()))}


def _certificates(s: Session, enrolments: Sequence[Enrolment]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    ids = [enrolment.id for enrolment in enrolments]
    columns = sa.select(Certificate.enrolment_id, Certificate.issued_at, Certificate.revoked_at)
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for enrolment_id, issued_at, revoked_at in s.execute(columns.where(Certificate.enrolment_id.in_(ids))):
        found.setdefault(enrolment_id, []).append((issued_at, revoked_at))
    return found
