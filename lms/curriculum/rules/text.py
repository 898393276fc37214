"""Plain judgements about text: its words, its lines, and the marks that authors write in it."""

import re
import unicodedata
from collections.abc import Iterator

CALLOUT = re.compile(r'!!! (practice|reflection|grounding|example|keep)(?: +"[^"]*")? *\Z')
CRISIS = re.compile(r"\{\{\s*crisis:\s*([a-z0-9-]*)\s*\}\}")

_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_MARKS = re.compile(r"[*_`>#]+")


def count_words(text: str) -> int:
    """Count words as a reader would: `don't` and `well-known` are one each, a support line is one."""
    return len(_WORD.findall(CRISIS.sub("Line", text)))


def plain(text: str) -> str:
    """Return Markdown as bare text, near enough to compare and measure it."""
    return " ".join(_MARKS.sub("", text).split())


def folded(text: str) -> str:
    """Return a text as it is compared: capitals, accents, kinds of apostrophe and extra spaces make no difference."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(unicodedata.normalize("NFKC", bare.casefold()).replace("’", "'").replace("‘", "'").split())


def outside_code(text: str, first_line: int) -> Iterator[tuple[int, str]]:
    """Give each line of a Markdown text with its number, leaving fenced code out."""
    fenced = False
    for number, line in enumerate(text.split("\n"), first_line):
        mark = line.lstrip().startswith(("```", "~~~"))
        fenced ^= mark
        if not fenced and not mark:
            yield number, line
