"""A real server with a clock that the test moves, the whole demonstration in its database, and a real browser."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command as alembic
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from lms.accounts.models import Person
from lms.app import create_app
from lms.certificates.service import PLAIN
from lms.cohorts.models import Enrolment
from lms.core.clock import FixedClock
from lms.core.crypto import hash_password
from lms.core.db import Database, unit_of_work
from lms.core.settings import Settings
from lms.curriculum import service as curriculum
from lms.demo import service as demo
from lms.narratives.models import Submission
from lms.narratives.rules import label
from lms.quizzes import service as quizzes
from lms.records import service as records
from lms.records.cli import migrations, run_tick
from tests.conftest import SECRET, _empty
from tests.factories import NOON

AXE = Path(__file__).with_name("axe.min.js")
PASSWORD = "walk beside me gently"
LOOK_LAST = ("test_accessible.py", "test_keyboard.py", "test_looks.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys share one server and one demonstration: one process walks them all."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.hookimpl(specname="pytest_collection_modifyitems", wrapper=True)
def pytest_look_last(items: list[pytest.Item]) -> Iterator[None]:
    """Whoever looks at every page puts people and marks into the demonstration that others would stumble over."""
    yield  # the order is random by now
    items.sort(key=lambda item: item.path.name in LOOK_LAST)


@dataclass
class Site:
    """A running site: its address, its clock, its database, and the letters it sent."""

    url: str
    clock: FixedClock
    database: Database
    app: Flask
    letters: list[EmailMessage]

    def tick(self) -> None:
        """Do what the worker does every minute."""
        with self.app.app_context():
            run_tick()

    def letters_to(self, address: str) -> list[EmailMessage]:
        """Return the letters somebody got, oldest first."""
        return [letter for letter in self.letters if letter["To"] == address]

    def let_in(self, name: str) -> str:
        """Give one of the demonstration's people a password, and return the address they sign in with."""
        with unit_of_work(self.database) as s:
            person = s.scalars(sa.select(Person).where(Person.name == name)).one()
            person.password_hash = person.password_hash or hash_password(PASSWORD)
            return str(person.email)

    def seat(self, s: Session, name: str) -> Enrolment:
        """Return somebody's seat."""
        return s.scalars(sa.select(Enrolment).join(Enrolment.person).where(Person.name == name)).one()

    def seat_code(self, name: str) -> str:
        """Return the code that names somebody's seat in addresses."""
        with unit_of_work(self.database, write=False) as s:
            return self.seat(s, name).code

    def label_of(self, name: str, narrative: str) -> str:
        """Return what a reader sees instead of the name of who sent a narrative."""
        with unit_of_work(self.database, write=False) as s:
            sent = sa.select(Submission).where(Submission.enrolment_id == self.seat(s, name).id)
            newest = sent.where(Submission.narrative == narrative).order_by(Submission.round.desc())
            return label(s.scalars(newest).first().code)  # type: ignore[union-attr]

    def answer_key(self, attempt: str) -> dict[int, list[int]]:
        """Return the places of the right options of an attempt, by question, as they stand on its pages."""
        with unit_of_work(self.database, write=False) as s:
            found = quizzes.attempt_by_code(s, attempt)
            assert found is not None
            return {
                question.position: [at for at, option in enumerate(question.item.options) if option.correct]
                for question in quizzes.paper_of(found).questions
            }


def _whole(app: Flask) -> Callable[[Any, Any], list[bytes]]:
    # A browser that goes on while a font is on its way resets the line, and this server then forgets to close the file.
    def answer(environ: Any, start_response: Any) -> list[bytes]:
        parts = app(environ, start_response)
        try:
            return list(parts)
        finally:
            getattr(parts, "close", lambda: None)()

    return answer


@contextlib.contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Serve an application on a free port of this machine until the block ends."""
    server = make_server("127.0.0.1", 0, _whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fresh_site(folder: Path, url: str, clock: FixedClock, letters: list[EmailMessage], **more: Any) -> Flask:
    """Migrate an empty database, publish the shipped curriculum, and build the application on it."""
    alembic.upgrade(migrations(url), "head")
    settings = Settings(
        env="test", home=str(folder), secret_key=SECRET, database_url=url, insecure_cookies=True, programme_name="POEM"
    )
    app = create_app(replace(settings, **more), clock=clock, mailer=letters.append)
    lms = app.extensions["lms"]
    with unit_of_work(lms.db) as s:
        curriculum.publish_files(
            s, settings.curriculum_path, settings.quizzes_path, now=clock.now(), cache_dir=folder / "cache"
        )
    return app


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration, served."""
    folder = tmp_path_factory.mktemp("site")
    clock, letters = FixedClock(NOON), list[EmailMessage]()
    for url in _empty(folder):
        app = fresh_site(folder, url, clock, letters)
        lms = app.extensions["lms"]
        with app.test_request_context():
            demo.build(lms.db, anchor=NOON, wording=replace(PLAIN, programme="POEM"), base_url="http://lms.example")
        # A tick sends two hundred letters; those of a year have long left, and none stands in front of a walker's own.
        while records.send_due(lms.db, letters.append, lms.settings.mail_from, now=NOON):
            pass
        with serve(app) as address:
            yield Site(address, clock, lms.db, app, letters)
        lms.db.engine.dispose()


@dataclass
class Walker:
    """A person at a browser."""

    page: Page
    site: Site
    offline: bool = False

    def sign_in(self, role: str) -> "Walker":
        """Sign in as one of the demonstration's people, through the form."""
        return self.try_password(f"{role}@demo.example", PASSWORD)

    def enter(self, name: str) -> "Walker":
        """Sign in as anybody of the demonstration, by name, through the form."""
        return self.try_password(self.site.let_in(name), PASSWORD)

    def try_password(self, address: str, password: str) -> "Walker":
        """Send the sign-in form; where it leads is for the test to look at."""
        self.page.goto(self.site.url + "/sign-in")
        self.page.get_by_label("E-mail").fill(address)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        return self

    @contextlib.contextmanager
    def lost_line(self) -> Iterator[None]:
        """Cut this browser off for the length of the block."""
        self.offline = True
        self.page.context.set_offline(True)
        yield
        self.page.context.set_offline(False)
        self.offline = False

    def go(self, path: str) -> "Walker":
        """Open an address of the site."""
        self.page.goto(self.site.url + path)
        return self

    def later(self, **span: float) -> "Walker":
        """Let time pass, for the server and for the page."""
        self.site.clock.advance(timedelta(**span))
        return self

    def press(self, name: str) -> "Walker":
        """Press the button, or follow the link, that bears exactly this name in the page's main part."""
        main = self.page.get_by_role("main")
        main.get_by_role("button", name=name, exact=True).or_(main.get_by_role("link", name=name, exact=True)).click()
        self.page.wait_for_load_state()  # a clock that is moved before the page's scripts run moves nothing
        return self

    @property
    def heading(self) -> str:
        """The page's first heading."""
        return self.page.locator("h1").inner_text()


def _failure(walker: Walker, lost: Request) -> list[str]:
    # A page that is left, or turns into a download, gives up what it had asked for; that is no fault.
    expected = walker.offline or lost.failure == "net::ERR_ABORTED"
    return [] if expected else [f"{lost.url} {lost.failure}"]


@pytest.fixture
def walk(chromium: Browser, site: Site) -> Iterator[Callable[..., Walker]]:
    """Call it for a fresh browser at the site; `scripts=False` runs none, `phone=True` is 360 pixels wide."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []
    site.clock.at = NOON  # whoever walked before may have been here for days

    def start(scripts: bool = True, phone: bool = False, at: Site | None = None, **more: Any) -> Walker:
        size = {"width": 360, "height": 740} if phone else {"width": 1280, "height": 900}
        context = chromium.new_context(viewport=size, java_script_enabled=scripts, accept_downloads=True, **more)  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        walker = Walker(page, at or site)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda lost: complaints.extend(_failure(walker, lost)))
        home = walker.site.url
        page.on(
            "request", lambda asked: complaints.append(asked.url) if not asked.url.startswith((home, "data:")) else None
        )
        return walker

    yield start
    for context in opened:
        context.close()
    assert complaints == [], "a page broke, lost a request, or asked another site"
