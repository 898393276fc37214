from types import SimpleNamespace

import pytest

from lms.core.access import STRANGER, Actor, decide
from lms.quizzes import policy

COHORT = SimpleNamespace(id=7, provider_id=3, pathway="starter")
ATTEMPT = SimpleNamespace(enrolment=SimpleNamespace(id=11, cohort_id=7, cohort=COHORT))
STUDENT = Actor(1, "S", seats={11: 7})
CLASSMATE = Actor(2, "C", seats={12: 7})
FACILITATOR = Actor(3, "F", facilitates=frozenset({7}))
COORDINATOR = Actor(4, "K", coordinates=frozenset({3}))
ELSEWHERE = Actor(5, "E", facilitates=frozenset({8}), coordinates=frozenset({4}))
FUNDER = Actor(6, "M", funds=frozenset({1}))


@pytest.mark.parametrize(
    ("actor", "attempt", "answer", "result"),
    [
        (STRANGER, 401, 401, 401),
        (STUDENT, 200, 200, 200),
        (CLASSMATE, 404, 404, 404),
        (FACILITATOR, 403, 403, 200),
        (COORDINATOR, 403, 403, 200),
        (ELSEWHERE, 404, 404, 404),
        (FUNDER, 404, 404, 404),
    ],
)
def test_who_may(actor: Actor, attempt: int, answer: int, result: int) -> None:
    asked = (policy.ATTEMPT, policy.ANSWER, policy.RESULT)
    assert tuple(decide(one, actor, ATTEMPT).status for one in asked) == (attempt, answer, result)


def test_what_is_named_a_page_writes_nothing() -> None:
    reads = ("quizzes.attempt", "quizzes.result", "quizzes.to-grade", "quizzes.items", "quizzes.print")
    reads += tuple(one.name for one in policy.REVIEW.values())
    assert all(one.writes != (one.name in reads or one.name.endswith("-page")) for one in policy.PERMISSIONS)


@pytest.mark.parametrize(
    ("review", "phases"),
    [
        ("score", set()),
        ("when_passed", {"passed"}),
        ("when_done", {"passed", "closed"}),
        ("feedback", {"passed", "closed", "between"}),
    ],
)
def test_who_looks_back_and_when(review: str, phases: set[str]) -> None:
    attempt = SimpleNamespace(enrolment=ATTEMPT.enrolment, review=review)
    for phase, permission in policy.REVIEW.items():
        for actor in (STUDENT, FACILITATOR, COORDINATOR):
            assert permission.allow(actor, attempt) == (phase in phases)
        for actor in (STRANGER, CLASSMATE, ELSEWHERE, FUNDER):
            assert not permission.allow(actor, attempt)
