"""Seats: taking one, leaving, finishing, and who sits where."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from lms.accounts.models import Person
from lms.cohorts import rules
from lms.cohorts.models import Cohort, Enrolment, Provider, StatusChange
from lms.cohorts.service.groups import taken_seats
from lms.cohorts.service.offices import code_of
from lms.core.access import Actor
from lms.core.db import keys_of
from lms.core.errors import Conflict, Invalid
from lms.core.ids import new_code
from lms.core.together import IDS, arm
from lms.records import service as records


def enrol(s: Session, cohort: Cohort, person: Person, *, by: Person | str, now: datetime) -> Enrolment:
    """Give a person a seat, or give back the one they left; Conflict when the cohort is full or they have one."""
    # Fifteen seats, two links opened at once: the cohort's row is locked, so that the sixteenth person waits and is counted.
    seats = s.scalars(sa.select(Cohort.seats).where(Cohort.id == cohort.id).with_for_update()).one()
    held = _seat_in(s, cohort, person)
    answer = rules.may_enrol(seats, taken_seats(s, cohort.id), held.status if held else "")
    if not answer.allowed:
        raise Conflict(answer.sentence)
    seat = held or Enrolment(code=new_code(), cohort_id=cohort.id, person_id=person.id, enrolled_at=now)
    seat.cohort, seat.person, seat.status = cohort, person, rules.ENROLLED
    s.add(seat)
    s.flush()
    _step(s, seat, rules.ENROLLED, "", code_of(by), now)
    return seat


def withdraw(s: Session, enrolment: Enrolment, *, reason: str, by: Person | str, now: datetime) -> Enrolment:
    """Record that somebody left, and why, sealed; the seat is free again."""
    if not reason.strip():
        raise Invalid(rules.SENTENCES["reason"], {"reason": rules.SENTENCES["reason"]})
    return _leave(s, enrolment, rules.WITHDRAWN, reason.strip(), code_of(by), now)


def finish(s: Session, enrolment: Enrolment, *, by: Person | str, now: datetime) -> Enrolment:
    """Record that somebody finished; they keep their seat and may look at everything."""
    return _leave(s, enrolment, rules.FINISHED, "", code_of(by), now)


def history_of(s: Session, enrolment: Enrolment, *, private: bool) -> list[rules.StatusLine]:
    """Return the steps of a seat's life, oldest first; reasons are opened only for those who may read them."""
    rows = s.scalars(
        sa.select(StatusChange)
        .where(StatusChange.enrolment_id == enrolment.id)
        .order_by(StatusChange.at, StatusChange.id)
    )
    keys = keys_of(s)

    def reason(row: StatusChange) -> str:
        sealed = row.reason if private else None
        return keys.open(sealed, _where(enrolment, row.at)) if sealed else ""

    return [rules.StatusLine(row.status, row.at, row.by, reason(row)) for row in rows]


def seat_of(s: Session, actor: Actor) -> Enrolment | None:
    """Return the student's current seat, with person, cohort, release and provider; one query.

    Somebody in two cohorts sees the one they are still enrolled in, and of those the newest.
    """
    return s.scalars(_MINE, {"seats": list(actor.seats)}).first()


def seat_fact(seat: Enrolment) -> tuple[Any, ...]:
    """Return a loaded seat as `SEAT_ARM` tells it, without instants."""
    cohort = seat.cohort
    span = f"{cohort.zone} {cohort.starts_on} {cohort.ends_on}"
    numbers = (cohort.id, cohort.release_id, cohort.provider_id, None, None)
    words = (seat.status, span, cohort.pathway, cohort.provider.live_virtual_approval)
    return "seat_row", seat.id, seat.code, *numbers, *words


SEAT_ARM = (
    arm(
        "seat_row",
        Enrolment.id,
        Enrolment.code,
        numbers=[Cohort.id, Cohort.release_id, Cohort.provider_id],
        words=[
            Enrolment.status,
            Cohort.zone + " " + sa.cast(Cohort.starts_on, sa.Text) + " " + sa.cast(Cohort.ends_on, sa.Text),
            Cohort.pathway,
            Provider.live_virtual_approval,
        ],
    )
    .join(Enrolment.cohort)
    .join(Cohort.provider)
    .where(Enrolment.id.in_(IDS))
)
"""Everything of a seat that a verdict or a student's first page follows from; a release never changes."""


def enrolment_by_code(s: Session, code: str) -> Enrolment | None:
    """Return a seat by its public code, with person, cohort, release and provider; one query."""
    return s.scalars(_BY_CODE, {"code": code}).first()


def roster(s: Session, cohort_id: int, *, everybody: bool = False) -> list[Enrolment]:
    """Return who has a seat in a cohort, by name, people loaded; with `everybody` also those who left."""
    rows = _named().where(Enrolment.cohort_id == cohort_id).order_by(Person.name, Enrolment.id)
    return list(s.scalars(rows if everybody else rows.where(Enrolment.status.in_(rules.TAKES_A_SEAT))))


def people_of(s: Session, cohort_ids: Iterable[int]) -> list[Enrolment]:
    """Return who has a seat in these cohorts, by cohort and name, people and cohorts loaded; one query."""
    rows = _named().join(Enrolment.cohort).options(contains_eager(Enrolment.cohort))
    seated = rows.where(Enrolment.cohort_id.in_(cohort_ids), Enrolment.status.in_(rules.TAKES_A_SEAT))
    return list(s.scalars(seated.order_by(Cohort.starts_on.desc(), Cohort.id, Person.name, Enrolment.id)))


def seats_of_person(s: Session, person_id: int) -> list[Enrolment]:
    """Return every seat a person has or had, the newest first, with cohort, release and provider."""
    rows = _loaded().where(Enrolment.person_id == person_id)
    return list(s.scalars(rows.order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc())))


def _leave(s: Session, seat: Enrolment, status: str, reason: str, by: str, now: datetime) -> Enrolment:
    # Two coordinators decide at once: only the one who still finds the person enrolled does.
    moved = (
        sa.update(Enrolment).where(Enrolment.id == seat.id, Enrolment.status == rules.ENROLLED).values(status=status)
    )
    if s.execute(moved).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(rules.SENTENCES["left"])
    s.refresh(seat, ["status"])
    _step(s, seat, status, reason, by, now)
    return seat


def _step(s: Session, seat: Enrolment, status: str, reason: str, by: str, now: datetime) -> None:
    sealed = keys_of(s).seal(reason, _where(seat, now)) if reason else None
    s.add(StatusChange(enrolment_id=seat.id, status=status, at=now, by=by, reason=sealed))
    records.audit(s, by, f"cohorts.{status}", seat.code, now=now)
    s.flush()


def _where(seat: Enrolment, at: datetime) -> str:
    # These rows have no code of their own: the seat and the instant name one.
    return f"lms_enrolment_status_change:{seat.code}.{at.timestamp():.6f}:reason"


def _seat_in(s: Session, cohort: Cohort, person: Person) -> Enrolment | None:
    held = sa.select(Enrolment).where(Enrolment.cohort_id == cohort.id, Enrolment.person_id == person.id)
    return s.scalars(held.execution_options(populate_existing=True)).first()


def _loaded() -> sa.Select[Enrolment]:
    cohort = joinedload(Enrolment.cohort)
    return sa.select(Enrolment).options(
        joinedload(Enrolment.person), cohort.joinedload(Cohort.release), cohort.joinedload(Cohort.provider)
    )


# Made once: nearly every page of a student begins with one of these.
_MINE = (
    _loaded()
    .where(Enrolment.id.in_(sa.bindparam("seats", expanding=True)))
    .order_by(
        sa.case((Enrolment.status == rules.ENROLLED, 0), else_=1), Enrolment.enrolled_at.desc(), Enrolment.id.desc()
    )
    .limit(1)
)
_BY_CODE = _loaded().where(Enrolment.code == sa.bindparam("code"))


def _named() -> sa.Select[Enrolment]:
    return sa.select(Enrolment).join(Enrolment.person).options(contains_eager(Enrolment.person))
