"""Pauses: a student asks, staff answer; the clock stands still and the deadline moves by as much when it goes on."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.db import keys_of, run
from lms.core.errors import Conflict, Invalid
from lms.core.ids import new_code
from lms.quizzes import rules
from lms.quizzes.models import Attempt, Pause
from lms.quizzes.service import history
from lms.quizzes.service.attempts import hold, state_of
from lms.quizzes.service.closing import changed, lapse
from lms.quizzes.service.extending import move

MINUTES = range(1, 121)
ARRANGEMENT = "arrangement"
SENTENCES = {
    "no-limit": "This quiz has no time limit for you. Leave it whenever you like, and come back.",
    "over": "The time of this quiz is over, so there is nothing to pause.",
    "open": "You have asked for a pause already.",
    "answered": "Somebody answered this request already.",
    "minutes": "Give a number of minutes from 1 to 120.",
}


def ask_pause(s: Session, attempt: Attempt, *, reason: str = "", now: datetime) -> Pause:
    """Ask for a pause; where breaks are arranged and some are left, it begins at once."""
    _ready(s, attempt, now)
    if pause_of(s, attempt, "asked", "running") is not None:
        raise Conflict(SENTENCES["open"])
    code = new_code()
    sealed = keys_of(s).seal(reason.strip(), _where(code)) if reason.strip() else None
    made = Pause(code=code, attempt_id=attempt.id, state="asked", asked_at=now, reason=sealed, by="")
    s.add(made)
    s.flush()
    if attempt.break_seconds > 0:
        _begin(s, attempt, made, attempt.break_seconds, ARRANGEMENT, now)
    return made


def answer_pause(s: Session, attempt: Attempt, *, granted: bool, minutes: int, by: str, now: datetime) -> None:
    """Grant the pause that was asked for, for at most so many minutes, or do not."""
    if granted and minutes not in MINUTES:
        raise Invalid(SENTENCES["minutes"], {"minutes": SENTENCES["minutes"]})
    hold(s, attempt)
    asked = pause_of(s, attempt, "asked")
    if asked is None:
        raise Conflict(SENTENCES["answered"])
    if granted:
        _ready(s, attempt, now)
        _begin(s, attempt, asked, minutes * 60, by, now)
    elif not _answered(s, asked, state="refused", by=by, answered_at=now):
        raise Conflict(SENTENCES["answered"])


def resume(s: Session, attempt: Attempt, *, by: str, now: datetime) -> bool:
    """Let the clock go on; False when it did not stand still. The deadline moves by as long as it stood."""
    hold(s, attempt)
    if attempt.state != "in_progress" or attempt.paused_at is None or attempt.pause_ends is None:
        return False
    ran_out = attempt.pause_ends <= now
    at = attempt.pause_ends if ran_out else max(now, attempt.paused_at)
    running = pause_of(s, attempt, "running")
    stood = int((at - attempt.paused_at).total_seconds())
    taken = stood if running is not None and running.by == ARRANGEMENT else 0
    fate = {"break_seconds": max(0, attempt.break_seconds - taken), "break_used": attempt.break_used + taken}
    ends = attempt.deadline + (at - attempt.paused_at) if attempt.deadline else None
    if not move(s, attempt, ends, paused_at=None, pause_ends=None, **fate):
        return False
    if running is not None:
        running.state, running.ended_at = "over", at
        s.flush()
    who = history.CLOCK if ran_out else by
    _note(s, attempt, "resumed", who, now, seconds=stood)
    return True


def run_out(s: Session, attempt: Attempt, now: datetime) -> bool:
    """End a pause whose time is over; False when there is none."""
    if attempt.pause_ends is None or attempt.pause_ends > now:
        return False
    return resume(s, attempt, by=history.CLOCK, now=now)


def pause_of(s: Session, attempt: Attempt, *states: str) -> Pause | None:
    """Return the newest pause of an attempt, of any state or of some."""
    asked = _PAUSE.where(Pause.state.in_(states)) if states else _PAUSE
    return s.scalars(asked, {"attempt": attempt.id}).first()


_PAUSE = sa.select(Pause).where(Pause.attempt_id == sa.bindparam("attempt")).order_by(Pause.id.desc()).limit(1)


def last_pause(s: Session, attempt: Attempt) -> sa.Row[tuple[str, datetime]] | None:
    """Return `state` and `asked_at` of the newest pause of an attempt, for a page that only says so."""
    return run(s, _LAST_PAUSE, {"attempt": attempt.id}).first()


_LAST_PAUSE = (
    sa.select(Pause.__table__.c.state, Pause.__table__.c.asked_at)
    .where(Pause.__table__.c.attempt_id == sa.bindparam("attempt"))
    .order_by(Pause.__table__.c.id.desc())
    .limit(1)
)


def reason_of(s: Session, pause: Pause) -> str:
    """Return what a student wrote when they asked."""
    return keys_of(s).open(pause.reason, _where(pause.code)) if pause.reason else ""


def _ready(s: Session, attempt: Attempt, now: datetime) -> None:
    hold(s, attempt)
    run_out(s, attempt, now)
    lapse(s, attempt, now)
    stands = state_of(attempt, now=now)
    if stands in ("pausing", "paused"):
        raise Conflict(SENTENCES["open"])
    if not rules.takes_answers(stands):
        raise Conflict(SENTENCES["over"])
    if attempt.deadline is None:
        raise Conflict(SENTENCES["no-limit"])


def _begin(s: Session, attempt: Attempt, pause: Pause, seconds: int, by: str, now: datetime) -> None:
    # Two of the staff answer at once: whoever changes the row first stops the clock.
    if not _answered(s, pause, state="running", by=by, answered_at=now):
        raise Conflict(SENTENCES["answered"])
    if not move(s, attempt, attempt.deadline, paused_at=now, pause_ends=now + timedelta(seconds=seconds)):
        raise Conflict(SENTENCES["over"])
    _note(s, attempt, "paused", by, now, seconds=seconds)


def _answered(s: Session, pause: Pause, **fate: Any) -> bool:
    won = changed(s, sa.update(Pause).where(Pause.id == pause.id, Pause.state == "asked").values(**fate))
    s.refresh(pause)
    return won


def _note(s: Session, attempt: Attempt, kind: str, by: str, now: datetime, **facts: Any) -> None:
    history.note(s, attempt, kind, before="in_progress", after="in_progress", by=by, now=now, **facts)


def _where(code: str) -> str:
    return f"lms_quiz_pause:{code}:reason"
