"""The cast before each door of the room."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from lms.certificates import policy
from lms.core.access import STRANGER, Actor, Permission, decide
from tests.factories import NOON


@dataclass
class Group:
    id: int = 5
    provider_id: int = 7
    pathway: str = "starter"


@dataclass
class Seat:
    id: int = 3
    person_id: int = 1
    cohort_id: int = 5
    cohort: Group = field(default_factory=Group)
    enrolled_at: datetime = NOON


@dataclass
class Made:
    enrolment: Seat = field(default_factory=Seat)
    revoked_at: datetime | None = None


CAST = {
    "student": Actor(1, "S", seats={3: 5}),
    "gone": Actor(1, "S"),
    "classmate": Actor(2, "C", seats={4: 5}),
    "facilitator": Actor(8, "F", facilitates=frozenset({5})),
    "coordinator": Actor(9, "K", coordinates=frozenset({7})),
    "elsewhere": Actor(10, "E", coordinates=frozenset({99}), facilitates=frozenset({99}), seats={98: 99}),
    "funder": Actor(11, "M", funds=frozenset({1})),
    "visitor": STRANGER,
}


@dataclass
class House:
    """A provider."""

    id: int = 7


SEAT, MADE, REVOKED, HOUSE = Seat(), Made(), Made(revoked_at=NOON), House()


@pytest.mark.parametrize(
    ("permission", "subject", "statuses"),
    [
        (policy.OWN, SEAT, (200, 404, 404, 404, 404, 404, 404, 401)),
        (policy.ACCEPT, SEAT, (200, 404, 404, 404, 404, 404, 404, 401)),
        (policy.LIST, None, (403, 403, 403, 403, 200, 200, 403, 401)),
        (policy.PERSON, SEAT, (403, 403, 404, 200, 200, 404, 404, 401)),
        (policy.TRANSCRIPT, SEAT, (200, 200, 404, 403, 200, 404, 404, 401)),
        (policy.ISSUE_PAGE, SEAT, (403, 403, 404, 403, 200, 404, 404, 401)),
        (policy.ISSUE, SEAT, (403, 403, 404, 403, 200, 404, 404, 401)),
        (policy.REVOKE_PAGE, MADE, (403, 403, 404, 403, 200, 404, 404, 401)),
        (policy.REVOKE, MADE, (403, 403, 404, 403, 200, 404, 404, 401)),
        (policy.SHEET, MADE, (200, 200, 404, 403, 200, 404, 404, 401)),
        (policy.SHEET, REVOKED, (403, 403, 404, 403, 200, 404, 404, 401)),
        (policy.PACKET, MADE, (403, 403, 404, 403, 200, 404, 404, 401)),
        (policy.AGAIN, MADE, (403, 403, 404, 403, 200, 404, 404, 401)),
        (policy.KEEP, MADE, (403, 403, 404, 403, 200, 404, 404, 401)),
        (policy.REGRADE_PAGE, HOUSE, (404, 404, 404, 404, 200, 404, 404, 401)),
        (policy.REGRADE, HOUSE, (404, 404, 404, 404, 200, 404, 404, 401)),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_who_comes_in(permission: Permission, subject: Any, statuses: tuple[int, ...]) -> None:
    assert {who: decide(permission, actor, subject).status for who, actor in CAST.items()} == dict(
        zip(CAST, statuses, strict=True)
    )


def test_nobody_issues_their_own() -> None:
    both = Actor(1, "B", seats={3: 5}, coordinates=frozenset({7}))
    for permission in (policy.ISSUE_PAGE, policy.ISSUE, policy.AGAIN, policy.KEEP):
        assert decide(permission, both, SEAT).status == 403
        assert decide(permission, both, Seat(id=4, person_id=2)).status == 200


def test_what_is_not_there_is_nobodys() -> None:
    for permission in (
        policy.OWN,
        policy.PERSON,
        policy.TRANSCRIPT,
        policy.ISSUE,
        policy.SHEET,
        policy.PACKET,
        policy.KEEP,
        policy.REGRADE,
    ):
        for who, actor in CAST.items():
            assert not permission.allow(actor, None), who


def test_each_permission_has_one_name_and_a_promise() -> None:
    names = [permission.name for permission in policy.PERMISSIONS]
    assert len(set(names)) == len(names) == 15
    assert all(permission.promise.endswith(".") for permission in policy.PERMISSIONS)
    assert {p.name for p in policy.PERMISSIONS if p.writes} == {
        "certificates.accept", "certificates.issue", "certificates.revoke", "certificates.keep",
        "certificates.regrade",
    }  # fmt: skip
