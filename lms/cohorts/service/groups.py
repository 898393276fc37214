"""Providers and cohorts: making, changing, finding, and moving a cohort to another release."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.accounts.models import Person
from lms.cohorts import rules
from lms.cohorts.models import Cohort, Enrolment, Provider
from lms.cohorts.service.offices import appoint, code_of
from lms.core.access import Actor
from lms.core.errors import Conflict, Invalid
from lms.core.ids import new_code
from lms.curriculum import service as curriculum
from lms.curriculum.models import Release
from lms.records import service as records


@dataclass(frozen=True, slots=True)
class CohortLine:
    """A cohort in a list, with how many seats are taken."""

    cohort: Cohort
    taken: int


def create_provider(
    s: Session,
    *,
    name: str,
    place: str = "",
    contact: str = "",
    zone: str = "America/New_York",
    by: Person,
    now: datetime,
) -> Provider:
    """Make a training organisation and appoint its maker as coordinator."""
    _need_name(name)
    provider = Provider(code=new_code(), name=name, place=place, contact=contact, zone=zone, created_at=now)
    s.add(provider)
    s.flush()
    appoint(s, by, "coordinator", provider=provider, now=now)
    records.audit(s, by.code, "cohorts.provider-made", provider.code, now=now)
    return provider


def change_provider(
    s: Session,
    provider: Provider,
    *,
    name: str,
    place: str,
    contact: str,
    zone: str,
    live_virtual_approval: str,
    by: Person | str,
    now: datetime,
) -> Provider:
    """Change what certificates say about a provider from now on; issued ones keep what they said."""
    _need_name(name)
    provider.name, provider.place, provider.contact, provider.zone = name, place, contact, zone
    provider.live_virtual_approval = live_virtual_approval
    records.audit(
        s, code_of(by), "cohorts.provider-changed", provider.code, now=now, facts={"approval": live_virtual_approval}
    )
    s.flush()
    return provider


def provider_by_code(s: Session, code: str) -> Provider | None:
    """Return a provider by its public code."""
    return s.scalars(sa.select(Provider).where(Provider.code == code)).first()


def providers_of(s: Session, actor: Actor) -> list[Provider]:
    """Return the providers a person coordinates, by name."""
    mine = sa.select(Provider).where(Provider.id.in_(actor.coordinates))
    return list(s.scalars(mine.order_by(Provider.name, Provider.id)))


def create_cohort(
    s: Session,
    provider: Provider,
    *,
    name: str,
    release: Release,
    pathway: str,
    zone: str,
    starts_on: date,
    ends_on: date,
    seats: int = 15,
    now: datetime,
) -> Cohort:
    """Make a cohort pinned to a release; Invalid says which figure does not fit."""
    _need_name(name)
    problems = rules.cohort_problems(starts_on, ends_on, seats)
    if pathway not in curriculum.outline(s, release).pathways:
        problems["pathway"] = "pathway"
    _refuse(problems)
    cohort = Cohort(
        code=new_code(),
        provider_id=provider.id,
        release_id=release.id,
        name=name,
        pathway=pathway,
        zone=zone,
        seats=seats,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=now,
    )
    cohort.provider, cohort.release = provider, release
    s.add(cohort)
    s.flush()
    return cohort


def change_cohort(
    s: Session,
    cohort: Cohort,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    seats: int,
    by: Person | str,
    now: datetime,
) -> Cohort:
    """Change a cohort's name, dates or seats; never to fewer seats than are taken."""
    _need_name(name)
    # The row is locked: somebody may be taking the last seat while the number of seats is lowered.
    s.execute(sa.select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())
    _refuse(rules.cohort_problems(starts_on, ends_on, seats, taken=taken_seats(s, cohort.id)))
    before = {"starts_on": str(cohort.starts_on), "ends_on": str(cohort.ends_on), "seats": cohort.seats}
    cohort.name, cohort.starts_on, cohort.ends_on, cohort.seats = name, starts_on, ends_on, seats
    records.audit(s, code_of(by), "cohorts.cohort-changed", cohort.code, now=now, facts=before)
    s.flush()
    return cohort


def cohort_by_code(s: Session, code: str) -> Cohort | None:
    """Return a cohort by its public code, with provider and release; one query."""
    return s.scalars(_loaded().where(Cohort.code == code)).first()


def cohorts_of(s: Session, actor: Actor) -> list[Cohort]:
    """Return the cohorts a person works for, the newest first, with provider and release."""
    return [line.cohort for line in cohort_lines(s, actor)]


def cohort_lines(s: Session, actor: Actor) -> list[CohortLine]:
    """Return the cohorts a person works for with the seats taken, the newest first; one query."""
    taken = _taken().where(Enrolment.cohort_id == Cohort.id).correlate(Cohort).scalar_subquery()
    mine = sa.or_(Cohort.provider_id.in_(actor.coordinates), Cohort.id.in_(actor.facilitates))
    wanted = _loaded().add_columns(taken).where(mine).order_by(Cohort.starts_on.desc(), Cohort.id.desc())
    return [CohortLine(cohort, count) for cohort, count in s.execute(wanted)]


def taken_seats(s: Session, cohort_id: int) -> int:
    """Return how many seats of a cohort are taken."""
    return s.scalar(_taken().where(Enrolment.cohort_id == cohort_id)) or 0


def move_release(
    s: Session, cohort: Cohort, release: Release, *, by: Person | str, reason: str, now: datetime
) -> Cohort:
    """Pin a cohort to another release from now on, with a reason; past attempts and hours keep the release they had."""
    _refuse({} if reason.strip() else {"reason": "reason"})
    if cohort.release_id == release.id:
        raise Conflict(rules.SENTENCES["same-release"])
    if cohort.pathway not in curriculum.outline(s, release).pathways:
        raise Conflict(rules.SENTENCES["pathway"])
    old = cohort.release
    # Two coordinators move at once: only the one who saw the release that is still pinned does.
    moved = sa.update(Cohort).where(Cohort.id == cohort.id, Cohort.release_id == old.id).values(release_id=release.id)
    if s.execute(moved).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict
    s.refresh(cohort, ["release_id", "release"])
    facts = {"from": old.digest, "to": release.digest}
    records.audit(s, code_of(by), "cohorts.release-moved", cohort.code, now=now, note=reason.strip(), facts=facts)
    s.flush()
    return cohort


def _loaded() -> sa.Select[Cohort]:
    return sa.select(Cohort).options(joinedload(Cohort.provider), joinedload(Cohort.release))


def _taken() -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(Enrolment).where(Enrolment.status.in_(rules.TAKES_A_SEAT))


def _need_name(name: str) -> None:
    _refuse({} if name.strip() else {"name": "name"})


def _refuse(problems: dict[str, str]) -> None:
    if problems:
        said = rules.sentences(problems)
        raise Invalid(next(iter(said.values())), said)
