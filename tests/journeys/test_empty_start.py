"""From an empty database to a student reading the first lesson: production, over TLS, as operating.md describes it."""

import contextlib
import datetime as dt
import ipaddress
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from lms.accounts.models import Person
from lms.app import create_app
from lms.core.clock import FixedClock
from lms.core.db import Base, Database, unit_of_work
from lms.core.settings import Settings
from tests.conftest import SECRET, _empty
from tests.factories import NOON

ROOT = Path(__file__).parents[2]
PASSWORD = "four quiet words here"


def certificate(folder: Path) -> ssl.SSLContext:
    """Make a certificate for this machine's loopback address; the browser is told to take it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    at = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - dt.timedelta(days=1))
        .not_valid_after(at + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    chain, private = folder / "cert.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(pem))
    private.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, private)
    return context


@dataclass
class Start:
    """A production site that nobody has used yet."""

    url: str
    app: Flask
    clock: FixedClock
    letters: list[EmailMessage]

    def command(self, *words: str) -> str:
        """Run a `flask lms …` command and return what it printed."""
        with self.app.app_context():
            done = self.app.test_cli_runner().invoke(args=["lms", *words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output.strip()

    def link_for(self, address: str) -> str:
        """Send what is due, and return the link in the newest letter to somebody."""
        self.command("tick")
        letter = [one for one in self.letters if one["To"] == address][-1]
        found = re.search(r"https://\S+/invitations/\S+", letter.get_content())
        assert found, letter.get_content()
        return found.group()


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Production on an empty database, served over TLS: cookies, links and headers are the real ones."""
    folder = tmp_path_factory.mktemp("empty")
    with contextlib.closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        address = f"https://127.0.0.1:{listening.getsockname()[1]}"
        for url in _empty(folder):
            yield from _serve(folder, address, url, listening)


def _serve(folder: Path, address: str, url: str, listening: socket.socket) -> Iterator[Start]:
    clock, letters = FixedClock(NOON), list[EmailMessage]()
    settings = Settings(home=str(folder), secret_key=SECRET, database_url=url, base_url=address)
    app = create_app(settings, clock=clock, mailer=letters.append)
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=certificate(folder), fd=listening.fileno())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Start(address, app, clock, letters)
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["lms"].db.engine.dispose()


@pytest.fixture
def someone(chromium: Browser) -> Iterator[Callable[[], Page]]:
    """Call it for another person's own browser."""
    opened: list[BrowserContext] = []

    def open_one() -> Page:
        opened.append(chromium.new_context(ignore_https_errors=True, viewport={"width": 1100, "height": 900}))
        page = opened[-1].new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_one
    for context in opened:
        context.close()


def press(page: Page, name: str) -> None:
    """Press the one button, or follow the one link, of this name in the page."""
    main = page.get_by_role("main")
    main.get_by_role("button", name=name, exact=True).or_(main.get_by_role("link", name=name, exact=True)).click()


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def accept(page: Page, link: str, name: str) -> None:
    """Open an invitation, choose a name and a password, and come in."""
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Accept the invitation")


def fill(page: Page, **values: str) -> None:
    for label, value in values.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)


def test_from_nothing_to_the_first_lesson(start: Start, someone: Callable[[], Page]) -> None:
    start.command("migrate")
    assert re.fullmatch(r"[0-9a-f]{64}", start.command("curriculum", "compile").splitlines()[-1])
    ruth = _set_up(start, someone())
    page = someone()
    accept(page, start.link_for("sade@example.org"), "Ṣadé Ọlámidé")
    _reads(page)
    _facilitates(start, someone())
    _funds(start, someone())
    _arranges(ruth, "Ṣadé Ọlámidé")
    _cookies(page.context)


def _set_up(start: Start, page: Page) -> Page:
    link = start.command("first-coordinator", "ruth@example.org")
    assert link.startswith(start.url + "/invitations/")
    accept(page, link, "Ruth Okafor")
    assert heading(page) == "Your cohorts"
    press(page, "Set up your organisation")
    press(page, "Set up a provider")
    fill(page, Name_of_the_provider="Quiet Creek Training", Place="Nowhere, North Carolina", Contact="555 0100")
    press(page, "Set up this provider")
    page.get_by_role("link", name="Cohorts").first.click()
    press(page, "New cohort")
    fill(page, Name_of_the_cohort="Autumn 2026", First_day="2026-11-16", Last_day="2027-02-14", Seats="15")
    assert page.get_by_label("Pathway").input_value() == "healing-60"
    press(page, "Make this cohort")
    assert "0 of 15" in heading(page)
    _schedules(page)
    _invites(page, "sade@example.org", "student")
    _invites(page, "marcus@example.org", "facilitator")
    _grants(page)
    return page


def _schedules(page: Page) -> None:
    press(page, "Put a class into the calendar")
    fill(page, Day="2026-11-23", Begins_at="09:00")
    page.get_by_label("Place, or how to join").fill("The barn")
    press(page, "Put it into the calendar")
    expect(page.get_by_text("The barn")).to_be_visible()


def _invites(page: Page, address: str, role: str) -> None:
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Invite as").select_option(role)
    press(page, "Send the invitation")
    expect(page.get_by_role("rowheader", name=address)).to_be_visible()


def _grants(page: Page) -> None:
    page.get_by_role("link", name="Cohorts").first.click()
    press(page, "New grant")
    fill(page, Name_of_the_grant="Pilot", Funder="Fictional Fund", First_day="2026-01-01", Last_day="2027-12-31")
    press(page, "Record this grant")
    page.get_by_label("E-mail address").fill("alma@example.org")
    press(page, "Invite a funder")


def _reads(page: Page) -> None:
    """The student's first page says what comes next, and one click opens it."""
    expect(page.get_by_text("Good day, Ṣadé Ọlámidé.")).to_be_visible()
    lesson = heading(page)
    press(page, "Begin reading")
    assert heading(page) == lesson
    assert page.url.endswith("/1")
    assert len(page.locator("article").inner_text().split()) > 80
    press(page, "Mark as read and go on")
    assert page.url.endswith("/2")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click()
    assert heading(page) == lesson
    press(page, "Carry on reading")
    assert heading(page) == lesson


def _facilitates(start: Start, page: Page) -> None:
    accept(page, start.link_for("marcus@example.org"), "Marcus Bell")
    assert heading(page) == "Nothing waits to be read"
    page.get_by_role("main").get_by_role("link", name=re.compile("Attendance")).first.click()
    expect(page.get_by_text("Ṣadé Ọlámidé").first).to_be_visible()


def _funds(start: Start, page: Page) -> None:
    accept(page, start.link_for("alma@example.org"), "Alma Lindqvist")
    assert heading(page) == "Your grants"
    page.get_by_role("main").get_by_role("link", name=re.compile("Pilot")).first.click()
    assert "Ṣadé" not in page.content()


def _arranges(page: Page, name: str) -> None:
    page.get_by_role("link", name="Cohorts").first.click()
    page.get_by_role("link", name="Autumn 2026").click()
    assert "1 of 15" in heading(page)
    page.get_by_role("link", name=name).click()
    press(page, "Change the time for quizzes")
    page.get_by_label("Time, in percent of the usual").fill("150")
    page.get_by_label("Extra minutes on top").fill("0")
    press(page, "Record this arrangement")
    expect(page.get_by_text("150 percent of the usual time")).to_be_visible()


def _cookies(context: BrowserContext) -> None:
    (cookie,) = context.cookies()
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")


def refused(change: dict[str, str], folder: Path) -> str:
    """Start wsgi.py in a process of its own and return the sentence with which it did not start."""
    given = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
    safe = {"LMS_SECRET_KEY": SECRET, "LMS_BASE_URL": "https://training.example", "LMS_HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=given | safe | change,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    return done.stderr.strip()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"LMS_SECRET_KEY": ""}, "LMS_SECRET_KEY"),
        ({"LMS_SECRET_KEY": "short"}, "LMS_SECRET_KEY"),
        ({"LMS_BASE_URL": "http://training.example"}, "LMS_BASE_URL"),
        ({"LMS_INSECURE_COOKIES": "true"}, "LMS_INSECURE_COOKIES"),
        ({"LMS_DATABASE_URL": "no address at all"}, "LMS_DATABASE_URL"),
        ({"LMS_HOME": __file__}, "LMS_HOME"),
        ({"LMS_SECRT_KEY": "x"}, "LMS_SECRT_KEY"),
    ],
)
def test_production_refuses_what_is_unsafe_in_one_sentence(change: dict[str, str], word: str, tmp_path: Path) -> None:
    said = refused(change, tmp_path)
    assert said.startswith("Groundwork did not start. ")
    assert word in said
    assert len(said.splitlines()) == 1


def test_production_refuses_a_database_that_holds_the_demonstration(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with unit_of_work(database) as s:
        s.add(Person(code="ADA", email="student@demo.example", name="Ada", is_demo=True, created_at=NOON))
    said = refused({"LMS_DATABASE_URL": database_url}, tmp_path)
    assert said.startswith("Groundwork did not start. LMS_DATABASE_URL names a database that holds the demonstration")
    assert len(said.splitlines()) == 1


def test_production_leaves_the_tables_of_an_empty_database_to_migrate(tmp_path: Path) -> None:
    settings = Settings(home=str(tmp_path), secret_key=SECRET, base_url="https://training.example")
    app = create_app(settings)
    with app.extensions["lms"].db.engine.connect() as c:
        assert sa.inspect(c).get_table_names() == []
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["lms", "migrate"], catch_exceptions=False)
    assert done.exit_code == 0
    with app.extensions["lms"].db.engine.connect() as c:
        made = set(sa.inspect(c).get_table_names())
    app.extensions["lms"].db.engine.dispose()
    assert made == {*Base.metadata.tables, "lms_alembic_version"}
