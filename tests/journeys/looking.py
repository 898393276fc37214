"""Opens every page in a real browser at three widths and writes down what is wrong with it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, Route

from tests.factories import NOON
from tests.journeys.conftest import AXE, Site
from tests.journeys.everywhere import Everywhere, Place, everywhere

BOTH_WIDTHS = os.environ.get("LMS_AXE") == "1"
"""Whether axe looks at every page on a wide screen, too: it found nothing there that it had not found on a phone."""
WHO = (
    "visitor",
    "student",
    "returned student",
    "certified student",
    "facilitator",
    "coordinator",
    "funder",
    "far student",
    "far new student",
    "far facilitator",
    "far coordinator",
    "founding coordinator",
    "far funder",
)
_AXE = """async only => {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const runOnly = only ? { type: 'rule', values: [only] } : { type: 'tag', values: tags };
  const found = await axe.run(document, { resultTypes: ['violations'], preload: false, runOnly });
  return found.violations.map(one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | '));
}"""
_WIDE = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
  return ['scrolls sideways: ' + out.filter(e => !e.closest('.scroll, .vh')).slice(0, 3).map(
    e => e.tagName.toLowerCase() + '.' + e.className + ' "' + e.textContent.trim().slice(0, 40) + '"').join(' | ')];
}"""
_FRAME = """() => {
  const wrong = [], all = query => document.querySelectorAll(query);
  if (all('h1').length !== 1 || !all('h1')[0].innerText.trim()) wrong.push(all('h1').length + ' first headings');
  if (!/^\\S.* · POEM$/.test(document.title)) wrong.push('title ' + document.title);
  if (document.documentElement.lang !== 'en') wrong.push('language ' + document.documentElement.lang);
  if (!all('aside.support a[href="tel:988"]').length) wrong.push('no line to call');
  if (all('main').length !== 1) wrong.push('no main part');
  if (all('style, [style], [onclick], script:not([src])').length) wrong.push('style or script inside the page');
  if (all('[id]').length !== new Set([...all('[id]')].map(e => e.id)).size) wrong.push('an id stands twice');
  const raw = document.querySelector('main').innerText.match(/.{0,30}(undefined|\\bNone\\n|\\{\\{|%\\(|<\\/?[a-z]+>).{0,30}/);
  if (raw) wrong.push('raw: ' + raw[0]);
  if (document.getAnimations().length) wrong.push('something moves');
  return wrong;
}"""


STOP = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), how = getComputedStyle(e);
  let over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  while (over && !['fixed', 'sticky'].includes(getComputedStyle(over).position)) over = over.parentElement;
  return {
    name: e.tagName.toLowerCase() + ' ' + (e.className || e.id || e.innerText || e.name || '').toString().slice(0, 40),
    body: e === document.body,
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    ring: how.outlineStyle !== 'none' && parseFloat(how.outlineWidth) >= 2,
    covered: over !== null && !over.contains(e),
  };
}"""
"""Where the focus stands: whether it can be seen, has a ring, and lies under something that does not scroll."""


@dataclass
class Seen:
    """What one person's walk through all their pages found."""

    pages: int = 0
    access: list[str] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)


_PLACES: dict[str, Everywhere] = {}
_SEEN: dict[tuple[str, str], Seen] = {}


def places(site: Site) -> Everywhere:
    """Return every place of the site, found once."""
    if site.url not in _PLACES:
        _PLACES[site.url] = everywhere(site)
    return _PLACES[site.url]


def look(site: Site, chromium: Browser, who: str) -> Seen:
    """Walk through one person's pages, once; two tests read what was found."""
    if (site.url, who) not in _SEEN:
        seen = _SEEN[site.url, who] = Seen()
        with visiting(site, chromium, who) as page:
            for place in places(site).places:
                if place.who == who:
                    _look_at(page, site, place, seen)
    return _SEEN[site.url, who]


@contextmanager
def visiting(site: Site, chromium: Browser, who: str, **more: Any) -> Iterator[Page]:
    """Open a browser in which `who` is signed in; it writes nothing for the people of the demonstration."""
    site.clock.at = NOON  # whoever walked before may have been here for days, and these sessions would be over
    context: BrowserContext = chromium.new_context(viewport={"width": 1280, "height": 900}, **more)
    name = site.app.config["SESSION_COOKIE_NAME"]
    context.add_cookies([{"name": name, "value": places(site).cookies[who], "url": site.url}])
    context.add_init_script(path=str(AXE))
    if not who.startswith("far"):
        # Reading beats would move somebody on whose path other journeys are walking.
        context.route(re.compile(r"/(beats|open|answers)$"), _nothing_sent)
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def _nothing_sent(route: Route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def _look_at(page: Page, site: Site, place: Place, seen: Seen) -> None:
    with _listening(page, site.url) as found:
        answer = page.goto(site.url + place.path)
        if answer is None or answer.status != 200:
            found.append("is not there")
        found.extend(page.evaluate(_FRAME))
        access = _access(page)
        for width in (360, 320):
            page.set_viewport_size({"width": width, "height": 740})
            found.extend(f"{width} {one}" for one in page.evaluate(_WIDE))
    seen.pages += 1
    seen.access += [f"{place.who} {place.path} {one}" for one in access]
    seen.looks += [f"{place.who} {place.path} {one}" for one in found]


def _access(page: Page) -> list[str]:
    """Ask axe about everything on a phone, then about contrast in the dark; about everything again on a wide screen if asked to."""
    page.set_viewport_size({"width": 360, "height": 740})
    found = [f"360 {one}" for one in axe(page)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark {one}" for one in axe(page, only="color-contrast")]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found + ([f"1280 {one}" for one in axe(page)] if BOTH_WIDTHS else [])


@contextmanager
def _listening(page: Page, home: str) -> Iterator[list[str]]:
    """Collect what the page asks of other sites, what its own policy refuses, and what breaks in its scripts."""
    heard: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((home, "data:")):
            heard.append(f"asks {request.url}")

    def said(line: ConsoleMessage) -> None:
        if "Content Security Policy" in line.text:
            heard.append(line.text)

    def broke(error: Error) -> None:
        heard.append(f"breaks: {error}")

    page.on("request", asked)
    page.on("console", said)
    page.on("pageerror", broke)
    yield heard
    page.remove_listener("request", asked)
    page.remove_listener("console", said)
    page.remove_listener("pageerror", broke)


def axe(page: Page, only: str = "") -> list[str]:
    """Ask axe about the page as it stands, about everything or about one rule only."""
    found: list[str] = page.evaluate(_AXE, only)
    return found
