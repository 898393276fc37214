"""A student's traces, as the rooms below leave them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.certificates.models import Certificate
from lms.cohorts.models import Enrolment, Meeting
from lms.core.ids import new_code
from lms.hours.models import Attendance, HomeworkHandIn, PracticeClaim
from lms.learning.models import PartOpened
from tests.factories import NOON


def read(s: Session, seat: Enrolment, lesson: str, parts: tuple[int, ...] = (1, 2, 3), at: datetime = NOON) -> None:
    """Parts of a lesson that somebody opened."""
    s.add_all(PartOpened(enrolment_id=seat.id, lesson=lesson, part=part, at=at) for part in parts)
    s.flush()


def marked(s: Session, meeting: Meeting, seat: Enrolment, mark: str = "present", at: datetime = NOON) -> None:
    """Attendance as recorded."""
    row: dict[str, Any] = {"meeting": meeting, "enrolment": seat, "mark": mark, "recorded_at": at, "recorded_by": "F"}
    s.add(Attendance(**row, minutes=120 if mark == "present" else 0, reason=None))
    s.flush()


def certificate(s: Session, seat: Enrolment, at: datetime = NOON, revoked: datetime | None = None) -> Certificate:
    """A certificate, valid for two years unless revoked."""
    made = Certificate(
        code=new_code(12), enrolment=seat, holder=seat.person.name, face={}, packet=b"x", packet_digest="", pdf=b"x",
        issued_at=at, issued_by="C", valid_until=at + timedelta(days=730), revoked_at=revoked, revoked_reason=None,
    )  # fmt: skip
    s.add(made)
    s.flush()
    return made


def homework(s: Session, seat: Enrolment, at: datetime = NOON) -> None:
    """A homework that waits for an answer."""
    row: dict[str, Any] = {"code": new_code(12), "enrolment": seat, "homework": "m1/homework-1", "round": 1}
    s.add(HomeworkHandIn(**row, text=b"sealed", sent_at=at, minutes=60, decided_at=None, reply=None))
    s.flush()


def practice(s: Session, seat: Enrolment, at: datetime = NOON) -> None:
    """Practice that waits for an answer."""
    row: dict[str, Any] = {"code": new_code(12), "enrolment": seat, "on": at.date(), "minutes": 60}
    s.add(PracticeClaim(**row, competency="ethics", supervisor="R", what=b"sealed", sent_at=at))
    s.flush()
