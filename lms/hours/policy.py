"""Who sees a statement of hours, who takes attendance, and who reads and answers homework and practice."""

from typing import Any

from lms.cohorts.policy import facilitates, in_cohort, is_facilitator, own_seat, staff_of, staff_or_own
from lms.core.access import Actor, Permission


def answers(actor: Actor, subject: Any) -> bool:
    """The person facilitates the author's cohort, is not the author, and the author has not left."""
    return (
        facilitates(actor, subject)
        and subject.enrolment.person_id != actor.person_id
        and subject.enrolment.status != "withdrawn"
    )


OWN = Permission(
    "hours.own", "A student sees their own statement of hours, their homework and their practice claims.", own_seat
)
SEND = Permission(
    "hours.send", "A student hands in their own homework and asks for their own practice hours.", own_seat, writes=True
)
STATEMENT = Permission(
    "hours.statement",
    "The staff of a cohort see a student's statement of hours; what was written stays closed.",
    staff_or_own,
)
CLASSES = Permission(
    "hours.classes", "A facilitator sees the classes of their cohorts and which attendance is missing.", is_facilitator
)
ATTENDANCE = Permission(
    "hours.attendance", "The staff of a cohort see who was in a class, and who recorded it.", staff_of, sees=in_cohort
)
TAKE = Permission(
    "hours.take-attendance",
    "The staff of a cohort take attendance and correct it with a reason, never their own.",
    staff_of,
    sees=in_cohort,
    writes=True,
)
WAITING = Permission(
    "hours.waiting",
    "A facilitator sees which homework and practice of their cohorts wait, without texts.",
    is_facilitator,
)
READ = Permission(
    "hours.read",
    "A facilitator of the cohort opens a homework or a practice claim; each opening is logged for its author.",
    answers,
    sees=staff_or_own,
)
ANSWER = Permission(
    "hours.answer",
    "A facilitator of the cohort answers a homework or a practice claim, and corrects an answer with a reason.",
    answers,
    sees=staff_or_own,
    writes=True,
)
PERMISSIONS = (OWN, SEND, STATEMENT, CLASSES, ATTENDANCE, TAKE, WAITING, READ, ANSWER)
