"""Reading a release: one piece at a time, kept in the process by its hash, because a piece never changes."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from threading import Lock
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from lms.core.errors import NotFound
from lms.curriculum.models import Entry, Piece, Release
from lms.curriculum.rules import shapes

Shape = TypeVar("Shape")
Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """The last `room` values by their hash; safe to share between threads, because a value under a hash never differs."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._values: OrderedDict[tuple[type, str], Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, kind: type, digest: str, make: Callable[[], Kept]) -> Kept:
        """Return what is kept under `digest`, or make and keep it; two threads may both make it, and get the same."""
        with self._lock:
            if (kind, digest) in self._values:
                self._values.move_to_end((kind, digest))
                return self._values[kind, digest]
        made = make()
        with self._lock:
            self._values[kind, digest] = made
            while len(self._values) > self.room:
                self._values.popitem(last=False)
        return made

    def lacks(self, kind: type, digests: Iterable[str]) -> set[str]:
        """Return which of these are not kept."""
        with self._lock:
            return {digest for digest in digests if (kind, digest) not in self._values}

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()


_pieces: Memory[Any] = Memory(1000)
_contents: Memory[dict[str, str]] = Memory(50)
_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def forget() -> None:
    """Empty the process's memory of pieces; only tests and measurements need it."""
    _pieces.clear()
    _contents.clear()


def outline(s: Session, release: Release) -> shapes.Outline:
    """Return the whole programme at a glance."""
    found = piece(s, release, "outline", shapes.Outline)
    if found is None:
        raise NotFound("This version of the curriculum has no outline.")
    return found


def lesson(s: Session, release: Release, id_: str) -> shapes.Lesson | None:
    """Return one lesson."""
    return piece(s, release, f"lesson:{id_}", shapes.Lesson)


def module_guide(s: Session, release: Release, id_: str) -> shapes.ModuleGuide | None:
    """Return what facilitators read before teaching a module."""
    return piece(s, release, f"module:{id_}", shapes.ModuleGuide)


def meeting_guide(s: Session, release: Release, key: str) -> shapes.MeetingGuide | None:
    """Return one meeting guide, by `<module>/meeting-1`."""
    return piece(s, release, f"meeting:{key}", shapes.MeetingGuide)


def homework(s: Session, release: Release, key: str) -> shapes.Homework | None:
    """Return one homework, by `<module>/homework-1`."""
    return piece(s, release, f"homework:{key}", shapes.Homework)


def narrative(s: Session, release: Release, key: str) -> shapes.Narrative | None:
    """Return one narrative's instructions, by `<module>/<id>`."""
    return piece(s, release, f"narrative:{key}", shapes.Narrative)


def rubric(s: Session, release: Release, id_: str) -> shapes.Rubric | None:
    """Return one rubric."""
    return piece(s, release, f"rubric:{id_}", shapes.Rubric)


def quiz(s: Session, release: Release, id_: str) -> shapes.Quiz | None:
    """Return one quiz."""
    return piece(s, release, f"quiz:{id_}", shapes.Quiz)


def bank(s: Session, release: Release, id_: str) -> shapes.Bank | None:
    """Return one bank of questions."""
    return piece(s, release, f"bank:{id_}", shapes.Bank)


def pathway(s: Session, release: Release, id_: str) -> shapes.Pathway | None:
    """Return one pathway, offered or not."""
    return piece(s, release, f"pathway:{id_}", shapes.Pathway)


def competency_map(s: Session, release: Release) -> shapes.CompetencyMap | None:
    """Return our competencies and the public frameworks they map to."""
    return piece(s, release, "competencies", shapes.CompetencyMap)


def items_for(s: Session, release: Release, asked: shapes.Quiz) -> list[tuple[shapes.Draw, tuple[shapes.Item, ...]]]:
    """Return each draw of a quiz with the questions it may draw from; no question stands under two draws."""
    if asked.items:
        return [(shapes.Draw((), "", len(asked.items)), asked.items)]
    return [(draw, _pool(s, release, draw)) for draw in asked.draws]


def _pool(s: Session, release: Release, draw: shapes.Draw) -> tuple[shapes.Item, ...]:
    held = [found for id_ in draw.banks if (found := bank(s, release, id_))]
    return tuple(item for found in held for item in found.items if draw.takes(item))


def piece(s: Session, release: Release, key: str, shape: type[Shape]) -> Shape | None:
    """Return the piece under `key` as `shape`; None when this release has none."""
    digest = contents(s, release).get(key)
    if digest is None:
        return None
    found: Shape = _pieces.get(shape, digest, lambda: _read(s, digest, shape))
    return found


def several(s: Session, release: Release, keys: Iterable[str], shape: type[Shape]) -> dict[str, Shape]:
    """Return the pieces that stand under `keys`, in their order; those not kept yet are read in one query."""
    here = contents(s, release)
    wanted = {key: here[key] for key in keys if key in here}
    unread = _pieces.lacks(shape, wanted.values())
    rows = s.execute(sa.select(Piece.digest, Piece.body).where(Piece.digest.in_(unread))) if unread else ()
    bodies = {row.digest: row.body for row in rows}

    def make(digest: str) -> Shape:
        # Another thread may have pushed it out in between; then it is read alone.
        return decoded(shape, bodies[digest]) if digest in bodies else _read(s, digest, shape)

    return {key: _pieces.get(shape, digest, partial(make, digest)) for key, digest in wanted.items()}


def contents(s: Session, release: Release) -> dict[str, str]:
    """Return the key and hash of every piece of a release."""
    return _contents.get(dict, release.digest, lambda: _entries(s, release))


def _entries(s: Session, release: Release) -> dict[str, str]:
    rows = s.execute(sa.select(Entry.key, Entry.digest).where(Entry.release_id == release.id).order_by(Entry.key))
    return {row.key: row.digest for row in rows}


def _read(s: Session, digest: str, shape: type[Shape]) -> Shape:
    body = s.scalars(sa.select(Piece.body).where(Piece.digest == digest)).one()
    return decoded(shape, body)


def decoded(shape: type[Shape], body: dict[str, Any]) -> Shape:
    """Turn a stored piece into its dataclass; maps come back in the order of their keys, on every database."""
    return _adapter(shape).validate_python(_sorted(body))


def _adapter(shape: type[Shape]) -> TypeAdapter[Shape]:
    if shape not in _adapters:
        _adapters[shape] = TypeAdapter(shape)
    return _adapters[shape]


def _sorted(value: Any) -> Any:
    # PostgreSQL keeps keys by length and SQLite as written; a page must not depend on which.
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value
