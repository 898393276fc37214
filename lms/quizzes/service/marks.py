"""Marks that were made after an attempt had closed. The attempt keeps its own points; the newest mark counts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from lms.quizzes.models import Attempt, Grade, Mark

_OTHER = aliased(Mark)
NEWEST = sa.and_(
    Mark.attempt_id == Attempt.id,
    Mark.number == sa.select(sa.func.max(_OTHER.number)).where(_OTHER.attempt_id == Attempt.id).scalar_subquery(),
)
"""Joins an attempt to the mark that counts."""


def counting(name: str) -> Any:
    """Return a figure of the mark that counts, or else the attempt's own: `points`, `out_of` or `passed`."""
    return sa.case((Mark.id.is_(None), getattr(Attempt, name)), else_=getattr(Mark, name))


WAITS = sa.case((Mark.id.is_(None), Attempt.passed.is_(None)), else_=Mark.waits)
"""Asks whether a person has still to grade something of a closed attempt."""


def waits(attempt: Attempt, mark: Mark | None) -> bool:
    """Say whether a person has still to grade something of a closed attempt."""
    return attempt.passed is None if mark is None else mark.waits


def passed(attempt: Attempt, mark: Mark | None) -> bool | None:
    """Say whether a closed attempt was passed so far, by itself or by the mark that counts."""
    # A grade may have let it pass by itself since that mark, which waited.
    return attempt.passed or (mark.passed if mark else None)


def mark_of(s: Session, attempt: Attempt) -> Mark | None:
    """Return the newest mark an attempt was given after it had closed."""
    return marks_for(s, [attempt.id]).get(attempt.id)


def newest_marks(s: Session, enrolment_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when a closed attempt of each enrolment was last graded or marked again, if ever. One query."""
    both = sa.union_all(sa.select(Mark.attempt_id, Mark.at), sa.select(Grade.attempt_id, Grade.at)).subquery()
    asked = (
        sa.select(Attempt.enrolment_id, sa.func.max(both.c.at))
        .join(both, both.c.attempt_id == Attempt.id)
        .where(Attempt.enrolment_id.in_(list(enrolment_ids)))
        .group_by(Attempt.enrolment_id)
    )
    return {row[0]: row[1] for row in s.execute(asked)}


def marks_for(s: Session, attempt_ids: Iterable[int]) -> dict[int, Mark]:
    """Return the newest mark of each of these attempts that has one."""
    rows = s.scalars(sa.select(Mark).where(Mark.attempt_id.in_(list(attempt_ids))).order_by(Mark.number))
    return {row.attempt_id: row for row in rows}
