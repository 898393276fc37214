"""Commands to begin with: the first coordinator."""

import click
from flask import current_app, url_for

from lms.cohorts import service
from lms.core.db import unit_of_work


@click.command("first-coordinator")
@click.argument("email")
def first_coordinator(email: str) -> None:
    """Print a link that makes EMAIL a coordinator who may set up a provider; it works once, for two weeks."""
    lms = current_app.extensions["lms"]
    with unit_of_work(lms.db) as s:
        _invitation, token = service.invite(
            s, email=email, role="coordinator", invited_by="console", now=lms.clock.now()
        )
    with current_app.test_request_context():
        path = url_for("lms_cohorts.invitation", token=token)
    click.echo(lms.settings.base_url.rstrip("/") + path)


COMMANDS = (first_coordinator,)
