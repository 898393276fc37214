"""Who may see, issue and revoke: the holder their own, the staff of a cohort its verdicts, its coordinator everything."""

from typing import Any

from lms.cohorts.policy import coordinates, is_coordinator, own_seat, runs_provider, seat_in, staff_of, staff_or_own
from lms.core.access import Actor, Permission


def is_holder(actor: Actor, subject: Any) -> bool:
    """The seat or certificate is about this very person, also after they have left the cohort."""
    seat = seat_in(subject)
    return seat is not None and actor.signed_in and seat.person_id == actor.person_id


def opens_sheet(actor: Actor, subject: Any) -> bool:
    """The holder of a certificate that stands, or the coordinator."""
    return coordinates(actor, subject) or (is_holder(actor, subject) and subject.revoked_at is None)


def issues(actor: Actor, subject: Any) -> bool:
    """The coordinator of this cohort, except for a certificate of their own."""
    return coordinates(actor, subject) and not is_holder(actor, subject)


def holder_or_coordinator(actor: Actor, subject: Any) -> bool:
    """The person themselves, or the coordinator of their cohort."""
    return is_holder(actor, subject) or coordinates(actor, subject)


def knows_of(actor: Actor, subject: Any) -> bool:
    """The person works for the cohort or is the one it is about: they may know that the page exists."""
    return staff_or_own(actor, subject) or is_holder(actor, subject)


OWN = Permission("certificates.own", "A student sees what stands between them and their certificate.", own_seat)
ACCEPT = Permission(
    "certificates.accept", "A student accepts an agreement that their pathway asks for.", own_seat, writes=True
)
LIST = Permission(
    "certificates.list", "A coordinator sees who is ready to be issued a certificate, who has one, and which were revoked.",
    is_coordinator,
)  # fmt: skip
PERSON = Permission(
    "certificates.person", "The staff of a cohort see a person's verdict with its evidence.", staff_of, sees=knows_of
)
TRANSCRIPT = Permission(
    "certificates.transcript", "The person themselves and the coordinator open a transcript: no scores, no texts.",
    holder_or_coordinator, sees=knows_of,
)  # fmt: skip
ISSUE_PAGE = Permission(
    "certificates.issue-page", "A coordinator reads what a certificate would say before issuing it; never one of their own.",
    issues, sees=knows_of,
)  # fmt: skip
ISSUE = Permission(
    "certificates.issue", "A coordinator issues a certificate once everything is met; never one of their own.",
    issues, sees=knows_of, writes=True,
)  # fmt: skip
REVOKE_PAGE = Permission(
    "certificates.revoke-page", "A coordinator opens the form to revoke a certificate.", coordinates, sees=knows_of
)
REVOKE = Permission(
    "certificates.revoke", "A coordinator revokes a certificate, with a reason that stays sealed.",
    coordinates, sees=knows_of, writes=True,
)  # fmt: skip
SHEET = Permission(
    "certificates.sheet", "The holder of a certificate that was not revoked, and the coordinator, download the sheet.",
    opens_sheet, sees=knows_of,
)  # fmt: skip
PACKET = Permission(
    "certificates.packet", "A coordinator opens the frozen evidence of a certificate.", coordinates, sees=knows_of
)
AGAIN = Permission(
    "certificates.again", "A coordinator sees what changed under a certificate since it was issued; never one of their own.",
    issues, sees=knows_of,
)  # fmt: skip
KEEP = Permission(
    "certificates.keep", "A coordinator keeps a certificate that was looked at again, with a reason; never one of their own.",
    issues, sees=knows_of, writes=True,
)  # fmt: skip
REGRADE_PAGE = Permission(
    "certificates.regrade-page", "A coordinator sees a question of their provider's quizzes, its key and what was ruled.",
    runs_provider,
)  # fmt: skip
REGRADE = Permission(
    "certificates.regrade",
    "A coordinator tries what another key or none would change, and rules on a question; never on an attempt of their own.",
    runs_provider, writes=True,
)  # fmt: skip
PERMISSIONS = (
    OWN, ACCEPT, LIST, PERSON, TRANSCRIPT, ISSUE_PAGE, ISSUE, REVOKE_PAGE, REVOKE, SHEET, PACKET, AGAIN, KEEP,
    REGRADE_PAGE, REGRADE,
)  # fmt: skip
