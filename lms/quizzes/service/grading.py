"""Grading what was written: the queue, the desk, and a grade that stands with its author and is only ever added to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from lms.accounts.models import Person
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.rules import TAKES_A_SEAT
from lms.core.access import Actor
from lms.core.errors import Conflict, Denied, Invalid, NotFound
from lms.core.together import COHORTS, arm
from lms.quizzes.models import Attempt, Grade, Mark
from lms.quizzes.rules import IN_TIME, Late, Question
from lms.quizzes.service import answers, attempts, closing, grades
from lms.quizzes.service.grades import Graded
from lms.quizzes.service.late import accepted_of, numbers_of
from lms.quizzes.service.marks import NEWEST, WAITS, mark_of, waits
from lms.quizzes.service.remarking import mark_again
from lms.records import service as records

_WAITS = (Attempt.state != "in_progress", WAITS)


@dataclass(frozen=True, slots=True)
class ToGrade:
    """An attempt in the queue, and for how many days it has waited."""

    attempt: Attempt
    days: int


@dataclass(frozen=True, slots=True)
class OnDesk:
    """A written answer beside its question, with every grade it was given, the newest first."""

    question: Question
    text: str
    event_id: int | None
    late: int
    """The place of its arrival among all that arrived, if it came late and was let count; else 0."""
    grades: list[Graded]
    newest: int
    """The number of the newest grade of this question, be it of this text or of another; 0 if there is none."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A grade as somebody gave it; `seen` is the number of the newest grade their page showed, 0 if none.

    `late` is the place of the arrival they graded; 0 for what stood in time.
    """

    points: int
    remark: str
    reason: str
    seen: int
    late: int = 0


WAITING_ARM = (
    arm("to_grade", 0, "", numbers=[sa.func.count(Attempt.id)])
    .join(Attempt.enrolment)
    .outerjoin(Mark, NEWEST)
    .where(*_WAITS, Enrolment.cohort_id.in_(COHORTS), Enrolment.status.in_(TAKES_A_SEAT))
)
"""Asks how many attempts in the cohorts wait for a grade: one fact `to_grade` with a number."""


def waiting_for(s: Session, actor: Actor, *, now: datetime) -> list[ToGrade]:
    """Return the attempts this person may grade that wait, the longest wait first. One query."""
    mine = sa.or_(Enrolment.cohort_id.in_(sorted(actor.facilitates)), Cohort.provider_id.in_(sorted(actor.coordinates)))
    asked = (
        sa.select(Attempt)
        .join(Attempt.enrolment)
        .join(Enrolment.cohort)
        .outerjoin(Mark, NEWEST)
        .where(*_WAITS, mine, Enrolment.person_id != actor.person_id, Enrolment.status.in_(TAKES_A_SEAT))
        .order_by(Attempt.closed_at, Attempt.id)
        .options(contains_eager(Attempt.enrolment).contains_eager(Enrolment.cohort))
    )
    return [ToGrade(one, max(now - (one.closed_at or now), timedelta(0)).days) for one in s.scalars(asked)]


def desk_of(s: Session, attempt: Attempt) -> list[OnDesk]:
    """Return what was written in a closed attempt, opened, and what came late and was let count after what stood in time.

    A question left empty has nothing to grade.
    """
    paper = attempts.paper_of(attempt)
    given, numbers = grades.grades_of(s, attempt, paper), numbers_of(s, attempt)
    written = [one for one in _texts(s, attempt) if one.choice]
    return [
        _on_desk(question, one, numbers.get(one.arrival, IN_TIME), given.get(one.position, []))
        for question in paper.questions
        for one in written
        if question.by_person and one.position == question.position
    ]


def _texts(s: Session, attempt: Attempt) -> list[Late]:
    held = answers.answers_of(s, attempt).items()
    return [*(Late(position, one.choice, IN_TIME) for position, one in held), *accepted_of(s, attempt)]


def _on_desk(question: Question, text: Late, number: int, given: list[Graded]) -> OnDesk:
    own = [one for one in given if one.arrival == text.arrival]
    return OnDesk(question, str(text.choice[0]), text.arrival or None, number, own, given[0].number if given else 0)


def grade(
    s: Session, attempt: Attempt, position: int, given: Judged, *, by: Person, now: datetime, letter: tuple[str, str]
) -> Grade:
    """Add a grade and mark the attempt again, by the same rule that marked it when it closed.

    The attempt's row is locked: of two people who grade two answers at once, the second sees what the first gave, so
    the result is decided by all grades and not by half of them. `seen` lets nobody correct a grade they did not see.
    """
    if attempt.enrolment.person_id == by.id:
        raise Denied("Somebody else grades your own answers.")
    s.refresh(attempt, ["state", "passed"], with_for_update=True)
    one = _gradable(s, attempt, position, given.late)
    _check(one, given)
    number = one.newest + 1
    row = Grade(
        attempt_id=attempt.id,
        position=position,
        number=number,
        event_id=one.event_id,
        points=given.points,
        most=one.question.most,
        author=by.code,
        at=now,
        remark=grades.seal(s, attempt, (position, number), "remark", given.remark.strip()),
        reason=grades.seal(s, attempt, (position, number), "reason", given.reason.strip()),
    )
    s.add(row)
    s.flush()
    closing.settle(s, attempt)
    if mark_of(s, attempt) is not None:
        # Late answers count besides: the mark that counts is made of both.
        mark_again(s, attempt, accepted_of(s, attempt), by=by.code, at=now)
    _tell(s, attempt, row, letter, bool(one.grades), now)
    return row


def _gradable(s: Session, attempt: Attempt, position: int, late: int) -> OnDesk:
    question = attempts.paper_of(attempt).question(position)
    if question is None or not question.by_person:
        raise NotFound
    if attempt.state == "in_progress":
        raise Conflict("This quiz is still under way. Nothing in it can be graded before it is sent.")
    for one in desk_of(s, attempt):
        if (one.question.position, one.late) == (position, late):
            return one
    if late:
        raise Conflict("This late answer does not count, so it is not graded. Let it count first.")
    raise Conflict("This question was left open. There is nothing to grade.")


def _check(one: OnDesk, given: Judged) -> None:
    if given.seen != one.newest:
        raise Conflict("Somebody has graded this answer since you opened it. Look at their grade first.")
    if not 0 <= given.points <= one.question.most:
        raise Invalid("Nothing is saved yet.", {"points": "Choose one of the points of the guide."})
    if one.grades and not given.reason.strip():
        raise Invalid("Nothing is saved yet.", {"reason": "Write why the grade is changed. The student reads it."})


def _tell(s: Session, attempt: Attempt, row: Grade, letter: tuple[str, str], again: bool, now: datetime) -> None:
    verb = "quiz.regraded" if again else "quiz.graded"
    facts = {"position": row.position, "points": row.points, "most": row.most, "number": row.number}
    records.audit(s, row.author, verb, attempt.code, now=now, facts=facts)
    if not waits(attempt, mark_of(s, attempt)) and attempt.enrolment.person.email:
        records.write_message(s, verb, attempt.enrolment.person.email, *letter, now=now)
    s.flush()
