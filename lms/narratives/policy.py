"""Who may write, read and answer a narrative: the writer their own, one facilitator of the cohort what was sent, nobody a draft."""

from typing import Any

from lms.cohorts.policy import coordinates, facilitates, is_facilitator, own_seat
from lms.core.access import Actor, Permission


def own_case(actor: Actor, subject: Any) -> bool:
    """The text is the person's own: the seat is theirs."""
    return own_seat(actor, subject)


def reads_sent(actor: Actor, subject: Any) -> bool:
    """The person facilitates the writer's cohort, is not the writer, and has not stepped back from this narrative."""
    return (
        facilitates(actor, subject)
        and subject.enrolment.person_id != actor.person_id
        and subject.enrolment.status != "withdrawn"
        and actor.person_id not in subject.stepped_back
    )


def knows_of(actor: Actor, subject: Any) -> bool:
    """The person works for the cohort: they may know that a narrative was sent and where it stands."""
    return facilitates(actor, subject) or coordinates(actor, subject)


def sees_queue(actor: Actor, subject: Any) -> bool:
    """The person facilitates a cohort, or coordinates a provider."""
    return is_facilitator(actor, subject) or bool(actor.coordinates)


OWN = Permission(
    "narratives.own",
    "A student opens their own narratives, drafts and earlier versions; nobody else ever opens a draft.",
    own_case,
)
WRITE = Permission(
    "narratives.write", "A student writes, keeps and sends their own narratives, or asks for an interview.",
    own_case, writes=True,
)  # fmt: skip
QUEUE = Permission(
    "narratives.queue", "Facilitators and coordinators see which narratives wait, for how long and with whom, without texts.",
    sees_queue,
)  # fmt: skip
READ = Permission(
    "narratives.read", "A facilitator of the cohort opens what a student sent; each opening is logged for the writer.",
    reads_sent, sees=knows_of,
)  # fmt: skip
ANSWER = Permission(
    "narratives.answer", "A facilitator of the cohort claims, grades, answers and corrects, or steps back.",
    reads_sent, sees=knows_of, writes=True,
)  # fmt: skip
PERMISSIONS = (OWN, WRITE, QUEUE, READ, ANSWER)
