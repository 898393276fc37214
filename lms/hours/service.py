"""Record attendance, homework and practice, and gather the facts that a statement of hours rests on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.accounts.models import Person
from lms.cohorts.models import Cohort, Enrolment, Meeting
from lms.core.db import keys_of
from lms.core.errors import Conflict, Invalid, NotFound
from lms.core.ids import new_code
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Outline, Pathway
from lms.hours import rules
from lms.hours.models import Attendance, HomeworkHandIn, PracticeClaim, PracticeDecision
from lms.learning import service as learning
from lms.records import service as records

T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a facilitator records for one person: `present`, `part`, `absent` or `made_up`."""

    mark: str
    minutes: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Homework:
    """Where one homework of one student stands: `none`, `waiting`, `accepted` or `returned`."""

    key: str
    state: str
    round: int
    sent_at: datetime | None
    decided_at: datetime | None


def statement_for(s: Session, enrolment: Enrolment, *, now: datetime) -> rules.Statement:
    """Return one person's statement of hours."""
    return statements_for(s, [enrolment], now=now)[enrolment.id]


def statements_for(s: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> dict[int, rules.Statement]:
    """Return the statement of each enrolment, in a constant number of queries."""
    facts = facts_for(s, enrolments, now=now)
    return {e.id: rules.statement(facts[e.id], pathway_of(s, e.cohort)) for e in enrolments}


def pathway_of(s: Session, cohort: Cohort) -> Pathway:
    """Return the pathway a cohort is judged by, from its own release."""
    pathway = curriculum.pathway(s, cohort.release, cohort.pathway)
    if pathway is None:
        raise NotFound(f"The release of {cohort.name} does not hold the pathway {cohort.pathway}.")
    return pathway


def facts_for(s: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> dict[int, rules.HourFacts]:
    """Gather the evidence of many enrolments: meetings, attendance, lessons, homework and practice."""
    gathered = _Gathered(s, enrolments, now)
    return {enrolment.id: gathered.facts(enrolment) for enrolment in enrolments}


class _Gathered:
    """All rows of some enrolments, read once each, and turned into evidence one enrolment at a time."""

    def __init__(self, s: Session, enrolments: Sequence[Enrolment], now: datetime) -> None:
        ids = [enrolment.id for enrolment in enrolments]
        cohorts = {enrolment.cohort_id: enrolment.cohort for enrolment in enrolments}
        self.now = now
        self.outlines: dict[int, Outline] = {c.id: curriculum.outline(s, c.release) for c in cohorts.values()}
        self.meetings = _grouped(_meetings(s, list(cohorts)), lambda m: m.cohort_id)
        self.marks = _newest_marks(s, ids)
        self.lessons = learning.lesson_states(s, ids)
        self.homework = _grouped(_hand_ins(s, ids), lambda h: h.enrolment_id)
        self.claims = _grouped(_claims(s, ids), lambda c: c.enrolment_id)
        self.decisions = _newest_decisions(s, ids)

    def facts(self, enrolment: Enrolment) -> rules.HourFacts:
        """Return the facts of one enrolment."""
        outline, zone = self.outlines[enrolment.cohort_id], ZoneInfo(enrolment.cohort.zone)
        meetings = self.meetings.get(enrolment.cohort_id, [])
        evidence = (
            *(self._meeting(outline, enrolment.id, m, zone) for m in meetings if (m.id, enrolment.id) in self.marks),
            *self._lessons(outline, enrolment.id, zone),
            *(_homework(outline, h, zone) for h in _newest_rounds(self.homework.get(enrolment.id, []))),
            *(self._practice(claim) for claim in self.claims.get(enrolment.id, [])),
        )
        held = tuple(self._held(enrolment.id, m, zone) for m in meetings)
        return rules.HourFacts(evidence, held, bool(enrolment.cohort.provider.live_virtual_approval))

    def _meeting(self, outline: Outline, enrolment_id: int, meeting: Meeting, zone: ZoneInfo) -> rules.Evidence:
        row = self.marks[meeting.id, enrolment_id]
        found = outline.meeting(meeting.guide)
        return rules.Evidence(
            "meeting",
            meeting.code,
            meeting.title,
            meeting.starts_at.astimezone(zone).date(),
            meeting.modality,  # type: ignore[arg-type]  # constrained when the meeting is scheduled
            row.minutes * 60,
            "counted" if row.minutes else "none",
            found[1].competencies if found else {},
            note=row.reason,
        )

    def _lessons(self, outline: Outline, enrolment_id: int, zone: ZoneInfo) -> list[rules.Evidence]:
        done = [(key, state) for key, state in self.lessons.get(enrolment_id, {}).items() if state.done_at]
        evidence = []
        for key, state in done:
            found = outline.lesson(key)
            title, weights = (found[1].title, found[1].competencies) if found else (key, {})
            on = state.done_at.astimezone(zone).date()
            evidence.append(
                rules.Evidence("lesson", key, title, on, "self_paced", state.credited_seconds, "counted", weights)
            )
        return evidence

    def _practice(self, claim: PracticeClaim) -> rules.Evidence:
        decision = self.decisions.get(claim.id)
        standing: rules.Standing = (
            "waiting" if decision is None else "counted" if decision.outcome == "approved" else "returned"
        )
        minutes = decision.minutes if decision and decision.outcome == "approved" else claim.minutes
        return rules.Evidence(
            "practice",
            claim.code,
            "",
            claim.on,
            "practicum",
            minutes * 60,
            standing,
            {claim.competency: 100} if claim.competency else {},
            note=decision.reason if decision else "",
            who=decision.by_name if decision else "",
        )

    def _held(self, enrolment_id: int, meeting: Meeting, zone: ZoneInfo) -> rules.MeetingFact:
        row = self.marks.get((meeting.id, enrolment_id))
        on = meeting.starts_at.astimezone(zone).date()
        minutes = row.minutes if row else 0
        return rules.MeetingFact(
            meeting.code,
            meeting.title,
            on,
            meeting.minutes,
            meeting.ends_at <= self.now,
            row.mark if row else None,
            minutes,
        )


def _homework(outline: Outline, hand_in: HomeworkHandIn, zone: ZoneInfo) -> rules.Evidence:
    found = outline.homework_of(hand_in.homework)
    title, weights = (found[1].title, found[1].competencies) if found else (hand_in.homework, {})
    standing: dict[str, rules.Standing] = {"waiting": "waiting", "accepted": "counted", "returned": "returned"}
    on = hand_in.sent_at.astimezone(zone).date()
    return rules.Evidence(
        "homework", hand_in.homework, title, on, "homework", hand_in.minutes * 60, standing[hand_in.state], weights
    )


def take_attendance(s: Session, meeting: Meeting, marks: Mapping[int, Mark], *, by: Person, now: datetime) -> int:
    """Record marks for a meeting and return how many were new; an unchanged mark adds no row.

    Rows are only added: a change to an earlier mark needs a reason. The meeting row is locked, so that two facilitators
    who save at once are told apart by their rows and not by chance.
    """
    if meeting.starts_at > now:
        raise Conflict("This class has not begun yet; attendance can be taken once it has.")
    s.execute(sa.select(Meeting.id).where(Meeting.id == meeting.id).with_for_update())
    before = {row.enrolment_id: row for row in attendance_of(s, meeting)}
    changed = {e: m for e, m in marks.items() if _differs(before.get(e), m, meeting)}
    missing = [e for e, m in changed.items() if e in before and not m.reason.strip()]
    if missing:
        raise Invalid(
            "Say why you change a mark that was already saved.", {str(e): "Write a short reason." for e in missing}
        )
    for enrolment_id, mark in changed.items():
        minutes = rules.credited_minutes(mark.mark, mark.minutes, meeting.minutes)
        row = Attendance(meeting=meeting, enrolment_id=enrolment_id, mark=mark.mark, minutes=minutes, recorded_at=now)
        row.recorded_by, row.reason = by.code, mark.reason.strip()
        s.add(row)
    s.flush()
    return len(changed)


def _differs(before: Attendance | None, mark: Mark, meeting: Meeting) -> bool:
    minutes = rules.credited_minutes(mark.mark, mark.minutes, meeting.minutes)
    return before is None or (before.mark, before.minutes) != (mark.mark, minutes)


def attendance_of(s: Session, meeting: Meeting) -> list[Attendance]:
    """Return the newest mark of each person at a meeting."""
    newest = (
        sa.select(sa.func.max(Attendance.id))
        .where(Attendance.meeting_id == meeting.id)
        .group_by(Attendance.enrolment_id)
    )
    return list(s.scalars(sa.select(Attendance).where(Attendance.id.in_(newest))))


def attendance_history(s: Session, meeting: Meeting, enrolment_id: int) -> list[Attendance]:
    """Return every mark ever recorded for one person at one meeting, oldest first."""
    mine = sa.select(Attendance).where(Attendance.meeting_id == meeting.id, Attendance.enrolment_id == enrolment_id)
    return list(s.scalars(mine.order_by(Attendance.id)))


def recorded_counts(s: Session, cohort_ids: Sequence[int]) -> dict[int, int]:
    """Return, for each meeting of these cohorts, how many people have a mark."""
    people = sa.func.count(sa.distinct(Attendance.enrolment_id))
    found = sa.select(Attendance.meeting_id, people).join(Meeting).where(Meeting.cohort_id.in_(cohort_ids))
    return dict(s.execute(found.group_by(Attendance.meeting_id)))


def meeting_by_code(s: Session, code: str) -> Meeting | None:
    """Return a meeting with its cohort, or None."""
    wanted = (
        sa.select(Meeting).where(Meeting.code == code).options(joinedload(Meeting.cohort).joinedload(Cohort.release))
    )
    return s.scalar(wanted)


def meetings_for(s: Session, cohort_ids: Sequence[int]) -> list[Meeting]:
    """Return the classes of these cohorts that were not cancelled, oldest first, with their cohort."""
    return _meetings(s, cohort_ids)


def hand_in(s: Session, enrolment: Enrolment, key: str, text: str, *, now: datetime) -> HomeworkHandIn:
    """Hand in a homework, sealed. A second click finds the same round still waiting and changes nothing.

    The enrolment row is locked, so that two tabs cannot both make round one (the unique constraint would refuse it).
    """
    found = curriculum.outline(s, enrolment.cohort.release).homework_of(key)
    if found is None:
        raise NotFound
    s.execute(sa.select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    rounds = [h for h in _hand_ins(s, [enrolment.id]) if h.homework == key]
    last = max(rounds, key=lambda h: h.round, default=None)
    if last and last.state == "accepted":
        raise Conflict("This homework is accepted already; there is nothing left to hand in.")
    if last and last.state == "waiting":
        if hand_in_text(s, last) == text:
            return last
        raise Conflict(
            "Your homework is with your facilitator already. You can hand in again once it has been answered."
        )
    code = new_code(12)
    row = HomeworkHandIn(
        code=code, enrolment=enrolment, homework=key, round=(last.round if last else 0) + 1, sent_at=now
    )
    row.text, row.minutes = keys_of(s).seal(text, f"lms_homework_hand_in:{code}:text"), found[1].minutes
    s.add(row)
    s.flush()
    return row


def hand_in_text(s: Session, row: HomeworkHandIn) -> str:
    """Open what was handed in."""
    return keys_of(s).open(row.text, f"lms_homework_hand_in:{row.code}:text")


def reply_text(s: Session, row: HomeworkHandIn) -> str:
    """Open the facilitator's words; empty if there are none."""
    return keys_of(s).open(row.reply, f"lms_homework_hand_in:{row.code}:reply") if row.reply else ""


def hand_in_by_code(s: Session, code: str) -> HomeworkHandIn | None:
    """Return a hand-in with its enrolment, cohort and person, or None."""
    return s.scalar(sa.select(HomeworkHandIn).where(HomeworkHandIn.code == code).options(_whose(HomeworkHandIn)))


def hand_ins_of(s: Session, enrolment: Enrolment, key: str) -> list[HomeworkHandIn]:
    """Return every round of one homework, newest first."""
    return [h for h in reversed(_hand_ins(s, [enrolment.id])) if h.homework == key]


def decide_homework(
    s: Session, row: HomeworkHandIn, *, accepted: bool, reply: str, by: Person, now: datetime
) -> HomeworkHandIn:
    """Accept or return a homework. Compare-and-set: of two facilitators the first decides, the second is told."""
    if not accepted and not reply.strip():
        raise Invalid("Say what is still missing.", {"reply": "Write what the student can do next."})
    state = "accepted" if accepted else "returned"
    sealed = keys_of(s).seal(reply, f"lms_homework_hand_in:{row.code}:reply") if reply.strip() else None
    mine = sa.update(HomeworkHandIn).where(HomeworkHandIn.id == row.id, HomeworkHandIn.state == "waiting")
    done = s.execute(mine.values(state=state, decided_at=now, decided_by=by.code, reply=sealed))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("Somebody has answered this homework already.")
    records.audit(s, by.code, f"homework.{state}", row.code, now=now)
    s.refresh(row)
    return row


def homework_results_for(s: Session, enrolment_ids: Sequence[int]) -> dict[int, dict[str, Homework]]:
    """Return where each homework stands, per enrolment and key (absent: not handed in)."""
    results: dict[int, dict[str, Homework]] = {enrolment_id: {} for enrolment_id in enrolment_ids}
    for row in _hand_ins(s, enrolment_ids):  # oldest round first, so the newest wins
        results[row.enrolment_id][row.homework] = Homework(
            row.homework, row.state, row.round, row.sent_at, row.decided_at
        )
    return results


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
    """Ask for practice hours. The day must be over or today, inside the cohort's time; a double click makes one claim."""
    problems = _practice_problems(s, enrolment, on, minutes, competency, now)
    if problems:
        raise Invalid("Not sent yet.", problems)
    s.execute(sa.select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    for row in _claims(s, [enrolment.id]):
        if (row.on, row.minutes, row.supervisor) == (on, minutes, supervisor) and claim_text(s, row) == what:
            return row
    code = new_code(12)
    sealed = keys_of(s).seal(what, f"lms_practice_claim:{code}:what")
    claim = PracticeClaim(code=code, enrolment=enrolment, on=on, minutes=minutes, competency=competency, sent_at=now)
    claim.supervisor, claim.what = supervisor, sealed
    s.add(claim)
    s.flush()
    return claim


def _practice_problems(
    s: Session, enrolment: Enrolment, on: date, minutes: int, competency: str, now: datetime
) -> dict[str, str]:
    cohort = enrolment.cohort
    today = now.astimezone(ZoneInfo(cohort.zone)).date()
    problems = {}
    if on > today:
        problems["on"] = "That day is still to come. Claim practice once it has happened."
    elif on < cohort.starts_on:
        problems["on"] = (
            f"Your cohort began on {cohort.starts_on:%d %B %Y}. Practice before that day does not count here."
        )
    if not 1 <= minutes <= 24 * 60:
        problems["minutes"] = "Write between 1 minute and 24 hours."
    if competency not in curriculum.outline(s, cohort.release).competencies:
        problems["competency"] = "Choose what you practised from the list."
    return problems


def claim_text(s: Session, claim: PracticeClaim) -> str:
    """Open what was done."""
    return keys_of(s).open(claim.what, f"lms_practice_claim:{claim.code}:what")


def claim_by_code(s: Session, code: str) -> PracticeClaim | None:
    """Return a claim with its enrolment, cohort and person, or None."""
    return s.scalar(sa.select(PracticeClaim).where(PracticeClaim.code == code).options(_whose(PracticeClaim)))


def decide_practice(
    s: Session, claim: PracticeClaim, *, outcome: str, minutes: int, reason: str, by: Person, now: datetime
) -> PracticeDecision:
    """Approve or return a claim; a new row each time. Returning, or approving less than was asked, needs a reason.

    The claim row is locked so that two facilitators do not both decide: the second sees the first decision.
    """
    s.execute(sa.select(PracticeClaim.id).where(PracticeClaim.id == claim.id).with_for_update())
    last = _newest_decisions(s, [claim.enrolment_id]).get(claim.id)
    if last and (last.outcome, last.minutes) == (outcome, minutes if outcome == "approved" else 0):
        return last
    needs_reason = outcome == "returned" or minutes != claim.minutes or last is not None
    if needs_reason and not reason.strip():
        raise Invalid("Say why.", {"reason": "Write a short reason. The student will read it."})
    if outcome == "approved" and not 1 <= minutes <= claim.minutes:
        raise Invalid("Check the minutes.", {"minutes": f"Write between 1 and {claim.minutes} minutes."})
    decision = PracticeDecision(claim=claim, outcome=outcome, minutes=minutes if outcome == "approved" else 0, at=now)
    decision.reason, decision.by, decision.by_name = reason.strip(), by.code, by.name
    s.add(decision)
    s.flush()
    records.audit(s, by.code, f"practice.{outcome}", claim.code, now=now, note=reason.strip())
    return decision


def waiting_claims(s: Session, cohort_ids: Sequence[int]) -> list[PracticeClaim]:
    """Return the claims of these cohorts that nobody has answered, oldest first."""
    decided = sa.select(PracticeDecision.claim_id)
    found = sa.select(PracticeClaim).join(Enrolment).where(Enrolment.cohort_id.in_(cohort_ids))
    found = found.where(PracticeClaim.id.not_in(decided)).options(_whose(PracticeClaim))
    return list(s.scalars(found.order_by(PracticeClaim.sent_at, PracticeClaim.id)))


def waiting_homework(s: Session, cohort_ids: Sequence[int]) -> list[HomeworkHandIn]:
    """Return the homework of these cohorts that nobody has answered, oldest first."""
    found = sa.select(HomeworkHandIn).join(Enrolment).where(Enrolment.cohort_id.in_(cohort_ids))
    found = found.where(HomeworkHandIn.state == "waiting").options(_whose(HomeworkHandIn))
    return list(s.scalars(found.order_by(HomeworkHandIn.sent_at, HomeworkHandIn.id)))


def _whose(model: type[HomeworkHandIn] | type[PracticeClaim]) -> sa.sql.base.ExecutableOption:
    enrolment = joinedload(model.enrolment)
    return enrolment.options(joinedload(Enrolment.person), joinedload(Enrolment.cohort).joinedload(Cohort.release))


def _meetings(s: Session, cohort_ids: Sequence[int]) -> list[Meeting]:
    found = sa.select(Meeting).where(Meeting.cohort_id.in_(cohort_ids), Meeting.cancelled_at.is_(None))
    return list(s.scalars(found.order_by(Meeting.starts_at, Meeting.id).options(joinedload(Meeting.cohort))))


def _newest_marks(s: Session, enrolment_ids: Sequence[int]) -> dict[tuple[int, int], Attendance]:
    group = (Attendance.meeting_id, Attendance.enrolment_id)
    newest = sa.select(sa.func.max(Attendance.id)).where(Attendance.enrolment_id.in_(enrolment_ids)).group_by(*group)
    rows = s.scalars(sa.select(Attendance).where(Attendance.id.in_(newest)))
    return {(row.meeting_id, row.enrolment_id): row for row in rows}


def _hand_ins(s: Session, enrolment_ids: Sequence[int]) -> list[HomeworkHandIn]:
    found = sa.select(HomeworkHandIn).where(HomeworkHandIn.enrolment_id.in_(enrolment_ids))
    return list(s.scalars(found.order_by(HomeworkHandIn.homework, HomeworkHandIn.round)))


def _newest_rounds(rows: Sequence[HomeworkHandIn]) -> list[HomeworkHandIn]:
    return list({row.homework: row for row in rows}.values())


def _claims(s: Session, enrolment_ids: Sequence[int]) -> list[PracticeClaim]:
    found = sa.select(PracticeClaim).where(PracticeClaim.enrolment_id.in_(enrolment_ids))
    return list(s.scalars(found.order_by(PracticeClaim.on, PracticeClaim.id)))


def _newest_decisions(s: Session, enrolment_ids: Sequence[int]) -> dict[int, PracticeDecision]:
    mine = sa.select(PracticeClaim.id).where(PracticeClaim.enrolment_id.in_(enrolment_ids))
    newest = sa.select(sa.func.max(PracticeDecision.id)).where(PracticeDecision.claim_id.in_(mine))
    rows = s.scalars(
        sa.select(PracticeDecision).where(PracticeDecision.id.in_(newest.group_by(PracticeDecision.claim_id)))
    )
    return {row.claim_id: row for row in rows}


def _grouped(rows: Sequence[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups
