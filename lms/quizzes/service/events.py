"""Everything that arrived for an attempt, as it arrived."""

from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.quizzes.models import AnswerEvent, Attempt
from lms.quizzes.rules import Arrived, Taken
from lms.quizzes.service import sealed


def arrived_for(s: Session, attempt: Attempt) -> list[Arrived]:
    """Return everything that arrived for an attempt, the first first; the place in the list is its number."""
    rows = s.scalars(sa.select(AnswerEvent).where(AnswerEvent.attempt_id == attempt.id).order_by(AnswerEvent.id))
    return [arrived(row) for row in rows]


def arrived(row: AnswerEvent) -> Arrived:
    """Return one stored arrival as the rules see it; what a person wrote stays shut."""
    taken = cast(Taken, row.taken)
    return Arrived(row.position, sealed.shut(row.choice), row.later, row.sequence, row.at, row.client_at, taken)
