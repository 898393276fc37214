"""Where narratives stand, for many at once, without opening a text."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.narratives import service
from lms.narratives.rules import NarrativeResult
from tests import factories
from tests.factories import NOON
from tests.narratives.acting import KEY, answered, facilitator_of, sent, write

HOUR = timedelta(hours=1)


def test_nothing_begun_is_nothing_listed(s: Session) -> None:
    seat = factories.cast(s).seat
    assert service.results_for(s, [seat.id]) == {seat.id: {}}
    assert service.results_for(s, []) == {}


def test_the_states_in_their_order(s: Session) -> None:
    cast = factories.cast(s)
    reader, seat = facilitator_of(cast.facilitator, cast.cohort.id), cast.seat

    def now() -> NarrativeResult:
        return service.results_for(s, [seat.id])[seat.id][KEY]

    write(s, seat)
    assert now() == NarrativeResult(KEY, "draft", 1, NOON)
    submission = sent(s, seat, now=NOON)
    assert now() == NarrativeResult(KEY, "waiting", 1, NOON, NOON)
    answered(s, submission, reader, {"moment": 1, "help": 1, "limits": 1}, now=NOON + HOUR)
    assert now() == NarrativeResult(KEY, "returned", 1, NOON, NOON, NOON + HOUR, "Marcus Bell")
    second = service.send(s, write(s, seat, "More.", now=NOON + 2 * HOUR, interview=True), now=NOON + 2 * HOUR)
    assert now() == NarrativeResult(KEY, "waiting", 2, NOON + 2 * HOUR, NOON + 2 * HOUR, None, "", True)
    answered(s, second, reader, now=NOON + 3 * HOUR)
    assert (now().state, now().decided_at) == ("accepted", NOON + 3 * HOUR)


def test_a_correction_counts(s: Session) -> None:
    cast = factories.cast(s)
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    submission = sent(s, cast.seat)
    answered(s, submission, reader)
    review = service.begin_correction(s, submission, reader, "Read the wrong line.", now=NOON + HOUR)
    grades = service.Grades({"moment": 1, "help": 1, "limits": 1}, {}, "Sorry.")
    service.save_review(s, review, grades, sequence=review.sequence, now=NOON + HOUR)
    service.release_review(s, review, now=NOON + HOUR)
    result = service.results_for(s, [cast.seat.id])[cast.seat.id][KEY]
    assert (result.state, result.decided_at) == ("returned", NOON + HOUR)


@pytest.mark.parametrize("people", [2, 12])
def test_it_takes_one_query_for_any_number(s: Session, count_queries: Any, people: int) -> None:
    cohort = factories.cohort(s)
    seats = [factories.enrolment(s, cohort) for _n in range(people)]
    for seat in seats:
        sent(s, seat)
    s.flush()
    with count_queries() as queries:
        found = service.results_for(s, [seat.id for seat in seats])
    assert len(queries) == 1
    assert [found[seat.id][KEY].state for seat in seats] == ["waiting"] * people
