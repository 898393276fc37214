"""The steps of an attempt's life: written once, with who and why, and never changed."""

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
    code = new_code()
    row = {
        "code": code,
        "attempt_id": attempt.id,
        "at": now,
        "by": by,
        "kind": kind,
        "before": before,
        "after": after,
        "deadline": attempt.deadline,
        "facts": facts,
        "reason": keys_of(s).seal(reason.strip(), _where(code)) if reason.strip() else None,
    }
    s.execute(_STEP, row)


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
