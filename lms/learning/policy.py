"""Who reads lessons, whose reading is recorded, who starts a quiz, and who looks into the library."""

from typing import Any

from lms.cohorts.policy import own_seat, staff_of
from lms.core.access import Actor, Permission


def from_the_shelf(actor: Actor, subject: Any) -> bool:
    """The person works for the programme; a cohort's own version is for the staff of that cohort."""
    return actor.is_staff and (subject.cohort is None or staff_of(actor, subject))


READ = Permission("learning.read", "A student reads the lessons of their own cohort.", own_seat, sees=staff_of)
RECORD = Permission(
    "learning.record", "A student's own reading is recorded: parts opened and time measured.",
    own_seat, sees=staff_of, writes=True,
)  # fmt: skip
QUIZ = Permission(
    "learning.quiz", "A student sees what a quiz of their path asks before it begins.", own_seat, sees=staff_of
)
SIT = Permission("learning.sit", "A student starts a quiz of their own path.", own_seat, sees=staff_of, writes=True)
LIBRARY = Permission(
    "learning.library",
    "Facilitators and coordinators read every lesson, meeting guide and homework sheet.",
    from_the_shelf,
)
PERMISSIONS = (READ, RECORD, QUIZ, SIT, LIBRARY)
