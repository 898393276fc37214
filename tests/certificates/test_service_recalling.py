"""What is remembered is what would be worked out anew: at every instant, and after everything that can be recorded."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lms.certificates import service
from lms.certificates.service import facts as gathering
from lms.certificates.service import recalling
from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.access import Actor
from lms.core.together import Told
from lms.hours.models import HomeworkHandIn
from lms.quizzes.models import Attempt
from tests import factories
from tests.certificates import complete
from tests.factories import NOON

EDGES = (
    complete.BEFORE,
    complete.BEFORE + timedelta(minutes=9),
    complete.BEFORE + timedelta(hours=1),
    NOON - timedelta(hours=4),
    NOON - timedelta(hours=2),
    NOON,
    NOON + timedelta(days=2),
    NOON + timedelta(days=2, hours=2),
)
"""Instants that stand in the rows below, or near them."""


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The instants for which something had to be worked out."""
    recalling._known.cache_clear()
    done: list[datetime] = []
    real = gathering._worked_out

    def counted(s: Session, enrolments: Any, asked: Any, now: datetime) -> Any:
        done.append(now)
        return real(s, enrolments, asked, now)

    monkeypatch.setattr(gathering, "_worked_out", counted)
    return done


@pytest.fixture
def seat(s: Session) -> Enrolment:
    """A student with a bit of everything, a class that was held and one to come."""
    people = factories.cast(s)
    seat = cohorts.seat_of(s, cohorts.actor_for(s, people.student, now=NOON))
    assert seat is not None
    complete.complete(s, seat, complete.held(s, seat.cohort), people.facilitator)
    factories.meeting(s, seat.cohort, starts_at=NOON + timedelta(days=2), ends_at=NOON + timedelta(days=2, hours=2))
    s.flush()
    return seat


def actor(s: Session, seat: Enrolment) -> Actor:
    return cohorts.actor_for(s, seat.person, now=NOON)


def plain(gathered: service.Gathered, seat: Enrolment) -> object:
    rest = (
        gathered.hours,
        gathered.lessons,
        gathered.quizzes,
        gathered.narratives,
        gathered.facts,
        gathered.certificates,
    )
    return *rest, gathered.verdicts[seat.id]


def test_the_same_rows_are_worked_at_once(s: Session, seat: Enrolment, works: list[datetime]) -> None:
    soon, later = NOON + timedelta(minutes=1), NOON + timedelta(minutes=5)
    first = service.gather(s, [seat], now=soon)
    assert service.gather(s, [seat], now=later) is first
    mine, own = service.own(s, actor(s, seat), now=soon)  # type: ignore[misc]
    again, same = service.own(s, actor(s, seat), now=later)  # type: ignore[misc]
    assert again is mine
    assert same is own
    assert mine not in s
    assert works == [soon, soon]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    moments=st.lists(
        st.builds(
            lambda edge, shift: edge + shift,
            st.sampled_from(EDGES),
            st.sampled_from((-1, 0, 1)).map(lambda n: timedelta(microseconds=n))
            | st.sampled_from((14, 15, 16)).map(lambda n: timedelta(seconds=n)),
        ),
        min_size=2,
        max_size=6,
    )
)
def test_at_every_instant_what_is_remembered_is_what_is_true(
    s: Session, seat: Enrolment, moments: list[datetime]
) -> None:
    recalling._known.cache_clear()
    told = [(service.gather(s, [seat], now=at), service.own(s, actor(s, seat), now=at)) for at in moments]
    for at, (gathered, own) in zip(moments, told, strict=True):
        recalling._known.cache_clear()
        fresh = plain(service.gather(s, [seat], now=at), seat)
        assert plain(gathered, seat) == fresh
        assert own is not None
        assert plain(own[1], seat) == fresh


CHANGES: tuple[Callable[[Session, Enrolment], object], ...] = (
    lambda s, seat: setattr(seat, "status", "withdrawn"),
    lambda s, seat: setattr(seat.cohort, "zone", "Asia/Tokyo"),
    lambda s, seat: setattr(seat.cohort.provider, "live_virtual_approval", "A 7"),
    lambda s, seat: setattr(seat.cohort, "ends_on", seat.cohort.ends_on + timedelta(days=7)),
    lambda s, seat: s.execute(sa.update(HomeworkHandIn).values(state="returned")),
    lambda s, seat: complete.pass_quiz(s, seat, "another", "module"),
    lambda s, seat: complete.attend(s, seat, factories.meeting(s, seat.cohort)),
)


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_recorded_is_seen_at_once(
    s: Session, seat: Enrolment, works: list[datetime], change: Callable[[Session, Enrolment], object]
) -> None:
    service.gather(s, [seat], now=NOON)
    service.own(s, actor(s, seat), now=NOON)
    change(s, seat)
    s.flush()
    service.gather(s, [seat], now=NOON)
    looked = service.own(s, cohorts.actor_for(s, seat.person, now=NOON), now=NOON)
    if seat.status == "enrolled":
        assert looked is not None
        assert cohorts.seat_fact(looked[0]) == cohorts.seat_fact(seat)
        assert len(works) == 4
    else:
        assert len(works) >= 3


def test_while_an_attempt_is_under_way_nothing_is_kept(s: Session, seat: Enrolment, works: list[datetime]) -> None:
    complete.pass_quiz(s, seat, "another", "module")
    s.flush()
    begun = sa.update(Attempt).where(Attempt.quiz == "another")
    s.execute(begun.values(state="in_progress", closed_at=None, points=None, passed=None))
    for minute in range(3):
        service.gather(s, [seat], now=NOON + timedelta(minutes=minute))
    assert len(works) == 3


def test_what_must_not_be_kept_is_made_anew() -> None:
    recalling._known.cache_clear()
    made = iter(range(9))
    told = Told("[]")
    one = [recalling.recalled(told, "a", now=NOON, work=lambda facts: (next(made), False)) for _time in range(2)]
    two = [recalling.recalled(told, "b", now=NOON, work=lambda facts: (next(made), True)) for _time in range(2)]
    assert (one, two) == ([0, 1], [2, 2])


def test_somebody_without_a_seat_or_with_two_is_answered_too(s: Session, seat: Enrolment) -> None:
    nobody = factories.person(s)
    s.flush()
    assert service.own(s, cohorts.actor_for(s, nobody, now=NOON), now=NOON) is None
    other = factories.cohort(s, seat.cohort.provider, seat.cohort.release)
    factories.enrolment(s, other, seat.person)
    s.flush()
    found = service.own(s, cohorts.actor_for(s, seat.person, now=NOON), now=NOON)
    assert found is not None
    assert found[0].cohort_id in (seat.cohort_id, other.id)
