"""What waits for a facilitator's answer: homework and practice in one list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts.models import Enrolment
from lms.core.together import COHORTS, arm
from lms.curriculum import service as curriculum
from lms.hours.models import HomeworkHandIn, PracticeClaim
from lms.hours.service.homework import waiting_homework
from lms.hours.service.homework import waits as homework_waits
from lms.hours.service.practice import waiting_claims
from lms.hours.service.practice import waits as practice_waits


@dataclass(frozen=True, slots=True)
class Waiting:
    """One piece that waits; `title` names the homework, or the competency that was practised."""

    kind: Literal["homework", "practice"]
    code: str
    title: str
    minutes: int
    enrolment: Enrolment
    sent_at: datetime
    round: int = 1


_PRACTICE = arm("to_decide", 0, "practice", numbers=[sa.func.count()]).select_from(PracticeClaim)
_HOMEWORK = arm("to_decide", 0, "homework", numbers=[sa.func.count()]).select_from(HomeworkHandIn)
WAITING_ARMS = (
    _HOMEWORK.join(HomeworkHandIn.enrolment).where(*homework_waits(COHORTS)),
    _PRACTICE.join(PracticeClaim.enrolment).where(*practice_waits(COHORTS)),
)
"""Ask how much waits in the cohorts: two facts `to_decide`, each with a number."""


def waiting_for(s: Session, cohort_ids: Sequence[int]) -> list[Waiting]:
    """Return everything in these cohorts that nobody has answered, oldest first. Two queries."""
    found = [_homework(s, row) for row in waiting_homework(s, cohort_ids)]
    found += [_practice(s, row) for row in waiting_claims(s, cohort_ids)]
    return sorted(found, key=lambda one: (one.sent_at, one.code))


def _homework(s: Session, row: HomeworkHandIn) -> Waiting:
    found = curriculum.outline(s, row.enrolment.cohort.release).homework_of(row.homework)
    title = found[1].title if found else row.homework
    return Waiting("homework", row.code, title, row.minutes, row.enrolment, row.sent_at, row.round)


def _practice(s: Session, row: PracticeClaim) -> Waiting:
    named = curriculum.outline(s, row.enrolment.cohort.release).competencies
    return Waiting(
        "practice", row.code, named.get(row.competency, row.competency), row.minutes, row.enrolment, row.sent_at
    )
