"""Marking a closed attempt again: a new mark beside its own, made of everything that counts by now."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from lms.quizzes import rules
from lms.quizzes.models import Attempt, Mark
from lms.quizzes.rules import Late
from lms.quizzes.service import grades
from lms.quizzes.service.answers import answers_of, choices
from lms.quizzes.service.marks import mark_of, passed
from lms.quizzes.service.rulings import marked_paper


def mark_again(
    s: Session, attempt: Attempt, accepted: Iterable[Late], *, by: str, at: datetime, decision_id: int | None = None
) -> Mark:
    """Mark an attempt again, as a new row, by the rule that marked it when it closed and by the rulings since.

    The attempt's row is locked by the caller.
    """
    paper = marked_paper(s, attempt)
    given = grades.hundredths(s, attempt, paper)
    score = rules.score(paper, *rules.counted(paper, choices(answers_of(s, attempt)), accepted, given))
    before = mark_of(s, attempt)
    made = Mark(
        attempt_id=attempt.id,
        number=before.number + 1 if before else 1,
        decision_id=decision_id,
        by=by,
        at=at,
        points=score.points,
        out_of=score.out_of,
        passed=rules.verdict(score, attempt.pass_percent, passed(attempt, before)),
        waits=score.waiting,
    )
    s.add(made)
    s.flush()
    return made
