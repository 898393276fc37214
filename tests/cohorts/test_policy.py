"""The predicates over the cast, as plain objects: no database."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from lms.cohorts import policy
from lms.core.access import STRANGER, Actor, decide
from tests.factories import NOON


@dataclass
class Provider:
    id: int = 1


@dataclass
class Cohort:
    id: int = 10
    provider_id: int = 1
    pathway: str = "starter"


@dataclass
class Enrolment:
    id: int = 100
    cohort_id: int = 10
    cohort: Cohort = field(default_factory=Cohort)
    enrolled_at: datetime = NOON


@dataclass
class Grant:
    id: int = 1000
    provider_id: int = 1


@dataclass
class Attempt:
    enrolment: Enrolment = field(default_factory=Enrolment)


@dataclass
class Invitation:
    cohort: Cohort | None = None
    grant: Grant | None = None
    provider_id: int | None = None


@dataclass
class Meeting:
    cohort_id: int = 10
    cohort: Cohort = field(default_factory=Cohort)


STUDENT = Actor(person_id=1, seats={100: 10})
CLASSMATE = Actor(person_id=2, seats={101: 10})
FACILITATOR = Actor(person_id=3, facilitates=frozenset({10}))
COORDINATOR = Actor(person_id=4, coordinates=frozenset({1}))
FUNDER = Actor(person_id=5, funds=frozenset({1000}))
FOUNDER = Actor(person_id=6, founder=True)
# Every id of the one who must see nothing is somebody else's id of another kind: mixing two kinds up shows here.
ELSEWHERE = Actor(
    person_id=7,
    seats={10: 11, 1: 100},
    facilitates=frozenset({1, 100, 11}),
    coordinates=frozenset({10, 100, 2}),
    funds=frozenset({1}),
)
CAST = {
    "student": STUDENT, "classmate": CLASSMATE, "facilitator": FACILITATOR, "coordinator": COORDINATOR,
    "funder": FUNDER, "founder": FOUNDER, "elsewhere": ELSEWHERE, "stranger": STRANGER,
}  # fmt: skip


def allowed(predicate: Any, subject: Any) -> set[str]:
    return {name for name, actor in CAST.items() if predicate(actor, subject)}


@pytest.mark.parametrize("subject", [Enrolment(), Attempt()])
def test_a_seat(subject: Any) -> None:
    assert allowed(policy.own_seat, subject) == {"student"}
    assert allowed(policy.in_cohort, subject) == {"student", "classmate"}
    assert allowed(policy.staff_or_own, subject) == {"student", "facilitator", "coordinator"}


@pytest.mark.parametrize("subject", [Enrolment(), Attempt(), Meeting(), Cohort()])
def test_a_cohort(subject: Any) -> None:
    assert allowed(policy.facilitates, subject) == {"facilitator"}
    assert allowed(policy.coordinates, subject) == {"coordinator"}
    assert allowed(policy.staff_of, subject) == {"facilitator", "coordinator"}
    assert allowed(policy.member_of, subject) == {"student", "classmate", "facilitator", "coordinator"}


def test_a_grant_and_a_provider() -> None:
    assert allowed(policy.coordinates, Grant()) == {"coordinator"}
    assert allowed(policy.funds, Grant()) == {"funder"}
    assert allowed(policy.facilitates, Grant()) == set()
    assert allowed(policy.own_seat, Grant()) == set()
    assert allowed(policy.runs_provider, Provider()) == {"coordinator"}


PREDICATES = [
    policy.own_seat, policy.in_cohort, policy.facilitates, policy.coordinates, policy.staff_of, policy.staff_or_own,
    policy.member_of, policy.funds, policy.runs_provider,
    policy.runs_invitation,
]  # fmt: skip


@pytest.mark.parametrize("invitation", [Invitation(Cohort()), Invitation(grant=Grant()), Invitation(provider_id=1)])
def test_an_invitation_is_its_coordinators(invitation: Any) -> None:
    assert allowed(policy.runs_invitation, invitation) == {"coordinator"}


def test_an_invitation_to_found_is_nobodys_to_end() -> None:
    assert allowed(policy.runs_invitation, Invitation()) == set()


@pytest.mark.parametrize("predicate", PREDICATES)
def test_nothing_is_nobodys(predicate: Any) -> None:
    assert allowed(predicate, None) == set()


def test_where_a_subject_leads() -> None:
    seat = Enrolment()
    assert policy.seat_in(seat) is seat
    assert policy.seat_in(Attempt(seat)) is seat
    assert policy.seat_in(Meeting()) is None
    assert policy.cohort_in(Attempt(seat)) is seat.cohort
    assert policy.cohort_in(Grant()) is None
    assert policy.cohort_in(None) is None


PAGES = {
    policy.LIST: (None, {"coordinator", "founder", "elsewhere"}),
    policy.DOSSIER: (None, {"coordinator", "founder", "elsewhere"}),
    policy.FOUND: (None, {"founder"}),
    policy.FOUND_PAGE: (None, {"founder"}),
    policy.PROVIDER: (Provider(), {"coordinator"}),
    policy.RUN_PROVIDER: (Provider(), {"coordinator"}),
    policy.SEE: (Cohort(), {"facilitator", "coordinator"}),
    policy.RUN_PAGE: (Cohort(), {"coordinator"}),
    policy.RUN: (Cohort(), {"coordinator"}),
    policy.MEET_PAGE: (Cohort(), {"facilitator", "coordinator"}),
    policy.MEET: (Meeting(), {"facilitator", "coordinator"}),
    policy.PEOPLE: (None, {"facilitator", "elsewhere"}),
    policy.PERSON: (Enrolment(), {"facilitator", "coordinator"}),
    policy.RUN_SEAT: (Enrolment(), {"coordinator"}),
    policy.CALENDAR: (None, {"student", "classmate", "facilitator", "coordinator", "founder", "elsewhere"}),
    policy.GRANT: (Grant(), {"coordinator"}),
    policy.RUN_GRANT: (Grant(), {"coordinator"}),
    policy.END_INVITATION: (Invitation(Cohort()), {"coordinator"}),
}


def test_every_permission_is_here() -> None:
    assert set(PAGES) == set(policy.PERMISSIONS)
    assert len({permission.name for permission in policy.PERMISSIONS}) == len(policy.PERMISSIONS)


@pytest.mark.parametrize("permission", policy.PERMISSIONS, ids=lambda permission: permission.name)
def test_who_may_what(permission: Any) -> None:
    subject, names = PAGES[permission]
    assert {name for name, actor in CAST.items() if decide(permission, actor, subject).allowed} == names
    assert decide(permission, STRANGER, subject).status == 401
    if subject is not None:
        assert decide(permission, ELSEWHERE, subject).status == 404


def test_a_facilitator_knows_of_the_cohort_but_may_not_run_it() -> None:
    assert decide(policy.RUN, FACILITATOR, Cohort()).status == 403
    assert decide(policy.SEE, STUDENT, Cohort()).status == 403
    assert decide(policy.GRANT, FUNDER, Grant()).status == 404
