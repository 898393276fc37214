"""Every address, its method and its permission, in one list that a reviewer sees change."""

import os
from pathlib import Path

import pytest
from flask import Flask

from lms.core.errors import StartupError
from lms.extension import ROOMS
from lms.web.room import Room, refuse_unguarded

GOLDEN = Path(__file__).with_name("routes.txt")


def lines(app: Flask) -> list[str]:
    doors = {f"{room.name}.{name}": door for room in ROOMS for name, door in room.doors.items()}
    rules = [r for r in app.url_map.iter_rules() if r.endpoint in doors]
    return sorted(
        f"{doors[r.endpoint].method:<5}{r.rule:<60}{r.endpoint:<40}{doors[r.endpoint].permission.name}" for r in rules
    )


def test_the_route_table_is_the_one_on_paper(app: Flask) -> None:
    """To accept a change: write `lines(app)` to routes.txt (tools: LMS_WRITE_GOLDEN=1) and let it be reviewed."""
    found = "\n".join(lines(app)) + "\n"
    if os.environ.get("LMS_WRITE_GOLDEN"):
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()


def test_every_form_has_a_permission_that_writes() -> None:
    wrong = [
        f"{r.name}.{n}" for r in ROOMS for n, d in r.doors.items() if d.method == "POST" and not d.permission.writes
    ]
    assert wrong == []


def test_no_page_is_behind_a_permission_that_writes() -> None:
    wrong = [f"{r.name}.{n}" for r in ROOMS for n, d in r.doors.items() if d.method == "GET" and d.permission.writes]
    assert wrong == []


def test_an_address_without_a_permission_refuses_to_start() -> None:
    room = Room("stray", __name__)
    room.add_url_rule("/stray", "stray", lambda: "open to all")
    app = Flask("host")
    app.register_blueprint(room)
    with pytest.raises(StartupError, match="/stray"):
        refuse_unguarded(app, (room,))
