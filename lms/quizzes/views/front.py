"""The room's front door, and how its pages write points and a question's text."""

from collections.abc import Callable

from markupsafe import Markup

from lms.curriculum import service as curriculum
from lms.quizzes.rules import Paper
from lms.web.gate import Visit
from lms.web.room import Room

room = Room("quizzes", "lms.quizzes")


def points_text(hundredths: int) -> str:
    """Write hundredths of a point as points."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def filler(v: Visit, paper: Paper) -> Callable[[str], Markup]:
    """Return what makes safe HTML of a question's text; the support lines are read only where one is named."""
    lines = curriculum.support_lines(v.s) if paper.names_a_line else None
    return lambda html: Markup(curriculum.fill_lines(html, lines) if lines else html)  # noqa: S704 - sanitised
