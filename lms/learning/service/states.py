"""Where students stand in their lessons: what is recorded, and what is earned but not written down yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts.models import Cohort, Enrolment
from lms.core.errors import NotFound
from lms.core.together import IDS, KEY, Fact, Facts, arm, ask
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Outline, Pathway
from lms.learning import rules
from lms.learning.models import LessonDone, PartOpened, ReadingSpan
from lms.learning.rules import Credit, LessonState, Step
from lms.quizzes import service as quizzes
from lms.quizzes.rules import QuizResult

States = dict[str, LessonState]
_EPOCH = sa.extract("epoch", ReadingSpan.ended_at) - sa.extract("epoch", ReadingSpan.started_at)
SECONDS = sa.func.sum(_EPOCH)
"""Measured seconds of a group of stretches; each is a whole number of seconds long, so no database rounds them."""


@dataclass(frozen=True, slots=True)
class Path:
    """Everything the pages of one student's path are made of."""

    outline: Outline
    pathway: Pathway
    states: Mapping[str, LessonState]
    results: Mapping[str, QuizResult]
    credits: Mapping[str, Credit]
    waiting: frozenset[str]
    """Quizzes that may be tried again, but not yet."""
    step: Step | None


def lesson_states(s: Session, enrolment_ids: Sequence[int], lesson: str = "") -> dict[int, States]:
    """Return what is recorded of each enrolment, in every lesson it has touched or in one; one query."""
    if lesson:
        return states_from(ask(s, _ONE_LESSON, ids=enrolment_ids, key=lesson), enrolment_ids)
    return states_from(ask(s, STATE_ARMS, ids=enrolment_ids), enrolment_ids)


def on_lesson(
    s: Session, seat: Enrolment, lesson: str, *, now: datetime
) -> tuple[LessonState, Mapping[str, QuizResult]]:
    """Return what is recorded of one student in one lesson, and their quiz results; one query."""
    facts = ask(s, _ON_LESSON, ids=[seat.id], key=lesson)
    results = quizzes.results_from(s, facts, [seat.id], now=now)[seat.id]
    return states_from(facts, [seat.id])[seat.id].get(lesson, rules.UNTOUCHED), results


def states_from(facts: Facts, enrolment_ids: Sequence[int]) -> dict[int, States]:
    """Return what `lesson_states` returns, from facts that were asked together with others."""
    found: dict[int, States] = {id_: {} for id_ in enrolment_ids}
    measured = {(fact.of, fact.key): fact for fact in facts.get("measured", [])}
    opened = {(fact.of, fact.key): fact for fact in facts.get("opened", [])}
    for key in opened.keys() | measured.keys():
        found[key[0]][key[1]] = _state(opened.get(key), measured.get(key))
    return found


def _state(opened: Fact | None, spans: Fact | None) -> LessonState:
    return LessonState(
        opened=_parts(opened.number) if opened else frozenset(),
        measured_seconds=spans.number if spans else 0,
        last_at=max(fact.at for fact in (opened, spans) if fact),
        done_at=opened.at2 if opened else None,
        credited_seconds=(opened.number2 or 0) if opened else 0,
    )


@lru_cache(maxsize=1024)
def _parts(bits: int) -> frozenset[int]:
    return frozenset(part for part in range(bits.bit_length()) if bits >> part & 1)


# One row for a lesson, not one for a part: a grant of three hundred students has opened a hundred thousand parts. Each
# part is there once, so the sum of its bits is the set of them.
_OPENINGS = (
    arm(
        "opened",
        PartOpened.enrolment_id,
        PartOpened.lesson,
        numbers=[
            sa.func.sum(sa.literal(1, sa.Integer).bitwise_lshift(PartOpened.part)),
            sa.func.max(LessonDone.credited_seconds),
        ],
        instants=[sa.func.max(PartOpened.at), sa.func.max(LessonDone.at)],
    )
    .outerjoin(
        LessonDone, sa.and_(LessonDone.enrolment_id == PartOpened.enrolment_id, LessonDone.lesson == PartOpened.lesson)
    )
    .where(PartOpened.enrolment_id.in_(IDS))
    .group_by(PartOpened.enrolment_id, PartOpened.lesson)
)
_SPANS = (
    arm(
        "measured",
        ReadingSpan.enrolment_id,
        ReadingSpan.lesson,
        numbers=[SECONDS],
        instants=[sa.func.max(ReadingSpan.ended_at)],
    )
    .where(ReadingSpan.enrolment_id.in_(IDS))
    .group_by(ReadingSpan.enrolment_id, ReadingSpan.lesson)
)
STATE_ARMS = (_OPENINGS, _SPANS)
"""What `states_from` needs to be asked: parts opened with what was written down, and measured stretches."""
_PATH_ARMS = (*STATE_ARMS, *quizzes.RESULT_ARMS)
_ONE_LESSON = (_OPENINGS.where(PartOpened.lesson == KEY), _SPANS.where(ReadingSpan.lesson == KEY))
_ON_LESSON = (*_ONE_LESSON, *quizzes.RESULT_ARMS)


def states_for(s: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> dict[int, States]:
    """Return the states of each enrolment as of now: a lesson that is earned shows as done, written down or not.

    A check is passed in the room below, which cannot write here; whoever asks must not have to wait for the tick.
    """
    ids = [enrolment.id for enrolment in enrolments]
    facts = ask(s, _PATH_ARMS, ids=ids)
    return states_as_of(s, enrolments, facts, quizzes.results_from(s, facts, ids, now=now), now=now)


def states_as_of(
    s: Session,
    enrolments: Sequence[Enrolment],
    facts: Facts,
    results: Mapping[int, Mapping[str, QuizResult]],
    *,
    now: datetime,
) -> dict[int, States]:
    """Return what `states_for` returns, from facts that were asked together with others."""
    recorded = states_from(facts, [enrolment.id for enrolment in enrolments])
    return {e.id: _as_of(s, e, recorded[e.id], results.get(e.id, {}), now) for e in enrolments}


def _as_of(
    s: Session, seat: Enrolment, states: States, results: Mapping[str, QuizResult], now: datetime
) -> dict[str, LessonState]:
    outline, pathway = curriculum.outline(s, seat.cohort.release), pathway_of(s, seat.cohort)
    return states | {
        key: earned(states[key], made, at) for key, made, at in due(outline, pathway, states, results, now)
    }


def due(
    outline: Outline,
    pathway: Pathway,
    states: Mapping[str, LessonState],
    results: Mapping[str, QuizResult],
    now: datetime,
) -> list[tuple[str, Credit, datetime]]:
    """Return the lessons that are earned and not written down: which, what for, and since when."""
    found = []
    for key, state in states.items():
        line = outline.lesson(key)
        if state.done_at or line is None:
            continue
        made = rules.credit_of(line[1], state, results, pathway)
        if made.earned:
            check = results.get(line[1].check)
            found.append((key, made, rules.earned_at(state, check.passed_at if check else None, now)))
    return found


def earned(state: LessonState, made: Credit, at: datetime) -> LessonState:
    """Return the state a lesson is in once its credit is written down."""
    return replace(state, done_at=at, credited_seconds=made.seconds)


def path_of(s: Session, seat: Enrolment, *, now: datetime) -> Path:
    """Return where one student stands in everything, and what comes next."""
    outline, pathway = curriculum.outline(s, seat.cohort.release), pathway_of(s, seat.cohort)
    facts = ask(s, _PATH_ARMS, ids=[seat.id])
    results = quizzes.results_from(s, facts, [seat.id], now=now).get(seat.id, {})
    states = _as_of(s, seat, states_from(facts, [seat.id])[seat.id], results, now)
    lines = [line for module in outline.modules for line in module.lessons]
    return Path(
        outline,
        pathway,
        states,
        results,
        {line.id: rules.credit_of(line, states.get(line.id, rules.UNTOUCHED), results, pathway) for line in lines},
        waiting := _waiting(s, seat, results, now),
        rules.next_step(outline, pathway, states, results, waiting),
    )


def _waiting(s: Session, seat: Enrolment, results: Mapping[str, QuizResult], now: datetime) -> frozenset[str]:
    tried = (
        (id_, curriculum.quiz(s, seat.cohort.release, id_)) for id_, result in results.items() if not result.passed
    )
    sittings = ((id_, rules.Sitting(True, quiz, results[id_])) for id_, quiz in tried if quiz)
    return frozenset(id_ for id_, sitting in sittings if rules.may_start(sitting, now))


def pathway_of(s: Session, cohort: Cohort) -> Pathway:
    """Return the pathway a cohort is judged by, from its own release."""
    found = curriculum.pathway(s, cohort.release, cohort.pathway)
    if found is None:
        raise NotFound("The requirements of this cohort are missing from its curriculum. Please tell your coordinator.")
    return found
