"""Start, answer, send and close attempts. The database decides every race; nothing that arrives is thrown away."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from lms.cohorts.models import Cohort, Enrolment
from lms.core import ids
from lms.core.log import logger
from lms.core.together import IDS, Fact, Facts, arm, ask, flag
from lms.curriculum import service as curriculum
from lms.quizzes import rules
from lms.quizzes.models import AnswerEvent, Attempt, Response
from lms.quizzes.rules import Again, Given, Held, Paper, Permit, QuizResult, Saved, Timing, Try

log = logger("lms.quizzes")
_ANSWERS = cast(sa.Table, Response.__table__)
"""Answers are read and written as rows: a save has no use for an object that lives on."""
_FATE = ["state", "deadline", "closed_at", "points", "out_of", "passed"]
BATCH = 500
"""The most attempts one tick closes; the next tick takes the rest."""


def start_attempt(s: Session, permit: Permit, *, now: datetime) -> Attempt:
    """Start the attempt a permit allows, or return the one that is under way.

    An attempt whose time ran out unnoticed is closed and returned, so that the person sees what became of it first.
    Two clicks at once: the unique indexes refuse the second, which looks again and finds the first.
    """
    held = open_attempt(s, permit.enrolment_id, permit.quiz.id)
    if held is None:
        return _begin(s, permit, now)
    if state_of(held, now=now) == "lapsed":
        _close(s, held, now)
    return held


def _begin(s: Session, permit: Permit, now: datetime) -> Attempt:
    quiz, terms = permit.quiz, permit.accommodation
    seed = ids.new_seed()
    limit = quiz.time_limit_minutes * 60 if quiz.time_limit_minutes else None
    allowed = rules.allowed_seconds(limit, terms)
    attempt = Attempt(
        code=ids.new_code(),
        enrolment_id=permit.enrolment_id,
        quiz=quiz.id,
        title=quiz.title,
        kind=quiz.kind,
        number=permit.number,
        release=permit.release,
        seed=seed,
        paper=rules.draw(quiz, permit.banks, seed, ids.shuffled).to_json(),
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


def save_answer(
    s: Session,
    attempt: Attempt,
    *,
    position: int,
    choice: Sequence[int],
    later: bool,
    sequence: int,
    client_at: datetime | None,
    now: datetime,
) -> Saved:
    """Save one answer; see `save_answers`."""
    return save_answers(s, attempt, [Given(position, tuple(choice), later, sequence, client_at)], now=now)[0]


def save_answers(s: Session, attempt: Attempt, given: Iterable[Given], *, now: datetime) -> list[Saved]:
    """Save answers and say what became of each; every one that fits the paper is logged, taken or kept aside.

    Never raises for what a browser sent: one answer that does not fit must not cost the others.
    """
    hold(s, attempt)
    stands, given = state_of(attempt, now=now), list(given)
    held = answers_of(s, attempt, [one.position for one in given])
    fates = rules.sort_out(paper_of(attempt), held, given, stands, now)
    _put(s, attempt, held, fates, now)
    _log(s, attempt, fates, now)
    if stands == "lapsed":
        _close(s, attempt, now)
    return [fate.saved for fate in fates]


def hold(s: Session, attempt: Attempt) -> None:
    """Lock an attempt and read again where it stands.

    Two tabs saving the same question, or a save racing the close: one at a time for one attempt.
    """
    for name, value in s.execute(_FATE_NOW, {"attempt": attempt.id}).mappings().one().items():
        set_committed_value(attempt, name, value)


_FATE_NOW = (
    sa.select(*(Attempt.__table__.c[name] for name in _FATE))
    .where(Attempt.__table__.c.id == sa.bindparam("attempt"))
    .with_for_update()
)


def _put(s: Session, attempt: Attempt, held: Mapping[int, Held], fates: Iterable[rules.Sorted], now: datetime) -> None:
    """Write the answers that were taken; for each question the last of them, for they came in order."""
    taken = {fate.given.position: fate.given for fate in fates if fate.taken == "saved"}
    rows = {
        position: {"choice": list(given.choice), "later": given.later, "sequence": given.sequence, "saved_at": now}
        for position, given in taken.items()
    }
    changed = [row | {"attempt": attempt.id, "place": at} for at, row in rows.items() if at in held]
    new = [row | {"attempt_id": attempt.id, "position": at} for at, row in rows.items() if at not in held]
    if changed:
        s.execute(_CHANGED_ANSWER, changed)
    if new:
        s.execute(_NEW_ANSWER, new)


_NEW_ANSWER = sa.insert(_ANSWERS)
_CHANGED_ANSWER = sa.update(_ANSWERS).where(
    _ANSWERS.c.attempt_id == sa.bindparam("attempt"), _ANSWERS.c.position == sa.bindparam("place")
)


def _log(s: Session, attempt: Attempt, fates: Iterable[rules.Sorted], now: datetime) -> None:
    arrived = [
        {
            "attempt_id": attempt.id,
            "position": fate.given.position,
            "choice": list(fate.given.choice),
            "sequence": fate.given.sequence,
            "at": now,
            "client_at": fate.given.client_at,
            "taken": fate.taken,
        }
        for fate in fates
        if fate.taken
    ]
    if arrived:
        s.execute(_EVENT, arrived)


_EVENT = sa.insert(cast(sa.Table, AnswerEvent.__table__))


def submit(s: Session, attempt: Attempt, *, now: datetime) -> Attempt:
    """Close an attempt and mark it; one that is closed stays as it is, however often it is sent."""
    _close(s, attempt, now)
    return attempt


def close_expired(s: Session, now: datetime) -> int:
    """Close every attempt whose time is over, with what was saved; returns how many. For the tick."""
    over = (
        sa.select(Attempt)
        .where(Attempt.state == "in_progress", Attempt.deadline < now - rules.ALLOWANCE)
        .order_by(Attempt.deadline)
        .limit(BATCH)
    )
    return sum(_close_apart(s, attempt, now) for attempt in s.scalars(over).all())


def _close_apart(s: Session, attempt: Attempt, now: datetime) -> bool:
    try:
        with s.begin_nested():
            return _close(s, attempt, now)
    except Exception:  # one damaged row must not keep everybody else's attempt open
        log.exception("quizzes.close_failed", attempt=attempt.code)
        return False


def _close(s: Session, attempt: Attempt, now: datetime) -> bool:
    closing = rules.closing(timing_of(attempt), now)
    if closing is None:
        return False
    # Two tabs, or the student and the tick: whoever changes the row first closes the attempt, the other changes
    # nothing. Naming the deadline lets time that is added at this very moment win over the tick.
    one = sa.update(Attempt).where(Attempt.id == attempt.id, Attempt.state == "in_progress")
    if closing.state == "expired":
        one = one.where(Attempt.deadline == attempt.deadline)
    won = _changed(s, one.values(state=closing.state, closed_at=closing.at))
    if won:
        # The row is ours until the commit: each answer that was on its way is in, and none can follow.
        mark = rules.score(paper_of(attempt), choices(answers_of(s, attempt)))
        passed = rules.passes(mark.points, mark.out_of, attempt.pass_percent)
        _changed(
            s,
            sa.update(Attempt)
            .where(Attempt.id == attempt.id)
            .values(points=mark.points, out_of=mark.out_of, passed=passed),
        )
    s.refresh(attempt, _FATE)
    return won


def _changed(s: Session, change: sa.Update) -> bool:
    done = s.execute(change.execution_options(synchronize_session=False))
    return cast(sa.CursorResult[Any], done).rowcount == 1


def attempt_by_code(s: Session, code: str) -> Attempt | None:
    """Find an attempt with its seat, person, cohort and release, in one query."""
    return s.scalars(_BY_CODE, {"code": code}).one_or_none()


_SEAT = joinedload(Attempt.enrolment, innerjoin=True)
_BY_CODE = (
    sa.select(Attempt)
    .where(Attempt.code == sa.bindparam("code"))
    .options(
        _SEAT.joinedload(Enrolment.cohort, innerjoin=True).joinedload(Cohort.release, innerjoin=True),
        _SEAT.joinedload(Enrolment.person, innerjoin=True),
    )
)


def open_attempt(s: Session, enrolment_id: int, quiz: str) -> Attempt | None:
    """Return the attempt recorded as under way, if there is one; its time may be over (see `state_of`)."""
    return s.scalars(
        sa.select(Attempt).where(
            Attempt.enrolment_id == enrolment_id, Attempt.quiz == quiz, Attempt.state == "in_progress"
        )
    ).one_or_none()


def attempts_of(s: Session, enrolment_id: int, quiz: str) -> list[Attempt]:
    """Return every attempt of one person at one quiz, the first first."""
    mine = sa.select(Attempt).where(Attempt.enrolment_id == enrolment_id, Attempt.quiz == quiz)
    return list(s.scalars(mine.order_by(Attempt.number)))


def timing_of(attempt: Attempt) -> Timing:
    """Return what decides where an attempt stands."""
    return Timing(attempt.started_at, attempt.deadline, cast(rules.Recorded, attempt.state))


def state_of(attempt: Attempt, *, now: datetime) -> rules.State:
    """Return where an attempt stands at an instant, written down or not."""
    return rules.state(timing_of(attempt), now)


def paper_of(attempt: Attempt) -> Paper:
    """Return the questions of an attempt as they were shown."""
    return Paper.from_json(attempt.paper)


def answers_of(s: Session, attempt: Attempt, positions: Sequence[int] | None = None) -> dict[int, Held]:
    """Return the answers that stand, by position; all of them, or those of some questions."""
    if positions is None:
        rows = s.execute(_STANDING, {"attempt": attempt.id})
    else:
        rows = s.execute(_STANDING_AT, {"attempt": attempt.id, "positions": positions})
    return {row.position: held_in(row) for row in rows}


_STANDING = sa.select(*_ANSWERS.c).where(_ANSWERS.c.attempt_id == sa.bindparam("attempt"))
_STANDING_AT = _STANDING.where(_ANSWERS.c.position.in_(sa.bindparam("positions", expanding=True)))


def choices(held: Mapping[int, Held]) -> dict[int, tuple[int, ...]]:
    """Return what is chosen for each question, as the marking takes it."""
    return {position: one.choice for position, one in held.items()}


def again_for(s: Session, attempt: Attempt, *, now: datetime) -> Again | None:
    """Say when the person may try this quiz again, by the cohort's present release; None if it holds the quiz no more."""
    quiz = curriculum.quiz(s, attempt.enrolment.cohort.release, attempt.quiz)
    if quiz is None:
        return None
    mine = results_for(s, [attempt.enrolment_id], now=now)[attempt.enrolment_id]
    return rules.again(quiz, mine.get(attempt.quiz), now)


def kept_aside(s: Session, attempt: Attempt) -> int:
    """Count the questions for which something arrived too late and was kept aside."""
    aside = sa.select(sa.func.count(AnswerEvent.position.distinct())).where(
        AnswerEvent.attempt_id == attempt.id, AnswerEvent.taken.in_(("late", "closed"))
    )
    return s.scalar(aside) or 0


def held_in(row: Response | sa.Row[Any]) -> Held:
    """Return a stored answer as the rules see it."""
    return Held(tuple(row.choice), row.later, row.sequence, row.saved_at)


def outcome_of(attempt: Attempt, held: Mapping[int, Held], *, now: datetime) -> Try:
    """Return how an attempt ended, or will be found to have ended once its lapse is written down."""
    closing = rules.closing(timing_of(attempt), now)
    if closing is None or closing.state != "expired":
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
    mark = rules.score(paper_of(attempt), choices(held))
    passed = rules.passes(mark.points, mark.out_of, attempt.pass_percent)
    return Try(
        attempt.code,
        attempt.quiz,
        attempt.number,
        closing.state,
        attempt.deadline,
        closing.at,
        mark.points,
        mark.out_of,
        passed,
    )


def _try(fact: Fact) -> Try:
    passed = None if fact.number5 is None else bool(fact.number5)
    state = cast(rules.Recorded, fact.word2)
    return Try(fact.word, fact.key, fact.number2, state, fact.at2, fact.at3, fact.number3, fact.number4, passed)


def results_for(
    s: Session, enrolment_ids: Sequence[int], *, now: datetime | None = None
) -> dict[int, dict[str, QuizResult]]:
    """Return where each enrolment stands with each quiz it has tried, in at most three queries.

    With `now`, an attempt whose time ran out since the last tick counts as closed already; nothing is written.
    """
    return results_from(s, ask(s, RESULT_ARMS, ids=enrolment_ids), enrolment_ids, now=now)


RESULT_ARMS = (
    arm(
        "attempt",
        Attempt.enrolment_id,
        Attempt.quiz,
        numbers=[Attempt.id, Attempt.number, Attempt.points, Attempt.out_of, flag(Attempt.passed)],
        words=[Attempt.code, Attempt.state],
        instants=[Attempt.started_at, Attempt.deadline, Attempt.closed_at],
    ).where(Attempt.enrolment_id.in_(IDS)),
)
"""What `results_from` needs to be asked."""


def results_from(
    s: Session, facts: Facts, enrolment_ids: Sequence[int], *, now: datetime | None = None
) -> dict[int, dict[str, QuizResult]]:
    """Return what `results_for` returns, from facts that were asked together with others."""
    found: dict[int, dict[str, list[Try]]] = {id_: defaultdict(list) for id_ in enrolment_ids}
    lapsed: list[int] = []
    for fact in facts.get("attempt", []):
        timing = Timing(fact.at, fact.at2, cast(rules.Recorded, fact.word2))
        if now is not None and rules.state(timing, now) == "lapsed":
            lapsed.append(fact.number)
        else:
            found[fact.of][fact.key].append(_try(fact))
    for attempt, ended in _lapsed(s, lapsed, now) if now is not None and lapsed else ():
        found[attempt.enrolment_id][attempt.quiz].append(ended)
    return {id_: {quiz: rules.summarise(quiz, tries) for quiz, tries in mine.items()} for id_, mine in found.items()}


def _lapsed(s: Session, attempt_ids: Sequence[int], now: datetime) -> Iterable[tuple[Attempt, Try]]:
    held: dict[int, dict[int, Held]] = defaultdict(dict)
    for row in s.scalars(sa.select(Response).where(Response.attempt_id.in_(attempt_ids))):
        held[row.attempt_id][row.position] = held_in(row)
    for attempt in s.scalars(sa.select(Attempt).where(Attempt.id.in_(attempt_ids))):
        yield attempt, outcome_of(attempt, held[attempt.id], now=now)
