"""The board of a running quiz: a fixed number of questions, however many people sit it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts.models import Enrolment
from lms.quizzes import rules
from lms.quizzes.models import AnswerEvent, Attempt, Pause, Response
from lms.quizzes.rules import BoardLine, Seen, Timing

BACK = timedelta(hours=12)
"""How long a closed attempt stays on the board: a day of examinations."""
_FACTS = (
    Attempt.id,
    Attempt.code,
    Attempt.number,
    Attempt.questions,
    Attempt.state,
    Attempt.started_at,
    Attempt.deadline,
    Attempt.overdue,
    Attempt.grace_seconds,
    Attempt.paused_at,
    Attempt.pause_ends,
    Attempt.seen_at,
    Person.name,
)


def board_of(s: Session, cohort_id: int, quiz: str, *, now: datetime) -> list[BoardLine]:
    """Return who sits a quiz of a cohort now, or closed it within half a day. Four queries."""
    recent = sa.or_(Attempt.state == "in_progress", Attempt.closed_at > now - BACK)
    # Named columns: the papers of three hundred people are megabytes, and nothing of them is shown.
    asked = (
        sa.select(*_FACTS)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id, Attempt.quiz == quiz, recent)
    )
    rows = cast(Sequence[sa.Row[Any]], s.execute(asked).all())
    theirs = (
        sa.select(Attempt.id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id, Attempt.quiz == quiz, recent)
    )
    answers, signs = _answers(s, theirs), _signs(s, theirs)
    asking = set(s.scalars(sa.select(Pause.attempt_id).where(Pause.state == "asked", Pause.attempt_id.in_(theirs))))
    return rules.board([_seen(row, answers, signs, row.id in asking) for row in rows], now)


def running(s: Session, cohort_id: int) -> dict[str, int]:
    """Return how many sit each quiz of a cohort, as recorded; one query."""
    asked = (
        sa.select(Attempt.quiz, sa.func.count())
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id, Attempt.state == "in_progress")
        .group_by(Attempt.quiz)
    )
    return {row.quiz: row[1] for row in s.execute(asked)}


def note_seen(s: Session, attempt: Attempt, *, now: datetime) -> None:
    """Write down that the open page of an attempt asked where it stands."""
    mine = sa.update(Attempt).where(Attempt.id == attempt.id, Attempt.state == "in_progress")
    s.execute(mine.values(seen_at=now).execution_options(synchronize_session=False))


def _answers(s: Session, theirs: sa.Select[Any]) -> dict[int, tuple[int, datetime]]:
    # An empty choice is an answer that was taken back; as text it is the same on both databases.
    given = sa.func.sum(sa.case((sa.cast(Response.choice, sa.Text) != "[]", 1), else_=0))
    asked = sa.select(Response.attempt_id, given, sa.func.max(Response.saved_at)).group_by(Response.attempt_id)
    rows = s.execute(asked.where(Response.attempt_id.in_(theirs)))
    return {attempt: (int(count or 0), at) for attempt, count, at in rows}


def _signs(s: Session, theirs: sa.Select[Any]) -> dict[int, datetime]:
    asked = sa.select(AnswerEvent.attempt_id, sa.func.max(AnswerEvent.at)).group_by(AnswerEvent.attempt_id)
    return {row[0]: row[1] for row in s.execute(asked.where(AnswerEvent.attempt_id.in_(theirs)))}


def _seen(row: sa.Row[Any], answers: dict[int, tuple[int, datetime]], signs: dict[int, datetime], asks: bool) -> Seen:
    timing = Timing(
        row.started_at,
        row.deadline,
        cast(rules.Recorded, row.state),
        cast(rules.Overdue, row.overdue),
        timedelta(seconds=row.grace_seconds),
        row.paused_at,
        row.pause_ends,
    )
    answered, saved_at = answers.get(row.id, (0, None))
    seen_at = _newest((row.started_at, row.seen_at, signs.get(row.id), saved_at))
    return Seen(row.code, row.name, row.number, timing, answered, row.questions, saved_at, seen_at, asks)


def _newest(signs: Iterable[datetime | None]) -> datetime:
    return max(at for at in signs if at is not None)
