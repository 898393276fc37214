"""The queue: oldest first, names hidden, in a constant number of queries."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.curriculum import service as curriculum
from lms.narratives import service
from tests import factories
from tests.factories import NOON
from tests.narratives.acting import answered, coordinator_of, facilitator_of, sent

DAY = timedelta(days=1)


def test_the_longest_wait_stands_first(s: Session) -> None:
    cast = factories.cast(s)
    sent(s, cast.classmate_seat, now=NOON - DAY)
    oldest = sent(s, cast.seat, now=NOON - 3 * DAY)
    lines = service.queue(s, [cast.cohort.id], now=NOON)
    assert [(line.days, line.title, line.cohort) for line in lines] == [
        (3, "Your story", "Autumn 2026"),
        (1, "Your story", "Autumn 2026"),
    ]
    assert (lines[0].code, lines[0].label) == (oldest.code, "N-" + oldest.code[:4])


def test_the_writer_has_no_name_until_release_unless_they_will_meet(s: Session) -> None:
    cast = factories.cast(s)
    sent(s, cast.seat, now=NOON - DAY)
    sent(s, cast.classmate_seat, interview=True, now=NOON)
    text, interview = service.queue(s, [cast.cohort.id], now=NOON)
    assert "Whitfield" not in repr(text)
    assert (text.writer, interview.writer) == ("", "Tomás Rivera-Lund")


def test_a_line_says_who_holds_it_and_until_when(s: Session) -> None:
    cast = factories.cast(s)
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    service.claim(s, sent(s, cast.seat), reader, now=NOON)
    (mine,) = service.queue(s, [cast.cohort.id], reader=reader, now=NOON)
    (theirs,) = service.queue(s, [cast.cohort.id], now=NOON)
    (later,) = service.queue(s, [cast.cohort.id], now=NOON + timedelta(hours=2))
    assert (mine.hold, mine.until, mine.readable) == ("mine", NOON + timedelta(hours=2), True)
    assert (theirs.hold, theirs.holder, theirs.readable) == ("taken", "Marcus Bell", False)
    assert (later.hold, later.until) == ("free", None)


def test_a_reader_who_stepped_back_sees_so_in_every_round(s: Session) -> None:
    cast = factories.cast(s)
    reader, other = (
        facilitator_of(p, cast.cohort.id) for p in (cast.facilitator, factories.person(s, "Wren Castellanos"))
    )
    first = sent(s, cast.seat)
    service.recuse(s, first, reader, now=NOON)
    answered(s, first, other, {"moment": 1, "help": 1, "limits": 1})
    sent(s, cast.seat, "Once more.")
    (line,) = service.queue(s, [cast.cohort.id], reader=reader, now=NOON)
    (others,) = service.queue(s, [cast.cohort.id], reader=other, now=NOON)
    assert (line.round, line.stepped_back, line.readable) == (2, True, False)
    assert (others.stepped_back, others.readable) == (False, True)


def test_answered_and_withdrawn_and_other_cohorts_are_not_in_it(s: Session) -> None:
    cast = factories.cast(s)
    answered(s, sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id))
    sent(s, cast.classmate_seat)
    cast.classmate_seat.status = "withdrawn"
    sent(s, cast.stranger_seat)
    assert service.queue(s, [cast.cohort.id], now=NOON) == []


def test_a_coordinator_sees_the_state_and_opens_nothing(s: Session) -> None:
    cast = factories.cast(s)
    sent(s, cast.seat)
    sent(s, cast.stranger_seat)
    reader = coordinator_of(cast.coordinator, cast.provider.id)
    (line,) = service.queue(s, [], reader=reader, provider_ids=reader.coordinates, now=NOON)
    assert (line.cohort, line.readable, line.writer) == ("Autumn 2026", False, "")


def test_what_a_reader_answered_last(s: Session) -> None:
    cast = factories.cast(s)
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    submission = sent(s, cast.seat)
    answered(s, submission, reader)
    (line,) = service.answered_by(s, reader)
    assert (line.code, line.outcome, line.released_at) == (submission.code, "accepted", NOON)
    assert service.answered_by(s, facilitator_of(cast.other_facilitator, cast.stranger_seat.cohort_id)) == []


@pytest.mark.parametrize("people", [15, 300])
def test_the_queue_takes_as_many_queries_for_15_as_for_300(s: Session, count_queries: Any, people: int) -> None:
    cohort, teacher = factories.cohort(s), factories.person(s)
    for _n in range(people):
        sent(s, factories.enrolment(s, cohort))
    s.flush()
    curriculum.outline(s, cohort.release)
    with count_queries() as queries:
        lines = service.queue(s, [cohort.id], reader=facilitator_of(teacher, cohort.id), now=NOON)
    assert (len(lines), len(queries)) == (people, 2)
