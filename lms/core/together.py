"""Several questions in one round trip: each room writes its arm, one statement asks them all.

A page that judges a student needs small facts from a dozen tables. Asked one by one, the asking costs more than the
answers. An arm names its rows' kind, whose they are and a key, and up to five numbers, four words and three instants.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.db import UTCDateTime

Arm = sa.Select[*tuple[Any, ...]]
NUMBERS, WORDS, INSTANTS = 5, 4, 3


class _Row(NamedTuple):
    kind: str
    of: int
    key: str
    number: int
    number2: int
    number3: int
    number4: int
    number5: int
    word: str
    word2: str
    word3: str
    word4: str
    raw_at: Any
    raw_at2: Any
    raw_at3: Any


class Fact(_Row):
    """One row of one arm; what the places mean is known to the room that wrote the arm.

    Instants are read when they are asked for: nobody looks at all that a student's page fetches.
    """

    __slots__ = ()

    @property
    def at(self) -> datetime:
        """The first instant."""
        at: datetime = _instant(self.raw_at)
        return at

    @property
    def at2(self) -> datetime:
        """The second instant."""
        at: datetime = _instant(self.raw_at2)
        return at

    @property
    def at3(self) -> datetime:
        """The third instant."""
        at: datetime = _instant(self.raw_at3)
        return at


def _instant(raw: Any) -> Any:
    # None stays None, as in every other place of a fact: the room that wrote the arm knows what may be missing.
    if isinstance(raw, str):  # SQLite keeps instants as text, in UTC
        return datetime.fromisoformat(raw + "+00:00")
    return raw if raw is None else raw.astimezone(UTC)


Facts = Mapping[str, Sequence[Fact]]
"""Facts by kind, as `ask` returns them."""


def arm(
    kind: str,
    of: Any,
    key: Any,
    *,
    numbers: Sequence[Any] = (),
    words: Sequence[Any] = (),
    instants: Sequence[Any] = (),
) -> Arm:
    """Return a select whose rows are facts of one kind; what is not given is NULL. Add `where` and `join` as usual."""
    columns: list[Any] = [
        sa.literal(kind, sa.Text).label("kind"),
        _whole(of, sa.Integer()).label("of_"),
        _whole(key, sa.Text()).label("key_"),
        *(_padded(numbers, NUMBERS, sa.Integer(), "n")),
        *(_padded(words, WORDS, sa.Text(), "w")),
        *(_padded(instants, INSTANTS, UTCDateTime(), "a")),
    ]
    return sa.select(*columns)


IDS = sa.bindparam("ids", expanding=True, type_=sa.Integer())
"""Stands in an arm for the enrolments that are asked about."""
COHORTS = sa.bindparam("cohorts", expanding=True, type_=sa.Integer())
"""Stands in an arm for the cohorts that are asked about."""
KEY = sa.bindparam("key", type_=sa.Text())
"""Stands in an arm for one key."""
NOW = sa.bindparam("now", type_=UTCDateTime())
"""Stands in an arm for the instant as of which is asked."""


def ask(s: Session, arms: tuple[Arm, ...], **given: Any) -> dict[str, list[Fact]]:
    """Ask all arms in one statement and return their facts by kind.

    Arms are made once, with IDS, COHORTS, KEY and NOW where values will stand; `given` holds the values. Putting a dozen selects
    together anew for each page would cost more than the database takes to answer them.
    """
    return tell(s, arms, **given).facts()


@dataclass(frozen=True, slots=True)
class Told:
    """What a database answered, not read yet. Equal answers are equal, so what was made of one may stand for the other."""

    rows: str | tuple[tuple[Any, ...], ...]

    def facts(self) -> dict[str, list[Fact]]:
        """Read the answer: its facts by kind."""
        found: dict[str, list[Fact]] = {}
        for row in json.loads(self.rows) if isinstance(self.rows, str) else self.rows:
            found.setdefault(row[0], []).append(Fact._make(row))
        return found


def tell(s: Session, arms: tuple[Arm, ...], **given: Any) -> Told:
    """Ask as `ask` does, and return the answer unread."""
    s.flush()  # the driver is asked past the session, which would else have done so
    connection = s.connection()
    sizes = tuple((name, len(value) if _is_many(value) else None) for name, value in sorted(given.items()))
    asked = _asking(arms, connection.dialect, sizes)
    answer = connection.exec_driver_sql(asked.sql, asked.filled(given))
    return Told(answer.scalar_one() if asked.as_json else tuple(tuple(row) for row in answer))


@dataclass(frozen=True, slots=True)
class _Asking:
    """One statement as the driver takes it: compiled once for a database and for as many ids as are asked about.

    Compiling is kept by SQLAlchemy too, but finding the kept statement again costs as much as the answer of a small one.
    """

    sql: str
    as_json: bool
    """All rows come as one text."""
    fixed: Mapping[str, Any]
    order: tuple[str, ...] | None
    """The names in the order of their marks; None where marks have names."""
    instant_in: Callable[[Any], Any]

    def filled(self, given: Mapping[str, Any]) -> Any:
        values = dict(self.fixed)
        for name, value in given.items():
            if _is_many(value):
                values.update((f"{name}_{at}", one) for at, one in enumerate(value, 1))
            else:
                values[name] = self.instant_in(value) if isinstance(value, datetime) else value
        return values if self.order is None else tuple(values[name] for name in self.order)


def _is_many(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset)


@lru_cache(maxsize=256)
def _asking(arms: tuple[Arm, ...], dialect: sa.Dialect, sizes: tuple[tuple[str, int | None], ...]) -> _Asking:
    stand_ins = {name: None if size is None else list(range(size)) for name, size in sizes}
    asked = sa.union_all(*arms).compile(dialect=dialect).construct_expanded_state(stand_ins)
    kind = UTCDateTime().dialect_impl(dialect)
    as_json = dialect.name == "sqlite"
    return _Asking(
        _AS_JSON.format(asked.statement) if as_json else asked.statement,
        as_json,
        asked.parameters,
        None if asked.positiontup is None else tuple(asked.positiontup),
        kind.bind_processor(dialect) or _same,
    )


# SQLite's driver lets go of Python's lock for each row and has to get it back from the other threads: forty rows of a busy
# page cost more than everything else. As one text they come in one step.
_COLUMNS = (
    "kind",
    "of_",
    "key_",
    *(f"n{x}" for x in range(5)),
    *(f"w{x}" for x in range(4)),
    *(f"a{x}" for x in range(3)),
)
_AS_JSON = f"SELECT json_group_array(json_array({', '.join(_COLUMNS)})) FROM ({{}})"  # noqa: S608 - column names of ours


def _same(value: Any) -> Any:
    return value


def _padded(given: Sequence[Any], width: int, kind: Any, name: str) -> list[sa.ColumnElement[Any]]:
    if len(given) > width:
        raise ValueError(f"an arm holds at most {width} of these")
    rest = [sa.cast(sa.null(), kind)] * (width - len(given))
    return [column.label(f"{name}{at}") for at, column in enumerate([*(_whole(one, kind) for one in given), *rest])]


def _whole(value: Any, kind: Any) -> sa.ColumnElement[Any]:
    if isinstance(value, str | int):
        return sa.cast(sa.literal(value), kind)
    if isinstance(kind, sa.Integer):
        # A sum of one arm is numeric on PostgreSQL and would make decimals of every other arm's whole numbers.
        return sa.cast(value, kind)
    # Only the type of the result is said, nothing is cast: SQLite would turn an instant into a year.
    return sa.type_coerce(value, kind)


def flag(column: Any) -> sa.ColumnElement[Any]:
    """Return a yes-or-no column as 1, 0 or NULL, for a number's place."""
    return sa.case((column.is_(True), 1), (column.is_(False), 0))
