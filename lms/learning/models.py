"""What a student opened, when, and for how long."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base


class PartOpened(Base):
    """The first time a student opened one part of a lesson."""

    __tablename__ = "lms_learning_part_opened"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"), primary_key=True)
    lesson: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class ReadingSpan(Base):
    """A stretch of measured reading by the server's clock. Raw evidence: totals can be recomputed under another rule.

    One frontier per enrolment: spans never overlap, so two tabs or two devices never count twice.
    """

    __tablename__ = "lms_learning_reading_span"
    __table_args__ = (sa.Index("ix_lms_learning_reading_span_enrolment_id_ended_at", "enrolment_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"))
    lesson: Mapped[str]
    client: Mapped[str]
    """The browser tab's own random id."""
    sequence: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]


class LessonDone(Base):
    """The moment a lesson's hours were earned, with what they rested on; written once and never moved."""

    __tablename__ = "lms_learning_lesson_done"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"), primary_key=True)
    lesson: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    credited_seconds: Mapped[int]
    measured_seconds: Mapped[int]
    release: Mapped[str]
    rule: Mapped[str]
    """`completion` or `seat_time`."""
