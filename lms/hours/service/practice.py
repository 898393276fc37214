"""Practice hours: a student asks, a facilitator answers, and a correction is a new answer with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from lms.accounts.models import Person
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.rules import TAKES_A_SEAT
from lms.core.db import keys_of
from lms.core.errors import Conflict, Denied, Invalid
from lms.core.ids import new_code
from lms.curriculum import service as curriculum
from lms.hours import rules
from lms.hours.models import PracticeClaim, PracticeDecision
from lms.records import service as records


@dataclass(frozen=True, slots=True)
class Answer:
    """What a facilitator answered to a claim, and why."""

    outcome: str
    minutes: int
    reason: str
    at: datetime
    by_name: str


def claim_practice(
    s: Session,
    enrolment: Enrolment,
    *,
    on: date,
    minutes: int,
    competency: str,
    supervisor: str,
    what: str,
    now: datetime,
) -> PracticeClaim:
    """Ask for practice hours. The day must be over or today, inside the cohort's time.

    A double click makes one claim: the enrolment row is locked, and the same claim still waiting is the one returned.
    """
    s.execute(sa.select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update(key_share=True))
    rows = _with_outcome(s, [enrolment.id])
    same = (on, minutes, competency, supervisor, what)
    for row, outcome in rows:
        if outcome is None and (row.on, row.minutes, row.competency, row.supervisor, claim_text(s, row)) == same:
            return row
    claimed = sum(row.minutes for row, outcome in rows if row.on == on and outcome != "returned")
    problems = _claim_problems(s, enrolment, on, minutes, claimed, competency, what, now)
    if problems:
        raise Invalid("Your practice is not sent yet.", problems)
    code = new_code(12)
    claim = PracticeClaim(code=code, enrolment=enrolment, on=on, minutes=minutes, competency=competency, sent_at=now)
    claim.supervisor, claim.what = supervisor, keys_of(s).seal(what, f"lms_practice_claim:{code}:what")
    s.add(claim)
    s.flush()
    return claim


def _claim_problems(
    s: Session, enrolment: Enrolment, on: date, minutes: int, claimed: int, competency: str, what: str, now: datetime
) -> dict[str, str]:
    cohort = enrolment.cohort
    found = rules.claim_problems(
        on,
        minutes,
        claimed=claimed,
        starts_on=cohort.starts_on,
        today=now.astimezone(ZoneInfo(cohort.zone)).date(),
        competency_known=competency in curriculum.outline(s, cohort.release).competencies,
    )
    return found if what.strip() else found | {"what": "Write what you did, in a sentence or two."}


def claim_text(s: Session, claim: PracticeClaim) -> str:
    """Open what was done."""
    return keys_of(s).open(claim.what, f"lms_practice_claim:{claim.code}:what")


def claim_by_code(s: Session, code: str) -> PracticeClaim | None:
    """Return a claim with its enrolment, cohort and person, or None."""
    enrolment = joinedload(PracticeClaim.enrolment)
    whose = enrolment.options(joinedload(Enrolment.person), joinedload(Enrolment.cohort).joinedload(Cohort.release))
    return s.scalar(sa.select(PracticeClaim).where(PracticeClaim.code == code).options(whose))


def claims_of(s: Session, enrolment_id: int) -> list[tuple[PracticeClaim, list[Answer]]]:
    """Return a student's claims with every answer, newest day first and newest answer first. One query."""
    found: dict[PracticeClaim, list[Answer]] = {}
    both = sa.select(PracticeClaim, PracticeDecision).outerjoin(PracticeDecision)
    mine = both.where(PracticeClaim.enrolment_id == enrolment_id)
    order = (PracticeClaim.on.desc(), PracticeClaim.id.desc(), PracticeDecision.id.desc())
    for claim, decision in s.execute(mine.order_by(*order)):
        found.setdefault(claim, []).extend([answer_to(s, claim, decision)] if decision else [])
    return list(found.items())


def answers_of(s: Session, claim: PracticeClaim) -> list[Answer]:
    """Return every answer to a claim, newest first: the first one counts."""
    rows = sa.select(PracticeDecision).where(PracticeDecision.claim_id == claim.id)
    return [answer_to(s, claim, row) for row in s.scalars(rows.order_by(PracticeDecision.id.desc()))]


def answer_to(s: Session, claim: PracticeClaim, row: PracticeDecision) -> Answer:
    """Return one answer with its words opened."""
    reason = keys_of(s).open(row.reason, _where(claim, row.at)) if row.reason else ""
    return Answer(row.outcome, row.minutes, reason, row.at, row.by_name)


def decide_practice(
    s: Session,
    claim: PracticeClaim,
    *,
    outcome: str,
    minutes: int,
    reason: str,
    by: Person,
    now: datetime,
    letter: tuple[str, str] | None = None,
) -> PracticeDecision:
    """Approve or return a claim. Returning, or approving less than was asked, needs a reason.

    Two facilitators may answer at once: the claim's row is locked, so that the second finds the first's answer and is
    told. `letter` is the subject and body of what the student is sent; it holds nothing of the claim or the reason.
    """
    last = next(iter(_locked(s, claim, by)), None)
    if last is not None:
        same = (last.outcome, last.by) == (outcome, by.code) and (outcome == "returned" or last.minutes == minutes)
        if same and answer_to(s, claim, last).reason == reason.strip():
            return last
        raise Conflict(
            f"{last.by_name} has answered this claim already. You can still change the answer, with a reason."
        )
    return _decide(s, claim, outcome, minutes, reason, by, now, letter, correction=False)


def correct_practice(
    s: Session,
    claim: PracticeClaim,
    *,
    outcome: str,
    minutes: int,
    reason: str,
    by: Person,
    now: datetime,
    letter: tuple[str, str] | None = None,
    seen: int | None = None,
) -> PracticeDecision:
    """Change the answer to a claim by a new row with a reason; the earlier answers stay on record.

    `seen` is how many answers the page showed: nobody overrules an answer that they have not read.
    """
    answers = _locked(s, claim, by)
    if not answers:
        raise Conflict("This claim has not been answered yet.")
    if (answers[0].outcome, answers[0].minutes) == (outcome, minutes if outcome == "approved" else 0):
        return answers[0]
    if seen not in (None, len(answers)):
        raise Conflict(
            "Somebody has changed the answer since you opened the page. Yours is not sent; look at theirs first."
        )
    return _decide(s, claim, outcome, minutes, reason, by, now, letter, correction=True)


def _locked(s: Session, claim: PracticeClaim, by: Person) -> Sequence[PracticeDecision]:
    if claim.enrolment.person_id == by.id:
        raise Denied("Somebody else answers for your own practice.")
    s.execute(sa.select(PracticeClaim.id).where(PracticeClaim.id == claim.id).with_for_update(key_share=True))
    every = sa.select(PracticeDecision).where(PracticeDecision.claim_id == claim.id)
    return s.scalars(every.order_by(PracticeDecision.id.desc())).all()


def _decide(
    s: Session,
    claim: PracticeClaim,
    outcome: str,
    minutes: int,
    reason: str,
    by: Person,
    now: datetime,
    letter: tuple[str, str] | None,
    *,
    correction: bool,
) -> PracticeDecision:
    problems = rules.answer_problems(outcome, minutes, reason, asked=claim.minutes, correction=correction)
    if problems:
        raise Invalid("The answer is not sent yet.", problems)
    sealed = keys_of(s).seal(reason.strip(), _where(claim, now)) if reason.strip() else None
    made = PracticeDecision(claim=claim, outcome=outcome, minutes=minutes if outcome == "approved" else 0, at=now)
    made.reason, made.by, made.by_name = sealed, by.code, by.name
    s.add(made)
    records.audit(s, by.code, f"practice.{outcome}", claim.code, now=now, facts={"minutes": made.minutes})
    if letter and claim.enrolment.person.email:
        records.write_message(s, f"practice.{outcome}", claim.enrolment.person.email, *letter, now=now)
    s.flush()
    return made


def _where(claim: PracticeClaim, at: datetime) -> str:
    # These rows have no code of their own: the claim and the instant name one.
    return f"lms_practice_decision:{claim.code}.{at.astimezone(UTC).isoformat()}:reason"


def waits(cohort_ids: Sequence[int] | sa.BindParameter[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """Say which claims wait for an answer in these cohorts; the enrolment is joined."""
    answered = sa.exists().where(PracticeDecision.claim_id == PracticeClaim.id)
    return Enrolment.cohort_id.in_(cohort_ids), Enrolment.status.in_(TAKES_A_SEAT), ~answered


def waiting_claims(s: Session, cohort_ids: Sequence[int]) -> list[PracticeClaim]:
    """Return the claims in these cohorts that nobody has answered, oldest first; not of people who left."""
    found = sa.select(PracticeClaim).join(PracticeClaim.enrolment).join(Enrolment.person).join(Enrolment.cohort)
    enrolment = contains_eager(PracticeClaim.enrolment)
    whose = (
        enrolment.contains_eager(Enrolment.person),
        enrolment.contains_eager(Enrolment.cohort).joinedload(Cohort.release),
    )
    mine = found.where(*waits(cohort_ids)).options(*whose)
    return list(s.scalars(mine.order_by(PracticeClaim.sent_at, PracticeClaim.id)))


def _with_outcome(s: Session, enrolment_ids: Sequence[int]) -> list[tuple[PracticeClaim, str | None]]:
    rows = with_decisions(enrolment_ids)
    return [(claim, decision.outcome if decision else None) for claim, decision in s.execute(rows)]


def with_decisions(
    enrolment_ids: Sequence[int], until: datetime | None = None
) -> sa.Select[PracticeClaim, PracticeDecision]:
    """Select the claims of some enrolments, each with its newest decision (made until an instant) or None."""
    found = sa.select(PracticeClaim, PracticeDecision).where(PracticeClaim.enrolment_id.in_(enrolment_ids))
    if until is not None:
        found = found.where(PracticeClaim.sent_at <= until)
    newest = newest_decisions(enrolment_ids, until)
    counts = sa.and_(PracticeDecision.claim_id == PracticeClaim.id, PracticeDecision.id.in_(newest))
    return found.outerjoin(PracticeDecision, counts).order_by(PracticeClaim.on, PracticeClaim.id)


def newest_decisions(
    enrolment_ids: Sequence[int] | sa.BindParameter[int],
    until: datetime | sa.BindParameter[datetime] | None = None,
) -> sa.Select[int]:
    """Select the id of the newest decision (made until an instant) of each claim of some enrolments."""
    rows = sa.select(sa.func.max(PracticeDecision.id)).join(PracticeClaim)
    rows = rows.where(PracticeClaim.enrolment_id.in_(enrolment_ids))
    if until is not None:
        rows = rows.where(PracticeDecision.at <= until)
    return rows.group_by(PracticeDecision.claim_id)
