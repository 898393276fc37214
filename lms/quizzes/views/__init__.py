"""The pages of quizzes: an attempt and its end; for staff, its history, late answers, and how much time there is."""

from lms.quizzes.views import arrangements, attempts, history, late, openings
from lms.quizzes.views.front import room

__all__ = ["arrangements", "attempts", "history", "late", "openings", "room"]
