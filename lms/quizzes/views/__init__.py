"""The pages of quizzes: an attempt and its end; for staff, the board, one attempt, its time, late and written answers, paper, figures."""

from lms.quizzes.views import (
    arrangements,
    attempts,
    board,
    grading,
    help,
    history,
    late,
    openings,
    pauses,
    printing,
    statistics,
)
from lms.quizzes.views.front import room

__all__ = [
    "arrangements",
    "attempts",
    "board",
    "grading",
    "help",
    "history",
    "late",
    "openings",
    "pauses",
    "printing",
    "room",
    "statistics",
]
