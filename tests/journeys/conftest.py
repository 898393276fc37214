"""A real server with a clock that the test moves, the whole demonstration in its database, and a real browser."""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from alembic import command as alembic
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from lms.app import create_app
from lms.certificates.service import PLAIN
from lms.core.clock import FixedClock
from lms.core.db import Database, unit_of_work
from lms.core.settings import Settings
from lms.curriculum import service as curriculum
from lms.demo import service as demo
from lms.records.cli import migrations
from tests.conftest import SECRET, _empty
from tests.factories import NOON

AXE = Path(__file__).with_name("axe.min.js")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys share one server and one demonstration: one process walks them all."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))


@dataclass
class Site:
    """A running site: its address, its clock, its database, and the letters it sent."""

    url: str
    clock: FixedClock
    database: Database
    app: Flask
    letters: list[EmailMessage]


@contextlib.contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Serve an application on a free port of this machine until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
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
        with serve(app) as address:
            yield Site(address, clock, lms.db, app, letters)
        lms.db.engine.dispose()


def _chromium() -> str | None:
    names = (os.environ.get("LMS_CHROMIUM", "chromium"), "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this machine; with CI=true a missing one is a failure, not a skip."""
    binary = _chromium()
    if binary is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium here; `make chromium` installs one")
        pytest.skip("no Chromium here; `make chromium` installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=list(QUIET))
        yield browser
        browser.close()


@dataclass
class Walker:
    """A person at a browser."""

    page: Page
    site: Site

    def sign_in(self, role: str) -> "Walker":
        """Sign in as one of the demonstration's people, through the form."""
        self.page.goto(self.site.url + "/sign-in")
        self.page.get_by_label("E-mail").fill(f"{role}@demo.example")
        self.page.get_by_label("Password", exact=True).fill("walk beside me gently")
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        return self

    def go(self, path: str) -> "Walker":
        """Open an address of the site."""
        self.page.goto(self.site.url + path)
        return self

    def later(self, **span: float) -> "Walker":
        """Let time pass, for the server and for the page."""
        self.site.clock.advance(timedelta(**span))
        return self

    @property
    def heading(self) -> str:
        """The page's first heading."""
        return self.page.locator("h1").inner_text()


@pytest.fixture
def walk(chromium: Browser, site: Site) -> Iterator[Callable[..., Walker]]:
    """Call it for a fresh browser at the site; `scripts=False` runs none, `phone=True` is 360 pixels wide."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def start(scripts: bool = True, phone: bool = False, at: Site | None = None, **more: Any) -> Walker:
        size = {"width": 360, "height": 740} if phone else {"width": 1280, "height": 900}
        context = chromium.new_context(viewport=size, java_script_enabled=scripts, accept_downloads=True, **more)  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda lost: complaints.append(f"{lost.url} {lost.failure}"))
        home = (at or site).url
        page.on(
            "request", lambda asked: complaints.append(asked.url) if not asked.url.startswith((home, "data:")) else None
        )
        return Walker(page, at or site)

    yield start
    for context in opened:
        context.close()
    assert complaints == [], "a page broke, lost a request, or asked another site"
