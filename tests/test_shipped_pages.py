"""Every page of the curriculum that comes with the product, as students and staff open it: whole, in order, nothing raw."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lms.cohorts.models import Enrolment
from lms.core.db import Database
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Outline
from tests import factories
from tests.factories import NOON

ROOT = Path(__file__).parents[1]
RAW = re.compile(r"\{\{|\}\}|\*\*|\]\(|!!!|`|(?:^|\n)#{1,6} |\|\s*-{3}|&(?:amp|lt|gt|quot);|\bundefined\b")
_VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "source", "wbr"}
_HEADINGS = {f"h{level}" for level in range(1, 7)}


class Main(HTMLParser):
    """Reads the main part of a page: its words, its headings in order, its anchors, and what follows each heading."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.bare: list[str] = []
        """Headings with nothing under them before the next heading of their level or a higher one."""
        self.ids: list[str] = []
        self.anchors: list[str] = []
        self.regions: list[str] = []
        self._inside: list[str] = []
        self._since = True
        self.feed(html[html.index("<main") : html.index("</main>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.regions += [given.get("aria-label") or ""] if given.get("role") == "region" else []
        href = given.get("href") or ""
        self.anchors += [href[1:]] if href.startswith("#") else []
        if tag in _HEADINGS:
            level = int(tag[1])
            if not self._since and level <= self.headings[-1][0]:
                self.bare.append(self.headings[-1][1])
            self.headings.append((level, ""))
        elif tag in ("img", "svg", "textarea", "input"):
            self._since = True
        if tag not in _VOID:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass
        if tag in _HEADINGS:
            self._since = False

    def handle_data(self, data: str) -> None:
        heading = next((tag for tag in reversed(self._inside) if tag in _HEADINGS), None)
        if heading:
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)
        elif data.strip():
            self._since = True
        self.words.append(data)


def faults(html: str) -> Iterator[str]:
    """Say what is wrong with a page that somebody is to read."""
    main = Main(html)
    text = "".join(main.words)
    yield from (f"raw: {text[max(0, found.start() - 30) : found.end() + 30]!r}" for found in RAW.finditer(text))
    levels = [level for level, _words in main.headings]
    yield from (f"from h{above} to h{below}" for above, below in pairwise(levels) if below > above + 1)
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"first headings: {levels.count(1)}"
    yield from ("a heading without words" for _level, words in main.headings if not words.strip())
    yield from (f"nothing under {words!r}" for words in main.bare)
    yield from (f"#{anchor} leads nowhere" for anchor in set(main.anchors) - set(main.ids))
    if "" in main.regions or len(main.regions) != len(set(main.regions)):
        yield "a region without a name of its own"
    if len(main.ids) != len(set(main.ids)):
        yield "an id stands twice"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("<h1>A</h1><p>Call {{crisis:988}}.</p>", "raw: 'ACall {{crisis:988}}.'"),
        ("<h1>A</h1><p>So **much**.</p>", "raw: 'ASo **much**.'"),
        ("<h1>A</h1><h3>B</h3><p>C</p>", "from h1 to h3"),
        ("<h1>A</h1><p>x</p><h2>B</h2><h2>C</h2><p>D</p>", "nothing under 'B'"),
        ("<h1>A</h1><h2> </h2><p>D</p>", "a heading without words"),
        ('<h1>A</h1><a href="#s-b">C</a>', "#s-b leads nowhere"),
        ('<h1 id="a">A</h1><p id="a">C</p>', "an id stands twice"),
        ('<h1>A</h1><div role="region" aria-label="">C</div>', "a region without a name of its own"),
        ("<h2>A</h2><p>C</p>", "first headings: 0"),
    ],
)
def test_a_fault_is_found(words: str, said: str) -> None:
    assert said in "\n".join(faults(f"<main>{words}</main>"))


def library(outline: Outline) -> Iterator[str]:
    """Name every page of the library, and the booklet of every pathway."""
    yield "/library"
    for module in outline.modules:
        yield f"/library/modules/{module.id}"
        for lesson in module.lessons:
            yield from (f"/library/{lesson.id}/{part}" for part in range(1, lesson.parts + 1))
            yield f"/library/{lesson.id}/print"
        yield from (f"/library/meetings/{meeting.key}" for meeting in module.meetings)
        yield from (f"/library/homework/{work.key}" for work in module.homework)
        yield from (f"/library/narratives/{narrative.key}" for narrative in module.narratives)
    yield from (f"/cohorts/dossiers/{pathway}" for pathway in outline.pathways)


def path(outline: Outline) -> Iterator[str]:
    """Name every page of the curriculum that a student opens."""
    yield "/lessons"
    for module in outline.modules:
        for lesson in module.lessons:
            yield f"/lessons/{lesson.id}/1"
            yield f"/lessons/{lesson.id}/{lesson.parts}"
            yield f"/quizzes/{lesson.check}"
        yield f"/quizzes/{module.quiz}"
        yield from (f"/homework/{work.key}" for work in module.homework)
        yield from (f"/narratives/{narrative.key}" for narrative in module.narratives)


@pytest.fixture
def shipped(database: Database, app: Any) -> tuple[Outline, Enrolment, Any]:
    """The shipped curriculum published, a student on the whole of it, and a coordinator."""
    with database.writer() as s:
        release = curriculum.publish_files(s, ROOT / "curriculum", ROOT / "quizzes", now=NOON)
        home = factories.provider(s)
        seat = factories.enrolment(s, factories.cohort(s, home, release, pathway="healing-60"))
        coordinator = factories.person(s, "Hana Meadowlark")
        factories.appointment(s, coordinator, "coordinator", provider_id=home.id)
        outline = curriculum.outline(s, release)
        s.commit()
        return outline, seat, (seat.person, coordinator)


def test_every_page_of_the_curriculum_reads_whole(shipped: Any, browsers: Any) -> None:
    outline, _seat, (student, coordinator) = shipped
    wrong = []
    for who, paths in ((student, path(outline)), (coordinator, library(outline))):
        browser = browsers(who)
        for one in paths:
            answer = browser.get(one)
            found = faults(answer.text) if answer.status_code == 200 else [str(answer.status_code)]
            wrong += [f"{one} {fault}" for fault in found]
    assert wrong == []
