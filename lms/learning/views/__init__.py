"""The pages of the student's path, and the library for staff."""

from lms.learning.views import lessons, library, quizzes
from lms.learning.views.frame import room

__all__ = ["lessons", "library", "quizzes", "room"]
