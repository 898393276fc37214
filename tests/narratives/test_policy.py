"""Cast by permission: who may write, read and answer."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.core.access import STRANGER, Actor, Permission, decide
from lms.narratives import policy, service
from lms.narratives.service import Case, Desk
from tests import factories
from tests.factories import NOON, Cast
from tests.narratives.acting import KEY, coordinator_of, facilitator_of, sent, student_of

WHO = ("student", "classmate", "facilitator", "coordinator", "funder", "elsewhere", "stranger")


def people(cast: Cast) -> dict[str, Actor]:
    return {
        "student": student_of(cast.seat),
        "classmate": student_of(cast.classmate_seat),
        "facilitator": facilitator_of(cast.facilitator, cast.cohort.id),
        "coordinator": coordinator_of(cast.coordinator, cast.provider.id),
        "funder": Actor(cast.funder.id, cast.funder.code, cast.funder.name, funds=frozenset({cast.grant.id})),
        "elsewhere": facilitator_of(cast.other_facilitator, cast.stranger_seat.cohort_id),
        "stranger": STRANGER,
    }


def subjects(s: Session, cast: Cast) -> tuple[Desk, Case]:
    narrative, _rubric = service.instructions(s, cast.seat, KEY)
    submission = sent(s, cast.seat)
    found = service.case_by_code(s, submission.code, STRANGER)
    assert found is not None
    return service.desk_for(s, cast.seat, narrative), found


TABLE: list[tuple[Permission, dict[str, int]]] = [
    (policy.OWN, {"student": 200, "stranger": 401}),
    (policy.WRITE, {"student": 200, "stranger": 401}),
    (policy.READ, {"facilitator": 200, "coordinator": 403, "stranger": 401}),
    (policy.ANSWER, {"facilitator": 200, "coordinator": 403, "stranger": 401}),
]


@pytest.mark.parametrize(("permission", "answers"), TABLE, ids=lambda value: getattr(value, "name", ""))
def test_the_whole_cast(s: Session, permission: Permission, answers: dict[str, int]) -> None:
    cast = factories.cast(s)
    desk, case = subjects(s, cast)
    subject: Any = desk if permission in (policy.OWN, policy.WRITE) else case
    found = {who: decide(permission, actor, subject).status for who, actor in people(cast).items()}
    assert found == {who: answers.get(who, 404) for who in WHO}


def test_the_queue_is_for_staff(s: Session) -> None:
    cast = factories.cast(s)
    found = {who: decide(policy.QUEUE, actor, None).status for who, actor in people(cast).items()}
    staff = ("facilitator", "coordinator", "elsewhere")
    assert found == {who: 200 if who in staff else 403 for who in WHO} | {"stranger": 401}


def test_a_founder_without_a_provider_has_no_queue() -> None:
    assert decide(policy.QUEUE, Actor(1, "A", founder=True), None).status == 403


def test_nobody_reads_their_own_as_a_facilitator(s: Session) -> None:
    cast = factories.cast(s)
    _desk, case = subjects(s, cast)
    both = Actor(cast.student.id, "A", seats={cast.seat.id: cast.cohort.id}, facilitates=frozenset({cast.cohort.id}))
    assert decide(policy.READ, both, case).status == 403


def test_whoever_stepped_back_reads_no_more(s: Session) -> None:
    cast = factories.cast(s)
    _desk, case = subjects(s, cast)
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    service.recuse(s, case.submission, reader, now=NOON)
    again = service.case_by_code(s, case.submission.code, reader)
    assert [decide(p, reader, again).status for p in (policy.READ, policy.ANSWER)] == [403, 403]


def test_the_story_of_somebody_who_left_is_closed(s: Session) -> None:
    cast = factories.cast(s)
    _desk, case = subjects(s, cast)
    cast.seat.status = "withdrawn"
    assert decide(policy.READ, facilitator_of(cast.facilitator, cast.cohort.id), case).status == 403


def test_nothing_is_nobodys() -> None:
    reader = Actor(1, "A", facilitates=frozenset({1}), coordinates=frozenset({1}), seats={1: 1})
    bare = SimpleNamespace(enrolment=None, stepped_back=frozenset())
    assert [decide(p, reader, bare).allowed for p in (policy.OWN, policy.READ)] == [False, False]
