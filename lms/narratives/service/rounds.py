"""A narrative's rounds: what was sent each time, and what readers answered."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.curriculum.rules.shapes import Level
from lms.narratives import rules
from lms.narratives.models import Review, Submission
from lms.narratives.service.sealed import grades_of


@dataclass(slots=True)
class Round:
    """One text that was sent, with every review of it, oldest first."""

    submission: Submission
    reviews: list[Review] = field(default_factory=list)

    @property
    def released(self) -> list[Review]:
        """The answers the writer may read; the last one counts."""
        return sorted((r for r in self.reviews if r.outcome in rules.RELEASED), key=_when)


def _when(review: Review) -> tuple[datetime, int]:
    return review.released_at or review.saved_at, review.id


def grouped(rows: Iterable[Any]) -> list[Round]:
    """Put rows of submission and review together, one round each, in the order in which they came."""
    rounds: dict[int, Round] = {}
    for submission, review in rows:
        if submission is None:
            continue
        one = rounds.setdefault(submission.id, Round(submission))
        if review is not None:
            one.reviews.append(review)
    return list(rounds.values())


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the rubric as it was answered."""

    title: str
    level: Level
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A released review, opened."""

    reader: str
    at: datetime
    outcome: rules.Outcome
    word: str
    marks: tuple[Mark, ...]
    feedback: str
    correction: str


def answer_of(s: Session, submission: Submission, review: Review) -> Answer:
    """Open a released review, line by line, in the words of the rubric that was sent with the text."""
    rubric, grades = rules.rubric_of(submission.rubric), grades_of(s, review)
    marks = tuple(
        Mark(criterion.title, level, grades.reasons.get(criterion.id, ""))
        for criterion in rubric.criteria
        for level in criterion.levels
        if level.points == grades.levels.get(criterion.id)
    )
    judged = rules.outcome(rubric, grades.levels, grades.reasons)
    at = review.released_at or review.saved_at
    return Answer(review.reader.name, at, judged, review.outcome, marks, grades.feedback, grades.correction)


def answers_of(s: Session, one: Round) -> list[Answer]:
    """Open every released answer of a round, the one that counts first."""
    return [answer_of(s, one.submission, review) for review in reversed(one.released)]
