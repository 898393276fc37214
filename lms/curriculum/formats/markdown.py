"""Markdown to safe HTML: callouts as the look has them, tables that scroll, and nothing a browser could run.

Python-Markdown lets raw HTML and `javascript:` links through, so every result passes nh3; ids and classes pass by
list only.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib.metadata import version
from textwrap import shorten
from typing import Any
from xml.etree import ElementTree

import markdown
import nh3
from markdown.extensions import Extension
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.extensions.toc import slugify_unicode
from markdown.treeprocessors import Treeprocessor

from lms.core.crypto import digest
from lms.curriculum.formats import plain
from lms.curriculum.rules.text import CRISIS, count_words
from lms.curriculum.rules.tree import Memo, Rendered

REVISION = f"3-{version('markdown')}-{version('nh3')}"
"""Changes whenever the same text would give other HTML, so that a cache of results is never stale."""

KINDS = {
    "en": {
        "practice": "Practice",
        "reflection": "Reflection",
        "grounding": "Grounding",
        "example": "Worked example",
        "keep": "To keep",
    },
    "es": {
        "practice": "Práctica",
        "reflection": "Reflexión",
        "grounding": "Calma",
        "example": "Ejemplo",
        "keep": "Para guardar",
    },
}
_PLAIN = {"block": plain.block, "inline": plain.inline}
_HEADINGS = frozenset({"h2", "h3", "h4"})
_UNREAD = _HEADINGS | {"th", "td"}
_BLOCKS = _UNREAD | {"p", "li", "dt", "dd", "pre", "blockquote", "section", "div", "hr", "br"}
_INLINE = frozenset({"strong", "em", "i", "span", "code", "a", "sup", "sub"})
_TAGS = _BLOCKS | _INLINE | {"ul", "ol", "dl", "cite", "table", "thead", "tbody", "tr", "img", "abbr"}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "section": {"aria-labelledby"},
    "div": {"role", "tabindex", "aria-label"},
    "th": {"scope"},
    "abbr": {"title"},
    "ol": {"start"},
    **{tag: {"lang"} for tag in ("i", "em", "span", "cite", "blockquote")},
    **{tag: {"id"} for tag in _HEADINGS},
    "p": {"id"},
}
_CLASSES = {"section": {"note", *KINDS["en"]}, "p": {"kind"}, "div": {"scroll"}}
_STASHED = re.compile(r"\x02[^\x03]*\x03")
"""What the engine put aside and puts back at the end."""
_ID = re.compile(r"s-[\w-]{1,80}\Z")
_VALUES = {"tabindex": {"0"}, "role": {"region"}, "scope": {"col", "row"}}


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one `## ` heading, and the line of the heading."""

    title: str
    line: int
    text: str


def sections(body: str, first_line: int) -> tuple[str, tuple[Section, ...]]:
    """Part a body at its `## ` lines; return what stands before the first, and the parts."""
    before: list[str] = []
    found: list[tuple[str, int, list[str]]] = []
    fenced = False
    for number, line in enumerate(body.split("\n"), first_line):
        fenced ^= line.startswith(("```", "~~~"))
        if line.startswith("## ") and not fenced:
            found.append((line[3:].strip().rstrip("#").strip(), number, []))
        else:
            (found[-1][2] if found else before).append(line)
    return "\n".join(before).strip(), tuple(Section(title, line, "\n".join(text)) for title, line, text in found)


class Pages:
    """Renders Markdown and remembers every result, so that an unchanged text is never rendered twice."""

    def __init__(self, memo: Memo, language: str = "en") -> None:
        """Begin with what an earlier run remembered."""
        self.memo = memo
        self.speak(language)

    def speak(self, language: str) -> None:
        """Name the callouts in the language of the programme."""
        self.language = language if language in KINDS else "en"
        extensions: list[str | Extension] = ["tables", "sane_lists", "def_list", "pymdownx.betterem"]
        self._engine = markdown.Markdown(extensions=[*extensions, _Page(KINDS[self.language])], output_format="html")

    def block(self, text: str) -> Rendered:
        """Render a text of paragraphs."""
        return self._remembered("block", text)

    def inline(self, text: str) -> Rendered:
        """Render one line of text, without the paragraph around it; lists and headings become plain text."""
        return self._remembered("inline", text)

    def _remembered(self, mode: str, text: str) -> Rendered:
        key = digest(f"{mode}:{self.language}:{text}")
        used = self.memo.used.pages
        if key not in used:
            used[key] = self.memo.known.pages.get(key) or _PLAIN[mode](text) or self._render(mode, text)
        return used[key]

    def _render(self, mode: str, text: str) -> Rendered:
        html = clean(self._engine.reset().convert(text))
        if mode == "inline":
            html = nh3.clean(html, tags=set(_INLINE), **_RULES).strip()
        return examine(html)


def clean(html: str) -> str:
    """Return `html` without anything that could run, load or imitate the page around it."""
    return nh3.clean(html, tags=set(_TAGS), **_RULES)


def examine(html: str) -> Rendered:
    """Count and list what is in a piece of safe HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    prose = tuple(text for tag, text in reader.blocks if tag not in _UNREAD)
    words = sum(count_words(text) for _, text in reader.blocks)
    headings = tuple(text for tag, text in reader.blocks if tag in _HEADINGS)
    return Rendered(html, words, prose, tuple(reader.links), tuple(reader.images), tuple(reader.ids), headings)


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "id":
        return value if _ID.match(value) else None
    if name in _VALUES:
        return value if value in _VALUES[name] else None
    # `//host/…` takes the page's own scheme and leaves the site; a browser reads `\` as `/`.
    if name in ("href", "src") and value.strip().replace("\\", "/").startswith("//"):
        return None
    return value


_RULES: dict[str, Any] = {
    "attributes": _ATTRIBUTES,
    "attribute_filter": _attribute,
    "allowed_classes": _CLASSES,
    "url_schemes": {"http", "https", "mailto", "tel", "sms"},
    "link_rel": "noopener noreferrer",
}


class _Callouts(AdmonitionProcessor):
    """Reads `!!! kind "Title"`; a callout without a title has none, instead of its kind said twice."""

    def get_class_and_title(self, match: re.Match[str]) -> tuple[str, str | None]:
        """Return the kind and the typed title."""
        return match.group(1).lower(), match.group(2) or None


class _Shape(Treeprocessor):
    """Gives callouts, headings, links and tables the markup of the look."""

    def __init__(self, md: markdown.Markdown, kinds: dict[str, str]) -> None:
        super().__init__(md)
        self.kinds = kinds

    def run(self, root: ElementTree.Element) -> None:
        """Walk the finished tree once."""
        taken: set[str] = set()
        for element in list(root.iter()):
            if element.tag == "div" and element.get("class", "").startswith("admonition"):
                self._callout(element, taken)
            elif element.tag in _HEADINGS and not element.get("id"):
                element.set("id", _slug("".join(element.itertext()), taken))
            elif element.tag == "a" and element.get("href", "").startswith("#"):
                element.set("href", "#s-" + element.get("href", "")[1:])
            elif element.tag == "th" and "".join(element.itertext()).strip():
                element.set("scope", "col")
            elif element.tag == "th":
                element.tag = "td"  # the empty corner over a column of names is no heading of anything
        _wrap_tables(root, set())

    def _callout(self, div: ElementTree.Element, taken: set[str]) -> None:
        kind = div.get("class", "").split()[-1]
        titled = len(div) > 0 and div[0].get("class") == "admonition-title"
        label = ElementTree.Element("p", {"class": "kind"})
        label.text = self.kinds.get(kind, kind.capitalize())
        name = div[0] if titled else label
        name.set("id", _slug("".join(name.itertext()), taken))
        if titled:
            name.tag = "h3"
            del name.attrib["class"]
        div.tag = "section"
        div.attrib.clear()
        div.attrib.update({"class": f"note {kind}", "aria-labelledby": name.get("id", "")})
        div.insert(0, label)


class _Page(Extension):
    """Our callouts and markup as one Markdown extension."""

    def __init__(self, kinds: dict[str, str]) -> None:
        super().__init__()
        self.kinds = kinds

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        """Register the callout reader before paragraphs, and the markup after inline text."""
        md.parser.blockprocessors.register(_Callouts(md.parser), "callout", 105)
        md.treeprocessors.register(_Shape(md, self.kinds), "shape", 5)


def _slug(text: str, taken: set[str]) -> str:
    # The prefix keeps an author's heading from taking the id of something in the page around it (DOM clobbering).
    base = "s-" + (slugify_unicode(_STASHED.sub("", text), "-")[:60] or "part")
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name


def _wrap_tables(parent: ElementTree.Element, taken: set[str]) -> None:
    said = ""
    for at, child in enumerate(list(parent)):
        if child.tag == "table":
            parent.remove(child)
            parent.insert(at, _region(child, said, taken))
            continue
        _wrap_tables(child, taken)
        said = _plain(child) if child.tag == "p" or child.tag in _HEADINGS else said


def _region(table: ElementTree.Element, said: str, taken: set[str]) -> ElementTree.Element:
    """Frame a table so that it scrolls in itself; it is named by its headings, or else by what stands before it."""
    name = ", ".join(text for th in table.iter("th") if (text := _plain(th)))
    if not name:
        _name_rows(table)
    frame = ElementTree.Element("div", {"class": "scroll", "tabindex": "0", "role": "region"})
    frame.set("aria-label", _unused(name or shorten(said or _plain(table), 80, placeholder="…"), taken))
    frame.tail, table.tail = table.tail, None
    frame.append(table)
    return frame


def _name_rows(table: ElementTree.Element) -> None:
    """Make of a table without headings one whose rows are named by their first cell."""
    for head in table.findall("thead"):
        table.remove(head)
    for cell in table.findall("tbody/tr/td[1]"):
        if _plain(cell):
            cell.tag = "th"
            cell.set("scope", "row")


def _plain(element: ElementTree.Element) -> str:
    return " ".join(CRISIS.sub("", _STASHED.sub("", "".join(element.itertext()))).split())


def _unused(name: str, taken: set[str]) -> str:
    """Return a name that nothing else on the page bears."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    taken.add(free)
    return free


class _Reader(HTMLParser):
    """Gathers text by block, links, images and ids."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[str, str]] = []
        self.links: list[str] = []
        self.images: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self._open: list[str] = []
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "img":
            self.images.append((given.get("src", ""), given.get("alt", "")))
        if tag in _BLOCKS:
            self._flush()
            if tag not in ("br", "hr"):
                self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._flush()
            if tag in self._open:
                self._open.pop()

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def close(self) -> None:
        super().close()
        self._flush()

    def _flush(self) -> None:
        text = " ".join("".join(self._text).split())
        if text:
            self.blocks.append((self._open[-1] if self._open else "p", text))
        self._text = []
