"""People, their signed-in sessions and one-time links."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.db import Base


class Person(Base):
    """A human being who signs in, here or (issuer and subject set) through a host application."""

    __tablename__ = "lms_person"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    """Lower-case; never an identity of its own when a host signs people in."""
    name: Mapped[str]
    """The name the person goes by."""
    legal_name: Mapped[str] = mapped_column(default="")
    """As on a government paper; printed on certificates that ask for it. Empty: the same as `name`."""
    password_hash: Mapped[str | None]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    zone: Mapped[str] = mapped_column(default="America/New_York")
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class LoginSession(Base):
    """One signed-in browser; deleting the row signs it out."""

    __tablename__ = "lms_login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    """Shown on the person's page of sessions; not the secret."""
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_person.id", ondelete="CASCADE"), index=True)
    person: Mapped[Person] = relationship()
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    agent: Mapped[str] = mapped_column(default="")


class ResetLink(Base):
    """A one-time link to choose a new password; only its hash is stored."""

    __tablename__ = "lms_reset_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_person.id", ondelete="CASCADE"), index=True)
    person: Mapped[Person] = relationship()
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
