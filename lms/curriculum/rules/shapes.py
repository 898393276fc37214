"""The compiled curriculum as other rooms read it: frozen, plain, the same on every machine.

Each top-level class is one piece of a release, stored as JSON under the key its docstring names.
Minutes are whole minutes; HTML is sanitised and may hold `{{crisis:<id>}}`, filled when served.
"""

from dataclasses import dataclass, field
from typing import Literal

from lms.curriculum.rules.outline import (
    MODALITIES,
    HomeworkLine,
    LessonLine,
    MeetingLine,
    Modality,
    ModuleLine,
    NarrativeLine,
    Outline,
    QuizLine,
)
from lms.curriculum.rules.tasks import ItemType, Task

__all__ = [
    "MODALITIES",
    "AgendaItem",
    "Agreement",
    "Bank",
    "Competency",
    "CompetencyMap",
    "Criterion",
    "Draw",
    "Framework",
    "FrameworkEntry",
    "Homework",
    "HomeworkLine",
    "Item",
    "Lesson",
    "LessonLine",
    "Level",
    "MeetingGuide",
    "MeetingLine",
    "Modality",
    "ModalityRule",
    "ModuleGuide",
    "ModuleLine",
    "Narrative",
    "NarrativeLine",
    "Option",
    "Outline",
    "Part",
    "Pathway",
    "Quiz",
    "QuizLine",
    "Rubric",
    "Source",
    "SupportLine",
    "SupportLineSet",
]


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
    weight: int | None = None
    """Only in a `situational`: what experts found it worth, the best being 100; `feedback` is their reason."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question; `stem` and `rationale` are sanitised HTML. A blueprint draws it under its first competency."""

    id: str
    type: ItemType
    competencies: tuple[str, ...]
    difficulty: int
    lesson: str
    stem: str
    options: tuple[Option, ...]
    rationale: str
    task: Task | None = None
    """What is asked where options are not enough; None for the types that are answered by choosing."""


@dataclass(frozen=True, slots=True)
class Draw:
    """How many questions come from where. `competency` is empty for a draw over the whole of `banks`."""

    banks: tuple[str, ...]
    competency: str
    count: int
    difficulty: int | None = None
    """None: whatever the difficulty."""

    def takes(self, item: Item) -> bool:
        """Say whether a question may be drawn here: by its first competency, so that it stands under one draw only."""
        if self.competency and item.competencies[0] != self.competency:
            return False
        return self.difficulty is None or item.difficulty == self.difficulty


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
    review: Literal["score", "when_passed", "when_done", "feedback"]
    """When the questions are shown with what was right: never, once it is passed, once no attempt is left besides, at once."""
    items: tuple[Item, ...]
    """Empty when the questions are drawn."""
    draws: tuple[Draw, ...]
    overdue: Literal["submit", "grace", "abandon"] = "submit"
    """What becomes of an attempt that nobody sent in time; `grace` lets it be sent for `grace_minutes` more."""
    grace_minutes: int = 0


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
