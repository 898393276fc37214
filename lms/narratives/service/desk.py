"""What a student has before them: the instructions, their draft, and the rounds so far."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.cohorts.models import Enrolment
from lms.core.errors import NotFound
from lms.curriculum import service as curriculum
from lms.curriculum.rules import shapes
from lms.narratives import rules
from lms.narratives.models import Draft, Review, Submission
from lms.narratives.service.rounds import Round, grouped


@dataclass(slots=True)
class Desk:
    """One narrative of one student."""

    enrolment: Enrolment
    narrative: shapes.Narrative
    draft: Draft | None
    rounds: list[Round]

    @property
    def state(self) -> rules.State:
        """Where the narrative stands."""
        return rules.standing(self.draft is not None, self.rounds[-1].submission.state if self.rounds else "")

    @property
    def next_round(self) -> int:
        """The round that the draft belongs to."""
        return rules.next_round(self.state, self.rounds[-1].submission.round if self.rounds else 0)

    @property
    def codes(self) -> list[str]:
        """The codes under which readings of this story are logged."""
        return [one.submission.code for one in self.rounds]


def desk_for(s: Session, enrolment: Enrolment, narrative: shapes.Narrative) -> Desk:
    """Gather a narrative of a student in one query; every later round began with a draft, so the draft leads."""
    draft: Draft | None = None
    rows = s.execute(
        sa.select(Draft, Submission, Review)
        .outerjoin(Submission, _same_narrative())
        .outerjoin(Review, (Review.submission_id == Submission.id) & Review.outcome.in_(rules.RELEASED))
        .options(joinedload(Review.reader))
        .where(Draft.enrolment_id == enrolment.id, Draft.narrative == narrative.key)
        .order_by(Submission.round, Review.id)
    ).all()
    if rows:
        draft = rows[0][0]
    return Desk(enrolment, narrative, draft, grouped((row[1], row[2]) for row in rows))


def _same_narrative() -> sa.ColumnElement[bool]:
    return (Submission.enrolment_id == Draft.enrolment_id) & (Submission.narrative == Draft.narrative)


def instructions(s: Session, enrolment: Enrolment, key: str) -> tuple[shapes.Narrative, shapes.Rubric]:
    """Return a narrative and its rubric from the release the cohort is pinned to."""
    release = enrolment.cohort.release
    narrative = curriculum.narrative(s, release, key)
    rubric = curriculum.rubric(s, release, narrative.rubric) if narrative else None
    if narrative is None or rubric is None:
        raise NotFound("Your curriculum has no such narrative.")
    return narrative, rubric
