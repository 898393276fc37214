"""Disclosure control: what may be said about a grant without pointing at anybody. Pure, and small enough to read whole.

Delivery counts (people enrolled, finished, certified; hours) are exact only for a grant's whole population of at least
eleven under a recorded data agreement; otherwise they come in bands of five. Eleven follows the rule that no cell of 1 to
10 is shown (Centers for Medicare and Medicaid Services, cell size suppression: https://resdac.org/node/1506).
Reports are as of a quarter's end: a figure that could be watched from day to day would show whose step moved it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isqrt
from statistics import median_low
from typing import Literal

THRESHOLD = 11
BAND = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A published number: `exact` (low = high), `band` (somewhere from low to high), `hidden` (not zero, not said)."""

    kind: Literal["exact", "band", "hidden"]
    low: int = 0
    high: int = 0

    @property
    def bar(self) -> int:
        """What a bar may be drawn from without saying more than the words do: a band's middle, nothing when hidden."""
        return 0 if self.kind == "hidden" else (self.low + self.high) // 2


HIDDEN = Figure("hidden")


@dataclass(frozen=True, slots=True)
class Seat:
    """One funded seat, as a report needs it; no name, no code that leaves this room."""

    key: int
    enrolled_at: datetime
    finished_at: datetime | None = None
    withdrawn_at: datetime | None = None
    certified_at: datetime | None = None
    revoked_at: datetime | None = None
    credited: tuple[tuple[date, datetime, int], ...] = ()
    """Day, instant it was credited, seconds."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months of a year; `end` is the day after its last day."""

    year: int
    number: int

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """The day after its last day."""
        return self.next.start

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)


def quarter_of(day: date) -> Quarter:
    """Return the quarter a day lies in."""
    return Quarter(day.year, (day.month + 2) // 3)


def finished_quarters(first: date, today: date) -> list[Quarter]:
    """Return the quarters from the one `first` lies in to the last one that is over, oldest first."""
    quarters, one = [], quarter_of(first)
    while one.end <= today:
        quarters.append(one)
        one = one.next
    return quarters


def may_be_exact(population: Collection[int], agreement: bool, others: Iterable[Collection[int]]) -> bool:
    """Say whether delivery counts of a population may be exact.

    `others` are the populations of further grants whose reports the same people read: if two populations differ by one to
    ten people, subtracting one report from the other would count those few.
    """
    mine = set(population)
    if not agreement or len(mine) < THRESHOLD:
        return False
    gaps = [len(gap) for other in others for gap in (mine - set(other), set(other) - mine) if mine & set(other)]
    return all(gap == 0 or gap >= THRESHOLD for gap in gaps)


def count(value: int, exact: bool) -> Figure:
    """Publish a count: exactly, or in a band of five (0 to 5, 6 to 10, 11 to 15 …)."""
    if exact:
        return Figure("exact", value, value)
    top = max(BAND, -(-value // BAND) * BAND)
    return Figure("band", 0 if top == BAND else top - BAND + 1, top)


def trait(having: int, population: int) -> Figure:
    """Publish how many of a population have a trait: hidden when they, or the rest, are one to ten people."""
    rest = population - having
    few = any(0 < part < THRESHOLD for part in (having, rest))
    return HIDDEN if few or population < THRESHOLD else Figure("exact", having, having)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel; `rate` is of the step before, with its likely range in whole percents (None: not said)."""

    key: Literal["enrolled", "finished", "certified"]
    people: Figure
    rate: "Rate | None"


@dataclass(frozen=True, slots=True)
class Rate:
    """A share in whole percents and the range it likely lies in at this size (Wilson, 95 %)."""

    percent: int
    low: int
    high: int


def rate(part: int, whole: int) -> Rate | None:
    """Return a share with its likely range; None of nobody."""
    if whole == 0:
        return None
    # Wilson's interval with z = 1.96, in integers scaled by a million: the same on every machine.
    scale, z2 = 1_000_000, 3_841_459
    p = part * scale // whole
    spread = isqrt((p * (scale - p) // whole + z2 * scale // (4 * whole * whole)) * z2 // scale)
    centre, divisor = p + z2 // (2 * whole), scale + z2 // whole
    low, high = max(0, (centre - spread) * 100 // divisor), min(100, -(-(centre + spread) * 100 // divisor))
    return Rate((part * 200 + whole) // (2 * whole), low, high)


@dataclass(frozen=True, slots=True)
class QuarterHours:
    """Hours credited for days of one quarter."""

    quarter: Quarter
    hours: Figure


@dataclass(frozen=True, slots=True)
class Report:
    """A grant's figures as of the end of a quarter."""

    as_of: date
    exact: bool
    steps: tuple[Step, ...]
    withdrawn: Figure
    hours: Figure
    trend: tuple[QuarterHours, ...]
    weeks_to_certificate: Figure

    def step(self, key: str) -> Step:
        """Return one step of the funnel."""
        return next(step for step in self.steps if step.key == key)


def report(
    seats: Sequence[Seat], quarters: Sequence[Quarter], end: datetime, exact: bool, hours_per_seat: int
) -> Report:
    """Make a grant's report as of `end`, the first instant after the last of `quarters`.

    `hours_per_seat` is what the pathway asks of one person: without exact counts, hours come in bands of five people's worth.
    """
    known = [seat for seat in seats if seat.enrolled_at < end]
    finished = [seat for seat in known if _before(seat.finished_at, end)]
    certified = [seat for seat in known if _before(seat.certified_at, end) and not _before(seat.revoked_at, end)]
    steps = (
        Step("enrolled", count(len(known), exact), None),
        Step("finished", count(len(finished), exact), rate(len(finished), len(known)) if exact else None),
        Step("certified", count(len(certified), exact), rate(len(certified), len(known)) if exact else None),
    )
    return Report(
        as_of=quarters[-1].last_day,
        exact=exact,
        steps=steps,
        withdrawn=trait(sum(1 for seat in known if _before(seat.withdrawn_at, end)), len(known)) if exact else HIDDEN,
        hours=_hours(sum(_seconds(seat, end) for seat in known), exact, hours_per_seat),
        trend=_trend(known, quarters, end, exact, hours_per_seat),
        weeks_to_certificate=_weeks(certified) if exact else HIDDEN,
    )


def _before(at: datetime | None, end: datetime) -> bool:
    return at is not None and at < end


def _seconds(seat: Seat, end: datetime) -> int:
    return sum(seconds for _day, at, seconds in seat.credited if at < end)


def _hours(seconds: int, exact: bool, hours_per_seat: int) -> Figure:
    hours = seconds // 3600
    if exact:
        return Figure("exact", hours, hours)
    width = max(1, hours_per_seat) * BAND
    low = hours // width * width
    return Figure("band", low, low + width)


def _weeks(certified: Sequence[Seat]) -> Figure:
    if len(certified) < THRESHOLD:
        return HIDDEN
    spans = [(seat.certified_at - seat.enrolled_at).days // 7 for seat in certified if seat.certified_at]
    middle = median_low(spans)
    return Figure("exact", middle, middle)


def _trend(
    seats: Sequence[Seat], quarters: Sequence[Quarter], end: datetime, exact: bool, hours_per_seat: int
) -> tuple[QuarterHours, ...]:
    by_quarter = {quarter: _people_and_seconds(seats, quarter, end) for quarter in quarters}
    shown = {quarter: people == 0 or people >= THRESHOLD for quarter, (people, _s) in by_quarter.items()}
    shown = _complemented(shown, {quarter: seconds for quarter, (_p, seconds) in by_quarter.items()})
    return tuple(
        QuarterHours(quarter, _hours(seconds, exact, hours_per_seat) if shown[quarter] else HIDDEN)
        for quarter, (_people, seconds) in by_quarter.items()
    )


def _people_and_seconds(seats: Sequence[Seat], quarter: Quarter, end: datetime) -> tuple[int, int]:
    sums = [
        sum(seconds for day, at, seconds in seat.credited if at < end and quarter.start <= day < quarter.end)
        for seat in seats
    ]
    return sum(1 for seconds in sums if seconds), sum(sums)


def _complemented(shown: Mapping[Quarter, bool], seconds: Mapping[Quarter, int]) -> dict[Quarter, bool]:
    # One hidden quarter alone is the whole minus the others: the smallest shown one that is not zero goes with it.
    result = dict(shown)
    hidden = [quarter for quarter, is_shown in shown.items() if not is_shown]
    if len(hidden) == 1:
        candidates = [quarter for quarter, is_shown in shown.items() if is_shown and seconds[quarter]]
        if candidates:
            result[min(candidates, key=lambda quarter: (seconds[quarter], quarter.year, quarter.number))] = False
    return result
