"""Questions: one right answer where there is one, no duplicates, and no pattern that gives the answer away."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lms.curriculum.rules import alike, item_types
from lms.curriculum.rules.item_schema import ItemIn
from lms.curriculum.rules.known import Known, repeated, unknown
from lms.curriculum.rules.prose import too_hard
from lms.curriculum.rules.tasks import GAP
from lms.curriculum.rules.text import plain
from lms.curriculum.rules.tree import File, Problem, Tree

FEWEST, ENOUGH = 4, 12
"""With fewer than the second a share may be chance, and only what is so throughout is reported; with fewer than the first, nothing."""
_PLACE_WARN, _PLACE_WRONG = 40, 55
_LENGTH_WARN, _LENGTH_WRONG = 45, 60
ALIKE, _FEW = 85, 8
"""The percent of words that make two questions nearly the same, and how many words say too little to be compared."""
_WORD = re.compile(r"\w+")
_ABOVE = re.compile(r"\b(all|none|both|neither) of (the|these) (above|below|answers|options)\b", re.IGNORECASE)


def check(tree: Tree, names: Known) -> Iterator[Problem]:
    """Report questions that are broken, doubled or guessable."""
    first: dict[str, str] = {}
    for file, at, item in tree.items():
        yield from _item(file, at, item, names)
        if item.id in first:
            line = file.line("items", at, "id")
            yield file.problem(
                line, f"The question `{item.id}` stands in {first[item.id]} already.", "Give it a new id."
            )
        first.setdefault(item.id, file.file)
    yield from _doubles(tree)
    for file in tree.holders():
        yield from _patterns(file, file.data.items)
        grade = tree.memo.grade([block for item in file.data.items for block in _read(item)])
        yield from too_hard(file, file.line("items"), grade)


def _item(file: File[Any], at: int, item: ItemIn, names: Known) -> Iterator[Problem]:
    where = ("items", at)
    yield from unknown(file, (*where, "competencies"), item.competencies, names.competencies, "competency")
    yield from unknown(file, (*where, "lesson"), [item.lesson], names.lessons, "lesson")
    yield from item_types.check(file, at, item)
    for option, _text in repeated(plain(option.text).casefold() for option in item.options):
        yield file.problem(
            file.line(*where, "options", option), f"Two options of `{item.id}` say the same.", "Change one."
        )
    for option, one in enumerate(item.options):
        if _ABOVE.search(one.text):
            how = "Options are shuffled; write what the answer is."
            yield file.problem(file.line(*where, "options", option), f"`{item.id}` points at other options.", how)
    if any("{{" in text for text in _texts(item)):
        how = "Write its name, such as “the 988 Lifeline”."
        yield file.problem(file.line(*where), f"`{item.id}` holds a support line mark; questions are not filled.", how)


def _doubles(tree: Tree) -> Iterator[Problem]:
    asked = list(tree.items())
    texts = [plain(item.stem).casefold() for _, _, item in asked]
    words = [frozenset(_WORD.findall(text)) for text in texts]
    for later, earlier in alike.pairs(words, ALIKE):
        (file, at, item), id_ = asked[later], asked[earlier][2].id
        line = file.line("items", at, "stem")
        if texts[later] == texts[earlier]:
            yield file.problem(line, f"`{item.id}` asks the same as `{id_}`.", "Take one out.")
        elif len(words[later]) > _FEW:
            what = f"`{item.id}` is nearly the same as `{id_}`."
            yield file.problem(line, what, "Change the scene, or take one out.")


def _patterns(file: File[Any], items: Sequence[ItemIn]) -> Iterator[Problem]:
    single = [item for item in items if item.type == "single" and len(item.options) == 4 and _right(item) is not None]
    places = Counter(_right(item) for item in single)
    if len(single) < ENOUGH:
        yield from _throughout(file, single, len(places))
        return
    place, often = places.most_common(1)[0]
    limits, what = (_PLACE_WARN, _PLACE_WRONG), f"The right answer is option {(place or 0) + 1}"
    yield from _bias(file, often, len(single), limits, what, "Move some.")
    for name, (stands_out, how) in _LENGTHS.items():
        often, limits = sum(map(stands_out, single)), (_LENGTH_WARN, _LENGTH_WRONG)
        yield from _bias(file, often, len(single), limits, f"The right answer is the {name}", how)


def _throughout(file: File[Any], single: Sequence[ItemIn], places: int) -> Iterator[Problem]:
    """Report what is the same in every question of a short check."""
    if len(single) < FEWEST:
        return
    if places == 1:
        yield file.problem(file.line("items"), "The right answer is always in the same place.", "Move it in some.")
    for name, (stands_out, how) in _LENGTHS.items():
        if all(map(stands_out, single)):
            yield file.problem(file.line("items"), f"The right answer is always the {name}.", how, "warning")


def _bias(file: File[Any], often: int, of: int, limits: tuple[int, int], what: str, how: str) -> Iterator[Problem]:
    percent = 100 * often // of
    if percent > limits[0]:
        what = f"{what} in {often} of {of} questions."
        yield file.problem(file.line("items"), what, how, "error" if percent > limits[1] else "warning")


def _right(item: ItemIn) -> int | None:
    return next((at for at, option in enumerate(item.options) if option.correct), None)


def _longest(item: ItemIn) -> bool:
    right, others = _sizes(item)
    return right > max(others)


def _shortest(item: ItemIn) -> bool:
    right, others = _sizes(item)
    return right < min(others)


def _sizes(item: ItemIn) -> tuple[int, list[int]]:
    sizes = [len(plain(option.text)) for option in item.options]
    return sizes.pop(_right(item) or 0), sizes


_LENGTHS: dict[str, tuple[Callable[[ItemIn], bool], str]] = {
    "longest": (_longest, "Shorten some right answers, or lengthen others."),
    "shortest": (_shortest, "Lengthen some right answers, or shorten others."),
}


def _read(item: ItemIn) -> list[str]:
    return [plain(text) for text in _texts(item) if text]


def _texts(item: ItemIn) -> list[str]:
    options = (text for option in item.options for text in (option.text, option.feedback))
    pairs = (text for pair in item.pairs for text in (pair.prompt, pair.answer))
    stem = GAP.sub("…", item.stem)
    return [stem, item.rationale, *options, *pairs, *item.distractors, *item.steps, item.guide]
