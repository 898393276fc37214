"""Attempts, their answers, and everything that ever arrived for them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.cohorts.models import Enrolment
from lms.core.db import Base


def _deadline(context: Any) -> datetime | None:
    ends: datetime | None = context.get_current_parameters().get("deadline")
    return ends


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
        sa.Index("ix_lms_quiz_attempt_state_due_at", "state", "due_at"),
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
    """What the person's accommodation added, at the start and since."""
    granted_seconds: Mapped[int] = mapped_column(default=0)
    """What staff added while it was under way."""
    break_seconds: Mapped[int] = mapped_column(default=0)
    """How long the person may still stop the clock without asking."""
    break_used: Mapped[int] = mapped_column(default=0)
    hide_time: Mapped[bool] = mapped_column(default=False)
    questions: Mapped[int] = mapped_column(default=0)
    """How many there are, so that a board need not read every paper; 0 for attempts from before."""
    seen_at: Mapped[datetime | None]
    """When the open page last asked where it stands; saves say it themselves."""
    started_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="in_progress")
    """`in_progress`, `submitted`, `expired` (closed with what was saved), `abandoned` (not sent in time; counts nothing)."""
    overdue: Mapped[str] = mapped_column(default="submit")
    """The quiz's word on what becomes of an attempt that nobody sent in time: `submit`, `grace`, `abandon`."""
    grace_seconds: Mapped[int] = mapped_column(default=0)
    paused_at: Mapped[datetime | None]
    pause_ends: Mapped[datetime | None]
    """When the pause under way ends by itself; the deadline moves by the pause when it is over."""
    due_at: Mapped[datetime | None] = mapped_column(default=_deadline)
    """When the timer has to look at it; written with every change of what it rests on (`rules.due`)."""
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
    later: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int]
    at: Mapped[datetime]
    client_at: Mapped[datetime | None]
    taken: Mapped[str]
    """`saved`, `stale` (an older tab); kept aside for a person to judge: `late`, `closed` (after sending), `paused`."""


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
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lms_quiz_answer_event.id"))
    """The late arrival that was graded; None: what stood in time."""
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


class Transition(Base):
    """One step in an attempt's life: who, when, from what to what, and the deadline after it; append-only."""

    __tablename__ = "lms_quiz_transition"
    __table_args__ = (sa.Index("ix_lms_quiz_transition_attempt_id", "attempt_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_quiz_attempt.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    """The public code of a person, or `clock`."""
    kind: Mapped[str]
    """`started`, `sent`, `expired`, `abandoned`, `reopened`; `extended`, `arranged`, `paused`, `resumed` move the deadline."""
    before: Mapped[str]
    after: Mapped[str]
    deadline: Mapped[datetime | None]
    """The deadline after the step."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[bytes | None]
    """Sealed, where somebody typed one."""


class Opening(Base):
    """From when until when a cohort may begin a quiz. It never ends an attempt that was begun."""

    __tablename__ = "lms_quiz_opening"
    # Two people set the times of one quiz at once: one row, and the second of them looks again.
    __table_args__ = (sa.UniqueConstraint("cohort_id", "quiz"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_cohort.id"))
    quiz: Mapped[str]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    by: Mapped[str]
    since: Mapped[datetime]


class LateDecision(Base):
    """What a person decided about an answer that was kept aside; append-only, the newest of an answer holds."""

    __tablename__ = "lms_quiz_late_decision"
    # Two people decide about one answer at once: the second row meets the constraint, and its author looks again.
    __table_args__ = (sa.UniqueConstraint("event_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_quiz_answer_event.id"))
    number: Mapped[int]
    """1 for the first decision about an answer."""
    accepted: Mapped[bool]
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[bytes]
    """Sealed: words to the student."""


class Ruling(Base):
    """What a provider ruled about a question that was wrong; append-only, the newest about the same words holds."""

    __tablename__ = "lms_quiz_ruling"
    # Two people rule on one question at once: the second row meets the constraint, and its author looks again.
    __table_args__ = (sa.UniqueConstraint("provider_id", "words", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_provider.id"))
    item: Mapped[str]
    words: Mapped[str]
    """The mark of the question's words and key as they were shown; see quizzes/rules/ruling.py."""
    number: Mapped[int]
    """1 for the first ruling about these words."""
    kind: Mapped[str]
    """`key`: the options in `right` are right; `void`: it counts for everybody; `asked`: as it was asked, again."""
    right: Mapped[list[Any]]
    """The texts of the options that are right from now on."""
    reason: Mapped[str]
    """Not sealed: it is about a question, and everybody who was asked it reads it."""
    by: Mapped[str]
    at: Mapped[datetime]


class Mark(Base):
    """What a closed attempt came to when it was marked again; append-only, the newest counts. The attempt keeps its own."""

    __tablename__ = "lms_quiz_mark"
    __table_args__ = (sa.UniqueConstraint("attempt_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_quiz_attempt.id"))
    number: Mapped[int]
    decision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lms_quiz_late_decision.id"))
    """Why, and by whose word; None with no ruling either: a written answer was graded after an earlier mark."""
    ruling_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lms_quiz_ruling.id"))
    """The ruling that called for it."""
    by: Mapped[str]
    at: Mapped[datetime]
    points: Mapped[int]
    """Hundredths of a point."""
    out_of: Mapped[int]
    passed: Mapped[bool | None]
    """None while a person has still to grade something, unless it was passed before that came up."""
    waits: Mapped[bool] = mapped_column(default=False)
    """Whether a person has still to grade something."""


class Pause(Base):
    """A pause somebody asked for: `asked`, `refused`, `running`, `over`."""

    __tablename__ = "lms_quiz_pause"
    __table_args__ = (
        # Two clicks on "ask": one pause of an attempt is asked for or running.
        sa.Index(
            "uq_lms_quiz_pause_open",
            "attempt_id",
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'running')"),
            postgresql_where=sa.text("state IN ('asked', 'running')"),
        ),
        sa.Index("ix_lms_quiz_pause_attempt_id", "attempt_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_quiz_attempt.id"))
    state: Mapped[str] = mapped_column(default="asked")
    asked_at: Mapped[datetime]
    reason: Mapped[bytes | None]
    """Sealed: the student's words, if there are any."""
    answered_at: Mapped[datetime | None]
    by: Mapped[str] = mapped_column(default="")
    """Who answered: the public code of a person, or `arrangement` where breaks are arranged."""
    ended_at: Mapped[datetime | None]
