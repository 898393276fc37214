"""Who holds which office, and the actor that a person is at the door."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager

from lms.accounts.models import Person
from lms.cohorts import rules
from lms.cohorts.models import Appointment, Cohort, Enrolment, Grant, Provider
from lms.core.access import Actor
from lms.core.errors import Invalid
from lms.records import service as records


def actor_for(s: Session, person: Person, *, now: datetime) -> Actor:
    """Return the actor a person is now: their seats and living offices, in one query."""
    rows = s.execute(_seats_and_offices(person.id, now)).all()

    def held(role: str, column: str) -> frozenset[int]:
        return frozenset(row._mapping[column] for row in rows if row.role == role and row._mapping[column] is not None)

    return Actor(
        person_id=person.id,
        code=person.code,
        name=person.name,
        zone=person.zone,
        seats={row.seat_id: row.cohort_id for row in rows if row.role == "student"},
        facilitates=held("facilitator", "cohort_id"),
        coordinates=held("coordinator", "provider_id"),
        funds=held("funder", "grant_id"),
        founder=any(row.role == "coordinator" and row.provider_id is None for row in rows),
    )


def _seats_and_offices(person_id: int, now: datetime) -> sa.CompoundSelect[str, int, int, int, int]:
    none = sa.cast(sa.null(), sa.Integer)
    seats = sa.select(
        sa.literal("student").label("role"),
        Enrolment.id.label("seat_id"),
        Enrolment.cohort_id.label("cohort_id"),
        none.label("provider_id"),
        none.label("grant_id"),
    ).where(Enrolment.person_id == person_id, Enrolment.status.in_(rules.TAKES_A_SEAT))
    offices = sa.select(
        Appointment.role, none, Appointment.cohort_id, Appointment.provider_id, Appointment.grant_id
    ).where(Appointment.person_id == person_id, _living(now))
    return sa.union_all(seats, offices)


def appoint(
    s: Session,
    person: Person,
    role: str,
    *,
    now: datetime,
    provider: Provider | None = None,
    cohort: Cohort | None = None,
    grant: Grant | None = None,
) -> Appointment:
    """Give a person an office; who holds it already keeps it, with its first date."""
    scope = scope_of(provider, cohort, grant)
    fits = rules.fits_office(role, scope)
    if role == "student" or not fits.allowed:
        raise Invalid(rules.SENTENCES["scope"])
    office = Appointment(
        person_id=person.id,
        role=role,
        provider_id=scope.provider,
        cohort_id=scope.cohort,
        grant_id=scope.grant,
        since=now,
    )
    try:
        with s.begin_nested():
            s.add(office)
            s.flush()
    except IntegrityError:
        # Appointed twice, perhaps at once: the unique index over living offices decides, the first one stands.
        return s.scalars(_same_office(person, role, scope)).one()
    return office


def end_appointment(s: Session, office: Appointment, *, by: Person | str, now: datetime) -> None:
    """End an office; doing it twice changes nothing."""
    if office.ended_at is not None:
        return
    office.ended_at = now
    person = s.get_one(Person, office.person_id)
    records.audit(s, code_of(by), "cohorts.office-ended", person.code, now=now, facts={"role": office.role})
    s.flush()


def office_of(s: Session, person_code: str, role: str, *, scope: rules.Scope) -> Appointment | None:
    """Return somebody's living office of one kind."""
    held = sa.select(Appointment).join(Appointment.person).options(contains_eager(Appointment.person))
    one = (Person.code == person_code, Appointment.role == role, Appointment.ended_at.is_(None))
    return s.scalars(held.where(*one, *_where(scope))).first()


def holders(s: Session, role: str, *, now: datetime, scope: rules.Scope) -> list[Appointment]:
    """Return the living offices of one kind, their people loaded, by name."""
    wanted = sa.select(Appointment).join(Appointment.person).options(contains_eager(Appointment.person))
    return list(
        s.scalars(wanted.where(Appointment.role == role, *_where(scope), _living(now)).order_by(Person.name, Person.id))
    )


def facilitators_of(s: Session, cohort_id: int) -> list[Person]:
    """Return who facilitates a cohort, by name."""
    return _people(s, "facilitator", Appointment.cohort_id == cohort_id)


def coordinators_of(s: Session, provider_id: int) -> list[Person]:
    """Return who coordinates a provider, by name."""
    return _people(s, "coordinator", Appointment.provider_id == provider_id)


def code_of(by: Person | str) -> str:
    """Return the public code of who acts: a person's, or a word such as `console`."""
    return by if isinstance(by, str) else by.code


def scope_of(provider: Provider | None, cohort: Cohort | None, grant: Grant | None) -> rules.Scope:
    """Return what an office or invitation is for, by ids."""
    return rules.Scope(provider.id if provider else None, cohort.id if cohort else None, grant.id if grant else None)


def _people(s: Session, role: str, where: sa.ColumnElement[bool]) -> list[Person]:
    held = sa.select(Person).join(Appointment, Appointment.person_id == Person.id)
    named = held.where(Appointment.role == role, where, Appointment.ended_at.is_(None)).order_by(Person.name, Person.id)
    return list(s.scalars(named))


def _same_office(person: Person, role: str, scope: rules.Scope) -> sa.Select[Appointment]:
    living = (Appointment.person_id == person.id, Appointment.role == role, Appointment.ended_at.is_(None))
    return sa.select(Appointment).where(*living, *_where(scope))


def _where(scope: rules.Scope) -> Sequence[sa.ColumnElement[bool]]:
    return (
        Appointment.provider_id.is_not_distinct_from(scope.provider),
        Appointment.cohort_id.is_not_distinct_from(scope.cohort),
        Appointment.grant_id.is_not_distinct_from(scope.grant),
    )


def _living(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(Appointment.ended_at.is_(None), Appointment.ended_at > now)
