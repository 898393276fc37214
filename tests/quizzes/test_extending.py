"""More time while an attempt is under way: by a person's arrangement, or granted to one or to everybody."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.core.errors import Invalid
from lms.quizzes import service
from lms.quizzes.models import Attempt
from lms.quizzes.rules import TimeTerms
from tests import factories
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.conftest import MakePermit, permit
from tests.quizzes.test_views import JSON, Sitting

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
END = NOON + 30 * MINUTE


@pytest.fixture
def attempt(s: Session, make_permit: MakePermit) -> Attempt:
    return service.start_attempt(s, make_permit(), now=NOON)


def arrange(s: Session, attempt: Attempt, now: Any = NOON + MINUTE, **terms: Any) -> service.Granted:
    person = s.get_one(Person, attempt.enrolment.person_id)
    cohorts.set_accommodation(s, person, **terms, by="RUTH", now=now)
    return service.follow_arrangement(s, person.id, by="RUTH", now=now)


# — an arrangement


def test_an_arrangement_moves_the_deadline_of_what_is_under_way(s: Session, attempt: Attempt) -> None:
    assert arrange(s, attempt, factor_percent=150) == service.Granted(1)
    assert (attempt.deadline, attempt.extra_seconds) == (END + 15 * MINUTE, 900)
    step = service.steps_of(s, attempt)[-1]
    assert (step.kind, step.by, step.deadline) == ("arranged", "RUTH", END + 15 * MINUTE)
    assert service.close_expired(s, END + 10 * MINUTE) == 0
    assert arrange(s, attempt, factor_percent=150) == service.Granted(0), "the same again changes nothing"


def test_less_than_before_takes_nothing_away(s: Session, attempt: Attempt) -> None:
    arrange(s, attempt, factor_percent=200)
    arrange(s, attempt, factor_percent=100)
    assert attempt.deadline == END + 30 * MINUTE
    arrange(s, attempt, untimed=True)
    assert attempt.deadline is None
    arrange(s, attempt, factor_percent=150)
    assert attempt.deadline is None
    assert service.close_expired(s, END + timedelta(days=2)) == 0


def test_what_was_sent_or_is_over_stays_as_it_is(s: Session, attempt: Attempt, make_permit: MakePermit) -> None:
    service.submit(s, attempt, now=NOON + MINUTE)
    over = service.start_attempt(s, make_permit("exam"), now=NOON)
    assert arrange(s, attempt, END + MINUTE, factor_percent=200) == service.Granted(0, closed=1)
    assert (attempt.state, attempt.deadline) == ("submitted", END)
    assert (over.state, over.deadline) == ("expired", END)


def test_it_goes_with_present_and_future_quizzes(s: Session, attempt: Attempt) -> None:
    arrange(s, attempt, factor_percent=150, extra_minutes=5, break_minutes=10, hide_time=True)
    assert service.terms_of(s, attempt.enrolment.person_id, now=NOON + MINUTE) == TimeTerms(150, 5, False, 10, True)
    assert (attempt.deadline, attempt.break_seconds, attempt.hide_time) == (END + 20 * MINUTE, 600, True)
    terms = service.terms_of(s, attempt.enrolment.person_id, now=NOON + MINUTE)
    later = service.start_attempt(s, permit(s, attempt.enrolment, "exam", terms=terms), now=NOON + MINUTE)
    assert (later.deadline, later.break_seconds, later.hide_time) == (NOON + 51 * MINUTE, 600, True)


# — granted


@pytest.mark.parametrize(
    ("base", "at", "minutes", "ends"),
    [
        ("end", 10, 5, 35),
        ("now", 10, 5, 30),  # twenty minutes are left: five from now would be less
        ("now", 28, 5, 33),
        ("end", 30, 5, 35),
        ("now", 30, 5, 35),
    ],
)
def test_time_is_granted_from_now_or_from_the_end(
    s: Session, attempt: Attempt, base: Any, at: int, minutes: int, ends: int
) -> None:
    given = service.extend(s, attempt, minutes=minutes, base=base, by="MARCUS", now=NOON + at * MINUTE)
    assert given == service.Granted(1)
    assert attempt.deadline == NOON + ends * MINUTE
    assert attempt.granted_seconds == (ends - 30) * 60
    assert service.steps_of(s, attempt)[-1].facts == {"minutes": minutes, "base": base}


def test_what_is_over_gets_no_time(s: Session, attempt: Attempt) -> None:
    assert service.extend(s, attempt, minutes=5, base="now", by="MARCUS", now=END + MINUTE) == service.Granted(0, 1)
    assert (attempt.state, attempt.deadline) == ("expired", END)


def test_what_has_no_limit_needs_none(s: Session, attempt: Attempt) -> None:
    arrange(s, attempt, untimed=True)
    given = service.extend(s, attempt, minutes=5, base="end", by="MARCUS", now=NOON + MINUTE)
    assert given == service.Granted(0, unlimited=1)


@pytest.mark.parametrize("minutes", [0, -5, 601])
def test_minutes_have_bounds(s: Session, attempt: Attempt, minutes: int) -> None:
    with pytest.raises(Invalid):
        service.extend(s, attempt, minutes=minutes, base="end", by="MARCUS", now=NOON)


def test_everybody_who_sits_it_now_gets_the_time_and_nobody_else(s: Session, attempt: Attempt) -> None:
    cohort = attempt.enrolment.cohort
    sitting, sent = (service.start_attempt(s, permit(s, factories.enrolment(s, cohort)), now=NOON) for _ in range(2))
    service.submit(s, sent, now=NOON + MINUTE)
    check = service.start_attempt(s, permit(s, sitting.enrolment, "check-m1-l1"), now=NOON)
    elsewhere = factories.cohort(s, cohort.provider, cohort.release, name="Other")
    other = service.start_attempt(s, permit(s, factories.enrolment(s, elsewhere)), now=NOON)
    given = service.extend_all(s, cohort.id, "quiz-m1", minutes=10, base="end", by="RUTH", now=NOON + 2 * MINUTE)
    assert given == service.Granted(2)
    assert (attempt.deadline, sitting.deadline) == (END + 10 * MINUTE, END + 10 * MINUTE)
    assert (sent.state, sent.deadline, other.deadline, check.deadline) == ("submitted", END, END, None)


def test_as_many_statements_for_many_as_for_few(s: Session, attempt: Attempt, count_queries: Any) -> None:
    cohort = attempt.enrolment.cohort
    cohort_id, made = cohort.id, []

    def given(minutes: int) -> Any:
        s.flush()
        s.expunge_all()  # as in a request of its own: nobody's row is read yet
        with count_queries() as counted:
            granted = service.extend_all(s, cohort_id, "quiz-m1", minutes=minutes, base="end", by="RUTH", now=NOON)
            s.flush()
        made.append(granted.given)
        return counted.statements

    few = given(5)
    for _ in range(30):
        service.start_attempt(s, permit(s, factories.enrolment(s, s.get_one(type(cohort), cohort_id))), now=NOON)
    many = given(10)
    assert made == [1, 31]
    assert len(many) == len(few) <= 4
    assert not any(".paper" in statement for statement in many), "nobody's questions are read"
    rows = s.scalars(sa.select(Attempt).order_by(Attempt.id)).all()
    assert [one.deadline for one in rows] == [END + 15 * MINUTE] + [END + 10 * MINUTE] * 30
    assert all(one.due_at == one.deadline for one in rows)
    assert all(service.steps_of(s, one)[-1].deadline == one.deadline for one in rows)


def test_what_is_over_is_left_to_the_timer(s: Session, attempt: Attempt) -> None:
    cohort = attempt.enrolment.cohort
    late = service.start_attempt(s, permit(s, factories.enrolment(s, cohort)), now=NOON + 10 * MINUTE)
    given = service.extend_all(s, cohort.id, "quiz-m1", minutes=10, base="now", by="RUTH", now=END + MINUTE)
    assert given == service.Granted(1, closed=1)
    assert (attempt.deadline, late.deadline) == (END, END + 11 * MINUTE)
    assert service.close_expired(s, END + MINUTE) == 1
    assert (attempt.state, late.state) == ("expired", "in_progress")


def test_time_added_while_the_tick_looks_wins(s: Session, attempt: Attempt) -> None:
    service.extend(s, attempt, minutes=10, base="end", by="MARCUS", now=END)
    # The tick had read the old deadline.
    for name in ("deadline", "due_at"):
        sa.orm.attributes.set_committed_value(attempt, name, END)
    assert service.close_expired(s, END + MINUTE) == 0
    assert attempt.state == "in_progress"


# — what the student sees


@pytest.fixture
def sitting(database: Database, browsers: Any, cast: Cast) -> Sitting:
    return Sitting(database, browsers(cast.student), cast.seat, "quiz-m1")


def test_a_page_that_is_open_learns_it_from_the_next_save(
    sitting: Sitting, browsers: Any, cast: Cast, clock: FixedClock
) -> None:
    ruth: Browser = browsers(cast.coordinator)
    clock.advance(10 * MINUTE)
    sent = {"factor_percent": "150", "extra_minutes": "0", "break_minutes": "0"}
    answer = ruth.post(f"/cohorts/people/{cast.seat.code}/accommodation", sent)
    assert answer.location == f"/cohorts/people/{cast.seat.code}"
    assert "A quiz that is under way follows it already." in ruth.get(answer.location).text
    reply = sitting.save((1, 0)).json
    assert reply["deadline"] == int((END + 15 * MINUTE).timestamp() * 1000)
    assert reply["of"] == "of 45 (30 + your extra time), until 12:45"
    assert sitting.browser.get(sitting.page, headers=JSON).json["deadline"] == reply["deadline"]


def test_granted_time_is_named_beside_the_persons_own(sitting: Sitting, database: Database, cast: Cast) -> None:
    with database.writer() as s:
        row = s.scalars(sa.select(Attempt)).one()
        person = s.get_one(Enrolment, cast.seat.id).person
        cohorts.set_accommodation(s, person, factor_percent=150, by="RUTH", now=NOON)
        service.follow_arrangement(s, person.id, by="RUTH", now=NOON)
        service.extend(s, row, minutes=10, base="end", by="RUTH", now=NOON)
        s.commit()
    assert "of 55 (30 + your extra time + 10 added), until 12:55" in sitting.browser.get(sitting.page).text


def test_no_clock_is_shown_to_who_asked_for_none(sitting: Sitting, database: Database) -> None:
    with database.writer() as s:
        s.execute(sa.update(Attempt).values(hide_time=True))
        s.commit()
    browser = sitting.browser
    assert "The time is hidden" in browser.get(sitting.page).text
    shown = browser.post(sitting.page + "/answers", {"go": "show", "time": "hidden"}).location
    assert shown.endswith("time=shown")
    assert "30 minutes left" in browser.get(shown).text


def test_who_may_open_the_form(browsers: Any, cast: Cast) -> None:
    path = f"/cohorts/people/{cast.seat.code}/time"
    assert "How much time does" in browsers(cast.coordinator).get(path).text
    for who, status in ((cast.facilitator, 403), (cast.student, 403), (cast.stranger, 404)):
        assert browsers(who).get(path).status_code == status
        assert browsers(who).post(f"/cohorts/people/{cast.seat.code}/accommodation").status_code == status
