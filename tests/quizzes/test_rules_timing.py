from dataclasses import replace
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


OVERDUE = st.sampled_from(["submit", "grace", "abandon"])
RECORDED = st.sampled_from(["in_progress", "submitted", "expired", "abandoned"])


@st.composite
def timings(draw: st.DrawFn) -> Timing:
    """Any timing: with and without limit, grace and a pause that begins after the start."""
    started, minutes = draw(INSTANTS), st.integers(0, 300).map(lambda n: timedelta(minutes=n))
    ends = draw(st.none() | minutes.map(lambda span: started + span))
    paused = draw(st.none() | st.tuples(minutes, minutes))
    begun = started + paused[0] if paused else None
    return Timing(
        started,
        ends,
        draw(RECORDED),
        draw(OVERDUE),
        draw(minutes),
        begun,
        begun + paused[1] if paused and begun else None,
    )


@given(timings(), INSTANTS)
def test_only_legal_steps(timing: Timing, now: datetime) -> None:
    closing, lapse = rules.closing(timing, now), rules.lapse(timing, now)
    assert (closing is not None) == (timing.recorded == "in_progress")
    if closing is not None:
        assert closing.state in rules.LEGAL[timing.recorded]
        assert rules.state(replace(timing, recorded=closing.state), now) == closing.state
        assert rules.may_send(rules.state(timing, now)) == (closing.state == "submitted")
    # What the clock closes, the student's sending closes in the same way; what it does not, it leaves alone.
    assert lapse in (None, closing)
    assert (lapse is not None) == (rules.state(timing, now) == "lapsed")


@given(timings(), INSTANTS)
def test_the_timer_looks_at_every_attempt_that_has_lapsed(timing: Timing, now: datetime) -> None:
    if rules.lapse(timing, now) is not None:
        due = rules.due(timing)
        assert due is not None
        assert due < now - rules.ALLOWANCE or timing.paused_at is not None


def test_what_may_follow_what() -> None:
    """Sent stays sent; what the clock closed may be opened again, by staff."""
    assert {before: sorted(after) for before, after in rules.LEGAL.items()} == {
        "in_progress": ["abandoned", "expired", "submitted"],
        "submitted": [],
        "expired": ["in_progress"],
        "abandoned": ["in_progress"],
    }


@pytest.mark.parametrize(
    ("overdue", "after", "state", "closes"),
    [
        ("submit", 15, "allowance", "submitted"),
        ("submit", 16, "lapsed", "expired"),
        ("grace", 15, "allowance", "submitted"),
        ("grace", 16, "grace", "submitted"),
        ("grace", 300 + 15, "grace", "submitted"),
        ("grace", 300 + 16, "lapsed", "abandoned"),
        ("abandon", 15, "allowance", "submitted"),
        ("abandon", 16, "lapsed", "abandoned"),
    ],
)
def test_grace_is_apart_from_the_networks_allowance(
    overdue: rules.Overdue, after: int, state: str, closes: str
) -> None:
    ends = NOW + timedelta(minutes=30)
    timing = Timing(NOW, ends, overdue=overdue, grace=timedelta(minutes=5))
    now = ends + after * SECOND
    closing = rules.closing(timing, now)
    assert closing is not None
    assert (rules.state(timing, now), closing.state) == (state, closes)
    assert rules.takes_answers(rules.state(timing, now)) == (state == "allowance")
    finished = {"expired": ends, "abandoned": ends + timedelta(minutes=5 if overdue == "grace" else 0)}
    assert closing.at == finished.get(closing.state, now)


def test_a_pause_stops_the_clock_and_ends_by_itself() -> None:
    begun, ends = NOW + timedelta(minutes=10), NOW + timedelta(minutes=30)
    timing = Timing(NOW, ends, paused_at=begun, pause_ends=begun + timedelta(minutes=5))
    states = [rules.state(timing, begun + timedelta(seconds=at)) for at in (0, 15, 16, 299, 300, 25 * 60, 25 * 60 + 16)]
    assert states == ["pausing", "pausing", "paused", "paused", "open", "open", "lapsed"]
    assert rules.ends(timing, begun + timedelta(minutes=2)) == ends + timedelta(minutes=2)
    assert rules.ends(timing, NOW + timedelta(days=1)) == ends + timedelta(minutes=5)
    assert rules.due(timing) == begun + timedelta(minutes=5)


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


# — time added while an attempt is under way


@given(timings(), st.integers(-10, 10**5), st.sampled_from(["now", "end"]), INSTANTS)
def test_granted_time_never_shortens(timing: Timing, seconds: int, base: rules.Base, now: datetime) -> None:
    ends = rules.extended(timing, seconds, base, now)
    assert (ends is None) == (timing.deadline is None)
    if ends is None or timing.deadline is None:
        return
    assert ends >= timing.deadline
    after = rules.ends(replace(timing, deadline=ends), now)
    assert after is not None
    if base == "now":
        assert after >= now + seconds * SECOND, "so many seconds from this instant at least"
    else:
        assert ends - timing.deadline == max(0, seconds) * SECOND


@given(LIMITS, TERMS, TERMS, st.integers(0, 3600))
def test_a_changed_arrangement_never_shortens_what_is_under_way(
    limit: int, first: TimeTerms, then: TimeTerms, granted: int
) -> None:
    begun = rules.deadline(NOW, limit, first)
    extra = (rules.allowed_seconds(limit, first) or limit) - limit
    held = rules.Arranged(None if begun is None else begun + granted * SECOND, extra)
    after = rules.rearranged(held, limit, then)
    if held.deadline is None:
        assert after == held, "who had no limit gets none"
    elif after.deadline is not None:
        assert after.deadline >= held.deadline
        assert after.deadline == NOW + (limit + after.extra_seconds + granted) * SECOND
        wanted = rules.deadline(NOW, limit, then)
        assert wanted is not None
        assert after.deadline >= wanted
    else:
        assert then.untimed
    assert rules.rearranged(after, limit, then) == after, "asked twice it gives once"


@given(timings(), INSTANTS, st.integers(0, 10**5))
def test_more_time_never_closes_what_is_open(timing: Timing, now: datetime, seconds: int) -> None:
    ends = rules.extended(timing, seconds, "end", now)
    more = replace(timing, deadline=ends)
    for allows in (rules.takes_answers, rules.may_send):
        assert allows(rules.state(more, now)) >= allows(rules.state(timing, now))
