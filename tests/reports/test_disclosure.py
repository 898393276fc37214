"""The attacker has every report of every quarter and knows the rules.

Histories that give the same reports are what the attacker cannot tell apart. Whatever was said as a band or hidden must
then still have at least five possible values.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.reports import rules
from lms.reports.rules import Quarter, Report, Seat

QUARTERS = tuple(Quarter(2026, number) for number in (1, 2, 3, 4))
Counts = tuple[int, int, int]
"""Enrolled, finished, certified: as of the end of one quarter."""
History = tuple[Counts, ...]


def end_of(quarter: Quarter) -> datetime:
    return datetime.combine(quarter.end, datetime.min.time(), UTC)


def seats_of(history: History) -> list[Seat]:
    """People whose numbers enrolled, finished and holding a certificate are these, quarter by quarter."""
    return [_seat(person, history) for person in range(history[-1][0])]


def _seat(person: int, history: History) -> Seat:
    days = [end_of(quarter) - timedelta(days=5) for quarter in QUARTERS]
    begun, finished = (
        next((day for day, n in zip(days, history, strict=False) if person < n[step]), None) for step in (0, 1)
    )
    spells: list[tuple[datetime, datetime | None]] = []
    for day, counts in zip(days, history, strict=False):
        holds = bool(spells) and spells[-1][1] is None
        if person < counts[2] and not holds:
            spells.append((day, None))
        elif person >= counts[2] and holds:
            spells[-1] = (spells[-1][0], day)
    assert begun is not None
    return Seat(person, begun, begun, finished, tuple(spells))


def published(history: History, agreed: Sequence[bool], shared: Sequence[bool]) -> tuple[Report | None, ...]:
    made: list[Report] = []
    said: list[Report | None] = []
    seats = seats_of(history)
    for quarter, agreement, both in zip(QUARTERS[: len(history)], agreed, shared, strict=False):
        report = rules.release(made, quarter, seats, end_of(quarter), rules.Terms(agreement, both, 40))
        made += [report] if report else []
        said.append(report)
    return tuple(said)


def not_exact(reports: Sequence[Report | None]) -> Iterator[tuple[int, int, rules.Figure]]:
    """Which figures were said as less than they are: quarter, step, figure. Where nothing is said, nothing is hidden."""
    for at, report in enumerate(reports):
        for step, one in enumerate(report.steps if report else ()):
            if one.people.kind != "exact":
                yield at, step, one.people


def test_the_histories_are_what_they_say() -> None:
    history = ((12, 3, 2), (14, 6, 1), (14, 11, 9))
    for report, counts in zip(published(history, [True] * 3, [False] * 3), history, strict=True):
        assert report is not None
        assert tuple(step.people.low for step in report.steps) == counts


# Every history of a small population


def histories(most: int) -> Iterator[History]:
    """Every way in which enrolled and finished can go over two quarters."""
    rows = [(e, f, 0) for e in range(most + 1) for f in range(e + 1)]
    yield from ((one, two) for one in rows for two in rows if one[0] <= two[0] and one[1] <= two[1] and two[0])


@pytest.mark.parametrize("agreed", [(False, True), (True, True), (True, False)], ids=str)
def test_no_history_of_up_to_fifteen_people_can_be_narrowed_down(agreed: tuple[bool, bool]) -> None:
    left: dict[object, set[int]] = defaultdict(set)
    for history in histories(15):
        reports = published(history, agreed, (False, False))
        for at, step, _figure in not_exact(reports):
            if step < 2:
                left[reports, at, step].add(history[at][step])
    assert len(left) > 20
    assert {key: values for key, values in left.items() if len(values) < 5} == {}


# Any history of four quarters, with certificates that come and go


@st.composite
def any_history(draw: st.DrawFn) -> History:
    rows: list[Counts] = []
    for _quarter in range(draw(st.integers(1, 4))):
        low = rows[-1] if rows else (0, 0, 0)
        enrolled = low[0] + draw(st.integers(0, 8))
        finished = min(enrolled, low[1] + draw(st.integers(0, 6)))
        rows.append((enrolled, finished, draw(st.integers(0, finished))))
    return tuple(rows)


def with_value(history: History, at: int, step: int, value: int) -> History:
    """The history in which one count is another, and those that cannot be more or less than it follow."""
    rows = [list(row) for row in history]
    for then, row in enumerate(rows):
        for other in range(3):
            # Certificates are revoked: only those of the same quarter are bound to the steps above.
            bound = then == at if 2 in (step, other) else True
            if bound and other >= step and then <= at:
                row[other] = min(row[other], value)
            if bound and other <= step and then >= at:
                row[other] = max(row[other], value)
    rows[at][step] = value
    for row in rows:
        row[2] = min(row[2], row[1])
    return tuple((row[0], row[1], row[2]) for row in rows)


flags = st.tuples(*[st.booleans()] * 4)


@settings(max_examples=150, deadline=None)
@given(any_history(), flags, flags)
def test_every_band_keeps_five_values_beside_all_reports(
    history: History, agreed: tuple[bool, ...], shared: tuple[bool, ...]
) -> None:
    if not history[-1][0]:
        return
    reports = published(history, agreed, shared)
    for at, step, figure in not_exact(reports):
        others = (with_value(history, at, step, value) for value in range(figure.low, figure.high + 1))
        told_apart = [other for other in others if other[-1][0] and published(other, agreed, shared) != reports]
        assert figure.high - figure.low + 1 - len(told_apart) >= 5, (history, at, step, told_apart)


# Hours of a quarter behind which a few people stand

PEOPLE, MOST_HOURS = 12, 8
Move = tuple[int, int]
"""How many people had hours in a quarter, and how many hours in all."""
MOVES: tuple[Move, ...] = ((0, 0), *product((3, PEOPLE), range(MOST_HOURS + 1)))


def hours_published(moves: Sequence[Move]) -> tuple[Report, ...]:
    made: list[Report] = []
    totals: list[list[int]] = [[0] * PEOPLE]
    for quarter, (people, hours) in zip(QUARTERS, moves, strict=False):
        each = (hours * 3600 + 60) // people if people else 0
        totals.append([seconds + (each if n < people else 0) for n, seconds in enumerate(totals[-1])])
        until = rules.said_until(made)
        before = totals[QUARTERS.index(until) + 1] if until else totals[0]
        start = end_of(QUARTERS[0]) - timedelta(days=30)
        seats = [Seat(n, start, start, seconds=totals[-1][n], seconds_before=before[n]) for n in range(PEOPLE)]
        report = rules.release(made, quarter, seats, end_of(quarter), rules.Terms(True, False, 40))
        assert report is not None
        made.append(report)
    return tuple(made)


def test_the_hours_of_a_few_keep_five_values_over_all_quarters() -> None:
    left: dict[object, set[int]] = defaultdict(set)
    for moves in product(MOVES, repeat=3):
        reports = hours_published(moves)
        for at, (_people, hours) in enumerate(moves):
            [span] = [x for x in reports[-1].trend if x.first.start <= QUARTERS[at].start <= x.last.start]
            # More hours together than one quarter has in this small world would look narrow for that reason only.
            if (span.first != span.last or span.hours == rules.HIDDEN) and span.hours.low <= MOST_HOURS:
                left[reports, at].add(hours)
    assert len(left) > 100
    assert {key: values for key, values in left.items() if len(values) < 5} == {}


def test_no_quarter_of_a_few_is_ever_said_alone() -> None:
    for moves in product(MOVES, repeat=2):
        reports = hours_published(moves)
        for span in reports[-1].trend:
            if span.first == span.last and span.hours.kind == "exact":
                assert moves[QUARTERS.index(span.first)][0] in (0, PEOPLE)
