"""What people gave for written answers: append-only rows, the newest of a question counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.db import keys_of
from lms.quizzes.models import Attempt, Grade
from lms.quizzes.rules import IN_TIME, POINT, Paper, TextGrades


@dataclass(frozen=True, slots=True)
class Graded:
    """One grade with its words opened. `reason` says why an earlier one was corrected."""

    position: int
    arrival: int
    number: int
    points: int
    most: int
    at: datetime
    author: str
    remark: str
    reason: str

    @property
    def hundredths(self) -> int:
        """What it is worth, in hundredths of a point of the quiz."""
        return POINT * self.points // self.most


def hundredths(s: Session, attempt: Attempt, paper: Paper) -> TextGrades:
    """Return what counts for each written text, in hundredths of a point; no query where nobody grades."""
    if not any(question.by_person for question in paper.questions):
        return {}
    return hundredths_for(s, [attempt.id]).get(attempt.id, {})


def hundredths_for(s: Session, attempt_ids: Sequence[int]) -> dict[int, TextGrades]:
    """Return what counts for each written text of each attempt that has any. One query."""
    asked = sa.select(Grade.attempt_id, Grade.position, Grade.event_id, Grade.points, Grade.most)
    found: dict[int, dict[tuple[int, int], int]] = {}
    for row in s.execute(asked.where(Grade.attempt_id.in_(attempt_ids)).order_by(Grade.number)):
        text = row.position, row.event_id or IN_TIME
        found.setdefault(row.attempt_id, {})[text] = POINT * row.points // row.most
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
    arrival = row.event_id or IN_TIME
    return Graded(row.position, arrival, row.number, row.points, row.most, row.at, author, remark, reason)


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
