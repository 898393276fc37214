"""The statement of hours: the facts of many enrolments as of an instant, and what they add up to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from lms.cohorts.models import Cohort, Enrolment, Meeting
from lms.core.together import COHORTS, IDS, NOW, Fact, Facts, arm, ask
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Modality, Outline
from lms.hours import rules
from lms.hours.models import Attendance, HomeworkCorrection, HomeworkHandIn, PracticeClaim, PracticeDecision
from lms.hours.service.homework import newest_corrections
from lms.hours.service.practice import newest_decisions
from lms.learning import service as learning
from lms.learning.rules import LessonState
from lms.quizzes import service as quizzes

Lessons = Mapping[int, Mapping[str, LessonState]]


def statement_for(s: Session, enrolment: Enrolment, *, now: datetime) -> rules.Statement:
    """Return one person's statement of hours."""
    return statements_for(s, [enrolment], now=now)[enrolment.id]


def statements_for(s: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> dict[int, rules.Statement]:
    """Return the statement of each enrolment, in a constant number of queries."""
    facts = facts_for(s, enrolments, now=now)
    return {e.id: rules.statement(facts[e.id], learning.pathway_of(s, e.cohort)) for e in enrolments}


def facts_for(s: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> dict[int, rules.HourFacts]:
    """Gather the evidence of many enrolments as it stood at `now`: what was recorded later is left out."""
    _load_cohorts(s, enrolments)
    ids = [enrolment.id for enrolment in enrolments]
    cohorts = list({enrolment.cohort_id for enrolment in enrolments})
    facts = ask(s, _ARMS, ids=ids, cohorts=cohorts, now=now)
    results = quizzes.results_from(s, facts, ids, now=now)
    return facts_from(s, enrolments, facts, learning.states_as_of(s, enrolments, facts, results, now=now), now=now)


def facts_from(
    s: Session, enrolments: Sequence[Enrolment], facts: Facts, lessons: Lessons, *, now: datetime
) -> dict[int, rules.HourFacts]:
    """Return what `facts_for` returns, from facts that were asked together with others."""
    _load_cohorts(s, enrolments)
    cohorts = {enrolment.cohort_id: enrolment.cohort for enrolment in enrolments}
    outlines = {cohort.id: curriculum.outline(s, cohort.release) for cohort in cohorts.values()}
    meetings, mine = _by_whose(facts, "class"), {kind: _by_whose(facts, kind) for kind in ("mark", "hand_in", "claim")}
    return {
        e.id: _Person(
            outlines[e.cohort_id],
            cohorts[e.cohort_id],
            now,
            sorted(meetings[e.cohort_id], key=lambda fact: (fact.at, fact.number)),
            {fact.number: fact for fact in mine["mark"][e.id]},
        ).facts(mine["hand_in"][e.id], mine["claim"][e.id], lessons.get(e.id, {}))
        for e in enrolments
    }


def _by_whose(facts: Facts, kind: str) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts.get(kind, []):
        found[fact.of].append(fact)
    return found


@dataclass(frozen=True, slots=True)
class _Person:
    """One enrolment's classes and marks, turned into evidence."""

    outline: Outline
    cohort: Cohort
    now: datetime
    meetings: Sequence[Fact]
    marks: Mapping[int, Fact]

    def facts(
        self, hand_ins: Iterable[Fact], claims: Iterable[Fact], lessons: Mapping[str, LessonState]
    ) -> rules.HourFacts:
        """Return everything the statement rests on."""
        newest = {fact.key: fact for fact in sorted(hand_ins, key=lambda fact: fact.number)}
        evidence = (
            *(self._meeting(m, mark) for m in self.meetings if (mark := self.marks.get(m.number))),
            *(self._lesson(key, x, x.done_at) for key, x in lessons.items() if x.done_at and x.done_at <= self.now),
            *map(self._homework, newest.values()),
            *map(self._practice, claims),
        )
        held = tuple(self._held(meeting, self.marks.get(meeting.number)) for meeting in self.meetings)
        return rules.HourFacts(evidence, held, bool(self.cohort.provider.live_virtual_approval))

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.cohort.zone)).date()

    def _meeting(self, meeting: Fact, mark: Fact) -> rules.Evidence:
        found = self.outline.meeting(meeting.word3)
        weights = found[1].competencies if found else {}
        standing: rules.Standing = "counted" if mark.number2 else "none"
        on, modality = self._day(meeting.at), cast(Modality, meeting.word2)
        return rules.Evidence(
            "meeting", meeting.key, meeting.word, on, modality, mark.number2 * 60, standing, weights, mark.at
        )

    def _lesson(self, key: str, state: LessonState, at: datetime) -> rules.Evidence:
        found = self.outline.lesson(key)
        title, weights = (found[1].title, found[1].competencies) if found else (key, {})
        seconds = state.credited_seconds
        return rules.Evidence("lesson", key, title, self._day(at), "self_paced", seconds, "counted", weights, at)

    def _homework(self, sent: Fact) -> rules.Evidence:
        found = self.outline.homework_of(sent.key)
        title, weights = (found[1].title, found[1].competencies) if found else (sent.key, {})
        decided = sent.at2 if sent.at2 and sent.at2 <= self.now else None
        standing: rules.Standing = (
            "waiting" if decided is None else "counted" if sent.word == "accepted" else "returned"
        )
        on, seconds = self._day(sent.at), sent.number2 * 60
        return rules.Evidence("homework", sent.key, title, on, "homework", seconds, standing, weights, decided)

    def _practice(self, claim: Fact) -> rules.Evidence:
        approved = claim.word2 == "approved"
        standing: rules.Standing = "counted" if approved else "returned" if claim.word2 else "waiting"
        seconds = (claim.number2 if approved else claim.number) * 60
        title = self.outline.competencies.get(claim.word, claim.word)
        weights, on = ({claim.word: 100} if claim.word else {}), date.fromisoformat(claim.word3)
        return rules.Evidence("practice", claim.key, title, on, "practicum", seconds, standing, weights, claim.at)

    def _held(self, meeting: Fact, mark: Fact | None) -> rules.MeetingFact:
        kept, minutes = (mark.key, mark.number2) if mark else (None, 0)
        return rules.MeetingFact(
            meeting.key,
            meeting.word,
            self._day(meeting.at),
            meeting.number2,
            meeting.at2 <= self.now,
            kept,
            minutes,
            meeting.at,
            meeting.at2,
            meeting.word4,
        )


def _load_cohorts(s: Session, enrolments: Sequence[Enrolment]) -> None:
    """Fill in, with one query, whatever the caller did not load; where all is loaded, none is sent."""
    missing = [enrolment for enrolment in enrolments if not _loaded(enrolment)]
    if not missing:
        return
    wanted = sa.select(Cohort).where(Cohort.id.in_({enrolment.cohort_id for enrolment in missing}))
    found = {c.id: c for c in s.scalars(wanted.options(joinedload(Cohort.release), joinedload(Cohort.provider)))}
    for enrolment in missing:
        set_committed_value(enrolment, "cohort", found[enrolment.cohort_id])


def _loaded(enrolment: Enrolment) -> bool:
    if "cohort" in sa.inspect(enrolment).unloaded:
        return False
    return not {"release", "provider"} & sa.inspect(enrolment.cohort).unloaded


def newest_marks(
    enrolment_ids: Sequence[int] | sa.BindParameter[int], now: datetime | sa.BindParameter[datetime]
) -> sa.Select[int]:
    """Select the id of the newest mark (recorded until an instant) of each of these people at each class."""
    mine = sa.select(sa.func.max(Attendance.id)).where(Attendance.enrolment_id.in_(enrolment_ids))
    return mine.where(Attendance.recorded_at <= now).group_by(Attendance.meeting_id, Attendance.enrolment_id)


_CLASSES = arm(
    "class",
    Meeting.cohort_id,
    Meeting.code,
    numbers=[Meeting.id, Meeting.minutes],
    words=[Meeting.title, Meeting.modality, Meeting.guide, Meeting.place],
    instants=[Meeting.starts_at, Meeting.ends_at],
).where(Meeting.cohort_id.in_(COHORTS), sa.or_(Meeting.cancelled_at.is_(None), Meeting.cancelled_at > NOW))
_MARKS = arm(
    "mark",
    Attendance.enrolment_id,
    Attendance.mark,
    numbers=[Attendance.meeting_id, Attendance.minutes],
    instants=[Attendance.recorded_at],
).where(Attendance.id.in_(newest_marks(IDS, NOW)))
_CORRECTED = sa.and_(
    HomeworkCorrection.hand_in_id == HomeworkHandIn.id, HomeworkCorrection.id.in_(newest_corrections(IDS, NOW))
)
_HAND_INS = (
    arm(
        "hand_in",
        HomeworkHandIn.enrolment_id,
        HomeworkHandIn.homework,
        numbers=[HomeworkHandIn.round, HomeworkHandIn.minutes],
        words=[sa.func.coalesce(HomeworkCorrection.outcome, HomeworkHandIn.state)],
        instants=[HomeworkHandIn.sent_at, sa.func.coalesce(HomeworkCorrection.at, HomeworkHandIn.decided_at)],
    )
    .outerjoin(HomeworkCorrection, _CORRECTED)
    .where(HomeworkHandIn.enrolment_id.in_(IDS), HomeworkHandIn.sent_at <= NOW)
)
_COUNTS = sa.and_(PracticeDecision.claim_id == PracticeClaim.id, PracticeDecision.id.in_(newest_decisions(IDS, NOW)))
_CLAIMS = (
    arm(
        "claim",
        PracticeClaim.enrolment_id,
        PracticeClaim.code,
        numbers=[PracticeClaim.minutes, PracticeDecision.minutes],
        words=[PracticeClaim.competency, PracticeDecision.outcome, sa.cast(PracticeClaim.on, sa.Text)],
        instants=[PracticeDecision.at],
    )
    .outerjoin(PracticeDecision, _COUNTS)
    .where(PracticeClaim.enrolment_id.in_(IDS), PracticeClaim.sent_at <= NOW)
)
EVIDENCE_ARMS = (_CLASSES, _MARKS, _HAND_INS, _CLAIMS)
"""What `facts_from` needs to be asked: classes, marks, homework, practice with its answers."""
_ARMS = (*learning.STATE_ARMS, *quizzes.RESULT_ARMS, *EVIDENCE_ARMS)


def newest_changes(s: Session, enrolment_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when a mark, or an answer to a homework or a practice claim, of each enrolment was last recorded, if ever. One query."""
    ids = list(enrolment_ids)
    homework = sa.select(HomeworkHandIn.enrolment_id, HomeworkCorrection.at).join(HomeworkCorrection.hand_in)
    practice = sa.select(PracticeClaim.enrolment_id, PracticeDecision.at).join(PracticeDecision.claim)
    marks = sa.select(Attendance.enrolment_id, Attendance.recorded_at.label("at"))
    every = sa.union_all(
        marks.where(Attendance.enrolment_id.in_(ids)),
        homework.where(HomeworkHandIn.enrolment_id.in_(ids)),
        practice.where(PracticeClaim.enrolment_id.in_(ids)),
    ).subquery()
    rows = s.execute(sa.select(every.c.enrolment_id, sa.func.max(every.c.at)).group_by(every.c.enrolment_id))
    return {row[0]: row[1] for row in rows}
