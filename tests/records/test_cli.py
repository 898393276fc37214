from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from huey import Huey
from sqlalchemy.orm import Session

from lms.app import create_app
from lms.core.clock import FixedClock
from lms.core.crypto import Keyring
from lms.core.db import Database, open_database, unit_of_work
from lms.core.queue import waker
from lms.core.settings import Settings
from lms.records import cli, service
from lms.records.models import Audit, Message, Throttle
from tests.conftest import SECRET
from tests.factories import NOON


def own_app(url: str, home: Path, **more: str) -> Flask:
    settings = Settings(env="test", home=str(home), secret_key=SECRET, database_url=url, **more)  # type: ignore[arg-type]
    return create_app(settings, clock=FixedClock(NOON), mailer=lambda letter: None)


def run(app: Flask, command: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["lms", command], catch_exceptions=False)


def count(database: Database, model: type) -> int:
    with unit_of_work(database, write=False) as s:
        return s.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_migrate_makes_every_table_and_may_be_run_again(fresh_url: str, tmp_path: Path) -> None:
    app = own_app(fresh_url, tmp_path / "home")
    for _again in range(2):
        done = run(app, "migrate")
        assert (done.exit_code, done.output) == (0, "The database is up to date.\n")
    engine = open_database(fresh_url, Keyring.of([SECRET])).engine
    assert {"lms_person", "lms_message", "lms_alembic_version"} <= set(sa.inspect(engine).get_table_names())
    engine.dispose()
    app.extensions["lms"].db.engine.dispose()


def test_a_tick_does_what_is_due_and_sends_letters(
    app: Flask, database: Database, clock: FixedClock, letters: list[EmailMessage]
) -> None:
    with unit_of_work(database) as s:
        service.write_message(s, "test", "a@people.example", "Good day", "Text", now=NOON)
        service.count_try(s, "old", now=NOON - timedelta(days=2))
    done = run(app, "tick")
    assert (done.exit_code, done.output) == (0, "Letters sent: 1\n")
    assert [letter["Subject"] for letter in letters] == ["Good day"]
    assert count(database, Throttle) == 0


def _breaks(s: Session, now: datetime) -> None:
    service.audit(s, "", "half done", "x", now=now)
    s.flush()
    raise ZeroDivisionError


def _works(s: Session, now: datetime) -> None:
    service.audit(s, "", "done", "x", now=now)


def test_work_that_breaks_is_undone_and_named_and_holds_up_nothing_else(
    app: Flask, database: Database, clock: FixedClock, letters: list[EmailMessage]
) -> None:
    with unit_of_work(database) as s:
        service.write_message(s, "test", "a@people.example", "Good day", "Text", now=NOON)
    ticks = app.extensions["lms"].ticks
    object.__setattr__(state := app.extensions["lms"], "ticks", (_breaks, _works))
    try:
        done = run(app, "tick")
    finally:
        object.__setattr__(state, "ticks", ticks)
    assert done.exit_code == 1
    assert "Letters sent: 1" in done.output
    assert "._breaks" in done.output
    with unit_of_work(database, write=False) as s:
        assert list(s.scalars(sa.select(Audit.verb))) == ["done"]


class _Once:
    """In the place of Huey's consumer, which runs until it is stopped: does what is in the queue, then ends."""

    seen: list[Huey] = []  # noqa: RUF012

    def __init__(self, queue: Huey, **options: object) -> None:
        self.queue = queue
        _Once.seen.append(queue)

    def run(self) -> None:
        while task := self.queue.dequeue():
            self.queue.execute(task)


def test_the_worker_hears_the_bell_of_the_pages_and_ticks_every_minute(
    fresh_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = own_app(fresh_url, tmp_path / "home")
    run(app, "migrate")
    state = app.extensions["lms"]
    with unit_of_work(state.db) as s:
        service.write_message(s, "test", "a@people.example", "Good day", "Text", now=NOON)
    waker(Settings(env="demo", home=str(tmp_path / "home")))()
    monkeypatch.setattr(cli, "Consumer", _Once)
    assert run(app, "worker").exit_code == 0
    with unit_of_work(state.db, write=False) as s:
        assert list(s.scalars(sa.select(Message.state))) == ["sent"]
    queue = _Once.seen.pop()
    assert [task.name for task in queue.read_periodic(datetime(2026, 11, 23, 17, 1))] == ["lms.tick"]
    state.db.engine.dispose()
