"""The pages of hours: a student's own, a class's attendance, and what waits for an answer."""

from lms.hours.views import answers, attendance, students
from lms.hours.views.door import room

__all__ = ["answers", "attendance", "room", "students"]
