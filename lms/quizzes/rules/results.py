"""What a person's attempts at one quiz come to, and when they may try again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from lms.curriculum.rules.shapes import Quiz
from lms.quizzes.rules.marking import percent
from lms.quizzes.rules.timing import Recorded


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt as the summary needs it; points are None while it is open."""

    code: str
    quiz: str
    number: int
    state: Recorded
    deadline: datetime | None
    closed_at: datetime | None
    points: int | None
    out_of: int | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class QuizResult:
    """Where somebody stands with one quiz. `tries` counts closed attempts; points are hundredths of a point."""

    quiz: str
    tries: int
    best_points: int
    out_of: int
    best_percent: int
    passed: bool
    passed_at: datetime | None
    open_code: str | None
    open_deadline: datetime | None
    last_closed_at: datetime | None
    best_code: str | None = None
    waiting: bool = False
    """Whether a person has still to grade an attempt that could pass it."""


@dataclass(frozen=True, slots=True)
class Again:
    """Whether another attempt may start: `open` (one is under way), `now`, `later` (from `since`), `used_up`.

    `left` counts the attempts that remain; None when there is no limit.
    """

    state: Literal["open", "now", "later", "used_up"]
    left: int | None
    since: datetime | None = None


Phase = Literal["between", "closed", "passed"]
"""Where somebody stands with a quiz after an attempt: another may follow, none can, or it is passed."""


def phase(result: QuizResult | None, again: Again | None, *, over: bool) -> Phase:
    """Say in which phase a closed attempt is looked at; `over`: its closing time is past and nobody sits it."""
    if result and result.passed:
        return "passed"
    if again is not None and again.state == "open":
        return "between"
    return "closed" if over or again is None or again.state == "used_up" else "between"


def summarise(quiz: str, tries: Iterable[Try]) -> QuizResult:
    """Put the attempts at one quiz together; their order does not matter. The best one counts, a pass is never undone."""
    ordered = sorted(tries, key=lambda one: one.number)
    closed = [one for one in ordered if one.state != "in_progress"]
    under_way = next((one for one in ordered if one.state == "in_progress"), None)
    best = max(closed, key=_merit, default=None)
    points, out_of = (best.points or 0, best.out_of or 0) if best else (0, 0)
    passed = sorted(one.closed_at for one in closed if one.passed and one.closed_at)
    return QuizResult(
        quiz=quiz,
        tries=len(closed),
        best_points=points,
        out_of=out_of,
        best_percent=percent(points, out_of),
        passed=any(one.passed for one in closed),
        passed_at=passed[0] if passed else None,
        open_code=under_way.code if under_way else None,
        open_deadline=under_way.deadline if under_way else None,
        last_closed_at=max((one.closed_at for one in closed if one.closed_at), default=None),
        best_code=best.code if best else None,
        waiting=not passed and any(one.passed is None for one in closed),
    )


def _merit(one: Try) -> tuple[bool, int, int]:
    # Ten thousandths, because two papers of one quiz may be out of different sums; the earlier of equals counts.
    return (bool(one.passed), (one.points or 0) * 10_000 // (one.out_of or 1), -one.number)


def again(quiz: Quiz, result: QuizResult | None, now: datetime) -> Again:
    """Say whether and when another attempt may start, by the quiz's own terms."""
    tries = result.tries if result else 0
    left = None if quiz.attempts is None else max(0, quiz.attempts - tries)
    if result and result.open_code:
        return Again("open", left)
    if left == 0:
        return Again("used_up", 0)
    since = (
        result.last_closed_at + timedelta(hours=quiz.retry_after_hours) if result and result.last_closed_at else None
    )
    return Again("later", left, since) if since and now < since else Again("now", left, since)
