"""The order in which a question's parts are shown. Where the authors' order is the key, it never stands."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from lms.curriculum.rules.shapes import Item
from lms.curriculum.rules.tasks import Cloze, Gap, Matching, Ordering, Task

T = TypeVar("T")
Order = Callable[[int, int], list[int]]
"""Gives the numbers below the first argument in another order; the second tells one list of a question from another."""


def shown(item: Item, order: Order, *, options: bool) -> Item:
    """Return a question as one person sees it; `options` says whether the quiz shuffles what need not be."""
    if item.task is not None:
        return replace(item, task=_task(item.task, order, options))
    # True before False, always: moving them would test attention, not knowledge.
    if not options or item.type == "true_false":
        return item
    return replace(item, options=_put(item.options, order(len(item.options), 0)))


def _task(task: Task, order: Order, options: bool) -> Task:
    if isinstance(task, Matching):
        return _matching(task, order, options)
    if isinstance(task, Ordering):
        return _ordering(task, order)
    if isinstance(task, Cloze) and options:
        return Cloze(tuple(_gap(gap, order(len(gap.choices), at)) for at, gap in enumerate(task.gaps)))
    return task


def _matching(task: Matching, order: Order, options: bool) -> Matching:
    answers = order(len(task.answers), 1)
    prompts = order(len(task.prompts), 0) if options else list(range(len(task.prompts)))
    key = tuple(answers.index(task.key[at]) for at in prompts)
    return Matching(_put(task.prompts, prompts), _put(task.answers, answers), key)


def _ordering(task: Ordering, order: Order) -> Ordering:
    at = order(len(task.steps), 0)
    if _put(task.places, at) == tuple(sorted(task.places)):
        at = [*at[1:], at[0]]
    return Ordering(_put(task.steps, at), _put(task.places, at))


def _gap(gap: Gap, at: list[int]) -> Gap:
    return replace(gap, choices=_put(gap.choices, at))


def _put(values: Sequence[T], at: Sequence[int]) -> tuple[T, ...]:
    return tuple(values[one] for one in at)
