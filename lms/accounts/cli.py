"""Commands about people's accounts."""

import click
from flask import current_app

from lms.accounts import service
from lms.core.db import unit_of_work


@click.command("end-sessions")
@click.argument("email")
def end_sessions(email: str) -> None:
    """Sign somebody out of every browser, for a lost phone or a machine left open."""
    lms = current_app.extensions["lms"]
    with unit_of_work(lms.db) as s:
        person = service.by_email(s, email)
        if person is None:
            raise click.ClickException(f"Nobody is registered with {email}.")
        ended = service.end_sessions(s, person, now=lms.clock.now())
    click.echo(f"{person.name} is signed out of {ended} browser{'' if ended == 1 else 's'}.")


COMMANDS = (end_sessions,)
