"""Evidence of every kind, for tests that add it up."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts.models import Enrolment
from lms.curriculum.models import Release
from lms.hours import service
from lms.hours.service import Mark
from lms.learning.models import LessonDone, PartOpened
from tests import factories
from tests.factories import NOON, Cast

KEY = "m1/homework-1"


def lesson_done(s: Session, seat: Enrolment, lesson: str = "m1-l1", seconds: int = 1200) -> None:
    s.add(PartOpened(enrolment_id=seat.id, lesson=lesson, part=1, at=NOON - timedelta(days=1)))
    done: dict[str, Any] = dict(measured_seconds=seconds, credited_seconds=seconds, release="r", rule="completion")
    s.add(LessonDone(enrolment_id=seat.id, lesson=lesson, at=NOON - timedelta(days=1), **done))
    s.flush()


def everything(s: Session, cast: Cast) -> None:
    """Two hours of class, a lesson, an accepted homework, an hour of practice and one that waits."""
    meeting = factories.meeting(s, cast.cohort)
    service.take_attendance(s, meeting, {cast.seat.id: Mark("present")}, by=cast.facilitator, now=NOON)
    lesson_done(s, cast.seat)
    row = service.hand_in(s, cast.seat, KEY, "Here.", now=NOON)
    service.decide_homework(s, row, accepted=True, reply="", by=cast.facilitator, now=NOON)
    for what, minutes in (("First.", 60), ("Second.", 30)):
        claim = service.claim_practice(
            s,
            cast.seat,
            on=date(2026, 11, 20),
            minutes=minutes,
            competency="ethics",
            supervisor="Alma",
            what=what,
            now=NOON,
        )
        if what == "First.":
            service.decide_practice(s, claim, outcome="approved", minutes=60, reason="", by=cast.facilitator, now=NOON)


def crowd(s: Session, people: int) -> list[int]:
    """Several cohorts with meetings, marks, lessons, homework and claims."""
    release, ids = s.scalar(sa.select(Release)) or factories.release(s), []
    for number in range(max(1, people // 15)):
        cohort = factories.cohort(s, release_=release, name=f"Cohort {number}")
        meeting = factories.meeting(s, cohort)
        by = factories.person(s)
        seats = [factories.enrolment(s, cohort) for _ in range(15)]
        service.take_attendance(s, meeting, {seat.id: Mark("present") for seat in seats}, by=by, now=NOON)
        for seat in seats:
            lesson_done(s, seat)
            service.hand_in(s, seat, KEY, "Here.", now=NOON)
            service.claim_practice(
                s, seat, on=date(2026, 11, 20), minutes=30, competency="ethics", supervisor="A", what="Did.", now=NOON
            )
        ids += [seat.id for seat in seats]
    return ids
