from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.db import Database
from lms.core.errors import NotFound
from lms.learning import service as learning
from lms.learning.models import LessonDone, PartOpened, ReadingSpan
from tests import factories
from tests.factories import NOON
from tests.learning.conftest import attempt

SECOND = timedelta(seconds=1)


def at(seconds: float) -> Any:
    return NOON + timedelta(seconds=seconds)


def state(s: Session, seat: Enrolment, lesson: str = "m1-l1") -> Any:
    return learning.lesson_states(s, [seat.id])[seat.id][lesson]


def spans(s: Session, seat: Enrolment) -> list[ReadingSpan]:
    return list(s.scalars(sa.select(ReadingSpan).where(ReadingSpan.enrolment_id == seat.id).order_by(ReadingSpan.id)))


def on(s: Session, **pathway: Any) -> Enrolment:
    made = factories.pieces()
    made["pathway:starter"] |= pathway
    return factories.enrolment(s, factories.cohort(s, release_=factories.release(s, made)))


def noted(s: Session) -> Enrolment:
    made = factories.pieces()
    made["lesson:m1-l1"]["content_note"] = "Part 2 is hard; you may go past it."
    return factories.enrolment(s, factories.cohort(s, release_=factories.release(s, made)))


# Opening parts


def test_a_part_is_opened_once_and_the_first_time_stands(s: Session, seat: Enrolment) -> None:
    learning.open_part(s, seat, "m1-l1", 2, now=NOON)
    learning.open_part(s, seat, "m1-l1", 2, now=at(60))
    rows = list(s.scalars(sa.select(PartOpened).where(PartOpened.enrolment_id == seat.id)))
    assert [(row.lesson, row.part, row.at) for row in rows] == [("m1-l1", 2, NOON)]


@pytest.mark.parametrize("part", [0, 4, -1])
def test_a_part_that_is_not_there_is_refused(s: Session, seat: Enrolment, part: int) -> None:
    with pytest.raises(NotFound):
        learning.open_part(s, seat, "m1-l1", part, now=NOON)


def test_a_lesson_of_another_release_is_refused(s: Session, seat: Enrolment) -> None:
    with pytest.raises(NotFound):
        learning.open_part(s, seat, "m2-l1", 1, now=NOON)


def test_leaving_a_page_by_its_button_opens_it_too_and_earns_its_time(s: Session, seat: Enrolment) -> None:
    mark = learning.shown_mark(s, seat, "m1-l1", 1, now=NOON)
    learning.open_part(s, seat, "m1-l1", 2, shown=mark, now=at(70))
    assert state(s, seat).opened == {1, 2}
    assert state(s, seat).measured_seconds == 70


def test_a_page_left_open_over_night_earns_what_a_slow_reader_needs(s: Session, seat: Enrolment) -> None:
    mark = learning.shown_mark(s, seat, "m1-l1", 1, now=NOON)
    learning.open_part(s, seat, "m1-l1", 2, shown=mark, now=at(50_000))
    assert state(s, seat).measured_seconds == 120


def test_pressing_the_button_again_and_again_earns_no_more_than_real_time(s: Session, seat: Enrolment) -> None:
    mark = learning.shown_mark(s, seat, "m1-l1", 1, now=NOON)
    for second in range(100, 110):
        learning.open_part(s, seat, "m1-l1", 2, shown=mark, now=at(second))
    assert state(s, seat).measured_seconds == 109


def test_a_page_with_a_script_earns_its_time_by_beats_alone(s: Session, seat: Enrolment) -> None:
    mark = learning.shown_mark(s, seat, "m1-l1", 1, now=NOON)
    learning.open_part(s, seat, "m1-l1", 2, shown=mark, scripted=True, now=at(70))
    assert state(s, seat).opened == {1, 2}
    assert state(s, seat).measured_seconds == 0


def test_a_whole_lesson_can_be_read_without_a_script(s: Session, seat: Enrolment) -> None:
    attempt(s, seat, "check-m1-l1", at=NOON)
    for turn in range(2):
        for part in (1, 2, 3):
            began = (turn * 3 + part - 1) * 100
            mark = learning.shown_mark(s, seat, "m1-l1", part, now=at(began))
            learning.open_part(s, seat, "m1-l1", min(part + 1, 3), shown=mark, now=at(began + 100))
    assert state(s, seat).done_at is not None
    assert state(s, seat).credited_seconds == 1200


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=st.lists(st.integers(0, 400), min_size=1, max_size=5), before=st.integers(0, 300))
def test_reading_in_a_row_leaves_what_page_after_page_would_leave(
    s: Session, seat: Enrolment, gaps: list[int], before: int
) -> None:
    one, other = (factories.enrolment(s, seat.cohort) for _ in range(2))
    moments = [at(before + sum(gaps[:n])) for n in range(len(gaps) + 1)]
    pages = [(n % 3 + 1, moment) for n, moment in enumerate(moments[:-1])]
    for who in (one, other):  # something was measured before, so that the frontier matters
        learning.leave_part(s, who, "m1-l2", shown=learning.shown_mark(s, who, "m1-l2", 1, now=NOON), now=at(90))
    mark = ""
    for part, moment in pages:
        learning.open_part(s, one, "m1-l1", part, shown=mark, now=moment)
        mark = learning.shown_mark(s, one, "m1-l1", part, now=moment)
    learning.leave_part(s, one, "m1-l1", shown=mark, now=moments[-1])
    learning.read_through(s, other, "m1-l1", pages, now=moments[-1])
    assert _left_by(s, one) == _left_by(s, other)


def _left_by(s: Session, seat: Enrolment) -> tuple[Any, ...]:
    opened = s.scalars(sa.select(PartOpened).where(PartOpened.enrolment_id == seat.id).order_by(PartOpened.part))
    measured = [(x.lesson, x.client, x.sequence, x.started_at, x.ended_at) for x in spans(s, seat)]
    return [(x.lesson, x.part, x.at) for x in opened], measured, state(s, seat)


def test_reading_in_a_row_earns_a_lesson_whose_check_is_passed(s: Session, seat: Enrolment) -> None:
    attempt(s, seat, "check-m1-l1", at=NOON)
    done = learning.read_through(s, seat, "m1-l1", [(1, at(0)), (2, at(200)), (3, at(400))], now=at(600))
    assert done is None, "twice 120 seconds of a slow reader and once more are less than the lesson asks for"
    done = learning.read_through(s, seat, "m1-l1", [(1, at(700)), (2, at(900)), (3, at(1100))], now=at(1300))
    assert done is not None
    assert done.credited_seconds == 1200


@pytest.mark.parametrize("part", [0, 4])
def test_reading_in_a_row_refuses_a_part_that_is_not_there(s: Session, seat: Enrolment, part: int) -> None:
    with pytest.raises(NotFound):
        learning.read_through(s, seat, "m1-l1", [(1, NOON), (part, at(60))], now=at(90))
    assert not learning.lesson_states(s, [seat.id])[seat.id]


def test_leaving_for_the_check_opens_the_page_and_earns_its_time(s: Session, seat: Enrolment) -> None:
    mark = learning.shown_mark(s, seat, "m1-l1", 3, now=NOON)
    learning.leave_part(s, seat, "m1-l1", shown=mark, now=at(45))
    assert (state(s, seat).opened, state(s, seat).measured_seconds) == ({3}, 45)


@pytest.mark.parametrize(
    "forge",
    [
        lambda mark: mark.replace("1.", "3.", 1),
        lambda mark: mark[:-3] + "abc",
        lambda mark: "1." + str(int(mark.split(".")[1]) - 9999) + "." + mark.split(".")[2],
        lambda mark: "1.1.1",
        lambda mark: "..",
        lambda mark: "x" * 5000,
    ],
)
def test_a_mark_that_was_changed_earns_nothing_and_loses_nothing(
    s: Session, seat: Enrolment, forge: Callable[[str], str]
) -> None:
    mark = forge(learning.shown_mark(s, seat, "m1-l1", 1, now=NOON))
    learning.open_part(s, seat, "m1-l1", 2, shown=mark, now=at(60))
    assert state(s, seat).opened == {2}
    assert state(s, seat).measured_seconds == 0


def test_a_mark_of_somebody_else_or_another_lesson_earns_nothing(s: Session, seat: Enrolment) -> None:
    other = factories.enrolment(s, seat.cohort)
    for mark in (
        learning.shown_mark(s, other, "m1-l1", 1, now=NOON),
        learning.shown_mark(s, seat, "m1-l2", 1, now=NOON),
    ):
        learning.open_part(s, seat, "m1-l1", 2, shown=mark, now=at(60))
    assert state(s, seat).measured_seconds == 0


def test_a_part_that_a_content_note_warns_of_may_be_stepped_over(s: Session) -> None:
    seat = noted(s)
    learning.open_part(s, seat, "m1-l1", 3, past=2, now=NOON)
    assert state(s, seat).opened == {2, 3}


def test_the_last_part_may_be_stepped_over_too(s: Session) -> None:
    seat = noted(s)
    learning.open_part(s, seat, "m1-l1", 3, past=3, now=NOON)
    assert state(s, seat).opened == {3}


@pytest.mark.parametrize(("part", "past"), [(3, 1), (1, 2), (2, 2), (3, 9), (1, -1), (3, -2)])
def test_only_the_part_before_may_be_stepped_over(s: Session, part: int, past: int) -> None:
    with pytest.raises(NotFound):
        learning.open_part(s, noted(s), "m1-l1", part, past=past, now=NOON)


def test_a_lesson_without_a_content_note_has_nothing_to_step_over(s: Session, seat: Enrolment) -> None:
    with pytest.raises(NotFound):
        learning.open_part(s, seat, "m1-l1", 3, past=2, now=NOON)


# Beats


def test_beats_of_one_sitting_become_one_stretch(s: Session, seat: Enrolment) -> None:
    learning.beat(s, seat, "m1-l1", client="tab", sequence=0, now=NOON)
    for n in range(1, 10):
        answer = learning.beat(s, seat, "m1-l1", client="tab", sequence=n, now=at(20.4 * n))
    assert answer == learning.Beat(180, 9, None)
    assert len(spans(s, seat)) == 1
    assert spans(s, seat)[0].sequence == 9


def test_a_repeated_report_changes_nothing(s: Session, seat: Enrolment) -> None:
    first = learning.beat(s, seat, "m1-l1", client="tab", sequence=3, now=NOON)
    again = learning.beat(s, seat, "m1-l1", client="tab", sequence=3, now=at(5))
    older = learning.beat(s, seat, "m1-l1", client="tab", sequence=1, now=at(9))
    assert first == again == older
    assert len(spans(s, seat)) == 1


def test_reading_without_a_line_is_kept_and_sent_later(s: Session, seat: Enrolment) -> None:
    learning.beat(s, seat, "m1-l1", client="tab", sequence=1, now=NOON)
    assert learning.beat(s, seat, "m1-l1", client="tab", sequence=31, now=at(600)).measured_seconds == 620


def test_a_pause_begins_another_stretch(s: Session, seat: Enrolment) -> None:
    learning.beat(s, seat, "m1-l1", client="tab", sequence=1, now=NOON)
    learning.beat(s, seat, "m1-l1", client="tab", sequence=1, now=at(3580))
    learning.beat(s, seat, "m1-l1", client="tab", sequence=2, now=at(3600))
    learning.beat(s, seat, "m1-l1", client="tab", sequence=3, now=at(3620))
    assert [(x.started_at, x.ended_at) for x in spans(s, seat)] == [(at(-20), NOON), (at(3580), at(3620))]


def test_two_devices_do_not_add_up(s: Session, seat: Enrolment) -> None:
    for name in ("phone", "laptop"):
        learning.beat(s, seat, "m1-l1", client=name, sequence=0, now=NOON)
    for n in range(1, 7):
        learning.beat(s, seat, "m1-l1", client="phone", sequence=n, now=at(20 * n))
        learning.beat(s, seat, "m1-l2", client="laptop", sequence=n, now=at(20 * n + 10))
    total = state(s, seat).measured_seconds + state(s, seat, "m1-l2").measured_seconds
    assert total == 130


def test_a_tab_that_gained_nothing_is_known_all_the_same(s: Session, seat: Enrolment) -> None:
    learning.beat(s, seat, "m1-l1", client="phone", sequence=1, now=NOON)
    learning.beat(s, seat, "m1-l1", client="laptop", sequence=1, now=NOON)
    learning.beat(s, seat, "m1-l1", client="laptop", sequence=1, now=NOON)
    assert [(x.client, x.sequence, x.ended_at - x.started_at) for x in spans(s, seat)] == [
        ("phone", 1, 20 * SECOND),
        ("laptop", 1, 0 * SECOND),
    ]


def test_a_lesson_is_measured_up_to_three_times_its_minutes(s: Session, seat: Enrolment) -> None:
    learning.beat(s, seat, "m1-l1", client="tab", sequence=1, now=NOON)
    assert learning.beat(s, seat, "m1-l1", client="tab", sequence=2000, now=at(40_000)).measured_seconds == 3600


def test_going_on_in_another_lesson_begins_another_stretch(s: Session, seat: Enrolment) -> None:
    learning.beat(s, seat, "m1-l1", client="tab", sequence=1, now=NOON)
    learning.beat(s, seat, "m1-l2", client="tab", sequence=2, now=at(20))
    assert [(x.lesson, x.ended_at) for x in spans(s, seat)] == [("m1-l1", NOON), ("m1-l2", at(20))]


def test_a_beat_for_an_unknown_lesson_is_refused(s: Session, seat: Enrolment) -> None:
    with pytest.raises(NotFound):
        learning.beat(s, seat, "nowhere", client="tab", sequence=1, now=NOON)


moves = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 90), st.integers(0, 6), st.booleans()), max_size=15
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves)
def test_whatever_arrives_stretches_never_overlap(
    s: Session, seat: Enrolment, moves: list[tuple[str, int, int, bool]]
) -> None:
    """Tabs and buttons in any order: what is stored never overlaps and fits into the time that really passed."""
    seat = factories.enrolment(s, seat.cohort)
    now, counts = NOON, {"a": 0, "b": 0, "c": 0}
    for client, wait, claim, button in moves:
        mark = learning.shown_mark(s, seat, "m1-l1", 1, now=now)
        now += wait * SECOND
        counts[client] += claim
        if button:
            learning.open_part(s, seat, "m1-l1", 2, shown=mark, now=now)
        else:
            learning.beat(s, seat, "m1-l1", client=client, sequence=counts[client], now=now)
    kept = sorted((x for x in spans(s, seat) if x.ended_at > x.started_at), key=lambda x: x.started_at)
    assert all(one.ended_at <= two.started_at for one, two in pairwise(kept))
    assert sum((x.ended_at - x.started_at).total_seconds() for x in kept) <= (now - NOON).total_seconds() + 20


def test_two_devices_reporting_at_once_are_measured_once(database: Database) -> None:
    """The race the lock is for: both read the same frontier. Real threads on a real database."""
    with database.writer() as s:
        code = factories.enrolment(s, factories.cohort(s)).code
        s.commit()

    def report(client: str) -> None:
        with database.writer() as mine:
            seat = cohorts.enrolment_by_code(mine, code)
            assert seat is not None
            learning.beat(mine, seat, "m1-l1", client=client, sequence=1, now=NOON)
            mine.commit()

    threads = [Thread(target=report, args=(f"tab-{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reader() as s:
        seat = cohorts.enrolment_by_code(s, code)
        assert seat is not None
        assert state(s, seat).measured_seconds == 20


# Settling


def read(s: Session, seat: Enrolment, seconds: int = 480, began: int = 0) -> None:
    for part in (1, 2, 3):
        learning.open_part(s, seat, "m1-l1", part, now=at(began))
    learning.beat(s, seat, "m1-l1", client="tab", sequence=0, now=at(began))
    learning.beat(s, seat, "m1-l1", client="tab", sequence=seconds // 20, now=at(began + seconds))


def test_the_last_beat_that_was_missing_writes_the_lesson_down(s: Session, seat: Enrolment) -> None:
    attempt(s, seat, "check-m1-l1", at=NOON)
    read(s, seat, 460)
    assert state(s, seat).done_at is None
    answer = learning.beat(s, seat, "m1-l1", client="tab", sequence=24, now=at(480))
    assert answer.done_at == at(480)
    row = s.get_one(LessonDone, (seat.id, "m1-l1"))
    assert (row.credited_seconds, row.measured_seconds, row.rule) == (1200, 480, "completion")
    assert row.release == seat.cohort.release.digest


def test_the_last_part_that_was_missing_writes_the_lesson_down(s: Session, seat: Enrolment) -> None:
    attempt(s, seat, "check-m1-l1", at=NOON)
    learning.open_part(s, seat, "m1-l1", 1, now=NOON)
    learning.open_part(s, seat, "m1-l1", 2, now=NOON)
    learning.beat(s, seat, "m1-l1", client="tab", sequence=0, now=NOON)
    learning.beat(s, seat, "m1-l1", client="tab", sequence=30, now=at(600))
    assert state(s, seat).done_at is None
    learning.open_part(s, seat, "m1-l1", 3, now=at(700))
    assert state(s, seat).done_at == at(700)


def test_a_passed_check_is_settled_by_the_tick_with_the_moment_it_was_passed(s: Session, seat: Enrolment) -> None:
    read(s, seat)
    attempt(s, seat, "check-m1-l1", at=at(900))
    assert learning.settle_due(s, at(5000)) == 1
    assert state(s, seat).done_at == at(900)
    assert learning.settle_due(s, at(6000)) == 0


def test_reading_after_the_end_moves_nothing(s: Session, seat: Enrolment) -> None:
    attempt(s, seat, "check-m1-l1", at=NOON)
    read(s, seat)
    read(s, seat, 480, began=9000)
    row = s.get_one(LessonDone, (seat.id, "m1-l1"))
    assert (row.at, row.credited_seconds, row.measured_seconds) == (at(480), 1200, 480)


def test_seat_time_grows_up_to_the_minutes_and_its_moment_stays(s: Session) -> None:
    seat = on(s, self_paced_credit="seat_time")
    attempt(s, seat, "check-m1-l1", at=NOON)
    for seconds in (0, 400):
        read(s, seat, seconds)
        row = s.get_one(LessonDone, (seat.id, "m1-l1"), populate_existing=True)
        assert (row.at, row.credited_seconds, row.measured_seconds) == (NOON, seconds, seconds)


def test_seat_time_never_exceeds_the_minutes(s: Session) -> None:
    seat = on(s, self_paced_credit="seat_time")
    attempt(s, seat, "check-m1-l1", at=NOON)
    read(s, seat, 3000)
    assert state(s, seat).credited_seconds == 1200


def test_nothing_is_settled_while_something_is_missing(s: Session, seat: Enrolment) -> None:
    read(s, seat)
    assert learning.settle(s, seat, "m1-l1", now=at(999)) is None
    attempt(s, seat, "check-m1-l1", passed=False, at=at(600))
    assert learning.settle(s, seat, "m1-l1", now=at(999)) is None
    assert learning.settle(s, seat, "m1-l2", now=at(999)) is None
    assert learning.settle(s, seat, "nowhere", now=at(999)) is None
    assert learning.settle_due(s, at(999)) == 0


def test_the_tick_leaves_out_who_has_left_and_cohorts_that_miss_their_requirements(s: Session) -> None:
    release = factories.release(s)
    left = factories.enrolment(s, factories.cohort(s, release_=release), status="withdrawn")
    broken = factories.enrolment(s, factories.cohort(s, release_=release))
    for seat in (left, broken):
        read(s, seat)
        attempt(s, seat, "check-m1-l1")
    broken.cohort.pathway = "nowhere"
    s.flush()
    fine = factories.enrolment(s, factories.cohort(s, release_=release))
    read(s, fine)
    attempt(s, fine, "check-m1-l1")
    assert learning.settle_due(s, at(999)) == 1
    assert state(s, fine).done_at is not None


@pytest.mark.parametrize("people", [2, 40])
def test_the_tick_costs_the_same_for_many(s: Session, people: int, count_queries: Any) -> None:
    cohort = factories.cohort(s)
    for _ in range(people):
        read(s, factories.enrolment(s, cohort))
    learning.settle_due(s, at(999))
    with count_queries() as counted:
        learning.settle_due(s, at(999))
    assert len(counted) <= 4
