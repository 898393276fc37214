"""How a paper is laid out on pages, and what the question map says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lms.quizzes.rules.answers import Held
from lms.quizzes.rules.choices import Choice, whole
from lms.quizzes.rules.paper import Paper, Question

PER_PAGE = 2
"""Few enough to read in peace, and to lose little when a line drops in a browser without scripts."""


@dataclass(frozen=True, slots=True)
class Line:
    """A question on the page, with the answer that stands."""

    question: Question
    choice: Choice
    later: bool
    sequence: int
    held: Held | None

    @property
    def whole(self) -> bool:
        """Whether nothing of the answer is missing."""
        return whole(self.question, self.choice)


@dataclass(frozen=True, slots=True)
class Spot:
    """A question in the map: `done` (answered), `way` (kept for later) or `open`, and the page it stands on."""

    position: int
    page: int
    state: Literal["done", "way", "open"]
    here: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of an attempt."""

    page: int
    pages: int
    lines: tuple[Line, ...]
    spots: tuple[Spot, ...]
    sequence: int
    """The highest count that any browser has used."""

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(spot.state == "done" for spot in self.spots)

    @property
    def later(self) -> int:
        """How many are kept for later."""
        return sum(spot.state == "way" for spot in self.spots)

    @property
    def unanswered(self) -> tuple[Spot, ...]:
        """The questions that have no answer, and those kept for later."""
        return tuple(spot for spot in self.spots if spot.state != "done")


def per_page(kind: str, questions: int) -> int:
    """How many questions a page shows: a lesson's check stands on one page."""
    return max(1, questions) if kind == "lesson" else PER_PAGE


def page_of(kind: str, questions: int, position: int) -> int:
    """Return the page a question stands on."""
    return (min(max(position, 1), max(questions, 1)) - 1) // per_page(kind, questions) + 1


def sheet(paper: Paper, held: Mapping[int, Held], kind: str, page: int) -> Sheet:
    """Lay out one page; a page that does not exist becomes the nearest one that does."""
    many = len(paper.questions)
    size = per_page(kind, many)
    pages = -(-many // size)
    page = min(max(page, 1), pages)
    shown = paper.questions[(page - 1) * size : page * size]
    spots = tuple(_spot(q, page_of(kind, many, q.position), held.get(q.position), page) for q in paper.questions)
    top = max((one.sequence for one in held.values()), default=0)
    return Sheet(page, pages, tuple(_line(q, held.get(q.position)) for q in shown), spots, top)


def _line(question: Question, held: Held | None) -> Line:
    if held is None:
        return Line(question, (), False, 1, None)
    return Line(question, held.choice, held.later, held.sequence + 1, held)


def _spot(question: Question, page: int, held: Held | None, current: int) -> Spot:
    state: Literal["done", "way", "open"] = "open"
    if held and held.later:
        state = "way"
    elif held and whole(question, held.choice):
        state = "done"
    return Spot(question.position, page, state, page == current)
