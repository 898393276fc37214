"""The steps of an attempt's life: written once, with who and why, and never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.db import keys_of
from lms.core.ids import new_code
from lms.quizzes.models import Attempt, Transition

CLOCK = "clock"
"""Who did it when nobody did: the time was up."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step as a page shows it, with its reason opened."""

    at: datetime
    by: str
    kind: str
    before: str
    after: str
    deadline: datetime | None
    facts: dict[str, Any]
    reason: str


def note(
    s: Session,
    attempt: Attempt,
    kind: str,
    *,
    before: str,
    after: str,
    by: str,
    now: datetime,
    reason: str = "",
    **facts: Any,
) -> None:
    """Write down a step that was just made; the reason is sealed."""
    note_all(s, [attempt], kind, before=before, after=after, by=by, now=now, reason=reason, **facts)


def note_all(
    s: Session,
    attempts: Sequence[Attempt],
    kind: str,
    *,
    before: str,
    after: str,
    by: str,
    now: datetime,
    reason: str = "",
    **facts: Any,
) -> None:
    """Write down the same step of each of these attempts, in one statement."""
    step = {"at": now, "by": by, "kind": kind, "before": before, "after": after, "facts": facts}
    s.execute(_STEP, [step | _own(s, attempt, reason.strip()) for attempt in attempts])


def _own(s: Session, attempt: Attempt, reason: str) -> dict[str, Any]:
    code = new_code()
    return {
        "code": code,
        "attempt_id": attempt.id,
        "deadline": attempt.deadline,
        "reason": keys_of(s).seal(reason, _where(code)) if reason else None,
    }


_STEP = sa.insert(cast(sa.Table, Transition.__table__))


def steps_of(s: Session, attempt: Attempt) -> list[Step]:
    """Return every step of an attempt, the first first, with the reasons that were typed."""
    keys = keys_of(s)
    rows = s.scalars(sa.select(Transition).where(Transition.attempt_id == attempt.id).order_by(Transition.id))
    return [
        Step(
            row.at,
            row.by,
            row.kind,
            row.before,
            row.after,
            row.deadline,
            row.facts,
            keys.open(row.reason, _where(row.code)) if row.reason else "",
        )
        for row in rows
    ]


def _where(code: str) -> str:
    return f"lms_quiz_transition:{code}:reason"
