"""The pages of quizzes: an attempt and its end, and what waits to be graded."""

from lms.quizzes.views import attempts, grading
from lms.quizzes.views.front import room

__all__ = ["attempts", "grading", "room"]
