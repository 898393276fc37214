from flask import Flask

from lms.cohorts.models import Invitation
from lms.core.db import Database
from tests.conftest import Browser


def test_the_first_coordinator(app: Flask, database: Database, browser: Browser) -> None:
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["lms", "first-coordinator", "Ruth@example.org"])
    assert done.exit_code == 0
    base, link = done.output.strip().split("/invitations/")
    assert base == "http://lms.example"
    with database.reader() as s:
        row = s.query(Invitation).one()
    assert (row.email, row.role, row.provider_id, row.invited_by) == (
        "ruth@example.org",
        "coordinator",
        None,
        "console",
    )
    page = browser.get("/invitations/" + link)
    assert "to set up a training provider on Groundwork" in page.get_data(as_text=True)
    browser.post("/invitations/" + link, {"name": "Ruth", "password": "a quiet creek in May"})
    assert "Begin with your provider" in browser.get("/cohorts").get_data(as_text=True)
