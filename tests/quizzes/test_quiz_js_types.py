"""Fields in a real browser: lists and words are saved as they are given, and words for a person stay off the device."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from lms.core.db import Database
from lms.quizzes.rules import right_choice
from tests.conftest import Browser
from tests.factories import Cast
from tests.quizzes.test_quiz_js import address
from tests.quizzes.test_types_on_pages import Mixed

__all__ = ["address"]
pytestmark = pytest.mark.journey


@pytest.fixture
def student(browsers: Any, cast: Cast) -> Browser:
    return browsers(cast.student)


@pytest.fixture
def mixed(database: Database, student: Browser, cast: Cast) -> Mixed:
    return Mixed(database, student, cast.seat)


@pytest.fixture
def page(chromium: Chromium, address: str, student: Browser, mixed: Mixed) -> Iterator[Page]:
    context = chromium.new_context(base_url=address)
    cookie = student.client.get_cookie("groundwork")
    assert cookie is not None
    context.add_cookies([{"name": "groundwork", "value": cookie.value, "url": address}])
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(mixed.page)
    yield opened
    context.close()
    assert faults == []


def place(page: Page, mixed: Mixed, kind: str) -> Any:
    return page.locator(f"#q{mixed.question(kind).position}")


def stored(page: Page) -> str:
    return str(page.evaluate("JSON.stringify(localStorage)"))


def test_every_type_is_answered_and_saved(page: Page, mixed: Mixed) -> None:
    for question in mixed.questions:
        choice = right_choice(question) or ("I would ask.",)
        boxes = page.locator(f"[name='x-{question.position}']")
        for at, one in enumerate(choice):
            if not question.fields:
                page.locator(f"input[name=a-{question.position}][value='{one}']").check()
            elif isinstance(one, int):
                boxes.nth(at).select_option(str(one))
            else:
                boxes.nth(at).fill(one)
                boxes.nth(at).blur()
        expect(page.locator(f"#q{question.position} .saved")).to_contain_text("Saved")
    expect(page.locator("#qm")).to_have_text("7 of 7 answered")
    assert {at: held.choice for at, held in mixed.answers().items()} == {
        q.position: right_choice(q) or ("I would ask.",) for q in mixed.questions
    }
    page.get_by_role("button", name="Save and send the quiz").click()
    expect(page.get_by_role("heading", name="Your result waits for a person")).to_be_visible()


def test_words_are_saved_when_the_hands_rest(page: Page, mixed: Mixed) -> None:
    box = place(page, mixed, "short_answer").locator("textarea")
    box.press_sequentially("I would ask")
    expect(place(page, mixed, "short_answer").locator(".saved")).to_contain_text("Saved")
    assert mixed.answers()[mixed.question("short_answer").position].choice == ("I would ask",)
    box.press_sequentially(" first")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).last.click()
    expect(place(page, mixed, "short_answer").locator("textarea")).to_have_value("I would ask first")
    assert mixed.answers()[mixed.question("short_answer").position].choice == ("I would ask first",)


def test_half_an_answer_says_so(page: Page, mixed: Mixed) -> None:
    question = place(page, mixed, "matching")
    question.locator("select").first.select_option(index=1)
    expect(question.locator(".saved")).to_contain_text("Something here is still open.")
    expect(page.locator("#qm")).to_have_text("0 of 7 answered")


def test_offline_lists_wait_on_the_device_and_words_for_a_person_only_on_the_page(page: Page, mixed: Mixed) -> None:
    page.context.set_offline(True)
    place(page, mixed, "short_text").locator("input[name^=x-]").fill("warmline")
    box = place(page, mixed, "short_answer").locator("textarea")
    box.fill("Nobody else reads this.")
    box.blur()
    expect(place(page, mixed, "short_answer").locator(".saved")).to_contain_text("Not saved yet")
    assert "warmline" in stored(page)
    assert "Nobody else" not in stored(page)
    page.context.set_offline(False)
    expect(place(page, mixed, "short_answer").locator(".saved")).to_contain_text("Saved", timeout=15_000)
    assert mixed.answers()[mixed.question("short_answer").position].choice == ("Nobody else reads this.",)
    assert mixed.answers()[mixed.question("short_text").position].choice == ("warmline",)


def test_a_number_that_cannot_be_read_is_kept_and_said(page: Page, mixed: Mixed) -> None:
    question = place(page, mixed, "numeric")
    question.locator("input[name^=x-]").fill("12,5")
    question.locator("input[name^=x-]").blur()
    expect(question.locator(".saved")).to_contain_text("Something here is still open.")
    page.reload()
    expect(question.locator("input[name^=x-]")).to_have_value("12,5")
    expect(question).to_contain_text("cannot be read as a number yet")
