"""Who opens, answers and sends an attempt, and who sees how it ended."""

from typing import Any

from lms.cohorts.policy import coordinates, in_cohort, member_of, own_seat, staff_of, staff_or_own
from lms.core.access import Actor, Permission


def grades(actor: Actor, subject: Any) -> bool:
    """The person works for the cohort, and the answers are somebody else's."""
    return staff_of(actor, subject) and not own_seat(actor, subject)


def has_cohorts(actor: Actor, subject: Any) -> bool:
    """The person facilitates a cohort or coordinates a provider."""
    return bool(actor.facilitates or actor.coordinates)


ATTEMPT = Permission("quizzes.attempt", "A student opens the questions of their own attempt.", own_seat, sees=staff_of)
ANSWER = Permission(
    "quizzes.answer",
    "A student answers the questions of their own attempt and sends it.",
    own_seat,
    sees=staff_of,
    writes=True,
)
RESULT = Permission(
    "quizzes.result", "A student and the staff of their cohort see how a closed attempt ended.", staff_or_own
)
TO_GRADE = Permission(
    "quizzes.to-grade",
    "Staff see which attempts of their cohorts wait for a grade, without names and words.",
    has_cohorts,
)
GRADE_PAGE = Permission(
    "quizzes.grade-page",
    "Staff of a cohort open what a student wrote in a quiz they sent; each opening is logged for the student.",
    grades,
    sees=staff_or_own,
)
GRADE = Permission(
    "quizzes.grade",
    "Staff of a cohort grade what a student wrote in a quiz, and correct a grade with a reason; never their own.",
    grades,
    sees=staff_or_own,
    writes=True,
)
ITEMS = Permission(
    "quizzes.items",
    "Staff see how the questions of a quiz did in their cohorts, as counts over everybody; nobody is named.",
    has_cohorts,
)
TIMES_PAGE = Permission(
    "quizzes.times-page", "The staff of a cohort see when its quizzes may be begun.", staff_of, sees=in_cohort
)
TIMES = Permission(
    "quizzes.times",
    "The staff of a cohort set when its quizzes may be begun.",
    staff_of,
    sees=in_cohort,
    writes=True,
)
ARRANGE_PAGE = Permission(
    "quizzes.arrange-page", "A coordinator opens the form for a person's time in quizzes.", coordinates, sees=member_of
)
ARRANGE = Permission(
    "quizzes.arrange",
    "A coordinator records a person's time in quizzes; what is under way follows it.",
    coordinates,
    sees=member_of,
    writes=True,
)
PERMISSIONS = (ATTEMPT, ANSWER, RESULT, TO_GRADE, GRADE_PAGE, GRADE, ITEMS, TIMES_PAGE, TIMES, ARRANGE_PAGE, ARRANGE)
