"""The pages of quizzes: an attempt and its end; for staff, when quizzes may be begun, and how much time there is."""

from lms.quizzes.views import arrangements, attempts, openings
from lms.quizzes.views.front import room

__all__ = ["arrangements", "attempts", "openings", "room"]
