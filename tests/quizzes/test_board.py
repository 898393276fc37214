"""The board of a running quiz: who is here, how far, how much time is left; as cheap for three hundred as for fifteen."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.quizzes import rules, service
from lms.quizzes.rules import Seen, Timing
from tests import factories
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.conftest import permit
from tests.quizzes.test_service import put
from tests.quizzes.test_views import JSON, Sitting

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def line(name: str = "A", state: rules.Recorded = "in_progress", seen: int = 0, asks: bool = False) -> Seen:
    timing = Timing(NOON, NOON + 30 * MINUTE, state)
    return Seen("CODE", name, 1, timing, 1, 4, None, NOON + seen * SECOND, asks)


def test_who_asks_stands_first_then_who_is_at_work() -> None:
    found = rules.board([line("D", "submitted"), line("C"), line("B"), line("Z", asks=True)], NOON)
    assert [one.seen.name for one in found] == ["Z", "B", "C", "D"]


@pytest.mark.parametrize(("after", "connected"), [(0, True), (120, True), (121, False)])
def test_connected_means_heard_of_within_two_minutes(after: int, connected: bool) -> None:
    (found,) = rules.board([line()], NOON + after * SECOND)
    assert found.connected == connected


def test_a_closed_one_has_no_time_and_is_not_connected() -> None:
    sent, expired = rules.board([line("A", "submitted"), line("B", "expired")], NOON)
    assert (sent.left, sent.connected, sent.under_way, sent.reopens) == (None, False, False, False)
    assert expired.reopens


@pytest.mark.parametrize("people", [15, 300])
def test_the_board_costs_four_questions(s: Session, count_queries: Any, people: int) -> None:
    cohort = factories.cohort(s, seats=people)
    first = factories.enrolment(s, cohort)
    leave = permit(s, first)
    for at in range(people):
        seat = first if at == 0 else factories.enrolment(s, cohort)
        attempt = service.start_attempt(s, rules.Permit(seat.id, leave.quiz, leave.banks, leave.release, 1), now=NOON)
        if at < 15:
            put(s, attempt, 1, [0], 1, now=NOON + at * SECOND)
            put(s, attempt, 2, [], 1, now=NOON + at * SECOND)
    s.expunge_all()
    with count_queries() as counted:
        found = service.board_of(s, cohort.id, "quiz-m1", now=NOON + MINUTE)
    assert len(found) == people
    assert len(counted) == 4
    assert sum(one.seen.answered for one in found) == 15, "one taken back is not an answer"
    assert {one.seen.questions for one in found} == {4}


def test_it_shows_a_day_and_this_quiz_of_this_cohort_only(s: Session) -> None:
    one = factories.enrolment(s, factories.cohort(s))
    elsewhere = factories.enrolment(s, factories.cohort(s, one.cohort.provider, one.cohort.release))
    mine = service.start_attempt(s, permit(s, one), now=NOON)
    service.start_attempt(s, permit(s, elsewhere), now=NOON)
    service.start_attempt(s, permit(s, one, "check-m1-l1"), now=NOON)
    assert [line.seen.code for line in service.board_of(s, one.cohort_id, "quiz-m1", now=NOON)] == [mine.code]
    service.submit(s, mine, now=NOON + MINUTE)
    assert len(service.board_of(s, one.cohort_id, "quiz-m1", now=NOON + timedelta(hours=12))) == 1
    assert service.board_of(s, one.cohort_id, "quiz-m1", now=NOON + timedelta(hours=13)) == []
    assert service.running(s, one.cohort_id) == {"check-m1-l1": 1}


# — pages


@pytest.fixture
def sitting(database: Database, browsers: Any, cast: Cast) -> Sitting:
    return Sitting(database, browsers(cast.student), cast.seat, "quiz-m1")


@pytest.fixture
def marcus(browsers: Any, cast: Cast) -> Browser:
    return browsers(cast.facilitator)


@pytest.fixture
def path(cast: Cast) -> str:
    return f"/cohorts/{cast.cohort.code}/quizzes/quiz-m1"


def test_the_board_shows_people_answers_and_signs_of_life(
    sitting: Sitting, marcus: Browser, path: str, clock: FixedClock, cast: Cast
) -> None:
    assert "1 sits it now" in marcus.get(f"/cohorts/{cast.cohort.code}/quizzes").text
    sitting.save((1, 0), (2, 1))
    page = marcus.get(path).text
    assert "1 person sits it now" in page
    assert cast.student.name in page
    for words in ("2 of 4", "12:00:00", "30 minutes", ">Yes<"):
        assert words in page
    clock.advance(5 * MINUTE)
    assert "Not since 12:00" in marcus.get(path).text
    assert sitting.browser.post(sitting.page + "/answers", headers=JSON).status_code == 200
    page = marcus.get(path).text
    assert ">Yes<" in page, "an open page asks once a minute, by the way that may write"
    assert "12:00:00" in page, "asking is not saving"


def test_looking_at_an_attempt_writes_nothing(sitting: Sitting) -> None:
    sitting.browser.get(sitting.page)
    sitting.browser.get(sitting.page, headers=JSON)
    assert sitting.row().seen_at is None


def test_time_for_all_and_for_one(sitting: Sitting, marcus: Browser, path: str) -> None:
    assert marcus.post(path + "/extend", {"minutes": "10", "base": "end"}).location == path
    assert "1 person has the time now." in marcus.get(path).text
    assert sitting.row().deadline == NOON + 40 * MINUTE
    assert marcus.post(sitting.page + "/extend", {"minutes": "5", "base": "end"}).location == sitting.page + "/help"
    assert sitting.row().deadline == NOON + 45 * MINUTE
    for where in (path, sitting.page):
        assert marcus.post(where + "/extend", {"minutes": "0", "base": "end"}).status_code == 422
        assert marcus.post(where + "/extend", {"minutes": "5", "base": "never"}).status_code == 422


def test_an_expired_one_is_opened_again_from_its_page(
    sitting: Sitting, browsers: Any, cast: Cast, clock: FixedClock
) -> None:
    clock.advance(40 * MINUTE)
    marcus = browsers(cast.facilitator)
    assert "Open it again" in marcus.get(sitting.page + "/help").text
    again = marcus.post(sitting.page + "/reopen", {"minutes": "15", "reason": " "})
    assert again.status_code == 422
    assert "Write a short reason." in again.text
    sent = {"minutes": "15", "reason": "The power went out."}
    assert marcus.post(sitting.page + "/reopen", sent).location == sitting.page + "/help"
    assert sitting.row().deadline == NOON + 55 * MINUTE
    assert "15 minutes left" in sitting.browser.get(sitting.page).text
    assert "The power went out." in marcus.get(sitting.page + "/history").text
    assert marcus.post(sitting.page + "/reopen", sent).status_code == 409


def test_who_may(browsers: Any, cast: Cast, path: str, marcus: Browser) -> None:
    for who, status in ((cast.student, 403), (cast.stranger, 404), (cast.other_facilitator, 404), (cast.funder, 404)):
        assert browsers(who).get(path).status_code == status
        assert browsers(who).post(path + "/extend").status_code == status
    assert browsers(cast.coordinator).get(path).status_code == 200
    assert "Nobody sits it now" in marcus.get(path).text
    assert marcus.get(path.replace("quiz-m1", "check-m1-l1")).status_code == 404


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.journey
def test_the_board_brings_itself_up_to_date(
    chromium: Chromium, address: str, marcus: Browser, path: str, sitting: Sitting, clock: FixedClock
) -> None:
    context = chromium.new_context(base_url=address)
    cookie = marcus.client.get_cookie("groundwork")
    assert cookie is not None
    context.add_cookies([{"name": "groundwork", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.clock.install()
    page.goto(path)
    expect(page.locator("table")).to_contain_text("0 of 4")
    sitting.save((1, 0))
    page.get_by_label("Minutes").fill("25")
    page.clock.run_for(16_000)
    expect(page.locator("table")).to_contain_text("1 of 4")
    expect(page.get_by_label("Minutes")).to_have_value("25")
    page.context.set_offline(True)
    page.clock.run_for(16_000)
    expect(page.locator("#stale")).to_be_visible()
    page.context.set_offline(False)
    clock.advance(MINUTE)
    page.clock.run_for(16_000)
    expect(page.locator("#stale")).to_be_hidden()
    expect(page.locator("[data-fresh=asof]")).to_have_text("As of 12:01:00")
    context.close()
