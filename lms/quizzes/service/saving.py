"""Saving answers: nothing that arrives is thrown away, and the newest acknowledged one stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.db import run
from lms.quizzes import rules
from lms.quizzes.models import AnswerEvent, Attempt
from lms.quizzes.rules import Given, Held, Saved
from lms.quizzes.service import sealed
from lms.quizzes.service.answers import ANSWERS, answers_of
from lms.quizzes.service.attempts import hold, shape_of, state_of
from lms.quizzes.service.closing import lapse


def save_answers(s: Session, attempt: Attempt, given: Iterable[Given], *, now: datetime) -> list[Saved]:
    """Save answers and say what became of each; every one that fits the paper is logged, taken or kept aside.

    Never raises for what a browser sent: one answer that does not fit must not cost the others.
    """
    hold(s, attempt)
    stands, given = state_of(attempt, now=now), list(given)
    shape = shape_of(attempt)
    # Only places of the paper are asked for: PostgreSQL has no room for whatever number a form may name.
    held = answers_of(s, attempt, [one.position for one in given if shape.question(one.position)])
    fates = rules.sort_out(shape, held, given, stands, now)
    kept = [sealed.stored(s, attempt, shape.question(one.given.position), one.given.choice) for one in fates]
    _put(s, attempt, held, list(zip(fates, kept, strict=True)), now)
    _log(s, attempt, list(zip(fates, kept, strict=True)), now)
    lapse(s, attempt, now)
    return [fate.saved for fate in fates]


Fates = Sequence[tuple[rules.Sorted, list[Any]]]
"""What became of each answer, and its choice as it is stored."""


def _put(s: Session, attempt: Attempt, held: Mapping[int, Held], fates: Fates, now: datetime) -> None:
    """Write the answers that were taken; for each question the last of them, for they came in order."""
    taken = {fate.given.position: (fate.given, choice) for fate, choice in fates if fate.taken == "saved"}
    rows = {
        position: {"choice": choice, "later": given.later, "sequence": given.sequence, "saved_at": now}
        for position, (given, choice) in taken.items()
    }
    changed = [row | {"attempt": attempt.id, "place": at} for at, row in rows.items() if at in held]
    new = [row | {"attempt_id": attempt.id, "position": at} for at, row in rows.items() if at not in held]
    if changed:
        run(s, _CHANGED_ANSWER, changed)
    if new:
        run(s, _NEW_ANSWER, new)


_NEW_ANSWER = sa.insert(ANSWERS)
_CHANGED_ANSWER = sa.update(ANSWERS).where(
    ANSWERS.c.attempt_id == sa.bindparam("attempt"), ANSWERS.c.position == sa.bindparam("place")
)


def _log(s: Session, attempt: Attempt, fates: Fates, now: datetime) -> None:
    arrived = [
        {
            "attempt_id": attempt.id,
            "position": fate.given.position,
            "choice": choice,
            "later": fate.given.later,
            "sequence": fate.given.sequence,
            "at": now,
            "client_at": fate.given.client_at,
            "taken": fate.taken,
        }
        for fate, choice in fates
        if fate.taken
    ]
    if arrived:
        run(s, _EVENT, arrived)


_EVENT = sa.insert(cast(sa.Table, AnswerEvent.__table__))
