"""Hypothesis strategies for questions as an author writes them, in the form that comes out of a bank's file."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from lms.curriculum.rules.item_schema import ItemIn
from lms.curriculum.rules.shapes import Item
from lms.curriculum.rules.text import folded
from lms.curriculum.service.written import item_of

# Every sign that means something in some format, and letters of several scripts.
SIGNS = "abc XYZ 019 ~=#{}:\\[]%<>&\"'*_`|-/.,;!?éẹñ“”–\n"
TEXT = st.text(SIGNS, min_size=1, max_size=30).map(str.strip).filter(bool)
LINE = st.text(SIGNS.replace("\n", ""), min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
ID = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5})?", fullmatch=True)


def lines(least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(LINE, min_size=least, max_size=most, unique_by=lambda text: (folded(text), text))


@st.composite
def written(draw: st.DrawFn, kind: str, render: Callable[[str], str] = str.strip) -> Item:
    """Any question of a type, as `item_of` makes it from an author's file, as a rule without rendering."""
    raw: dict[str, Any] = {
        "id": draw(ID),
        "type": kind,
        "competencies": draw(st.lists(ID, min_size=1, max_size=3)),
        "difficulty": draw(st.integers(1, 3)),
        "lesson": draw(ID),
        "stem": draw(TEXT),
        "rationale": draw(TEXT),
        **draw(_ANSWERS[kind]),
    }
    if kind == "cloze":
        raw["stem"] = " ".join([*(f"{draw(LINE)} [[{at}]]" for at in range(1, len(raw["gaps"]) + 1)), draw(LINE)])
    return item_of(ItemIn.model_validate(raw), render, render)


def _options(marks: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    texts = st.lists(st.tuples(TEXT, TEXT), min_size=len(marks), max_size=len(marks))
    mixed = st.permutations(marks)
    return st.tuples(texts, mixed).map(
        lambda both: {
            "options": [{"text": t, "feedback": f} | mark for (t, f), mark in zip(both[0], both[1], strict=True)]
        }
    )


def _true_false(right: bool) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(TEXT, TEXT).map(
        lambda said: {
            "options": [
                {"text": "True", "correct": right, "feedback": said[0]},
                {"text": "False", "correct": not right, "feedback": said[1]},
            ]
        }
    )


def _weighed(weights: list[int]) -> st.SearchStrategy[dict[str, Any]]:
    return _options([{"weight": 100}, *({"weight": weight} for weight in weights)])


_TYPED = lines(1, 3).map(lambda texts: {"accepted": texts})
_LISTED = lines(2, 4).flatmap(lambda texts: st.sampled_from(texts).map(lambda one: {"choices": texts, "answer": one}))
_PAIRS = st.tuples(lines(2, 5), lines(2, 5)).map(
    lambda both: {
        "pairs": [{"prompt": p, "answer": both[1][at % len(both[1])]} for at, p in enumerate(both[0])],
        "distractors": both[1][len(both[0]) :],
    }
)
_FIGURES = st.decimals(-10_000, 10_000, places=2, allow_nan=False).map(lambda value: format(value, "f"))
_ANSWERS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "single": _options([{"correct": True}, {}, {}, {}]),
    "multiple": st.integers(2, 3).flatmap(lambda many: _options([{"correct": True}] * many + [{}] * (4 - many))),
    "true_false": st.booleans().flatmap(_true_false),
    "situational": st.lists(st.integers(-100, 99), min_size=3, max_size=3).flatmap(_weighed),
    "matching": _PAIRS,
    "ordering": lines(3, 6).map(lambda texts: {"steps": texts}),
    "numeric": st.tuples(_FIGURES, st.sampled_from(["0", "0.5", "12"]), st.sampled_from(["", "hours", "%"])).map(
        lambda three: {"number": {"value": three[0].replace("-0.00", "0.00"), "tolerance": three[1], "unit": three[2]}}
    ),
    "short_text": _TYPED,
    "cloze": st.lists(_TYPED | _LISTED, min_size=1, max_size=3).map(lambda gaps: {"gaps": gaps}),
    "short_answer": st.tuples(TEXT, st.integers(1, 10)).map(lambda two: {"guide": two[0], "points": two[1]}),
}
KINDS = tuple(_ANSWERS)
