"""Several questions in one round trip: each room writes its arm, one statement asks them all.

A page that judges a student needs small facts from a dozen tables. Asked one by one, the asking costs more than the
answers. An arm names its rows' kind, whose they are and a key, and up to five numbers, four words and three instants.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.db import UTCDateTime

Arm = sa.Select[*tuple[Any, ...]]
NUMBERS, WORDS, INSTANTS = 5, 4, 3


class Fact(NamedTuple):
    """One row of one arm; what the places mean is known to the room that wrote the arm."""

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
    at: datetime
    at2: datetime
    at3: datetime


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


def ask(s: Session, arms: Sequence[Arm]) -> dict[str, list[Fact]]:
    """Ask all arms in one statement and return their facts by kind, each kind in the order its rows came."""
    found: dict[str, list[Fact]] = {}
    for row in s.execute(sa.union_all(*arms)):
        found.setdefault(row[0], []).append(Fact(*row))
    return found


def _padded(given: Sequence[Any], width: int, kind: Any, name: str) -> list[sa.ColumnElement[Any]]:
    if len(given) > width:
        raise ValueError(f"an arm holds at most {width} of these")
    rest = [sa.cast(sa.null(), kind)] * (width - len(given))
    return [column.label(f"{name}{at}") for at, column in enumerate([*(_whole(one, kind) for one in given), *rest])]


def _whole(value: Any, kind: Any) -> sa.ColumnElement[Any]:
    if isinstance(value, str | int):
        return sa.cast(sa.literal(value), kind)
    # Only the type of the result is said, nothing is cast: SQLite would turn an instant into a year.
    return sa.type_coerce(value, kind)


def flag(column: Any) -> sa.ColumnElement[Any]:
    """Return a yes-or-no column as 1, 0 or NULL, for a number's place."""
    return sa.case((column.is_(True), 1), (column.is_(False), 0))
