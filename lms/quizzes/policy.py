"""Who opens, answers and sends an attempt, and who sees how it ended."""

from lms.cohorts.policy import own_seat, staff_of, staff_or_own
from lms.core.access import Permission

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
PERMISSIONS = (ATTEMPT, ANSWER, RESULT)
