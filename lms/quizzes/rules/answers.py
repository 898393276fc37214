"""Which answer stands. An older one never replaces a newer one, a late one is kept aside, a foreign one is refused."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from lms.quizzes.rules.choices import Choice, fitted
from lms.quizzes.rules.paper import Paper
from lms.quizzes.rules.slots import Shape
from lms.quizzes.rules.timing import State, takes_answers

MOST = 1_000_000_000
"""The highest count a browser may name: beyond it nobody has clicked, and every database can hold it."""

Taken = Literal["saved", "stale", "late", "closed", "paused"]
Misfit = Literal["", "position", "choice", "sequence"]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it arrived. `sequence` is the browser's count, `client_at` its clock (kept, never believed)."""

    position: int
    choice: Choice
    later: bool
    sequence: int
    client_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """The answer that stands for one question."""

    choice: Choice
    later: bool
    sequence: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one answer, and what stands now; `why` names the misfit of one that was refused."""

    state: Literal["saved", "stale", "late", "closed", "paused", "refused"]
    saved_at: datetime | None
    sequence: int
    position: int
    choice: Choice = ()
    later: bool = False
    why: Misfit = ""


@dataclass(frozen=True, slots=True)
class Sorted:
    """One answer with its fate: `taken` is None for one that does not fit and is therefore not kept."""

    given: Given
    taken: Taken | None
    saved: Saved


def misfit(paper: Paper | Shape, given: Given) -> Misfit:
    """Name what in an answer cannot belong to this paper; empty when it fits."""
    question = paper.question(given.position)
    if question is None:
        return "position"
    if not 1 <= given.sequence <= MOST:
        return "sequence"
    return "choice" if fitted(question, given.choice) is None else ""


def judge_answer(held: Held | None, given: Given, stands: State) -> Taken:
    """Decide what becomes of an answer that fits.

    A repeat of the very same answer (the browser heard no reply and sent it again) is saved; another answer under a
    count that is already used comes from a page that was older, and is stale.
    """
    if stands == "submitted":
        return "closed"
    if stands == "paused":
        return "paused"
    if not takes_answers(stands):
        return "late"
    if held is None or given.sequence > held.sequence:
        return "saved"
    same = (given.sequence, given.choice, given.later) == (held.sequence, held.choice, held.later)
    return "saved" if same else "stale"


def sort_out(
    paper: Paper | Shape, held: Mapping[int, Held], given: Iterable[Given], stands: State, now: datetime
) -> tuple[Sorted, ...]:
    """Decide about answers in the order they arrived; one that does not fit costs the others nothing."""
    standing = dict(held)
    return tuple(_sort_one(paper, standing, one, stands, now) for one in given)


def _sort_one(paper: Paper | Shape, standing: dict[int, Held], given: Given, stands: State, now: datetime) -> Sorted:
    why = misfit(paper, given)
    if why:
        return Sorted(given, None, Saved("refused", None, 0, given.position, why=why))
    question = paper.question(given.position)
    given = replace(given, choice=(question and fitted(question, given.choice)) or ())
    taken = judge_answer(standing.get(given.position), given, stands)
    if taken == "saved":
        standing[given.position] = Held(given.choice, given.later, given.sequence, now)
    held = standing.get(given.position)
    if held is None:
        return Sorted(given, taken, Saved(taken, None, 0, given.position))
    return Sorted(given, taken, Saved(taken, held.saved_at, held.sequence, given.position, held.choice, held.later))


def as_shown(choice: Choice, later: bool, fields: bool = False) -> str:
    """Write an answer as a page carries it along, so that a question nobody touched is not sent as an answer.

    Fields are written as a JSON list of texts, options as their numbers; quiz.js writes the same.
    """
    texts = [str(one) for one in (choice if fields else sorted(choice, key=_by_number))]
    said = [json.dumps(texts, ensure_ascii=False, separators=(",", ":"))] if fields and any(texts) else texts
    return " ".join([*(said if any(texts) else []), *(["later"] if later else [])])


def _by_number(one: int | str) -> tuple[int, str]:
    return len(str(one)), str(one)
