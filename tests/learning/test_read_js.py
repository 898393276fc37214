"""What read.js adds, in a real browser: visible time alone counts, and nothing counted is lost."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.serving import make_server

from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.learning.models import PartOpened, ReadingSpan
from tests.factories import Cast

pytestmark = pytest.mark.journey
SHOW = """state => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def context(chromium: Chromium, address: str, browsers: Any, cast: Cast) -> Iterator[BrowserContext]:
    """A browser in which the student is signed in."""
    opened = chromium.new_context(base_url=address)
    cookie = browsers(cast.student).client.get_cookie("groundwork")
    opened.add_cookies([{"name": "groundwork", "value": cookie.value, "url": address}])
    opened.clock.install()
    yield opened
    opened.close()


class Reader:
    """A tab in which somebody reads; its clock and the server's move together."""

    def __init__(self, context: BrowserContext, clock: FixedClock, database: Database, path: str) -> None:
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self._under_way: set[Any] = set()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda asked: self._under_way.add(asked))
        self.page.on("requestfinished", lambda asked: self._under_way.discard(asked))
        self.page.on("requestfailed", lambda asked: self._under_way.discard(asked))
        self._clock, self._database = clock, database
        with self.page.expect_response("**/beats"):
            self.page.goto(path)

    def read(self, seconds: int) -> "Reader":
        """Let time pass on the page; the line is quick, so that nothing is under way when the clocks move."""
        while seconds > 0:
            self._quiet()
            step = min(20, seconds)
            self._clock.advance(timedelta(seconds=step))
            self.page.clock.run_for(step * 1000)
            seconds -= step
        self.page.clock.run_for(1100)  # the page looks once a second: let it see the last one
        self._quiet()
        return self

    def show(self, state: str) -> None:
        """Hide the page behind another, or bring it back."""
        self.page.evaluate(SHOW, state)
        self._quiet()

    def _quiet(self) -> None:
        for _wait in range(100):
            self.page.wait_for_timeout(30)
            if not self._under_way:
                return

    def said(self, words: str) -> None:
        """Expect the quiet fact in the margin."""
        expect(self.page.locator("#reading")).to_have_text(words)

    def noted(self, words: str) -> None:
        """Expect the note beneath it."""
        expect(self.page.locator("#reading-note")).to_contain_text(words)

    def measured(self, seconds: int) -> None:
        """Expect what the server has measured in all, as soon as the reports under way have arrived."""
        for _wait in range(60):
            if self._total() == seconds:
                return
            self.page.wait_for_timeout(50)
            self.page.clock.run_for(200)  # a report that waits behind another goes out at the next look
        assert self._total() == seconds

    def _total(self) -> int:
        with self._database.reader() as s:
            return sum(int((x.ended_at - x.started_at).total_seconds()) for x in s.scalars(sa.select(ReadingSpan)))


@pytest.fixture
def reader(context: BrowserContext, clock: FixedClock, database: Database) -> Iterator[Reader]:
    made = Reader(context, clock, database, "/lessons/m1-l1/1")
    made.said("Measured 0 min")
    yield made
    assert made.faults == []


def opened(database: Database) -> set[int]:
    with database.reader() as s:
        return set(s.scalars(sa.select(PartOpened.part)))


def test_looking_at_a_part_opens_it_and_its_time_is_measured(reader: Reader, database: Database) -> None:
    reader.read(200)
    reader.measured(200)
    reader.said("Measured 3 min")
    assert opened(database) == {1}


def test_a_hidden_page_earns_nothing(reader: Reader) -> None:
    reader.read(40)
    reader.show("hidden")
    reader.read(300)
    reader.show("visible")
    reader.read(40)
    reader.measured(80)


def test_reading_without_a_line_is_kept_through_a_reload_and_sent_later(reader: Reader) -> None:
    reader.read(20)
    reader.page.context.set_offline(True)
    reader.read(240)
    reader.noted("Your reading time is kept on this page and sent later.")
    reader.measured(20)
    reader.page.context.set_offline(False)
    reader.page.reload()
    reader.said("Measured 4 min")
    reader.measured(260)
    expect(reader.page.locator("#reading-note")).to_have_text("")


def test_time_waiting_for_one_lesson_is_sent_from_the_next(
    reader: Reader, context: BrowserContext, database: Database
) -> None:
    context.set_offline(True)
    reader.read(120)
    context.set_offline(False)
    reader.page.goto("/lessons/m1-l2/1")
    reader.said("Measured 0 min")
    reader.measured(120)
    with database.reader() as s:
        rows = {row.lesson: row.ended_at - row.started_at for row in s.scalars(sa.select(ReadingSpan))}
    assert rows["m1-l1"] == timedelta(seconds=120)


def test_part_of_a_beat_goes_with_the_reader_to_the_next_page(reader: Reader, database: Database) -> None:
    reader.read(15)
    reader.page.get_by_role("button", name="Go on").or_(reader.page.get_by_role("button", name="go on")).click()
    expect(reader.page.locator("#part")).to_have_text("Part 2")
    reader.read(5)
    reader.measured(20)
    assert opened(database) == {1, 2}


def test_the_button_does_not_add_to_what_the_script_measures(reader: Reader) -> None:
    reader.show("hidden")
    reader.read(100)
    reader.show("visible")
    reader.page.locator("#on button").click()
    expect(reader.page.locator("#part")).to_have_text("Part 2")
    reader.measured(0)


def test_a_session_that_ends_is_said_and_nothing_is_lost(reader: Reader, context: BrowserContext) -> None:
    reader.read(20)
    cookies = context.cookies()
    context.clear_cookies()
    reader.read(60)
    reader.noted("You are signed out.")
    context.add_cookies(cookies)  # type: ignore[arg-type]
    reader.read(60)
    reader.measured(140)
    expect(reader.page.locator("#reading-note")).to_have_text("")


def test_a_stale_token_is_replaced(reader: Reader) -> None:
    spoiled: list[str] = []

    def spoil(route: Any) -> None:
        sent = route.request.post_data
        spoiled.append(sent)
        route.continue_(post_data=sent.replace("csrf_token=", "csrf_token=x") if len(spoiled) == 1 else sent)

    reader.page.route("**/beats", spoil)
    reader.read(20)
    reader.measured(20)
    assert len(spoiled) == 2


def test_a_duplicated_tab_takes_an_id_of_its_own(
    reader: Reader, context: BrowserContext, clock: FixedClock, database: Database
) -> None:
    reader.read(100)
    kept = reader.page.evaluate("JSON.stringify(sessionStorage)")
    script = f"for (const [key, value] of Object.entries({kept})) sessionStorage.setItem(key, value);"
    context.add_init_script(script)
    twin = Reader(context, clock, database, "/lessons/m1-l1/1")
    reader.show("hidden")
    twin.read(60)
    twin.measured(160)
    twin.show("hidden")
    reader.show("visible")
    reader.read(100)
    reader.measured(260)
    with database.reader() as s:
        clients = set(s.scalars(sa.select(ReadingSpan.client)))
    assert len(clients) == 2
