"""Commands that keep the house running: migrate, tick, worker."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
from alembic import command as alembic
from alembic.config import Config
from flask import current_app
from huey.consumer import Consumer

from lms.core.db import unit_of_work
from lms.core.log import logger
from lms.core.queue import listen, open_queue
from lms.core.settings import content_root
from lms.records import service

log = logger("lms.tick")


def migrations(url: str) -> Config:
    """Return Alembic's configuration for one database."""
    config = Config()
    config.set_main_option("script_location", str(content_root("migrations")))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


@click.command()
def migrate() -> None:
    """Bring the database up to this version; safe to run again, and on two machines at once."""
    alembic.upgrade(migrations(current_app.extensions["lms"].settings.database), "head")
    click.echo("The database is up to date.")


@click.command()
def tick() -> None:
    """Do once what is due: close expired attempts, release reports, send letters, tidy up."""
    done = run_tick()
    click.echo(f"Letters sent: {done.sent}")
    if done.broken:
        raise click.ClickException(f"Not done: {', '.join(done.broken)}. The log says why; the rest was done.")


@click.command()
def worker() -> None:
    """Send letters as they come and tick every minute, until stopped."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    queue = open_queue(app.extensions["lms"].settings)

    def in_app() -> None:
        with app.app_context():
            run_tick()

    listen(queue, in_app)
    Consumer(queue, workers=1).run()


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick did: letters that went out, and the names of work that broke."""

    sent: int
    broken: tuple[str, ...]


def run_tick() -> Tick:
    """Run every room's due work, each in its own transaction, then send letters.

    Work that breaks is logged and holds up nothing else: a report that cannot be made must not keep letters back.
    """
    lms = current_app.extensions["lms"]
    broken = tuple(name for due in lms.ticks if (name := _broken(lms, due)))
    sent = service.send_due(lms.db, lms.mailer, lms.settings.mail_from, now=lms.clock.now())
    return Tick(sent, broken)


def _broken(lms: Any, due: Callable[..., object]) -> str:
    try:
        with unit_of_work(lms.db) as s:
            due(s, lms.clock.now())
    except Exception:
        name = f"{due.__module__.removeprefix('lms.')}.{due.__name__}"
        log.exception("tick.broken", work=name)
        return name
    return ""


COMMANDS = (migrate, tick, worker)
