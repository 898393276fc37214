"""A class of students who may sit a timed module quiz, made through the product's own services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import Person
from lms.cohorts import service as cohorts
from lms.cohorts.models import Cohort, Enrolment
from lms.core.clock import SystemClock
from lms.core.errors import Conflict
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import ModuleLine
from lms.demo.service.build import PATHWAYS
from lms.learning import service as learning
from tools.bench.browser import CODE, Browser
from tools.bench.page import hidden_fields
from tools.bench.site import Failed, Site

PASSWORD = "a quiet path along the water"  # noqa: S105
ZONE = "America/New_York"
PATHWAY = PATHWAYS[-1]
"""What the demonstration's running cohort is on."""
SEATS = 15


@dataclass(frozen=True)
class Class:
    """The addresses of the students, and the quiz that each may start."""

    emails: tuple[str, ...]
    quiz: str
    cohort: str


def seat_class(place: Site, students: int) -> Class:
    """Make a cohort of students who have opened every part of the first module that has a quiz."""
    now = SystemClock().now()
    with place.unit() as s:
        cohort, module = _cohort(s, now)
        emails = [f"seat-{number}@bench.example" for number in range(students)]
        for number, email in enumerate(emails):
            seat = cohorts.enrol(s, cohort, _person(s, email, f"Seat {number}", now), by="bench", now=now)
            _open_parts(s, seat, module, now - timedelta(days=20))
        return Class(tuple(emails), module.quiz, cohort.code)


def _person(s: Session, email: str, name: str, now: datetime) -> Person:
    return accounts.register(s, email=email, name=name, password=PASSWORD, zone=ZONE, is_demo=True, now=now)


def _cohort(s: Session, now: datetime) -> tuple[Cohort, ModuleLine]:
    release = curriculum.newest(s)
    if release is None:
        raise Conflict("There is no release.")
    office = _person(s, "office@bench.example", "The office", now)
    provider = cohorts.create_provider(
        s, name="Bench Training", place="Nowhere", contact="office@bench.example", zone=ZONE, by=office, now=now
    )
    begins = now.date() - timedelta(days=30)
    cohort = cohorts.create_cohort(
        s, provider, name="Bench cohort", release=release, pathway=PATHWAY, zone=ZONE,
        starts_on=begins, ends_on=begins + timedelta(days=84), seats=SEATS, now=now,
    )  # fmt: skip
    module = next((m for m in curriculum.outline(s, release).modules if m.quiz and m.lessons), None)
    if module is None:
        raise Conflict("No module has a quiz.")
    return cohort, module


def _open_parts(s: Session, seat: Enrolment, module: ModuleLine, at: datetime) -> None:
    for lesson in module.lessons:
        for part in range(1, lesson.parts + 1):
            at += timedelta(minutes=4)
            learning.open_part(s, seat, lesson.id, part, now=at)


@dataclass
class Sitter:
    """A student at an attempt, signed in through the form."""

    browser: Browser
    attempt: str
    token: str
    questions: int

    @property
    def answers(self) -> str:
        """The address that takes answers."""
        return f"/attempts/{self.attempt}/answers"


def sit_down(port: int, emails: Sequence[str], quiz: str) -> list[Sitter]:
    """Sign each student in and start the quiz, through the pages."""
    return [sit(Browser(port).sign_in(email, PASSWORD), quiz) for email in emails]


def sit(browser: Browser, quiz: str) -> Sitter:
    """Start a quiz, or go back to the attempt under way."""
    form = hidden_fields(browser.get(f"/quizzes/{quiz}").text)
    started = browser.post(f"/quizzes/{quiz}", {"csrf_token": form.get("csrf_token", "")})
    found = CODE.search(started.location)
    if started.status != 303 or not found:
        raise Failed(f"The quiz {quiz} did not start: {started.status}.\n{started.text[:500]}")
    page = browser.get(f"/attempts/{found[1]}")
    return Sitter(browser, found[1], hidden_fields(page.text)["csrf_token"], page.text.count("data-spot="))


def parcel(sitter: Sitter, position: int, choice: int, sequence: int, at: datetime) -> list[tuple[str, str]]:
    """Return what the page's script sends for one answer (`parcel` in quiz.js)."""
    return [
        ("csrf_token", sitter.token),
        ("q", str(position)),
        (f"s-{position}", str(sequence)),
        (f"t-{position}", str(int(at.timestamp() * 1000))),
        (f"a-{position}", str(choice)),
    ]
