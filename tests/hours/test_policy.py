"""Who may do what with hours: the cast against every permission."""

from types import SimpleNamespace

import pytest

from lms.core.access import STRANGER, Actor, decide
from lms.hours import policy

COHORT = SimpleNamespace(id=1, provider_id=10, pathway="starter")
SEAT = SimpleNamespace(id=100, cohort_id=1, cohort=COHORT, enrolled_at=None, person_id=1, status="enrolled")
LEFT = SimpleNamespace(id=101, cohort_id=1, cohort=COHORT, enrolled_at=None, person_id=9, status="withdrawn")
CLAIM = SimpleNamespace(enrolment=SEAT)
CLASS = SimpleNamespace(cohort=COHORT)

CAST = {
    "nobody": STRANGER,
    "student": Actor(person_id=1, seats={100: 1}),
    "classmate": Actor(person_id=2, seats={102: 1}),
    "facilitator": Actor(person_id=3, facilitates=frozenset({1})),
    "coordinator": Actor(person_id=4, coordinates=frozenset({10})),
    "funder": Actor(person_id=5, funds=frozenset({7})),
    "stranger": Actor(person_id=6, seats={200: 2}),
    "other_facilitator": Actor(person_id=7, facilitates=frozenset({2})),
    "both": Actor(person_id=1, seats={100: 1}, facilitates=frozenset({1})),
}
ORDER = tuple(CAST)


@pytest.mark.parametrize(
    ("permission", "subject", "statuses"),
    [
        (policy.OWN, SEAT, (401, 200, 404, 404, 404, 404, 404, 404, 200)),
        (policy.SEND, SEAT, (401, 200, 404, 404, 404, 404, 404, 404, 200)),
        (policy.STATEMENT, SEAT, (401, 200, 404, 200, 200, 404, 404, 404, 200)),
        (policy.CLASSES, None, (401, 403, 403, 200, 403, 403, 403, 200, 200)),
        (policy.ATTENDANCE, CLASS, (401, 403, 403, 200, 200, 404, 404, 404, 200)),
        (policy.TAKE, CLASS, (401, 403, 403, 200, 200, 404, 404, 404, 200)),
        (policy.WAITING, None, (401, 403, 403, 200, 403, 403, 403, 200, 200)),
        (policy.READ, CLAIM, (401, 403, 404, 200, 403, 404, 404, 404, 403)),
        (policy.ANSWER, CLAIM, (401, 403, 404, 200, 403, 404, 404, 404, 403)),
        (policy.READ, SimpleNamespace(enrolment=LEFT), (401, 404, 404, 403, 403, 404, 404, 404, 403)),
        (policy.OWN, None, (401, 403, 403, 403, 403, 403, 403, 403, 403)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_cast(permission: object, subject: object, statuses: tuple[int, ...]) -> None:
    found = {who: decide(permission, CAST[who], subject).status for who in ORDER}  # type: ignore[arg-type]
    assert found == dict(zip(ORDER, statuses, strict=True))


def test_what_changes_something_says_so() -> None:
    assert {p.name for p in policy.PERMISSIONS if p.writes} == {"hours.send", "hours.take-attendance", "hours.answer"}
    assert len({p.name for p in policy.PERMISSIONS}) == len(policy.PERMISSIONS)
