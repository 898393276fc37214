"""The statement of hours: the facts of many enrolments as of an instant, and what they add up to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.cohorts.models import Cohort, Enrolment, Meeting
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import HomeworkLine, ModuleLine, Outline, Pathway
from lms.hours import rules
from lms.hours.models import Attendance, HomeworkHandIn, PracticeClaim, PracticeDecision
from lms.hours.service.attendance import reason_of
from lms.hours.service.practice import answer_to, with_decisions
from lms.learning import service as learning
from lms.learning.rules import LessonState

Lessons = Mapping[int, Mapping[str, LessonState]]
T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Account:
    """One person's hours with all that a page says about them."""

    pathway: Pathway
    outline: Outline
    statement: rules.Statement
    attendance: rules.AttendanceSum
    weeks: tuple[rules.Week, ...]
    homework: tuple[tuple[ModuleLine, HomeworkLine, str], ...]
    """Every homework of the pathway's modules, with where it stands."""
    notes: Mapping[str, str]
    """Why a mark or an answer is as it is, by the key of its evidence; empty for those who may not read it."""


def account_for(s: Session, enrolment: Enrolment, *, words: bool, now: datetime) -> Account:
    """Return one person's hours as a page shows them; `words` opens the reasons that staff wrote to the student."""
    gathered = _Gathered(s, [enrolment], now, None)
    facts = gathered.facts(enrolment)
    pathway, cohort = learning.pathway_of(s, enrolment.cohort), enrolment.cohort
    outline = curriculum.outline(s, cohort.release)
    made = rules.statement(facts, pathway)
    today = now.astimezone(ZoneInfo(cohort.zone)).date()
    standing = {e.key: e.standing for e in facts.evidence if e.kind == "homework"}
    asked = [m for m in outline.modules if m.id in pathway.modules]
    return Account(
        pathway,
        outline,
        made,
        rules.attendance(facts),
        rules.weeks(made, facts.meetings, cohort.starts_on, cohort.ends_on, today),
        tuple((m, work, standing.get(work.key, "none")) for m in asked for work in m.homework),
        gathered.notes(s) if words else {},
    )


def statement_for(s: Session, enrolment: Enrolment, *, now: datetime) -> rules.Statement:
    """Return one person's statement of hours."""
    return statements_for(s, [enrolment], now=now)[enrolment.id]


def statements_for(s: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> dict[int, rules.Statement]:
    """Return the statement of each enrolment, in a constant number of queries."""
    facts = facts_for(s, enrolments, now=now)
    return {e.id: rules.statement(facts[e.id], learning.pathway_of(s, e.cohort)) for e in enrolments}


def facts_for(
    s: Session, enrolments: Sequence[Enrolment], *, now: datetime, lessons: Lessons | None = None
) -> dict[int, rules.HourFacts]:
    """Gather the evidence of many enrolments as it stood at `now`: what was recorded later is left out.

    `lessons` are `learning.states_for(...)` of the same enrolments, for callers who have them already.
    """
    gathered = _Gathered(s, enrolments, now, lessons)
    return {enrolment.id: gathered.facts(enrolment) for enrolment in enrolments}


class _Gathered:
    """All rows of some enrolments, read once each, and turned into evidence one enrolment at a time."""

    def __init__(self, s: Session, enrolments: Sequence[Enrolment], now: datetime, lessons: Lessons | None) -> None:
        ids = [enrolment.id for enrolment in enrolments]
        cohorts = _cohorts(s, enrolments)
        self.now = now
        self.outlines: dict[int, Outline] = {c.id: curriculum.outline(s, c.release) for c in cohorts}
        self.meetings, self.marks = _meetings(s, cohorts, ids, now)
        self.lessons = learning.states_for(s, enrolments, now=now) if lessons is None else lessons
        self.homework = _grouped(_hand_ins(s, ids, now), lambda h: h.enrolment_id)
        self.claims = _grouped(s.execute(with_decisions(ids, now)), lambda both: both[0].enrolment_id)

    def facts(self, enrolment: Enrolment) -> rules.HourFacts:
        """Return the facts of one enrolment."""
        outline, zone = self.outlines[enrolment.cohort_id], ZoneInfo(enrolment.cohort.zone)
        meetings = self.meetings.get(enrolment.cohort_id, [])
        marked = [(m, mark) for m in meetings if (mark := self.marks.get((m.id, enrolment.id)))]
        evidence = (
            *(_meeting(outline, m, mark, zone) for m, mark in marked),
            *self._lessons(outline, enrolment.id, zone),
            *(_homework(outline, h, zone, self.now) for h in _newest_rounds(self.homework.get(enrolment.id, []))),
            *(_practice(outline, claim, answer) for claim, answer in self.claims.get(enrolment.id, [])),
        )
        held = tuple(self._held(m, self.marks.get((m.id, enrolment.id)), zone) for m in meetings)
        return rules.HourFacts(evidence, held, bool(enrolment.cohort.provider.live_virtual_approval))

    def notes(self, s: Session) -> dict[str, str]:
        """Open the reasons of the newest marks and answers, by the key of their evidence."""
        meetings = {meeting.id: meeting for rows in self.meetings.values() for meeting in rows}
        marks = {meetings[key[0]].code: reason_of(s, meetings[key[0]], row) for key, row in self.marks.items()}
        answered = [(claim, row) for rows in self.claims.values() for claim, row in rows if row]
        return marks | {claim.code: answer_to(s, claim, row).reason for claim, row in answered}

    def _lessons(self, outline: Outline, enrolment_id: int, zone: ZoneInfo) -> list[rules.Evidence]:
        states = self.lessons.get(enrolment_id, {})
        return [
            _lesson(outline, key, state, state.done_at, zone)
            for key, state in states.items()
            if state.done_at and state.done_at <= self.now
        ]

    def _held(self, meeting: Meeting, mark: Attendance | None, zone: ZoneInfo) -> rules.MeetingFact:
        on, held = meeting.starts_at.astimezone(zone).date(), meeting.ends_at <= self.now
        kept, minutes = (mark.mark, mark.minutes) if mark else (None, 0)
        return rules.MeetingFact(meeting.code, meeting.title, on, meeting.minutes, held, kept, minutes)


def _meeting(outline: Outline, meeting: Meeting, mark: Attendance, zone: ZoneInfo) -> rules.Evidence:
    found = outline.meeting(meeting.guide)
    return rules.Evidence(
        "meeting",
        meeting.code,
        meeting.title,
        meeting.starts_at.astimezone(zone).date(),
        meeting.modality,  # type: ignore[arg-type]  # constrained when the meeting is scheduled
        mark.minutes * 60,
        "counted" if mark.minutes else "none",
        found[1].competencies if found else {},
        mark.recorded_at,
    )


def _lesson(outline: Outline, key: str, state: LessonState, at: datetime, zone: ZoneInfo) -> rules.Evidence:
    found = outline.lesson(key)
    title, weights = (found[1].title, found[1].competencies) if found else (key, {})
    on = at.astimezone(zone).date()
    return rules.Evidence("lesson", key, title, on, "self_paced", state.credited_seconds, "counted", weights, at)


def _homework(outline: Outline, hand_in: HomeworkHandIn, zone: ZoneInfo, now: datetime) -> rules.Evidence:
    found = outline.homework_of(hand_in.homework)
    title, weights = (found[1].title, found[1].competencies) if found else (hand_in.homework, {})
    decided = hand_in.decided_at if hand_in.decided_at and hand_in.decided_at <= now else None
    standing: rules.Standing = (
        "waiting" if decided is None else "counted" if hand_in.state == "accepted" else "returned"
    )
    on, seconds = hand_in.sent_at.astimezone(zone).date(), hand_in.minutes * 60
    return rules.Evidence("homework", hand_in.homework, title, on, "homework", seconds, standing, weights, decided)


def _practice(outline: Outline, claim: PracticeClaim, answer: PracticeDecision | None) -> rules.Evidence:
    approved = answer is not None and answer.outcome == "approved"
    standing: rules.Standing = "waiting" if answer is None else "counted" if approved else "returned"
    minutes = answer.minutes if answer is not None and approved else claim.minutes
    title = outline.competencies.get(claim.competency, claim.competency)
    weights = {claim.competency: 100} if claim.competency else {}
    at = answer.at if answer is not None else None
    return rules.Evidence("practice", claim.code, title, claim.on, "practicum", minutes * 60, standing, weights, at)


def _cohorts(s: Session, enrolments: Sequence[Enrolment]) -> Sequence[Cohort]:
    # One query fills in whatever the caller did not load; where all is loaded, none is sent.
    if all(map(_loaded, enrolments)):
        return list({enrolment.cohort_id: enrolment.cohort for enrolment in enrolments}.values())
    ids = list({enrolment.cohort_id for enrolment in enrolments})
    loaded = sa.select(Cohort).options(joinedload(Cohort.release), joinedload(Cohort.provider))
    return s.scalars(loaded.where(Cohort.id.in_(ids))).all()


def _loaded(enrolment: Enrolment) -> bool:
    if "cohort" in sa.inspect(enrolment).unloaded:
        return False
    return not {"release", "provider"} & sa.inspect(enrolment.cohort).unloaded


def _meetings(
    s: Session, cohorts: Sequence[Cohort], enrolment_ids: Sequence[int], now: datetime
) -> tuple[dict[int, list[Meeting]], dict[tuple[int, int], Attendance]]:
    group = (Attendance.meeting_id, Attendance.enrolment_id)
    mine = sa.select(sa.func.max(Attendance.id)).where(Attendance.enrolment_id.in_(enrolment_ids))
    newest = mine.where(Attendance.recorded_at <= now).group_by(*group)
    marked = sa.and_(Attendance.meeting_id == Meeting.id, Attendance.id.in_(newest))
    kept = sa.or_(Meeting.cancelled_at.is_(None), Meeting.cancelled_at > now)
    both = sa.select(Meeting, Attendance).outerjoin(Attendance, marked)
    rows = both.where(Meeting.cohort_id.in_([c.id for c in cohorts]), kept).order_by(Meeting.starts_at, Meeting.id)
    meetings: dict[int, Meeting] = {}
    marks: dict[tuple[int, int], Attendance] = {}
    for meeting, mark in s.execute(rows):
        meetings[meeting.id] = meeting
        if mark is not None:
            marks[meeting.id, mark.enrolment_id] = mark
    return _grouped(list(meetings.values()), lambda m: m.cohort_id), marks


def _hand_ins(s: Session, enrolment_ids: Sequence[int], now: datetime) -> Sequence[HomeworkHandIn]:
    found = sa.select(HomeworkHandIn).where(HomeworkHandIn.enrolment_id.in_(enrolment_ids))
    return s.scalars(found.where(HomeworkHandIn.sent_at <= now).order_by(HomeworkHandIn.round)).all()


def _newest_rounds(rows: Sequence[HomeworkHandIn]) -> list[HomeworkHandIn]:
    return list({row.homework: row for row in rows}.values())


def _grouped(rows: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups
