"""Text without any markup: a short way to the HTML that the renderer would give, because most options and feedbacks are such text."""

import re

from lms.curriculum.rules.text import count_words
from lms.curriculum.rules.tree import Rendered

_MARKUP = re.compile(r"[*_`\[\]<>&\\{}|]")
_OPENERS = frozenset("\"'“‘(")


def paragraphs(text: str) -> list[str] | None:
    """Part a text into paragraphs if nothing in it could be markup; None when the renderer must look at it.

    A line that begins with a letter begins no list, quote, heading, rule, table or code; a line without the signs of
    `_MARKUP` holds no emphasis, link, HTML or mark.
    """
    if _MARKUP.search(text):
        return None
    found = text.rstrip("\n").split("\n\n")
    return found if all(_plain(line) for block in found for line in block.split("\n")) else None


def _plain(line: str) -> bool:
    # What cannot be printed (a tab, a no-break space, a control) is for the renderer to judge.
    return bool(line) and (line[0].isalpha() or line[0] in _OPENERS) and line[-1] != " " and line.isprintable()


def block(text: str) -> Rendered | None:
    """Return a plain text as paragraphs; None when it is not plain."""
    found = paragraphs(text)
    return None if found is None else _rendered("\n".join(f"<p>{one}</p>" for one in found), found)


def inline(text: str) -> Rendered | None:
    """Return one plain paragraph without the paragraph around it; None when it is not plain."""
    found = paragraphs(text)
    return None if found is None or len(found) > 1 else _rendered(found[0], found)


def _rendered(html: str, found: list[str]) -> Rendered:
    prose = tuple(" ".join(one.split()) for one in found)
    return Rendered(html, sum(map(count_words, prose)), prose, (), (), (), ())
