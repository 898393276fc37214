"""The keys of every file an author writes, and what each may hold. Strict: an unknown key is an error."""

from typing import Annotated, Any, Literal

from pydantic import Field

from lms.curriculum.rules.item_schema import ItemIn
from lms.curriculum.rules.pathway_schema import PathwayIn
from lms.curriculum.rules.sheet import Day, Id, LineId, Number, Sheet, SourceIn, Url, Weights, Words


class ProgrammeIn(Sheet):
    """`programme.yaml`: the programme's name and the order of its modules."""

    id: Id
    title: Words
    language: Literal["en", "es"] = "en"
    modules: Annotated[list[Id], Field(min_length=1)]


class EntryIn(Sheet):
    """One line of a framework."""

    id: Id
    title: Words


class FrameworkIn(Sheet):
    """A public framework of competencies."""

    id: Id
    title: Words
    source: Url
    verified_on: Day
    entries: Annotated[list[EntryIn], Field(min_length=1)]


class CompetencyIn(Sheet):
    """One competency of ours; `maps` names one entry per framework, or `outside`."""

    id: Id
    title: Words
    gist: Words
    maps: dict[Id, Id]


class CompetenciesIn(Sheet):
    """`competencies.yaml`: ours, and how they map to public frameworks."""

    frameworks: list[FrameworkIn]
    competencies: Annotated[list[CompetencyIn], Field(min_length=1)]


class CrisisLineIn(Sheet):
    """One support line; what a line does not have is null."""

    id: LineId
    name: Words
    call: Number | None = None
    text: Number | None = None
    text_word: str | None = None
    chat: Url | None = None
    display: Words
    hours: Words
    languages: Words
    scope: Words
    police: Words
    strip: bool = False
    foot: bool = False
    source: Url
    verified_on: Day | None
    verified_by: str | None


class CrisisLinesIn(Sheet):
    """`crisis-lines.yaml`: every support line, with who checked it and when."""

    note: str | None = None
    lines: Annotated[list[CrisisLineIn], Field(min_length=1)]


class ModuleIn(Sheet):
    """`module.yaml`: what a module is for."""

    title: Words
    summary: Words
    objectives: Annotated[list[Words], Field(min_length=1)]
    competencies: Annotated[list[Id], Field(min_length=1)]
    content_note: str | None = None
    overview: str = ""


class DifficultyIn(Sheet):
    """How hard a lesson is to read, and why we think so."""

    level: Annotated[int, Field(ge=1, le=5)]
    reason: Words


class LessonIn(Sheet):
    """The head of a lesson."""

    title: Words
    summary: Words
    modality: Literal["self_paced"] = "self_paced"
    minutes: Annotated[int, Field(ge=1, le=600)]
    practice_minutes: Annotated[int, Field(ge=0, le=240)] = 0
    competencies: Weights
    content_note: str | None = None
    difficulty: DifficultyIn
    sources: Annotated[list[SourceIn], Field(min_length=1)]


class AgendaIn(Sheet):
    """One block of a meeting."""

    minutes: Annotated[int, Field(ge=1, le=600)]
    title: Words
    is_break: Annotated[bool, Field(alias="break")] = False


class MeetingIn(Sheet):
    """The head of a meeting guide."""

    title: Words
    purpose: Words
    modality: Literal["in_person", "live_virtual"]
    minutes: Annotated[int, Field(ge=1, le=1000)]
    competencies: Weights
    facilitators: Annotated[int, Field(ge=1, le=20)]
    materials: list[Words] = Field(default_factory=list)
    agenda: Annotated[list[AgendaIn], Field(min_length=1)]


class HomeworkIn(Sheet):
    """The head of a homework."""

    title: Words
    minutes: Annotated[int, Field(ge=1, le=3000)]
    reason: Words
    competencies: Weights
    hand_in: Words


class RangeIn(Sheet):
    """From how many to how many."""

    low: Annotated[int, Field(ge=0, alias="from")]
    high: Annotated[int, Field(ge=1, alias="to")]


class NarrativeIn(Sheet):
    """The head of a narrative."""

    title: Words
    summary: Words
    words: RangeIn
    rubric: Id
    interview: bool
    competencies: Annotated[list[Id], Field(min_length=1)]


class LevelIn(Sheet):
    """One level of a criterion."""

    points: Annotated[int, Field(ge=0, le=3)]
    name: Words
    text: Words
    next: str = ""


class CriterionIn(Sheet):
    """One line of a rubric."""

    id: Id
    title: Words
    levels: list[LevelIn]


class PassIn(Sheet):
    """What a text needs to be found ready."""

    points: Annotated[int, Field(ge=0)]
    no_zero: bool


class RubricIn(Sheet):
    """`rubrics/<id>.yaml`: how a narrative is read."""

    title: Words
    needed: Annotated[PassIn, Field(alias="pass")]
    criteria: Annotated[list[CriterionIn], Field(min_length=1)]


class BankIn(Sheet):
    """`quizzes/banks/<id>.yaml`: questions to draw from."""

    title: Words
    module: Id
    items: Annotated[list[ItemIn], Field(min_length=1)]


class BlueprintIn(Sheet):
    """How many questions of one competency, and of which difficulty if that is said."""

    competency: Id
    difficulty: Annotated[int, Field(ge=1, le=3)] | None = None
    count: Annotated[int, Field(ge=1, le=500)]


class DrawIn(Sheet):
    """Where a quiz's questions come from: its own items, one bank, or banks by blueprint."""

    items: Literal["all"] | None = None
    bank: Id | None = None
    count: Annotated[int, Field(ge=1, le=500)] | None = None
    banks: list[Id] | None = None
    blueprint: list[BlueprintIn] | None = None


class ShuffleIn(Sheet):
    """What is put in another order for each attempt."""

    questions: bool = True
    options: bool = True


class QuizIn(Sheet):
    """`quizzes/<id>.yaml`: a lesson check, a module quiz or an exam."""

    title: Words
    kind: Literal["lesson", "module", "exam"]
    subject: Annotated[Id, Field(alias="for")]
    time_limit_minutes: Annotated[int, Field(ge=1, le=600)] | None
    overdue: Literal["submit", "grace", "abandon"] = "submit"
    grace_minutes: Annotated[int, Field(ge=0, le=120)] = 0
    attempts: Annotated[int, Field(ge=1, le=100)] | None
    retry_after_hours: Annotated[int, Field(ge=0, le=2000)] = 0
    pass_percent: Annotated[int, Field(ge=1, le=100)]
    draw: DrawIn
    shuffle: ShuffleIn = Field(default_factory=ShuffleIn)
    review: Literal["score", "when_passed", "when_done", "feedback"]
    items: list[ItemIn] = Field(default_factory=list)


FILES: dict[str, type[Sheet]] = {
    "programme": ProgrammeIn,
    "competencies": CompetenciesIn,
    "crisis-lines": CrisisLinesIn,
    "pathway": PathwayIn,
    "rubric": RubricIn,
    "module": ModuleIn,
    "lesson": LessonIn,
    "meeting": MeetingIn,
    "homework": HomeworkIn,
    "narrative": NarrativeIn,
    "quiz": QuizIn,
    "bank": BankIn,
}


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of one kind of file, for an author's editor."""
    schema = FILES[kind].model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
