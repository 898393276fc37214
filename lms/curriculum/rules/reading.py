"""How hard a text is to read: the Flesch-Kincaid grade, counted the same way everywhere."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from lms.curriculum.rules.text import CRISIS

REVISION = 1
"""Raised whenever the same text would get another grade, so that grades kept from before are never stale."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_END = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s|$)")
_VOWELS = re.compile(r"[aeiouyáéíóúàèìòùäëïöüâêîôû]+")
_TWO = re.compile(
    r"[aeou]ing|eing|creat|scien|quiet|idea|area|[^tcs]ien(?:ce|cy|t)|[^tscgxl]ia(?!ge)|[^tscgxl]io(?!u)|[^tscgx]iou|ual|poet"
)
"""Neighbouring vowels that are two syllables: go-ing, cre-ate, me-di-a, se-ri-ous, u-su-al."""
_ENOUGH = 100


@lru_cache(50_000)
def syllables(word: str) -> int:
    """Estimate the syllables of an English word; never below one."""
    letters = word.lower()
    for short in ("'s", "’s", "'re", "’re", "'ve", "’ve", "'ll", "’ll", "'d", "’d", "'m", "’m"):
        letters = letters.removesuffix(short)
    count = len(_VOWELS.findall(letters)) + len(_TWO.findall(letters))
    if letters.endswith("e") and not letters.endswith(("le", "ee", "ie", "ye", "oe")) and count > 1:
        count -= 1
    if letters.endswith("ed") and not letters.endswith(("ted", "ded")) and count > 1:
        count -= 1
    if (
        letters.endswith("es")
        and not letters.endswith(("ses", "xes", "zes", "ches", "shes", "ces", "ges"))
        and count > 1
    ):
        count -= 1
    return max(1, count)


def grade(blocks: Iterable[str]) -> float | None:
    """Return the US school grade a text asks for, to one place; None for fewer than a hundred words."""
    words: Counter[str] = Counter()
    sentences = 0
    for block in blocks:
        text = CRISIS.sub("Lifeline", block)
        found = _WORD.findall(text)
        words.update(found)
        sentences += max(1, len(_END.findall(text))) if found else 0
    count = words.total()
    if count < _ENOUGH:
        return None
    spoken = sum(syllables(word) * times for word, times in words.items())
    return round(0.39 * count / sentences + 11.8 * spoken / count - 15.59, 1)
