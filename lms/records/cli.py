"""Commands that keep the house running: migrate, tick, worker."""

import click
from alembic import command as alembic
from alembic.config import Config
from flask import current_app
from huey import crontab
from huey.consumer import Consumer

from lms.core.db import unit_of_work
from lms.core.queue import open_queue
from lms.core.settings import content_root
from lms.records import service


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
    """Do once what is due: close expired attempts, send letters, tidy up."""
    click.echo(f"Letters sent: {run_tick()}")


@click.command()
def worker() -> None:
    """Send letters as they come and tick every minute, until stopped."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    queue = open_queue(app.extensions["lms"].settings)

    def in_app() -> None:
        with app.app_context():
            run_tick()

    queue.task(name="lms.wake")(in_app)
    queue.periodic_task(crontab(minute="*"), name="lms.tick")(in_app)
    Consumer(queue, workers=1).run()


def run_tick() -> int:
    """Run every room's due work, each in its own transaction, then send letters; returns how many went out."""
    lms = current_app.extensions["lms"]
    for due in lms.ticks:
        with unit_of_work(lms.db) as s:
            due(s, lms.clock.now())
    return service.send_due(lms.db, lms.mailer, lms.settings.mail_from, now=lms.clock.now())


COMMANDS = (migrate, tick, worker)
