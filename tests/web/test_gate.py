from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lms.accounts.models import Person
from lms.app import create_app
from lms.core.db import Database, unit_of_work
from lms.core.settings import Settings
from lms.records.models import Audit, Denial, Kept, Reading, Throttle
from lms.web.state import Line
from tests import factories
from tests.conftest import _CLOCK, SECRET, Browser


def someone(database: Database, name: str = "Robin Ashdown") -> Person:
    with database.writer() as s:
        made = factories.person(s, name)
        s.commit()
        s.expunge_all()
    return made


def rows(database: Database, model: type[Any]) -> list[Any]:
    with unit_of_work(database, write=False) as s:
        found = list(s.scalars(sa.select(model)))
        s.expunge_all()
    return found


def test_one_instant_and_no_actor(probe: Browser) -> None:
    answer = probe.get("/probe/public")
    assert answer.json == {"who": "", "now": factories.NOON.isoformat(), "travelling": False}


def test_every_answer_is_guarded(probe: Browser) -> None:
    headers = probe.get("/probe/public").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_visitor_is_sent_to_sign_in_and_back(probe: Browser) -> None:
    answer = probe.get("/probe/members?x=1")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/probe/members?x%3D1"


def test_a_script_is_told_that_it_is_signed_out(probe: Browser) -> None:
    answer = probe.get("/probe/members", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["error"]


def test_a_member_comes_in(probe: Browser, database: Database) -> None:
    person = someone(database)
    assert probe.sign_in(person).get("/probe/members").json == {"who": person.code}


def test_an_expired_session_is_nobody(probe: Browser, database: Database) -> None:
    probe.sign_in(someone(database))
    _CLOCK.advance(timedelta(hours=12, seconds=1))
    assert probe.get("/probe/members").status_code == 303


def test_a_page_that_writes_is_a_fault_and_writes_nothing(probe: Browser, database: Database) -> None:
    assert probe.get("/probe/writes").status_code == 500
    assert rows(database, Throttle) == []


def test_owner_colleague_and_stranger(probe: Browser, database: Database) -> None:
    for name, status in (("Owner", 200), ("Colleague", 403), ("Stranger", 404)):
        assert probe.sign_in(someone(database, name)).get("/probe/thing/T1").status_code == status
    assert probe.get("/probe/thing/NONE").status_code == 404
    assert [d.status for d in rows(database, Denial)] == [403, 404]


def test_a_forged_address_with_a_nul_is_not_found(probe: Browser, database: Database) -> None:
    assert probe.sign_in(someone(database, "Owner")).get("/probe/thing/T%00").status_code == 404


def test_a_reading_is_logged_before_the_page_is_made(probe: Browser, database: Database) -> None:
    answer = probe.sign_in(someone(database)).get("/probe/story")
    [reading] = rows(database, Reading)
    assert (reading.subject, reading.author, reading.reader_name) == ("S-1", "AUTHOR", "Robin Ashdown")
    assert answer.status_code == 200


def test_a_form_is_committed_once(probe: Browser, database: Database) -> None:
    probe.sign_in(someone(database))
    assert probe.post("/probe/save", {"text": "one\x00two"}).json == {"saved": True}
    assert [a.note for a in rows(database, Audit)] == ["onetwo"]


def test_a_stale_token_gives_the_text_back(probe: Browser, database: Database) -> None:
    probe.sign_in(someone(database))
    long = "The winter I was nineteen I stopped answering the phone. <b>&</b> My grandmother did not call."
    answer = probe.post("/probe/save", {"text": long, "csrf_token": "old"}, token=False)
    assert answer.status_code == 400
    assert "The winter I was nineteen" in answer.text
    assert "&lt;b&gt;&amp;" in answer.text
    assert rows(database, Audit) == []


def test_a_form_sent_after_the_session_ended_is_kept_for_its_author(probe: Browser, database: Database) -> None:
    from lms.records import service

    person = someone(database)
    probe.sign_in(person)
    _CLOCK.advance(timedelta(hours=13))
    answer = probe.post("/probe/save", {"text": "my hardest story", "password": "secret"})
    assert answer.status_code == 401
    assert "my hardest story" not in answer.text, "on a shared device nothing stays behind"
    [kept] = rows(database, Kept)
    assert kept.owner == person.code
    assert b"hardest" not in kept.fields
    with unit_of_work(database, write=False) as s:
        assert [fields for _row, fields in service.kept_for(s, person.code)] == [{"text": ["my hardest story"]}]


def test_a_form_from_nobody_known_comes_back_on_the_page(probe: Browser) -> None:
    answer = probe.post("/probe/save", {"text": "a long text that was typed by somebody whose cookie is gone for good"})
    assert answer.status_code == 401
    assert "whose cookie is gone" in answer.text


def test_a_refusal_rolls_back_and_a_conflict_gives_the_text_back(probe: Browser, database: Database) -> None:
    answer = probe.post("/probe/breaks/conflict", {"text": "typed " * 20})
    assert answer.status_code == 409
    assert "Another tab was first." in answer.text
    assert "typed typed" in answer.text
    assert probe.post("/probe/breaks/invalid").status_code == 422
    assert rows(database, Audit) == []


def test_a_fault_of_ours_is_a_page_with_a_reference_and_the_text(probe: Browser, database: Database) -> None:
    answer = probe.post("/probe/breaks/badly", {"text": "typed " * 20})
    assert answer.status_code == 500
    assert "typed typed" in answer.text
    assert "ZeroDivision" not in answer.text
    assert rows(database, Audit) == []


def test_the_loser_of_a_race_looks_again(probe: Browser) -> None:
    assert probe.post("/probe/unique").json == {"tries": 2}


def test_more_than_four_megabytes_is_a_sentence(probe: Browser, database: Database) -> None:
    probe.sign_in(someone(database))
    answer = probe.post("/probe/save", {"text": "x" * (4 * 1024 * 1024 + 1)})
    assert answer.status_code == 413
    assert "four megabytes" in answer.text


def test_a_megabyte_passes_the_gate(probe: Browser, database: Database) -> None:
    probe.sign_in(someone(database))
    assert probe.post("/probe/save", {"text": "x" * 1_000_000}).status_code == 200


def test_staff_may_look_at_another_day_but_change_nothing(probe: Browser, database: Database) -> None:
    with database.writer() as s:
        made = factories.cast(s)
        s.commit()
        s.expunge_all()
    at = factories.NOON + timedelta(days=100)
    for person, travels in ((made.facilitator, True), (made.student, False)):
        probe.sign_in(person)
        with probe.client.session_transaction() as cookie:
            cookie["lms_at"] = at.isoformat()
        seen = probe.get("/probe/public").json
        assert seen is not None
        assert seen["travelling"] is travels
        assert probe.post("/probe/save").status_code == (409 if travels else 200)


def tried(probe: Browser, code: str, address: str = "203.0.113.7") -> int:
    return probe.get(f"/probe/code/{code}", environ_base={"REMOTE_ADDR": address}).status_code


def test_a_code_cannot_be_guessed_by_trying(probe: Browser, database: Database) -> None:
    assert [tried(probe, code) for code in ("A", "RAISED", "RIGHT", "B", "C", "RIGHT")] == [
        404,
        404,
        200,
        404,
        429,
        429,
    ]
    assert len(rows(database, Throttle)) == 3, "a hit and a refusal are not counted"
    answer = probe.get("/probe/code/RIGHT", environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert "wait an hour" in answer.text


def test_another_connection_is_not_slowed_down_and_an_hour_is_enough(probe: Browser, database: Database) -> None:
    assert [tried(probe, "A") for _ in range(4)] == [404, 404, 404, 429]
    assert tried(probe, "RIGHT", "203.0.113.8") == 200
    _CLOCK.advance(timedelta(hours=1, seconds=1))
    assert tried(probe, "RIGHT") == 200


def test_an_ipv6_household_is_one_connection_and_a_mapped_address_is_its_own(
    probe: Browser, database: Database
) -> None:
    assert [tried(probe, "A", f"2001:db8:1:2::{n}") for n in range(4)] == [404, 404, 404, 429]
    assert tried(probe, "A", "2001:db8:1:3::1") == 404
    assert [tried(probe, "A", f"::ffff:198.51.100.{n}") for n in range(1, 5)] == [404] * 4
    assert [tried(probe, "A", "unix:") for _ in range(4)] == [404, 404, 404, 429]


def test_no_address_is_written_down(probe: Browser, database: Database) -> None:
    tried(probe, "A", "203.0.113.7")
    [row] = rows(database, Throttle)
    assert row.key.startswith("probe:")
    assert "203" not in row.key


TYPED = {"text": "The winter I was nineteen. " * 5, "minutes": "45"}


@pytest.mark.parametrize("how", ["unique", "locked", "closed", "full"])
def test_a_clash_is_met_with_a_second_try_that_says_everything_once(probe: Browser, how: str) -> None:
    answer = probe.post(f"/probe/clash/{how}/1", TYPED)
    assert answer.json == {"tries": 2, "met": "x"}
    with probe.client.session_transaction() as cookie:
        assert cookie["_flashes"] == [("message", "Done.")]
        assert cookie["met"] == "x"


def test_who_loses_twice_gets_the_text_back(probe: Browser, database: Database) -> None:
    person = someone(database)
    answer = probe.sign_in(person).post("/probe/clash/unique/2", TYPED)
    assert answer.status_code == 409
    assert "changed this at the same moment" in answer.text
    assert "The winter I was nineteen" in answer.text
    assert "minutes: 45" in answer.text
    assert ">You<" in answer.text, "the page is that of the person who is signed in"


@pytest.mark.parametrize("how", ["locked", "closed", "full"])
def test_while_the_database_is_away_there_is_a_calm_page(probe: Browser, database: Database, how: str) -> None:
    answer = probe.sign_in(someone(database)).post(f"/probe/clash/{how}/2", TYPED)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Please try again in a minute" in answer.text
    assert "The winter I was nineteen" in answer.text
    assert "minutes: 45" in answer.text
    assert "hardest story" not in answer.text
    with probe.client.session_transaction() as cookie:
        assert "_user_id" in cookie, "nobody is signed out by it"
        assert "met" in cookie


def test_a_script_is_told_that_nothing_can_be_saved_right_now(probe: Browser) -> None:
    answer = probe.post("/probe/clash/locked/2", TYPED, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert answer.json is not None
    assert "still on this page" in answer.json["error"]


def gone(tmp_path: Path, url: str) -> Browser:
    """A browser on an application whose database cannot be reached at all."""
    settings = Settings(env="test", home=str(tmp_path), secret_key=SECRET, database_url=url, insecure_cookies=True)
    app = create_app(settings, clock=_CLOCK, mailer=lambda letter: None)
    app.extensions["lms"].last_lines[:] = []
    return Browser(app, app.extensions["lms"].db)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_that_is_really_gone(tmp_path: Path, unused_tcp_port: int, kind: str) -> None:
    (tmp_path / "folder.db").mkdir()
    url = f"sqlite:///{tmp_path}/folder.db"
    if kind == "postgresql":
        url = f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/none"
    away = gone(tmp_path, url)
    with away.client.session_transaction() as cookie:
        cookie["_user_id"] = "a session that nobody can look up now"
    for answer in (away.get("/"), away.get("/privacy"), away.post("/sign-in", {"email": "robin@people.example"})):
        assert answer.status_code == 503
        assert 'href="tel:988"' in answer.text
    assert "email: robin@people.example" in answer.text


def test_the_support_lines_last_read_are_shown_while_the_database_is_away(probe: Browser) -> None:
    state = probe.client.application.extensions["lms"]
    probe.get("/privacy")
    before = list(state.last_lines)
    state.last_lines[:] = [Line("Warm line", "Warm line: 555-0100", "5550100", "", "", strip=True, foot=True)]
    try:
        answer = probe.post("/probe/clash/locked/2", TYPED)
    finally:
        state.last_lines[:] = before
    assert 'href="tel:5550100"' in answer.text
    assert "Warm line: 555-0100" in answer.text


@pytest.mark.parametrize(("how", "status"), [("invalid", 422), ("conflict", 409), ("seal", 500), ("statement", 500)])
def test_whatever_goes_wrong_the_text_comes_back(probe: Browser, database: Database, how: str, status: int) -> None:
    answer = probe.post(f"/probe/breaks/{how}", TYPED | {"password": "secret", "new_password": "secret"})
    if how == "statement" and answer.status_code == 503:
        status = 503  # SQLite calls an unknown function an operational error
    assert answer.status_code == status
    assert "The winter I was nineteen" in answer.text
    assert "minutes: 45" in answer.text
    assert "secret" not in answer.text
    assert rows(database, Audit) == []


def test_what_werkzeug_refuses_is_a_page_and_writes_nothing(probe: Browser, database: Database) -> None:
    assert probe.post("/probe/breaks/http").status_code == 418
    assert rows(database, Audit) == []


def test_who_may_not_do_it_any_more_gets_the_text_back(probe: Browser, database: Database) -> None:
    for name, status in (("Colleague", 403), ("Stranger", 404)):
        answer = probe.sign_in(someone(database, name)).post("/probe/thing/T1", TYPED)
        assert answer.status_code == status
        assert "The winter I was nineteen" in answer.text


def test_looking_at_another_day_gives_the_text_back(probe: Browser, database: Database) -> None:
    with database.writer() as s:
        made = factories.cast(s)
        s.commit()
        s.expunge_all()
    probe.sign_in(made.facilitator)
    with probe.client.session_transaction() as cookie:
        cookie["lms_at"] = factories.NOON.isoformat()
    assert "The winter I was nineteen" in probe.post("/probe/save", TYPED).text
