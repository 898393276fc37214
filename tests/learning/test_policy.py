from typing import Any

import pytest

from lms.core.access import STRANGER, Actor, decide
from lms.learning import policy
from lms.learning.views.library import Shelf
from tests.factories import Cast


def actor_of(cast: Cast, who: str) -> Actor:
    person = getattr(cast, who)
    facts: dict[str, Any] = {
        "student": {"seats": {cast.seat.id: cast.cohort.id}},
        "classmate": {"seats": {cast.classmate_seat.id: cast.cohort.id}},
        "stranger": {"seats": {cast.stranger_seat.id: cast.stranger_seat.cohort_id}},
        "facilitator": {"facilitates": frozenset({cast.cohort.id})},
        "other_facilitator": {"facilitates": frozenset({cast.stranger_seat.cohort_id})},
        "coordinator": {"coordinates": frozenset({cast.provider.id})},
        "funder": {"funds": frozenset({cast.grant.id})},
    }[who]
    return Actor(person.id, person.code, person.name, **facts)


@pytest.mark.parametrize("permission", [policy.READ, policy.RECORD, policy.QUIZ, policy.SIT], ids=lambda p: p.name)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("student", 200),
        ("classmate", 404),
        ("stranger", 404),
        ("facilitator", 403),
        ("coordinator", 403),
        ("other_facilitator", 404),
        ("funder", 404),
    ],
)
def test_only_the_student_reads_and_sits_in_their_own_seat(cast: Cast, permission: Any, who: str, status: int) -> None:
    assert decide(permission, actor_of(cast, who), cast.seat).status == status


def test_nobody_reads_without_signing_in(cast: Cast) -> None:
    assert decide(policy.READ, STRANGER, cast.seat).status == 401


@pytest.mark.parametrize(
    ("who", "newest", "cohorts"),
    [
        ("student", 404, 404),
        ("facilitator", 200, 200),
        ("coordinator", 200, 200),
        ("other_facilitator", 200, 404),
        ("funder", 404, 404),
    ],
)
def test_the_library_is_for_staff_and_a_cohorts_version_for_its_own(
    cast: Cast, who: str, newest: int, cohorts: int
) -> None:
    actor = actor_of(cast, who)
    assert decide(policy.LIBRARY, actor, Shelf(None)).status == newest
    assert decide(policy.LIBRARY, actor, Shelf(None, cast.cohort)).status == cohorts


def test_what_writes_says_so() -> None:
    assert {p.name for p in policy.PERMISSIONS if p.writes} == {"learning.record", "learning.sit"}
