"""What waits for an answer, in one list."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts.models import Enrolment
from lms.hours import service
from tests import factories
from tests.factories import NOON
from tests.hours.evidence import KEY, crowd

LATER = NOON + timedelta(hours=2)


def test_who_left_waits_for_nobody(s: Session) -> None:
    cast = factories.cast(s)
    service.hand_in(s, cast.seat, KEY, "Here.", now=NOON)
    service.claim_practice(
        s, cast.seat, on=date(2026, 11, 20), minutes=9, competency="ethics", supervisor="A", what="Did.", now=NOON
    )
    cast.seat.status = "withdrawn"
    assert service.waiting_for(s, [cast.cohort.id]) == []


def test_what_waits_stands_in_one_list_oldest_first(s: Session) -> None:
    cast = factories.cast(s)
    claim = service.claim_practice(
        s, cast.seat, on=date(2026, 11, 20), minutes=30, competency="ethics", supervisor="A", what="Did.", now=LATER
    )
    row = service.hand_in(s, cast.classmate_seat, KEY, "Here.", now=NOON)
    service.hand_in(s, cast.stranger_seat, KEY, "Elsewhere.", now=NOON)
    done = service.hand_in(s, cast.seat, KEY, "Done.", now=NOON)
    service.decide_homework(s, done, accepted=True, reply="", by=cast.facilitator, now=NOON)
    found = service.waiting_for(s, [cast.cohort.id])
    assert [(x.kind, x.code, x.title, x.enrolment.person.name) for x in found] == [
        ("homework", row.code, "Homework", cast.classmate.name),
        ("practice", claim.code, "Ethics", cast.student.name),
    ]
    assert (service.waiting_homework(s, [cast.cohort.id]), service.waiting_claims(s, [cast.cohort.id])) == (
        [row],
        [claim],
    )
    service.decide_practice(s, claim, outcome="approved", minutes=30, reason="", by=cast.facilitator, now=LATER)
    assert [x.code for x in service.waiting_for(s, [cast.cohort.id])] == [row.code]
    assert service.waiting_for(s, []) == []


def test_waiting_for_many_costs_two_queries(s: Session, count_queries: Any) -> None:
    for people in (15, 300):
        ids = crowd(s, people)
        cohorts = list(set(s.scalars(sa.select(Enrolment.cohort_id).where(Enrolment.id.in_(ids)))))
        s.expunge_all()
        with count_queries() as counted:
            assert len(service.waiting_for(s, cohorts)) == 2 * len(ids)
        assert len(counted) == 2
