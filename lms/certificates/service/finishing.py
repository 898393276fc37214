"""Finishing: the first time everything is found to be met is an event with a date (decision 003)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.certificates.service.facts import verdicts_for
from lms.cohorts import service as cohorts
from lms.cohorts.models import Cohort, Enrolment

_BY = "groundwork"
"""Who finished somebody when no person did."""


def finish_due(s: Session, now: datetime) -> int:
    """Mark as finished everybody who has met everything and is still enrolled; return how many. For the tick.

    Each cohort has its minute of the hour, so that a state's worth of cohorts is not judged every minute.
    """
    cohort = joinedload(Enrolment.cohort, innerjoin=True)
    turn = sa.select(Enrolment).where(Enrolment.status == "enrolled", Enrolment.cohort_id % 60 == now.minute)
    seats = list(s.scalars(turn.options(cohort.joinedload(Cohort.provider), cohort.joinedload(Cohort.release))))
    verdicts = verdicts_for(s, seats, now=now)
    done = [seat for seat in seats if verdicts[seat.id].granted]
    for seat in done:
        cohorts.finish(s, seat, by=_BY, now=now)
    return len(done)
