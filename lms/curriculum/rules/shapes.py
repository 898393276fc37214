"""The compiled curriculum as other rooms read it: frozen, plain, the same on every machine.

Each top-level class is one piece of a release, stored as JSON under the key its docstring names.
Minutes are whole minutes; HTML is sanitised and may hold `{{crisis:<id>}}`, filled when served.
"""

from dataclasses import dataclass, field
from typing import Literal

Modality = Literal["in_person", "live_virtual", "homework", "self_paced", "practicum"]
MODALITIES: tuple[Modality, ...] = ("in_person", "live_virtual", "homework", "self_paced", "practicum")


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson as the outline knows it. `check` is the id of its quiz, empty if it has none."""

    id: str
    title: str
    summary: str
    minutes: int
    parts: int
    competencies: dict[str, int]
    check: str
    content_note: str


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting guide as the outline knows it; `key` is `<module>/meeting-1`."""

    key: str
    title: str
    modality: Modality
    minutes: int
    competencies: dict[str, int]


@dataclass(frozen=True, slots=True)
class HomeworkLine:
    """A homework as the outline knows it; `key` is `<module>/homework-1`."""

    key: str
    title: str
    minutes: int
    competencies: dict[str, int]


@dataclass(frozen=True, slots=True)
class NarrativeLine:
    """A narrative as the outline knows it; `key` is `<module>/<narrative>`."""

    key: str
    title: str
    summary: str
    interview: bool


@dataclass(frozen=True, slots=True)
class QuizLine:
    """A quiz as the outline knows it; `subject` is the lesson, module or programme it is for."""

    id: str
    title: str
    kind: Literal["lesson", "module", "exam"]
    subject: str
    questions: int
    time_limit_minutes: int | None
    attempts: int | None
    pass_percent: int


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """A module as the outline knows it. `quiz` is the id of its module quiz, empty if it has none."""

    id: str
    number: int
    title: str
    summary: str
    objectives: tuple[str, ...]
    competencies: tuple[str, ...]
    content_note: str
    quiz: str
    lessons: tuple[LessonLine, ...]
    meetings: tuple[MeetingLine, ...]
    homework: tuple[HomeworkLine, ...]
    narratives: tuple[NarrativeLine, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole programme at a glance. Key `outline`."""

    id: str
    title: str
    language: str
    modules: tuple[ModuleLine, ...]
    quizzes: tuple[QuizLine, ...]
    competencies: dict[str, str]
    """Competency id → title."""
    pathways: dict[str, str]
    """Pathway id → title, only of those whose hours this curriculum can fill: these may be offered to a cohort."""
    unready: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Pathway id → what it asks for and this curriculum does not hold yet, in sentences."""

    def module(self, module_id: str) -> ModuleLine | None:
        """Find a module by id."""
        return next((m for m in self.modules if m.id == module_id), None)

    def lesson(self, lesson_id: str) -> tuple[ModuleLine, LessonLine] | None:
        """Find a lesson and its module by the lesson's id."""
        return next(((m, x) for m in self.modules for x in m.lessons if x.id == lesson_id), None)

    def meeting(self, key: str) -> tuple[ModuleLine, MeetingLine] | None:
        """Find a meeting guide and its module by key."""
        return next(((m, x) for m in self.modules for x in m.meetings if x.key == key), None)

    def homework_of(self, key: str) -> tuple[ModuleLine, HomeworkLine] | None:
        """Find a homework and its module by key."""
        return next(((m, x) for m in self.modules for x in m.homework if x.key == key), None)

    def narrative(self, key: str) -> tuple[ModuleLine, NarrativeLine] | None:
        """Find a narrative and its module by key."""
        return next(((m, x) for m in self.modules for x in m.narratives if x.key == key), None)

    def quiz(self, quiz_id: str) -> QuizLine | None:
        """Find a quiz by id."""
        return next((q for q in self.quizzes if q.id == quiz_id), None)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a lesson."""

    title: str
    html: str
    words: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson, ready to serve. Key `lesson:<id>`."""

    id: str
    module: str
    title: str
    summary: str
    minutes: int
    competencies: dict[str, int]
    content_note: str
    parts: tuple[Part, ...]
    sources: tuple[Source, ...]
    check: str
    words: int = 0
    practice_minutes: int = 0
    difficulty: int = 0
    difficulty_reason: str = ""
    """With `words`, `practice_minutes` and the check's questions: what the claimed minutes rest on."""


@dataclass(frozen=True, slots=True)
class ModuleGuide:
    """What facilitators read before teaching a module. Key `module:<id>`."""

    id: str
    title: str
    html: str


@dataclass(frozen=True, slots=True)
class FrameworkEntry:
    """One line of a public competency framework."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Framework:
    """A public competency framework that ours maps to."""

    id: str
    title: str
    source: str
    verified_on: str
    entries: tuple[FrameworkEntry, ...]


@dataclass(frozen=True, slots=True)
class Competency:
    """One of our competencies; `maps` holds one entry per framework, or `outside`."""

    id: str
    title: str
    gist: str
    maps: dict[str, str]


@dataclass(frozen=True, slots=True)
class CompetencyMap:
    """Our competencies and where each lands in the public frameworks. Key `competencies`."""

    frameworks: tuple[Framework, ...]
    competencies: tuple[Competency, ...]


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One block of a meeting."""

    minutes: int
    title: str
    is_break: bool = False


@dataclass(frozen=True, slots=True)
class MeetingGuide:
    """A facilitator's guide. Key `meeting:<module>/meeting-1`."""

    key: str
    module: str
    title: str
    purpose: str
    modality: Modality
    minutes: int
    competencies: dict[str, int]
    facilitators: int
    materials: tuple[str, ...]
    agenda: tuple[AgendaItem, ...]
    html: str


@dataclass(frozen=True, slots=True)
class Homework:
    """A homework with its participant sheet. Key `homework:<module>/homework-1`."""

    key: str
    module: str
    title: str
    minutes: int
    reason: str
    competencies: dict[str, int]
    hand_in: str
    html: str


@dataclass(frozen=True, slots=True)
class Narrative:
    """A narrative's instructions. Key `narrative:<module>/<id>`."""

    key: str
    module: str
    title: str
    summary: str
    words_from: int
    words_to: int
    rubric: str
    interview: bool
    competencies: tuple[str, ...]
    html: str


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a criterion; `next` says what to do from here."""

    points: int
    name: str
    text: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric, from strong to not yet."""

    id: str
    title: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Rubric:
    """How a narrative is read. Key `rubric:<id>`."""

    id: str
    title: str
    pass_points: int
    no_zero: bool
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose from; `text` and `feedback` are sanitised HTML without block elements."""

    text: str
    correct: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question; `stem` and `rationale` are sanitised HTML. A blueprint draws it under its first competency."""

    id: str
    type: Literal["single", "multiple", "true_false"]
    competencies: tuple[str, ...]
    difficulty: int
    lesson: str
    stem: str
    options: tuple[Option, ...]
    rationale: str


@dataclass(frozen=True, slots=True)
class Draw:
    """How many questions come from where. `competency` is empty for a draw over the whole of `banks`."""

    banks: tuple[str, ...]
    competency: str
    count: int


@dataclass(frozen=True, slots=True)
class Quiz:
    """A quiz with its own items (a lesson check) or its draws. Key `quiz:<id>`."""

    id: str
    title: str
    kind: Literal["lesson", "module", "exam"]
    subject: str
    time_limit_minutes: int | None
    attempts: int | None
    retry_after_hours: int
    pass_percent: int
    shuffle_questions: bool
    shuffle_options: bool
    review: Literal["score", "feedback"]
    items: tuple[Item, ...]
    """Empty when the questions are drawn."""
    draws: tuple[Draw, ...]


@dataclass(frozen=True, slots=True)
class Bank:
    """Questions to draw from. Key `bank:<id>`."""

    id: str
    title: str
    module: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ModalityRule:
    """What a pathway says about one kind of hour. `counts` false: recorded, but not toward the total."""

    min_minutes: int = 0
    max_minutes: int | None = None
    counts: bool = True
    needs_approval: bool = False
    """Counts only under the provider's recorded approval."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Something a student reads and accepts before a certificate; `text` is plain, one sentence a line."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Pathway:
    """The requirement set of one jurisdiction. Key `pathway:<id>`."""

    id: str
    title: str
    jurisdiction: str
    version: int
    effective_from: str
    verified_on: str
    sources: tuple[Source, ...]
    unconfirmed: tuple[str, ...]
    contact_hour_minutes: int
    self_paced_credit: Literal["completion", "seat_time"]
    reading_floor_percent: int
    total_minutes: int
    modalities: dict[Modality, ModalityRule]
    competency_minutes: dict[str, int]
    attendance_percent: int
    make_up: bool
    modules: tuple[str, ...]
    """Modules whose lessons must all be done."""
    quizzes: tuple[str, ...]
    exam: str
    """Empty: no exam."""
    narratives: tuple[str, ...]
    homework: tuple[str, ...]
    practice_minutes: int
    practice_day_minutes: int
    """The most that counts for one day."""
    certificate_title: str
    certificate_wording: str
    certificate_note: str
    valid_months: int | None
    approval_number: str = ""
    approval_from: str = ""
    approval_to: str = ""
    agreements: tuple[Agreement, ...] = ()


@dataclass(frozen=True, slots=True)
class SupportLine:
    """One support line; `display` is what a lesson prints for `{{crisis:<id>}}`."""

    id: str
    name: str
    display: str
    call: str = ""
    text: str = ""
    text_word: str = ""
    chat: str = ""
    hours: str = ""
    languages: str = ""
    scope: str = ""
    police: str = ""
    strip: bool = False
    foot: bool = False
    source: str = ""
    verified_on: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class SupportLineSet:
    """All support lines as last checked."""

    lines: tuple[SupportLine, ...] = field(default=())
    note: str = ""

    def line(self, line_id: str) -> SupportLine | None:
        """Find a line by id."""
        return next((x for x in self.lines if x.id == line_id), None)
