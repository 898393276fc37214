"""One whole module on a telephone: every page of it fits, and every target can be met with a thumb."""

from collections.abc import Callable

from playwright.sync_api import expect

from lms.core.db import unit_of_work
from lms.curriculum import service as curriculum
from tests import factories
from tests.journeys.conftest import AXE, Site, Walker
from tests.journeys.test_student import attempt_code, choose

Walk = Callable[..., Walker]
WHO, MODULE = "Philippa Mistletoe-Vance", "what-peer-support-is"
LESSONS = {
    "walking-beside": "Walking beside",
    "where-we-come-from": "Where we come from",
    "your-story-for-someone-else": "Your story, for someone else",
}
# axe knows WCAG 2.2's rule of 24 pixels with its exceptions: links inside a sentence, and targets with room around them.
_UNFIT = """async () => {
  const wrong = [], wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) wrong.push('scrolls sideways: ' + wide);
  const found = await axe.run(document, { resultTypes: ['violations'], runOnly: { type: 'rule', values: ['target-size'] } });
  return wrong.concat(found.violations.flatMap(one => one.nodes.map(node => 'small: ' + node.html.slice(0, 160))));
}"""


def newcomer(site: Site) -> None:
    """Give somebody a seat on the whole path, in an organisation of their own: no other journey meets them."""
    with unit_of_work(site.database) as s:
        home = factories.provider(s, "Mill Pond Training")
        group = factories.cohort(s, home, curriculum.newest(s), name="Evenings, Winter 2026", pathway="healing-60")
        factories.enrolment(s, group, factories.person(s, WHO))


def fits(walker: Walker) -> None:
    """Look at the page as it stands."""
    assert walker.page.evaluate(_UNFIT) == [], walker.page.url


def read_through(walker: Walker, title: str) -> None:
    """Go from the first part of a lesson to its last by the button at the foot of each."""
    page = walker.page
    expect(page.locator("h1")).to_have_text(title)
    for part in range(1, 7):
        expect(page.get_by_text(f"Part {part} of 6", exact=True)).to_be_visible()
        top = page.locator("article.prose").bounding_box()
        assert top is not None
        assert part == 1 or top["y"] < 2 * 740, "the words of a part begin on the first two screens"
        fits(walker)
        if part < 6:
            page.locator(".pager button").click()


def pass_check(walker: Walker, site: Site) -> None:
    """Answer the questions after a lesson, all of them right, and see what the page says."""
    walker.press("Start the check")
    for position, right in site.answer_key(attempt_code(walker.page)).items():
        choose(walker.page, position, right)
    fits(walker)
    walker.press("Save and send the quiz")
    expect(walker.page.locator("h1")).to_have_text("Passed with 100 %")
    fits(walker)


def test_a_whole_module_on_a_phone(walk: Walk, site: Site) -> None:
    newcomer(site)
    philippa = walk(phone=True, has_touch=True).enter(WHO)
    page = philippa.page
    page.context.add_init_script(path=str(AXE))
    philippa.go("/lessons")
    fits(philippa)
    expect(page.locator("details[open] h3")).to_have_text(["What peer support is"])
    expect(page.locator(".mods > li")).to_have_count(18)
    philippa.press("Begin reading")
    for at, (lesson, title) in enumerate(LESSONS.items()):
        philippa.go(f"/lessons/{lesson}/1") if at else None
        read_through(philippa, title)
        pass_check(philippa, site)

    philippa.go(f"/homework/{MODULE}/homework-1")
    fits(philippa)
    page.get_by_label("Your homework").fill("Two pages from a notebook, typed on a bus. I asked before I answered.")
    philippa.press("Hand it in")
    expect(page.get_by_role("status").first).to_be_visible()
    fits(philippa)
    philippa.go(f"/narratives/{MODULE}/turning-point")
    page.get_by_label("Narrative", exact=True).fill("The bus was late, and the driver waited for me.")
    expect(page.locator("[data-said]")).to_contain_text("Saved")
    fits(philippa)
    philippa.go(f"/narratives/{MODULE}/turning-point/send")
    fits(philippa)

    philippa.go("/")
    fits(philippa)
    philippa.go("/lessons").press("What peer support is, module quiz")
    fits(philippa)
    philippa.press("Start the quiz")
    expect(page.locator("#q1")).to_be_visible()
    fits(philippa)
