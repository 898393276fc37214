"""What the timer does: end pauses that ran out, and close what is over."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.log import logger
from lms.quizzes import rules
from lms.quizzes.models import Attempt
from lms.quizzes.service.closing import lapse
from lms.quizzes.service.pauses import run_out

log = logger("lms.quizzes")
BATCH = 500
"""The most attempts one tick closes; the next tick takes the rest."""


def close_expired(s: Session, now: datetime) -> int:
    """Close every attempt whose time is over, by its quiz's word; returns how many. For the tick.

    A pause that ran out is ended first, so that its minutes are given back before anybody looks at the time.
    """
    over = (
        sa.select(Attempt)
        .where(Attempt.state == "in_progress", Attempt.due_at < now - rules.ALLOWANCE)
        .order_by(Attempt.due_at)
        .limit(BATCH)
    )
    return sum(_lapse_apart(s, attempt, now) for attempt in s.scalars(over).all())


def _lapse_apart(s: Session, attempt: Attempt, now: datetime) -> bool:
    try:
        with s.begin_nested():
            run_out(s, attempt, now)
            return lapse(s, attempt, now)
    except Exception:  # one damaged row must not keep everybody else's attempt open
        log.exception("quizzes.close_failed", attempt=attempt.code)
        return False
