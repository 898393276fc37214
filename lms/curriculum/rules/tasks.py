"""What a question asks for where options are not enough: each shape holds what is shown and what is right.

Prompts, steps and the guide are sanitised HTML; answers, accepted texts and choices are plain text, because a list to
choose from and a box to type in show nothing else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

ItemType = Literal[
    "single",
    "multiple",
    "true_false",
    "matching",
    "ordering",
    "numeric",
    "short_text",
    "cloze",
    "situational",
    "short_answer",
]

GAP = re.compile(r"\[\[([1-9][0-9]?)\]\]")
"""Where a gap stands in the stem of a `cloze`."""


@dataclass(frozen=True, slots=True)
class Matching:
    """For each prompt one of `answers`, which may hold distractors; `key` is the number of the right one, from 0."""

    prompts: tuple[str, ...]
    answers: tuple[str, ...]
    key: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ordering:
    """Steps as shown, and the place each belongs to, from 1."""

    steps: tuple[str, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number: right within `tolerance` on either side. Both are decimal text, so that 0.1 is a tenth."""

    value: str
    tolerance: str
    unit: str


@dataclass(frozen=True, slots=True)
class ShortText:
    """A word or a few; every accepted way of writing it."""

    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: a box to type in, or with `choices` a list to choose from, whose right entry is the one accepted."""

    accepted: tuple[str, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cloze:
    """The gaps of a stem, in the order of their numbers."""

    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """A few sentences that a person grades from 0 to `most` by the guide."""

    guide: str
    most: int


Task = Matching | Ordering | Numeric | ShortText | Cloze | ShortAnswer

# No two of these have the same fields, so what was stored says itself which one it is.
_STORED: TypeAdapter[Task | None] = TypeAdapter(Task | None)


def task_from(stored: Mapping[str, Any] | None) -> Task | None:
    """Read a task as it was stored; None for a question with options, and for those from before there were tasks."""
    return _STORED.validate_python(stored)
