"""Starting attempts."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.core import ids
from lms.quizzes import rules
from lms.quizzes.models import Attempt
from lms.quizzes.rules import Permit
from lms.quizzes.service.attempts import open_attempt, state_of
from lms.quizzes.service.closing import close


def start_attempt(s: Session, permit: Permit, *, now: datetime) -> Attempt:
    """Start the attempt a permit allows, or return the one that is under way.

    An attempt whose time ran out unnoticed is closed and returned, so that the person sees what became of it first.
    Two clicks at once: the unique indexes refuse the second, which looks again and finds the first.
    """
    held = open_attempt(s, permit.enrolment_id, permit.quiz.id)
    if held is None:
        return _begin(s, permit, now)
    if state_of(held, now=now) == "lapsed":
        close(s, held, now)
    return held


def _begin(s: Session, permit: Permit, now: datetime) -> Attempt:
    quiz, terms = permit.quiz, permit.accommodation
    seed = ids.new_seed()
    limit = quiz.time_limit_minutes * 60 if quiz.time_limit_minutes else None
    allowed = rules.allowed_seconds(limit, terms)
    paper = rules.draw(quiz, permit.banks, seed, ids.shuffled)
    attempt = Attempt(
        code=ids.new_code(),
        enrolment_id=permit.enrolment_id,
        quiz=quiz.id,
        title=quiz.title,
        kind=quiz.kind,
        number=permit.number,
        release=permit.release,
        seed=seed,
        paper=paper.to_json(),
        shape=rules.Shape.of(paper).to_json(),
        pass_percent=quiz.pass_percent,
        review=quiz.review,
        limit_seconds=limit,
        extra_seconds=allowed - limit if allowed is not None and limit is not None else 0,
        started_at=now,
        deadline=rules.deadline(now, limit, terms),
        state="in_progress",
    )
    s.add(attempt)
    s.flush()
    return attempt
