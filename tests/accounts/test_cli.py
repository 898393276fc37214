import pytest
from flask import Flask

from lms.accounts import service
from lms.core.db import Database, unit_of_work
from tests import factories
from tests.factories import NOON


def test_everywhere_signed_out(app: Flask, database: Database) -> None:
    with unit_of_work(database) as s:
        person = factories.person(s)
        token = service.open_session(s, person, agent="", hours=12, now=NOON)
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["lms", "end-sessions", (person.email or "").upper()])
    assert done.output == "Robin Ashdown is signed out of 1 browser.\n"
    with database.reader() as s:
        assert service.person_by_token(s, token, now=NOON) is None


@pytest.mark.parametrize("address", ["nobody@example.org", ""])
def test_nobody_to_sign_out(app: Flask, address: str) -> None:
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["lms", "end-sessions", address])
    assert done.exit_code == 1
    assert "Nobody is registered" in done.output
