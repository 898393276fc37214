"""How every page looks: reflow, one heading, the support lines, our own letters, calm, dark, and print."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Site
from tests.journeys.looking import WHO, look, places, visiting

SAMPLE = (
    "lms_home.index",
    "lms_learning.lesson",
    "lms_hours.statement",
    "lms_narratives.write",
    "lms_certificates.mine",
)
LETTERS = """async () => {
  await document.fonts.ready;
  return [...document.fonts].filter(font => font.status === 'loaded').map(font => font.family.replaceAll('"', '')).sort();
}"""
STILL = """() => [...document.querySelectorAll('*')].filter(e => {
  const how = getComputedStyle(e);
  return how.transitionDuration.split(',').some(one => parseFloat(one) > 0) || how.animationName !== 'none' || how.scrollBehavior === 'smooth';
}).length"""


def test_the_order_of_people_is_the_one_that_is_walked(site: Site) -> None:
    assert {place.who for place in places(site).places} <= set(WHO)


@pytest.mark.parametrize("who", WHO)
def test_every_page_fits_the_narrowest_phone_and_stands_in_our_frame(site: Site, chromium: Browser, who: str) -> None:
    """No sideways scrolling at 360 and 320 pixels; one heading, a title, a line to call; nothing from elsewhere."""
    assert look(site, chromium, who).looks == []


@pytest.mark.parametrize("endpoint", SAMPLE)
def test_our_own_letters_come_and_nothing_moves(site: Site, chromium: Browser, endpoint: str) -> None:
    with visiting(site, chromium, "student") as page:
        page.goto(next(site.url + one.path for one in places(site).places if one.endpoint == endpoint))
        assert {"Page Sans", "Page Slab"} <= set(page.evaluate(LETTERS))
        assert page.evaluate(STILL) == 0


def test_a_name_never_changes_typeface_in_the_middle(site: Site, chromium: Browser) -> None:
    """Yorùbá marks, Vietnamese and Nordic letters are all in our own files."""
    with visiting(site, chromium, "far coordinator") as page:
        found = next(
            one.path for one in places(site).places if one.endpoint == "lms_cohorts.cohort" and "far" in one.who
        )
        page.goto(site.url + found)
        session = page.context.new_cdp_session(page)
        session.send("DOM.enable")
        session.send("CSS.enable")
        root = session.send("DOM.getDocument")["root"]["nodeId"]
        names = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "main th[scope=row] a"})["nodeIds"]
        assert len(names) >= 2
        for node in names:
            fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            assert {font["isCustomFont"] for font in fonts} == {True}, fonts


def test_dark_follows_the_device(site: Site, chromium: Browser) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        with visiting(site, chromium, "student", color_scheme=scheme) as page:
            page.goto(site.url + "/")
            seen[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert seen == {"light": "rgb(250, 249, 244)", "dark": "rgb(22, 26, 22)"}


def test_paper_keeps_the_words_and_the_support_lines_and_drops_the_buttons(site: Site, chromium: Browser) -> None:
    with visiting(site, chromium, "student") as page:
        page.goto(site.url + "/")
        page.emulate_media(media="print")
        assert page.locator("aside.support a[href='tel:988']").is_visible()
        assert page.locator("h1").is_visible()
        assert not page.locator("nav.nav").is_visible()
        assert page.locator("main button:visible, main .btn:visible").count() == 0


def test_forced_colours_keep_marks_and_choices_visible(site: Site, chromium: Browser) -> None:
    with visiting(site, chromium, "far student", forced_colors="active") as page:
        page.goto(next(site.url + one.path for one in places(site).places if one.endpoint == "lms_quizzes.attempt"))
        choice = page.locator("main input[type=radio]").first
        assert choice.is_visible()
        assert page.locator("main .mark").first.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
