"""The first page of each role, text given back, another day, and the pages every site needs."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from lms.core.db import Database, unit_of_work
from lms.records import service as records
from tests.conftest import Browser
from tests.factories import NOON, Cast

HEADINGS = {
    "student": "Lesson 1 of m1",
    "facilitator": "Nothing waits to be read",
    "coordinator": "Your cohorts",
    "funder": "Your grants",
}


def test_a_visitor_is_welcomed(browser: Browser) -> None:
    answer = browser.get("/")
    assert answer.status_code == 200
    assert "You were invited" in answer.text


@pytest.mark.parametrize("role", HEADINGS)
def test_everybody_finds_their_own_first_page(cast: Cast, browsers: Any, role: str) -> None:
    answer = browsers(getattr(cast, role)).get("/")
    assert answer.status_code == 200
    assert f"<h1>{HEADINGS[role]}</h1>" in answer.text


def test_whoever_has_neither_seat_nor_office_is_told_so(cast: Cast, browsers: Any, database: Database) -> None:
    from tests import factories

    with database.writer() as s:
        nobody = factories.person(s)
        s.commit()
    assert "no seat and no office yet" in browsers(nobody).get("/").text


def test_kept_text_goes_back_to_its_author_alone(cast: Cast, browsers: Any, database: Database) -> None:
    with unit_of_work(database) as s:
        code = records.keep(
            s, cast.student.code, "/hours/practice", "You were signed out.", {"what": ["my words " * 20]}, now=NOON
        ).code
    student, classmate = browsers(cast.student), browsers(cast.classmate)
    assert "Take it back" in student.get("/").text
    assert "my words" in student.get("/kept").text
    assert "Take it back" not in classmate.get("/").text
    assert "my words" not in classmate.get("/kept").text
    assert classmate.post(f"/kept/{code}").status_code == 404
    assert student.post(f"/kept/{code}").status_code == 303
    assert "my words" not in student.get("/kept").text


def test_letters_are_for_coordinators_and_never_show_their_text(cast: Cast, browsers: Any, database: Database) -> None:
    with unit_of_work(database) as s:
        to, elsewhere = cast.student.email or "", cast.stranger.email or ""
        records.write_message(s, "reset", to, "A new password", "the secret link", now=NOON)
        records.write_message(s, "reset", elsewhere, "Somebody else's", "the secret link", now=NOON)
    page = browsers(cast.coordinator).get("/letters")
    assert page.status_code == 200
    assert "A new password" in page.text
    assert to in page.text
    assert elsewhere not in page.text, "another provider's people are none of theirs"
    assert "secret link" not in page.text
    for other in (cast.student, cast.facilitator, cast.funder):
        assert browsers(other).get("/letters").status_code == 403


def test_staff_look_at_another_day_and_come_back(cast: Cast, browsers: Any) -> None:
    staff = browsers(cast.facilitator)
    assert staff.post("/another-day", {"on": "2027-03-03"}).status_code == 303
    assert "You are looking at Wednesday 3 March 2027" in staff.get("/").text
    assert staff.post("/now").status_code == 303
    assert "You are looking at" not in staff.get("/").text


@pytest.mark.parametrize("typed", ["", "2026-13-45"])
def test_a_day_that_is_none_leaves_you_today(cast: Cast, browsers: Any, typed: str) -> None:
    staff = browsers(cast.facilitator)
    assert staff.post("/another-day", {"on": typed}).status_code == 303
    assert "You are still looking at today" in staff.get("/").text


def test_students_do_not_travel(cast: Cast, browsers: Any) -> None:
    assert browsers(cast.student).post("/another-day", {"on": "2027-03-03"}).status_code == 403


@pytest.mark.parametrize("path", ["/privacy", "/accessibility", "/styleguide"])
def test_pages_for_everybody(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 200


def test_the_styleguide_is_not_shown_in_production(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    lms = app.extensions["lms"]
    monkeypatch.setitem(app.extensions, "lms", replace(lms, settings=replace(lms.settings, env="production")))
    assert browser.get("/styleguide").status_code == 404


def test_health_and_readiness(browser: Browser, cast: Cast, database: Database) -> None:
    assert browser.get("/healthz").json == {"alive": True}
    assert browser.get("/readyz").json == {"ready": True}


def test_it_is_not_ready_without_a_release(browser: Browser) -> None:
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False})
