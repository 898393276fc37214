"""A small room of probes behind the real gate."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, abort, flash, session
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as Full

from lms.app import create_app
from lms.core.access import PUBLIC, PUBLIC_WRITE, SIGNED_IN, SIGNED_IN_WRITE, Actor, Permission
from lms.core.crypto import SealBroken
from lms.core.db import Database
from lms.core.errors import Conflict, Invalid, NotFound
from lms.core.settings import Settings
from lms.records.models import Audit, Throttle
from lms.web.gate import Misses, Read, Visit
from lms.web.pages import data
from lms.web.room import Room
from tests.conftest import _CLOCK, SECRET, Browser
from tests.factories import NOON

room = Room("probe", __name__)


def _mine(actor: Actor, subject: Any) -> bool:
    return bool(actor.name == "Owner")


def _colleague(actor: Actor, subject: Any) -> bool:
    return bool(actor.name == "Colleague")


OPEN = Permission("probe.open", "The owner may open a probe; a colleague may know of it.", _mine, _colleague)
CHANGE = Permission("probe.change", "The owner may change a probe.", _mine, _colleague, writes=True)


@room.get("/probe/public", PUBLIC)
def public(v: Visit) -> Any:
    return data({"who": v.actor.code, "now": v.now.isoformat(), "travelling": v.travelling})


@room.get("/probe/members", SIGNED_IN)
def members(v: Visit) -> Any:
    return data({"who": v.actor.code})


@room.get("/probe/writes", PUBLIC)
def writes(v: Visit) -> Any:
    v.s.add(Throttle(key="sneaky", at=v.now))
    return data({})


@room.get("/probe/thing/<code>", OPEN, subject=lambda s, actor, code: code if code != "NONE" else None)
def thing(v: Visit) -> Any:
    return data({"thing": v.subject})


@room.post("/probe/thing/<code>", CHANGE, subject=lambda s, actor, code: code)
def change(v: Visit) -> Any:
    return data({"changed": v.subject})


@room.get("/probe/story", SIGNED_IN, reads=lambda v: Read("narrative", "S-1", "AUTHOR"))
def story(v: Visit) -> Any:
    logged = v.s.scalar(sa.text("SELECT count(*) FROM lms_reading"))
    return data({"logged_before_shown": logged})


@room.get("/probe/code/<code>", PUBLIC, throttle=Misses("probe", 3, timedelta(hours=1)))
def code(v: Visit) -> Any:
    """`RIGHT` is a hit, `RAISED` a miss by exception, anything else a miss with a page of its own."""
    if v.args["code"] == "RAISED":
        raise NotFound
    return data({"found": v.args["code"] == "RIGHT"}, 200 if v.args["code"] == "RIGHT" else 404)


@room.post("/probe/save", SIGNED_IN_WRITE)
def save(v: Visit) -> Any:
    v.s.add(Audit(at=v.now, actor=v.actor.code, verb="saved", subject="probe", note=v.form.get("text", "")))
    return data({"saved": True})


@room.post("/probe/breaks/<how>", PUBLIC_WRITE)
def breaks(v: Visit) -> Any:
    v.s.add(Audit(at=v.now, actor="", verb="half done", subject="probe"))
    v.s.flush()
    if v.args["how"] == "conflict":
        raise Conflict("Another tab was first.")
    if v.args["how"] == "invalid":
        raise Invalid("That does not fit.")
    if v.args["how"] == "statement":
        v.s.execute(sa.text("SELECT no_such_function()"))
    if v.args["how"] == "seal":
        raise SealBroken("This text cannot be opened: its key is not here.")
    if v.args["how"] == "http":
        abort(418)
    raise ZeroDivisionError("my hardest story")


@room.post("/probe/unique", PUBLIC_WRITE)
def unique(v: Visit) -> Any:
    """Two requests at once: the first try meets a row that somebody else has just written."""
    tries = v.state.facts.setdefault("tries", []) if isinstance(v.state.facts, dict) else []
    tries.append(1)
    if len(tries) == 1:
        v.s.execute(
            sa.text("INSERT INTO lms_throttle (id, key, at) VALUES (1, 'a', '2026-01-01'), (1, 'a', '2026-01-01')")
        )
    return data({"tries": len(tries)})


_CLASHES: dict[str, Any] = {"unique": IntegrityError, "locked": OperationalError, "closed": InterfaceError}


@room.post("/probe/clash/<how>/<int:times>", PUBLIC_WRITE)
def clash(v: Visit) -> Any:
    """Meets the same clash so many times; what it says to the browser is said once."""
    flash("Done.")
    met = session["met"] = v.form.get("met") or "x"
    v.state.facts["clashes"] = v.state.facts.get("clashes", 0) + 1  # type: ignore[index]
    if v.state.facts["clashes"] <= v.args["times"]:
        raise (
            _CLASHES[v.args["how"]]("INSERT", {}, Exception("my hardest story")) if v.args["how"] in _CLASHES else Full
        )
    return data({"tries": v.state.facts.pop("clashes"), "met": met})  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def _probe_app(database_url: str, _database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = Settings(
        env="test",
        home=str(tmp_path_factory.mktemp("probe")),
        secret_key=SECRET,
        database_url=database_url,
        insecure_cookies=True,
    )
    app = create_app(settings, clock=_CLOCK, mailer=lambda letter: None)
    app.register_blueprint(room)
    yield app
    app.extensions["lms"].db.engine.dispose()


@pytest.fixture
def probe(_probe_app: Flask, database: Database) -> Browser:
    """A browser on the application with the probes."""
    _CLOCK.at = NOON
    _probe_app.extensions["lms"].facts.clear()
    return Browser(_probe_app, database)
