"""Releases: the compiled curriculum by content hash, shared pieces stored once, and the support lines."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base


class Piece(Base):
    """One compiled piece (a lesson, a quiz, a bank, the outline …) by the hash of its content; never changed."""

    __tablename__ = "lms_curriculum_piece"

    digest: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]


class Release(Base):
    """The whole curriculum as it stood once; `digest` is the hash of all its pieces."""

    __tablename__ = "lms_curriculum_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    compiled_at: Mapped[datetime]


class Entry(Base):
    """Which piece stands under which key in a release (`lesson:walking-beside`, `quiz:starter-exam`, `outline`)."""

    __tablename__ = "lms_curriculum_entry"

    release_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_curriculum_release.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(sa.ForeignKey("lms_curriculum_piece.digest"))


class SupportLines(Base):
    """The support lines as last checked; outside every release, so that a correction reaches everybody at once."""

    __tablename__ = "lms_curriculum_support_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    body: Mapped[dict[str, Any]]
    loaded_at: Mapped[datetime]
