"""Closing attempts: sent by the student, or found over. The database decides every race."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.log import logger
from lms.quizzes import rules
from lms.quizzes.models import Attempt
from lms.quizzes.service import grades
from lms.quizzes.service.answers import choices, shut_answers_of
from lms.quizzes.service.attempts import FATE, look_again, paper_of, read_in, timing_of

log = logger("lms.quizzes")
BATCH = 500
"""The most attempts one tick closes; the next tick takes the rest."""


def submit(s: Session, attempt: Attempt, *, now: datetime) -> Attempt:
    """Close an attempt and mark it; one that is closed stays as it is, however often it is sent."""
    close(s, attempt, now)
    return attempt


def close_expired(s: Session, now: datetime) -> int:
    """Close every attempt whose time is over, with what was saved; returns how many. For the tick."""
    over = (
        sa.select(Attempt)
        .where(Attempt.state == "in_progress", Attempt.deadline < now - rules.ALLOWANCE)
        .order_by(Attempt.deadline)
        .limit(BATCH)
    )
    return sum(_close_apart(s, attempt, now) for attempt in s.scalars(over).all())


def _close_apart(s: Session, attempt: Attempt, now: datetime) -> bool:
    try:
        with s.begin_nested():
            return close(s, attempt, now)
    except Exception:  # one damaged row must not keep everybody else's attempt open
        log.exception("quizzes.close_failed", attempt=attempt.code)
        return False


def close(s: Session, attempt: Attempt, now: datetime) -> bool:
    """Close an attempt as it would close at this instant; False when somebody else did, or time was added."""
    closing = rules.closing(timing_of(attempt), now)
    if closing is None:
        return False
    # Two tabs, or the student and the tick: whoever changes the row first closes the attempt, the other changes
    # nothing. Naming the deadline lets time that is added at this very moment win over the tick.
    over = closing.state == "expired"
    named = {"attempt": attempt.id} | ({"until": attempt.deadline} if over else {})
    won = changed(s, _OVER if over else _CLOSED, named | {"state": closing.state, "closed_at": closing.at})
    if won:
        # The row is ours until the commit: each answer that was on its way is in, and none can follow.
        settle(s, attempt)
    else:
        look_again(s, attempt)
    return won


_ATTEMPTS = cast(sa.Table, Attempt.__table__)
_MINE = sa.update(_ATTEMPTS).where(_ATTEMPTS.c.id == sa.bindparam("attempt"))
_CLOSED = _MINE.where(_ATTEMPTS.c.state == "in_progress").values(
    state=sa.bindparam("state"), closed_at=sa.bindparam("closed_at")
)
_OVER = _CLOSED.where(_ATTEMPTS.c.deadline == sa.bindparam("until"))
_MARKED = _MINE.values({name: sa.bindparam(name) for name in ("points", "out_of", "passed")}).returning(
    *(_ATTEMPTS.c[name] for name in FATE)
)


def settle(s: Session, attempt: Attempt) -> None:
    """Write down what a closed attempt comes to: when it closes, and each time somebody has graded part of it."""
    paper = paper_of(attempt)
    held = shut_answers_of(s, attempt)
    mark = rules.score(paper, choices(held), grades.hundredths(s, attempt, paper))
    passed = rules.verdict(mark, attempt.pass_percent)
    values = {"attempt": attempt.id, "points": mark.points, "out_of": mark.out_of, "passed": passed}
    read_in(attempt, s.execute(_MARKED, values).mappings().one())


def changed(s: Session, change: sa.Update, values: Mapping[str, Any]) -> bool:
    """Run a change of one row and say whether it found that row as it expected it."""
    done = s.execute(change, values)
    return cast(sa.CursorResult[Any], done).rowcount == 1
