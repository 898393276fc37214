from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes import rules
from lms.quizzes.rules import TimeTerms, Timing

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
INSTANTS = st.integers(-(10**7), 10**7).map(lambda n: NOW + timedelta(milliseconds=n))
LIMITS = st.integers(1, 10_000)
TERMS = st.builds(TimeTerms, st.integers(-50, 400), st.integers(-10, 240), st.booleans())


@pytest.mark.parametrize(
    ("limit", "terms", "seconds"),
    [
        (1800, TimeTerms(), 1800),
        (1800, TimeTerms(150), 2700),
        (1800, TimeTerms(100, 10), 2400),
        (1800, TimeTerms(150, 10), 3300),
        (1800, TimeTerms(200, 0, True), None),
        (None, TimeTerms(150, 10), None),
        (None, TimeTerms(), None),
        (1800, TimeTerms(50, -10), 1800),  # an arrangement never takes away
        (59, TimeTerms(133), 79),  # a part of a second is the person's
    ],
)
def test_the_time_a_person_has(limit: int | None, terms: TimeTerms, seconds: int | None) -> None:
    assert rules.allowed_seconds(limit, terms) == seconds
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert rules.deadline(NOW, limit, terms) == expected


@given(LIMITS, TERMS, st.integers(0, 200), st.integers(0, 120))
def test_adding_time_never_shortens(limit: int, terms: TimeTerms, factor: int, minutes: int) -> None:
    more = TimeTerms(terms.factor_percent + factor, terms.extra_minutes + minutes, terms.untimed)
    before, after = rules.deadline(NOW, limit, terms), rules.deadline(NOW, limit, more)
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert after >= before >= NOW + limit * SECOND


@pytest.mark.parametrize(
    ("after_deadline", "state"),
    [
        (-1.0, "open"),
        (0.0, "open"),
        (0.001, "allowance"),
        (15.0, "allowance"),
        (15.001, "lapsed"),
        (86400.0, "lapsed"),
    ],
)
def test_where_an_open_attempt_stands(after_deadline: float, state: str) -> None:
    ends = NOW + timedelta(minutes=30)
    assert rules.state(Timing(NOW, ends), ends + after_deadline * SECOND) == state


@pytest.mark.parametrize("recorded", ["submitted", "expired"])
def test_a_closed_attempt_stays_closed_whatever_the_time(recorded: rules.Recorded) -> None:
    for deadline in (None, NOW - SECOND, NOW + SECOND):
        assert rules.state(Timing(NOW, deadline, recorded), NOW) == recorded
        assert rules.closing(Timing(NOW, deadline, recorded), NOW) is None


def test_without_a_limit_an_attempt_never_lapses() -> None:
    assert rules.state(Timing(NOW, None), NOW + timedelta(days=4000)) == "open"


@pytest.mark.parametrize(
    ("after_deadline", "expected", "at"),
    [
        (-60, "submitted", -60),
        (0, "submitted", 0),
        (10, "submitted", 10),  # the person is there: the real time
        (16, "expired", 0),  # found later: the close time
        (90_000, "expired", 0),
    ],
)
def test_how_an_attempt_closes(after_deadline: int, expected: str, at: int) -> None:
    ends = NOW + timedelta(minutes=30)
    closing = rules.closing(Timing(NOW, ends), ends + after_deadline * SECOND)
    assert closing == rules.Closing(expected, ends + at * SECOND)  # type: ignore[arg-type]


def test_a_clock_that_was_set_back_does_not_end_an_attempt_before_it_began() -> None:
    assert rules.closing(Timing(NOW, None), NOW - timedelta(hours=1)) == rules.Closing("submitted", NOW)


@given(INSTANTS, st.none() | INSTANTS, st.sampled_from(["in_progress", "submitted", "expired"]), INSTANTS)
def test_only_legal_steps(started: datetime, ends: datetime | None, recorded: rules.Recorded, now: datetime) -> None:
    timing = Timing(started, ends, recorded)
    closing = rules.closing(timing, now)
    assert (closing is not None) == bool(rules.LEGAL[recorded])
    if closing is not None:
        assert closing.state in rules.LEGAL[recorded]
        assert rules.state(Timing(started, ends, closing.state), now) == closing.state
        assert rules.takes_answers(rules.state(timing, now)) == (closing.state == "submitted")


@given(INSTANTS, st.none() | INSTANTS, INSTANTS, st.integers(0, 10**6))
def test_time_moves_one_way(started: datetime, ends: datetime | None, now: datetime, later: int) -> None:
    order = ["open", "allowance", "lapsed"]
    first = rules.state(Timing(started, ends), now)
    second = rules.state(Timing(started, ends), now + later * SECOND)
    assert order.index(second) >= order.index(first)


@given(INSTANTS, INSTANTS, INSTANTS, st.integers(0, 10**5))
def test_a_later_deadline_never_closes_an_open_attempt(
    started: datetime, ends: datetime, now: datetime, more: int
) -> None:
    before = rules.takes_answers(rules.state(Timing(started, ends), now))
    after = rules.takes_answers(rules.state(Timing(started, ends + more * SECOND), now))
    assert after >= before


@pytest.mark.parametrize(
    ("seconds", "minutes", "mark"),
    [
        (2700, 45, "plenty"),
        (2699, 45, "plenty"),
        (301, 5, "plenty"),
        (300, 5, "five"),
        (89, 1, "five"),
        (61, 1, "five"),
        (60, 1, "one"),
        (1, 0, "one"),
        (0, 0, "up"),
        (-5, 0, "up"),
    ],
)
def test_the_time_left(seconds: int, minutes: int, mark: str) -> None:
    assert rules.time_left(NOW + seconds * SECOND, NOW) == rules.TimeLeft(max(0, seconds), minutes, mark)  # type: ignore[arg-type]


def test_there_is_no_time_left_where_there_is_no_limit() -> None:
    assert rules.time_left(None, NOW) is None
