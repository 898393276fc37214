"""The command that builds the demonstration."""

import json
from dataclasses import asdict, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

import click
from flask import current_app

from lms.certificates.service import PLAIN
from lms.core.errors import Conflict
from lms.demo import service
from lms.web.state import State


@click.command()
@click.option(
    "--json", "as_json", is_flag=True, help="Print accounts and certificate addresses as JSON, for other programs."
)
@click.option("--anchor", type=click.DateTime(["%Y-%m-%d"]), help="Build it as of noon of this day instead of now.")
def demo(as_json: bool, anchor: datetime | None) -> None:
    """Build the demonstration (four cohorts, two grants); refused where real people have accounts."""
    state: State = current_app.extensions["lms"]
    if state.settings.production:
        raise click.ClickException(
            "Production holds real people, so no demonstration is built. Set LMS_ENV=demo for one."
        )
    try:
        built = build_demo(state, anchor)
    except Conflict as refused:
        raise click.ClickException(refused.sentence) from None
    if as_json:
        click.echo(json.dumps(as_data(built, state.settings.base_url)))
        return
    for account in built.accounts:
        click.echo(f"{account.role:<12} {account.email:<28} {account.password}")


def build_demo(state: State, anchor: datetime | None = None) -> service.Built:
    """Build the demonstration in this application's database, or find the one that is there."""
    at = datetime.combine(anchor.date(), time(12), ZoneInfo(service.ZONE)) if anchor else state.clock.now()
    wording = replace(PLAIN, programme=state.settings.programme_name)
    return service.build(state.db, anchor=at, wording=wording, base_url=state.settings.base_url)


def as_data(built: service.Built, base_url: str) -> dict[str, object]:
    """Return what `--json` prints."""
    verify = base_url.rstrip("/") + "/verify/"
    return {
        "accounts": [asdict(account) for account in built.accounts],
        "certificate_url": verify + built.certificate_code,
        "revoked_certificate_url": verify + built.revoked_code,
    }


COMMANDS = (demo,)
