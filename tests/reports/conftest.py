"""A grant that pays for a cohort, with hours from classes; every table is known before the test database is made."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

import lms.extension  # noqa: F401
from lms.cohorts.models import Cohort, Enrolment, FundedSeat, Grant
from lms.hours.models import Attendance
from tests import factories

JANUARY = datetime(2027, 1, 4, 15, 0, tzinfo=UTC)
"""The first Monday after the last quarter of 2026."""


def fund(s: Session, grant: Grant, cohort: Cohort, count: int, *, at: datetime | None = None) -> list[Enrolment]:
    """Seats of a cohort, taken and paid from this grant at one instant."""
    seats = []
    for _ in range(count):
        seat = factories.enrolment(s, cohort)
        seat.enrolled_at = at or seat.enrolled_at
        s.add(FundedSeat(enrolment=seat, grant=grant, since=seat.enrolled_at))
        seats.append(seat)
    s.flush()
    return seats


def attend(s: Session, seats: list[Enrolment], at: datetime, minutes: int = 120) -> None:
    """Have people at a class that is held and recorded at one instant."""
    held = factories.meeting(s, seats[0].cohort, starts_at=at, ends_at=at)
    for seat in seats:
        row = {"meeting": held, "enrolment": seat, "mark": "present", "minutes": minutes, "recorded_at": at}
        s.add(Attendance(**row, recorded_by="test", reason=None))
    s.flush()


@pytest.fixture
def payer() -> Callable[[Session], tuple[Grant, Cohort]]:
    """Makes a grant under a data agreement and a cohort of the same provider."""

    def made(s: Session) -> tuple[Grant, Cohort]:
        cohort = factories.cohort(s)
        return factories.grant(s, cohort.provider, data_agreement="DUA 7 of 2026-01-02"), cohort

    return made
