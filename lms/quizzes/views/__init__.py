"""The pages of quizzes: an attempt and its end; for staff, when quizzes may be begun."""

from lms.quizzes.views import attempts, openings
from lms.quizzes.views.front import room

__all__ = ["attempts", "openings", "room"]
