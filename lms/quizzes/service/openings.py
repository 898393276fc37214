"""Opening and closing times of a quiz in a cohort. They decide when it may be begun, and end nothing."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts.models import Cohort, Enrolment
from lms.core.errors import Invalid
from lms.quizzes.models import Attempt, Opening
from lms.quizzes.rules import Window, windows
from lms.records import service as records


def opening_of(s: Session, cohort_id: int, quiz: str) -> Window:
    """Return from when until when a cohort may begin a quiz."""
    return openings_of(s, cohort_id).get(quiz, windows.ALWAYS)


def openings_of(s: Session, cohort_id: int) -> dict[str, Window]:
    """Return the times of every quiz of a cohort that has some."""
    rows = s.scalars(sa.select(Opening).where(Opening.cohort_id == cohort_id))
    return {row.quiz: Window(row.opens_at, row.closes_at) for row in rows}


def is_over(s: Session, cohort_id: int, quiz: str, *, now: datetime) -> bool:
    """Say whether a quiz's closing time in a cohort is past and nobody there still sits it. One query."""
    row = s.scalars(_SAT_BY_NOBODY, {"cohort": cohort_id, "quiz": quiz}).one_or_none()
    return row is not None and Window(row.opens_at, row.closes_at).stands(now) == "after"


_SITTING = sa.select(Attempt.id).join(Attempt.enrolment).where(Attempt.state == "in_progress")
_SAT_BY_NOBODY = sa.select(Opening).where(
    Opening.cohort_id == sa.bindparam("cohort"),
    Opening.quiz == sa.bindparam("quiz"),
    ~_SITTING.where(Enrolment.cohort_id == Opening.cohort_id, Attempt.quiz == Opening.quiz).exists(),
)


def set_opening(s: Session, cohort: Cohort, quiz: str, window: Window, *, by: str, now: datetime) -> None:
    """Set a quiz's times for a cohort; both None take them away. Attempts under way are not touched by it."""
    why = windows.problem(window)
    if why:
        raise Invalid(windows.SENTENCES[why], {"closes": windows.SENTENCES[why]})
    mine = sa.select(Opening).where(Opening.cohort_id == cohort.id, Opening.quiz == quiz)
    row = s.scalars(mine).one_or_none() or Opening(cohort_id=cohort.id, quiz=quiz)
    row.opens_at, row.closes_at, row.by, row.since = window.opens_at, window.closes_at, by, now
    s.add(row)
    facts = {"quiz": quiz, "opens_at": _said(window.opens_at), "closes_at": _said(window.closes_at)}
    records.audit(s, by, "quizzes.times-set", cohort.code, now=now, facts=facts)
    s.flush()


def move_opening(s: Session, cohort: Cohort, quiz: str, days: int, *, by: str, now: datetime) -> Window:
    """Move a quiz's times by whole days; the time on the cohort's wall stays, also over a change of the clocks."""
    moved = opening_of(s, cohort.id, quiz).later(days, cohort.zone)
    set_opening(s, cohort, quiz, moved, by=by, now=now)
    return moved


def _said(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
