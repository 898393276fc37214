"""Starting attempts."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.cohorts.models import Enrolment
from lms.core import ids
from lms.quizzes import rules
from lms.quizzes.models import Attempt
from lms.quizzes.rules import Permit
from lms.quizzes.service import history
from lms.quizzes.service.attempts import open_attempt, timing_of
from lms.quizzes.service.closing import lapse


def start_attempt(s: Session, permit: Permit, *, now: datetime) -> Attempt:
    """Start the attempt a permit allows, or return the one that is under way.

    An attempt whose time ran out unnoticed is closed and returned, so that the person sees what became of it first.
    Two clicks at once: the unique indexes refuse the second, which looks again and finds the first.
    """
    held = open_attempt(s, permit.enrolment_id, permit.quiz.id)
    if held is None:
        return _begin(s, permit, now)
    lapse(s, held, now)
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
        questions=len(paper.questions),
        shape=rules.Shape.of(paper).to_json(),
        pass_percent=quiz.pass_percent,
        review=quiz.review,
        limit_seconds=limit,
        extra_seconds=allowed - limit if allowed is not None and limit is not None else 0,
        started_at=now,
        deadline=rules.deadline(now, limit, terms),
        state="in_progress",
        overdue=quiz.overdue,
        grace_seconds=quiz.grace_minutes * 60,
        break_seconds=terms.break_minutes * 60,
        hide_time=terms.hide_time,
    )
    attempt.due_at = rules.due(timing_of(attempt))
    s.add(attempt)
    s.flush()
    by = s.get_one(Enrolment, permit.enrolment_id).person.code
    history.note(s, attempt, "started", before="", after="in_progress", by=by, now=now)
    return attempt
