"""A crowd at one exam: seats, attempts and signed-in browsers, all made through the product's own services.

Nobody signs in through the form, because the hash of a password is slow by design and two hundred of them are no part
of what saving an answer costs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from itertools import count
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, session
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.app import create_app
from lms.cohorts import service as cohorts
from lms.cohorts.models import Cohort
from lms.core.clock import SystemClock
from lms.curriculum import service as curriculum
from lms.quizzes import service as quizzes
from lms.quizzes.rules import Choice, Permit, Shape, Slot
from lms.web import cookie, csrf
from tools.bench.browser import Browser
from tools.bench.load import Next, request
from tools.bench.seats import ZONE
from tools.bench.site import Failed, Site

EXAM, PATHWAY = "programme-exam", "starter"
HOURS = 12
SHUT = "…"
"""What a journal notes for words that a person grades: they are stored sealed."""
Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Sitter:
    """A person at an attempt: their browser's cookies and form token, and what may be answered."""

    code: str
    cookies: dict[str, str]
    token: str
    shape: Shape

    @property
    def answers(self) -> str:
        """The address that takes answers."""
        return f"/attempts/{self.code}/answers"

    def browser(self, port: int) -> Browser:
        """Return a browser of this person's."""
        made = Browser(port, patience=30)
        made.cookies = dict(self.cookies)
        return made

    def parcel(self, sequence: int, at: datetime) -> tuple[int, Choice, Fields]:
        """Return position, choice and fields of the answer that this person gives as their `sequence`-th."""
        slot = self.shape.question(sequence % self.shape.many + 1)
        if slot is None:
            raise Failed("The exam has no questions.")
        choice, fields = filled(slot, sequence // self.shape.many)
        milliseconds = str(int(at.timestamp() * 1000))
        head = [("csrf_token", self.token), ("q", str(slot.position)), (f"s-{slot.position}", str(sequence))]
        return slot.position, choice, [*head, (f"t-{slot.position}", milliseconds), *fields]


def filled(slot: Slot, number: int) -> tuple[Choice, Fields]:
    """Answer a question, another way for each number: the choice as a journal notes it, and the fields as quiz.js sends them."""
    if not slot.fields:
        chosen = number % slot.options
        return (chosen,), [(f"a-{slot.position}", str(chosen))]
    typed: list[int | str] = [cell[0] + number % (cell[1] - cell[0]) if cell else str(number) for cell in slot.cells]
    noted = (SHUT,) if slot.by_person else tuple(typed)
    return noted, [(f"x-{slot.position}", str(one)) for one in typed]


def saving(sitter: Sitter) -> Next:
    """Return what makes this person's next request: one answer after the other, through the paper again and again."""
    sequence = count(1)
    headers = Browser(0).headers(json=True, form=True) | {"Cookie": _cookie_line(sitter.cookies)}
    at = SystemClock().now()

    def following() -> bytes:
        _position, _choice, fields = sitter.parcel(next(sequence), at)
        return request("POST", sitter.answers, headers, urlencode(fields).encode())

    return following


def seat_crowd(place: Site, people: int) -> list[Sitter]:
    """Seat people in one cohort, start the exam for each and sign a browser of each in."""
    app, now = create_app(place.settings), SystemClock().now()
    try:
        with place.unit() as s:
            cohort, drawn = _cohort(s, people, now), _exam(s)
            return [_sitter(s, app, cohort, drawn, number, now) for number in range(people)]
    finally:
        app.extensions["lms"].db.engine.dispose()


def _exam(s: Session) -> dict[str, Any]:
    release = curriculum.newest(s)
    quiz = curriculum.quiz(s, release, EXAM) if release else None
    if release is None or quiz is None:
        raise Failed(f"The curriculum holds no {EXAM}.")
    names = sorted({name for draw in quiz.draws for name in draw.banks})
    found = ((name, curriculum.bank(s, release, name)) for name in names)
    return {"quiz": quiz, "banks": {name: bank for name, bank in found if bank}, "release": release.digest, "number": 1}


def _cohort(s: Session, people: int, now: datetime) -> Cohort:
    release = curriculum.newest(s)
    if release is None:
        raise Failed("There is no release.")
    office = accounts.register(s, email="office@crowd.example", name="The office", password=None, is_demo=True, now=now)
    provider = cohorts.create_provider(
        s, name="Bench Training", place="Nowhere", contact="office@crowd.example", zone=ZONE, by=office, now=now
    )
    begins = now.date() - timedelta(days=30)
    return cohorts.create_cohort(
        s, provider, name="Bench exam", release=release, pathway=PATHWAY, zone=ZONE,
        starts_on=begins, ends_on=begins + timedelta(days=180), seats=people, now=now,
    )  # fmt: skip


def _sitter(s: Session, app: Flask, cohort: Cohort, drawn: dict[str, Any], number: int, now: datetime) -> Sitter:
    email = f"crowd-{number}@crowd.example"
    person = accounts.register(s, email=email, name=f"Crowd {number}", password=None, is_demo=True, now=now)
    seat = cohorts.enrol(s, cohort, person, by="bench", now=now)
    # The one step taken out of the student's path: leave to start, which else needs eighteen passed quizzes.
    attempt = quizzes.start_attempt(s, Permit(enrolment_id=seat.id, **drawn), now=now)
    secret = accounts.open_session(s, person, agent="bench", hours=HOURS, now=now)
    cookies, token = _signed_in(app, secret)
    return Sitter(attempt.code, cookies, token, quizzes.shape_of(attempt))


def _signed_in(app: Flask, secret: str) -> tuple[dict[str, str], str]:
    """Return the cookies and the form token of a browser that holds a session, made by the product's own code."""
    with app.test_request_context():
        cookie.begin(secret)
        token = csrf.token()
        response = app.response_class()
        app.session_interface.save_session(app, cast(Any, session), response)
        morsels = SimpleCookie(response.headers["Set-Cookie"]).items()
        return {name: morsel.value for name, morsel in morsels}, token


def _cookie_line(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
