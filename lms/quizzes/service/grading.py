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
from lms.quizzes.models import Attempt, Grade
from lms.quizzes.rules import Question
from lms.quizzes.service import answers, attempts, closing, grades
from lms.quizzes.service.grades import Graded
from lms.records import service as records

_WAITS = (Attempt.state != "in_progress", Attempt.passed.is_(None))


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
    grades: list[Graded]

    @property
    def newest(self) -> int:
        """The number of the newest grade; 0 if there is none."""
        return self.grades[0].number if self.grades else 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A grade as somebody gave it; `seen` is the number of the newest grade their page showed, 0 if none."""

    points: int
    remark: str
    reason: str
    seen: int


WAITING_ARM = (
    arm("to_grade", 0, "", numbers=[sa.func.count(Attempt.id)])
    .join(Attempt.enrolment)
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
        .where(*_WAITS, mine, Enrolment.person_id != actor.person_id, Enrolment.status.in_(TAKES_A_SEAT))
        .order_by(Attempt.closed_at, Attempt.id)
        .options(contains_eager(Attempt.enrolment).contains_eager(Enrolment.cohort))
    )
    return [ToGrade(one, max(now - (one.closed_at or now), timedelta(0)).days) for one in s.scalars(asked)]


def desk_of(s: Session, attempt: Attempt) -> list[OnDesk]:
    """Return what was written in a closed attempt, opened; a question left empty has nothing to grade."""
    paper = attempts.paper_of(attempt)
    held, given = answers.answers_of(s, attempt), grades.grades_of(s, attempt, paper)
    written = [q for q in paper.questions if q.by_person and q.position in held and held[q.position].choice]
    return [OnDesk(q, str(held[q.position].choice[0]), given.get(q.position, [])) for q in written]


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
    question = _gradable(s, attempt, position)
    standing = _newest(s, attempt, position)
    _check(question, given, standing)
    number = given.seen + 1
    row = Grade(
        attempt_id=attempt.id,
        position=position,
        number=number,
        points=given.points,
        most=question.most,
        author=by.code,
        at=now,
        remark=grades.seal(s, attempt, (position, number), "remark", given.remark.strip()),
        reason=grades.seal(s, attempt, (position, number), "reason", given.reason.strip()),
    )
    s.add(row)
    s.flush()
    closing.settle(s, attempt)
    _tell(s, attempt, row, letter, now)
    return row


def _gradable(s: Session, attempt: Attempt, position: int) -> Question:
    question = attempts.paper_of(attempt).question(position)
    if question is None or not question.by_person:
        raise NotFound
    if attempt.state == "in_progress":
        raise Conflict("This quiz is still under way. Nothing in it can be graded before it is sent.")
    if not answers.has_answer(s, attempt, position):
        raise Conflict("This question was left open. There is nothing to grade.")
    return question


def _newest(s: Session, attempt: Attempt, position: int) -> int:
    mine = sa.select(sa.func.max(Grade.number)).where(Grade.attempt_id == attempt.id, Grade.position == position)
    return s.scalar(mine) or 0


def _check(question: Question, given: Judged, standing: int) -> None:
    if given.seen != standing:
        raise Conflict("Somebody has graded this answer since you opened it. Look at their grade first.")
    if not 0 <= given.points <= question.most:
        raise Invalid("Nothing is saved yet.", {"points": "Choose one of the points of the guide."})
    if standing and not given.reason.strip():
        raise Invalid("Nothing is saved yet.", {"reason": "Write why the grade is changed. The student reads it."})


def _tell(s: Session, attempt: Attempt, row: Grade, letter: tuple[str, str], now: datetime) -> None:
    verb = "quiz.graded" if row.number == 1 else "quiz.regraded"
    facts = {"position": row.position, "points": row.points, "most": row.most, "number": row.number}
    records.audit(s, row.author, verb, attempt.code, now=now, facts=facts)
    if attempt.passed is not None and attempt.enrolment.person.email:
        records.write_message(s, verb, attempt.enrolment.person.email, *letter, now=now)
    s.flush()
