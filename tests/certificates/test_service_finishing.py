"""Completion is an event: written once, at the moment it is found, by the tick or by issuing."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.certificates import service
from lms.cohorts.models import Enrolment, StatusChange
from tests import factories
from tests.certificates.complete import LATER, complete, held


@pytest.fixture
def ready(s: Session) -> Enrolment:
    """A seat with everything met."""
    cast = factories.cast(s)
    complete(s, cast.seat, held(s, cast.cohort), cast.facilitator)
    return cast.seat


def turn_of(seat: Enrolment) -> datetime:
    """The minute of the hour in which the seat's cohort is judged."""
    return (LATER + timedelta(hours=1)).replace(minute=seat.cohort_id % 60)


def test_nobody_is_finished_while_something_is_missing(s: Session) -> None:
    seat = factories.enrolment(s, factories.cohort(s))
    assert service.finish_due(s, turn_of(seat)) == 0
    assert seat.status == "enrolled"


def test_whoever_has_met_everything_is_finished_once_with_its_moment(s: Session, ready: Enrolment) -> None:
    at = turn_of(ready)
    assert service.finish_due(s, at) == 1
    assert ready.status == "finished"
    assert service.finish_due(s, at + timedelta(hours=1)) == 0
    steps = s.scalars(sa.select(StatusChange).where(StatusChange.enrolment_id == ready.id)).all()
    assert [step.at for step in steps if step.status == "finished"] == [at]


def test_a_cohort_is_judged_in_its_own_minute_only(s: Session, ready: Enrolment) -> None:
    assert service.finish_due(s, turn_of(ready) + timedelta(minutes=1)) == 0
    assert ready.status == "enrolled"
