"""Answers that were kept aside: a person lets each count or not, with a reason; the attempt is marked again beside its mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from lms.core.db import keys_of
from lms.core.errors import Conflict, Invalid, NotFound
from lms.core.ids import new_code
from lms.quizzes import rules
from lms.quizzes.models import AnswerEvent, Attempt, LateDecision, Mark
from lms.quizzes.rules import Arrived, Late
from lms.quizzes.service import grades, sealed
from lms.quizzes.service.attempts import hold, paper_of
from lms.quizzes.service.closing import lapse
from lms.quizzes.service.events import arrived
from lms.quizzes.service.marks import mark_of, waits
from lms.quizzes.service.remarking import mark_again
from lms.records import service as records

SENTENCES = {
    "under-way": "This quiz is still under way. Decide when it is sent or its time is over.",
    "abandoned": "This quiz was not sent, so nothing of it counts. Open it again instead.",
    "seen": "Somebody decided about this answer since you opened the page. Look at their decision first.",
    "reason": "Write a short reason. The student reads it.",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with its reason opened."""

    accepted: bool
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """An answer that was kept aside. `number` is its place among all that arrived for its attempt, from 1."""

    number: int
    arrived: Arrived
    decisions: tuple[Decided, ...]

    @property
    def newest(self) -> Decided | None:
        """The decision that holds."""
        return self.decisions[-1] if self.decisions else None


@dataclass(frozen=True, slots=True)
class Settled:
    """What a decision did: to which question, whether the attempt was marked again, and what it came to before and since."""

    position: int
    marked: bool
    before: bool | None
    after: bool | None
    """Whether it is passed; None while that waits for a grade."""
    waits: bool
    """Whether this very answer counts and is still to be graded."""
    others_wait: bool
    """Whether something else in the attempt is."""

    @property
    def lost(self) -> bool:
        """Whether a pass is gone, for good or until a person has graded the rest."""
        return bool(self.before) and not self.after


def late_of(s: Session, attempt: Attempt) -> list[LateAnswer]:
    """Return the answers of an attempt that were kept aside, with everything that was decided about them."""
    aside = [(number, row) for number, row in enumerate(s.scalars(_arrived(attempt)), 1) if row.taken in rules.ASIDE]
    decided: dict[int, list[Decided]] = {}
    for decision in s.scalars(_decisions(attempt)) if aside else ():
        decided.setdefault(decision.event_id, []).append(_opened(s, decision))
    return [LateAnswer(number, arrived(row), tuple(decided.get(row.id, ()))) for number, row in aside]


def decide(
    s: Session, attempt: Attempt, number: int, *, accepted: bool, reason: str, seen: int, by: str, now: datetime
) -> Settled:
    """Let a late answer count, or not; `seen` is how many decisions about it the person's page showed.

    A correction is another decision. Whenever what counts changes the attempt is marked again, as a new row.
    """
    # One at a time for one attempt: the second person's mark is made of both decisions.
    hold(s, attempt)
    lapse(s, attempt, now)
    row = _aside(s, attempt, number)
    was = s.scalars(_decisions(attempt).where(LateDecision.event_id == row.id)).all()
    _check(attempt, reason, len(was), seen)
    code = new_code()
    made = LateDecision(
        code=code,
        event_id=row.id,
        number=len(was) + 1,
        accepted=accepted,
        by=by,
        at=now,
        reason=keys_of(s).seal(reason.strip(), _where(code)),
    )
    s.add(made)
    s.flush()
    before = mark = mark_of(s, attempt)
    if accepted or (was and was[-1].accepted):
        mark = mark_again(s, attempt, accepted_of(s, attempt), by=by, at=now, decision_id=made.id)
    verb = "quizzes.late-accepted" if accepted else "quizzes.late-refused"
    records.audit(s, by, verb, attempt.code, now=now, facts={"position": row.position})
    s.flush()
    return _settled(s, attempt, row, made, (before, mark))


def accepted_of(s: Session, attempt: Attempt) -> list[Late]:
    """Return the late answers that count, with what a person wrote opened."""
    events = s.scalars(_accepted([attempt.id]))
    return [Late(one.position, sealed.opened(s, attempt, one.position, one.choice), one.id) for one in events]


def numbers_of(s: Session, attempt: Attempt) -> dict[int, int]:
    """Return the place of each arrival among all that arrived for an attempt, from 1, as pages name it."""
    ids = sa.select(AnswerEvent.id).where(AnswerEvent.attempt_id == attempt.id).order_by(AnswerEvent.id)
    return {id_: number for number, id_ in enumerate(s.scalars(ids), 1)}


def accepted_for(s: Session, attempt_ids: Sequence[int]) -> dict[int, list[Late]]:
    """Return the late answers that count of each attempt that has any; what a person wrote stays shut. One query."""
    found: dict[int, list[Late]] = {}
    for event in s.scalars(_accepted(attempt_ids)):
        found.setdefault(event.attempt_id, []).append(Late(event.position, sealed.shut(event.choice), event.id))
    return found


def _check(attempt: Attempt, reason: str, standing: int, seen: int) -> None:
    if attempt.state in ("in_progress", "abandoned"):
        raise Conflict(SENTENCES["abandoned" if attempt.state == "abandoned" else "under-way"])
    if standing != seen:
        raise Conflict(SENTENCES["seen"])
    if not reason.strip():
        raise Invalid(SENTENCES["reason"], {"reason": SENTENCES["reason"]})


def _settled(
    s: Session, attempt: Attempt, row: AnswerEvent, made: LateDecision, marks: tuple[Mark | None, Mark | None]
) -> Settled:
    before, after = marks
    waiting = waits(attempt, after)
    own = waiting and made.accepted and _ungraded(s, attempt, row)
    passed = (before or attempt).passed, (after or attempt).passed
    return Settled(row.position, after is not before, *passed, waits=own, others_wait=waiting and not own)


def _ungraded(s: Session, attempt: Attempt, row: AnswerEvent) -> bool:
    paper = paper_of(attempt)
    question = paper.question(row.position)
    written = question is not None and question.by_person and bool(row.choice)
    return written and (row.position, row.id) not in grades.hundredths(s, attempt, paper)


def _aside(s: Session, attempt: Attempt, number: int) -> AnswerEvent:
    row = s.scalars(_arrived(attempt).offset(number - 1).limit(1)).first() if number > 0 else None
    if row is None or row.taken not in rules.ASIDE:
        raise NotFound
    return row


def _accepted(attempt_ids: Sequence[int]) -> sa.Select[AnswerEvent]:
    other = aliased(LateDecision)
    newest = sa.select(sa.func.max(other.number)).where(other.event_id == AnswerEvent.id).scalar_subquery()
    return (
        sa.select(AnswerEvent)
        .join(LateDecision, LateDecision.event_id == AnswerEvent.id)
        .where(AnswerEvent.attempt_id.in_(attempt_ids), LateDecision.number == newest, LateDecision.accepted)
        .order_by(AnswerEvent.id)
    )


def _arrived(attempt: Attempt) -> sa.Select[AnswerEvent]:
    return sa.select(AnswerEvent).where(AnswerEvent.attempt_id == attempt.id).order_by(AnswerEvent.id)


def _decisions(attempt: Attempt) -> sa.Select[LateDecision]:
    asked = sa.select(LateDecision).join(AnswerEvent, AnswerEvent.id == LateDecision.event_id)
    return asked.where(AnswerEvent.attempt_id == attempt.id).order_by(LateDecision.event_id, LateDecision.number)


def _opened(s: Session, row: LateDecision) -> Decided:
    return Decided(row.accepted, row.by, row.at, keys_of(s).open(row.reason, _where(row.code)))


def _where(code: str) -> str:
    return f"lms_quiz_late_decision:{code}:reason"
