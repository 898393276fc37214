"""What each type of question needs, beyond the keys all of them share."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lms.curriculum.rules.item_schema import ItemIn
from lms.curriculum.rules.known import repeated
from lms.curriculum.rules.tasks import GAP
from lms.curriculum.rules.text import folded, plain
from lms.curriculum.rules.tree import File, Problem

CHOICE = ("single", "multiple", "true_false", "situational")
"""The types that are answered by choosing among `options`."""

_OWN: dict[str, tuple[str, ...]] = {
    "matching": ("pairs", "distractors"),
    "ordering": ("steps",),
    "numeric": ("number",),
    "short_text": ("accepted",),
    "cloze": ("gaps",),
    "short_answer": ("guide", "points"),
} | dict.fromkeys(CHOICE, ("options",))
_ALL = tuple(dict.fromkeys(key for keys in _OWN.values() for key in keys))

Found = tuple[tuple[str | int, ...], str, str]


def check(file: File[Any], at: int, item: ItemIn) -> Iterator[Problem]:
    """Report what a question lacks or holds too much of for its type."""
    for path, what, how in (*_keys(item), *_JUDGES[item.type](item)):
        yield file.problem(file.line("items", at, *path), what.replace("{}", f"`{item.id}`"), how)


def _keys(item: ItemIn) -> Iterator[Found]:
    own = _OWN[item.type]
    for key in _ALL:
        held = getattr(item, key) not in (None, "", [])
        if held and key not in own:
            yield (key,), f"{{}} is a `{item.type}` and has no use for `{key}`.", "Take it out, or change the type."
        elif not held and key in own and key not in ("distractors", "options"):
            yield ("type",), f"{{}} is a `{item.type}` and has no `{key}`.", f"Add {_NEEDS[key]}."


_NEEDS = {
    "pairs": "`pairs` of `prompt` and `answer`",
    "steps": "`steps` in the right order",
    "number": "`number` with its `value`",
    "accepted": "`accepted` with every way of writing it that counts",
    "gaps": "one entry under `gaps` for each [[1]] in the stem",
    "guide": "a `guide` that says what each number of points asks for",
    "points": "`points`, the most that the guide gives",
}


def _options(item: ItemIn) -> Iterator[Found]:
    right = sum(option.correct for option in item.options)
    if item.type == "true_false":
        if [option.text for option in item.options] != ["True", "False"]:
            yield ("options",), "{} must have the options True and False, in this order.", "Write the two texts so."
    elif len(item.options) != 4:
        yield ("options",), f"{{}} has {len(item.options)} options.", "Write four."
    yield from (
        (("options", at, "weight"), "{} gives a weight, which only a `situational` has.", "Mark the right one instead.")
        for at, option in enumerate(item.options)
        if option.weight is not None
    )
    if item.type == "multiple":
        if right < 2 or right == len(item.options):
            how = "A `multiple` has two or three; with one, make it `single`."
            yield ("options",), f"{{}} has {right} right answers.", how
    elif right != 1:
        yield ("options",), f"{{}} has {right} right answers.", "Mark exactly one with `correct: true`."


def _situational(item: ItemIn) -> Iterator[Found]:
    if len(item.options) != 4:
        yield ("options",), f"{{}} has {len(item.options)} options.", "Write four."
    for at, option in enumerate(item.options):
        if option.correct:
            how = "Take it out; the option of weight 100 is the best one."
            yield ("options", at, "correct"), "{} marks an option as correct; a `situational` weighs them.", how
        if option.weight is None:
            yield ("options", at), f"{{}} gives option {at + 1} no weight.", "Write `weight:` from -100 to 100."
    weights = [option.weight for option in item.options if option.weight is not None]
    if len(weights) == len(item.options) and weights.count(100) != 1:
        yield ("options",), "{} must have exactly one best option.", "Give it `weight: 100`, and less to the others."


def _matching(item: ItemIn) -> Iterator[Found]:
    if item.pairs and not 2 <= len(item.pairs) <= 8:
        yield ("pairs",), f"{{}} has {len(item.pairs)} pairs.", "Write two to eight."
    for at, _text in repeated(plain(pair.prompt).casefold() for pair in item.pairs):
        yield ("pairs", at), "Two prompts of {} say the same.", "Change one."
    answers = [pair.answer for pair in item.pairs]
    if len(answers) > 1 and len(set(answers)) == 1:
        yield ("pairs",), "Every prompt of {} has the same answer.", "Give at least one another."
    known = {folded(answer) for answer in answers}
    for at, text in enumerate(item.distractors):
        if folded(text) in known:
            yield ("distractors", at), f"`{text}` stands among the answers of {{}} already.", "Take it out."
        known.add(folded(text))
    yield from _bare(item, [(("pairs", at, "answer"), pair.answer) for at, pair in enumerate(item.pairs)])
    yield from _bare(item, [(("distractors", at), text) for at, text in enumerate(item.distractors)])


def _bare(item: ItemIn, texts: list[tuple[tuple[str | int, ...], str]]) -> Iterator[Found]:
    for path, text in texts:
        if plain(text) != " ".join(text.split()):
            yield path, "{} has Markdown in a list to choose from, which shows bare text.", "Write plain words."


def _ordering(item: ItemIn) -> Iterator[Found]:
    if item.steps and not 3 <= len(item.steps) <= 8:
        yield ("steps",), f"{{}} has {len(item.steps)} steps.", "Write three to eight, in the right order."
    for at, _text in repeated(plain(step).casefold() for step in item.steps):
        yield ("steps", at), "Two steps of {} say the same.", "Change one."


def _nothing(item: ItemIn) -> Iterator[Found]:
    return iter(())


def _short_text(item: ItemIn) -> Iterator[Found]:
    yield from _alike(item.accepted, ("accepted",))


def _alike(texts: list[str], path: tuple[str | int, ...]) -> Iterator[Found]:
    for at, _text in repeated(folded(text) for text in texts):
        what = f"`{texts[at]}` counts already: capitals, accents and spaces make no difference."
        yield (*path, at), what, "Take it out."


def _cloze(item: ItemIn) -> Iterator[Found]:
    marks = [int(found) for found in GAP.findall(item.stem)]
    if sorted(marks) != list(range(1, len(item.gaps) + 1)):
        said = ", ".join(f"[[{mark}]]" for mark in marks) or "no gap"
        how = "Number them [[1]], [[2]] and so on, each once, and write one entry for each."
        yield ("stem",), f"The stem of {{}} shows {said}, and {len(item.gaps)} stand under `gaps`.", how
    for at, gap in enumerate(item.gaps):
        path = ("gaps", at)
        if bool(gap.accepted) == bool(gap.choices):
            yield path, f"Gap {at + 1} of {{}} is not clear.", "Write either `accepted`, or `choices` and `answer`."
        elif gap.choices:
            yield from _listed(at, gap.choices, gap.answer, path)
        else:
            yield from _alike(gap.accepted or [], (*path, "accepted"))
            if gap.answer is not None:
                yield (*path, "answer"), f"Gap {at + 1} of {{}} has no list to choose from.", "Take `answer` out."


def _listed(at: int, choices: list[str], answer: str | None, path: tuple[str | int, ...]) -> Iterator[Found]:
    if len(choices) < 2:
        yield (*path, "choices"), f"Gap {at + 1} of {{}} has one choice.", "Write at least two."
    for place, text in repeated(choices):
        yield (*path, "choices", place), f"`{text}` stands twice in gap {at + 1} of {{}}.", "Take one out."
    if answer not in choices:
        yield path, f"The answer of gap {at + 1} of {{}} is not one of its choices.", "Copy it from the list."


_JUDGES: Mapping[str, Callable[[ItemIn], Iterator[Found]]] = {
    "situational": _situational,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": _nothing,
    "short_text": _short_text,
    "cloze": _cloze,
    "short_answer": _nothing,
} | dict.fromkeys(("single", "multiple", "true_false"), _options)
