"""One sent narrative as a facilitator meets it: claim it, read it, step back from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.cohorts.models import Cohort, Enrolment
from lms.core.access import Actor
from lms.core.ids import new_code
from lms.narratives import rules
from lms.narratives.models import Review, Submission
from lms.narratives.service.rounds import Round, grouped
from lms.narratives.service.sealed import Grades, grades_of, seal_grades
from lms.records import service as records


@dataclass(slots=True)
class Case:
    """A submission with every round of the same narrative up to it, and what this reader has begun."""

    submission: Submission
    rounds: list[Round]
    reader: int | None
    newest: bool
    """Whether no later round was sent."""

    @property
    def enrolment(self) -> Enrolment:
        """Whose it is; policies ask this way."""
        return self.submission.enrolment

    @property
    def stepped_back(self) -> frozenset[int]:
        """Who said that they know the writer, in whichever round."""
        return frozenset(r.reader_id for one in self.rounds for r in one.reviews if r.outcome == "recused")

    @property
    def this(self) -> Round:
        """The round in question."""
        return self.rounds[-1]

    @property
    def earlier(self) -> list[Round]:
        """The rounds before it."""
        return self.rounds[:-1]

    @property
    def mine(self) -> Review | None:
        """The review this reader is working on."""
        open_ = [r for r in self.this.reviews if r.reader_id == self.reader and r.outcome == "draft"]
        return open_[-1] if open_ else None

    def hold(self, now: datetime) -> rules.Hold:
        """Say who holds the text, as this reader sees it."""
        return rules.hold(self.submission.claimed_by_id, self.submission.claimed_until, self.reader, now)

    def shows_text(self, now: datetime) -> bool:
        """Say whether the page shows the text to this reader."""
        return rules.shows_text(self.state, self.hold(now))

    def editing(self, s: Session, now: datetime) -> Review | None:
        """Return the review this reader may write in now: they hold the text, and it waits or is being corrected."""
        if self.mine is None or self.hold(now) != "mine":
            return None
        return self.mine if _to_answer(s, self.submission, self.mine) else None

    @property
    def state(self) -> rules.State:
        """Where the narrative stands after this round."""
        return rules.standing(True, self.submission.state)


def case_by_code(s: Session, code: str, reader: Actor) -> Case | None:
    """Return a submission by its public code, with its rounds and reviews, in two queries."""
    seat = joinedload(Submission.enrolment)
    submission = s.scalars(
        sa.select(Submission)
        .where(Submission.code == code)
        .options(
            seat.joinedload(Enrolment.person),
            seat.joinedload(Enrolment.cohort).joinedload(Cohort.provider),
            seat.joinedload(Enrolment.cohort).joinedload(Cohort.release),
            joinedload(Submission.claimed_by),
        )
    ).first()
    if submission is None:
        return None
    rounds = _rounds(s, submission)
    upto = [one for one in rounds if one.submission.round <= submission.round]
    return Case(submission, upto, reader.person_id, len(upto) == len(rounds))


def _rounds(s: Session, submission: Submission) -> list[Round]:
    rows: Any = s.execute(
        sa.select(Submission, Review)
        .outerjoin(Review, Review.submission_id == Submission.id)
        .options(joinedload(Review.reader))
        .where(Submission.enrolment_id == submission.enrolment_id, Submission.narrative == submission.narrative)
        .order_by(Submission.round, Review.id)
    )
    return grouped(rows)


@dataclass(frozen=True, slots=True)
class Claimed:
    """Whether the claim is this reader's; if not, `by` says whose it is, and until when."""

    mine: bool
    by: str = ""
    until: datetime | None = None


def claim(s: Session, submission: Submission, reader: Actor, *, now: datetime) -> Claimed:
    """Take a text for two hours, or go on with it; whoever holds it already keeps it, and an answered one is not taken."""
    begun = open_review(s, submission, reader)
    if not _to_answer(s, submission, begun):
        return Claimed(False)
    if not take(s, submission, reader, now):
        held = rules.hold(submission.claimed_by_id, submission.claimed_until, reader.person_id, now)
        holder = submission.claimed_by.name if submission.claimed_by and held == "taken" else ""
        return Claimed(False, holder, submission.claimed_until)
    if begun is None:
        new_review(s, submission, reader, Grades(), now)
    return Claimed(True, reader.name, submission.claimed_until)


def _to_answer(s: Session, submission: Submission, begun: Review | None) -> bool:
    return submission.state == "waiting" or is_correction(s, begun)


def is_correction(s: Session, review: Review | None) -> bool:
    """Say whether a review that was begun corrects an answer."""
    return review is not None and bool(grades_of(s, review).correction)


def take(s: Session, submission: Submission, reader: Actor, now: datetime) -> bool:
    """Set the claim if it is free or this reader's own; False leaves the row as the other left it."""
    # Two readers press Claim at once: the update that finds it free wins, the other changes no row.
    free = Submission.claimed_by_id.is_(None) | (Submission.claimed_until <= now)
    won = s.execute(
        sa.update(Submission)
        .where(Submission.id == submission.id, Submission.state == submission.state)
        .where(free | (Submission.claimed_by_id == reader.person_id))
        .values(claimed_by_id=reader.person_id, claimed_until=rules.lease(now))
        .execution_options(synchronize_session=False)
    )
    reread(s, submission)
    return bool(won.rowcount)  # type: ignore[attr-defined]


def reread(s: Session, submission: Submission) -> None:
    """Look again at what another request may have changed."""
    s.refresh(submission, ["state", "claimed_by_id", "claimed_until"])
    s.expire(submission, ["claimed_by"])


def open_review(s: Session, submission: Submission, reader: Actor) -> Review | None:
    """Return the review that a reader has begun and not released."""
    begun = sa.select(Review).where(
        Review.submission_id == submission.id, Review.reader_id == reader.person_id, Review.outcome == "draft"
    )
    return s.scalars(begun.order_by(Review.number.desc()).limit(1)).first()


def new_review(s: Session, submission: Submission, reader: Actor, grades: Grades, now: datetime) -> Review:
    """Begin a reader's next review of a text.

    One reader in two tabs: the unique constraint lets one begin; the gate sends the other through again, which finds it.
    """
    mine = (Review.submission_id == submission.id) & (Review.reader_id == reader.person_id)
    last = s.scalar(sa.select(sa.func.max(Review.number)).where(mine)) or 0
    review = Review(
        code=new_code(),
        submission_id=submission.id,
        reader_id=reader.person_id,
        number=last + 1,
        outcome="draft",
        saved_at=now,
        sequence=0,
    )
    seal_grades(s, review, grades)
    s.add(review)
    s.flush()
    return review


def recuse(s: Session, submission: Submission, reader: Actor, *, now: datetime) -> None:
    """Step back from a narrative whose writer the reader knows: it goes back to the queue, and not to them again."""
    mine = (Review.submission_id == submission.id) & (Review.reader_id == reader.person_id) & (Review.number == 0)
    if s.scalar(sa.select(Review.id).where(mine)) is None:
        row = Review(
            code=new_code(),
            submission_id=submission.id,
            reader_id=reader.person_id,
            number=0,
            levels={},
            outcome="recused",
            saved_at=now,
        )
        s.add(row)
        records.audit(s, reader.code, "narrative.stepped-back", submission.code, now=now)
    s.execute(
        sa.update(Submission)
        .where(Submission.id == submission.id, Submission.claimed_by_id == reader.person_id)
        .values(claimed_by_id=None, claimed_until=None)
        .execution_options(synchronize_session=False)
    )
    s.flush()
    reread(s, submission)
