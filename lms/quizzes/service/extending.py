"""More time for attempts under way: by a person's arrangement, or granted by staff, to one or to everybody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload

from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.errors import Invalid
from lms.quizzes import rules
from lms.quizzes.models import Attempt
from lms.quizzes.rules import Arranged, Base, TimeTerms
from lms.quizzes.service import history
from lms.quizzes.service.attempts import ATTEMPTS, FATE, hold, read_in, state_of, timing_of
from lms.quizzes.service.closing import changed, lapse
from lms.records import service as records

MINUTES = range(1, 601)
SENTENCE = "Give a number of minutes from 1 to 600."


@dataclass(frozen=True, slots=True)
class Granted:
    """How many attempts got the time, and how many did not: closed meanwhile, or without a limit."""

    given: int
    closed: int = 0
    unlimited: int = 0


def terms_of(s: Session, person_id: int, *, now: datetime) -> TimeTerms:
    """Return a person's arrangement in force; the usual terms when nothing was arranged."""
    held = cohorts.accommodation_for(s, person_id, now=now)
    if held is None:
        return TimeTerms()
    return TimeTerms(held.factor_percent, held.extra_minutes, held.untimed, held.break_minutes, held.hide_time)


def follow_arrangement(s: Session, person_id: int, *, by: str, now: datetime) -> Granted:
    """Let every attempt a person has under way follow their arrangement in force; none gets less time than it had."""
    mine = _under_way().where(Enrolment.person_id == person_id)
    terms = terms_of(s, person_id, now=now)
    return _sum(_follow(s, attempt, terms, by, now) for attempt in s.scalars(mine).all())


def extend(s: Session, attempt: Attempt, *, minutes: int, base: Base, by: str, now: datetime) -> Granted:
    """Give one attempt more time; one that is closed, or found to be over, is left as it is."""
    _check(minutes)
    return _refused(s, attempt, now) or _grant(s, [attempt], minutes, base, by, now)


def extend_all(s: Session, cohort_id: int, quiz: str, *, minutes: int, base: Base, by: str, now: datetime) -> Granted:
    """Give everybody of a cohort who sits this quiz now more time; what was sent stays sent.

    While it runs nobody else's answer is saved on SQLite, so it takes as many statements for three hundred as for one.
    What is found to be over gets nothing, and is closed by the timer.
    """
    _check(minutes)
    theirs = _under_way().where(Enrolment.cohort_id == cohort_id, Attempt.quiz == quiz)
    # Locked, so that what is read here is what the new deadlines are made of.
    held = theirs.options(defer(Attempt.paper), defer(Attempt.shape)).with_for_update(of=Attempt)
    sitting = s.scalars(held.execution_options(populate_existing=True)).all()
    given = _grant(s, sitting, minutes, base, by, now)
    facts = {"quiz": quiz, "minutes": minutes, "base": base, "given": given.given}
    records.audit(s, by, "quizzes.extended-all", str(cohort_id), now=now, facts=facts)
    return given


def _under_way() -> sa.Select[Attempt]:
    seat = joinedload(Attempt.enrolment, innerjoin=True)
    asked = sa.select(Attempt).join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    # A fixed order, so that two people who extend everybody at once wait for each other and do not block each other.
    return asked.where(Attempt.state == "in_progress").options(seat).order_by(Attempt.id)


def _check(minutes: int) -> None:
    if minutes not in MINUTES:
        raise Invalid(SENTENCE, {"minutes": SENTENCE})


def _grant(s: Session, held: Sequence[Attempt], minutes: int, base: Base, by: str, now: datetime) -> Granted:
    """Move the deadlines of attempts whose rows are locked; those that are over or have no limit stay as they are."""
    sitting = [one for one in held if rules.may_send(state_of(one, now=now))]
    fates = [(one, fate) for one in sitting if (fate := _fate(one, minutes, base, now))]
    if fates:
        s.execute(_MOVED, [fate | {"attempt": one.id} for one, fate in fates])
        for one, fate in fates:
            read_in(one, fate)
        facts: dict[str, Any] = {"minutes": minutes, "base": base}
        given = [one for one, _fate in fates]
        history.note_all(s, given, "extended", before="in_progress", after="in_progress", by=by, now=now, **facts)
    return Granted(len(fates), closed=len(held) - len(sitting), unlimited=len(sitting) - len(fates))


_MOVED = sa.update(ATTEMPTS).where(ATTEMPTS.c.id == sa.bindparam("attempt"))


def _fate(attempt: Attempt, minutes: int, base: Base, now: datetime) -> dict[str, Any]:
    timing = timing_of(attempt)
    ends = rules.extended(timing, minutes * 60, base, now)
    if ends is None or timing.deadline is None:
        return {}
    more = int((ends - timing.deadline).total_seconds())
    due = rules.due(replace(timing, deadline=ends))
    return {"deadline": ends, "due_at": due, "granted_seconds": attempt.granted_seconds + more}


def _follow(s: Session, attempt: Attempt, terms: TimeTerms, by: str, now: datetime) -> Granted:
    refused = _refused(s, attempt, now)
    if refused:
        return refused
    was = Arranged(attempt.deadline, attempt.extra_seconds)
    then = rules.rearranged(was, attempt.limit_seconds, terms)
    breaks = max(attempt.break_seconds, terms.break_minutes * 60 - attempt.break_used)
    same = (then, breaks, terms.hide_time) == (was, attempt.break_seconds, attempt.hide_time)
    values = {"extra_seconds": then.extra_seconds, "break_seconds": breaks, "hide_time": terms.hide_time}
    if same or not move(s, attempt, then.deadline, **values):
        return Granted(0)
    history.note(s, attempt, "arranged", before="in_progress", after="in_progress", by=by, now=now)
    return Granted(1)


def _refused(s: Session, attempt: Attempt, now: datetime) -> Granted | None:
    hold(s, attempt)
    lapse(s, attempt, now)
    return None if rules.may_send(state_of(attempt, now=now)) else Granted(0, closed=1)


def move(s: Session, attempt: Attempt, deadline: datetime | None, **values: Any) -> bool:
    """Move an attempt's deadline if the attempt still stands as it was read."""
    timing = timing_of(attempt)
    paused = {name: values.get(name, getattr(attempt, name)) for name in ("paused_at", "pause_ends")}
    due = rules.due(replace(timing, deadline=deadline, **paused))
    mine = sa.update(Attempt).where(
        Attempt.id == attempt.id,
        Attempt.state == "in_progress",
        Attempt.deadline.is_not_distinct_from(attempt.deadline),
        Attempt.paused_at.is_not_distinct_from(attempt.paused_at),
    )
    won = changed(s, mine.values(deadline=deadline, due_at=due, **values))
    s.refresh(attempt, [*FATE, *values])
    return won


def _sum(each: Iterable[Granted]) -> Granted:
    found = list(each)
    return Granted(
        sum(one.given for one in found), sum(one.closed for one in found), sum(one.unlimited for one in found)
    )
