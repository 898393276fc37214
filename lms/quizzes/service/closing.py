"""Closing attempts: sent by the student, or found over. The database decides every race."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.quizzes import rules
from lms.quizzes.models import Attempt, Pause
from lms.quizzes.rules import Closing, Held, Paper, TextGrades
from lms.quizzes.service import grades, history
from lms.quizzes.service.answers import choices, shut_answers_of
from lms.quizzes.service.attempts import ATTEMPTS, FATE, look_again, read_in, timing_of
from lms.quizzes.service.rulings import marked_paper

_KIND = {"submitted": "sent"}


def submit(s: Session, attempt: Attempt, *, now: datetime) -> Attempt:
    """Close an attempt and mark it; one that is closed stays as it is, however often it is sent."""
    closing = rules.closing(timing_of(attempt), now)
    if closing is not None:
        _close(s, attempt, closing, now)
    return attempt


def lapse(s: Session, attempt: Attempt, now: datetime) -> bool:
    """Write down that an attempt's time is over; False when it is not, or somebody else did, or time was added."""
    closing = rules.lapse(timing_of(attempt), now)
    return closing is not None and _close(s, attempt, closing, now)


def _close(s: Session, attempt: Attempt, closing: Closing, now: datetime) -> bool:
    # Two tabs, or the student and the tick: whoever changes the row first closes the attempt, the other changes
    # nothing. Naming the deadline lets time that is added at this very moment win over the tick.
    one = sa.update(ATTEMPTS).where(ATTEMPTS.c.id == attempt.id, ATTEMPTS.c.state == "in_progress")
    if closing.state != "submitted":
        paused_at = ATTEMPTS.c.paused_at.is_not_distinct_from(attempt.paused_at)
        one = one.where(ATTEMPTS.c.deadline == attempt.deadline, paused_at)
    fate: dict[str, Any] = {"state": closing.state, "closed_at": closing.at, "due_at": None}
    if attempt.paused_at is not None:
        fate |= {"deadline": rules.ends(timing_of(attempt), now), "paused_at": None, "pause_ends": None}
    row = s.execute(one.values(**fate).returning(*(ATTEMPTS.c[name] for name in FATE))).mappings().one_or_none()
    if row is None:
        look_again(s, attempt)
    else:
        # The row is ours until the commit: each answer that was on its way is in, and none can follow.
        read_in(attempt, row)
        settle(s, attempt)
        kind, by = _KIND.get(closing.state, closing.state), _closer(attempt, closing)
        history.note(s, attempt, kind, before="in_progress", after=closing.state, by=by, now=now)
        open_ones = sa.update(Pause).where(Pause.attempt_id == attempt.id, Pause.state.in_(("asked", "running")))
        changed(s, open_ones.values(state="over", ended_at=closing.at))
    return row is not None


def settle(s: Session, attempt: Attempt) -> None:
    """Write down what a closed attempt comes to: when it closes, and each time somebody has graded part of it."""
    held, paper = shut_answers_of(s, attempt), marked_paper(s, attempt)
    given = grades.hundredths(s, attempt, paper)
    comes_to = marked(attempt, paper, held, attempt.state, given)
    changed(s, sa.update(Attempt).where(Attempt.id == attempt.id).values(**comes_to))
    read_in(attempt, comes_to)


def marked(
    attempt: Attempt, paper: Paper, held: Mapping[int, Held], state: str, given: TextGrades | None = None
) -> dict[str, Any]:
    """Return what an attempt comes to; one that was abandoned counts nothing, and its answers stay where they are."""
    mark = rules.score(paper, *rules.counted(paper, choices(held), (), given))
    if state == "abandoned":
        return {"points": 0, "out_of": mark.out_of, "passed": False}
    return {"points": mark.points, "out_of": mark.out_of, "passed": rules.verdict(mark, attempt.pass_percent)}


def _closer(attempt: Attempt, closing: Closing) -> str:
    return attempt.enrolment.person.code if closing.state == "submitted" else history.CLOCK


def changed(s: Session, change: sa.Update) -> bool:
    """Run a change of one row and say whether it found that row as it expected it."""
    done = s.execute(change.execution_options(synchronize_session=False))
    return cast(sa.CursorResult[Any], done).rowcount == 1
