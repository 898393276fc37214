"""Finding attempts, and where each stands."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from lms.cohorts.models import Cohort, Enrolment
from lms.core.db import run
from lms.quizzes import rules
from lms.quizzes.models import Attempt
from lms.quizzes.rules import Paper, Shape, Timing

ATTEMPTS = cast(sa.Table, Attempt.__table__)
FATE = [
    "state",
    "deadline",
    "extra_seconds",
    "granted_seconds",
    "break_seconds",
    "break_used",
    "paused_at",
    "pause_ends",
    "closed_at",
    "points",
    "out_of",
    "passed",
]
"""What may change about an attempt after its start."""


def hold(s: Session, attempt: Attempt) -> None:
    """Lock an attempt and read again where it stands.

    Two tabs saving the same question, or a save racing the close: one at a time for one attempt.
    """
    _read_again(s, attempt, _FATE_HELD)


def look_again(s: Session, attempt: Attempt) -> None:
    """Read again where an attempt stands, without a lock."""
    _read_again(s, attempt, _FATE_NOW)


def _read_again(s: Session, attempt: Attempt, asked: sa.Select[Any]) -> None:
    read_in(attempt, run(s, asked, {"attempt": attempt.id}).mappings().one())


def read_in(attempt: Attempt, row: Mapping[Any, Any]) -> None:
    """Let an attempt say what its row says."""
    for name, value in row.items():
        set_committed_value(attempt, str(name), value)


_FATE_NOW = sa.select(*(ATTEMPTS.c[name] for name in FATE)).where(ATTEMPTS.c.id == sa.bindparam("attempt"))
_FATE_HELD = _FATE_NOW.with_for_update()


def attempt_by_code(s: Session, code: str) -> Attempt | None:
    """Find an attempt with its seat, person, cohort and release, in one query."""
    return s.scalars(_BY_CODE, {"code": code}).one_or_none()


_SEAT = joinedload(Attempt.enrolment, innerjoin=True)
_BY_CODE = (
    sa.select(Attempt)
    .where(Attempt.code == sa.bindparam("code"))
    .options(
        _SEAT.joinedload(Enrolment.cohort, innerjoin=True).joinedload(Cohort.release, innerjoin=True),
        _SEAT.joinedload(Enrolment.person, innerjoin=True),
    )
)


def attempt_to_answer(s: Session, code: str) -> Attempt | None:
    """Find an attempt with what saving an answer asks for: whose it is; the rest comes when asked, and `hold` reads its fate."""
    return s.scalars(_TO_ANSWER, {"code": code}).one_or_none()


def attempt_to_read(s: Session, code: str) -> Attempt | None:
    """Find an attempt with what its page of questions asks for: whose it is, its paper and its time; the rest comes when asked."""
    return s.scalars(_TO_READ, {"code": code}).one_or_none()


def _with_its_seat(*unread: str) -> sa.Select[Attempt]:
    seat = _SEAT.load_only(Enrolment.cohort_id, Enrolment.person_id)
    cohort = seat.joinedload(Enrolment.cohort, innerjoin=True).load_only(Cohort.provider_id)
    found = sa.select(Attempt).where(Attempt.code == sa.bindparam("code"))
    return found.options(*(defer(getattr(Attempt, name)) for name in unread), cohort)


# Each column that is read into an object costs as much as a bit of the page.
_NOT_SHOWN = ("release", "seed", "review", "questions", "seen_at", "due_at")
_TO_READ = _with_its_seat(*_NOT_SHOWN, "shape", "closed_at", "points", "out_of", "passed")
_TO_ANSWER = _with_its_seat(*_NOT_SHOWN, *FATE, "paper", "title", "pass_percent")


def open_attempt(s: Session, enrolment_id: int, quiz: str) -> Attempt | None:
    """Return the attempt recorded as under way, if there is one; its time may be over (see `state_of`)."""
    return s.scalars(_UNDER_WAY, {"enrolment": enrolment_id, "quiz": quiz}).one_or_none()


_UNDER_WAY = sa.select(Attempt).where(
    Attempt.enrolment_id == sa.bindparam("enrolment"),
    Attempt.quiz == sa.bindparam("quiz"),
    Attempt.state == "in_progress",
)


def attempts_of(s: Session, enrolment_id: int, quiz: str) -> list[Attempt]:
    """Return every attempt of one person at one quiz, the first first."""
    mine = sa.select(Attempt).where(Attempt.enrolment_id == enrolment_id, Attempt.quiz == quiz)
    return list(s.scalars(mine.order_by(Attempt.number)))


def timing_of(attempt: Attempt) -> Timing:
    """Return what decides where an attempt stands."""
    return Timing(
        attempt.started_at,
        attempt.deadline,
        cast(rules.Recorded, attempt.state),
        cast(rules.Overdue, attempt.overdue),
        timedelta(seconds=attempt.grace_seconds),
        attempt.paused_at,
        attempt.pause_ends,
    )


def state_of(attempt: Attempt, *, now: datetime) -> rules.State:
    """Return where an attempt stands at an instant, written down or not."""
    return rules.state(timing_of(attempt), now)


def paper_of(attempt: Attempt) -> Paper:
    """Return the questions of an attempt as they were shown."""
    return Paper.from_json(attempt.paper)


def shape_of(attempt: Attempt) -> Shape:
    """Return what the answers of an attempt may look like; for one from before shapes were kept, read from its paper."""
    return Shape.of(paper_of(attempt)) if attempt.shape is None else Shape(attempt.shape)
