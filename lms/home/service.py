"""What each role's first page shows; reads, never writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, defer, joinedload

from lms.accounts.models import Person
from lms.certificates import rules as certificate_rules
from lms.certificates import service as certificates
from lms.cohorts.models import Appointment, Cohort, Enrolment, Grant, Invitation, Meeting
from lms.core.access import Actor
from lms.core.together import arm, ask
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import ModuleLine, Outline, Pathway
from lms.home import rules
from lms.hours import service as hours
from lms.hours.models import Attendance
from lms.hours.rules import MeetingFact
from lms.learning import rules as learning_rules
from lms.narratives import service as narratives
from lms.quizzes import service as quizzes
from lms.quizzes.rules import QuizResult
from lms.records.models import Message

AHEAD = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class ModuleProgress:
    """One module of the student's path: lessons done of all, and where it stands."""

    id: str
    number: int
    title: str
    lessons: int
    done: int
    begun: bool
    finished: bool
    """Whether every lesson is done and the quiz, if any, passed."""


@dataclass(frozen=True, slots=True)
class StudentHome:
    """Everything on a student's first page."""

    seat: Enrolment
    outline: Outline
    pathway: Pathway
    verdict: certificate_rules.Verdict
    missing: tuple[certificate_rules.Requirement | certificate_rules.Fold, ...]
    met: tuple[certificate_rules.Requirement | certificate_rules.Fold, ...]
    facts: certificate_rules.Facts
    certificate: certificates.Issued | None
    step: learning_rules.Step | None
    minutes_left: int
    meetings: tuple[MeetingFact, ...]
    modules: tuple[ModuleProgress, ...]
    week: int
    weeks: int

    @property
    def behind(self) -> tuple[ModuleProgress, ...]:
        """The modules that are finished."""
        return tuple(module for module in self.modules if module.finished)

    @property
    def under_way(self) -> tuple[ModuleProgress, ...]:
        """The modules that are begun and not finished."""
        return tuple(module for module in self.modules if module.begun and not module.finished)

    @property
    def ahead(self) -> tuple[ModuleProgress, ...]:
        """The modules that nobody has begun."""
        return tuple(module for module in self.modules if not (module.begun or module.finished))


def student_home(s: Session, seat: Enrolment, *, now: datetime) -> StudentHome:
    """Gather a student's first page."""
    return _first_page(s, seat, certificates.gather(s, [seat], now=now), now)


def own_home(s: Session, actor: Actor, *, now: datetime) -> StudentHome | None:
    """Gather the first page of whoever looks, if they have a seat."""
    found = certificates.own(s, actor, now=now)
    return _first_page(s, *found, now) if found else None


def _first_page(s: Session, seat: Enrolment, gathered: certificates.Gathered, now: datetime) -> StudentHome:
    outline = curriculum.outline(s, seat.cohort.release)
    pathway = hours.pathway_of(s, seat.cohort)
    facts = gathered.facts[seat.id]
    states, results = gathered.lessons.get(seat.id, {}), gathered.quizzes.get(seat.id, {})
    step = learning_rules.next_step(outline, pathway, states, results, _waiting(s, seat, results, now))
    week, weeks = _weeks(seat.cohort, now)
    verdict = gathered.verdicts[seat.id]
    return StudentHome(
        seat=seat,
        outline=outline,
        pathway=pathway,
        verdict=verdict,
        missing=certificate_rules.in_brief(verdict.missing, verdict),
        met=certificate_rules.in_brief(verdict.met, verdict),
        facts=facts,
        certificate=gathered.certificates.get(seat.id),
        step=step,
        minutes_left=_minutes_left(step, states),
        meetings=tuple(m for m in gathered.hours[seat.id].meetings if _is_ahead(m.starts_at, m.ends_at, now)),
        modules=tuple(_progress(m, states, results) for m in outline.modules if m.id in pathway.modules),
        week=week,
        weeks=weeks,
    )


def _waiting(s: Session, seat: Enrolment, results: Mapping[str, QuizResult], now: datetime) -> frozenset[str]:
    """The quizzes that may be tried again, but not yet, and those a person has still to grade."""
    tried = ((id_, curriculum.quiz(s, seat.cohort.release, id_)) for id_, x in results.items() if not x.passed)
    sittings = ((id_, learning_rules.Sitting(True, quiz, results[id_])) for id_, quiz in tried if quiz)
    graded = (id_ for id_, x in results.items() if x.waiting)
    return frozenset([*graded, *(id_ for id_, sitting in sittings if learning_rules.may_start(sitting, now))])


def _weeks(cohort: Cohort, now: datetime) -> tuple[int, int]:
    today = _today(cohort, now)
    weeks = max(1, ((cohort.ends_on - cohort.starts_on).days + 6) // 7)
    return min(max(0, (today - cohort.starts_on).days // 7 + 1), weeks), weeks


def _today(cohort: Cohort, now: datetime) -> date:
    return now.astimezone(ZoneInfo(cohort.zone)).date()


def _minutes_left(step: learning_rules.Step | None, states: dict[str, learning_rules.LessonState]) -> int:
    if step is None or step.lesson is None:
        return 0
    opened = states.get(step.lesson.id, learning_rules.UNTOUCHED).opened
    left = step.lesson.parts - len([part for part in opened if part <= step.lesson.parts])
    return max(1, step.lesson.minutes * left // max(1, step.lesson.parts))


def _progress(
    module: ModuleLine, states: dict[str, learning_rules.LessonState], results: dict[str, QuizResult]
) -> ModuleProgress:
    far = learning_rules.progress(module, states, results)
    return ModuleProgress(
        module.id, module.number, module.title, len(module.lessons), far.done, far.begun, far.finished
    )


def _is_ahead(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> bool:
    return bool(starts_at and ends_at and ends_at > now and starts_at < now + AHEAD)


@dataclass(frozen=True, slots=True)
class Call:
    """A student who may be glad of a call, and why."""

    enrolment: Enrolment
    reasons: tuple[rules.Reason, ...]


@dataclass(frozen=True, slots=True)
class FacilitatorHome:
    """Everything on a facilitator's first page."""

    to_read: int
    oldest_sent_at: datetime | None
    to_decide: int
    to_grade: int
    meetings: tuple[Meeting, ...]
    unrecorded: tuple[Meeting, ...]
    calls: tuple[Call, ...]
    students: int


def facilitator_home(s: Session, actor: Actor, *, now: datetime) -> FacilitatorHome:
    """Gather a facilitator's first page, in a constant number of queries."""
    ids = sorted(actor.facilitates)
    waiting = ask(s, (narratives.WAITING_ARM, quizzes.WAITING_ARM, *hours.WAITING_ARMS), cohorts=ids)
    [to_read] = waiting["to_read"]
    # A day earlier than it is in UTC: where the cohort is, its last evening may not be over.
    seats = seats_in(s, ids, since=(now - timedelta(days=1)).date())
    running = [x for x in seats if x.status == "enrolled" and x.cohort.ends_on >= _today(x.cohort, now)]
    classes = _classes(s, ids)
    return FacilitatorHome(
        to_read=to_read.number,
        oldest_sent_at=to_read.at,
        to_decide=sum(fact.number for fact in waiting["to_decide"]),
        to_grade=waiting["to_grade"][0].number,
        meetings=tuple(m for m, _taken in classes if _is_ahead(m.starts_at, m.ends_at, now)),
        unrecorded=tuple(m for m, taken in classes if m.starts_at <= now and not taken),
        calls=_calls(s, running, now),
        students=len(running),
    )


def _classes(s: Session, cohort_ids: Sequence[int]) -> list[tuple[Meeting, bool]]:
    """The classes of these cohorts in order, each with whether anybody's attendance was recorded."""
    taken = sa.exists().where(Attendance.meeting_id == Meeting.id)
    asked = sa.select(Meeting, taken).where(Meeting.cohort_id.in_(cohort_ids), Meeting.cancelled_at.is_(None))
    rows = s.execute(asked.order_by(Meeting.starts_at, Meeting.id).options(joinedload(Meeting.cohort)))
    return [(meeting, recorded) for meeting, recorded in rows]


def seats_in(s: Session, cohort_ids: Sequence[int], since: date = date.min) -> list[Enrolment]:
    """Return the enrolments of these cohorts that are not over by `since`, by name, with all they belong to."""
    cohort = contains_eager(Enrolment.cohort)
    found = (
        sa.select(Enrolment)
        .join(Enrolment.cohort)
        .where(Enrolment.cohort_id.in_(cohort_ids), Cohort.ends_on >= since)
        .options(joinedload(Enrolment.person), cohort.joinedload(Cohort.provider), cohort.joinedload(Cohort.release))
    )
    return sorted(s.scalars(found), key=lambda seat: seat.person.name.casefold())


def _calls(s: Session, seats: Sequence[Enrolment], now: datetime) -> tuple[Call, ...]:
    gathered = certificates.gather(s, seats, now=now)
    found = {seat.id: rules.reasons(_signs(seat, gathered), now) for seat in seats}
    by_id = {seat.id: seat for seat in seats}
    return tuple(Call(by_id[one], found[one]) for one in rules.with_a_reason(found, list(by_id)))


def _signs(seat: Enrolment, gathered: certificates.Gathered) -> rules.Signs:
    facts, states = gathered.facts[seat.id], gathered.lessons.get(seat.id, {})
    held = [meeting for meeting in gathered.hours[seat.id].meetings if meeting.held and meeting.mark]
    start = datetime.combine(seat.cohort.starts_on, time(), ZoneInfo(seat.cohort.zone))
    return rules.Signs(
        begun_at=max(seat.enrolled_at, start),
        last_read_at=max((state.last_at for state in states.values() if state.last_at), default=None),
        lessons_done=facts.lessons.done,
        lessons_required=facts.lessons.required,
        last_class_mark=held[-1].mark if held else None,
        returned=tuple(one.title for one in facts.narratives if one.state == "returned"),
    )


@dataclass(frozen=True, slots=True)
class CohortBoard:
    """One cohort at a glance."""

    cohort: Cohort
    enrolled: int
    withdrawn: int
    ready: int
    certified: int
    next_meeting: Meeting | None


@dataclass(frozen=True, slots=True)
class CoordinatorHome:
    """Everything on a coordinator's first page."""

    boards: tuple[CohortBoard, ...]
    failed_letters: int


def coordinator_home(s: Session, actor: Actor, *, now: datetime) -> CoordinatorHome:
    """Gather a coordinator's first page, in a constant number of queries; only those without a certificate are judged."""
    mine = sa.select(Cohort).where(Cohort.provider_id.in_(actor.coordinates)).order_by(Cohort.starts_on.desc())
    cohorts = list(s.scalars(mine.options(joinedload(Cohort.provider), joinedload(Cohort.release))))
    seats = seats_in(s, [cohort.id for cohort in cohorts])
    providers, ids = sorted(actor.coordinates), [seat.id for seat in seats]
    asked = ask(s, (certificates.ISSUED_ARM, _FAILED_LETTERS), ids=ids, providers=providers)
    issued = certificates.issued_from(asked)
    valid = {seat.id for seat in seats if seat.id in issued and issued[seat.id].revoked_at is None}
    open_ = [seat for seat in seats if seat.id not in valid and seat.status != "withdrawn"]
    gathered = certificates.gather(s, open_, now=now)
    ready = {seat.id for seat in open_ if gathered.verdicts[seat.id].granted}
    coming = [m for m, _taken in _classes(s, [c.id for c in cohorts]) if _is_ahead(m.starts_at, m.ends_at, now)]
    boards = tuple(_board(c, [x for x in seats if x.cohort_id == c.id], valid, ready, coming) for c in cohorts)
    return CoordinatorHome(boards, asked["letters"][0].number)


_PROVIDERS = sa.bindparam("providers", expanding=True, type_=sa.Integer())


def _addresses() -> sa.CompoundSelect[str | None]:
    """Everybody whom these providers teach, employ or have invited, and the funders of their grants."""
    cohorts = sa.select(Cohort.id).where(Cohort.provider_id.in_(_PROVIDERS))
    grants = sa.select(Grant.id).where(Grant.provider_id.in_(_PROVIDERS))
    taught = sa.select(Person.email).join(Enrolment, Enrolment.person_id == Person.id)
    offices = sa.select(Person.email).join(Appointment, Appointment.person_id == Person.id)
    return sa.union(
        taught.where(Enrolment.cohort_id.in_(cohorts)),
        offices.where(_of_these(Appointment, cohorts, grants)),
        sa.select(Invitation.email).where(_of_these(Invitation, cohorts, grants)),
    )


def _of_these(
    office: type[Appointment] | type[Invitation], cohorts: sa.Select[int], grants: sa.Select[int]
) -> sa.ColumnElement[bool]:
    return sa.or_(office.provider_id.in_(_PROVIDERS), office.cohort_id.in_(cohorts), office.grant_id.in_(grants))


_OURS = Message.recipient.in_(_addresses())
_FAILED = sa.select(sa.func.count()).select_from(Message).where(Message.state == "failed", _OURS).scalar_subquery()
_FAILED_LETTERS = arm("letters", 0, "", numbers=[_FAILED])


def _board(
    cohort: Cohort, seats: Sequence[Enrolment], valid: set[int], ready: set[int], coming: Sequence[Meeting]
) -> CohortBoard:
    return CohortBoard(
        cohort=cohort,
        enrolled=sum(1 for seat in seats if seat.status != "withdrawn"),
        withdrawn=sum(1 for seat in seats if seat.status == "withdrawn"),
        ready=sum(1 for seat in seats if seat.id in ready),
        certified=sum(1 for seat in seats if seat.id in valid),
        next_meeting=next((meeting for meeting in coming if meeting.cohort_id == cohort.id), None),
    )


def grants_of(s: Session, actor: Actor) -> list[Grant]:
    """Return the grants that a funder looks after."""
    return list(s.scalars(sa.select(Grant).where(Grant.id.in_(actor.funds)).order_by(Grant.starts_on.desc())))


def letters(s: Session, actor: Actor, limit: int = 100) -> list[Message]:
    """Return the newest letters to people of a coordinator's providers, failed ones first; never their text."""
    failed_first = sa.case((Message.state == "failed", 0), (Message.state == "due", 1), else_=2)
    newest = sa.select(Message).where(_OURS).order_by(failed_first, Message.id.desc()).limit(limit)
    return list(
        s.scalars(newest.options(defer(Message.body, raiseload=True)), {"providers": sorted(actor.coordinates)})
    )


def is_ready(s: Session) -> bool:
    """Say whether the database answers and holds a release."""
    return curriculum.newest(s) is not None
