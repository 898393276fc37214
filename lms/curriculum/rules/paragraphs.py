"""No two lessons say the same: a paragraph that stands twice counts as minutes twice and teaches once."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lms.curriculum.rules import alike
from lms.curriculum.rules.schema import LessonIn
from lms.curriculum.rules.text import plain
from lms.curriculum.rules.tree import File, Part, Problem, Tree

WORDS = 12
"""Shorter ones may well be the same: an answer in a dialogue, a line about how long a practice takes."""
ALIKE = 80
_WORD = re.compile(r"\w+")


class _Paragraph(NamedTuple):
    file: File[LessonIn]
    part: Part
    text: str
    words: tuple[str, ...]


def check(tree: Tree) -> Iterator[Problem]:
    """Report paragraphs that two lessons share, or nearly share."""
    found = list(_paragraphs(tree))
    for later, earlier in alike.pairs([frozenset(one.words) for one in found], ALIKE):
        one, other = found[later], found[earlier]
        if one.file is other.file:
            continue
        same = one.words == other.words
        what = f"“{_beginning(one.text)}” stands {'' if same else 'nearly so '}in the lesson `{other.file.id}` too."
        how = "Say it once, and remind of it in other words."
        yield one.file.problem(_line(one), what, how, "error" if same else "warning")


def _paragraphs(tree: Tree) -> Iterator[_Paragraph]:
    for _module, file in tree.lessons():
        for part in file.parts:
            for text in part.page.prose:
                words = tuple(_WORD.findall(text.casefold()))
                if len(words) >= WORDS:
                    yield _Paragraph(file, part, text, words)


def _beginning(text: str) -> str:
    return " ".join(text.split()[:6]) + " …"


def _line(one: _Paragraph) -> int:
    # The paragraph is looked for by its first words, as they stand in the source without marks; else its part is named.
    start = " ".join(one.text.split()[:4])
    lines = one.part.text.split("\n")
    return one.part.line + 1 + next((at for at, line in enumerate(lines) if start in plain(line)), -1)
