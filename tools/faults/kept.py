"""What the database holds after a fault: every arrival, what stands, and how each attempt ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.quizzes import rules
from lms.quizzes import service as quizzes
from lms.quizzes.models import AnswerEvent, Attempt, Response
from tools.bench.crowd import SHUT
from tools.faults.journal import Save

Ended = tuple[datetime | None, int | None, str]


def attempts(s: Session) -> dict[str, Attempt]:
    """Return every attempt by its code."""
    rows = s.scalars(sa.select(Attempt).options(joinedload(Attempt.enrolment)))
    return {attempt.code: attempt for attempt in rows}


def ended(s: Session) -> dict[str, Ended]:
    """Return when each attempt was closed, with how many points, and how it stands."""
    rows = s.execute(sa.select(Attempt.code, Attempt.closed_at, Attempt.points, Attempt.state))
    return {code: (closed_at, points, state) for code, closed_at, points, state in rows}


def taken(s: Session) -> list[Save]:
    """Return every answer that was taken, as often as it was."""
    rows = s.execute(
        sa.select(Attempt.code, AnswerEvent.position, AnswerEvent.sequence, AnswerEvent.choice)
        .join(Attempt, Attempt.id == AnswerEvent.attempt_id)
        .where(AnswerEvent.taken == "saved")
    )
    return [Save(code, position, sequence, _plain(choice)) for code, position, sequence, choice in rows]


def standing(s: Session) -> dict[tuple[str, int], Save]:
    """Return the answers that stand, by attempt and position."""
    rows = s.execute(
        sa.select(Attempt.code, Response.position, Response.sequence, Response.choice).join(
            Attempt, Attempt.id == Response.attempt_id
        )
    )
    return {
        (code, position): Save(code, position, sequence, _plain(choice)) for code, position, sequence, choice in rows
    }


def _plain(choice: Sequence[Any]) -> rules.Choice:
    return tuple(SHUT if isinstance(one, Mapping) else one for one in choice)


def wrong_attempts(s: Session, begun: Mapping[str, int]) -> list[str]:
    """Name attempts that are not as they must be: one per student, its first deadline, sent, and marked by its answers."""
    found = attempts(s)
    wrong = [f"{code} is an attempt nobody started" for code in found.keys() - begun.keys()]
    for code, deadline in begun.items():
        attempt = found[code]
        if attempt.deadline is None or int(attempt.deadline.timestamp() * 1000) != deadline:
            wrong.append(f"{code} has another deadline than at its start: {attempt.deadline}")
        mark = rules.score(quizzes.paper_of(attempt), quizzes.choices(quizzes.answers_of(s, attempt)))
        if attempt.state != "submitted" or (attempt.points, attempt.out_of) != (mark.points, mark.out_of):
            wrong.append(f"{code} is {attempt.state} with {attempt.points}/{attempt.out_of}, not {mark}")
    return wrong
