"""A site that somebody has already: its own users, its own sign-in, its own table, and the training mounted below it.

It lies outside the package on purpose: it sees the product only as whoever installed the wheel sees it.
"""

import os
import sys
from datetime import UTC, datetime, timedelta

import click
import sqlalchemy as sa
from flask import Flask, redirect, render_template, request
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.serving import make_server

from lms.accounts import service as accounts
from lms.cohorts import service as cohorts
from lms.core.db import unit_of_work
from lms.curriculum import service as curriculum
from lms.extension import LMS
from lms.web.state import Identity

engine = sa.create_engine(os.environ["SITE_DATABASE"])
neighbours = sa.Table(
    "neighbour",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, unique=True, nullable=False),
)


class Neighbour(UserMixin):
    """A user of this site; the product never sees this class."""

    def __init__(self, id_: int, name: str) -> None:
        self.id, self.name = id_, name


def find(column: sa.ColumnElement, value: object) -> Neighbour | None:
    with engine.connect() as c:
        row = c.execute(sa.select(neighbours).where(column == value)).one_or_none()
    return Neighbour(row.id, row.name) if row else None


def who(given: object) -> Identity | None:
    """Tell the product who is signed in here."""
    return Identity("neighbours", str(current_user.id), current_user.name) if current_user.is_authenticated else None


app = Flask(__name__)
app.config.update(
    SECRET_KEY="the neighbours' own secret",
    LMS_SECRET_KEY=os.environ["SITE_LMS_SECRET"],
    LMS_DATABASE_URL=os.environ["SITE_DATABASE"],
    LMS_HOME=os.environ["SITE_HOME"],
    LMS_BASE_URL="https://neighbours.example",
    LMS_PROGRAMME_NAME="Porchlight",
)
manager = LoginManager(app)
manager.user_loader(lambda id_: find(neighbours.c.id, int(id_)))
CSRFProtect(app)
LMS().init_app(app, url_prefix="/training", identify=who)


@app.get("/")
def front() -> str:
    return render_template("front.html")


@app.post("/enter")
def enter() -> object:
    found = find(neighbours.c.name, request.form["name"])
    if found is not None:
        login_user(found)
    return redirect("/")


@app.post("/leave")
def leave() -> object:
    logout_user()
    return redirect("/")


@app.cli.command("settle")
def settle() -> None:
    """Make this site's own table and two neighbours."""
    neighbours.metadata.create_all(engine)
    with engine.begin() as c:
        c.execute(sa.insert(neighbours), [{"name": "Rosa Elm"}, {"name": "Kofi Bay"}])


@app.cli.command("give-seat")
@click.argument("name")
def give_seat(name: str) -> None:
    """Give somebody who has visited the training a seat, as this site's own pages might."""
    lms, now = app.extensions["lms"], datetime.now(UTC)
    neighbour = find(neighbours.c.name, name)
    assert neighbour is not None
    with unit_of_work(lms.db) as s:
        person = accounts.person_by_identity(s, "neighbours", str(neighbour.id))
        release = curriculum.newest(s)
        assert person is not None
        assert release is not None
        office = accounts.register(s, email="office@neighbours.example", name="Ruth Okafor", password=None, now=now)
        provider = cohorts.create_provider(
            s, name="Porchlight", place="Here", contact="", zone="America/Chicago", by=office, now=now
        )
        cohort = cohorts.create_cohort(
            s, provider, name="Autumn", release=release, pathway="starter", zone="America/Chicago", seats=15,
            starts_on=now.date() - timedelta(days=20), ends_on=now.date() + timedelta(days=70), now=now,
        )  # fmt: skip
        cohorts.enrol(s, cohort, person, by=office.code, now=now)


if __name__ == "__main__":
    server = make_server("127.0.0.1", int(sys.argv[1]), app, threaded=True)
    print("ready", server.server_port, flush=True)  # noqa: T201
    server.serve_forever()
