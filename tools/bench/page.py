"""Reading a page as a browser does: hidden fields, what it links, which font files its letters need. Pure."""

import re
from html.parser import HTMLParser

_FACE = re.compile(r"@font-face\s*\{([^}]*)\}")
_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)")
_RANGE = re.compile(r"unicode-range\s*:\s*([^;}]+)")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.linked: list[str] = []
        self.letters: set[str] = set()
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._silent += tag in ("script", "style")
        if tag == "input" and given.get("type") == "hidden":
            self.hidden.setdefault(given.get("name", ""), given.get("value", ""))
        address = given.get("href" if tag == "link" else "src", "")
        wanted = tag in ("script", "img") or (tag == "link" and _loads(given.get("rel", "")))
        if wanted and address and not address.startswith("data:"):
            self.linked.append(address)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.letters |= set(data)


def _loads(rel: str) -> bool:
    return bool({"stylesheet", "icon", "modulepreload", "preload", "manifest"} & set(rel.lower().split()))


def _read(markup: str) -> _Reader:
    reader = _Reader()
    reader.feed(markup)
    return reader


def hidden_fields(markup: str) -> dict[str, str]:
    """Return the hidden fields of a page; of several with one name the first."""
    return _read(markup).hidden


def linked(markup: str) -> list[str]:
    """Return the style sheets, scripts, pictures and icons that a page makes a browser fetch, each once."""
    return list(dict.fromkeys(_read(markup).linked))


def fonts_for(css: str, markup: str) -> list[str]:
    """Return the font files of a style sheet that hold a letter of this page.

    Every family counts, whether the page sets anything in it or not: rather one file too many than one too few.
    """
    letters = {ord(letter) for letter in _read(markup).letters}
    found = []
    for face in _FACE.findall(css):
        address, ranges = _URL.search(face), _RANGE.search(face)
        if address and any(_holds(ranges[1] if ranges else "U+0-10FFFF", letter) for letter in letters):
            found.append(address[1])
    return list(dict.fromkeys(found))


def _holds(ranges: str, letter: int) -> bool:
    for part in ranges.split(","):
        first, _, last = part.strip().upper().removeprefix("U+").partition("-")
        if int(first.replace("?", "0"), 16) <= letter <= int((last or first).replace("?", "F"), 16):
            return True
    return False
