"""Certificates to look at again: which, until when, and that a person decides."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.certificates import service
from lms.certificates.models import Certificate, CertificateReview
from lms.certificates.service.finding import of_cohorts
from lms.cohorts.models import Enrolment
from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.core.errors import Conflict, Denied, Invalid
from lms.hours import service as hours
from lms.quizzes.models import Attempt, Grade, Mark
from lms.records.models import Audit
from tests import factories
from tests.certificates.complete import LATER, complete, held
from tests.factories import Cast

BASE = "https://training.example"
HOUR = timedelta(hours=1)
AFTER = LATER + HOUR


@pytest.fixture
def house(s: Session) -> Cast:
    return factories.cast(s)


@pytest.fixture
def made(s: Session, house: Cast) -> Certificate:
    return issued(s, house, house.seat)


def issued(s: Session, house: Cast, seat: Enrolment, on: Any = None) -> Certificate:
    complete(s, seat, on or held(s, house.cohort), house.facilitator)
    return service.issue(s, seat, by=house.coordinator, base_url=BASE, now=LATER)


def mark(s: Session, seat: Enrolment, points: int, *, at: datetime = AFTER, quiz: str = "quiz-m1") -> None:
    attempt = s.scalars(sa.select(Attempt).where(Attempt.enrolment_id == seat.id, Attempt.quiz == quiz)).one()
    number = s.scalar(sa.select(sa.func.count()).where(Mark.attempt_id == attempt.id)) or 0
    row = {"attempt_id": attempt.id, "number": number + 1, "by": "RUTH", "at": at, "points": points, "out_of": 400}
    s.add(Mark(**row, passed=points >= 300))
    s.flush()


def found(s: Session, *made: Certificate, now: datetime = AFTER) -> list[service.Changed]:
    return service.changed_since(s, made, now=now)


def keep(s: Session, house: Cast, made: Certificate, *, now: datetime = AFTER, **more: Any) -> None:
    given: dict[str, Any] = {"reason": "The board was asked.", "by": house.coordinator}
    seen = found(s, made, now=now)
    given["mark"] = seen[0].mark if seen else ""
    service.keep(s, made, now=now, **(given | more))


def test_nothing_newer_is_nothing_to_look_at(s: Session, made: Certificate) -> None:
    assert found(s, made) == []
    assert service.changed_since(s, [], now=AFTER) == []


def test_an_answer_about_hours_that_is_changed_afterwards_asks_for_a_person(
    s: Session, house: Cast, made: Certificate
) -> None:
    row = hours.hand_ins_of(s, house.seat.id, "m1/homework-1")[0]
    hours.correct_homework(s, row, accepted=False, reason="It was another's.", by=house.facilitator, now=AFTER)
    [one] = found(s, made)
    assert (one.certificate, one.since) == (made, AFTER)
    assert {missing.kind for missing in one.verdict.missing} >= {"homework"}
    keep(s, house, made)
    assert found(s, made) == []
    hours.correct_homework(s, row, accepted=True, reason="It was hers.", by=house.facilitator, now=AFTER + HOUR)
    assert found(s, made, now=AFTER + HOUR) == [], "everything is as it was"


def test_a_lost_pass_asks_for_a_person(s: Session, house: Cast, made: Certificate) -> None:
    mark(s, house.seat, 200)
    [one] = found(s, made)
    assert (one.certificate, one.since, one.kept) == (made, AFTER, 0)
    assert [missing.id for missing in one.verdict.missing] == ["quiz-m1"]
    [change] = one.quizzes
    assert (change.then.percent, change.then.passed) == (100, True)
    assert (change.today.percent, change.today.passed) == (50, False)
    assert made.revoked_at is None, "nobody has decided anything"


def test_another_result_asks_even_if_everything_is_met(s: Session, house: Cast, made: Certificate) -> None:
    mark(s, house.seat, 300, quiz="exam")
    [one] = found(s, made)
    assert one.verdict.granted
    assert [(change.then.percent, change.today.percent) for change in one.quizzes] == [(100, 75)]


def test_a_mark_that_changes_nothing_asks_nobody(s: Session, house: Cast, made: Certificate) -> None:
    mark(s, house.seat, 400)
    assert found(s, made) == []


def test_a_mark_from_before_the_issue_is_in_the_packet(s: Session, house: Cast) -> None:
    complete(s, house.seat, held(s, house.cohort), house.facilitator)
    mark(s, house.seat, 350, at=LATER - HOUR)
    one = service.issue(s, house.seat, by=house.coordinator, base_url=BASE, now=LATER)
    assert found(s, one) == []


def test_a_grade_counts_as_something_newer(s: Session, house: Cast, made: Certificate) -> None:
    attempt = s.scalars(sa.select(Attempt).where(Attempt.quiz == "exam")).one()
    attempt.points, attempt.passed = 200, False
    assert found(s, made) == [], "without a grade or a mark this is another matter"
    s.add(Grade(attempt_id=attempt.id, position=1, number=1, points=0, most=3, author="RUTH", at=AFTER))
    s.flush()
    assert [one.certificate for one in found(s, made)] == [made]


def test_what_is_revoked_or_over_waits_for_nobody(s: Session, house: Cast, made: Certificate) -> None:
    mark(s, house.seat, 200)
    assert found(s, made, now=AFTER + timedelta(days=3 * 366)) == []
    service.revoke(s, made, reason="Why.", by=house.coordinator, now=AFTER)
    assert found(s, made) == []


def test_a_kept_one_leaves_until_something_newer_happens(s: Session, house: Cast, made: Certificate) -> None:
    mark(s, house.seat, 200)
    keep(s, house, made, now=AFTER + HOUR)
    assert found(s, made, now=AFTER + HOUR) == []
    [kept] = service.keeps_of(s, made)
    assert (kept.by, kept.reason) == (house.coordinator.code, "The board was asked.")
    assert b"board" not in s.scalars(sa.select(CertificateReview.reason)).one()
    assert s.scalars(sa.select(Audit).where(Audit.verb == "certificate.kept")).one().subject == made.code
    mark(s, house.seat, 100, at=AFTER + 2 * HOUR)
    [again] = found(s, made, now=AFTER + 2 * HOUR)
    assert again.kept == 1
    keep(s, house, made, now=AFTER + 3 * HOUR)
    assert len(service.keeps_of(s, made)) == 2


def test_who_did_not_see_what_stands_looks_again(s: Session, house: Cast, made: Certificate) -> None:
    mark(s, house.seat, 200)
    with pytest.raises(Conflict, match="Something changed"):
        keep(s, house, made, mark="old")
    seen = found(s, made)[0].mark
    keep(s, house, made, now=AFTER + HOUR)
    with pytest.raises(Conflict, match="nothing to decide"):
        keep(s, house, made, mark=seen, now=AFTER + HOUR)


def test_a_reason_is_needed_and_nobody_keeps_their_own(s: Session, house: Cast, made: Certificate) -> None:
    mark(s, house.seat, 200)
    with pytest.raises(Invalid):
        keep(s, house, made, reason=" ")
    with pytest.raises(Denied):
        keep(s, house, made, by=house.student)


def test_two_decisions_at_once_meet_the_constraint(s: Session, house: Cast, made: Certificate) -> None:
    mark(s, house.seat, 200)
    keep(s, house, made)
    with pytest.raises(IntegrityError), s.begin_nested():
        s.add(CertificateReview(code="OTHER", certificate_id=made.id, number=1, reason=b"", by="X", at=AFTER))
        s.flush()


def test_the_cost_does_not_grow_with_the_certificates(s: Session, house: Cast, count_queries: Any) -> None:
    house.cohort.seats = 40
    on, everybody, costs = held(s, house.cohort), [], []
    for many in (2, 6):
        for _one in range(many - len(everybody)):
            seat = factories.enrolment(s, house.cohort)
            everybody.append(issued(s, house, seat, on))
            mark(s, seat, 200)
        s.expire_all()
        loaded = of_cohorts(s, [house.cohort.id])
        assert len(loaded) == many
        with count_queries() as counted:
            assert len(service.changed_since(s, loaded, now=AFTER)) == many
        costs.append(len(counted))
    assert costs[0] == costs[1] <= 12, costs


# — pages


@pytest.fixture
def waiting(cast: Cast, database: Database, clock: FixedClock) -> str:
    """The code of a certificate to look at again; two hours after its issue."""
    with database.writer() as s:
        seat, by = s.get_one(Enrolment, cast.seat.id), s.get_one(Person, cast.coordinator.id)
        complete(s, seat, held(s, seat.cohort), s.get_one(Person, cast.facilitator.id))
        code = service.issue(s, seat, by=by, base_url=BASE, now=clock.now()).code
        mark(s, seat, 200, at=clock.now() + HOUR)
        s.commit()
    clock.advance(2 * HOUR)
    return code


def test_a_coordinator_sees_the_list_and_keeps_with_a_reason(cast: Cast, waiting: str, browsers: Any) -> None:
    ruth, path = browsers(cast.coordinator), f"/certificates/{waiting}/again"
    listed = ruth.get("/certificates").text
    assert "To look at again" in listed
    assert f'href="{path}"' in listed
    page = ruth.get(path).text
    assert "100 %, passed" in page
    assert "50 %, not passed" in page
    seen = re.search(r'name="mark"[^>]*value="([0-9a-f]{64})"', page)
    assert seen
    refused = ruth.post(path, {"mark": seen[1], "reason": " "})
    assert refused.status_code == 422
    assert "Write why it is kept." in refused.text
    assert ruth.post(path, {"mark": "old", "reason": "Because."}).status_code == 409
    assert ruth.post(path, {"mark": seen[1], "reason": "The board was asked."}).status_code == 303
    assert "To look at again" not in ruth.get("/certificates").text
    page = ruth.get(path).text
    assert "Nothing is to be decided about this certificate" in page
    assert "The board was asked." in page
    assert "Ruth Okafor: kept." in page


def test_only_the_coordinator_decides(cast: Cast, waiting: str, browsers: Any) -> None:
    path = f"/certificates/{waiting}/again"
    for who, status in (
        (cast.student, 403), (cast.facilitator, 403), (cast.classmate, 404), (cast.funder, 404), (cast.other_facilitator, 404),
    ):  # fmt: skip
        assert browsers(who).get(path).status_code == status
        assert browsers(who).post(path, {"reason": "x"}).status_code == status
