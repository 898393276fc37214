"""Marking a closed attempt again: a new mark beside its own, made of everything that counts by now."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from lms.quizzes import rules
from lms.quizzes.models import Attempt, Mark
from lms.quizzes.service import grades
from lms.quizzes.service.answers import answers_of, choices
from lms.quizzes.service.marks import mark_of
from lms.quizzes.service.rulings import marked_paper

Accepted = Iterable[tuple[int, rules.Choice]]
"""The late answers that count, as question and choice."""


def mark_again(
    s: Session, attempt: Attempt, accepted: Accepted, *, by: str, at: datetime, decision_id: int | None = None
) -> Mark:
    """Mark an attempt again, as a new row, by the rule that marked it when it closed and by the rulings since.

    The attempt's row is locked by the caller.
    """
    paper = marked_paper(s, attempt)
    counts = rules.counted(paper, choices(answers_of(s, attempt)), accepted)
    score = rules.score(paper, counts, grades.hundredths(s, attempt, paper))
    before = mark_of(s, attempt)
    made = Mark(
        attempt_id=attempt.id,
        number=before.number + 1 if before else 1,
        decision_id=decision_id,
        by=by,
        at=at,
        points=score.points,
        out_of=score.out_of,
        passed=rules.verdict(score, attempt.pass_percent),
    )
    s.add(made)
    s.flush()
    return made
