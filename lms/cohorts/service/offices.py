"""Who holds which office, and the actor that a person is at the door."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager

from lms.accounts import service as accounts
from lms.accounts.models import LoginSession, Person
from lms.cohorts import rules
from lms.cohorts.models import Appointment, Cohort, Enrolment, Grant, Provider
from lms.core.access import Actor
from lms.core.crypto import digest
from lms.core.errors import Conflict, Invalid
from lms.core.together import NOW, Facts, arm, ask
from lms.curriculum import service as curriculum
from lms.records import service as records


def actor_for(s: Session, person: Person, *, now: datetime) -> Actor:
    """Return the actor a person is now: their seats and living offices, in one query."""
    held = ask(s, _HELD, who=person.id, now=now)
    return _actor(person.id, person.code, person.name, person.zone, held)


def actor_by_token(s: Session, token: str, *, now: datetime) -> Actor | None:
    """Return the actor of a living session, or None; one query, for pages that only read.

    The page that follows shows the support lines, so which ones are the newest is asked along.
    """
    found = ask(s, _SIGNED_IN, token=digest(token), now=now)
    curriculum.note_support_lines(s, found)
    for signed_in in found.get("session", []):
        accounts.note_seen(s, signed_in.at, signed_in.at2)
        return _actor(signed_in.of, signed_in.key, signed_in.word, signed_in.word2, found)
    return None


def _actor(person_id: int, code: str, name: str, zone: str, held: Facts) -> Actor:
    offices = held.get("office", [])

    def of(role: str, place: str) -> frozenset[int]:
        return frozenset(scope for fact in offices if fact.key == role and (scope := getattr(fact, place)) is not None)

    return Actor(
        person_id=person_id,
        code=code,
        name=name,
        zone=zone,
        seats={fact.of: fact.number for fact in held.get("seat", [])},
        facilitates=of("facilitator", "number"),
        coordinates=of("coordinator", "number2"),
        funds=of("funder", "number3"),
        founder=any(fact.key == "coordinator" and fact.number2 is None for fact in offices),
    )


_NOT_OVER = sa.or_(Appointment.ended_at.is_(None), Appointment.ended_at > NOW)
_SEATS = arm("seat", Enrolment.id, "", numbers=[Enrolment.cohort_id]).where(Enrolment.status.in_(rules.TAKES_A_SEAT))
_OFFICES = arm(
    "office",
    Appointment.id,
    Appointment.role,
    numbers=[Appointment.cohort_id, Appointment.provider_id, Appointment.grant_id],
).where(_NOT_OVER)
_LIVING = (
    LoginSession.token_hash == sa.bindparam("token", type_=sa.Text()),
    LoginSession.ended_at.is_(None),
    LoginSession.expires_at > NOW,
)
_WHO = sa.bindparam("who", type_=sa.Integer())
_WHOSE = sa.select(LoginSession.person_id).where(*_LIVING).scalar_subquery()
_HELD = (_SEATS.where(Enrolment.person_id == _WHO), _OFFICES.where(Appointment.person_id == _WHO))
_SIGNED_IN = (
    arm(
        "session",
        Person.id,
        Person.code,
        words=[Person.name, Person.zone],
        instants=[LoginSession.seen_at, LoginSession.expires_at],
    )
    .join(LoginSession, LoginSession.person_id == Person.id)
    .where(*_LIVING),
    _SEATS.where(Enrolment.person_id == _WHOSE),
    _OFFICES.where(Appointment.person_id == _WHOSE),
    curriculum.SUPPORT_ARM,
)


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


def end_coordinating(s: Session, provider: Provider, office: Appointment, *, by: Person | str, now: datetime) -> None:
    """End somebody's coordinating of a provider; the last coordinator stays, or nobody could invite the next."""
    # Two coordinators may end each other at once: the provider's row is locked, so that one of them stays.
    s.execute(sa.select(Provider.id).where(Provider.id == provider.id).with_for_update(key_share=True))
    s.refresh(office)
    if office.ended_at is not None:
        return  # the button was pressed twice
    if coordinators_of(s, provider.id) == [office.person]:
        raise Conflict(
            f"{office.person.name} is the only coordinator of {provider.name}. Invite another first; once they have"
            " accepted, this can be ended."
        )
    end_appointment(s, office, by=by, now=now)


def office_of(
    s: Session, person_code: str, role: str, *, scope: rules.Scope, living: bool = True
) -> Appointment | None:
    """Return somebody's office of one kind: the living one, or with `living=False` the newest that they have or had."""
    held = sa.select(Appointment).join(Appointment.person).options(contains_eager(Appointment.person))
    one = held.where(Person.code == person_code, Appointment.role == role, *_where(scope))
    if living:
        one = one.where(Appointment.ended_at.is_(None))
    # A living office has no end, and stands before those that are over.
    return s.scalars(one.order_by(Appointment.ended_at.is_not(None), Appointment.id.desc())).first()


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
