"""Starting a quiz: the only place that gives leave for an attempt."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.cohorts.models import Enrolment
from lms.core.errors import NotFound
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Bank, Outline, Quiz
from lms.learning import rules
from lms.learning.rules import Refusal, Sitting
from lms.learning.service.reading import hold
from lms.learning.service.states import lesson_states, pathway_of
from lms.quizzes import service as quizzes
from lms.quizzes.rules import ALWAYS, Again, Permit, QuizResult, TimeTerms, Window, again, allowed_seconds


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a student stands before a quiz: its terms as they apply to them, their tries, and what is in the way."""

    outline: Outline
    quiz: Quiz
    result: QuizResult | None
    terms: TimeTerms
    again: Again
    refusal: Refusal | None
    window: Window = ALWAYS

    @property
    def seconds(self) -> int | None:
        """How long this person has in all; None without a limit."""
        return allowed_seconds(self.quiz.time_limit_minutes * 60 if self.quiz.time_limit_minutes else None, self.terms)


def standing(s: Session, seat: Enrolment, quiz_id: str, *, now: datetime) -> Standing:
    """Say whether a student may start a quiz now, and why not; for the page before it."""
    quiz = curriculum.quiz(s, seat.cohort.release, quiz_id)
    if quiz is None:
        raise NotFound()
    outline = curriculum.outline(s, seat.cohort.release)
    # An exam asks after the quizzes before it; any other quiz after itself.
    one = "" if quiz.kind == "exam" else quiz_id
    results = quizzes.results_for(s, [seat.id], now=now, quiz=one).get(seat.id, {})
    result = results.get(quiz_id)
    window = quizzes.opening_of(s, seat.cohort_id, quiz_id) if quiz.kind != "lesson" else ALWAYS
    sitting = Sitting(
        seat.status == "enrolled",
        quiz,
        result,
        _unread(s, seat, outline, quiz) if quiz.kind == "module" and result is None else (),
        _unpassed(s, seat, results) if quiz.kind == "exam" else (),
        window,
    )
    refusal = rules.may_start(sitting, now)
    return Standing(
        outline, quiz, result, quizzes.terms_of(s, seat.person_id, now=now), again(quiz, result, now), refusal, window
    )


def permit_for(s: Session, seat: Enrolment, quiz_id: str, *, now: datetime) -> Permit | Refusal:
    """Give leave to start a quiz, or to go back to the attempt under way; or say why not."""
    hold(s, seat)
    stands = standing(s, seat, quiz_id, now=now)
    if stands.refusal:
        return stands.refusal
    tries = stands.result.tries if stands.result else 0
    return Permit(
        enrolment_id=seat.id,
        quiz=stands.quiz,
        banks=_banks(s, seat, stands.quiz),
        release=seat.cohort.release.digest,
        number=tries + 1,
        accommodation=stands.terms,
    )


def _unread(s: Session, seat: Enrolment, outline: Outline, quiz: Quiz) -> tuple[str, ...]:
    module = outline.module(quiz.subject)
    return rules.unread_in(module, lesson_states(s, [seat.id])[seat.id]) if module else ()


def _unpassed(s: Session, seat: Enrolment, results: dict[str, QuizResult]) -> tuple[str, ...]:
    return tuple(id_ for id_ in pathway_of(s, seat.cohort).quizzes if not rules.passed(results, id_))


def _banks(s: Session, seat: Enrolment, quiz: Quiz) -> dict[str, Bank]:
    wanted = sorted({name for draw in quiz.draws for name in draw.banks})
    found = ((name, curriculum.bank(s, seat.cohort.release, name)) for name in wanted)
    return {name: bank for name, bank in found if bank is not None}
