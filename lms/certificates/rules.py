"""The one rule: may this person have the certificate, and what is still missing? Pure; every answer carries its reasons.

Asked by the student's page, the facilitator's list, the funder's report and the issuer. Figures come from the pathway file,
which names its sources. Eligible is not awarded: a verdict changes nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Literal

from lms.curriculum.rules.shapes import Pathway
from lms.hours.rules import AttendanceSum, Share, Statement

State = Literal["met", "under_way", "to_come", "returned"]
Kind = Literal[
    "seat", "hours", "modality", "competency", "attendance", "lessons", "quiz", "exam", "narrative", "homework", "agreement"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """How many of the required lessons are done, and how many there are; a module this release lacks counts as one undone."""

    done: int
    required: int


@dataclass(frozen=True, slots=True)
class QuizFacts:
    """The standing of one required quiz or exam; percent is floored, None when never sat."""

    id: str
    title: str
    passed: bool
    percent: int | None
    tries: int
    open: bool
    passed_at: datetime | None = None
    pass_percent: int | None = None


@dataclass(frozen=True, slots=True)
class WritingFacts:
    """The standing of one required narrative or homework: `none`, `draft`, `waiting`, `accepted` or `returned`."""

    key: str
    title: str
    state: str
    at: datetime | date | None = None
    who: str = ""
    interview: bool = False


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """One agreement of the pathway, and when this student accepted the words it has now (None: not yet)."""

    id: str
    title: str
    words: str
    """The hash of its words."""
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a verdict rests on; what `issue` freezes into the evidence packet."""

    enrolment: str
    enrolment_status: str
    statement: Statement
    attendance: AttendanceSum
    lessons: LessonFacts
    quizzes: tuple[QuizFacts, ...]
    exam: QuizFacts | None
    narratives: tuple[WritingFacts, ...]
    homework: tuple[WritingFacts, ...]
    agreements: tuple[AgreementFacts, ...] = ()
    competencies: Mapping[str, str] = field(default_factory=dict)
    """The titles of the competencies, as they stood."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing the pathway asks for, where it stands, and the figures that say so (a page makes the sentence)."""

    kind: Kind
    id: str
    title: str
    state: State
    figures: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def met(self) -> bool:
        """Whether nothing is missing here."""
        return self.state == "met"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer. `granted` is exactly "nothing is missing"."""

    met: tuple[Requirement, ...]
    missing: tuple[Requirement, ...]

    @property
    def granted(self) -> bool:
        """Whether the certificate may be issued."""
        return not self.missing

    @property
    def all(self) -> tuple[Requirement, ...]:
        """Every requirement, what is missing first."""
        return (*self.missing, *self.met)


@dataclass(frozen=True, slots=True)
class Fold:
    """Several requirements of one kind that a first page says in one line.

    `all` is how many of the kind are asked for, `met` how many of them are met: what waits for a person is neither here nor there.
    """

    kind: Kind
    state: State
    these: tuple[Requirement, ...]
    all: int
    met: int


_FOLDED: frozenset[Kind] = frozenset({"modality", "competency", "quiz", "narrative", "homework", "agreement"})
_BY_HOURS: frozenset[Kind] = frozenset({"modality", "competency"})
_KIND = attrgetter("kind")


def in_brief(requirements: Sequence[Requirement], verdict: Verdict) -> tuple[Requirement | Fold, ...]:
    """Fold a verdict's met or missing requirements for a first page, in their order.

    Of a kind that is asked for many times, those that nobody has begun stand in one line, and so do those that are met.
    What is under way or came back stays a line of its own, because there is something to do; hours have a page of their own.
    """
    kinds, met = Counter(map(_KIND, verdict.all)), Counter(map(_KIND, verdict.met))
    folds: dict[Kind, list[Requirement]] = {}
    for one in filter(_is_folded, requirements):
        folds.setdefault(one.kind, []).append(one)
    lines: list[Requirement | Fold] = []
    for one in requirements:
        folded = folds[one.kind] if _is_folded(one) else []
        if len(folded) < 2:
            lines.append(one)
        elif one is folded[0]:
            lines.append(Fold(one.kind, _state_of(folded), tuple(folded), kinds[one.kind], met[one.kind]))
    return tuple(lines)


def _is_folded(one: Requirement) -> bool:
    return one.kind in _BY_HOURS or (one.kind in _FOLDED and one.state in ("met", "to_come"))


def _state_of(folded: Sequence[Requirement]) -> State:
    begun = any(one.state == "under_way" for one in folded)
    return "under_way" if begun else folded[0].state


def judge(facts: Facts, pathway: Pathway) -> Verdict:
    """Judge one person's facts by one pathway; what the pathway does not ask for is no requirement."""
    asked = [
        _seat(facts),
        _hours(facts.statement),
        *(_share("modality", share, share.key) for share in facts.statement.by_modality if share.needed),
        *(_competency(share, facts) for share in facts.statement.by_competency if share.needed),
        *([_attendance(facts.attendance, pathway)] if pathway.attendance_percent else []),
        *([_lessons(facts.lessons)] if facts.lessons.required else []),
        *(_quiz("quiz", quiz) for quiz in facts.quizzes),
        *([_quiz("exam", facts.exam)] if facts.exam else []),
        *(_writing("narrative", one) for one in facts.narratives),
        *(_writing("homework", one) for one in facts.homework),
        *(_agreement(one) for one in facts.agreements),
    ]
    return Verdict(tuple(x for x in asked if x.met), tuple(x for x in asked if not x.met))


def _seat(facts: Facts) -> Requirement:
    state: State = "met" if facts.enrolment_status in ("enrolled", "finished") else "to_come"
    return Requirement("seat", "seat", "", state, {"status": facts.enrolment_status})


def _hours(statement: Statement) -> Requirement:
    figures = {"counted": statement.counted, "waiting": statement.waiting, "needed": statement.needed}
    met = statement.counted >= statement.needed
    return Requirement("hours", "hours", "", _progress(met, statement.counted + statement.waiting), figures)


def _competency(share: Share, facts: Facts) -> Requirement:
    return _share("competency", share, facts.competencies.get(share.key, share.key))


def _share(kind: Kind, share: Share, title: str) -> Requirement:
    figures = {"counted": share.minutes, "waiting": share.waiting, "needed": share.needed}
    return Requirement(kind, share.key, title, _progress(share.met, share.minutes + share.waiting), figures)


def _attendance(attendance: AttendanceSum, pathway: Pathway) -> Requirement:
    figures = {"held": attendance.held, "attended": attendance.attended, "unrecorded": attendance.unrecorded}
    figures |= {"percent_needed": pathway.attendance_percent}
    met = attendance.reaches(pathway.attendance_percent)
    return Requirement("attendance", "attendance", "", _progress(met, attendance.held), figures)


def _lessons(lessons: LessonFacts) -> Requirement:
    figures = {"done": lessons.done, "required": lessons.required}
    return Requirement("lessons", "lessons", "", _progress(lessons.done >= lessons.required, lessons.done), figures)


def _quiz(kind: Kind, quiz: QuizFacts) -> Requirement:
    figures = {"percent": quiz.percent, "tries": quiz.tries, "open": quiz.open, "passed_at": quiz.passed_at}
    figures |= {"pass_percent": quiz.pass_percent}
    return Requirement(kind, quiz.id, quiz.title, _progress(quiz.passed, quiz.tries or quiz.open), figures)


def _writing(kind: Kind, writing: WritingFacts) -> Requirement:
    states: dict[str, State] = {"accepted": "met", "returned": "returned", "waiting": "under_way", "draft": "under_way"}
    figures = {"state": writing.state, "at": writing.at, "who": writing.who, "interview": writing.interview}
    return Requirement(kind, writing.key, writing.title, states.get(writing.state, "to_come"), figures)


def _agreement(agreement: AgreementFacts) -> Requirement:
    state: State = "met" if agreement.accepted_at else "to_come"
    return Requirement("agreement", agreement.id, agreement.title, state, {"at": agreement.accepted_at})


def _progress(met: bool, begun: int) -> State:
    if met:
        return "met"
    return "under_way" if begun else "to_come"


@dataclass(frozen=True, slots=True)
class QuizChange:
    """A quiz that a certificate rests on and whose figures are others today."""

    title: str
    then: QuizFacts
    today: QuizFacts


def quiz_changes(then: Facts, today: Facts) -> tuple[QuizChange, ...]:
    """Return the quizzes whose best result is not what it was; how often somebody has tried since is no matter."""
    now = {one.id: one for one in _quizzes(today)}
    pairs = [(one, now[one.id]) for one in _quizzes(then) if one.id in now]
    return tuple(
        QuizChange(before.title, before, after)
        for before, after in pairs
        if (before.passed, before.percent) != (after.passed, after.percent)
    )


def _quizzes(facts: Facts) -> tuple[QuizFacts, ...]:
    return (*facts.quizzes, *([facts.exam] if facts.exam else []))


@dataclass(frozen=True, slots=True)
class Face:
    """What a certificate and its public page say, frozen when it is issued; nothing about health, grades or a story.

    Days are ISO dates in the cohort's zone; `valid_until` is empty for no end, `approval` without a number valid on all days.
    """

    title: str
    holder: str
    programme: str
    course: str
    wording: str
    minutes: int
    by_modality: tuple[tuple[str, int], ...]
    first_on: str
    last_on: str
    pathway: str
    pathway_version: int
    pathway_from: str
    provider: str
    place: str
    provider_contact: str
    facilitators: tuple[str, ...]
    issued_by: str
    note: str
    approval: str
    issued_on: str
    valid_until: str
    release: str

    @property
    def first_day(self) -> date:
        """The first day of evidence."""
        return date.fromisoformat(self.first_on)

    @property
    def last_day(self) -> date:
        """The last day of evidence."""
        return date.fromisoformat(self.last_on)

    @property
    def pathway_day(self) -> date:
        """The day from which the rule was in force."""
        return date.fromisoformat(self.pathway_from)

    @property
    def issued_day(self) -> date:
        """The day of issue."""
        return date.fromisoformat(self.issued_on)

    @property
    def end_day(self) -> date | None:
        """The last day on which it is valid; None for no end."""
        return date.fromisoformat(self.valid_until) if self.valid_until else None


def face_from(stored: Mapping[str, Any]) -> Face:
    """Read a face as it was stored (JSON knows lists, not tuples)."""
    by_modality = tuple((str(key), int(minutes)) for key, minutes in stored["by_modality"])
    return Face(**{**stored, "by_modality": by_modality, "facilitators": tuple(stored["facilitators"])})


def approved_on(pathway: Pathway, first: date, last: date) -> str:
    """Return the approval number if it was valid on all class dates, else nothing; never "approved" without it."""
    inside = pathway.approval_from <= first.isoformat() and (
        not pathway.approval_to or last.isoformat() <= pathway.approval_to
    )
    return pathway.approval_number if pathway.approval_number and inside else ""


def valid_until(issued: date, months: int | None) -> date | None:
    """Return the day a certificate ends: the same day `months` later, or the last of that month; None for no end."""
    if months is None:
        return None
    year, month = divmod(issued.year * 12 + issued.month - 1 + months, 12)
    for day in range(issued.day, 28, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(issued.day, 28))


Standing = Literal["valid", "ended", "revoked"]


def standing(valid_to: datetime | None, revoked_at: datetime | None, now: datetime) -> Standing:
    """Say whether a certificate is valid now; a revocation outlasts everything."""
    if revoked_at is not None and revoked_at <= now:
        return "revoked"
    return "ended" if valid_to is not None and valid_to <= now else "valid"
