"""Attempts, their answers, and everything that ever arrived for them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.cohorts.models import Enrolment
from lms.core.db import Base


class Attempt(Base):
    """One sitting of one quiz, with its own copy of the questions as they were shown."""

    __tablename__ = "lms_quiz_attempt"
    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "quiz", "number"),
        # Two tabs cannot start two attempts: at most one is in progress.
        sa.Index(
            "uq_lms_quiz_attempt_open",
            "enrolment_id",
            "quiz",
            unique=True,
            sqlite_where=sa.text("state = 'in_progress'"),
            postgresql_where=sa.text("state = 'in_progress'"),
        ),
        sa.Index("ix_lms_quiz_attempt_state_deadline", "state", "deadline"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"))
    enrolment: Mapped[Enrolment] = relationship()
    quiz: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    number: Mapped[int]
    release: Mapped[str]
    """The digest of the release the questions came from."""
    seed: Mapped[int]
    paper: Mapped[dict[str, Any]]
    """The questions as shown, options in shown order, with keys, feedback and rationale; see quizzes/rules.py Paper."""
    shape: Mapped[list[Any] | None]
    """What an answer to each question may look like, so that saving one leaves the paper where it is; see rules Shape.
    None for attempts from before there was one."""
    pass_percent: Mapped[int]
    review: Mapped[str]
    limit_seconds: Mapped[int | None]
    """The quiz's own limit."""
    extra_seconds: Mapped[int] = mapped_column(default=0)
    """What the person's accommodation added, recorded at the start."""
    started_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="in_progress")
    """`in_progress`, `submitted`, `expired` (closed with what was saved)."""
    closed_at: Mapped[datetime | None]
    points: Mapped[int | None]
    """Hundredths of a point."""
    out_of: Mapped[int | None]
    passed: Mapped[bool | None]


class Response(Base):
    """The newest acknowledged answer to one question of one attempt."""

    __tablename__ = "lms_quiz_response"

    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_quiz_attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    choice: Mapped[list[Any]]
    """Chosen option numbers in shown order; empty: cleared."""
    later: Mapped[bool] = mapped_column(default=False)
    """Kept for later by the student."""
    sequence: Mapped[int]
    """The browser's count; an older one never overwrites a newer one."""
    saved_at: Mapped[datetime]


class AnswerEvent(Base):
    """Everything that arrived for an attempt, taken or kept aside; append-only, replays an attempt in a dispute."""

    __tablename__ = "lms_quiz_answer_event"
    __table_args__ = (sa.Index("ix_lms_quiz_answer_event_attempt_id", "attempt_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_quiz_attempt.id"))
    position: Mapped[int]
    choice: Mapped[list[Any]]
    sequence: Mapped[int]
    at: Mapped[datetime]
    client_at: Mapped[datetime | None]
    taken: Mapped[str]
    """`saved`, `stale` (an older tab), `late` or `closed` (after the time, after sending: kept aside for a person to judge)."""


class Grade(Base):
    """What a person gave for a written answer; the newest row of a question counts, a correction carries a reason."""

    __tablename__ = "lms_quiz_grade"
    # Two people who grade the same answer at once: the second row meets the constraint, and its author looks again.
    __table_args__ = (sa.UniqueConstraint("attempt_id", "position", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_quiz_attempt.id"))
    position: Mapped[int]
    number: Mapped[int]
    """1 for the first grade of an answer."""
    points: Mapped[int]
    most: Mapped[int]
    """The most the guide gives; together they are one point of the quiz."""
    author: Mapped[str]
    """The public code of who gave it."""
    at: Mapped[datetime]
    remark: Mapped[bytes | None]
    """Sealed: words to the student."""
    reason: Mapped[bytes | None]
    """Sealed: why an earlier grade is corrected."""
