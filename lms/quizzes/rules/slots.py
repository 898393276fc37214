"""What an answer to each question may look like, and nothing else: all that saving has to know of a paper.

A paper of 120 questions is some 200 KB; its shape is 2 KB and is written beside it when an attempt starts. Once drawn a
paper never changes, so neither does its shape.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.curriculum.rules.tasks import Cloze, Matching, Numeric, Ordering, ShortAnswer
from lms.quizzes.rules.paper import Paper, Question

Listed = tuple[int, int]
"""The numbers that a field's list offers: from the first to the one after the last."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One question as an answer meets it: options to choose from, or fields to fill in."""

    position: int
    options: int = 0
    several: bool = False
    """More than one option may be chosen."""
    cells: tuple[Listed | None, ...] = ()
    """For each field what its list offers; None where words are typed."""
    unit: str | None = None
    """The unit a number may carry; None where no number is asked for."""
    by_person: bool = False

    @property
    def fields(self) -> int:
        """How many fields are filled in to answer; 0 where options are chosen."""
        return len(self.cells)


@dataclass(frozen=True, slots=True)
class Shape:
    """The slots of a paper, read one at a time: who saves one answer asks for one."""

    stored: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, paper: Paper) -> "Shape":
        """Return the shape of a paper."""
        return cls([_to_json(slot_of(question)) for question in paper.questions])

    def question(self, position: int) -> Slot | None:
        """Find a question's slot by its position, as `Paper.question` finds the question."""
        return _from_json(position, self.stored[position - 1]) if 1 <= position <= len(self.stored) else None

    @property
    def many(self) -> int:
        """How many questions there are."""
        return len(self.stored)

    def to_json(self) -> list[Any]:
        """Return what is stored with the attempt."""
        return list(self.stored)


def slot_of(asked: Question | Slot) -> Slot:
    """Return what an answer to a question may look like."""
    if isinstance(asked, Slot):
        return asked
    item, at = asked.item, asked.position
    if item.task is None:
        return Slot(at, options=len(item.options), several=item.type == "multiple")
    unit = item.task.unit if isinstance(item.task, Numeric) else None
    cells = tuple(_listed(asked, cell) for cell in range(asked.fields))
    return Slot(at, cells=cells, unit=unit, by_person=isinstance(item.task, ShortAnswer))


def _listed(question: Question, at: int) -> Listed | None:
    task = question.item.task
    if isinstance(task, Matching):
        return 0, len(task.answers)
    if isinstance(task, Ordering):
        return 1, len(task.steps) + 1
    if isinstance(task, Cloze) and task.gaps[at].choices:
        return 0, len(task.gaps[at].choices)
    return None


def _to_json(slot: Slot) -> dict[str, Any]:
    said = {
        "options": slot.options,
        "several": slot.several,
        "cells": [list(cell) if cell else None for cell in slot.cells],
        "by_person": slot.by_person,
    }
    return {name: value for name, value in said.items() if value} | ({} if slot.unit is None else {"unit": slot.unit})


def _from_json(position: int, raw: Mapping[str, Any]) -> Slot:
    return Slot(
        position,
        raw.get("options", 0),
        raw.get("several", False),
        tuple((cell[0], cell[1]) if cell else None for cell in raw.get("cells", ())),
        raw.get("unit"),
        raw.get("by_person", False),
    )
