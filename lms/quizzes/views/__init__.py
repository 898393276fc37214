"""The pages of quizzes: an attempt and its end; for staff, openings, time, written answers, paper, and how the questions did."""

from lms.quizzes.views import arrangements, attempts, grading, openings, printing, statistics
from lms.quizzes.views.front import room

__all__ = ["arrangements", "attempts", "grading", "openings", "printing", "room", "statistics"]
