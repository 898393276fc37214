"""Homework: handing it in, round by round, the answer to it, and a correction that keeps what was answered before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from lms.accounts.models import Person
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.rules import TAKES_A_SEAT
from lms.core.db import keys_of
from lms.core.errors import Conflict, Denied, Invalid, NotFound
from lms.core.ids import new_code
from lms.curriculum import service as curriculum
from lms.hours.models import HomeworkCorrection, HomeworkHandIn
from lms.records import service as records


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to a homework: `accepted` or `returned`, with the facilitator's words."""

    outcome: str
    words: str
    at: datetime | None
    by: str
    """The code of who answered."""
    by_name: str
    """Their name, where it is known."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a homework as its author sees it."""

    hand_in: HomeworkHandIn
    text: str
    replies: tuple[Reply, ...]
    """Every answer, newest first: the first one counts."""

    @property
    def state(self) -> str:
        """Say where it stands: `waiting`, `accepted` or `returned`."""
        return self.replies[0].outcome if self.replies else "waiting"


def hand_in(s: Session, enrolment: Enrolment, key: str, text: str, *, now: datetime) -> HomeworkHandIn:
    """Hand in a homework, sealed. A second click finds the same round still waiting and changes nothing.

    The enrolment row is locked, so that two tabs cannot both make round one (the unique constraint would refuse it).
    """
    found = curriculum.outline(s, enrolment.cohort.release).homework_of(key)
    if found is None:
        raise NotFound
    if not text.strip():
        raise Invalid("Nothing is sent yet.", {"text": "Write something before you hand it in."})
    s.execute(sa.select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update(key_share=True))
    last = max(_hand_ins(s, [enrolment.id], key), key=lambda h: h.round, default=None)
    state = _standing(s, last) if last else "none"
    if state == "accepted":
        raise Conflict("This homework is accepted already; there is nothing left to hand in.")
    if last and state == "waiting":
        if hand_in_text(s, last) == text:
            return last
        raise Conflict(
            "Your homework is with your facilitator already. You can hand in again once it has been answered."
        )
    return _new_round(s, enrolment, key, text, (last.round if last else 0) + 1, found[1].minutes, now)


def _new_round(
    s: Session, enrolment: Enrolment, key: str, text: str, number: int, minutes: int, now: datetime
) -> HomeworkHandIn:
    code = new_code(12)
    row = HomeworkHandIn(code=code, enrolment=enrolment, homework=key, round=number, minutes=minutes, sent_at=now)
    row.text = keys_of(s).seal(text, f"lms_homework_hand_in:{code}:text")
    s.add(row)
    s.flush()
    return row


def hand_in_text(s: Session, row: HomeworkHandIn) -> str:
    """Open what was handed in."""
    return keys_of(s).open(row.text, f"lms_homework_hand_in:{row.code}:text")


def replies_to(s: Session, row: HomeworkHandIn) -> list[Reply]:
    """Return every answer to what was handed in, newest first: the first one counts. Empty while it waits."""
    if row.state == "waiting":
        return []
    name = s.scalar(sa.select(Person.name).where(Person.code == row.decided_by))
    return [*(_later(s, one) for one in _corrections(s, [row.id])), _first(s, row, name or "")]


def _first(s: Session, row: HomeworkHandIn, name: str) -> Reply:
    words = keys_of(s).open(row.reply, f"lms_homework_hand_in:{row.code}:reply") if row.reply else ""
    return Reply(row.state, words, row.decided_at, row.decided_by, name)


def _later(s: Session, row: HomeworkCorrection) -> Reply:
    words = keys_of(s).open(row.reason, f"lms_homework_correction:{row.code}:reason")
    return Reply(row.outcome, words, row.at, row.by, row.by_name)


def _corrections(s: Session, hand_in_ids: Sequence[int]) -> list[HomeworkCorrection]:
    rows = sa.select(HomeworkCorrection).where(HomeworkCorrection.hand_in_id.in_(hand_in_ids))
    return list(s.scalars(rows.order_by(HomeworkCorrection.id.desc())))


def _standing(s: Session, row: HomeworkHandIn) -> str:
    return next((one.outcome for one in _corrections(s, [row.id])), row.state)


def hand_in_by_code(s: Session, code: str) -> HomeworkHandIn | None:
    """Return a hand-in with its enrolment, cohort and person, or None."""
    enrolment = joinedload(HomeworkHandIn.enrolment)
    whose = enrolment.options(joinedload(Enrolment.person), joinedload(Enrolment.cohort).joinedload(Cohort.release))
    return s.scalar(sa.select(HomeworkHandIn).where(HomeworkHandIn.code == code).options(whose))


def hand_ins_of(s: Session, enrolment_id: int, key: str) -> list[HomeworkHandIn]:
    """Return every round of one homework, newest first; nothing is opened."""
    return list(reversed(_hand_ins(s, [enrolment_id], key)))


def rounds_of(s: Session, enrolment: Enrolment, key: str) -> list[Round]:
    """Return every round of one homework with its words and answers, newest first, for its author. Two queries."""
    rows = sa.select(HomeworkHandIn, Person.name).outerjoin(Person, Person.code == HomeworkHandIn.decided_by)
    mine = rows.where(HomeworkHandIn.enrolment_id == enrolment.id, HomeworkHandIn.homework == key)
    found = s.execute(mine.order_by(HomeworkHandIn.round.desc())).all()
    later: dict[int, list[Reply]] = {row.id: [] for row, _name in found}
    for one in _corrections(s, list(later)):
        later[one.hand_in_id].append(_later(s, one))
    return [
        Round(row, hand_in_text(s, row), (*later[row.id], *([_first(s, row, name or "")] if row.decided_at else ())))
        for row, name in found
    ]


def decide_homework(
    s: Session,
    row: HomeworkHandIn,
    *,
    accepted: bool,
    reply: str,
    by: Person,
    now: datetime,
    letter: tuple[str, str] | None = None,
) -> HomeworkHandIn:
    """Accept or return a homework. Compare-and-set: of two facilitators the first decides, the second is told.

    `letter` is the subject and body of what the student is sent; it holds nothing of the homework or the reply.
    """
    if row.enrolment.person_id == by.id:
        raise Denied("Somebody else answers your own homework.")
    if not accepted and not reply.strip():
        raise Invalid("Say what is still missing.", {"reply": "Write what the student can do next."})
    state = "accepted" if accepted else "returned"
    sealed = keys_of(s).seal(reply.strip(), f"lms_homework_hand_in:{row.code}:reply") if reply.strip() else None
    mine = sa.update(HomeworkHandIn).where(HomeworkHandIn.id == row.id, HomeworkHandIn.state == "waiting")
    done = s.execute(mine.values(state=state, decided_at=now, decided_by=by.code, reply=sealed))
    s.refresh(row)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return _answered(s, row, state, reply.strip(), by)
    records.audit(s, by.code, f"homework.{state}", row.code, now=now)
    if letter and row.enrolment.person.email:
        records.write_message(s, f"homework.{state}", row.enrolment.person.email, *letter, now=now)
    s.flush()
    return row


def _answered(s: Session, row: HomeworkHandIn, state: str, reply: str, by: Person) -> HomeworkHandIn:
    # A double click of the same person is no clash: the answer that stands is the one they gave.
    stands = replies_to(s, row)[0]
    if (stands.outcome, stands.by, stands.words) == (state, by.code, reply):
        return row
    raise Conflict("Somebody has answered this homework already. You can still change the answer, with a reason.")


def correct_homework(
    s: Session,
    row: HomeworkHandIn,
    *,
    accepted: bool,
    reason: str,
    by: Person,
    now: datetime,
    letter: tuple[str, str] | None = None,
    seen: int | None = None,
) -> Reply:
    """Change the answer to a homework by a new row with a reason; the earlier answers stay on record.

    `seen` is how many answers the page showed: nobody overrules an answer that they have not read.
    The enrolment row is locked: while an answer is changed to `accepted`, the student may be handing in another round.
    """
    if row.enrolment.person_id == by.id:
        raise Denied("Somebody else answers your own homework.")
    if not reason.strip():
        raise Invalid("The answer is not changed yet.", {"reply": "Write why you change it. The student will read it."})
    s.execute(sa.select(Enrolment.id).where(Enrolment.id == row.enrolment_id).with_for_update(key_share=True))
    s.refresh(row, ["state"])
    replies = replies_to(s, row)
    if not replies:
        raise Conflict("This homework has not been answered yet.")
    last = replies[0]
    if max(one.round for one in _hand_ins(s, [row.enrolment_id], row.homework)) > row.round:
        raise Conflict("A newer round of this homework was handed in. Answer that one; nothing here is changed.")
    outcome = "accepted" if accepted else "returned"
    if (last.outcome, last.words, last.by) == (outcome, reason.strip(), by.code):
        return last  # a double click
    if seen not in (None, len(replies)):
        raise Conflict(
            "Somebody has changed the answer since you opened the page. Yours is not sent; look at theirs first."
        )
    return _correct(s, row, outcome, reason.strip(), by, now, letter)


def _correct(
    s: Session,
    row: HomeworkHandIn,
    outcome: str,
    reason: str,
    by: Person,
    now: datetime,
    letter: tuple[str, str] | None,
) -> Reply:
    code = new_code(12)
    made = HomeworkCorrection(code=code, hand_in=row, outcome=outcome, at=now, by=by.code, by_name=by.name)
    made.reason = keys_of(s).seal(reason, f"lms_homework_correction:{code}:reason")
    s.add(made)
    records.audit(s, by.code, f"homework.corrected-to-{outcome}", row.code, now=now)
    if letter and row.enrolment.person.email:
        records.write_message(s, f"homework.{outcome}", row.enrolment.person.email, *letter, now=now)
    s.flush()
    return _later(s, made)


def newest_corrections(
    enrolment_ids: Sequence[int] | sa.BindParameter[int], until: datetime | sa.BindParameter[datetime]
) -> sa.Select[int]:
    """Select the id of the newest correction (made until an instant) of each homework of some enrolments."""
    rows = sa.select(sa.func.max(HomeworkCorrection.id)).join(HomeworkHandIn)
    mine = rows.where(HomeworkHandIn.enrolment_id.in_(enrolment_ids), HomeworkCorrection.at <= until)
    return mine.group_by(HomeworkCorrection.hand_in_id)


def waiting_homework(s: Session, cohort_ids: Sequence[int]) -> list[HomeworkHandIn]:
    """Return the homework in these cohorts that nobody has answered, oldest first; not of people who left."""
    found = sa.select(HomeworkHandIn).join(HomeworkHandIn.enrolment).join(Enrolment.person).join(Enrolment.cohort)
    enrolment = contains_eager(HomeworkHandIn.enrolment)
    whose = (
        enrolment.contains_eager(Enrolment.person),
        enrolment.contains_eager(Enrolment.cohort).joinedload(Cohort.release),
    )
    mine = found.where(*waits(cohort_ids)).options(*whose)
    return list(s.scalars(mine.order_by(HomeworkHandIn.sent_at, HomeworkHandIn.id)))


def waits(cohort_ids: Sequence[int] | sa.BindParameter[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """Say which homework waits for an answer in these cohorts; the enrolment is joined."""
    here = (Enrolment.cohort_id.in_(cohort_ids), Enrolment.status.in_(TAKES_A_SEAT))
    return (*here, HomeworkHandIn.state == "waiting")


def _hand_ins(s: Session, enrolment_ids: Sequence[int], key: str = "") -> list[HomeworkHandIn]:
    found = sa.select(HomeworkHandIn).where(HomeworkHandIn.enrolment_id.in_(enrolment_ids))
    mine = found.where(HomeworkHandIn.homework == key) if key else found
    return list(s.scalars(mine.order_by(HomeworkHandIn.homework, HomeworkHandIn.round)))
