"""Every page for everybody: nothing for axe to find, forms that refuse politely, and a way through by keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site
from tests.journeys.looking import STOP, WHO, axe, look, places, visiting

KEYBOARD = {
    "visitor": ("lms_accounts.sign_in", "lms_certificates.verify"),
    "student": ("lms_home.index", "lms_learning.lesson", "lms_narratives.write", "lms_hours.statement"),
    "far student": ("lms_quizzes.attempt",),
    "facilitator": ("lms_narratives.grade", "lms_hours.attendance"),
    "coordinator": ("lms_cohorts.cohort", "lms_reports.grant"),
}


def at(site: Site, who: str, endpoint: str) -> str:
    """Return the address of one page as one person sees it."""
    return next(site.url + one.path for one in places(site).every if (one.who, one.endpoint) == (who, endpoint))


def test_no_page_was_forgotten(site: Site) -> None:
    """A new page needs a real code for its address in everywhere.py; then everything here looks at it, too."""
    found = places(site)
    assert found.unseen == frozenset()
    assert set(found.cookies) == set(WHO)
    assert len({place.endpoint for place in found.places}) > 60


@pytest.mark.parametrize("who", WHO)
def test_axe_finds_nothing_on_any_page_in_either_theme(site: Site, chromium: Browser, who: str) -> None:
    """WCAG 2.0 to 2.2, A and AA, and axe's best practice, on a phone; contrast in the dark; LMS_AXE=1 adds a wide screen."""
    seen = look(site, chromium, who)
    assert seen.pages == sum(place.who == who for place in places(site).places)
    assert seen.access == []


REFUSED: list[tuple[str, str, str, dict[str, str]]] = [
    ("visitor", "lms_accounts.sign_in", "Sign in", {}),
    ("visitor", "lms_cohorts.invitation", "Accept the invitation", {"Your name": ""}),
    ("far student", "lms_hours.practice", "", {}),
    ("far coordinator", "lms_cohorts.new_cohort", "Make this cohort", {"First day": ""}),
    ("far coordinator", "lms_cohorts.new_grant", "Record this grant", {}),
    ("founding coordinator", "lms_cohorts.new_provider", "Set up this provider", {}),
]


@pytest.mark.parametrize(("who", "endpoint", "button", "typed"), REFUSED, ids=lambda one: str(one))
def test_a_form_that_is_refused_says_so_first_and_to_everybody(
    site: Site, chromium: Browser, who: str, endpoint: str, button: str, typed: dict[str, Any]
) -> None:
    with visiting(site, chromium, who) as page:
        page.goto(at(site, who, endpoint))
        for label, value in typed.items():
            page.get_by_label(label, exact=True).fill(value)
        main = page.get_by_role("main")
        (main.get_by_role("button", name=button, exact=True) if button else main.locator("form button").last).click()
        summary = page.get_by_role("alert")
        expect(summary).to_be_focused()
        links = summary.get_by_role("link").all()
        assert links
        for link in links:
            field = page.locator(str(link.get_attribute("href")))
            assert field.get_attribute("aria-invalid") == "true" or field.evaluate("e => e.tagName") == "FIELDSET"
        assert axe(page) == []


@pytest.mark.parametrize(("who", "endpoint"), [(who, one) for who, some in KEYBOARD.items() for one in some])
def test_the_keyboard_reaches_everything_and_sees_where_it_is(
    site: Site, chromium: Browser, who: str, endpoint: str
) -> None:
    with visiting(site, chromium, who) as page:
        page.goto(at(site, who, endpoint))
        page.keyboard.press("Tab")
        skip = page.locator("a.skip")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        stops = _stops(page)
        assert len(stops) >= page.locator("main").locator("a[href], button, input:not([type=hidden])").count() // 3
        assert [stop["name"] for stop in stops if stop["covered"] or not (stop["seen"] and stop["ring"])] == []
        skip.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main, footer') !== null")


def _stops(page: Page) -> list[dict[str, Any]]:
    """Press Tab until the page is left, or sixty times."""
    found: list[dict[str, Any]] = []
    for _press in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["body"]:
            break
        found.append(stop)
    return found


def test_every_choice_of_a_quiz_is_made_by_keyboard_alone(site: Site, chromium: Browser) -> None:
    with visiting(site, chromium, "far student") as page:
        page.goto(at(site, "far student", "lms_quizzes.attempt"))
        first = page.locator("main input[type=radio]").first
        first.focus()
        page.keyboard.press("Space")
        assert first.is_checked()
        page.keyboard.press("ArrowDown")
        assert page.locator("main input[type=radio]").nth(1).is_checked()
