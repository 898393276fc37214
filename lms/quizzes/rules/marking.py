"""Points, in hundredths of a point, whole numbers throughout. Every question is worth one point."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from lms.curriculum.rules.tasks import Cloze, Gap, Matching, Numeric, Ordering, ShortAnswer, ShortText
from lms.curriculum.rules.text import folded
from lms.quizzes.rules.choices import Choice, fitted
from lms.quizzes.rules.numbers import within
from lms.quizzes.rules.paper import Paper, Question

POINT = 100


@dataclass(frozen=True, slots=True)
class Marked:
    """One question's points; `waiting`: a person has still to grade it, and until then it gives none."""

    position: int
    points: int
    answered: bool
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """The points of a whole attempt."""

    points: int
    out_of: int
    marked: tuple[Marked, ...]

    @property
    def waiting(self) -> bool:
        """Whether a person has still to grade something."""
        return any(one.waiting for one in self.marked)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A question after closing, with what was chosen."""

    question: Question
    points: int
    choice: Choice
    waiting: bool = False

    @property
    def fits(self) -> tuple[bool, ...]:
        """Which gaps of a `cloze` are filled rightly."""
        task = self.question.item.task
        gaps = task.gaps if isinstance(task, Cloze) else ()
        return tuple(map(_fills, self.choice, gaps)) if self.choice else (False,) * len(gaps)

    @property
    def chosen(self) -> frozenset[int]:
        """The numbers of the options that were chosen."""
        return frozenset(one for one in self.choice if isinstance(one, int))


Responses = Mapping[int, Sequence[int | str]]
Grades = Mapping[int, int]
"""What people gave for a `short_answer`, by position, in hundredths of a point."""


def score(paper: Paper, responses: Responses, grades: Grades | None = None, waits: Collection[int] = ()) -> Score:
    """Mark a paper; an unanswered question gives no points and takes none away.

    `waits` are the positions where a person has something to grade besides what they graded.
    """
    marked = tuple(
        _void(q, responses)
        if q.position in paper.void
        else _mark(q, tuple(responses.get(q.position, ())), grades or {}, waits)
        for q in paper.questions
    )
    return Score(sum(one.points for one in marked), POINT * len(marked), marked)


def _void(question: Question, responses: Responses) -> Marked:
    return Marked(question.position, POINT, bool(responses.get(question.position)))


def _mark(question: Question, given: Choice, grades: Grades, waits: Collection[int]) -> Marked:
    choice = fitted(question, given) or ()
    if isinstance(question.item.task, ShortAnswer):
        grade = grades.get(question.position)
        points = min(max(grade or 0, 0), POINT) if choice else 0
        waiting = bool(choice) and (grade is None or question.position in waits)
        return Marked(question.position, points, bool(choice), waiting)
    return Marked(question.position, _points(question, choice) if choice else 0, bool(given))


def _points(question: Question, choice: Choice) -> int:
    task = question.item.task
    if isinstance(task, Matching):
        return POINT * sum(map(_equal, choice, task.key)) // len(task.key)
    if isinstance(task, Ordering):
        return _in_order(choice, task.places)
    if isinstance(task, Numeric):
        return POINT if within(str(choice[0]), task.value, task.tolerance, task.unit) else 0
    if isinstance(task, ShortText):
        return POINT if _accepted(choice[0], task.accepted) else 0
    if isinstance(task, Cloze):
        return POINT * sum(map(_fills, choice, task.gaps)) // len(task.gaps)
    return _chosen(question, frozenset(one for one in choice if isinstance(one, int)))


def _chosen(question: Question, chosen: frozenset[int]) -> int:
    right = question.right
    if question.item.type == "situational":
        return _weighed(question, next(iter(chosen)))
    if question.item.type != "multiple":
        # One option is chosen. A ruling may have made two of them right; then either counts.
        return POINT if chosen and chosen <= right else 0
    # Each right choice counts and each wrong one takes away as much: ticking every box must not pay.
    balance = len(chosen & right) - len(chosen - right)
    return POINT * max(0, balance) // max(1, len(right))


def _weighed(question: Question, chosen: int) -> int:
    weights = [option.weight or 0 for option in question.item.options]
    return POINT * max(0, weights[chosen]) // max(1, *weights)


def _in_order(choice: Choice, places: tuple[int, ...]) -> int:
    # Counted by pairs, as Kendall did: one step moved far costs what it disturbs, not every step it slid past, and
    # steps put down at random come to nothing on average. Two in one place, or one left open, count neither way.
    balance = 0
    for (mine, right), (other, beside) in combinations(zip(choice, places, strict=True), 2):
        if isinstance(mine, int) and isinstance(other, int) and mine != other:
            balance += 1 if (mine < other) == (right < beside) else -1
    return POINT * max(0, balance) // max(1, len(places) * (len(places) - 1) // 2)


def _equal(given: int | str, right: int) -> bool:
    return given == right


def _accepted(given: int | str, accepted: Sequence[str]) -> bool:
    return folded(str(given)) in {folded(one) for one in accepted}


def _fills(given: int | str, gap: Gap) -> bool:
    if gap.choices:
        return isinstance(given, int) and gap.choices[given] in gap.accepted
    return given != "" and _accepted(given, gap.accepted)


def review(
    paper: Paper, responses: Responses, grades: Grades | None = None, waits: Collection[int] = ()
) -> tuple[Reviewed, ...]:
    """Put each question beside what was chosen and what it gave, for the page after closing."""
    return tuple(
        Reviewed(question, mark.points, tuple(responses.get(question.position, ())), mark.waiting)
        for question, mark in zip(paper.questions, score(paper, responses, grades, waits).marked, strict=True)
    )


def verdict(mark: Score, pass_percent: int, passed: bool | None = None) -> bool | None:
    """Whether an attempt is passed; None while a person has still to grade something, whatever the points are so far.

    One that was `passed` before does not become undecided because there is more to grade.
    """
    reached = passes(mark.points, mark.out_of, pass_percent)
    return None if mark.waiting and not (passed and reached) else reached


def passes(points: int, out_of: int, pass_percent: int) -> bool:
    """Whether the pass mark is reached, without rounding."""
    return out_of > 0 and points * 100 >= pass_percent * out_of


def percent(points: int, out_of: int) -> int:
    """Return whole per cent, rounded down, so that nobody reads the pass mark under a score that missed it."""
    return points * 100 // out_of if out_of else 0
