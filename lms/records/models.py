"""Letters, the audit trail, the reading log and text kept aside."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base


class Message(Base):
    """A letter to send: written in the same transaction as its cause, sent by the worker."""

    __tablename__ = "lms_message"
    __table_args__ = (sa.Index("ix_lms_message_due", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[bytes]
    """Sealed: a letter may carry a link that signs somebody in."""
    state: Mapped[str] = mapped_column(default="due")
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    why_failed: Mapped[str] = mapped_column(default="")


class Audit(Base):
    """Who did what to what, when and why; append-only."""

    __tablename__ = "lms_audit"
    __table_args__ = (sa.Index("ix_lms_audit_subject", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    verb: Mapped[str]
    subject: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Reading(Base):
    """Somebody opened somebody's private text; the author sees these rows."""

    __tablename__ = "lms_reading"
    __table_args__ = (sa.Index("ix_lms_reading_subject", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    reader: Mapped[str]
    reader_name: Mapped[str]
    reader_role: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    author: Mapped[str]


class Denial(Base):
    """A refusal at the door, kept so that a pattern can be seen."""

    __tablename__ = "lms_denial"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    permission: Mapped[str]
    path: Mapped[str]
    status: Mapped[int]


class Throttle(Base):
    """One counted try of something that must not be tried too often (sign-in, reset, certificate codes)."""

    __tablename__ = "lms_throttle"
    __table_args__ = (sa.Index("ix_lms_throttle_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    at: Mapped[datetime]


class Kept(Base):
    """What a person typed when the page could not take it; sealed, and given back to that person only."""

    __tablename__ = "lms_kept"
    __table_args__ = (sa.Index("ix_lms_kept_owner", "owner"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    owner: Mapped[str]
    path: Mapped[str]
    why: Mapped[str]
    fields: Mapped[bytes]
    kept_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
