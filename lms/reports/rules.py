"""Disclosure control: what may be said about a grant without pointing at anybody. Pure, and small enough to read whole.

Delivery counts (people enrolled, finished, certified; hours) are exact only for a grant's whole population of at least
eleven under a recorded data agreement; otherwise they come in bands of five. Eleven follows the rule that no cell of 1 to
10 is shown (Centers for Medicare and Medicaid Services, cell size suppression: https://resdac.org/node/1506).

A report is released once per quarter and judged against every report released before it, because a reader has them all:

- A count that was last said as a band stays that band until it has left it. An exact number inside the band would pin the
  earlier one; and since the choice looks at bands only, the choice itself tells nothing.
- A step of the funnel is exact only when the step above it is.
- Hours are said as a running total, and a quarter's hours are the difference of two totals. A new total is said only when
  the hours of nobody or of at least eleven people moved since the last one; until then the quarters stay open together.
- Whoever finished has all the hours the training asks for, so hours bound how many can have finished: they are exact only
  beside an exact funnel, and otherwise in bands of five people's hours.
- Weeks to the certificate tell when certificates came: they are said only where no count was ever a band.
- Nothing is exact for people whom another grant pays too: one report could be subtracted from the other.

Who left before the end is not reported: beside exact counts of people enrolled and finished it could not be hidden.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from math import isqrt
from statistics import median_low
from typing import Any, Literal

THRESHOLD = 11
BAND = 5

Mode = Literal["exact", "bands", "none"]
Key = Literal["enrolled", "finished", "certified"]
KEYS: tuple[Key, ...] = ("enrolled", "finished", "certified")


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


def exactly(value: int) -> Figure:
    """Publish a count as it is."""
    return Figure("exact", value, value)


def band(value: int, width: int = BAND) -> Figure:
    """Publish a count in a band: 0 to 5, 6 to 10, 11 to 15 …; a zero looks like a five."""
    top = max(width, -(-value // width) * width)
    return Figure("band", 0 if top == width else top - width + 1, top)


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


@dataclass(frozen=True, slots=True)
class Seat:
    """One funded seat, as a report needs it. `person` only tells two seats of one person; it is never published."""

    person: int
    enrolled_at: datetime
    funded_at: datetime
    finished_at: datetime | None = None
    certificates: tuple[tuple[datetime, datetime | None], ...] = ()
    """Issued, revoked."""
    seconds: int = 0
    """What counted by the end of the quarter."""
    seconds_before: int = 0
    """What counted by the end of the last quarter whose total was said (`said_until`)."""


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
class Step:
    """One step of the funnel; `rate` is the share of everybody enrolled (None: not said)."""

    key: Key
    people: Figure
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class Span:
    """Hours that came to count in one quarter, or in several that are said together."""

    first: Quarter
    last: Quarter
    hours: Figure


@dataclass(frozen=True, slots=True)
class Report:
    """A grant's figures as of the end of a quarter. `none`: what was exact before cannot be said any more."""

    quarter: Quarter
    mode: Mode
    steps: tuple[Step, ...]
    hours: Figure
    hours_to: Quarter
    """The quarter with whose end the hours stop; earlier than `quarter` while quarters are open."""
    trend: tuple[Span, ...]
    weeks_to_certificate: Figure

    @property
    def as_of(self) -> date:
        """The last day it covers."""
        return self.quarter.last_day

    def step(self, key: str) -> Step:
        """Return one step of the funnel."""
        return next(step for step in self.steps if step.key == key)


def may_be_exact(people: int, agreement: bool, shared: bool) -> bool:
    """Say whether delivery counts of a whole population may be exact; `shared`: another grant pays one of its seats."""
    return agreement and not shared and people >= THRESHOLD


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides how a grant's figures may be said."""

    agreement: bool
    """A data agreement is recorded."""
    shared: bool
    """Another grant pays one of the seats."""
    hours_each: int
    """The hours that the training asks of one person; the most, if there are several."""


def release(
    before: Sequence[Report], quarter: Quarter, seats: Iterable[Seat], end: datetime, terms: Terms
) -> Report | None:
    """Make the report of a quarter that ends with the instant before `end`; None while the grant has paid for nobody.

    `before` are all reports released so far, oldest first. Nothing recorded at `end` or later changes the answer.
    """
    people = _people(seats, end)
    if not people:
        return None
    exact = may_be_exact(len(people), terms.agreement, terms.shared)
    if not exact and any(report.mode == "exact" for report in before):
        return Report(quarter, "none", (), HIDDEN, quarter, (), HIDDEN)
    certified = [person for person in people if person.certified]
    counts = (len(people), sum(1 for person in people if person.finished), len(certified))
    steps = _steps(_last_said(before), dict(zip(KEYS, counts, strict=True)), exact)
    total, whole = sum(person.seconds for person in people) // 3600, steps[-1].people.kind == "exact"
    if whole:
        hours, hours_to, trend = _hours(before, quarter, people, total, _width(before, terms))
    else:
        hours, hours_to, trend = band(total, _width(before, terms)), quarter, ()
    spoken = whole and len(certified) >= THRESHOLD and not any(_has_band(report) for report in before)
    weeks = exactly(median_low([person.weeks for person in certified])) if spoken else HIDDEN
    return Report(quarter, "exact" if exact else "bands", steps, hours, hours_to, trend, weeks)


def said_until(before: Sequence[Report]) -> Quarter | None:
    """Return the last quarter whose total of hours was said exactly, or None."""
    closed = _closed(_last_said(before))
    return closed[-1].last if closed else None


@dataclass(frozen=True, slots=True)
class _Person:
    """All seats of one person taken together, as of the end of a quarter."""

    finished: bool
    certified: bool
    weeks: int
    seconds: int
    seconds_before: int


def _people(seats: Iterable[Seat], end: datetime) -> list[_Person]:
    mine: dict[int, list[Seat]] = {}
    for seat in seats:
        if seat.enrolled_at < end and seat.funded_at < end:
            mine.setdefault(seat.person, []).append(seat)
    return [_person(held, end) for held in mine.values()]


def _person(held: Sequence[Seat], end: datetime) -> _Person:
    issued = [at for seat in held for at, _revoked in seat.certificates if at < end]
    standing = [
        at for seat in held for at, revoked in seat.certificates if at < end and not (revoked and revoked < end)
    ]
    begun = min(seat.enrolled_at for seat in held)
    return _Person(
        finished=bool(issued) or any(seat.finished_at and seat.finished_at < end for seat in held),
        certified=bool(standing),
        weeks=max(0, (min(standing) - begun).days // 7) if standing else 0,
        seconds=sum(seat.seconds for seat in held),
        seconds_before=sum(seat.seconds_before for seat in held),
    )


def _last_said(before: Sequence[Report]) -> Report | None:
    return next((report for report in reversed(before) if report.mode != "none"), None)


def _steps(last: Report | None, counts: Mapping[Key, int], exact: bool) -> tuple[Step, ...]:
    steps, may = [], exact
    for key in KEYS:
        # Attack: a band of 6 to 10 in June and an exact 7 in September would leave two values for June.
        may = may and (last is None or last.step(key).people != band(counts[key]))
        people = exactly(counts[key]) if may else band(counts[key])
        share = rate(counts[key], counts["enrolled"]) if may and key != "enrolled" else None
        steps.append(Step(key, people, share))
    return tuple(steps)


def _closed(last: Report | None) -> list[Span]:
    return [span for span in last.trend if span.hours.kind == "exact"] if last else []


def _has_band(report: Report) -> bool:
    return any(step.people.kind != "exact" for step in report.steps)


def _width(before: Sequence[Report], terms: Terms) -> int:
    # Bands of different widths would cut each other narrower: the first one said stays.
    bands = (report.hours for report in before if report.hours.kind == "band")
    return next((one.high - one.low + bool(one.low) for one in bands), max(1, terms.hours_each) * BAND)


def _hours(
    before: Sequence[Report], quarter: Quarter, people: Sequence[_Person], total: int, width: int
) -> tuple[Figure, Quarter, tuple[Span, ...]]:
    last = _last_said(before)
    closed = _closed(last)
    first = closed[-1].last.next if closed else (before[0].quarter if before else quarter)
    gain = total - sum(span.hours.low for span in closed)
    inside = last is not None and last.hours == band(total, width)
    if _may_close(people, gain, first != quarter) and not inside:
        return exactly(total), quarter, (*closed, Span(first, quarter, exactly(gain)))
    trend = (*closed, Span(first, quarter, HIDDEN))
    if closed:
        return exactly(total - gain), closed[-1].last, trend
    return band(total, width), quarter, trend


def _may_close(people: Sequence[_Person], gain: int, several: bool) -> bool:
    moved = sum(1 for person in people if person.seconds != person.seconds_before)
    # Several quarters said together must leave at least five values for each of them.
    return (moved >= THRESHOLD and gain >= (BAND if several else 0)) or (moved == gain == 0 and not several)


def stored(report: Report) -> dict[str, Any]:
    """Return a report as plain data, as it is kept."""
    return asdict(report)


def report_from(kept: Mapping[str, Any]) -> Report:
    """Read a report as it was kept (JSON knows lists, not tuples)."""
    return Report(
        quarter=Quarter(**kept["quarter"]),
        mode=kept["mode"],
        steps=tuple(_step_from(step) for step in kept["steps"]),
        hours=Figure(**kept["hours"]),
        hours_to=Quarter(**kept["hours_to"]),
        trend=tuple(Span(Quarter(**x["first"]), Quarter(**x["last"]), Figure(**x["hours"])) for x in kept["trend"]),
        weeks_to_certificate=Figure(**kept["weeks_to_certificate"]),
    )


def _step_from(kept: Mapping[str, Any]) -> Step:
    return Step(kept["key"], Figure(**kept["people"]), Rate(**kept["rate"]) if kept["rate"] else None)
