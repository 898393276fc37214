"""What people gave for written answers: append-only rows, the newest of a question counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.db import keys_of
from lms.quizzes.models import Attempt, Grade
from lms.quizzes.rules import POINT, Grades, Paper


@dataclass(frozen=True, slots=True)
class Graded:
    """One grade with its words opened. `reason` says why an earlier one was corrected."""

    position: int
    number: int
    points: int
    most: int
    at: datetime
    author: str
    remark: str
    reason: str


def hundredths(s: Session, attempt: Attempt, paper: Paper) -> Grades:
    """Return what counts for each written answer, in hundredths of a point; no query where nobody grades."""
    if not any(question.by_person for question in paper.questions):
        return {}
    rows = s.execute(
        sa.select(Grade.position, Grade.points, Grade.most).where(Grade.attempt_id == attempt.id).order_by(Grade.number)
    )
    return {row.position: POINT * row.points // row.most for row in rows}


def hundredths_for(s: Session, attempt_ids: Sequence[int]) -> dict[int, Grades]:
    """Return what counts for each written answer of each attempt that has any. One query."""
    asked = sa.select(Grade.attempt_id, Grade.position, Grade.points, Grade.most).where(
        Grade.attempt_id.in_(attempt_ids)
    )
    found: dict[int, dict[int, int]] = {}
    for row in s.execute(asked.order_by(Grade.number)):
        found.setdefault(row.attempt_id, {})[row.position] = POINT * row.points // row.most
    return {**found}


def grades_of(s: Session, attempt: Attempt, paper: Paper) -> dict[int, list[Graded]]:
    """Return every grade of an attempt by position, the newest first, with who gave it. One query."""
    if not any(question.by_person for question in paper.questions):
        return {}
    asked = sa.select(Grade, Person.name).outerjoin(Person, Person.code == Grade.author)
    rows = s.execute(asked.where(Grade.attempt_id == attempt.id).order_by(Grade.number.desc()))
    found: dict[int, list[Graded]] = {}
    for row, name in rows:
        found.setdefault(row.position, []).append(_opened(s, attempt, row, name or ""))
    return found


def _opened(s: Session, attempt: Attempt, row: Grade, author: str) -> Graded:
    remark, reason = (_words(s, attempt, row, column) for column in ("remark", "reason"))
    return Graded(row.position, row.number, row.points, row.most, row.at, author, remark, reason)


def _words(s: Session, attempt: Attempt, row: Grade, column: str) -> str:
    sealed: bytes | None = getattr(row, column)
    return keys_of(s).open(sealed, place(attempt, row.position, row.number, column)) if sealed else ""


def seal(s: Session, attempt: Attempt, where: Sequence[int], column: str, words: str) -> bytes | None:
    """Seal words of a grade for their place; None if there are none. `where` is position and number."""
    position, number = where
    return keys_of(s).seal(words, place(attempt, position, number, column)) if words else None


def place(attempt: Attempt, position: int, number: int, column: str) -> str:
    """Name the column that words are sealed for."""
    return f"lms_quiz_grade:{attempt.code}/{position}/{number}:{column}"
