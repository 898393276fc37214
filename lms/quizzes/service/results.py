"""What attempts came to, for pages and for the rooms above."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.together import IDS, KEY, Fact, Facts, arm, ask, flag
from lms.curriculum import service as curriculum
from lms.quizzes import rules
from lms.quizzes.models import Attempt, Mark, Response
from lms.quizzes.rules import Again, Held, Phase, QuizResult, Rulings, Try
from lms.quizzes.service.answers import held_in
from lms.quizzes.service.attempts import paper_of, timing_of
from lms.quizzes.service.closing import marked
from lms.quizzes.service.marks import NEWEST, counting
from lms.quizzes.service.openings import is_over
from lms.quizzes.service.rulings import rulings_by_seat


def outcome_of(
    attempt: Attempt, held: Mapping[int, Held], *, now: datetime, rulings: Rulings = rules.NO_RULINGS
) -> Try:
    """Return how an attempt ended, or will be found to have ended once its lapse is written down by these rulings."""
    closing = rules.lapse(timing_of(attempt), now)
    if closing is None:
        return Try(
            attempt.code,
            attempt.quiz,
            attempt.number,
            cast(rules.Recorded, attempt.state),
            attempt.deadline,
            attempt.closed_at,
            attempt.points,
            attempt.out_of,
            attempt.passed,
        )
    return Try(
        attempt.code,
        attempt.quiz,
        attempt.number,
        closing.state,
        attempt.deadline,
        closing.at,
        **marked(attempt, rules.under(paper_of(attempt), rulings), held, closing.state),
    )


def counted(outcome: Try, mark: Mark | None) -> Try:
    """Return how an attempt ended by the mark that counts."""
    if mark is None:
        return outcome
    return replace(outcome, points=mark.points, out_of=mark.out_of, passed=mark.passed)


@dataclass(frozen=True, slots=True)
class After:
    """Where somebody stands with a quiz after an attempt at it; `again` is None if their release holds the quiz no more."""

    again: Again | None
    phase: Phase


def after(s: Session, attempt: Attempt, *, now: datetime, travelling: bool = False) -> After:
    """Say when the person may try this quiz again, by the cohort's present release, and in which phase they look back.

    A closing time counts as past only by the real clock, and once nobody of the cohort still sits the quiz.
    """
    seat = attempt.enrolment
    quiz = curriculum.quiz(s, seat.cohort.release, attempt.quiz)
    real = None if travelling else now
    mine = results_for(s, [seat.id], now=real, quiz=attempt.quiz)[seat.id].get(attempt.quiz)
    again = rules.again(quiz, mine, now) if quiz else None
    over = not travelling and is_over(s, seat.cohort_id, attempt.quiz, now=now)
    return After(again, rules.phase(mine, again, over=over))


def results_for(
    s: Session, enrolment_ids: Sequence[int], *, now: datetime | None = None, quiz: str = ""
) -> dict[int, dict[str, QuizResult]]:
    """Return where each enrolment stands with each quiz it has tried, or with one `quiz`, in at most four queries.

    With `now`, an attempt whose time ran out since the last tick counts as closed already; nothing is written.
    """
    asked = ask(s, _ONE_QUIZ, ids=enrolment_ids, key=quiz) if quiz else ask(s, RESULT_ARMS, ids=enrolment_ids)
    return results_from(s, asked, enrolment_ids, now=now)


RESULT_ARMS = (
    arm(
        "attempt",
        Attempt.enrolment_id,
        Attempt.quiz,
        numbers=[Attempt.id, Attempt.number, counting("points"), counting("out_of"), flag(counting("passed"))],
        words=[Attempt.code, Attempt.state],
        instants=[Attempt.due_at, Attempt.deadline, Attempt.closed_at],
    )
    .select_from(Attempt)
    .outerjoin(Mark, NEWEST)
    .where(Attempt.enrolment_id.in_(IDS)),
)
"""What `results_from` needs to be asked."""
_ONE_QUIZ = (RESULT_ARMS[0].where(Attempt.quiz == KEY),)


def results_from(
    s: Session, facts: Facts, enrolment_ids: Sequence[int], *, now: datetime | None = None
) -> dict[int, dict[str, QuizResult]]:
    """Return what `results_for` returns, from facts that were asked together with others."""
    found: dict[int, dict[str, list[Try]]] = {id_: defaultdict(list) for id_ in enrolment_ids}
    due: list[int] = []
    for fact in facts.get("attempt", []):
        if now is not None and fact.word2 == "in_progress" and fact.at is not None and fact.at < now - rules.ALLOWANCE:
            due.append(fact.number)
        else:
            found[fact.of][fact.key].append(_try(fact))
    for attempt, ended in _ended(s, due, now) if now is not None and due else ():
        found[attempt.enrolment_id][attempt.quiz].append(ended)
    return {id_: {quiz: rules.summarise(quiz, tries) for quiz, tries in mine.items()} for id_, mine in found.items()}


def _try(fact: Fact) -> Try:
    passed = None if fact.number5 is None else bool(fact.number5)
    state = cast(rules.Recorded, fact.word2)
    return Try(fact.word, fact.key, fact.number2, state, fact.at2, fact.at3, fact.number3, fact.number4, passed)


def _ended(s: Session, attempt_ids: Sequence[int], now: datetime) -> Iterable[tuple[Attempt, Try]]:
    held: dict[int, dict[int, Held]] = defaultdict(dict)
    for row in s.scalars(sa.select(Response).where(Response.attempt_id.in_(attempt_ids))):
        held[row.attempt_id][row.position] = held_in(row)
    attempts = list(s.scalars(sa.select(Attempt).where(Attempt.id.in_(attempt_ids))))
    rulings = rulings_by_seat(s, {attempt.enrolment_id for attempt in attempts})
    for attempt in attempts:
        ruled = rulings.get(attempt.enrolment_id, rules.NO_RULINGS)
        yield attempt, outcome_of(attempt, held[attempt.id], now=now, rulings=ruled)
