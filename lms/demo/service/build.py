"""The demonstration as a whole: organisation, staff, four cohorts of fifteen, two grants, two funders."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import Person
from lms.certificates.models import Certificate
from lms.certificates.service import Wording
from lms.cohorts import service as cohorts
from lms.cohorts.models import Cohort, Enrolment, Grant, Provider
from lms.core.db import Database, unit_of_work
from lms.core.errors import Conflict
from lms.core.ids import group
from lms.curriculum import service as curriculum
from lms.curriculum.models import Release
from lms.demo.rules import people
from lms.demo.rules.plan import WEEKS, Event, meeting_day, meeting_keys, moment, plan
from lms.demo.service.play import Stage, play_all

ZONE = "America/New_York"
PATHWAYS = ("starter", "starter", "healing-60", "healing-60")
"""The older two cohorts went the small path: see docs/decisions/014-the-demonstration-grew-with-the-programme.md."""
# Four words, written on the sign-in page of the demonstration: it protects nothing, everybody in it is made up.
PASSWORD = "walk beside me gently"  # noqa: S105
STARTS_BEFORE = (366, 261, 156, 36)
"""How many days before the anchor each cohort begins; the last one is running."""
NAMES = ("First cohort", "Second cohort", "Third cohort", "Fourth cohort")


@dataclass(frozen=True, slots=True)
class Account:
    """A demo sign-in."""

    role: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Built:
    """What `lms demo --json` prints."""

    accounts: tuple[Account, ...]
    certificate_code: str
    revoked_code: str


def refuse_real_people(s: Session) -> None:
    """Refuse a database in which anybody real has an account: demo people must never stand among them."""
    if s.scalar(sa.select(sa.exists().where(Person.is_demo.is_(False)))):
        raise Conflict(
            "This database holds real people, so no demonstration is built in it. Use another LMS_DATABASE_URL."
        )


def refuse_a_part(s: Session) -> None:
    """Refuse a demonstration whose building was cut off: the people of the cohorts that came last would be missing."""
    there = s.scalar(sa.select(sa.func.count()).select_from(Cohort)) or 0
    if there < len(NAMES):
        raise Conflict(
            f"The demonstration here has {there} of its {len(NAMES)} cohorts, because its building was cut off or is"
            " still going on; if nothing is building it, delete its database (with SQLite, the folder LMS_HOME;"
            " `instance/` after `make run`) and start again."
        )


def is_built(s: Session) -> bool:
    """Say whether the demonstration is here already, whole or in part."""
    return accounts.has_demo_people(s)


def build(database: Database, *, anchor: datetime, wording: Wording, base_url: str) -> Built:
    """Build the demonstration as of `anchor`, or find the one that is here; the same day gives the same people and figures.

    Each cohort is one transaction. Raises Conflict when the database holds real people, no release, or a part of one.
    """
    with unit_of_work(database) as s:
        refuse_real_people(s)
        if is_built(s):
            refuse_a_part(s)
            return _found(s)
        house = _house(s, anchor)
    starts = [_start(anchor, days) for days in STARTS_BEFORE]
    for number, start in enumerate(starts):
        with unit_of_work(database) as s:
            _cohort(s, house, number, start, Stage(anchor, wording, base_url))
    with unit_of_work(database) as s:
        return _found(s)


@dataclass(frozen=True, slots=True)
class _House:
    """Ids of what every cohort needs."""

    release: int
    provider: int
    coordinator: int
    facilitators: tuple[int, ...]
    grants: tuple[int, int]


def _start(anchor: datetime, days: int) -> date:
    return anchor.astimezone(ZoneInfo(ZONE)).date() - timedelta(days=days)


def _house(s: Session, anchor: datetime) -> _House:
    release = curriculum.newest(s)
    if release is None:
        raise Conflict("There is no release yet. Run `flask --app wsgi lms curriculum compile` first.")
    since = moment(_start(anchor, STARTS_BEFORE[0]), ZONE, -30, 9)
    coordinator = _account(s, people.COORDINATOR, "coordinator", since)
    provider = cohorts.create_provider(
        s,
        name="Meadowlark Peer Training (demonstration)",
        place="Nowhere, North Carolina",
        contact="office@demo.example",
        zone=ZONE,
        by=coordinator,
        now=since,
    )
    facilitators = [
        _account(s, people.FACILITATORS[0], "facilitator", since),
        _account(s, people.FACILITATORS[1], "facilitator2", since),
    ]
    grants = (
        _grant(
            s, provider, "Graduates", since, _start(anchor, 370), "Data agreement of the demonstration, signed on paper"
        ),
        _grant(s, provider, "Running year", since, _start(anchor, 160), ""),
    )
    for grant, email, name in zip(grants, ("funder", "funder2"), people.FUNDERS, strict=True):
        cohorts.appoint(s, _account(s, name, email, since), "funder", grant=grant, now=since)
    return _House(
        release.id, provider.id, coordinator.id, tuple(f.id for f in facilitators), (grants[0].id, grants[1].id)
    )


def _grant(s: Session, provider: Provider, name: str, now: datetime, starts: date, agreement: str) -> Grant:
    return cohorts.create_grant(
        s,
        provider,
        name=name,
        funder="Quarrystone Fund (demonstration)" if agreement else "Lindenquist Trust (demonstration)",
        starts_on=starts,
        ends_on=starts + timedelta(days=730),
        data_agreement=agreement,
        now=now,
    )


def _account(s: Session, name: str, box: str, now: datetime) -> Person:
    return accounts.register(
        s, email=f"{box}@demo.example", name=name, password=PASSWORD, zone=ZONE, is_demo=True, now=now
    )


def _cohort(s: Session, house: _House, number: int, start: date, stage: Stage) -> None:
    running = number == len(NAMES) - 1
    release, provider = s.get_one(Release, house.release), s.get_one(Provider, house.provider)
    opened = moment(start, ZONE, -29, 9)
    cohort = cohorts.create_cohort(
        s,
        provider,
        name=f"{NAMES[number]}, {start:%B %Y}",
        release=release,
        pathway=PATHWAYS[number],
        zone=ZONE,
        starts_on=start,
        ends_on=start + timedelta(days=7 * WEEKS - 1),
        seats=15,
        now=opened,
    )
    staff = [s.get_one(Person, one) for one in house.facilitators]
    for facilitator in staff:
        cohorts.appoint(s, facilitator, "facilitator", cohort=cohort, now=opened)
    outline = curriculum.outline(s, release)
    pathway = curriculum.pathway(s, release, PATHWAYS[number])
    if pathway is None:
        raise Conflict(f"The release holds no pathway {PATHWAYS[number]}.")
    keys = meeting_keys(outline, pathway)
    stage = stage.of(s, cohort, staff, s.get_one(Person, house.coordinator), _meetings(s, cohort, keys, start, opened))
    grant = s.get_one(Grant, house.grants[1 if running else 0])
    events: list[tuple[Event, Enrolment]] = []
    for seat, name in enumerate(people.RUNNING if running else people.FINISHED[number * 15 : number * 15 + 15]):
        fate = people.running_fate(seat) if running else people.finished_fate(number, seat)
        enrolment = _seat(s, cohort, name, seat, running, moment(start, ZONE, -22 + seat % 7, 10, seat))
        cohorts.fund(s, enrolment, grant, now=enrolment.enrolled_at)
        events += [(event, enrolment) for event in plan(fate, seat, start, ZONE, outline, pathway)]
    play_all(s, stage, [pair for pair in events if pair[0].at <= stage.anchor])


def _meetings(s: Session, cohort: Cohort, keys: tuple[str, ...], start: date, now: datetime) -> tuple[str, ...]:
    codes = []
    for at, guide in enumerate(keys):
        begins = moment(start, ZONE, meeting_day(at), 14)
        codes.append(
            cohorts.schedule_meeting(s, cohort, guide=guide, starts_at=begins, place="The long room", now=now).code
        )
    return tuple(codes)


def _seat(s: Session, cohort: Cohort, name: str, seat: int, running: bool, at: datetime) -> Enrolment:
    box = {0: "student", 1: "classmate"}.get(seat, "") if running else ""
    person = (
        _account(s, name, box, at)
        if box
        else accounts.register(
            s,
            email=f"{cohort.code}-{seat}@demo.example".lower(),
            name=name,
            password=None,
            zone=ZONE,
            is_demo=True,
            now=at,
        )
    )
    return cohorts.enrol(s, cohort, person, by="demo", now=at)


def _found(s: Session) -> Built:
    roles = ("student", "classmate", "facilitator", "coordinator", "funder")
    issued = sa.select(Certificate.code).order_by(Certificate.id.desc())
    return Built(
        tuple(Account(role, f"{role}@demo.example", PASSWORD) for role in roles),
        group(s.scalars(issued.where(Certificate.revoked_at.is_(None))).first() or ""),
        group(s.scalars(issued.where(Certificate.revoked_at.is_not(None))).first() or ""),
    )
