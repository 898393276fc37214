"""The answers that stand, and what was kept aside."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.quizzes.models import AnswerEvent, Attempt, Response
from lms.quizzes.rules import ASIDE, Held

ANSWERS = cast(sa.Table, Response.__table__)
"""Answers are read and written as rows: a save has no use for an object that lives on."""


def answers_of(s: Session, attempt: Attempt, positions: Sequence[int] | None = None) -> dict[int, Held]:
    """Return the answers that stand, by position; all of them, or those of some questions."""
    if positions is None:
        rows = s.execute(_STANDING, {"attempt": attempt.id})
    else:
        rows = s.execute(_STANDING_AT, {"attempt": attempt.id, "positions": positions})
    return {row.position: held_in(row) for row in rows}


_STANDING = sa.select(*ANSWERS.c).where(ANSWERS.c.attempt_id == sa.bindparam("attempt"))
_STANDING_AT = _STANDING.where(ANSWERS.c.position.in_(sa.bindparam("positions", expanding=True)))


def choices(held: Mapping[int, Held]) -> dict[int, tuple[int, ...]]:
    """Return what is chosen for each question, as the marking takes it."""
    return {position: one.choice for position, one in held.items()}


def kept_aside(s: Session, attempt: Attempt) -> int:
    """Count the questions for which something arrived too late and was kept aside."""
    aside = sa.select(sa.func.count(AnswerEvent.position.distinct())).where(
        AnswerEvent.attempt_id == attempt.id, AnswerEvent.taken.in_(ASIDE)
    )
    return s.scalar(aside) or 0


def held_in(row: Response | sa.Row[Any]) -> Held:
    """Return a stored answer as the rules see it."""
    return Held(tuple(row.choice), row.later, row.sequence, row.saved_at)
