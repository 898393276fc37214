"""Providers, appointments, invitations, cohorts, enrolments, meetings, accommodations and grants."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.core.db import Base
from lms.curriculum.models import Release


def _one_living(name: str, *columns: str, where: str = "") -> sa.Index:
    living = sa.text("ended_at IS NULL" + where)
    return sa.Index(
        f"uq_lms_appointment_{name}",
        "person_id",
        "role",
        *columns,
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )


class Provider(Base):
    """The training organisation that a certificate names."""

    __tablename__ = "lms_provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="America/New_York")
    live_virtual_approval: Mapped[str] = mapped_column(default="")
    """The recorded approval (number, date) under which live video counts where the pathway asks for one."""
    created_at: Mapped[datetime]


class Cohort(Base):
    """A group that learns together under one pathway and one release."""

    __tablename__ = "lms_cohort"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_provider.id"), index=True)
    provider: Mapped[Provider] = relationship()
    release_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_curriculum_release.id"))
    release: Mapped[Release] = relationship()
    name: Mapped[str]
    pathway: Mapped[str]
    """The id of the pathway, read from the cohort's release."""
    zone: Mapped[str]
    seats: Mapped[int] = mapped_column(default=15)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_at: Mapped[datetime]


class Enrolment(Base):
    """A person's seat in a cohort. `status` repeats the newest StatusChange."""

    __tablename__ = "lms_enrolment"
    __table_args__ = (sa.UniqueConstraint("cohort_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_cohort.id"))
    cohort: Mapped[Cohort] = relationship()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_person.id"), index=True)
    person: Mapped[Person] = relationship()
    status: Mapped[str] = mapped_column(default="enrolled")
    """`enrolled`, `withdrawn`, `finished`."""
    enrolled_at: Mapped[datetime]


class StatusChange(Base):
    """One step in an enrolment's life, with who and why; append-only."""

    __tablename__ = "lms_enrolment_status_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"), index=True)
    status: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[bytes | None]
    """Sealed: why somebody left is theirs."""


class Appointment(Base):
    """A person's office: coordinator of a provider, facilitator of a cohort, funder of a grant, or founder (none of them)."""

    __tablename__ = "lms_appointment"
    __table_args__ = (
        # Two accepted links, two clicks: one living office of a kind. One index each, because NULLs never clash.
        _one_living("provider", "provider_id"),
        _one_living("cohort", "cohort_id"),
        _one_living("grant", "grant_id"),
        _one_living("founder", where=" AND provider_id IS NULL AND cohort_id IS NULL AND grant_id IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_person.id"), index=True)
    person: Mapped[Person] = relationship()
    role: Mapped[str]
    provider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lms_provider.id"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lms_cohort.id"), index=True)
    grant_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lms_grant.id"), index=True)
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Invitation(Base):
    """A one-time link that makes somebody a student, facilitator, coordinator or funder; only its hash is stored."""

    __tablename__ = "lms_invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    role: Mapped[str]
    provider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lms_provider.id"), index=True)
    provider: Mapped[Provider | None] = relationship()
    cohort_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lms_cohort.id"), index=True)
    cohort: Mapped[Cohort | None] = relationship()
    grant_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lms_grant.id"), index=True)
    grant: Mapped["Grant | None"] = relationship()
    invited_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class Meeting(Base):
    """A live class in a cohort's calendar, held after one of the curriculum's meeting guides."""

    __tablename__ = "lms_meeting"
    __table_args__ = (sa.Index("ix_lms_meeting_cohort_id_starts_at", "cohort_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_cohort.id"))
    cohort: Mapped[Cohort] = relationship()
    guide: Mapped[str]
    """The guide's key in the release, `crisis-response/meeting-1`."""
    title: Mapped[str]
    modality: Mapped[str]
    minutes: Mapped[int]
    """Counted minutes, from the guide's agenda without breaks."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[datetime | None]


class Accommodation(Base):
    """A standing, private arrangement for one person; the newest row in force counts, for every present and future quiz."""

    __tablename__ = "lms_accommodation"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_person.id"), index=True)
    factor_percent: Mapped[int] = mapped_column(default=100)
    """150 means one and a half times the limit."""
    extra_minutes: Mapped[int] = mapped_column(default=0)
    untimed: Mapped[bool] = mapped_column(default=False)
    break_minutes: Mapped[int] = mapped_column(default=0)
    """How long in all the clock of a quiz may stand still without asking."""
    hide_time: Mapped[bool] = mapped_column(default=False)
    """No clock is shown unless the person asks for it."""
    since: Mapped[datetime]
    by: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[bytes | None]
    """Sealed."""


class Grant(Base):
    """Money that pays for seats, and the population a funder may see counted."""

    __tablename__ = "lms_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_provider.id"), index=True)
    provider: Mapped[Provider] = relationship()
    name: Mapped[str]
    funder: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    data_agreement: Mapped[str] = mapped_column(default="")
    """The recorded agreement under which whole-population delivery counts are exact; empty: bands of five."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class FundedSeat(Base):
    """One enrolment paid from one grant."""

    __tablename__ = "lms_funded_seat"
    __table_args__ = (sa.UniqueConstraint("enrolment_id", "grant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_enrolment.id"))
    enrolment: Mapped[Enrolment] = relationship()
    grant_id: Mapped[int] = mapped_column(sa.ForeignKey("lms_grant.id"), index=True)
    grant: Mapped[Grant] = relationship()
    since: Mapped[datetime]
