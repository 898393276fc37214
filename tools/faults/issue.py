"""`issue`: the same button pressed twice at the same moment, many times over, makes exactly one row each time."""

import threading
from collections.abc import Callable, Sequence
from http.client import HTTPException
from typing import TypeVar

import click
import sqlalchemy as sa

from lms.accounts.models import Person
from lms.app import create_app
from lms.certificates.models import Certificate
from lms.cohorts.models import Enrolment
from lms.core.clock import SystemClock
from lms.curriculum import service as curriculum
from lms.demo.cli import build_demo
from lms.demo.service.build import PASSWORD as DEMO_PASSWORD
from lms.quizzes.models import Attempt
from lms.records.models import Message
from tools.bench.browser import CODE, Answer, Browser
from tools.bench.page import hidden_fields
from tools.bench.seats import PASSWORD, seat_class
from tools.bench.site import Failed, Site, site

STUDENTS = 6
STARTS = 60
ISSUES = 24
COORDINATOR = "coordinator@demo.example"
R = TypeVar("R")


def run() -> bool:
    """Race the two buttons and count rows."""
    with site() as place:
        place.prepare()
        app = create_app(place.settings)
        with app.test_request_context():
            build_demo(app.extensions["lms"])
        app.extensions["lms"].db.engine.dispose()
        seats = seat_class(place, STUDENTS)
        port = place.gunicorn().port
        started = _starts(place, port, seats.emails)
        return _issues(place, port) and started


def at_once(*acts: Callable[[], R]) -> list[R]:
    """Let several things begin at the same moment, each in a thread; return what each came to."""
    gate = threading.Barrier(len(acts))
    came: dict[int, R] = {}

    def act(number: int, one: Callable[[], R]) -> None:
        gate.wait(30)
        came[number] = one()

    threads = [threading.Thread(target=act, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if len(came) < len(acts):
        raise Failed("One of two that pressed at once never came back.")
    return [came[number] for number in range(len(acts))]


def _press(browser: Browser, path: str, form: dict[str, str]) -> Callable[[], Answer | None]:
    """Return what presses a button in another tab of a browser; the tab's connection is made before the race."""
    tab = Browser(browser.port)
    tab.get("/healthz")
    tab.cookies = dict(browser.cookies)

    def pressed() -> Answer | None:
        try:
            return tab.post(path, form)
        except (OSError, HTTPException):
            return None

    return pressed


def _starts(place: Site, port: int, emails: Sequence[str]) -> bool:
    check = _check(place)
    wrong: list[str] = []
    people = [Browser(port).sign_in(email, PASSWORD) for email in emails]
    for number in range(STARTS):
        wrong += _start_once(people[number % len(people)], check)
    with place.unit() as s:
        seats = sa.select(Enrolment.id).join(Person).where(Person.email.in_(emails))
        rows = s.scalars(sa.select(Attempt).where(Attempt.quiz == check, Attempt.enrolment_id.in_(seats))).all()
        left = [attempt.code for attempt in rows if attempt.state == "in_progress"]
    click.echo(f"issue: {STARTS} starts pressed twice at once, {len(rows)} attempts, {len(wrong) + len(left)} wrong")
    for said in [*wrong, *left][:5]:
        click.echo(f"issue: {said}")
    return len(rows) == STARTS and not wrong and not left


def _check(place: Site) -> str:
    """Return a check of a lesson that may be taken as often as one likes."""
    with place.unit() as s:
        release = curriculum.newest(s)
        outline = curriculum.outline(s, release) if release else None
        return (
            next(quiz.id for quiz in outline.quizzes if quiz.kind == "lesson" and quiz.attempts is None)
            if outline
            else ""
        )


def _start_once(person: Browser, check: str) -> list[str]:
    form = {"csrf_token": hidden_fields(person.get(f"/quizzes/{check}").text).get("csrf_token", "")}
    came = at_once(*(_press(person, f"/quizzes/{check}", form) for _tab in range(2)))
    codes = {found[1] for answer in came if answer and (found := CODE.search(answer.location))}
    if len(codes) != 1 or any(answer is None or answer.status != 303 for answer in came):
        return [f"two starts came to {[(a.status, a.location) if a else None for a in came]}"]
    sent = person.post(f"/attempts/{codes.pop()}/submit", form | {"anyway": "1"})
    return (
        [] if sent.status == 303 and sent.location.endswith("/result") else [f"not sent: {sent.status} {sent.location}"]
    )


def _issues(place: Site, port: int) -> bool:
    office = Browser(port).sign_in(COORDINATOR, DEMO_PASSWORD)
    with place.unit() as s:
        valid = sa.select(Certificate.code, Enrolment.code).join(Enrolment).where(Certificate.revoked_at.is_(None))
        held = [(certificate, seat) for certificate, seat in s.execute(valid.order_by(Certificate.id).limit(ISSUES))]
    if not held:
        raise Failed("The demonstration holds no certificate.")
    begun = SystemClock().now()
    wrong: list[str] = []
    for certificate, seat in held:
        wrong += _issue_once(office, certificate, seat)
    wrong += _counted(place, begun, [seat for _certificate, seat in held])
    click.echo(f"issue: {len(held)} certificates pressed twice at once, {len(wrong)} wrong")
    for said in wrong[:5]:
        click.echo(f"issue: {said}")
    return not wrong


def _issue_once(office: Browser, certificate: str, seat: str) -> list[str]:
    token = hidden_fields(office.get(f"/certificates/{certificate}/revoke").text).get("csrf_token", "")
    gone = office.post(f"/certificates/{certificate}/revoke", {"csrf_token": token, "reason": "To issue it once more."})
    if gone.status != 303:
        return [f"{certificate} was not revoked: {gone.status}"]
    path = f"/certificates/of/{seat}/issue"
    form = hidden_fields(office.get(path).text)
    came = at_once(*(_press(office, path, form) for _tab in range(2)))
    ends = [(answer.status, answer.location) if answer else None for answer in came]
    return [] if set(ends) == {(303, f"/certificates/of/{seat}")} else [f"two issues of {seat} came to {ends}"]


def _counted(place: Site, begun: object, seats: Sequence[str]) -> list[str]:
    """Name seats that have not exactly one new certificate, and letters that went twice or not at all."""
    with place.unit() as s:
        fresh = sa.select(Enrolment.code, sa.func.count(Certificate.id)).join(Certificate)
        fresh = fresh.where(Certificate.issued_at >= begun, Certificate.revoked_at.is_(None)).group_by(Enrolment.code)
        rows = dict(s.execute(fresh).tuples().all())
        letters = s.scalar(
            sa.select(sa.func.count())
            .select_from(Message)
            .where(Message.kind == "certificate", Message.created_at >= begun)
        )
    wrong = [f"{seat} has {rows.get(seat, 0)} new certificates" for seat in seats if rows.get(seat) != 1]
    return wrong if letters == len(seats) else [*wrong, f"{letters} letters for {len(seats)} certificates"]
