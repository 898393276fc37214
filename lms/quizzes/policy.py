"""Who opens, answers and sends an attempt, and who sees how it ended."""

from typing import Any

from lms.cohorts.policy import coordinates, in_cohort, member_of, own_seat, staff_of, staff_or_own
from lms.core.access import Actor, Permission, Predicate


def judges(actor: Actor, subject: Any) -> bool:
    """The person works for the cohort, and the attempt is somebody else's."""
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


def _reviews(*words: str) -> Predicate:
    def may(actor: Actor, subject: Any) -> bool:
        return staff_or_own(actor, subject) and subject.review in words

    return may


REVIEW = {
    "between": Permission(
        "quizzes.review-between",
        "While another attempt may follow, a student and their staff see what was right where the quiz shows it at once.",
        _reviews("feedback"),
    ),
    "closed": Permission(
        "quizzes.review-closed",
        "When no attempt can follow, a student and their staff see what was right where the quiz shows it then.",
        _reviews("feedback", "when_done"),
    ),
    "passed": Permission(
        "quizzes.review-passed",
        "Once a quiz is passed, a student and their staff see what was right unless the quiz shows its score only.",
        _reviews("feedback", "when_done", "when_passed"),
    ),
}
"""Who sees a closed attempt's questions with what was right, by phase; see rules `phase`."""
TO_GRADE = Permission(
    "quizzes.to-grade",
    "Staff see which attempts of their cohorts wait for a grade, without names and words.",
    has_cohorts,
)
GRADE_PAGE = Permission(
    "quizzes.grade-page",
    "Staff of a cohort open what a student wrote in a quiz they sent; each opening is logged for the student.",
    judges,
    sees=staff_or_own,
)
GRADE = Permission(
    "quizzes.grade",
    "Staff of a cohort grade what a student wrote in a quiz, and correct a grade with a reason; never their own.",
    judges,
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
PRINT = Permission(
    "quizzes.print",
    "A coordinator prints a quiz of their cohort's release, with an answer sheet and its key.",
    coordinates,
    sees=member_of,
)
HISTORY_PAGE = Permission(
    "quizzes.history-page",
    "The staff of a cohort see the steps of an attempt, and when each answer arrived; never what was answered.",
    judges,
    sees=staff_or_own,
)
LATE_PAGE = Permission(
    "quizzes.late-page",
    "The staff of a cohort see the answers that were kept aside: when each arrived, not what it says.",
    judges,
    sees=staff_or_own,
)
LATE = Permission(
    "quizzes.late",
    "The staff of a cohort let an answer count that was kept aside, or not, with a reason; never their own.",
    judges,
    sees=staff_or_own,
    writes=True,
)
BOARD_PAGE = Permission(
    "quizzes.board-page",
    "The staff of a cohort see who sits a quiz now: connected, how many answers, time left; never an answer.",
    staff_of,
    sees=in_cohort,
)
BOARD = Permission(
    "quizzes.board",
    "The staff of a cohort grant time to everybody who sits a quiz now.",
    staff_of,
    sees=in_cohort,
    writes=True,
)
HELP_PAGE = Permission(
    "quizzes.help-page",
    "The staff of a cohort see what they can do about one attempt, and why a pause is asked for.",
    judges,
    sees=staff_or_own,
)
HELP = Permission(
    "quizzes.help",
    "The staff of a cohort grant one attempt time or a pause, and open again what only the clock closed; never their own.",
    judges,
    sees=staff_or_own,
    writes=True,
)
PERMISSIONS = (
    ATTEMPT, ANSWER, RESULT, *REVIEW.values(), TO_GRADE, GRADE_PAGE, GRADE, ITEMS, TIMES_PAGE, TIMES, ARRANGE_PAGE, ARRANGE, PRINT,
    HISTORY_PAGE, LATE_PAGE, LATE, BOARD_PAGE, BOARD, HELP_PAGE, HELP,
)  # fmt: skip
