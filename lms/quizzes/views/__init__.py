"""The pages of quizzes: an attempt and its end."""

from lms.quizzes.views import attempts
from lms.quizzes.views.front import room

__all__ = ["attempts", "room"]
