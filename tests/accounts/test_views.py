"""Every page and form about an account: welcomed, refused, badly filled."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from lms.accounts import service
from lms.accounts.models import LoginSession, Person
from lms.core.access import Actor
from lms.core.clock import FixedClock
from lms.core.db import Database, keys_of, unit_of_work
from lms.extension import LMS
from lms.records import service as records
from lms.records.models import Kept, Message, Throttle
from lms.web.state import Identity
from tests import factories
from tests.conftest import Browser
from tests.factories import NOON, Cast

NOOR = Identity("https://host.example", "42", "Noor Haddad")
GOOD = "a quiet creek in May"
NEW = "another long enough one"


@pytest.fixture
def robin(app: Flask, database: Database) -> Person:
    with unit_of_work(database) as s:
        return service.register(s, email="robin@example.org", name="Robin Ashdown", password=GOOD, now=NOON)


def enter(browser: Browser, password: str = GOOD, email: str = "Robin@Example.org", **more: Any) -> Any:
    return browser.post("/sign-in", {"email": email, "password": password, "next": "", **more})


def body(answer: Any) -> str:
    # A token carries the second it was made in; two pages a moment apart are still the same page.
    return re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", str(answer.get_data(as_text=True)))


# Signing in


def test_the_page(browser: Browser) -> None:
    answer = browser.get("/sign-in?next=/hours")
    assert answer.status_code == 200
    assert 'value="/hours"' in body(answer)


def test_signing_in_leads_on_and_changes_the_cookie(browser: Browser, robin: Person) -> None:
    with browser.client.session_transaction() as cookie:
        cookie["left-behind"] = "by somebody else"
    answer = enter(browser, next="/you")
    assert (answer.status_code, answer.location) == (303, "/you")
    with browser.client.session_transaction() as cookie:
        assert set(cookie) == {"_user_id", "_fresh"}
    assert "Robin Ashdown" in body(browser.get("/you"))
    assert browser.get("/sign-in?next=/you").location == "/you"


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"])
def test_signing_in_never_leads_off_the_site(browser: Browser, robin: Person, onward: str) -> None:
    assert "evil" not in body(browser.get("/sign-in", query_string={"next": onward}))
    assert enter(browser, next=onward).location == "/"
    assert browser.get("/sign-in", query_string={"next": onward}).location == "/"


def test_a_wrong_password_and_an_unknown_address_read_the_same(browser: Browser, robin: Person) -> None:
    wrong = enter(browser, "wrong password")
    unknown = enter(browser, GOOD, "nobody@example.org")
    assert wrong.status_code == unknown.status_code == 422
    assert "do not fit together" in body(wrong)
    assert body(wrong).replace("robin@example.org", "X") == body(unknown).replace("nobody@example.org", "X")


def test_empty_fields_are_named(browser: Browser, robin: Person) -> None:
    answer = enter(browser, "", "")
    assert answer.status_code == 422
    assert "Enter your e-mail address." in body(answer)
    assert "Enter your password." in body(answer)


def test_after_five_tries_the_page_says_until_when(
    browser: Browser, robin: Person, clock: FixedClock, database: Database
) -> None:
    for _try in range(4):
        assert "wait until" not in body(enter(browser, "wrong password"))
    answer = enter(browser, "wrong password")
    assert answer.status_code == 422
    assert "wait until 12:15 (EST)" in body(answer)
    assert enter(browser).status_code == 422
    with database.reader() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 10
    clock.advance(timedelta(minutes=15))
    assert enter(browser).status_code == 303


def test_a_stale_sign_in_form_is_sent_again_without_the_password(browser: Browser, robin: Person) -> None:
    answer = browser.post("/sign-in", {"email": "robin@example.org", "password": GOOD}, token=False)
    assert answer.status_code == 401
    assert GOOD not in body(answer)


def test_signing_out_ends_the_session_and_empties_the_cookie(browsers: Any, robin: Person, database: Database) -> None:
    browser = browsers(robin)
    assert browser.post("/sign-out").location == "/sign-in"
    with browser.client.session_transaction() as cookie:
        assert "_user_id" not in cookie
    with database.reader() as s:
        assert s.scalars(sa.select(LoginSession.ended_at)).one() == NOON


def test_signing_out_when_signed_out_changes_nothing(browser: Browser) -> None:
    assert browser.post("/sign-out").status_code == 401


# A new password by mail


def link_in_letter(database: Database) -> str:
    with database.reader() as s:
        row = s.scalars(sa.select(Message).order_by(Message.id.desc())).first()
        assert row is not None
        text = keys_of(s).open(row.body, f"lms_message:{row.code}:body")
    found = re.search(r"http://lms\.example(/\S+)", text)
    assert found is not None
    return found.group(1)


def test_a_forgotten_password(browser: Browser, robin: Person, database: Database) -> None:
    assert browser.get("/sign-in/forgotten").status_code == 200
    assert "on its way" in body(browser.post("/sign-in/forgotten", {"email": "Robin@example.org"}))
    link = link_in_letter(database)
    assert browser.get(link).status_code == 200
    assert browser.post(link, {"password": NEW}).location == "/sign-in"
    assert enter(browser, NEW).status_code == 303
    again = browser.post(link, {"password": "a third long password"})
    assert again.status_code == 410
    assert browser.get(link).status_code == 410


def test_asking_reads_the_same_for_unknown_addresses(browser: Browser, robin: Person, database: Database) -> None:
    known = browser.post("/sign-in/forgotten", {"email": "robin@example.org"})
    unknown = browser.post("/sign-in/forgotten", {"email": "nobody@example.org"})
    assert (known.status_code, body(known)) == (unknown.status_code, body(unknown))
    with database.reader() as s:
        assert s.scalars(sa.select(Message.recipient)).all() == ["robin@example.org"]


def test_a_misspelt_address_is_said(browser: Browser) -> None:
    answer = browser.post("/sign-in/forgotten", {"email": "robin@"})
    assert answer.status_code == 422
    assert "name@example.org" in body(answer)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "Choose a password."),
        ("short", "at least 10"),
        ("x" * 201, "at most 200"),
        ("ROBIN@example.org", "too easy to guess"),
    ],
)
def test_a_weak_password_keeps_the_link(
    browser: Browser, robin: Person, database: Database, password: str, said: str
) -> None:
    browser.post("/sign-in/forgotten", {"email": "robin@example.org"})
    link = link_in_letter(database)
    answer = browser.post(link, {"password": password})
    assert answer.status_code == 422
    assert said in body(answer)
    assert browser.post(link, {"password": NEW}).status_code == 303


def test_a_link_that_never_was(browser: Browser) -> None:
    assert browser.get("/sign-in/new-password/nothing").status_code == 410
    assert browser.post("/sign-in/new-password/nothing", {"password": NEW}).status_code == 410


# The page about oneself


def test_you(browsers: Any, robin: Person, browser: Browser) -> None:
    page = body(browsers(robin).get("/you"))
    assert "robin@example.org" in page
    assert "This browser" in page
    assert browser.get("/you").location == "/sign-in?next=/you"


def test_readings_are_shown_by_role_without_names(browsers: Any, cast: Cast, database: Database) -> None:
    reader = Actor(
        person_id=cast.coordinator.id, code=cast.coordinator.code, name="Ruth Okafor", coordinates=frozenset({1})
    )
    with unit_of_work(database) as s:
        records.log_reading(s, reader, "seat", cast.seat.code, cast.student.code, now=NOON)
    page = body(browsers(cast.student).get("/you"))
    assert "Notes about your seat" in page
    assert "a coordinator" in page
    assert "Ruth Okafor" not in page
    assert "Nobody so far" in body(browsers(cast.classmate).get("/you"))


def test_a_host_that_signs_people_in_keeps_its_own_doors(
    app: Flask, database: Database, clock: FixedClock, tmp_path: Any
) -> None:
    host = Flask("host")
    host.secret_key = "x" * 32
    settings = replace(app.extensions["lms"].settings, home=str(tmp_path))
    LMS().init_app(
        host, identify=lambda request: request.headers.get("X-User") and NOOR, clock=clock, settings=settings
    )
    client = host.test_client()
    for path in ("/lms/sign-in", "/lms/sign-in/forgotten", "/lms/sign-in/new-password/x"):
        assert client.get(path).status_code == 403
    assert client.get("/lms/you").status_code == 401
    page = body(client.get("/lms/you", headers={"X-User": "noor"}))
    assert "Noor Haddad" in page
    assert "Change the password" not in page
    assert "Sign out here" not in page
    host.extensions["lms"].db.engine.dispose()


def test_details_are_kept(browsers: Any, robin: Person, database: Database) -> None:
    sent = {"name": " Ṣadé W. ", "legal_name": "Ṣadé Whitfield", "zone": "America/Chicago"}
    assert browsers(robin).post("/you", sent).location == "/you"
    with database.reader() as s:
        me = s.get_one(Person, robin.id)
        assert (me.name, me.legal_name, me.zone) == ("Ṣadé W.", "Ṣadé Whitfield", "America/Chicago")


@pytest.mark.parametrize("sent", [{"name": " "}, {"name": "x" * 121}, {"zone": "Mars/Olympus"}])
def test_details_that_do_not_fit_come_back(browsers: Any, robin: Person, sent: dict[str, str]) -> None:
    answer = browsers(robin).post("/you", {"name": "R", "legal_name": "What I typed", "zone": "America/Chicago"} | sent)
    assert answer.status_code == 422
    assert "What I typed" in body(answer)


def test_a_zone_that_a_person_has_already_stays_on_offer(browsers: Any, database: Database, app: Flask) -> None:
    with unit_of_work(database) as s:
        person = factories.person(s, zone="Africa/Lagos")
    sent = {"name": "R", "legal_name": "", "zone": "Africa/Lagos"}
    assert browsers(person).post("/you", sent).status_code == 303


def test_a_new_address_needs_the_password(browsers: Any, robin: Person, database: Database) -> None:
    browser = browsers(robin)
    wrong = browser.post("/you/email", {"email": "new@example.org", "email_password": "wrong"})
    assert wrong.status_code == 422
    assert "not your password" in body(wrong)
    assert "new@example.org" in body(wrong)
    assert browser.post("/you/email", {"email": "New@example.org", "email_password": GOOD}).status_code == 303
    with database.reader() as s:
        assert s.get_one(Person, robin.id).email == "new@example.org"


def test_an_address_of_somebody_else(browsers: Any, robin: Person, cast: Cast) -> None:
    answer = browsers(robin).post("/you/email", {"email": cast.student.email, "email_password": GOOD})
    assert answer.status_code == 422
    assert "already registered" in body(answer)


def test_an_address_with_a_typing_mistake(browsers: Any, robin: Person) -> None:
    assert browsers(robin).post("/you/email", {"email": "new@", "email_password": GOOD}).status_code == 422


def test_a_new_password_signs_the_other_browsers_out(browsers: Any, robin: Person) -> None:
    here, there = browsers(robin), browsers(robin)
    assert here.post("/you/password", {"old_password": GOOD, "password": NEW}).status_code == 303
    assert here.get("/you").status_code == 200
    assert there.get("/you").location.startswith("/sign-in")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"old_password": "wrong", "password": NEW}, "not your password"),
        ({"old_password": GOOD, "password": "short"}, "at least 10"),
        ({"old_password": "", "password": NEW}, "the password you have now"),
    ],
)
def test_a_new_password_that_does_not_fit(browsers: Any, robin: Person, sent: dict[str, str], said: str) -> None:
    answer = browsers(robin).post("/you/password", sent)
    assert answer.status_code == 422
    assert said in body(answer)
    assert GOOD not in body(answer)
    assert NEW not in body(answer)


def test_guessing_at_a_signed_in_page_waits_too(browsers: Any, robin: Person) -> None:
    browser = browsers(robin)
    for _try in range(5):
        answer = browser.post("/you/password", {"old_password": "wrong", "password": NEW})
    assert "wait until" in body(answer)


def test_signing_out_another_browser(browsers: Any, robin: Person, database: Database) -> None:
    here, there = browsers(robin), browsers(robin)
    with database.reader() as s:
        first, second = service.sessions_of(s, robin, now=NOON)[::-1]
    assert here.post(f"/you/browsers/{second.code}/sign-out").location == "/you"
    assert there.get("/you").location.startswith("/sign-in")
    assert here.post(f"/you/browsers/{first.code}/sign-out").location == "/sign-in"
    assert here.get("/you").location.startswith("/sign-in")


def test_browsers_of_others_do_not_exist(browsers: Any, robin: Person, cast: Cast, database: Database) -> None:
    browsers(robin)
    with database.reader() as s:
        row = service.sessions_of(s, robin, now=NOON)[0]
    assert browsers(cast.student).post(f"/you/browsers/{row.code}/sign-out").status_code == 404
    assert browsers(cast.student).post("/you/browsers/NOSUCH/sign-out").status_code == 404


def test_what_was_typed_after_the_session_ended_is_kept_without_passwords(
    browsers: Any, robin: Person, database: Database
) -> None:
    browser = browsers(robin)
    with unit_of_work(database) as s:
        service.end_sessions(s, s.get_one(Person, robin.id), now=NOON)
    assert browser.post("/you/password", {"old_password": GOOD, "password": NEW}).status_code == 401
    assert browser.post("/you", {"name": "A new name", "legal_name": "", "zone": "UTC"}).status_code == 401
    with database.reader() as s:
        kept = s.scalars(sa.select(Kept)).one()
        text = keys_of(s).open(kept.fields, f"lms_kept:{kept.code}:fields")
    assert "A new name" in text
    assert GOOD not in text


def test_the_page_asks_few_questions(browsers: Any, robin: Person, count_queries: Any) -> None:
    browser = browsers(robin)
    for _more in range(5):
        browsers(robin)
    with count_queries() as counted:
        assert browser.get("/you").status_code == 200
    assert len(counted) <= 7
