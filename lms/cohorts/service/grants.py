"""Grants and the seats they pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager, joinedload

from lms.accounts.models import Person
from lms.cohorts import rules
from lms.cohorts.models import Cohort, Enrolment, FundedSeat, Grant, Provider
from lms.cohorts.service.offices import code_of
from lms.core.access import Actor
from lms.core.errors import Invalid
from lms.core.ids import new_code
from lms.records import service as records


@dataclass(frozen=True, slots=True)
class FundingLine:
    """A cohort beside a grant: how many seats are taken, and how many of its seats the grant pays."""

    cohort: Cohort
    taken: int
    paid: int


def create_grant(
    s: Session,
    provider: Provider,
    *,
    name: str,
    funder: str,
    starts_on: date,
    ends_on: date,
    data_agreement: str = "",
    facts: dict[str, Any] | None = None,
    now: datetime,
) -> Grant:
    """Record a grant; without a data agreement its funder sees bands of five."""
    _check(name, starts_on, ends_on)
    grant = Grant(
        code=new_code(),
        provider_id=provider.id,
        name=name,
        funder=funder,
        starts_on=starts_on,
        ends_on=ends_on,
        data_agreement=data_agreement,
        facts=dict(facts or {}),
        created_at=now,
    )
    grant.provider = provider
    s.add(grant)
    s.flush()
    return grant


def change_grant(
    s: Session,
    grant: Grant,
    *,
    name: str,
    funder: str,
    starts_on: date,
    ends_on: date,
    data_agreement: str,
    by: Person | str,
    now: datetime,
) -> Grant:
    """Change a grant; the trail keeps the dates and agreement it had."""
    _check(name, starts_on, ends_on)
    before = {"agreement": grant.data_agreement, "starts_on": str(grant.starts_on), "ends_on": str(grant.ends_on)}
    grant.name, grant.funder, grant.starts_on, grant.ends_on = name, funder, starts_on, ends_on
    grant.data_agreement = data_agreement
    records.audit(s, code_of(by), "cohorts.grant-changed", grant.code, now=now, facts=before)
    s.flush()
    return grant


def fund(s: Session, enrolment: Enrolment, grant: Grant, *, now: datetime) -> FundedSeat:
    """Pay a seat from a grant; a seat that is paid already stays as it is."""
    _may_fund(enrolment, grant)
    paid = FundedSeat(enrolment_id=enrolment.id, grant_id=grant.id, since=now)
    try:
        with s.begin_nested():
            s.add(paid)
            s.flush()
    except IntegrityError:
        # Paid twice, perhaps at once: the unique constraint decides, the first row stands.
        same = (FundedSeat.enrolment_id == enrolment.id, FundedSeat.grant_id == grant.id)
        return s.scalars(sa.select(FundedSeat).where(*same)).one()
    return paid


def fund_cohort(s: Session, seats: Sequence[Enrolment], grant: Grant, *, by: Person | str, now: datetime) -> int:
    """Pay several seats from a grant and return how many were not paid before."""
    for seat in seats:
        _may_fund(seat, grant)
    before = paid_seats(s, grant.id)
    new = [seat.id for seat in seats if seat.id not in before]
    # Two coordinators pay the same seats at once: the unique constraint refuses one, who looks again and finds them paid.
    s.add_all(FundedSeat(enrolment_id=id_, grant_id=grant.id, since=now) for id_ in new)
    records.audit(s, code_of(by), "cohorts.funded", grant.code, now=now, facts={"seats": len(new)})
    s.flush()
    return len(new)


def grant_by_code(s: Session, code: str) -> Grant | None:
    """Return a grant by its public code, with its provider; one query."""
    return s.scalars(sa.select(Grant).options(joinedload(Grant.provider)).where(Grant.code == code)).first()


def grants_of(s: Session, actor: Actor) -> list[Grant]:
    """Return the grants a person looks after or coordinates, with their providers, the newest first; one query."""
    mine = sa.or_(Grant.id.in_(actor.funds), Grant.provider_id.in_(actor.coordinates))
    return list(s.scalars(_grants().where(mine)))


def grants_of_provider(s: Session, provider_id: int) -> list[Grant]:
    """Return a provider's grants, the newest first."""
    return list(s.scalars(_grants().where(Grant.provider_id == provider_id)))


def grants_for_seat(s: Session, enrolment_id: int) -> list[Grant]:
    """Return the grants that pay a seat."""
    paid = _grants().join(FundedSeat, FundedSeat.grant_id == Grant.id)
    return list(s.scalars(paid.where(FundedSeat.enrolment_id == enrolment_id)))


def grants_beside(s: Session, seat: Enrolment) -> list[tuple[Grant, bool]]:
    """Return the grants of a seat's provider, the newest first, each with whether it pays the seat; one query."""
    pays = sa.exists().where(FundedSeat.grant_id == Grant.id, FundedSeat.enrolment_id == seat.id)
    rows = _grants().add_columns(pays).where(Grant.provider_id == seat.cohort.provider_id)
    return [(grant, bool(paid)) for grant, paid in s.execute(rows)]


def cohorts_beside(s: Session, grant: Grant) -> list[FundingLine]:
    """Return the cohorts of a grant's provider, the newest first, with seats taken and seats this grant pays; one query."""
    seat = sa.select(sa.func.count()).select_from(Enrolment).where(Enrolment.cohort_id == Cohort.id)
    taken = seat.where(Enrolment.status.in_(rules.TAKES_A_SEAT)).correlate(Cohort).scalar_subquery()
    paying = sa.exists().where(FundedSeat.enrolment_id == Enrolment.id, FundedSeat.grant_id == grant.id)
    paid = seat.where(paying).correlate(Cohort).scalar_subquery()
    rows = sa.select(Cohort, taken, paid).where(Cohort.provider_id == grant.provider_id)
    found = s.execute(rows.order_by(Cohort.starts_on.desc(), Cohort.id.desc()))
    return [FundingLine(cohort, taken_, paid_) for cohort, taken_, paid_ in found]


def enrolments_of_grant(s: Session, grant_id: int) -> list[Enrolment]:
    """Return every seat a grant pays, also of those who left, with cohort and release; one query."""
    paid = sa.select(Enrolment).join(FundedSeat, FundedSeat.enrolment_id == Enrolment.id)
    loaded = paid.join(Enrolment.cohort).options(contains_eager(Enrolment.cohort).joinedload(Cohort.release))
    return list(
        s.scalars(loaded.where(FundedSeat.grant_id == grant_id).order_by(Cohort.starts_on, Cohort.id, Enrolment.id))
    )


def paid_seats(s: Session, grant_id: int) -> frozenset[int]:
    """Return the ids of the seats a grant pays."""
    return frozenset(s.scalars(sa.select(FundedSeat.enrolment_id).where(FundedSeat.grant_id == grant_id)))


def _grants() -> sa.Select[Grant]:
    return sa.select(Grant).options(joinedload(Grant.provider)).order_by(Grant.starts_on.desc(), Grant.id.desc())


def _check(name: str, starts_on: date, ends_on: date) -> None:
    problems = rules.sentences(rules.grant_problems(starts_on, ends_on) | ({} if name.strip() else {"name": "name"}))
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _may_fund(seat: Enrolment, grant: Grant) -> None:
    cohort = seat.cohort
    same = grant.provider_id == cohort.provider_id
    answer = rules.may_fund(same, (grant.starts_on, grant.ends_on), (cohort.starts_on, cohort.ends_on))
    if not answer.allowed:
        raise Invalid(answer.sentence, {"grant": answer.sentence})
