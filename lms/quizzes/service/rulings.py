"""The rulings that are in force: for one attempt, for several, and everything that was ruled about one question."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts.models import Cohort, Enrolment
from lms.quizzes import rules
from lms.quizzes.models import Attempt, Ruling
from lms.quizzes.rules import Paper, Rulings
from lms.quizzes.service.attempts import paper_of


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling as people read it."""

    ruling: rules.Ruling
    reason: str
    by: str
    at: datetime


def marked_paper(s: Session, attempt: Attempt) -> Paper:
    """Return the questions of an attempt as they are marked by now. One query."""
    return rules.under(paper_of(attempt), rulings_for(s, attempt.enrolment_id))


def rulings_for(s: Session, enrolment_id: int) -> Rulings:
    """Return what is in force for a seat: the rulings of its cohort's provider. One query."""
    return rulings_by_seat(s, [enrolment_id]).get(enrolment_id, {})


def rulings_by_seat(s: Session, enrolment_ids: Iterable[int]) -> dict[int, Rulings]:
    """Return what is in force for each of these seats. One query."""
    asked = (
        sa.select(Enrolment.id, Ruling.words, Ruling.kind, Ruling.right, Ruling.number)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Ruling, Ruling.provider_id == Cohort.provider_id)
        .where(Enrolment.id.in_(sorted(enrolment_ids)))
    )
    found: dict[int, list[rules.Ruling]] = {}
    for seat, *ruling in s.execute(asked):
        found.setdefault(seat, []).append(_rule(*ruling))
    return {seat: rules.in_force(rulings) for seat, rulings in found.items()}


def rulings_of(s: Session, provider_id: int) -> Rulings:
    """Return what a provider's rulings are by now. One query."""
    asked = sa.select(Ruling.words, Ruling.kind, Ruling.right, Ruling.number).where(Ruling.provider_id == provider_id)
    return rules.in_force(_rule(*row) for row in s.execute(asked))


def ruled_about(s: Session, provider_id: int, words: str) -> list[Ruled]:
    """Return everything a provider ruled about a question, the newest first. One query."""
    mine = sa.select(Ruling).where(Ruling.provider_id == provider_id, Ruling.words == words)
    return [_opened(row) for row in s.scalars(mine.order_by(Ruling.number.desc()))]


def ruled_in(s: Session, attempt: Attempt) -> dict[int, Ruled]:
    """Return what is in force about the questions of an attempt, by position, with its reason. One query."""
    asked = (
        sa.select(Ruling)
        .join(Cohort, Cohort.provider_id == Ruling.provider_id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Enrolment.id == attempt.enrolment_id)
        .order_by(Ruling.number)
    )
    found = {row.words: _opened(row) for row in s.scalars(asked)}
    questions = paper_of(attempt).questions if found else ()
    return {q.position: found[words] for q in questions if (words := rules.words_of(q)) in found}


def _opened(row: Ruling) -> Ruled:
    return Ruled(_rule(row.words, row.kind, row.right, row.number), row.reason, row.by, row.at)


def _rule(words: str, kind: str, right: Sequence[str], number: int) -> rules.Ruling:
    return rules.Ruling(words, cast(rules.RulingKind, kind), tuple(right), number)
