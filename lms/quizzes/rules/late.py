"""Answers that were kept aside and that a person let count."""

from collections.abc import Iterable, Mapping

from lms.quizzes.rules.choices import Choice
from lms.quizzes.rules.marking import score
from lms.quizzes.rules.paper import Paper

ASIDE = ("late", "closed", "paused")
"""What is kept aside, by why."""


def counted(paper: Paper, standing: Mapping[int, Choice], accepted: Iterable[tuple[int, Choice]]) -> dict[int, Choice]:
    """Return what counts for each question: of what stood and what was accepted, whichever is worth most.

    Letting a late answer count can therefore only help; nobody has to weigh whether it would harm.
    """
    best = dict(standing)
    for position, choice in accepted:
        if _worth(paper, position, choice) > _worth(paper, position, best.get(position, ())):
            best[position] = choice
    return best


def _worth(paper: Paper, position: int, choice: Choice) -> int:
    return next((one.points for one in score(paper, {position: choice}).marked if one.position == position), 0)
