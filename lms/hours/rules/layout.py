"""How a statement is laid out: the field of weeks, and the ledger by pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lms.hours.rules.statements import Line, MeetingFact, Statement

PAGE = 20


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the field of weeks, in whole minutes."""

    on: date
    counted: int = 0
    waiting: int = 0
    planned: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday."""

    monday: date
    days: tuple[Day, ...]


def weeks(made: Statement, meetings: Iterable[MeetingFact], first: date, last: date, today: date) -> tuple[Week, ...]:
    """Lay the hours out by day, from the cohort's first week to next week or its last one; no hour is left outside."""
    shown = [line for line in made.lines if line.state in ("counted", "waiting")]
    days = [line.evidence.on for line in shown]
    begin = min([first, *days])
    end = max([begin, min(today + timedelta(days=7), last), *days])
    counted = _by_day((line.evidence.on, line.seconds) for line in shown if line.state == "counted")
    waiting = _by_day((line.evidence.on, line.seconds) for line in shown if line.state == "waiting")
    planned = _by_day((m.on, m.minutes * 60) for m in meetings if not m.held and m.mark is None)
    monday = begin - timedelta(days=begin.weekday())
    mondays = [monday + timedelta(days=7 * n) for n in range((end - monday).days // 7 + 1)]
    return tuple(
        Week(m, tuple(_day(m + timedelta(days=n), counted, waiting, planned) for n in range(7))) for m in mondays
    )


def _by_day(amounts: Iterable[tuple[date, int]]) -> dict[date, int]:
    sums: dict[date, int] = {}
    for on, seconds in amounts:
        sums[on] = sums.get(on, 0) + seconds
    return sums


def _day(on: date, counted: Mapping[date, int], waiting: Mapping[date, int], planned: Mapping[date, int]) -> Day:
    return Day(on, counted.get(on, 0) // 60, waiting.get(on, 0) // 60, planned.get(on, 0) // 60)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One page of the ledger's lines."""

    lines: tuple[Line, ...]
    number: int
    pages: int


def ledger(lines: Sequence[Line], number: int, size: int = PAGE) -> Ledger:
    """Return page `number` of the lines; a number outside gives the nearest page."""
    pages = max(1, -(-len(lines) // size))
    number = min(max(1, number), pages)
    return Ledger(tuple(lines[(number - 1) * size : number * size]), number, pages)
