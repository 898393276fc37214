"""Who may see the staff pages of the house."""

from typing import Any

from lms.core.access import Actor, Permission


def coordinator(actor: Actor, subject: Any) -> bool:
    """Whoever coordinates a provider."""
    return actor.is_coordinator


def staff(actor: Actor, subject: Any) -> bool:
    """Whoever works for the programme."""
    return actor.is_staff


LETTERS = Permission(
    "home.letters", "A coordinator may see which letters went out and which failed, never their text.", coordinator
)
TRAVEL = Permission(
    "home.travel", "Staff may look at another day; nothing can be changed from there.", staff, writes=True
)
PERMISSIONS = (LETTERS, TRAVEL)
