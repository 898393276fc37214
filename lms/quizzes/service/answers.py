"""The answers that stand."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.db import run
from lms.quizzes.models import Attempt, Response
from lms.quizzes.rules import Choice, Held
from lms.quizzes.service import sealed

ANSWERS = cast(sa.Table, Response.__table__)
"""Answers are read and written as rows: a save has no use for an object that lives on."""


def answers_of(s: Session, attempt: Attempt, positions: Sequence[int] | None = None) -> dict[int, Held]:
    """Return the answers that stand, by position; all of them, or those of some questions."""
    if positions is None:
        rows = run(s, _STANDING, {"attempt": attempt.id})
    else:
        rows = run(s, _STANDING_AT, {"attempt": attempt.id, "positions": positions})
    return {row.position: _opened(s, attempt, row) for row in rows}


_STANDING = sa.select(*ANSWERS.c).where(ANSWERS.c.attempt_id == sa.bindparam("attempt"))
_STANDING_AT = _STANDING.where(ANSWERS.c.position.in_(sa.bindparam("positions", expanding=True)))


def shut_answers_of(s: Session, attempt: Attempt) -> dict[int, Held]:
    """Return the answers that stand as the marking sees them: what a person wrote stays shut."""
    return {row.position: held_in(row) for row in run(s, _STANDING, {"attempt": attempt.id})}


def choices(held: Mapping[int, Held]) -> dict[int, Choice]:
    """Return what is chosen for each question, as the marking takes it."""
    return {position: one.choice for position, one in held.items()}


def held_in(row: Response | sa.Row[Any]) -> Held:
    """Return a stored answer as the marking sees it; what a person wrote stays shut."""
    return Held(sealed.shut(row.choice), row.later, row.sequence, row.saved_at)


def _opened(s: Session, attempt: Attempt, row: sa.Row[Any]) -> Held:
    return Held(sealed.opened(s, attempt, row.position, row.choice), row.later, row.sequence, row.saved_at)
