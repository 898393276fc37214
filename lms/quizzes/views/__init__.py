"""The pages of quizzes: an attempt and its end, what waits to be graded, and how the questions did."""

from lms.quizzes.views import attempts, grading, statistics
from lms.quizzes.views.front import room

__all__ = ["attempts", "grading", "room", "statistics"]
