"""A student's and a facilitator's work with the keys alone: every stop is seen, ringed, and under nothing."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PASSWORD, Site, Walker
from tests.journeys.everywhere import Place
from tests.journeys.looking import STOP, places

STUDENT = "Ọlámidé Thistledown-Featherstonehaugh Wolfeschlegelsteinhausenbergerdorff"
FACILITATOR = "Maximiliana Bartholomew-Cholmondeley Okonkwo"
HERE = "e => e.contains(document.activeElement)"


def reach(page: Page, target: Locator) -> Locator:
    """Press Tab until the focus stands in `target`; at each stop it can be seen where it is."""
    for _press in range(150):
        page.keyboard.press("Tab")
        stop: dict[str, Any] = page.evaluate(STOP)
        assert stop["body"] or (stop["seen"] and stop["ring"] and not stop["covered"]), stop
        if target.evaluate(HERE):
            return target
    raise AssertionError(f"no key leads to {target}")


def choose(page: Page) -> None:
    """Choose with Space, then the next one with an arrow."""
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.checked")


def sign_in(walk: Callable[..., Walker], site: Site, name: str) -> Page:
    """Sign in by keyboard; Enter in the last box sends the form."""
    places(site)  # makes the people of Far Hill
    address, page = site.let_in(name), walk().go("/sign-in").page
    reach(page, page.get_by_label("E-mail address"))
    page.keyboard.type(address)
    reach(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(site.url + "/")
    return page


def ways(site: Site, who: str, endpoint: str) -> Iterator[Place]:
    """Give the addresses at which somebody has a page."""
    return (place for place in places(site).every if (place.who, place.endpoint) == (who, endpoint))


def open_one(page: Page, site: Site, who: str, endpoint: str, holding: str) -> Locator:
    """Open the first of these pages that holds something, and return that."""
    for place in ways(site, who, endpoint):
        page.goto(site.url + place.path)
        if page.locator(holding).count():
            return page.locator(holding).first
    raise AssertionError(f"no {endpoint} of {who} holds {holding}")


def test_a_student_reads_answers_and_writes_by_keyboard_alone(walk: Callable[..., Walker], site: Site) -> None:
    page = sign_in(walk, site, STUDENT)
    lessons = page.get_by_role("navigation", name="Main").get_by_role("link", name="Lessons", exact=True)
    reach(page, lessons)
    page.keyboard.press("Enter")
    expect(page).to_have_url(site.url + "/lessons")

    reach(page, open_one(page, site, "far student", "lms_learning.lesson", "#on button"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/lessons/[a-z-]+/2"))

    reach(page, open_one(page, site, "far student", "lms_quizzes.attempt", "fieldset.q:has(input[type=radio])"))
    choose(page)
    chosen = page.evaluate("[document.activeElement.name, document.activeElement.value]")
    reach(page, page.get_by_role("main").get_by_role("button", name=re.compile("^Save( and go on)?$")))
    page.keyboard.press("Enter")
    expect(page.locator("#saved .mark")).to_have_class(re.compile("is-done"))
    open_one(page, site, "far student", "lms_quizzes.attempt", "fieldset.q:has(input[type=radio])")
    assert page.locator(f"input[name='{chosen[0]}'][value='{chosen[1]}']").is_checked()

    reach(page, open_one(page, site, "far student", "lms_narratives.write", "#text"))
    page.keyboard.type("Written with the keys alone. ")
    reach(page, page.get_by_role("button", name="Save and leave"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("nobody else can open it")


def test_a_facilitator_grades_a_narrative_by_keyboard_alone(walk: Callable[..., Walker], site: Site) -> None:
    page = sign_in(walk, site, FACILITATOR)
    reach(page, open_one(page, site, "far facilitator", "lms_narratives.grade", "form.rubric fieldset.crit"))
    choose(page)
    reach(page, page.locator("#feedback"))
    page.keyboard.type("I could see the porch. ")
    reach(page, page.get_by_role("button", name="Save and leave"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/to-read$"))
