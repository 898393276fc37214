"""Who may do what: an actor, a table of permissions made of small pure predicates, and one evaluator."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """The person at the door and what they are appointed to; built once per request.

    `seats` maps enrolment id to cohort id (student). `facilitates` holds cohort ids, `coordinates` provider ids,
    `funds` grant ids. `founder` may make the first provider. A person may be several of these at once.
    """

    person_id: int | None = None
    code: str = ""
    name: str = ""
    zone: str = "America/New_York"
    seats: dict[int, int] = field(default_factory=dict)
    facilitates: frozenset[int] = frozenset()
    coordinates: frozenset[int] = frozenset()
    funds: frozenset[int] = frozenset()
    founder: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether anybody is signed in at all."""
        return self.person_id is not None

    @property
    def is_student(self) -> bool:
        """Whether the person has a seat in a cohort."""
        return bool(self.seats)

    @property
    def is_facilitator(self) -> bool:
        """Whether the person facilitates a cohort."""
        return bool(self.facilitates)

    @property
    def is_coordinator(self) -> bool:
        """Whether the person coordinates a provider, or may found one."""
        return self.founder or bool(self.coordinates)

    @property
    def is_funder(self) -> bool:
        """Whether the person looks after a grant."""
        return bool(self.funds)

    @property
    def is_staff(self) -> bool:
        """Whether the person works for the programme."""
        return self.is_facilitator or self.is_coordinator

    @property
    def role(self) -> str:
        """The role that decides the first page; staff roles first."""
        named = {
            "coordinator": self.is_coordinator,
            "facilitator": self.is_facilitator,
            "student": self.is_student,
            "funder": self.is_funder,
        }
        return next((role for role, held in named.items() if held), "visitor" if not self.signed_in else "member")


STRANGER = Actor()

Predicate = Callable[[Actor, Any], bool]


def anyone(actor: Actor, subject: Any) -> bool:
    """Everyone, signed in or not."""
    return True


def signed_in(actor: Actor, subject: Any) -> bool:
    """Everyone who is signed in."""
    return actor.signed_in


def nobody(actor: Actor, subject: Any) -> bool:
    """No one."""
    return False


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a person may do. `allow` decides; `sees` says who may know that the subject exists (403, not 404)."""

    name: str
    promise: str
    allow: Predicate
    sees: Predicate = nobody
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The evaluator's answer. `status` is 200, 401 (sign in first), 403 or 404."""

    allowed: bool
    status: int


def decide(permission: Permission, actor: Actor, subject: Any) -> Decision:
    """Apply one permission: a stranger to the subject gets 404, a colleague without the right 403."""
    if permission.allow(actor, subject):
        return Decision(True, 200)
    if not actor.signed_in:
        return Decision(False, 401)
    if subject is None or permission.sees(actor, subject):
        return Decision(False, 403)
    return Decision(False, 404)


PUBLIC = Permission("public", "Anyone may open this, without signing in.", anyone)
PUBLIC_WRITE = Permission("public.write", "Anyone may send this form, without signing in.", anyone, writes=True)
SIGNED_IN = Permission("signed-in", "Anyone who is signed in may open this.", signed_in)
SIGNED_IN_WRITE = Permission(
    "signed-in.write", "Anyone who is signed in may send this form about themselves.", signed_in, writes=True
)
CORE_PERMISSIONS = (PUBLIC, PUBLIC_WRITE, SIGNED_IN, SIGNED_IN_WRITE)
