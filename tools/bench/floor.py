"""The floor: bare Flask with a session lookup, three queries and a page of 20 KB; and one row, durably inserted.

It opens its database as the product does (`lms.core.db`), so that the engine and its durability are the same; it has no
gate, no rights, no frame, no object mapping. Served by gunicorn with the product's own settings.
"""

import os
from typing import Any

import sqlalchemy as sa
from flask import Flask, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.core.crypto import Keyring
from lms.core.db import Database, open_database
from lms.core.ids import new_token

SECRET = "a floor keeps no secrets at all, it is bare"  # noqa: S105
ROWS = 40
_tables = sa.MetaData()
PEOPLE = sa.Table(
    "floor_person", _tables, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text, nullable=False)
)
SESSIONS = sa.Table(
    "floor_session", _tables, sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("token", sa.Text, nullable=False, unique=True), sa.Column("person_id", sa.ForeignKey("floor_person.id")),
)  # fmt: skip
ITEMS = sa.Table(
    "floor_item", _tables, sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("floor_person.id"), index=True), sa.Column("title", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False), sa.Column("done", sa.Boolean, nullable=False),
)  # fmt: skip
ANSWERS = sa.Table(
    "floor_answer", _tables, sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False), sa.Column("choice", sa.Text, nullable=False),
)  # fmt: skip
_WORDS = "A row of the floor with about as many words as a line on a page has, so that the whole weighs 20 KB. " * 4


def lay(database: Database) -> None:
    """Make the floor's tables and fill them: one person, one session, forty items."""
    with database.engine.execution_options(write=True).begin() as c:
        _tables.create_all(c)
        c.execute(sa.insert(PEOPLE).values(id=1, name="Robin Ashdown"))
        c.execute(sa.insert(SESSIONS).values(token=new_token(), person_id=1))
        c.execute(
            sa.insert(ITEMS),
            [{"person_id": 1, "title": f"Item {n}", "words": _WORDS, "done": n % 3 == 0} for n in range(ROWS)],
        )


def make_app(database: Database) -> Flask:
    """Build the floor on a laid database."""
    app = Flask(__name__)
    app.secret_key = SECRET

    @app.get("/enter")
    def enter() -> ResponseReturnValue:
        with database.reader() as s:
            session["token"] = s.scalar(sa.select(SESSIONS.c.token))
        return redirect("/", 303)

    @app.get("/")
    def index() -> ResponseReturnValue:
        with database.reader() as s:
            person = _person(s)
            if person is None:
                return "Not signed in", 401
            mine = ITEMS.c.person_id == person.id
            item = s.execute(sa.select(ITEMS).where(ITEMS.c.id == 1)).one()
            rows = s.execute(sa.select(ITEMS).where(mine).order_by(ITEMS.c.id)).all()
            total = s.scalar(sa.select(sa.func.count()).where(mine))
            return render_template("floor.html", person=person, item=item, rows=rows, total=total)

    @app.post("/insert")
    def insert() -> ResponseReturnValue:
        row = {"position": int(request.form["q"]), "choice": request.form["a"]}
        with database.writer() as s:
            s.execute(sa.insert(ANSWERS).values(row))
            s.commit()
        return {"saved": True}

    @app.get("/count")
    def count() -> ResponseReturnValue:
        with database.reader() as s:
            return {"rows": s.scalar(sa.select(sa.func.count()).select_from(ANSWERS))}

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return {"alive": True}

    return app


def _person(s: Session) -> Any:
    found = sa.select(PEOPLE).join(SESSIONS).where(SESSIONS.c.token == session.get("token", ""))
    g.person = s.execute(found).one_or_none()
    return g.person


def create_app() -> Flask:
    """Build the floor on the database that the environment names."""
    return make_app(open_database(os.environ["FLOOR_DATABASE"], Keyring.of([SECRET])))
