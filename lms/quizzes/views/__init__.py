"""The pages of quizzes: an attempt and its end, what waits to be graded, and a quiz on paper."""

from lms.quizzes.views import attempts, grading, printing
from lms.quizzes.views.front import room

__all__ = ["attempts", "grading", "printing", "room"]
