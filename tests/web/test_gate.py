from datetime import timedelta

import sqlalchemy as sa

from lms.core.db import Database, unit_of_work
from lms.records.models import Audit, Denial, Kept, Reading, Throttle
from tests import factories
from tests.conftest import Browser


def someone(database: Database, name: str = "Robin Ashdown") -> factories.Person:
    with database.writer() as s:
        made = factories.person(s, name)
        s.commit()
        s.expunge_all()
    return made


def rows(database: Database, model: type) -> list:
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
    assert answer.json["error"]


def test_a_member_comes_in(probe: Browser, database: Database) -> None:
    person = someone(database)
    assert probe.sign_in(person).get("/probe/members").json == {"who": person.code}


def test_an_expired_session_is_nobody(probe: Browser, database: Database) -> None:
    from tests.conftest import _CLOCK

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
    from tests.conftest import _CLOCK

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
        assert probe.get("/probe/public").json["travelling"] is travels
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
    from tests.conftest import _CLOCK

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
