"""Questions: one right answer where there is one, no duplicates, and no pattern that gives the answer away."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lms.curriculum.rules import item_types
from lms.curriculum.rules.item_schema import ItemIn
from lms.curriculum.rules.known import Known, repeated, unknown
from lms.curriculum.rules.prose import graded
from lms.curriculum.rules.tasks import GAP
from lms.curriculum.rules.text import plain
from lms.curriculum.rules.tree import File, Problem, Tree

ENOUGH = 12
"""With fewer questions a pattern may be chance."""
_PLACE_WARN, _PLACE_WRONG = 40, 55
_LONGEST_WARN, _LONGEST_WRONG = 45, 60
_ALIKE = 0.85
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
        yield from graded(file, file.line("items"), [block for item in file.data.items for block in _read(item)])


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
    if any("{{" in text for text in _read(item)):
        how = "Write its name, such as “the 988 Lifeline”."
        yield file.problem(file.line(*where), f"`{item.id}` holds a support line mark; questions are not filled.", how)


def _doubles(tree: Tree) -> Iterator[Problem]:
    seen: list[tuple[str, frozenset[str], str]] = []
    for file, at, item in tree.items():
        text = plain(item.stem).casefold()
        words = frozenset(re.findall(r"\w+", text))
        for other, others, id_ in seen:
            if text == other and {item.type} != {"true_false"}:
                yield file.problem(
                    file.line("items", at, "stem"), f"`{item.id}` asks the same as `{id_}`.", "Take one out."
                )
            elif len(words) > 8 and len(words & others) >= _ALIKE * len(words | others):
                what = f"`{item.id}` is nearly the same as `{id_}`."
                yield file.problem(
                    file.line("items", at, "stem"), what, "Change the scene, or take one out.", "warning"
                )
        seen.append((text, words, item.id))


def _patterns(file: File[Any], items: Sequence[ItemIn]) -> Iterator[Problem]:
    single = [item for item in items if item.type == "single" and len(item.options) == 4 and _right(item) is not None]
    places = Counter(_right(item) for item in single)
    if 4 <= len(single) < ENOUGH and len(places) == 1:
        how = "Move it in some."
        yield file.problem(file.line("items"), "The right answer is always in the same place.", how)
    if len(single) < ENOUGH:
        return
    place, often = places.most_common(1)[0]
    longest = sum(_longest(item) for item in single)
    yield from _bias(
        file,
        often,
        len(single),
        (_PLACE_WARN, _PLACE_WRONG),
        f"The right answer is option {(place or 0) + 1}",
        "Move some.",
    )
    how = "Shorten some right answers, or lengthen others."
    yield from _bias(
        file, longest, len(single), (_LONGEST_WARN, _LONGEST_WRONG), "The right answer is the longest", how
    )


def _bias(file: File[Any], often: int, of: int, limits: tuple[int, int], what: str, how: str) -> Iterator[Problem]:
    percent = 100 * often // of
    if percent > limits[0]:
        what = f"{what} in {often} of {of} questions."
        yield file.problem(file.line("items"), what, how, "error" if percent > limits[1] else "warning")


def _right(item: ItemIn) -> int | None:
    return next((at for at, option in enumerate(item.options) if option.correct), None)


def _longest(item: ItemIn) -> bool:
    right = _right(item)
    lengths = [len(plain(option.text)) for option in item.options]
    return right is not None and all(lengths[right] > length for at, length in enumerate(lengths) if at != right)


def _read(item: ItemIn) -> list[str]:
    options = (text for option in item.options for text in (option.text, option.feedback))
    pairs = (text for pair in item.pairs for text in (pair.prompt, pair.answer))
    stem = GAP.sub("…", item.stem)
    texts = [stem, item.rationale, *options, *pairs, *item.distractors, *item.steps, item.guide]
    return [plain(text) for text in texts if text]
