"""The pages of quizzes: an attempt and its end; for staff, openings and time, written answers, and how the questions did."""

from lms.quizzes.views import arrangements, attempts, grading, openings, statistics
from lms.quizzes.views.front import room

__all__ = ["arrangements", "attempts", "grading", "openings", "room", "statistics"]
