"""Answers that were kept aside and that a person let count."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lms.quizzes.rules.choices import Choice
from lms.quizzes.rules.marking import Grades, score
from lms.quizzes.rules.paper import Paper

ASIDE = ("late", "closed", "paused")
"""What is kept aside, by why."""
IN_TIME = 0
"""What stands for the arrival of an answer that was not late."""


class Late(NamedTuple):
    """A late answer that counts; `arrival` tells it from others to the same question."""

    position: int
    choice: Choice
    arrival: int


TextGrades = Mapping[tuple[int, int], int]
"""What people gave for each written text, by position and arrival, in hundredths of a point."""


class Counted(NamedTuple):
    """What counts for each question, in the order in which `score` and `review` take it."""

    choices: dict[int, Choice]
    grades: Grades
    waits: frozenset[int]
    """Where a text is still to be graded, whatever another one was given."""


def counted(
    paper: Paper, standing: Mapping[int, Choice], accepted: Iterable[Late], given: TextGrades | None = None
) -> Counted:
    """Return what counts for each question: of what stood and what was accepted, whichever is worth most.

    Letting a late answer count can therefore only help; nobody has to weigh whether it would harm. What a written text
    is worth a person says, for each by itself.
    """
    by_person = {q.position for q in paper.questions if q.by_person}
    best, texts = dict(standing), [Late(at, choice, IN_TIME) for at, choice in standing.items() if at in by_person]
    for late in accepted:
        if late.position in by_person:
            texts.append(late)
        elif _worth(paper, late.position, late.choice) > _worth(paper, late.position, best.get(late.position, ())):
            best[late.position] = late.choice
    return _with_texts(best, [one for one in texts if one.choice], given or {})


def _with_texts(best: dict[int, Choice], texts: Iterable[Late], given: TextGrades) -> Counted:
    worth = {one: given.get((one.position, one.arrival)) for one in texts}
    grades: dict[int, int] = {}
    for one, points in sorted(worth.items(), key=lambda pair: -1 if pair[1] is None else pair[1]):
        best[one.position] = one.choice
        if points is not None:
            grades[one.position] = points
    return Counted(best, grades, frozenset(one.position for one, points in worth.items() if points is None))


def _worth(paper: Paper, position: int, choice: Choice) -> int:
    return next((one.points for one in score(paper, {position: choice}).marked if one.position == position), 0)
