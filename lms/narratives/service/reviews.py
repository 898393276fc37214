"""Reviews: autosaved while they are written, checked by the rubric, released once; a correction is a new one with a reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.errors import Conflict, Invalid
from lms.narratives import rules
from lms.narratives.models import Draft, Review, Submission
from lms.narratives.service.cases import new_review, open_review, reread, take
from lms.narratives.service.sealed import Grades, grades_of, seal_grades
from lms.records import service as records

_TAKEN = "Somebody else took this narrative on while your page was open. Your grades and words are saved for you."
_ANSWERED = "This narrative was answered already. Your grades and words are saved for you."
_LATER = "The writer has sent a later round since; answer that one instead."
_CHANGED = "The total changed after this page was made. Look at it once more, then release."
_REASON = "Write why the answer is corrected. The writer will read it."

# Named, because a row that came with its reader by an outer join cannot be locked with it.
_MOVING = ("levels", "reasons", "feedback", "points", "outcome", "sequence", "saved_at", "released_at")


@dataclass(frozen=True, slots=True)
class SavedReview:
    """The answer to a save. `standing` is what the review holds now."""

    state: Literal["saved", "stale", "closed"]
    sequence: int
    saved_at: datetime
    standing: Grades


def save_review(
    s: Session, review: Review, grades: Grades, *, sequence: int, now: datetime, last_sent: str = ""
) -> SavedReview:
    """Save what a reader chose and wrote so far, unless another tab saved something newer; goes on with their claim."""
    # Two tabs of one reader: the row lock makes the second look at what the first wrote.
    s.refresh(review, _MOVING, with_for_update=True)
    standing = grades_of(s, review)
    offer = _offered(review, grades, standing)
    if review.outcome != "draft":
        return SavedReview("closed", review.sequence, review.saved_at, standing)
    heard = last_sent != "" and last_sent == fingerprint_of(standing)
    if offer != standing:
        if sequence != review.sequence and not heard:
            return SavedReview("stale", review.sequence, review.saved_at, standing)
        seal_grades(s, review, offer)
        review.sequence, review.saved_at = review.sequence + 1, now
        s.flush()
    _go_on(s, review, now)
    return SavedReview("saved", review.sequence, review.saved_at, offer)


def fingerprint_of(grades: Grades) -> str:
    """Return the mark of a review as its page computes it."""
    levels = {f"level-{name}": str(points) for name, points in grades.levels.items()}
    reasons = {f"reason-{name}": words for name, words in grades.reasons.items()}
    return rules.fingerprint({**levels, **reasons, "feedback": grades.feedback})


def _offered(review: Review, grades: Grades, standing: Grades) -> Grades:
    rubric = rules.rubric_of(review.submission.rubric)
    known = {criterion.id for criterion in rubric.criteria}
    reasons = {name: words for name, words in grades.reasons.items() if name in known and words}
    levels = rules.fitting(rubric, grades.levels)
    return Grades(levels, reasons, grades.feedback, standing.correction)


def _go_on(s: Session, review: Review, now: datetime) -> None:
    s.execute(
        sa.update(Submission)
        .where(Submission.id == review.submission_id, Submission.claimed_by_id == review.reader_id)
        .values(claimed_until=rules.lease(now))
    )


def begin_correction(s: Session, submission: Submission, reader: Actor, reason: str, *, now: datetime) -> Review:
    """Open a new review of a text that was answered: it starts from the answer that counts and carries the reason."""
    if not reason.strip():
        raise Invalid(_REASON, {"reason": _REASON})
    counts = _counting(s, submission)
    if counts is None or _later_round(s, submission):
        raise Conflict(_LATER)
    if not take(s, submission, reader, now):
        raise Conflict(_TAKEN)
    begun = open_review(s, submission, reader)
    old = grades_of(s, begun or counts)
    if begun is None:
        return new_review(s, submission, reader, replace(old, correction=reason), now)
    seal_grades(s, begun, replace(old, correction=reason))
    begun.sequence, begun.saved_at = begun.sequence + 1, now
    s.flush()
    return begun


def release_review(s: Session, review: Review, *, now: datetime, outcome: str | None = None) -> Submission:
    """Give the answer to the writer, once: the rubric decides whether it is accepted or returned.

    `outcome` is what the reader confirmed; if the rubric says otherwise, nothing is released. Raises Invalid while
    something is missing and Conflict when the text is no longer this reader's to answer. A second press changes nothing.
    """
    submission = review.submission
    _lock(s, submission)
    s.refresh(review, _MOVING, with_for_update=True)
    reread(s, submission)
    if review.outcome in rules.RELEASED:
        return submission
    grades = grades_of(s, review)
    judged = rules.outcome(rules.rubric_of(submission.rubric), grades.levels, grades.reasons)
    problems = problems_of(judged, grades)
    if problems:
        raise Invalid("The answer is not complete yet. Nothing was released.", problems)
    if outcome is not None and outcome != judged.word:
        raise Conflict(_CHANGED)
    _close(s, submission, review, judged, grades, now)
    _tell(s, submission, review, bool(grades.correction), now)
    return submission


def problems_of(judged: rules.Outcome, grades: Grades) -> dict[str, str]:
    """Say what is missing before an answer may be released, by form field."""
    problems = {f"level-{name}": "Choose a level." for name in judged.missing_levels}
    problems |= {f"reason-{name}": "Write a short reason. The writer will read it." for name in judged.missing_reasons}
    if not grades.feedback.strip():
        problems["feedback"] = "Write a few words to the writer. They trusted you with their story."
    return problems


def _lock(s: Session, submission: Submission) -> None:
    # While an answer is corrected, the writer may be sending the next round: both hold the draft's row.
    draft = sa.select(Draft.id).where(
        Draft.enrolment_id == submission.enrolment_id, Draft.narrative == submission.narrative
    )
    s.execute(draft.with_for_update())


def _close(
    s: Session, submission: Submission, review: Review, judged: rules.Outcome, grades: Grades, now: datetime
) -> None:
    if submission.state in rules.RELEASED and not grades.correction:
        raise Conflict(_ANSWERED)
    if _later_round(s, submission):
        raise Conflict(_LATER)
    # Two readers press Release at once (a claim ran out in between): only the holder's update finds its row.
    won = s.execute(
        sa.update(Submission)
        .where(Submission.id == submission.id, Submission.state == submission.state)
        .where(Submission.claimed_by_id == review.reader_id)
        .values(state=judged.word, claimed_by_id=None, claimed_until=None)
        .execution_options(synchronize_session=False)
    )
    if won.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_TAKEN)
    review.outcome, review.points, review.released_at = judged.word, judged.points, now
    s.flush()
    reread(s, submission)


def _tell(s: Session, submission: Submission, review: Review, correction: bool, now: datetime) -> None:
    verb = "narrative.corrected" if correction else "narrative.released"
    records.audit(s, review.reader.code, verb, submission.code, now=now, facts={"outcome": review.outcome})
    address = submission.enrolment.person.email
    if address:
        subject, body = rules.CORRECTION if correction else rules.LETTER
        records.write_message(s, "narrative", address, subject, body, now=now)


def _counting(s: Session, submission: Submission) -> Review | None:
    released = sa.select(Review).where(Review.submission_id == submission.id, Review.outcome.in_(rules.RELEASED))
    return s.scalars(released.order_by(Review.released_at.desc(), Review.id.desc()).limit(1)).first()


def _later_round(s: Session, submission: Submission) -> bool:
    later = sa.exists().where(
        Submission.enrolment_id == submission.enrolment_id,
        Submission.narrative == submission.narrative,
        Submission.round > submission.round,
    )
    return s.scalar(sa.select(later)) or False
