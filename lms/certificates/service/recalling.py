"""What follows from a student's rows is worked out once: a page opened again asks the database, and finds its answer known.

A verdict changes with what is recorded and with time alone. What is recorded is in the answer, word for word; and time
changes what follows from it only where it passes an instant that stands there, or that instant and the network's allowance.
"""

from bisect import bisect_right
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from lms.core.together import Facts, Told
from lms.quizzes.rules import ALLOWANCE

T = TypeVar("T")
KEPT = 32
"""How many answers are kept: those of a cohort, and of whoever looks in beside it."""


def recalled(told: Told, whose: Hashable, *, now: datetime, work: Callable[[Facts], tuple[T, bool]]) -> T:
    """Return what `work` makes of an answer, from memory where it was made of an equal one for the same person and stretch of time.

    `whose` names everything else that the work looks at; its second answer says whether it looked at nothing more, so
    that what it made may be kept. What was made is shared: nobody changes it.
    """
    known: _Known[T] = _known(told, whose)
    return known.made(now, work)


class _Known(Generic[T]):
    """What was last made of one answer, and between which of its instants."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._last: tuple[list[datetime], tuple[int, int], T] | None = None

    def made(self, now: datetime, work: Callable[[Facts], tuple[T, bool]]) -> T:
        last = self._last  # another thread may put its own in place; both are right
        if last is not None and last[1] == _place(last[0], now):
            return last[2]
        facts = self._told.facts()
        made, keep = work(facts)
        if keep:
            instants = _instants(facts)
            self._last = instants, _place(instants, now), made
        return made


@lru_cache(maxsize=KEPT)
def _known(told: Told, whose: Hashable) -> _Known[Any]:
    return _Known(told)


def _instants(facts: Facts) -> list[datetime]:
    found = (at for these in facts.values() for fact in these for at in (fact.at, fact.at2, fact.at3))
    return sorted({at for at in found if at is not None})


def _place(instants: list[datetime], now: datetime) -> tuple[int, int]:
    return bisect_right(instants, now), bisect_right(instants, now - ALLOWANCE)
