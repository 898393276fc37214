"""What the closed attempts of staff's own cohorts say about each question; nothing about a person leaves this module."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts.models import Cohort, Enrolment
from lms.core.access import Actor
from lms.quizzes.models import AnswerEvent, Attempt, Response
from lms.quizzes.rules import LONGEST_PAUSE, Sat, seconds_of
from lms.quizzes.service.answers import held_in
from lms.quizzes.service.attempts import paper_of

MOST = 2000
"""The most attempts one page looks at, the newest first; more would tell nothing new of a question."""


@dataclass(frozen=True, slots=True)
class QuizLine:
    """A quiz with closed attempts in these cohorts."""

    quiz: str
    title: str
    kind: str
    attempts: int


def sat_quizzes(s: Session, actor: Actor) -> list[QuizLine]:
    """Return the quizzes that were sat in a person's cohorts, exams first, by title; one query."""
    asked = (
        sa.select(Attempt.quiz, sa.func.max(Attempt.title), sa.func.max(Attempt.kind), sa.func.count())
        .join(Attempt.enrolment)
        .join(Enrolment.cohort)
        .where(_mine(actor), Attempt.state != "in_progress")
        .group_by(Attempt.quiz)
    )
    order = {"exam": 0, "module": 1, "lesson": 2}
    lines = [QuizLine(*row) for row in s.execute(asked)]
    return sorted(lines, key=lambda line: (order.get(line.kind, 3), line.title))


def sat_attempts(s: Session, actor: Actor, quiz: str) -> list[Sat]:
    """Return the newest closed attempts at a quiz in a person's cohorts, whatever their cohort and release; three queries."""
    asked = (
        sa.select(Attempt)
        .join(Attempt.enrolment)
        .join(Enrolment.cohort)
        .where(_mine(actor), Attempt.quiz == quiz, Attempt.state != "in_progress")
        .order_by(Attempt.id.desc())
        .limit(MOST)
    )
    attempts = list(s.scalars(asked))
    ids = [attempt.id for attempt in attempts]
    held, events = _held(s, ids), _events(s, ids)
    return [
        Sat(
            paper_of(attempt),
            held[attempt.id],
            seconds_of(attempt.started_at, events[attempt.id], longest=LONGEST_PAUSE),
        )
        for attempt in attempts
    ]


def _mine(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.or_(Enrolment.cohort_id.in_(sorted(actor.facilitates)), Cohort.provider_id.in_(sorted(actor.coordinates)))


def _held(s: Session, ids: Sequence[int]) -> dict[int, dict[int, tuple[int | str, ...]]]:
    found: dict[int, dict[int, tuple[int | str, ...]]] = defaultdict(dict)
    for row in s.scalars(sa.select(Response).where(Response.attempt_id.in_(ids))):
        found[row.attempt_id][row.position] = held_in(row).choice
    return found


def _events(s: Session, ids: Sequence[int]) -> dict[int, list[tuple[int, datetime]]]:
    found: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    for attempt, position, at in _saves(s, ids):
        found[attempt].append((position, at))
    return found


def _saves(s: Session, ids: Sequence[int]) -> Iterable[tuple[int, int, datetime]]:
    asked = sa.select(AnswerEvent.attempt_id, AnswerEvent.position, AnswerEvent.at)
    rows = s.execute(
        asked.where(AnswerEvent.attempt_id.in_(ids), AnswerEvent.taken == "saved").order_by(AnswerEvent.id)
    )
    return ((row.attempt_id, row.position, row.at) for row in rows)
