"""Every page of the product that somebody can open, found from the route table, with real codes in the addresses."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import Person
from lms.certificates.models import Certificate
from lms.cohorts import service as cohorts
from lms.cohorts.models import Appointment, Cohort, Enrolment, Grant, Meeting
from lms.core.access import PUBLIC
from lms.core.db import unit_of_work
from lms.core.ids import group
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Quiz
from lms.extension import ROOMS
from lms.hours import service as hours
from lms.learning import service as learning
from lms.narratives import service as narratives
from lms.narratives.models import Submission
from lms.quizzes import service as quizzes
from lms.quizzes.models import Attempt, Mark
from lms.quizzes.rules import Given, Permit, Window, right_choice
from lms.records import service as records
from tests.factories import NOON
from tests.journeys.conftest import Site
from tests.quizzes import items

FILES = {
    "lms_certificates.sheet": "a PDF, whose tags its own tests read",
    "lms_certificates.packet_file": "JSON",
    "lms_cohorts.dossier_paper": "a PDF, whose tags its own tests read",
    "lms_home.healthz": "a line for a machine",
    "lms_home.readyz": "a line for a machine",
    "lms_reports.grant_csv": "a table as a file",
}
"""Addresses that answer with a file or with data, and with what: nothing that a person reads as a page."""
EARLIER, DAY = NOON - timedelta(days=20), timedelta(days=1)
STORY = "The winter the plant closed, my cousin kept a chair for me on the porch, and said nothing about it. " * 30
Values = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A page as one person sees it."""

    who: str
    endpoint: str
    path: str


@dataclass(frozen=True)
class Everywhere:
    """All places, and the cookie each person comes with."""

    cookies: dict[str, str]
    places: tuple[Place, ...]
    """What is worth looking at: each page once for each role, and again where something new stands on it."""
    every: tuple[Place, ...]
    """All that anybody could open."""
    unseen: frozenset[str]
    """Pages that nobody could open: somebody added one and gave no real code for its address."""


def everywhere(site: Site) -> Everywhere:
    """Find every place; what the demonstration does not show stands in an organisation of its own."""
    site.clock.at = NOON
    with unit_of_work(site.database) as s:
        values = _values(s, _far_hill(s))
        cookies = {who: _cookie(site, s, who, name) for who, name in _people(s).items()}
    seen = [found for who, cookie in cookies.items() for found in _seen_by(site, who, cookie, values)]
    every = tuple(place for place, _shape in seen)
    unseen = {name for name, _door in _pages()} - {place.endpoint for place in every}
    return Everywhere(cookies, tuple(_different(seen)), every, frozenset(unseen))


def _different(seen: list[tuple[Place, frozenset[str]]]) -> Iterator[Place]:
    """Keep a page when its role has not shown it yet, or when something stands on it that stood on none before."""
    shapes: dict[str, set[str]] = {}
    shown: set[tuple[str, str]] = set()
    for place, shape in seen:
        new = (place.who.split()[-1], place.endpoint) not in shown
        if new or shape - shapes.setdefault(place.endpoint, set()):
            yield place
        shown.add((place.who.split()[-1], place.endpoint))
        shapes.setdefault(place.endpoint, set()).update(shape)


class _Shape(HTMLParser):
    """Collects which elements of which class stand inside which on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = " ".join([tag, *sorted((given.get("class") or "").split()), given.get("type") or ""])
        self.found.add(f"{self.inside[-1] if self.inside else ''} > {name}")
        if tag not in ("area", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "source", "wbr"):
            self.inside.append(name)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop().split()[0] != tag:
            pass


def _shape(html: str) -> frozenset[str]:
    parser = _Shape()
    parser.feed(html.partition("<main")[2].partition("</main>")[0])
    return frozenset(parser.found)


def _pages() -> Iterator[tuple[str, Any]]:
    for room in ROOMS:
        for name, door in room.doors.items():
            if door.method == "GET" and f"{room.name}.{name}" not in FILES:
                yield f"{room.name}.{name}", door


def _people(s: Session) -> dict[str, str]:
    holder = s.scalars(sa.select(Certificate).where(Certificate.revoked_at.is_(None)).order_by(Certificate.id)).first()
    assert holder is not None
    return {
        "visitor": "",
        "student": "student@demo.example",
        "returned student": "classmate@demo.example",
        "certified student": str(holder.enrolment.person.email),
        "facilitator": "facilitator@demo.example",
        "coordinator": "coordinator@demo.example",
        "funder": "funder@demo.example",
        "far student": "student@farhill.example",
        "far new student": "newcomer@farhill.example",
        "far facilitator": "facilitator@farhill.example",
        "far coordinator": "coordinator@farhill.example",
        "founding coordinator": "founder@farhill.example",
        "far funder": "funder@farhill.example",
    }


def _cookie(site: Site, s: Session, who: str, email: str) -> str:
    """Return what a browser holds after a sign-in."""
    person = accounts.by_email(s, email) if email else None
    held: dict[str, Any] = {}
    if person is not None:
        held = {"_user_id": accounts.open_session(s, person, agent="Firefox", hours=99, now=NOON), "_fresh": True}
    serializer = site.app.session_interface.get_signing_serializer(site.app)  # type: ignore[attr-defined]
    return str(serializer.dumps(held))


def _seen_by(
    site: Site, who: str, cookie: str, values: dict[str, list[Values]]
) -> Iterator[tuple[Place, frozenset[str]]]:
    client = site.app.test_client()
    client.set_cookie(site.app.config["SESSION_COOKIE_NAME"], cookie)
    for endpoint, door in _pages():
        if door.permission is PUBLIC and who != "visitor" and endpoint != "lms_home.index":
            continue
        yield from _opened(site, client, Place(who, endpoint, ""), values)


def _opened(
    site: Site, client: FlaskClient, place: Place, values: dict[str, list[Values]]
) -> Iterator[tuple[Place, frozenset[str]]]:
    for path in dict.fromkeys(_paths(site, place.endpoint, values)):
        answer = client.get(path)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            yield Place(place.who, place.endpoint, path), _shape(answer.text)


def _paths(site: Site, endpoint: str, values: dict[str, list[Values]]) -> Iterator[str]:
    rules = [rule for rule in site.app.url_map.iter_rules() if rule.endpoint == endpoint]
    assert len(rules) == 1, endpoint
    given = values.get(endpoint, []) if rules[0].arguments else [{}]
    bound = site.app.url_map.bind("127.0.0.1")
    for one in given:
        yield bound.build(endpoint, one)


def _values(s: Session, far: "FarHill") -> dict[str, list[Values]]:
    """Return what may stand in each address."""
    running = s.scalars(sa.select(Cohort).where(Cohort.name.startswith("Fourth"))).one()
    known: dict[str, list[Values]] = {}
    known |= _codes_of_cohorts(s, running, far)
    known |= _codes_of_work(s, running, far)
    known |= _codes_of_certificates(s, far)
    known |= _keys_of_curriculum(s, running)
    known["lms_cohorts.invitation"] = [{"token": far.invitation}]
    known["lms_accounts.new_password"] = [{"token": far.reset}]
    return known


def _each(endpoints: Iterable[str], values: list[Values]) -> dict[str, list[Values]]:
    return dict.fromkeys(endpoints, values)


def _code(rows: Iterable[Any]) -> list[Values]:
    return [{"code": row.code} for row in rows if row is not None]


def _codes_of_cohorts(s: Session, running: Cohort, far: "FarHill") -> dict[str, list[Values]]:
    seats = list(s.scalars(sa.select(Enrolment).where(Enrolment.cohort_id == running.id).order_by(Enrolment.id)))
    left = [seat for seat in seats if seat.status == "withdrawn"]
    people = _code([seats[0], left[0], far.seat, far.left])
    meetings = list(s.scalars(sa.select(Meeting).where(Meeting.cohort_id == running.id).order_by(Meeting.starts_at)))
    grants = _code([*s.scalars(sa.select(Grant).where(Grant.provider_id == running.provider_id)), far.grant])
    room = "lms_cohorts."
    return (
        _each((room + "cohort", room + "change_page", room + "new_meeting", room + "release"), _code([running, far.cohort]))
        | _each((room + "grant", "lms_reports.grant"), grants)
        | _each((room + "provider", room + "new_cohort", room + "new_grant"), _code([running.provider, far.cohort.provider]))
        | _each((room + "person", "lms_hours.of"), people)
        | _each(("lms_quizzes.openings",), _code([running, far.cohort]))
        | _each(("lms_quizzes.opening", "lms_quizzes.board"), _quizzes_of(s, far))
        | {"lms_quizzes.arrangement": people[2:3]}
        | {"lms_hours.attendance": _code([meetings[0], meetings[-1], *far.meetings])}
    )  # fmt: skip


def _quizzes_of(s: Session, far: "FarHill") -> list[Values]:
    pathway = curriculum.pathway(s, far.cohort.release, far.cohort.pathway)
    assert pathway is not None
    return [{"code": far.cohort.code, "quiz": quiz} for quiz in (pathway.exam, *pathway.quizzes[:2])]


def _codes_of_work(s: Session, running: Cohort, far: "FarHill") -> dict[str, list[Values]]:
    both = [running.id, far.cohort.id]
    closed = (
        sa.select(Attempt).join(Enrolment, Enrolment.id == Attempt.enrolment_id).where(Attempt.state == "submitted")
    )
    of_student = closed.where(Enrolment.person.has(Person.email == "student@demo.example"))
    sent = sa.select(Submission).join(Enrolment, Enrolment.id == Submission.enrolment_id)
    here = sent.where(Enrolment.cohort_id == running.id)
    some = {
        state: s.scalars(here.where(Submission.state == state)).first() for state in ("waiting", "accepted", "returned")
    }
    done = [s.scalars(of_student.where(Attempt.kind == kind)).first() for kind in ("lesson", "module")]
    return {
        "lms_quizzes.on_paper": _code([running]),
        **_each(
            ("lms_quizzes.paper", "lms_quizzes.answer_sheet", "lms_quizzes.key_sheet"),
            [{"code": running.code, "quiz": "starter-exam", "seed": 7}],
        ),
        "lms_quizzes.attempt": _code([far.attempt, far.mixed[0], far.asking, far.paused]),
        "lms_quizzes.pause": _code([far.attempt, far.asking]),
        "lms_quizzes.help": _code([far.asking, far.paused, far.over, far.closed]),
        "lms_quizzes.history": _code([far.asking, far.over]),
        "lms_quizzes.late": _code([far.over, far.closed]),
        "lms_quizzes.result": _code([*done, far.closed, far.over, *far.mixed[1:]]),
        "lms_quizzes.grading": _code(far.mixed[1:]),
        "lms_quizzes.items_of": [{"quiz": one.quiz} for one in (far.closed, *done) if one is not None],
        "lms_narratives.grade": _code([*some.values(), *s.scalars(sent.where(Enrolment.cohort_id == far.cohort.id))]),
        "lms_hours.hand_in": _code(hours.waiting_homework(s, both)),
        "lms_hours.practice_claim": _code(hours.waiting_claims(s, both)),
    }  # fmt: skip


def _codes_of_certificates(s: Session, far: "FarHill") -> dict[str, list[Values]]:
    room = "lms_certificates."
    issued = list(s.scalars(sa.select(Certificate).order_by(Certificate.id)))
    some = [next(c for c in issued if not c.revoked_at), next(c for c in issued if c.revoked_at)]
    shown = [{"code": group(one.code)} for one in some]
    seats = [*(one.enrolment for one in some), far.seat]
    return (
        _each((room + "packet", room + "revoking", room + "again"), _code([*some, _marked_again(s, some[0])]))
        | _each((room + "person", room + "transcript", room + "confirm"), _code([*seats, far.ready]))
        | {room + "verify": shown, room + "regrading": [_ruled_on(s, far.closed), _asked_in(some[0], s)]}
    )


def _marked_again(s: Session, made: Certificate) -> Certificate:
    """Let a quiz that a certificate rests on be marked again, lower than it was."""
    passed = sa.select(Attempt).where(Attempt.enrolment_id == made.enrolment_id, Attempt.passed.is_(True))
    attempt = s.scalars(passed.where(Attempt.kind == "exam")).first()
    assert attempt is not None
    mark = Mark(attempt_id=attempt.id, number=1, by="walk", at=NOON, points=0, out_of=attempt.out_of or 0, passed=False)
    s.add(mark)
    s.flush()
    return made


def _ruled_on(s: Session, attempt: Attempt) -> Values:
    """Rule on the first question of an attempt, so that its page and the student's have something to say."""
    provider, item = attempt.enrolment.cohort.provider, quizzes.paper_of(attempt).questions[0].item.id
    case = quizzes.case_of(s, provider.id, attempt.quiz, item)
    founder = accounts.by_email(s, "founder@farhill.example")
    assert case is not None
    assert founder is not None
    quizzes.rule(s, case, quizzes.Wish("void", (), "Two of its options said the same.", 0), by=founder, now=NOON)
    return {"code": provider.code, "quiz": attempt.quiz, "item": item}


def _asked_in(made: Certificate, s: Session) -> Values:
    """Name a question that was asked in an exam of the demonstration."""
    provider = made.enrolment.cohort.provider
    exam = s.scalars(
        sa.select(Attempt).where(Attempt.enrolment_id == made.enrolment_id, Attempt.kind == "exam")
    ).first()
    assert exam is not None
    return {"code": provider.code, "quiz": exam.quiz, "item": quizzes.paper_of(exam).questions[0].item.id}


def _keys_of_curriculum(s: Session, running: Cohort) -> dict[str, list[Values]]:
    outline = curriculum.outline(s, running.release)
    pathway = curriculum.pathway(s, running.release, running.pathway)
    assert pathway is not None
    lines = [line for module in outline.modules for line in module.lessons]
    noted = [line for line in lines[1:] if line.content_note][-1]
    parts = [{"lesson": line.id, "part": part} for line in (lines[0], noted) for part in (1, line.parts)]
    room = "lms_learning."
    split = [_split(key) for key in pathway.homework]
    stories = [_split(key) for key in pathway.narratives]
    meetings = [_split(meeting.key) for module in outline.modules for meeting in module.meetings]
    return (
        _each((room + "lesson", room + "library_lesson"), parts)
        | _each((room + "print_lesson", room + "library_print"), [{"lesson": noted.id}])
        | {room + "quiz": [{"quiz": one} for one in (lines[0].check, pathway.quizzes[0], pathway.exam)]}
        | {"lms_cohorts.dossier": [{"pathway": running.pathway}]}
        | {room + "library_module": [{"module": outline.modules[0].id}]}
        | {room + "library_meeting": meetings[:1], room + "library_homework": split[:1]}
        | {room + "library_narrative": stories[:1], "lms_hours.homework": split}
        | _each(("lms_narratives.write", "lms_narratives.preview", "lms_narratives.versions"), stories)
        | {"lms_narratives.version": [story | {"number": number} for story in stories for number in (1, 2)]}
    )


def _split(key: str) -> Values:
    module, _, name = key.partition("/")
    return {"module": module, "name": name}


@dataclass(frozen=True)
class FarHill:
    """An organisation with names as long as names get, and one of everything that the demonstration does not show."""

    cohort: Cohort
    seat: Enrolment
    left: Enrolment
    ready: Enrolment
    grant: Grant
    meetings: tuple[Meeting, ...]
    attempt: Attempt
    closed: Attempt
    asking: Attempt
    paused: Attempt
    over: Attempt
    mixed: tuple[Attempt, ...]
    """One question of each type: under way, waiting for a grade, and graded."""
    invitation: str
    reset: str


def _far_hill(s: Session) -> FarHill:
    who = {name: _person(s, name, label) for name, label in _NAMES.items()}
    release = curriculum.newest(s)
    assert release is not None
    provider = cohorts.create_provider(
        s, name="Far Hill Healing and Training Collaborative of the Upper Valley", place="Nowhere, North Carolina",
        contact="office@farhill.example", zone="America/Chicago", by=who["coordinator"], now=EARLIER,
    )  # fmt: skip
    s.add(Appointment(person=who["founder"], role="coordinator", since=EARLIER))
    cohort = cohorts.create_cohort(
        s, provider, name="Antidisestablishmentarianism, evening group, Winter 2026", release=release, pathway="starter",
        zone="America/Chicago", seats=15, starts_on=EARLIER.date(), ends_on=(NOON + 80 * DAY).date(), now=EARLIER,
    )  # fmt: skip
    cohorts.appoint(s, who["facilitator"], "facilitator", cohort=cohort, now=EARLIER)
    grant = cohorts.create_grant(
        s, provider, name="Grant 2026-000000000000000000000000000000000-B", funder="The Quarrystone Fund", now=EARLIER,
        starts_on=EARLIER.date(), ends_on=(NOON + 300 * DAY).date(), data_agreement="",
    )  # fmt: skip
    cohorts.appoint(s, who["funder"], "funder", grant=grant, now=EARLIER)
    seats = {
        name: cohorts.enrol(s, cohort, who[name], by="walk", now=EARLIER) for name in ("student", "newcomer", "left")
    }
    cohorts.withdraw(s, seats["left"], reason="Night shifts.", by=who["coordinator"], now=NOON - DAY)
    cohorts.fund(s, seats["student"], grant, now=EARLIER)
    _arrange(s, who)
    attempts = _work(s, seats["student"], who)
    mixed = _mixed(s, seats["student"], who["facilitator"])
    exam_day = _exam_day(s, seats["student"], seats["newcomer"], who)
    return FarHill(
        cohort, seats["student"], seats["left"], seats["newcomer"], grant, _classes(s, cohort, who), *attempts,
        *exam_day, mixed, _invited(s, cohort, who), _forgotten(s),
    )  # fmt: skip


_NAMES = {
    "student": "Ọlámidé Thistledown-Featherstonehaugh Wolfeschlegelsteinhausenbergerdorff",
    "newcomer": "Nguyễn Thị Minh Khai",
    "left": "Åsa Björk",
    "facilitator": "Maximiliana Bartholomew-Cholmondeley Okonkwo",
    "coordinator": "Rosalind Oakhammock",
    "founder": "Ida Larchwood",
    "funder": "Tobias Quarrystone",
}


def _person(s: Session, name: str, label: str) -> Person:
    return accounts.register(
        s, email=f"{name}@farhill.example", name=label, password=None, zone="America/Chicago", now=EARLIER
    )


def _arrange(s: Session, who: dict[str, Person]) -> None:
    cohorts.set_accommodation(
        s, who["student"], factor_percent=150, extra_minutes=10, untimed=False, reason="Reads with a screen reader.",
        by=who["coordinator"], now=EARLIER,
    )  # fmt: skip
    typed = {"text": [STORY], "version": ["3"]}
    records.keep(s, who["student"].code, "/narratives/x/y", "You were signed out.", typed, now=NOON)
    records.write_message(s, "note", "student@farhill.example", "A letter", "Words.", now=NOON)


def _classes(s: Session, cohort: Cohort, who: dict[str, Person]) -> tuple[Meeting, ...]:
    keys = [meeting.key for module in curriculum.outline(s, cohort.release).modules for meeting in module.meetings]
    made = [
        cohorts.schedule_meeting(s, cohort, guide=key, starts_at=at, place="The barn behind the old mill", now=EARLIER)
        for key, at in zip(keys, (NOON - 2 * DAY, NOON - DAY / 24, NOON + 3 * DAY), strict=False)
    ]
    cohorts.cancel_meeting(s, made[-1], by=who["coordinator"], now=NOON)
    return tuple(made)


def _invited(s: Session, cohort: Cohort, who: dict[str, Person]) -> str:
    address = "a-rather-long-address-that-somebody-has@mail.neighbourhood-association.example"
    _invitation, token = cohorts.invite(
        s, email=address, role="student", invited_by=who["coordinator"], cohort=cohort, now=NOON
    )
    return token


def _forgotten(s: Session) -> str:
    told: list[str] = []
    write: Callable[[str], tuple[str, str]] = lambda token: (told.append(token) or "", "")  # noqa: E731
    accounts.ask_reset(s, "newcomer@farhill.example", write, now=NOON)
    return told[0]


def _work(s: Session, seat: Enrolment, who: dict[str, Person]) -> tuple[Attempt, Attempt]:
    """Let the student read, sit, write, hand in and claim, so that something is in every state."""
    pathway = curriculum.pathway(s, seat.cohort.release, seat.cohort.pathway)
    outline = curriculum.outline(s, seat.cohort.release)
    assert pathway is not None
    _write(s, seat, pathway.narratives, cohorts.actor_for(s, who["facilitator"], now=NOON))
    for key, accepted in zip(pathway.homework, (None, False, True), strict=False):
        row = hours.hand_in(s, seat, key, "At a kitchen table, twenty-five minutes.", now=NOON - 3 * DAY)
        if accepted is not None:
            hours.decide_homework(s, row, accepted=accepted, reply="Thank you.", by=who["facilitator"], now=NOON - DAY)
    hours.claim_practice(
        s, seat, on=(NOON - DAY).date(), minutes=45, competency="practical-support", supervisor="Maximiliana",
        what="Greeted people at the door.", now=NOON,
    )  # fmt: skip
    lessons = outline.modules[0].lessons[:2]
    for line in lessons:
        for part in range(1, line.parts + 1):
            learning.open_part(s, seat, line.id, part, now=NOON - 2 * DAY)
    closed, under_way = (_begun(s, seat, line.check) for line in lessons)
    return under_way, quizzes.submit(s, closed, now=NOON)


def _mixed(s: Session, seat: Enrolment, grader: Person) -> tuple[Attempt, ...]:
    """Let the student answer one question of each type three times: under way, sent, and graded."""
    made = []
    for at in range(3):
        quiz = Quiz(
            f"mixed-{at}", "Of every type", "lesson", "m1", None, None, 0, 75, True, True, "feedback", items.ALL, ()
        )
        attempt = quizzes.start_attempt(s, Permit(seat.id, quiz, {}, seat.cohort.release.digest, 1), now=NOON)
        for q in quizzes.paper_of(attempt).questions:
            choice = right_choice(q) or ("I would sit down first, and ask what helps.",)
            quizzes.save_answers(s, attempt, [Given(q.position, choice, False, 1)], now=NOON)
        made.append(attempt)
    for attempt in made[1:]:
        quizzes.submit(s, attempt, now=NOON)
    at = next(q.position for q in quizzes.paper_of(made[2]).questions if q.by_person)
    judged = quizzes.Judged(2, "You name the step. Say why it is theirs.", "", 0)
    quizzes.grade(s, made[2], at, judged, by=grader, letter=("Graded", "Look."), now=NOON)
    return tuple(made)


def _exam_day(s: Session, student: Enrolment, newcomer: Enrolment, who: dict[str, Person]) -> tuple[Attempt, ...]:
    """Leave a quiz whose student asks for a pause, an exam that is paused, and a quiz with late answers after its end."""
    pathway = curriculum.pathway(s, student.cohort.release, student.cohort.pathway)
    assert pathway is not None
    opens = Window(NOON - DAY, NOON + DAY)
    quizzes.set_opening(s, student.cohort, pathway.exam, opens, by=who["facilitator"].code, now=EARLIER)
    by, span = who["facilitator"].code, timedelta(minutes=10)
    asking = _sat(s, newcomer, pathway.quizzes[0], NOON - span)
    quizzes.ask_pause(s, asking, reason="My child woke up and needs me for a moment.", now=NOON)
    paused = _sat(s, newcomer, pathway.exam, NOON - span)
    quizzes.ask_pause(s, paused, now=NOON - timedelta(minutes=2))
    quizzes.answer_pause(s, paused, granted=True, minutes=15, by=by, now=NOON - timedelta(minutes=1))
    over = _sat(s, student, pathway.quizzes[0], NOON - timedelta(hours=5))
    for position in (1, 2):
        given = [Given(position, (0,), False, 9, NOON - timedelta(hours=4))]
        quizzes.save_answers(s, over, given, now=NOON - timedelta(hours=1))
    quizzes.decide(s, over, 2, accepted=True, reason="The line was down.", seen=0, by=by, now=NOON)
    return asking, paused, over


def _sat(s: Session, seat: Enrolment, quiz: str, at: Any) -> Attempt:
    release = seat.cohort.release
    wanted = curriculum.quiz(s, release, quiz)
    assert wanted is not None
    banks = {name: bank for draw in wanted.draws for name in draw.banks if (bank := curriculum.bank(s, release, name))}
    attempt = quizzes.start_attempt(s, Permit(seat.id, wanted, banks, release.digest, 1), now=at)
    quizzes.save_answers(s, attempt, [Given(3, (0,), False, 1)], now=at)
    return attempt


def _begun(s: Session, seat: Enrolment, quiz: str) -> Attempt:
    permit = learning.permit_for(s, seat, quiz, now=NOON)
    assert isinstance(permit, Permit), permit
    return quizzes.start_attempt(s, permit, now=NOON)


def _write(s: Session, seat: Enrolment, keys: tuple[str, ...], reader: Any) -> None:
    """Leave one narrative with its reader, one come back, and one as a draft with an earlier version."""
    for key, fate in zip(keys, ("waiting", "returned", "draft"), strict=False):
        draft = narratives.draft_for(s, seat, key, now=EARLIER)
        for at, text in ((EARLIER, STORY[:2000]), (EARLIER + DAY, STORY)):
            narratives.save_draft(s, draft, text, note="A hard season.", interview=False, version=draft.version, now=at)
        if fate != "draft":
            sent = narratives.send(s, draft, now=EARLIER + 2 * DAY)
        if fate == "returned":
            _send_back(s, sent, reader)
        if fate == "waiting":
            narratives.claim(s, sent, reader, now=NOON)  # its rubric is open, to be looked at


def _send_back(s: Session, sent: Submission, reader: Any) -> None:
    narratives.claim(s, sent, reader, now=NOON - DAY)
    review = narratives.open_review(s, sent, reader)
    assert review is not None
    names = [criterion["id"] for criterion in sent.rubric["criteria"]]
    grades = narratives.Grades(dict.fromkeys(names, 0), dict.fromkeys(names, "Say more."), "Thank you for this.")
    narratives.save_review(s, review, grades, sequence=review.sequence, now=NOON - DAY)
    narratives.release_review(s, review, now=NOON - DAY)
