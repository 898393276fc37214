"""Attendance, homework and practice claims: append-only evidence, in whole seconds or whole minutes as given."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.cohorts.models import Enrolment, Meeting
from lms.core.db import Base


class Attendance(Base):
    """What a facilitator recorded about one person at one meeting; the newest row counts, a correction carries a reason."""

    __tablename__ = "lms_attendance"
    __table_args__ = (sa.Index("ix_lms_attendance_meeting_id_enrolment_id", "meeting_id", "enrolment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_meeting.id"))
    meeting: Mapped[Meeting] = relationship()
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"), index=True)
    enrolment: Mapped[Enrolment] = relationship()
    mark: Mapped[str]
    """`present`, `part` (minutes says how much), `absent`, `made_up`."""
    minutes: Mapped[int]
    """Counted minutes, never more than the meeting's."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    reason: Mapped[bytes | None]
    """Sealed: why a mark was changed, or how a class was made up."""


class HomeworkHandIn(Base):
    """A homework as handed in; one row per round, text sealed."""

    __tablename__ = "lms_homework_hand_in"
    __table_args__ = (sa.UniqueConstraint("enrolment_id", "homework", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"), index=True)
    enrolment: Mapped[Enrolment] = relationship()
    homework: Mapped[str]
    """The key in the release, `crisis-response/homework-1`."""
    round: Mapped[int]
    text: Mapped[bytes]
    sent_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    """`waiting`, `accepted`, `returned`: its first answer; the newest correction counts instead."""
    minutes: Mapped[int]
    """What the release declares for this homework; credited when accepted."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    reply: Mapped[bytes | None]
    """Sealed: the facilitator's words."""


class HomeworkCorrection(Base):
    """A later answer to a homework that had one; the newest counts, append-only."""

    __tablename__ = "lms_homework_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    hand_in_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_homework_hand_in.id"), index=True)
    hand_in: Mapped[HomeworkHandIn] = relationship()
    outcome: Mapped[str]
    """`accepted`, `returned`."""
    reason: Mapped[bytes]
    """Sealed: why the answer was changed, for the student."""
    at: Mapped[datetime]
    by: Mapped[str]
    by_name: Mapped[str]


class PracticeClaim(Base):
    """Practice hours a student asks to have counted."""

    __tablename__ = "lms_practice_claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"), index=True)
    enrolment: Mapped[Enrolment] = relationship()
    on: Mapped[date]
    minutes: Mapped[int]
    competency: Mapped[str]
    supervisor: Mapped[str]
    what: Mapped[bytes]
    """Sealed: what was done."""
    sent_at: Mapped[datetime]


class PracticeDecision(Base):
    """A facilitator's answer to a claim; the newest counts, append-only."""

    __tablename__ = "lms_practice_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_practice_claim.id"), index=True)
    claim: Mapped[PracticeClaim] = relationship()
    outcome: Mapped[str]
    """`approved`, `returned`."""
    minutes: Mapped[int]
    reason: Mapped[bytes | None]
    """Sealed: the facilitator's words to the student."""
    at: Mapped[datetime]
    by: Mapped[str]
    by_name: Mapped[str]
