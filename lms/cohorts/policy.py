"""Who belongs to a cohort, a provider or a grant, and who may change what there.

The predicates take anything that leads to a seat or a cohort: an enrolment, a cohort, or a thing with `.enrolment` or
`.cohort` (an attempt, a submission, a meeting). Upper rooms build their permissions from them.
"""

from typing import Any

from lms.core.access import Actor, Permission, nobody


def seat_in(subject: Any) -> Any:
    """Return the enrolment that a subject is or belongs to; None if it has none."""
    if subject is None:
        return None
    if hasattr(subject, "enrolment"):
        return subject.enrolment
    return subject if hasattr(subject, "cohort_id") and hasattr(subject, "enrolled_at") else None


def cohort_in(subject: Any) -> Any:
    """Return the cohort that a subject is or belongs to; None if it has none."""
    seat = seat_in(subject)
    if seat is not None:
        return seat.cohort
    if hasattr(subject, "cohort"):
        return subject.cohort
    return subject if hasattr(subject, "provider_id") and hasattr(subject, "pathway") else None


def own_seat(actor: Actor, subject: Any) -> bool:
    """The person has this very seat."""
    seat = seat_in(subject)
    return seat is not None and seat.id in actor.seats


def in_cohort(actor: Actor, subject: Any) -> bool:
    """The person has a seat in this cohort."""
    return _cohort_id(subject) in actor.seats.values()


def facilitates(actor: Actor, subject: Any) -> bool:
    """The person facilitates this cohort."""
    return _cohort_id(subject) in actor.facilitates


def coordinates(actor: Actor, subject: Any) -> bool:
    """The person coordinates the provider of this cohort or grant."""
    cohort = cohort_in(subject)
    holder = subject if cohort is None else cohort
    return getattr(holder, "provider_id", None) in actor.coordinates


def staff_of(actor: Actor, subject: Any) -> bool:
    """The person facilitates this cohort or coordinates its provider."""
    return facilitates(actor, subject) or coordinates(actor, subject)


def staff_or_own(actor: Actor, subject: Any) -> bool:
    """The person has this seat, or works for its cohort."""
    return own_seat(actor, subject) or staff_of(actor, subject)


def member_of(actor: Actor, subject: Any) -> bool:
    """The person learns in this cohort or works for it."""
    return in_cohort(actor, subject) or staff_of(actor, subject)


def funds(actor: Actor, subject: Any) -> bool:
    """The person looks after this grant."""
    return subject is not None and subject.id in actor.funds


def runs_provider(actor: Actor, subject: Any) -> bool:
    """The person coordinates this provider."""
    return subject is not None and subject.id in actor.coordinates


def runs_invitation(actor: Actor, subject: Any) -> bool:
    """The person coordinates what this invitation is for."""
    return subject is not None and coordinates(actor, subject.cohort or subject.grant or subject)


def is_coordinator(actor: Actor, subject: Any) -> bool:
    """The person coordinates some provider, or may found one."""
    return actor.is_coordinator


def is_facilitator(actor: Actor, subject: Any) -> bool:
    """The person facilitates some cohort."""
    return actor.is_facilitator


def is_founder(actor: Actor, subject: Any) -> bool:
    """The person may found a provider."""
    return actor.founder


def has_calendar(actor: Actor, subject: Any) -> bool:
    """The person learns in a cohort or works for one."""
    return actor.is_student or actor.is_staff


def _cohort_id(subject: Any) -> int | None:
    seat = seat_in(subject)
    if seat is not None:
        found: int | None = seat.cohort_id
        return found
    return getattr(cohort_in(subject), "id", None)


LIST = Permission(
    "cohorts.list", "A coordinator sees the providers, cohorts and grants they look after.", is_coordinator
)
DOSSIER = Permission(
    "cohorts.dossier", "A coordinator reads and saves the dossier of a pathway, which holds nothing about a person.",
    is_coordinator,
)  # fmt: skip
FOUND = Permission("cohorts.found", "A founder makes a provider and becomes its coordinator.", is_founder, writes=True)
FOUND_PAGE = Permission("cohorts.found-page", "A founder opens the form for a new provider.", is_founder)
PROVIDER = Permission("cohorts.provider", "A coordinator sees their provider and its forms.", runs_provider)
RUN_PROVIDER = Permission(
    "cohorts.run-provider", "A coordinator changes their provider, makes cohorts and grants, invites coordinators and ends their office.",
    runs_provider, writes=True,
)  # fmt: skip
SEE = Permission("cohorts.see", "The staff of a cohort see its board.", staff_of, sees=in_cohort)
RUN_PAGE = Permission("cohorts.run-page", "A coordinator opens the forms of a cohort.", coordinates, sees=member_of)
RUN = Permission(
    "cohorts.run", "A coordinator changes a cohort, invites to it and moves it to another release.",
    coordinates, sees=member_of, writes=True,
)  # fmt: skip
MEET_PAGE = Permission(
    "cohorts.meet-page", "The staff of a cohort open the form for a class.", staff_of, sees=in_cohort
)
MEET = Permission(
    "cohorts.meet", "The staff of a cohort schedule and cancel its classes.", staff_of, sees=in_cohort, writes=True
)
PEOPLE = Permission("cohorts.people", "A facilitator sees the people of the cohorts they facilitate.", is_facilitator)
PERSON = Permission("cohorts.person", "The staff of a cohort see a person's place in it.", staff_of, sees=in_cohort)
RUN_SEAT = Permission(
    "cohorts.run-seat", "A coordinator records who left, and why, and who pays a seat.",
    coordinates, sees=member_of, writes=True,
)  # fmt: skip
CALENDAR = Permission("cohorts.calendar", "Students and staff see the calendar of their cohorts.", has_calendar)
GRANT = Permission("cohorts.grant", "A coordinator sees their provider's grant and whose seats it pays.", coordinates)
RUN_GRANT = Permission(
    "cohorts.run-grant",
    "A coordinator invites a grant's funder and pays seats from it.",
    coordinates,
    sees=nobody,
    writes=True,
)
END_INVITATION = Permission(
    "cohorts.end-invitation", "A coordinator stops an invitation's link from working.", runs_invitation, writes=True
)
PERMISSIONS = (
    LIST, DOSSIER, FOUND, FOUND_PAGE, PROVIDER, RUN_PROVIDER, SEE, RUN_PAGE, RUN, MEET_PAGE, MEET, PEOPLE, PERSON, RUN_SEAT, CALENDAR,
    GRANT, RUN_GRANT, END_INVITATION,
)  # fmt: skip
