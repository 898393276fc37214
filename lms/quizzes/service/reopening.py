"""Opening an attempt again that only the clock closed: by staff, for so many minutes, with a reason."""

from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.errors import Conflict, Invalid
from lms.quizzes import rules
from lms.quizzes.models import Attempt
from lms.quizzes.service import history
from lms.quizzes.service.attempts import FATE, hold, open_attempt
from lms.quizzes.service.closing import changed, lapse
from lms.quizzes.service.marks import mark_of
from lms.records import service as records

MINUTES = range(1, 601)
SENTENCES = {
    "sent": "The student sent this attempt. What was sent stays sent; they may start another one.",
    "under-way": "This attempt is under way. Give it more time instead.",
    "passed": "This attempt is passed. Opening it again could only take that away.",
    "counted": "Late answers of this attempt were let count. Opening it again would undo that.",
    "ruled": "A question of this attempt was ruled on, and it was marked again. Opening it again would undo that.",
    "other": "Another attempt at this quiz is under way. Only one can be.",
    "moved": "Somebody else changed this attempt at the same moment. Please look again.",
    "minutes": "Give a number of minutes from 1 to 600.",
    "reason": "Write a short reason.",
}


def reopen(s: Session, attempt: Attempt, *, minutes: int, reason: str, by: str, now: datetime) -> Attempt:
    """Open an attempt again for so many minutes from now; what it came to so far stays in its history."""
    _check(minutes, reason)
    hold(s, attempt)
    lapse(s, attempt, now)
    why = _why_not(s, attempt)
    if why:
        raise Conflict(SENTENCES[why])
    before, was = attempt.state, {"points": attempt.points, "closed_at": _said(attempt.closed_at)}
    ends = now + timedelta(minutes=minutes)
    fate = {"state": "in_progress", "deadline": ends, "closed_at": None, "points": None, "out_of": None, "passed": None}
    grace = timedelta(seconds=attempt.grace_seconds if attempt.overdue == "grace" else 0)
    mine = sa.update(Attempt).where(Attempt.id == attempt.id, Attempt.state == before)
    if not changed(s, mine.values(**fate, due_at=ends + grace)):
        raise Conflict(SENTENCES["moved"])
    s.refresh(attempt, FATE)
    facts = was | {"minutes": minutes}
    history.note(s, attempt, "reopened", before=before, after="in_progress", by=by, now=now, reason=reason, **facts)
    records.audit(s, by, "quizzes.reopened", attempt.code, now=now, facts={"minutes": minutes})
    return attempt


def may_reopen(attempt: Attempt) -> bool:
    """Say whether an attempt is one that may be opened again, for a page to offer it."""
    return "in_progress" in rules.LEGAL[_recorded(attempt)] and not attempt.passed


def _check(minutes: int, reason: str) -> None:
    problems = {}
    if minutes not in MINUTES:
        problems["minutes"] = SENTENCES["minutes"]
    if not reason.strip():
        problems["reason"] = SENTENCES["reason"]
    if problems:
        raise Invalid(next(iter(problems.values())), problems)


def _why_not(s: Session, attempt: Attempt) -> str:
    if "in_progress" not in rules.LEGAL[_recorded(attempt)]:
        return "under-way" if attempt.state == "in_progress" else "sent"
    if attempt.passed:
        return "passed"
    mark = mark_of(s, attempt)
    if mark is not None:
        return "ruled" if mark.ruling_id else "counted"
    return "other" if open_attempt(s, attempt.enrolment_id, attempt.quiz) else ""


def _recorded(attempt: Attempt) -> rules.Recorded:
    return cast(rules.Recorded, attempt.state)


def _said(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
