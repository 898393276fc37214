"""The product's application, with a witness: each database connection that comes back says how durable it was.

Served by gunicorn in place of `wsgi:app` by `durable`; the connections and their settings are the application's own.
"""

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from wsgi import app

SQLITE = ("PRAGMA journal_mode", "PRAGMA synchronous")
POSTGRES = ("SHOW fsync", "SHOW synchronous_commit", "SHOW full_page_writes")
_heard = Path(os.environ["FAULTS_WITNESS"])
_engine = app.extensions["lms"].db.engine
_questions = SQLITE if _engine.dialect.name == "sqlite" else POSTGRES


def _ask(connection: Any, record: Any) -> None:
    if connection is None:
        return
    cursor = connection.cursor()
    found = [str(cursor.execute(question).fetchone()[0]) for question in _questions]
    cursor.close()
    if _engine.dialect.name != "sqlite":
        connection.rollback()
    with _heard.open("a") as out:
        out.write(f"{os.getpid()}-{id(connection)} {' '.join(found)}\n")


sa.event.listen(_engine, "checkin", _ask)
