"""The outline of a release: every module, lesson, meeting, homework, narrative and quiz in one small piece."""

from dataclasses import dataclass, field
from functools import lru_cache
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


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The whole programme at a glance. Key `outline`. A release has one, so it is equal to nothing but itself."""

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
        return _modules(self).get(module_id)

    def lesson(self, lesson_id: str) -> tuple[ModuleLine, LessonLine] | None:
        """Find a lesson and its module by the lesson's id."""
        return _lessons(self).get(lesson_id)

    def meeting(self, key: str) -> tuple[ModuleLine, MeetingLine] | None:
        """Find a meeting guide and its module by key."""
        return _meetings(self).get(key)

    def homework_of(self, key: str) -> tuple[ModuleLine, HomeworkLine] | None:
        """Find a homework and its module by key."""
        return _homework(self).get(key)

    def narrative(self, key: str) -> tuple[ModuleLine, NarrativeLine] | None:
        """Find a narrative and its module by key."""
        return _narratives(self).get(key)

    def quiz(self, quiz_id: str) -> QuizLine | None:
        """Find a quiz by id."""
        return _quizzes(self).get(quiz_id)


# What an outline holds, by id: a page looks up two hundred things, and going through the modules for each took a tenth of it.
_remembered = lru_cache(maxsize=32)


@_remembered
def _modules(outline: Outline) -> dict[str, ModuleLine]:
    return {module.id: module for module in outline.modules}


@_remembered
def _lessons(outline: Outline) -> dict[str, tuple[ModuleLine, LessonLine]]:
    return {line.id: (module, line) for module in outline.modules for line in module.lessons}


@_remembered
def _meetings(outline: Outline) -> dict[str, tuple[ModuleLine, MeetingLine]]:
    return {line.key: (module, line) for module in outline.modules for line in module.meetings}


@_remembered
def _homework(outline: Outline) -> dict[str, tuple[ModuleLine, HomeworkLine]]:
    return {line.key: (module, line) for module in outline.modules for line in module.homework}


@_remembered
def _narratives(outline: Outline) -> dict[str, tuple[ModuleLine, NarrativeLine]]:
    return {line.key: (module, line) for module in outline.modules for line in module.narratives}


@_remembered
def _quizzes(outline: Outline) -> dict[str, QuizLine]:
    return {quiz.id: quiz for quiz in outline.quizzes}
