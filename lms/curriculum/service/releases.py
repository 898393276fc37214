"""Publishing: compiled pieces become a release, stored once by hash, whoever publishes and however often."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.core import crypto
from lms.core.db import Base
from lms.core.errors import Conflict
from lms.curriculum.models import Entry, Piece, Release
from lms.records import service as records

Pieces = Mapping[str, dict[str, Any]]

_ROWS = 200
_TICK = timedelta(microseconds=1)


def canonical(value: Any) -> str:
    """Write a value as JSON in the one form that is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def release_digest(pieces: Pieces) -> str:
    """Return the hash under which these pieces would be published."""
    return crypto.digest(canonical(_digests(pieces)))


def publish(s: Session, pieces: Pieces, *, now: datetime) -> Release:
    """Store `pieces` as a release and make it the newest; the same content is the same release and adds no row."""
    digests = _digests(pieces)
    whole = crypto.digest(canonical(digests))
    found = by_digest(s, whole)
    if found is None:
        bodies = {digest: pieces[key] for key, digest in digests.items()}
        there = set(s.scalars(sa.select(Piece.digest)))
        insert_new(s, Piece, [{"digest": one, "body": bodies[one]} for one in sorted(bodies.keys() - there)])
        title = str(pieces["outline"]["title"])
        insert_new(s, Release, [{"digest": whole, "title": title, "compiled_at": now}])
        found = _present(s, whole)
        insert_new(s, Entry, [{"release_id": found.id, "key": k, "digest": d} for k, d in sorted(digests.items())])
        records.audit(s, "", "curriculum.published", whole[:12], now=now, facts={"pieces": len(digests)})
    _bring_forward(s, found, now)
    return found


def newest(s: Session) -> Release | None:
    """Return the release published last, which new cohorts start on; None before the first."""
    return s.scalars(sa.select(Release).order_by(Release.compiled_at.desc(), Release.id.desc()).limit(1)).first()


def by_digest(s: Session, digest: str) -> Release | None:
    """Return the release of this hash."""
    return s.scalars(sa.select(Release).where(Release.digest == digest)).first()


def releases(s: Session) -> list[Release]:
    """Return every release, newest first."""
    return list(s.scalars(sa.select(Release).order_by(Release.compiled_at.desc(), Release.id.desc())))


def starting_with(s: Session, prefix: str) -> Release | None:
    """Return the one release whose hash begins with `prefix`; refuse when there are several."""
    rows = s.scalars(sa.select(Release).where(Release.digest.startswith(prefix, autoescape=True)).limit(2)).all()
    if len(rows) > 1:
        raise Conflict("More than one release begins with these letters; give a few more.")
    return rows[0] if rows else None


def insert_new(s: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert the rows that are not there yet.

    Two machines may publish the same content at once: the second waits for the first and then adds nothing. Rows come
    in one order (sorted by hash or key), so that neither waits for the other in a circle.
    """
    dialect = s.get_bind().dialect.name
    for at in range(0, len(rows), _ROWS):
        chunk = rows[at : at + _ROWS]
        if dialect == "postgresql":
            s.execute(postgresql.insert(table).values(chunk).on_conflict_do_nothing())
        else:
            s.execute(sqlite.insert(table).values(chunk).on_conflict_do_nothing())


def _present(s: Session, digest: str) -> Release:
    return s.scalars(sa.select(Release).where(Release.digest == digest)).one()


def _bring_forward(s: Session, release: Release, now: datetime) -> None:
    # Going back to an older text publishes no new row, yet it must become the newest again.
    latest = newest(s)
    if latest is not None and latest.id != release.id:
        release.compiled_at = max(now, latest.compiled_at + _TICK)
        records.audit(s, "", "curriculum.brought-back", release.digest[:12], now=now)
        s.flush()


def _digests(pieces: Pieces) -> dict[str, str]:
    return {key: crypto.digest(canonical(body)) for key, body in pieces.items()}
