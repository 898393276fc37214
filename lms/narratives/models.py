"""Drafts, submissions and reviews. Every text here is sealed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.cohorts.models import Enrolment
from lms.core.db import Base


class Draft(Base):
    """The text a student is writing for one narrative; nobody but the writer reads it."""

    __tablename__ = "lms_narrative_draft"
    __table_args__ = (sa.UniqueConstraint("enrolment_id", "narrative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"))
    enrolment: Mapped[Enrolment] = relationship()
    narrative: Mapped[str]
    """The key in the release, `what-peer-support-is/turning-point`."""
    text: Mapped[bytes]
    note: Mapped[bytes | None]
    """Sealed: what the writer wants the reader to know before reading."""
    interview: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]


class DraftVersion(Base):
    """An earlier state of a draft; nothing typed is lost."""

    __tablename__ = "lms_narrative_draft_version"

    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_narrative_draft.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[bytes]
    """Sealed JSON: text and note as they stood in this version."""
    saved_at: Mapped[datetime]


class Submission(Base):
    """What was sent, as it was sent; one per round."""

    __tablename__ = "lms_narrative_submission"
    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "narrative", "round"),
        sa.Index("ix_lms_narrative_submission_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"))
    enrolment: Mapped[Enrolment] = relationship()
    narrative: Mapped[str]
    round: Mapped[int]
    interview: Mapped[bool] = mapped_column(default=False)
    text: Mapped[bytes]
    note: Mapped[bytes | None]
    words: Mapped[int]
    release: Mapped[str]
    rubric: Mapped[dict[str, Any]]
    """The rubric as it stood when the text was sent."""
    sent_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    """`waiting`, `accepted`, `returned`."""
    claimed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lms_person.id"))
    claimed_by: Mapped[Person | None] = relationship()
    claimed_until: Mapped[datetime | None]


class Review(Base):
    """One reader's grades and words for one submission; the newest finished one counts. Append-only once released."""

    __tablename__ = "lms_narrative_review"
    __table_args__ = (sa.UniqueConstraint("submission_id", "reader_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_narrative_submission.id"))
    submission: Mapped[Submission] = relationship()
    reader_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_person.id"))
    reader: Mapped[Person] = relationship()
    number: Mapped[int] = mapped_column(default=1)
    """Counts this reader's answers; 0 holds their stepping back."""
    levels: Mapped[dict[str, Any]]
    """Criterion id → points."""
    reasons: Mapped[bytes | None]
    """Sealed JSON: `reasons`, criterion id → words, and `correction`, why an earlier answer is corrected."""
    feedback: Mapped[bytes | None]
    """Sealed: what the reader wrote to the writer."""
    points: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(default="draft")
    """`draft`, `accepted`, `returned`; `recused`: this reader knows the writer and will not read on."""
    saved_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0)
    """Rises with every save; a save that names an older one is refused, so two tabs cannot overwrite each other."""
