"""Texts of other systems as Markdown: HTML as far as a question needs it, and plain text that must not turn into markup."""

import re
from html.parser import HTMLParser

_SPECIAL = re.compile(r"([\\`*_\[\]>])|(<)|(&)(?=#?\w+;)")
_WRAPPED = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
_BLOCKS = {"p", "div", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr"}
_QUIET = {"span", "br", "li", "html", "body", "a", "u"}


def from_plain(text: str) -> str:
    """Return plain text as Markdown that shows the same letters."""
    return literal(text.strip())


def literal(text: str) -> str:
    """Return text as Markdown that shows every sign of it; `<` has no escape there, so it goes as an entity."""
    return _SPECIAL.sub(lambda found: "\\" + found[1] if found[1] else "&lt;" if found[2] else "&amp;", text)


def from_html(html: str) -> tuple[str, tuple[str, ...]]:
    """Return HTML as Markdown, and the names of the elements that could not be kept."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = re.sub(r"[ \t]+\n", lambda found: "  \n" if found[0].startswith("  ") else "\n", "".join(reader.out))
    return re.sub(r"\n{3,}", "\n\n", text).strip(), tuple(sorted(reader.dropped))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.dropped: set[str] = set()
        self.lists: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self.lists.append(tag)
        if tag in _BLOCKS:
            self.out.append("\n\n")
        elif tag == "br":
            self.out.append("  \n")
        elif tag == "li":
            self.out.append("\n1. " if self.lists[-1:] == ["ol"] else "\n- ")
        elif tag in _WRAPPED:
            self.out.append(_WRAPPED[tag])
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
            self.out.append("[")
        if tag not in _BLOCKS | _QUIET | set(_WRAPPED) or tag in ("table", "tr", "u"):
            self.dropped.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag in _BLOCKS:
            self.out.append("\n\n")
        elif tag in _WRAPPED:
            self.out.append(_WRAPPED[tag])
        elif tag == "a":
            self.out.append(f"]({self.links.pop() if self.links else ''})")

    def handle_data(self, data: str) -> None:
        self.out.append(literal(re.sub(r"\s+", " ", data)))
