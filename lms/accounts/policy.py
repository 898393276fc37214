"""Who may see and change an account: the person it belongs to, nobody else."""

from typing import Any

from lms.core.access import Actor, Permission, signed_in


def own_session(actor: Actor, subject: Any) -> bool:
    """The signed-in browser is the person's own."""
    return subject is not None and actor.signed_in and subject.person_id == actor.person_id


SEE = Permission("accounts.see", "A signed-in person sees their own name, address and signed-in browsers.", signed_in)
CHANGE = Permission(
    "accounts.change",
    "A signed-in person changes their own details and password, and signs out.",
    signed_in,
    writes=True,
)
END_SESSION = Permission(
    "accounts.end-session", "A signed-in person signs out one of their own browsers.", own_session, writes=True
)
PERMISSIONS = (SEE, CHANGE, END_SESSION)
