"""Certificates, their frozen evidence, and the agreements a student accepted on the way."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.cohorts.models import Enrolment
from lms.core.db import Base


class Certificate(Base):
    """An issued certificate: what it says and what it rests on, frozen; later changes never touch it."""

    __tablename__ = "lms_certificate"
    __table_args__ = (
        # Two clicks, two coordinators: one valid certificate per enrolment.
        sa.Index(
            "uq_lms_certificate_valid",
            "enrolment_id",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    """Twelve letters, printed in groups of four; the only key to the public page."""
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"), index=True)
    enrolment: Mapped[Enrolment] = relationship()
    holder: Mapped[str]
    """The name printed on it."""
    face: Mapped[dict[str, Any]]
    """What the certificate and its public page say; see certificates/rules.py Face."""
    packet: Mapped[bytes] = mapped_column(deferred=True)
    """Sealed JSON: the evidence packet, every fact the verdict rested on."""
    packet_digest: Mapped[str]
    pdf: Mapped[bytes] = mapped_column(deferred=True)
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
    valid_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(default="")
    revoked_reason: Mapped[bytes | None]
    """Sealed: it is about a person."""


class AgreementAccepted(Base):
    """That a student accepted an agreement of their pathway, in the words it had then; append-only."""

    __tablename__ = "lms_certificate_agreement"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"), primary_key=True)
    agreement: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(primary_key=True)
    """The hash of title and text; other words are another agreement."""
    at: Mapped[datetime]
    release: Mapped[str]


class CertificateReview(Base):
    """That somebody looked at a certificate again and kept it; append-only, the newest counts."""

    __tablename__ = "lms_certificate_review"
    # Two coordinators keep one certificate at once: the second row meets the constraint, and its author looks again.
    __table_args__ = (sa.UniqueConstraint("certificate_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_certificate.id"))
    number: Mapped[int]
    """1 for the first time it was kept."""
    reason: Mapped[bytes]
    """Sealed: it is about a person."""
    by: Mapped[str]
    at: Mapped[datetime]
