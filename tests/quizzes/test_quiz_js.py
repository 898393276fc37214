"""What quiz.js adds, in a real browser: nothing chosen is lost, the clock is words, the server decides."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.quizzes import service
from lms.quizzes.models import Attempt
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.test_views import Sitting

pytestmark = pytest.mark.journey
MINUTE = timedelta(minutes=1)


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
def student(browsers: Any, cast: Cast) -> Browser:
    return browsers(cast.student)


@pytest.fixture
def sitting(database: Database, student: Browser, cast: Cast) -> Sitting:
    return Sitting(database, student, cast.seat, "quiz-m1")


@pytest.fixture
def page(chromium: Chromium, address: str, student: Browser, sitting: Sitting) -> Iterator[Page]:
    """The attempt's first page, with a clock that only the test moves."""
    context = chromium.new_context(base_url=address)
    cookie = student.client.get_cookie("groundwork")
    assert cookie is not None
    context.add_cookies([{"name": "groundwork", "value": cookie.value, "url": address}])
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.clock.install()
    opened.goto(sitting.page)
    yield opened
    context.close()
    assert faults == []


def option(page: Page, position: int, number: int) -> Any:
    return page.locator(f"input[name=a-{position}][value='{number}']")


def saved(page: Page) -> Any:
    return page.locator("#saved")


def test_each_answer_is_saved_as_it_is_given(page: Page, sitting: Sitting) -> None:
    option(page, 1, 2).check()
    expect(saved(page)).to_contain_text("Saved 12:00:00")
    assert sitting.answers() == {1: [2]}
    expect(page.locator("#qm")).to_have_text("1 of 4 answered")
    expect(page.get_by_role("button", name="Question 1, answered")).to_be_visible()
    page.get_by_label("Keep question 2 for later").check()
    expect(page.locator("#qm")).to_have_text("1 of 4 answered, 1 kept for later")
    expect(page.locator("#q2 .saved")).to_contain_text("Kept for later")
    page.get_by_label("Keep question 2 for later").uncheck()
    expect(page.locator("#q2 .saved")).to_contain_text("Not answered yet")
    assert page.evaluate("Object.keys(JSON.parse(localStorage.getItem(Object.keys(localStorage)[0])).waiting)") == []


def test_offline_answers_wait_on_the_page_survive_a_reload_and_arrive(page: Page, sitting: Sitting) -> None:
    page.context.set_offline(True)
    option(page, 1, 2).check()
    option(page, 2, 0).check()
    expect(saved(page)).to_contain_text("Not saved yet. It stays on this page; we try again every 5 seconds.")
    kept = page.evaluate("localStorage.getItem(Object.keys(localStorage)[0])")
    page.get_by_role("button", name="Save and go on").click()
    expect(saved(page)).to_contain_text("Not sent yet.")
    assert "page=2" not in page.url
    page.close()
    again = page.context.new_page()
    page.context.set_offline(False)
    again.goto(sitting.page)
    expect(option(again, 1, 2)).to_be_checked()
    expect(saved(again)).to_contain_text("Saved")
    assert sitting.answers() == {1: [2], 2: [0]}
    assert "way" not in kept, "numbers only"


def test_it_tries_again_every_five_seconds(page: Page, sitting: Sitting) -> None:
    tries = []
    page.route("**/answers", lambda route: tries.append(1) or (route.abort() if len(tries) < 4 else route.continue_()))
    option(page, 1, 3).check()
    expect(saved(page)).to_contain_text("Not saved yet")
    for _five_seconds in range(3):
        page.clock.run_for(5000)
    expect(saved(page)).to_contain_text("Saved")
    assert len(tries) == 4
    assert sitting.answers() == {1: [3]}


def test_a_quick_hand_ends_with_its_last_choice(page: Page, sitting: Sitting) -> None:
    for number in (0, 1, 2, 3, 1):
        option(page, 1, number).check()
    expect(page.locator("#q1 .saved")).to_contain_text("Saved")
    assert sitting.answers() == {1: [1]}


def test_two_tabs_share_one_count_and_the_last_choice_stands(page: Page, sitting: Sitting) -> None:
    other = page.context.new_page()
    other.goto(sitting.page)
    for tab, number in ((page, 0), (other, 1), (page, 2), (other, 3)):
        option(tab, 1, number).check()
        expect(tab.locator("#q1 .saved")).to_contain_text("Saved")
    assert sitting.answers() == {1: [3]}
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**page=2*")
    assert sitting.answers() == {1: [3]}, "the page that was older takes nothing back"


def test_an_answer_from_another_device_stands_and_is_shown(page: Page, sitting: Sitting) -> None:
    sitting.save((1, 3), sequence=40)
    option(page, 1, 0).click()  # not `check`, which looks whether it stays: the reply may already have put it back
    expect(page.locator("#q1 .saved")).to_contain_text("That answer stands; choose again to change it.")
    expect(option(page, 1, 3)).to_be_checked()
    option(page, 1, 0).check()
    expect(page.locator("#q1 .saved")).to_contain_text("Saved")
    assert sitting.answers() == {1: [0]}


def test_signed_out_says_so_keeps_and_goes_on_after_signing_in(
    page: Page, sitting: Sitting, browsers: Any, cast: Cast, clock: FixedClock
) -> None:
    cookies = page.context.cookies()
    page.context.clear_cookies()
    option(page, 1, 2).check()
    expect(saved(page)).to_contain_text("You are signed out. Your answers stay on this page.")
    expect(saved(page).get_by_role("link", name="Sign in in a new tab")).to_be_visible()
    posts = []
    page.on("request", lambda request: posts.append(request.method) if request.method == "POST" else None)
    page.clock.run_for(11_000)
    assert posts == [], "a page that knows it is signed out does not knock with answers"
    page.context.add_cookies(cookies)
    page.clock.run_for(5000)
    expect(saved(page)).to_contain_text("Saved")
    assert sitting.answers() == {1: [2]}


def pass_time(page: Page, clock: FixedClock, minutes: int, seconds: int = 0) -> None:
    """Let time pass on the device and on the server alike."""
    clock.advance(timedelta(minutes=minutes, seconds=seconds))
    page.clock.fast_forward(f"{minutes:02d}:{seconds:02d}")


def test_the_clock_is_told_in_words_and_can_be_hidden(page: Page, clock: FixedClock) -> None:
    time, said = page.locator("#time"), page.locator("#time-said")
    expect(time).to_have_text("30 minutes left")
    pass_time(page, clock, 10)
    expect(time).to_have_text("20 minutes left")
    page.get_by_role("button", name="Hide the time").click()
    expect(time).to_have_text("The time is hidden")
    expect(page.locator("#time-of")).to_be_hidden()
    expect(said).to_have_text("")
    pass_time(page, clock, 15, 1)
    expect(said).to_have_text("Less than 5 minutes left")
    expect(time).to_have_text("Less than 5 minutes left")
    page.get_by_role("button", name="Show the time").click()
    expect(time).to_have_text("5 minutes left")
    pass_time(page, clock, 4)
    expect(said).to_have_text("Less than 1 minute left")


def test_time_that_was_added_shows_within_a_minute(page: Page, sitting: Sitting, database: Database) -> None:
    with database.writer() as s:
        s.execute(sa.update(Attempt).values(deadline=NOON + 45 * MINUTE, extra_seconds=900))
        s.commit()
    page.clock.run_for(61_000)
    expect(page.locator("#time")).to_have_text("45 minutes left")


def test_a_limit_that_was_taken_away_shows_within_a_minute(page: Page, database: Database) -> None:
    with database.writer() as s:
        s.execute(sa.update(Attempt).values(deadline=None))
        s.commit()
    page.clock.run_for(61_000)
    expect(page.locator("#time")).to_have_text("No time limit")
    expect(page.locator("#time-of")).to_have_text("(usually 30 minutes; no limit for you)")


def test_when_the_time_is_up_it_saves_sends_once_and_the_server_decides(
    page: Page, sitting: Sitting, clock: FixedClock
) -> None:
    page.route("**/answers", lambda route: route.abort())
    option(page, 1, sitting.right[1]).check()
    expect(saved(page)).to_contain_text("Not saved yet")
    page.unroute("**/answers")
    clock.advance(30 * MINUTE + timedelta(seconds=1))
    page.clock.fast_forward("30:01")
    page.wait_for_url("**/result")
    assert (sitting.row().state, sitting.row().points) == ("submitted", 100)


def test_a_device_that_runs_fast_does_not_end_the_quiz(page: Page, sitting: Sitting) -> None:
    page.clock.fast_forward("45:00")
    page.clock.run_for(2000)
    expect(page.locator("#time")).to_have_text("30 minutes left")
    assert sitting.row().state == "in_progress"
    assert page.url.endswith(sitting.page)


def test_the_servers_word_is_as_old_as_the_question_and_an_older_word_is_not_taken(page: Page) -> None:
    script = page.locator("script[src*='quiz.js']").get_attribute("src")
    page.evaluate(
        """async (script) => {
            const { Countdown } = await import(script);
            globalThis.c = new Countdown(0, 600_000);
            globalThis.asked = performance.now();
        }""",
        script,
    )
    page.clock.fast_forward("01:00")  # the device slept while the answer was on its way
    left = "() => Math.round(globalThis.c.left)"
    page.evaluate("globalThis.c.set(0, 600_000, globalThis.asked)")
    assert page.evaluate(left) == 540
    page.evaluate("globalThis.c.set(60_000, 900_000)")
    assert page.evaluate(left) == 840, "somebody added time"
    page.evaluate("globalThis.c.set(0, 600_000, globalThis.asked)")
    assert page.evaluate(left) == 840


def test_what_arrives_after_the_end_is_kept_and_said(page: Page, sitting: Sitting, clock: FixedClock) -> None:
    page.context.set_offline(True)
    option(page, 1, 2).check()
    expect(saved(page)).to_contain_text("Not saved yet")
    page.close()
    clock.advance(40 * MINUTE)
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(sitting.page)
    expect(again.locator("#leftovers")).to_contain_text("They are not counted; they are kept")
    arrived = sitting.taken()  # the page that closes may have knocked once more, too
    assert set(arrived) == {"late"}
    again.reload()
    expect(again.locator("main")).to_contain_text("An answer to one question arrived too late.")
    assert sitting.taken() == arrived


def test_another_tab_that_sent_the_quiz_is_noticed(page: Page, sitting: Sitting, database: Database) -> None:
    with database.writer() as s:
        attempt = service.attempt_by_code(s, sitting.code)
        assert attempt is not None
        service.submit(s, attempt, now=attempt.started_at + MINUTE)
        s.commit()
    option(page, 1, 2).check()
    expect(saved(page)).to_contain_text("This quiz is closed.")
    expect(option(page, 1, 2)).to_be_disabled()
    saved(page).get_by_role("link", name="See how it ended").click()
    page.wait_for_url("**/result")
    assert sitting.taken() == ["closed"]


def test_sending_by_hand_waits_for_what_is_on_its_way(page: Page, sitting: Sitting) -> None:
    sitting.save_all()
    page.goto(sitting.page + "?page=2")
    wrong = (sitting.right[4] + 1) % 4
    option(page, 4, wrong).check()
    page.get_by_role("button", name="Save and send the quiz").click()
    page.wait_for_url("**/result")
    assert (sitting.row().state, sitting.row().points) == ("submitted", 300)


def test_enter_saves_and_hides_nothing(page: Page, sitting: Sitting) -> None:
    option(page, 1, 2).check()
    option(page, 1, 2).press("Enter")
    page.wait_for_url("**page=1*")
    assert "hidden" not in page.url
    assert sitting.answers() == {1: [2]}


def test_the_page_works_without_scripts(chromium: Chromium, address: str, student: Browser, sitting: Sitting) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    cookie = student.client.get_cookie("groundwork")
    assert cookie is not None
    context.add_cookies([{"name": "groundwork", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.goto(sitting.page)
    option(page, 1, sitting.right[1]).check()
    page.get_by_role("button", name="Hide the time").click()
    expect(page.locator("#time")).to_have_text("The time is hidden")
    expect(option(page, 1, sitting.right[1])).to_be_checked()
    page.get_by_role("button", name="Question 4, open").click()
    option(page, 4, sitting.right[4]).check()
    page.get_by_role("button", name="Save and send the quiz").click()
    expect(page.get_by_role("heading", name="Not sent yet: 2 questions to look at")).to_be_visible()
    page.get_by_role("link", name="Question 2 has no answer").click()
    option(page, 2, sitting.right[2]).check()
    page.get_by_role("button", name="Save and go on").click()
    option(page, 3, sitting.right[3]).check()
    page.get_by_role("button", name="Save and send the quiz").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Passed with 100 %")
    context.close()
