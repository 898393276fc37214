"""First pages of people with several roles or an unusual past, and text that is given back in hard cases."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lms.app import create_app
from lms.cohorts.models import Appointment, Enrolment
from lms.core.crypto import Keyring
from lms.core.db import Database, unit_of_work
from lms.core.settings import Settings
from lms.records import service as records
from tests import factories
from tests.certificates import complete
from tests.conftest import SECRET, Browser
from tests.factories import NOON, Cast
from tests.home.conftest import certificate


def also(database: Database, cast: Cast, *roles: str) -> None:
    """Give the student of the cast further offices."""
    scopes = {
        "facilitator": {"cohort_id": cast.cohort.id},
        "coordinator": {"provider_id": cast.provider.id},
        "funder": {"grant_id": cast.grant.id},
    }
    with unit_of_work(database) as s:
        for role in roles:
            factories.appointment(s, s.merge(cast.student), role, **scopes[role])


# Several roles at once


def test_a_student_who_funds_sees_both(cast: Cast, database: Database, browsers: Any) -> None:
    also(database, cast, "funder")
    text = browsers(cast.student).get("/").text
    assert "What stands between you and your certificate" in text
    assert f"/grants/{cast.grant.code}" in text


def test_a_student_who_works_here_finds_the_way_to_their_own_training(
    cast: Cast, database: Database, browsers: Any
) -> None:
    also(database, cast, "facilitator", "coordinator", "funder")
    text = browsers(cast.student).get("/").text
    assert "Nothing waits to be read" in text
    assert "Cohort by cohort" in text
    assert f"/grants/{cast.grant.code}" in text
    assert "Your own training" in text
    assert text.count("<h1>") == 1


@pytest.mark.parametrize("role", ["facilitator", "coordinator", "funder"])
def test_staff_see_no_training_of_their_own_where_there_is_none(cast: Cast, browsers: Any, role: str) -> None:
    assert "Your own training" not in browsers(getattr(cast, role)).get("/").text


def test_who_has_left_has_neither_seat_nor_office(cast: Cast, database: Database, browsers: Any) -> None:
    with unit_of_work(database) as s:
        s.get_one(Enrolment, cast.seat.id).status = "withdrawn"
    assert "no seat and no office yet" in browsers(cast.student).get("/").text


# A student's page


def test_what_is_missing_and_what_is_met_stand_as_lists(cast: Cast, database: Database, browsers: Any) -> None:
    with unit_of_work(database) as s:
        complete.complete(
            s, s.get_one(Enrolment, cast.seat.id), complete.held(s, s.merge(cast.cohort)), s.merge(cast.facilitator),
            but="narrative",
        )  # fmt: skip
    text = browsers(cast.student).get("/").text
    missing = text[text.index('<ol class="needs">') : text.index("</ol>", text.index('<ol class="needs">'))]
    assert re.findall(r"<h3>([^<]+)</h3>", missing) == ["Narrative: Your story"]
    assert 'class="needs-met"' in text
    assert "The lessons and quizzes are behind you" in text


def test_everything_is_met(cast: Cast, database: Database, browsers: Any) -> None:
    with unit_of_work(database) as s:
        seat = s.get_one(Enrolment, cast.seat.id)
        complete.complete(s, seat, complete.held(s, seat.cohort), s.merge(cast.facilitator))
    text = browsers(cast.student).get("/").text
    assert "<h1>Everything is met</h1>" in text
    assert "Nothing. Everything is met." in text


@pytest.mark.parametrize(
    ("revoked", "heading"), [(False, "Your certificate is here"), (True, "Your certificate was revoked")]
)
def test_a_certificate_comes_first(cast: Cast, database: Database, browsers: Any, revoked: bool, heading: str) -> None:
    with unit_of_work(database) as s:
        certificate(s, s.get_one(Enrolment, cast.seat.id), NOON - timedelta(days=3), NOON if revoked else None)
    text = browsers(cast.student).get("/").text
    assert f"<h1>{heading}</h1>" in text
    assert ("Anyone you give the code to" in text) is not revoked


# Text given back


def keep(database: Database, owner: str, **typed: list[str]) -> str:
    with unit_of_work(database) as s:
        return records.keep(s, owner, "/hours/practice", "You were signed out.", typed, now=NOON).code


def test_short_words_are_shown_too_and_everything_can_be_sent_again(
    cast: Cast, database: Database, browsers: Any
) -> None:
    keep(
        database,
        cast.student.code,
        minutes=["45"],
        what=["One <b>line</b>"],
        story=["long " * 30],
        on=["", "2026-11-01"],
    )
    text = browsers(cast.student).get("/kept").text
    for words in ("minutes: 45", "what: One &lt;b&gt;line&lt;/b&gt;", "on: 2026-11-01", "long long"):
        assert words in text
    form = text[text.index('action="/hours/practice"') : text.index("</form>")]
    assert re.findall(r'name="(\w+)"', form) == ["csrf_token", "minutes", "what", "story", "on", "on"]


def test_a_text_whose_key_is_gone_says_so_and_hides_no_other(cast: Cast, database: Database, browsers: Any) -> None:
    keep(database, cast.student.code, what=["still here"])
    with unit_of_work(database) as s:
        lost = records.keep(s, cast.student.code, "/x", "You were signed out.", {"what": ["lost"]}, now=NOON)
        lost.fields = Keyring.of(["a secret that nobody has any more, at all"]).seal(
            "{}", f"lms_kept:{lost.code}:fields"
        )
    answer = browsers(cast.student).get("/kept")
    assert answer.status_code == 200
    assert "the key it was locked with is gone" in answer.text
    assert "still here" in answer.text


def test_what_is_not_there_cannot_be_put_away(cast: Cast, browsers: Any) -> None:
    assert browsers(cast.student).post("/kept/NOSUCH").status_code == 404


def test_a_stranger_has_nothing_kept(browser: Browser) -> None:
    assert browser.get("/kept").location.startswith("/sign-in?next=")
    assert browser.post("/kept/ANY").status_code == 401


# Another day


@pytest.mark.parametrize("day", ["2000-01-01", "2199-12-31", "2028-02-29"])
def test_the_ends_of_the_calendar_can_be_looked_at(cast: Cast, database: Database, browsers: Any, day: str) -> None:
    also(database, cast, "coordinator")
    staff = browsers(cast.student)
    staff.post("/another-day", {"on": day})
    answer = staff.get("/")
    assert answer.status_code == 200
    assert "Return to now" in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31"])
def test_beyond_them_you_stay_today(cast: Cast, browsers: Any, day: str) -> None:
    staff = browsers(cast.facilitator)
    staff.post("/another-day", {"on": day})
    text = staff.get("/").text
    assert "You are still looking at today" in text
    assert "Return to now" not in text


def test_nothing_changes_while_looking_at_another_day(cast: Cast, database: Database, browsers: Any) -> None:
    code = keep(database, cast.facilitator.code, what=["words"])
    staff = browsers(cast.facilitator)
    staff.post("/another-day", {"on": "2027-03-03"})
    assert staff.post(f"/kept/{code}").status_code == 409
    assert staff.post("/another-day", {"on": "2027-04-04"}).status_code == 409
    staff.post("/now")
    assert staff.post(f"/kept/{code}").status_code == 303


def test_who_is_no_longer_staff_is_back_today(cast: Cast, database: Database, browsers: Any) -> None:
    staff = browsers(cast.facilitator)
    staff.post("/another-day", {"on": "2027-03-03"})
    with unit_of_work(database) as s:
        for office in s.scalars(sa.select(Appointment).where(Appointment.person_id == cast.facilitator.id)):
            office.ended_at = NOON
    assert "Return to now" not in staff.get("/").text


# Pages every site needs


def test_no_letters_yet_is_a_sentence(cast: Cast, browsers: Any) -> None:
    assert "No letter has been written yet" in browsers(cast.coordinator).get("/letters").text


def test_a_letter_that_failed_says_why_and_one_that_waits_that_it_does(
    cast: Cast, database: Database, browsers: Any
) -> None:
    with unit_of_work(database) as s:
        for state, why, tries in (("failed", "550 No such person", 5), ("due", "451 later", 1), ("due", "", 0)):
            made = records.write_message(s, "test", cast.student.email or "", "Hello", "Text", now=NOON)
            made.state, made.why_failed, made.tries = state, why, tries
    text = browsers(cast.coordinator).get("/letters").text
    for words in ("Not delivered", "550 No such person", "Trying again", "451 later", "Waiting"):
        assert words in text
    assert "1 letter did not go out" in browsers(cast.coordinator).get("/").text


def test_the_process_is_alive_while_the_database_is_away(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    url = f"sqlite:///{tmp_path}/folder.db"
    app = create_app(
        Settings(env="test", home=str(tmp_path), secret_key=SECRET, database_url=url, insecure_cookies=True)
    )
    client = app.test_client()
    assert client.get("/healthz").json == {"alive": True}
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize("role", ["student", "facilitator", "coordinator", "funder"])
def test_a_first_page_asks_eight_times_at_most(cast: Cast, browsers: Any, count_queries: Any, role: str) -> None:
    browser = browsers(getattr(cast, role))
    browser.get("/")
    with count_queries() as counted:
        assert browser.get("/").status_code == 200
    assert len(counted) <= 8
