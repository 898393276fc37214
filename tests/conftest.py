"""One database per test process, emptied after each test that committed; one application on it; a clock that stands still.

SQLite by default; `LMS_TEST_DATABASE_URL` names a PostgreSQL server on which a database is made and dropped.
"""

import os
import shutil
import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect, sync_playwright
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.accounts.models import Person
from lms.accounts.service import open_session
from lms.app import create_app
from lms.core.clock import FixedClock
from lms.core.crypto import Keyring
from lms.core.db import Base, Database, open_database
from lms.core.ids import new_code
from lms.core.settings import Settings
from tests import factories

SECRET = "a test secret that is long enough to pass"

# How fast a machine draws examples says nothing about the code: no test of ours is timed.
hypothesis.settings.register_profile(
    "untimed", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty database of this process's own."""
    yield from _empty(tmp_path_factory.mktemp("db"))


@pytest.fixture
def fresh_url(tmp_path: Path) -> Iterator[str]:
    """The address of another empty database, for tests that migrate or fill one of their own."""
    yield from _empty(tmp_path)


def _empty(folder: Path) -> Iterator[str]:
    server = os.environ.get("LMS_TEST_DATABASE_URL")
    if not server:
        yield f"sqlite:///{folder / 'test.db'}"
        return
    name = f"lms_test_{new_code(8).lower()}"
    url = make_url(server).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as c:
        c.exec_driver_sql(f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as c:
        c.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture(scope="session")
def _database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url, Keyring.of([SECRET]))
    with database.engine.execution_options(write=True).begin() as c:
        Base.metadata.create_all(c)
    yield database
    database.engine.dispose()


@pytest.fixture
def s(_database: Database) -> Iterator[Session]:
    """A writing session that is rolled back: for rules' facts and services."""
    with _database.writer() as session:
        yield session
        session.rollback()


@pytest.fixture
def database(_database: Database) -> Iterator[Database]:
    """The database for tests that commit; emptied afterwards."""
    yield _database
    with _database.engine.execution_options(write=True).begin() as c:
        for table in reversed(Base.metadata.sorted_tables):
            c.execute(sa.delete(table))


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def letters() -> list[EmailMessage]:
    """Where the application's letters land."""
    return _LETTERS


_LETTERS: list[EmailMessage] = []
_CLOCK = FixedClock(factories.NOON)


@pytest.fixture
def clock() -> FixedClock:
    """The application's clock, at noon of a Monday (NOON)."""
    _CLOCK.at = factories.NOON
    return _CLOCK


@pytest.fixture(scope="session")
def _app(database_url: str, _database: Database, _home: Path) -> Iterator[Flask]:
    settings = Settings(
        env="test",
        home=str(_home),
        secret_key=SECRET,
        database_url=database_url,
        insecure_cookies=True,
        base_url="http://lms.example",
    )
    made = create_app(settings, clock=_CLOCK, mailer=_LETTERS.append)
    yield made
    made.extensions["lms"].db.engine.dispose()


@pytest.fixture
def app(_app: Flask, database: Database, clock: FixedClock) -> Flask:
    """The standalone application on the test's database."""
    _LETTERS.clear()
    return _app


class Browser:
    """A client with a CSRF token and a short way to sign in."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.client: FlaskClient = app.test_client()
        self._database = database
        self._secret = Keyring.of([SECRET]).web_secret()

    def sign_in(self, person: Person) -> "Browser":
        """Sign a person in through a session row, without the form."""
        with self._database.writer() as s:
            token = open_session(s, s.get_one(Person, person.id), agent="test", hours=12, now=_CLOCK.now())
            s.commit()
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return self

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, token: bool = True, **more: Any) -> TestResponse:
        """Send a form, with a valid token unless told otherwise."""
        sent = dict(data or {})
        if token:
            sent["csrf_token"] = self._token()
        return self.client.post(path, data=sent, **more)

    def _token(self) -> str:
        with self.client.session_transaction() as cookie:
            raw = cookie.setdefault("lms_csrf", "0" * 40)
        return URLSafeTimedSerializer(self._secret, salt="wtf-csrf-token").dumps(raw)


@pytest.fixture
def browser(app: Flask, database: Database) -> Browser:
    """A browser nobody is signed in to."""
    return Browser(app, database)


@pytest.fixture
def browsers(app: Flask, database: Database) -> Any:
    """Call it with a person for a browser in which they are signed in."""
    return lambda person: Browser(app, database).sign_in(person)


@pytest.fixture
def cast(app: Flask, database: Database) -> factories.Cast:
    """The fixed cast, committed; for tests of pages."""
    with database.writer() as s:
        made = factories.cast(s)
        s.commit()
        s.expunge_all()
    return made


@pytest.fixture
def later() -> Any:
    """Shorthand for a span of time: `later(hours=2)`."""
    return timedelta


@pytest.fixture
def count_queries(_database: Database) -> Any:
    """A context manager that counts the statements sent to the database inside it."""
    return lambda: _Counter()


class _Counter:
    def __init__(self) -> None:
        self.statements: list[str] = []

    def __enter__(self) -> "_Counter":
        sa.event.listen(sa.Engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *error: object) -> None:
        sa.event.remove(sa.Engine, "before_cursor_execute", self._note)

    def _note(self, conn: Any, cursor: Any, statement: str, *more: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            self.statements.append(statement)

    def __len__(self) -> int:
        return len(self.statements)


@pytest.fixture
def unused_tcp_port() -> int:
    """A port on loopback that nobody listens on at this moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _chromium() -> str | None:
    names = (os.environ.get("LMS_CHROMIUM", "chromium"), "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser of this machine, one for all tests of a process; with CI=true a missing one is a failure, not a skip."""
    binary = _chromium()
    if binary is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium here; `make chromium` installs one")
        pytest.skip("no Chromium here; `make chromium` installs one")
    expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=list(QUIET))
        yield browser
        browser.close()
