"""The pages of quizzes: an attempt and its end; for staff, the board, one attempt, late answers, and how much time there is."""

from lms.quizzes.views import arrangements, attempts, board, help, history, late, openings, pauses
from lms.quizzes.views.front import room

__all__ = ["arrangements", "attempts", "board", "help", "history", "late", "openings", "pauses", "room"]
