"""Points, in hundredths of a point, whole numbers throughout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.quizzes.rules.paper import Paper, Question

POINT = 100


@dataclass(frozen=True, slots=True)
class Marked:
    """One question's points."""

    position: int
    points: int
    answered: bool


@dataclass(frozen=True, slots=True)
class Score:
    """The points of a whole attempt."""

    points: int
    out_of: int
    marked: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A question after closing, with what was chosen."""

    question: Question
    points: int
    chosen: frozenset[int]


def score(paper: Paper, responses: Mapping[int, Sequence[int]]) -> Score:
    """Mark a paper: every question is worth one point; an unanswered one gives none and takes none away."""
    marked = tuple(_mark(question, frozenset(responses.get(question.position, ()))) for question in paper.questions)
    return Score(sum(one.points for one in marked), POINT * len(marked), marked)


def _mark(question: Question, chosen: frozenset[int]) -> Marked:
    return Marked(question.position, _points(question, chosen), bool(chosen))


def _points(question: Question, chosen: frozenset[int]) -> int:
    right = question.right
    if question.item.type != "multiple":
        return POINT if chosen and chosen == right else 0
    # Each right choice counts and each wrong one takes away as much: ticking every box must not pay.
    balance = len(chosen & right) - len(chosen - right)
    return POINT * max(0, balance) // max(1, len(right))


def review(paper: Paper, responses: Mapping[int, Sequence[int]]) -> tuple[Reviewed, ...]:
    """Put each question beside what was chosen and what it gave, for the page after closing."""
    return tuple(
        Reviewed(question, mark.points, frozenset(responses.get(question.position, ())))
        for question, mark in zip(paper.questions, score(paper, responses).marked, strict=True)
    )


def passes(points: int, out_of: int, pass_percent: int) -> bool:
    """Whether the pass mark is reached, without rounding."""
    return out_of > 0 and points * 100 >= pass_percent * out_of


def percent(points: int, out_of: int) -> int:
    """Return whole per cent, rounded down, so that nobody reads the pass mark under a score that missed it."""
    return points * 100 // out_of if out_of else 0
