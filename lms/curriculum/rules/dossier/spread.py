"""Minutes shared out: by our competencies and by each framework's entries, every column summing to the whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lms.curriculum.rules.hours import OUTSIDE, by_framework, share
from lms.curriculum.rules.shapes import CompetencyMap

COLUMNS = ("live", "homework", "lessons", "counted")
"""What the curriculum holds by kind, and what of it counts in this pathway."""

Weighed = tuple[int, Mapping[str, int]]
"""Minutes, and the weights by which they are shared out."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One table: id and title of each row, and its minutes in each of COLUMNS. `source` says where the rows come from."""

    id: str
    title: str
    source: str
    verified_on: str
    rows: tuple[tuple[str, str, tuple[int, ...]], ...]

    @property
    def sums(self) -> tuple[int, ...]:
        """The sum of each column."""
        return tuple(sum(row[2][at] for row in self.rows) for at in range(len(COLUMNS)))


def spreads(
    held: Mapping[str, Iterable[Weighed]], counted: Mapping[str, int], map_: CompetencyMap, titles: Mapping[str, str]
) -> tuple[Spread, ...]:
    """Return the table of our competencies and one per framework.

    `held` has the units of each kind, `counted` how many of its minutes count. Where a pathway counts only some of a kind, no
    unit is singled out: the minutes that count are shared as the kind's own are.
    """
    columns = {kind: _column(held.get(kind, ())) for kind in COLUMNS[:3]}
    columns["counted"] = _added(share(counted.get(kind, 0), columns[kind]) for kind in COLUMNS[:3])
    ours = _ours(columns, titles)
    return (ours, *(_theirs(columns, map_, at) for at in range(len(map_.frameworks))))


def _column(units: Iterable[Weighed]) -> dict[str, int]:
    return _added(share(minutes, weights) for minutes, weights in units)


def _added(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for key, minutes in part.items():
            total[key] = total.get(key, 0) + minutes
    return total


def _ours(columns: Mapping[str, Mapping[str, int]], titles: Mapping[str, str]) -> Spread:
    strangers = sorted({key for column in columns.values() for key in column} - set(titles))
    rows = tuple(
        (key, titles.get(key, key), tuple(columns[kind].get(key, 0) for kind in COLUMNS))
        for key in [*titles, *strangers]
    )
    return Spread("ours", "", "", "", rows)


def _theirs(columns: Mapping[str, Mapping[str, int]], map_: CompetencyMap, at: int) -> Spread:
    framework = map_.frameworks[at]
    parted = {kind: by_framework(columns[kind], map_, framework.id) for kind in COLUMNS}
    titles = {entry.id: entry.title for entry in framework.entries} | {OUTSIDE: ""}
    rows = tuple((key, title, tuple(parted[kind][key] for kind in COLUMNS)) for key, title in titles.items())
    return Spread(framework.id, framework.title, framework.source, framework.verified_on, rows)
