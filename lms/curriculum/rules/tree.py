"""The parsed curriculum: every file as checked data with its lines, and what could not be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from lms.core.crypto import digest
from lms.curriculum.rules import reading, schema
from lms.curriculum.rules.item_schema import ItemIn
from lms.curriculum.rules.pathway_schema import PathwayIn
from lms.curriculum.rules.sheet import Sheet

Data = TypeVar("Data", bound=Sheet)
Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]
Lines = dict[Path, int]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: where, what is wrong, and how to mend it."""

    file: str
    line: int
    what: str
    how: str
    severity: Severity = "error"

    def __str__(self) -> str:
        mark = "" if self.severity == "error" else "warning: "
        return f"{self.file}:{self.line}: {mark}{self.what} {self.how}".rstrip()


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML and what the checks need to know of it."""

    html: str
    words: int
    prose: tuple[str, ...]
    """Running text by block, without headings and tables."""
    links: tuple[str, ...]
    images: tuple[tuple[str, str], ...]
    """Source and alternative text."""
    ids: tuple[str, ...]
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is found out about a text only once: how it renders, and how hard it is to read; each by the text's hash."""

    pages: dict[str, Rendered] = field(default_factory=dict)
    grades: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Memo:
    """Texts looked at before: `known` from an earlier run, `used` in this one."""

    known: Kept = field(default_factory=Kept)
    used: Kept = field(default_factory=Kept)

    def grade(self, blocks: Sequence[str]) -> float | None:
        """Return the reading grade of a text, counted once."""
        key = digest("\n".join(blocks))
        if key not in self.used.grades:
            known = self.known.grades
            self.used.grades[key] = known[key] if key in known else reading.grade(blocks)
        return self.used.grades[key]


@dataclass(frozen=True, slots=True)
class Part:
    """One `## ` part of a Markdown file, rendered."""

    title: str
    line: int
    text: str
    page: Rendered


@dataclass(frozen=True, slots=True)
class File(Generic[Data]):
    """One file: its id and number in the order, its data with lines and, for Markdown, its parts."""

    file: str
    id: str
    data: Data
    lines: Lines
    number: int = 0
    parts: tuple[Part, ...] = ()
    opening: Rendered | None = None
    """What stands before the first `## `; None if nothing does."""
    body: str = ""
    body_line: int = 1

    def line(self, *path: str | int) -> int:
        """Return the line of the value at `path`, or of the nearest thing around it."""
        return nearest(self.lines, path)

    def problem(self, line: int, what: str, how: str = "", severity: Severity = "error") -> Problem:
        """Say that something on `line` of this file is to be mended."""
        return Problem(self.file, line, what, how, severity)

    @property
    def words(self) -> int:
        """How many words the body has, without the titles of its parts."""
        return sum(part.page.words for part in self.parts)

    @property
    def pages(self) -> tuple[tuple[int, str, Rendered], ...]:
        """Every rendered stretch of the body with its first line and source."""
        return tuple((part.line, part.text, part.page) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Module:
    """One module's folder."""

    id: str
    number: int
    folder: str
    head: File[schema.ModuleIn] | None
    lessons: tuple[File[schema.LessonIn], ...] = ()
    meetings: tuple[File[schema.MeetingIn], ...] = ()
    homework: tuple[File[schema.HomeworkIn], ...] = ()
    narratives: tuple[File[schema.NarrativeIn], ...] = ()

    @property
    def documents(self) -> tuple[File[Any], ...]:
        """Everything of the module that is written in Markdown."""
        return (*self.lessons, *self.meetings, *self.homework, *self.narratives)


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything the authors wrote, as far as it could be read. `broken` names what is there but could not be."""

    programme: File[schema.ProgrammeIn] | None = None
    competencies: File[schema.CompetenciesIn] | None = None
    crisis: File[schema.CrisisLinesIn] | None = None
    pathways: tuple[File[PathwayIn], ...] = ()
    rubrics: tuple[File[schema.RubricIn], ...] = ()
    modules: tuple[Module, ...] = ()
    quizzes: tuple[File[schema.QuizIn], ...] = ()
    banks: tuple[File[schema.BankIn], ...] = ()
    broken: frozenset[str] = frozenset()
    """`lesson:<id>`, `quiz:<id>` …: a reference to one of these is not reported a second time."""
    memo: Memo = field(default_factory=Memo, compare=False, repr=False)

    def lessons(self) -> Iterator[tuple[Module, File[schema.LessonIn]]]:
        """Give every lesson with its module, in order."""
        return ((module, lesson) for module in self.modules for lesson in module.lessons)

    def holders(self) -> tuple[File[schema.QuizIn] | File[schema.BankIn], ...]:
        """Return every file that may hold questions."""
        return (*self.quizzes, *self.banks)

    def items(self) -> Iterator[tuple[File[schema.QuizIn] | File[schema.BankIn], int, ItemIn]]:
        """Give every question with its file and its place in it."""
        for holder in self.holders():
            for at, item in enumerate(holder.data.items):
                yield holder, at, item


def nearest(lines: Lines, path: Path) -> int:
    """Return the line of the value at `path`, or of the nearest thing around it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)
