from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts import rules, service
from lms.accounts.models import LoginSession, Person, ResetLink
from lms.core.access import Actor
from lms.core.crypto import check_password
from lms.core.db import Database, keys_of, unit_of_work
from lms.core.errors import Invalid
from lms.records import service as records
from lms.records.models import Message, Throttle
from tests import factories
from tests.factories import NOON

GOOD = "a quiet creek in May"
HOUR = timedelta(hours=1)


@pytest.fixture
def robin(s: Session) -> Person:
    return service.register(s, email=" Robin@Example.org ", name="Robin Ashdown", password=GOOD, now=NOON)


def enter(s: Session, email: str = "robin@example.org", password: str = GOOD, **more: Any) -> rules.SignIn:
    given: dict[str, Any] = {"hours": 12, "now": NOON, "client": "192.0.2.1"}
    return service.sign_in(s, email, password, "Firefox", **(given | more))


def letter(token: str) -> tuple[str, str]:
    return "Choose a new password", f"link {token}"


def last_letter(s: Session) -> str:
    row = s.scalars(sa.select(Message).order_by(Message.id.desc())).first()
    assert row is not None
    return keys_of(s).open(row.body, f"lms_message:{row.code}:body")


def test_register_keeps_the_address_in_lower_case(s: Session, robin: Person) -> None:
    assert robin.email == "robin@example.org"
    assert service.by_email(s, "ROBIN@example.org ") is robin
    assert service.person_by_code(s, robin.code) is robin
    assert robin.password_hash is not None
    assert GOOD not in robin.password_hash


def test_an_address_belongs_to_one_person(s: Session, robin: Person) -> None:
    with pytest.raises(Invalid) as refused:
        service.register(s, email="ROBIN@example.org", name="Other", password=GOOD, now=NOON)
    assert "email" in refused.value.problems
    assert s.scalar(sa.select(sa.func.count()).select_from(Person)) == 1


def test_a_weak_password_registers_nobody(s: Session) -> None:
    with pytest.raises(Invalid) as refused:
        service.register(s, email="a@example.org", name="A", password="short", now=NOON)
    assert "password" in refused.value.problems


def test_names_of(s: Session, robin: Person) -> None:
    assert service.names_of(s, {robin.code, "NOBODY"}) == {robin.code: "Robin Ashdown"}


def test_change_details(s: Session, robin: Person) -> None:
    service.change_details(s, robin, name=" Robin A. ", legal_name=" Robin Ashdown ", zone="America/Chicago")
    s.expire(robin)
    assert (robin.name, robin.legal_name, robin.zone) == ("Robin A.", "Robin Ashdown", "America/Chicago")


def test_sign_in_gives_a_token_that_is_not_stored(s: Session, robin: Person) -> None:
    token = enter(s).token
    assert token is not None
    row = s.scalars(sa.select(LoginSession)).one()
    assert token not in (row.token_hash, row.code)
    assert service.person_by_token(s, token, now=NOON) is robin
    assert service.owner_of_token(s, token) == robin.code


@pytest.mark.parametrize(
    ("email", "password"), [("robin@example.org", "wrong"), ("nobody@example.org", GOOD), ("", "")]
)
def test_a_wrong_try_is_counted_whoever_it_is(s: Session, robin: Person, email: str, password: str) -> None:
    assert enter(s, email, password) == rules.SignIn()
    assert s.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 2


@pytest.mark.parametrize("email", ["robin@example.org", "nobody@example.org"])
def test_after_five_wrong_tries_everybody_waits_the_same(s: Session, robin: Person, email: str) -> None:
    verdicts = [enter(s, email, "wrong", now=NOON + at * timedelta(minutes=1)) for at in range(5)]
    assert [verdict.wait for verdict in verdicts[:4]] == [None] * 4
    assert verdicts[4].wait == timedelta(minutes=11)
    held = enter(s, email, GOOD, now=NOON + timedelta(minutes=5))
    assert held == rules.SignIn(wait=timedelta(minutes=10))


def test_a_wait_ends_and_a_success_starts_the_count_again(s: Session, robin: Person) -> None:
    for _try in range(5):
        enter(s, password="wrong")
    assert enter(s, now=NOON + rules.WINDOW).token
    for _try in range(4):
        assert enter(s, password="wrong", now=NOON + rules.WINDOW).wait is None


def test_waiting_is_not_made_longer_by_trying(s: Session, robin: Person) -> None:
    for _try in range(5):
        enter(s, password="wrong")
    for _try in range(20):
        enter(s, password="wrong", now=NOON + timedelta(minutes=14))
    assert enter(s, now=NOON + rules.WINDOW).token


def test_one_client_that_tries_many_addresses_waits(s: Session, robin: Person) -> None:
    for number in range(rules.CLIENT_TRIES):
        enter(s, f"guess{number}@example.org", "wrong")
    assert enter(s).wait == rules.WINDOW
    assert enter(s, client="192.0.2.2").token


def test_no_address_stands_in_the_throttle(s: Session, robin: Person) -> None:
    enter(s, "my-password-by-mistake", "wrong")
    assert not [key for key in s.scalars(sa.select(Throttle.key)) if "mistake" in key or "192" in key]


def test_a_person_without_a_password_cannot_sign_in(s: Session) -> None:
    service.register(s, email="host@example.org", name="Host", password=None, now=NOON)
    assert enter(s, "host@example.org", "") == rules.SignIn()


def test_a_hash_with_older_settings_is_renewed(s: Session, robin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    before = robin.password_hash
    monkeypatch.setattr(service, "needs_rehash", lambda stored: True)
    enter(s)
    assert robin.password_hash != before
    assert check_password(robin.password_hash, GOOD)


def test_a_session_ends_by_time_and_by_hand(s: Session, robin: Person) -> None:
    token = service.open_session(s, robin, agent="x" * 900, hours=2, now=NOON)
    assert service.person_by_token(s, token, now=NOON + 3 * HOUR) is None
    assert service.owner_of_token(s, token) == robin.code
    row = service.sessions_of(s, robin, now=NOON)[0]
    assert service.holds(row, token)
    assert not service.holds(row, "other")
    service.end_session(s, row, now=NOON)
    service.end_session(s, row, now=NOON + HOUR)
    assert row.ended_at == NOON
    assert service.person_by_token(s, token, now=NOON) is None
    assert service.sessions_of(s, robin, now=NOON) == []


def test_a_session_lives_on_while_forms_are_sent(s: Session, robin: Person) -> None:
    token = service.open_session(s, robin, agent="", hours=2, now=NOON)
    service.note_seen(s, NOON, NOON + 2 * HOUR)
    service.still_here(s, token, now=NOON + HOUR)
    assert service.person_by_token(s, token, now=NOON + 2.5 * HOUR)
    s.flush()
    assert service.person_by_token(s, token, now=NOON + 4.5 * HOUR) is None


def test_reading_never_writes(database: Database) -> None:
    with unit_of_work(database) as s:
        person = factories.person(s)
        token = service.open_session(s, person, agent="", hours=2, now=NOON)
    with database.reader() as s:
        assert service.person_by_token(s, token, now=NOON + HOUR)
        assert not s.dirty


def test_one_query_finds_who_is_there(s: Session, robin: Person, count_queries: Any) -> None:
    token = service.open_session(s, robin, agent="", hours=2, now=NOON)
    s.expunge_all()
    with count_queries() as counted:
        found = service.person_by_token(s, token, now=NOON)
        assert found is not None
        assert found.name == "Robin Ashdown"
    assert len(counted) == 1


def test_all_browsers_but_this_one(s: Session, robin: Person) -> None:
    tokens = [service.open_session(s, robin, agent=f"browser {n}", hours=2, now=NOON) for n in range(3)]
    assert service.end_sessions(s, robin, but=tokens[1], now=NOON) == 2
    assert [service.person_by_token(s, token, now=NOON) is robin for token in tokens] == [False, True, False]
    service.end_token(s, tokens[1], now=NOON)
    assert service.person_by_token(s, tokens[1], now=NOON) is None


def test_session_by_code(s: Session, robin: Person) -> None:
    service.open_session(s, robin, agent="", hours=2, now=NOON)
    row = service.sessions_of(s, robin, now=NOON)[0]
    assert service.session_by_code(s, row.code) is row


def test_a_changed_password_signs_the_other_browsers_out(s: Session, robin: Person) -> None:
    here = service.open_session(s, robin, agent="", hours=2, now=NOON)
    there = service.open_session(s, robin, agent="", hours=2, now=NOON)
    assert service.change_password(s, robin, GOOD, "another long one", token=here, now=NOON).fits
    assert service.person_by_token(s, here, now=NOON) is robin
    assert service.person_by_token(s, there, now=NOON) is None
    assert enter(s, password="another long one").token


def test_a_wrong_old_password_changes_nothing_and_is_counted(s: Session, robin: Person) -> None:
    proofs = [service.change_password(s, robin, "wrong", "another long one", now=NOON) for _try in range(5)]
    assert not any(proof.fits for proof in proofs)
    assert proofs[-1].wait == rules.WINDOW
    assert not service.change_password(s, robin, GOOD, "another long one", now=NOON).fits
    assert service.change_password(s, robin, GOOD, "another long one", now=NOON + rules.WINDOW).fits


def test_a_weak_new_password_is_refused(s: Session, robin: Person) -> None:
    with pytest.raises(Invalid):
        service.change_password(s, robin, GOOD, "robin@example.org", now=NOON)


def test_an_address_changes_only_with_the_password(s: Session, robin: Person) -> None:
    assert not service.change_email(s, robin, "new@example.org", "wrong", now=NOON).fits
    assert robin.email == "robin@example.org"
    assert service.change_email(s, robin, "New@Example.org", GOOD, now=NOON).fits
    assert robin.email == "new@example.org"


def test_an_address_of_somebody_else_cannot_be_taken(s: Session, robin: Person) -> None:
    service.register(s, email="taken@example.org", name="B", password=None, now=NOON)
    with pytest.raises(Invalid) as refused:
        service.change_email(s, robin, "taken@example.org", GOOD, now=NOON)
    assert "email" in refused.value.problems
    s.refresh(robin)
    assert robin.email == "robin@example.org"


def test_a_reset_link_works_once(s: Session, robin: Person) -> None:
    token = service.open_session(s, robin, agent="", hours=12, now=NOON)
    service.ask_reset(s, "ROBIN@example.org", letter, now=NOON)
    link = last_letter(s).removeprefix("link ")
    assert service.reset_is_open(s, link, now=NOON)
    assert service.use_reset(s, link, "another long one", now=NOON + timedelta(minutes=59)) is robin
    assert service.use_reset(s, link, "a third long one", now=NOON + timedelta(minutes=59)) is None
    assert not service.reset_is_open(s, link, now=NOON)
    assert service.person_by_token(s, token, now=NOON) is None
    assert enter(s, password="another long one").token


def test_a_reset_link_ends_after_an_hour_and_is_stored_as_a_hash(s: Session, robin: Person) -> None:
    service.ask_reset(s, "robin@example.org", letter, now=NOON)
    link = last_letter(s).removeprefix("link ")
    assert service.use_reset(s, link, "another long one", now=NOON + HOUR) is None
    assert s.scalars(sa.select(ResetLink.token_hash)).one() != link


def test_a_used_link_closes_the_others(s: Session, robin: Person) -> None:
    links = []
    for _ask in range(2):
        service.ask_reset(s, "robin@example.org", letter, now=NOON)
        links.append(last_letter(s).removeprefix("link "))
    service.use_reset(s, links[1], "another long one", now=NOON)
    assert not service.reset_is_open(s, links[0], now=NOON)


def test_a_weak_password_does_not_use_the_link_up(s: Session, robin: Person) -> None:
    service.ask_reset(s, "robin@example.org", letter, now=NOON)
    link = last_letter(s).removeprefix("link ")
    with pytest.raises(Invalid), s.begin_nested():
        service.use_reset(s, link, "short", now=NOON)
    assert service.reset_is_open(s, link, now=NOON)


def test_a_reset_lifts_the_wait(s: Session, robin: Person) -> None:
    for _try in range(5):
        enter(s, password="wrong")
    service.ask_reset(s, "robin@example.org", letter, now=NOON)
    service.use_reset(s, last_letter(s).removeprefix("link "), "another long one", now=NOON)
    assert enter(s, password="another long one").token


def test_asking_for_an_unknown_address_sends_nothing(s: Session, robin: Person) -> None:
    service.ask_reset(s, "nobody@example.org", letter, now=NOON)
    assert s.scalar(sa.select(sa.func.count()).select_from(Message)) == 0
    assert s.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 1


def test_no_more_than_three_letters_an_hour(s: Session, robin: Person) -> None:
    for _ask in range(6):
        service.ask_reset(s, "robin@example.org", letter, now=NOON)
    assert s.scalar(sa.select(sa.func.count()).select_from(Message)) == rules.RESET_LETTERS
    service.ask_reset(s, "robin@example.org", letter, now=NOON + HOUR + timedelta(seconds=1))
    assert s.scalar(sa.select(sa.func.count()).select_from(Message)) == rules.RESET_LETTERS + 1


def test_a_host_user_is_adopted_once(s: Session) -> None:
    first = service.adopt(s, "https://host.example", "42", name="Noor", now=NOON)
    again = service.adopt(s, "https://host.example", "42", name="Other name", now=NOON)
    assert first is again
    assert service.person_by_identity(s, "https://host.example", "42") is first
    assert service.adopt(s, "https://other.example", "42", name="Noor", now=NOON) is not first


def test_two_first_visits_at_once_make_one_person(s: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    winner = service.adopt(s, "host", "7", name="Noor", now=NOON)
    monkeypatch.setattr(service, "person_by_identity", lambda s, issuer, subject: None)
    assert service.adopt(s, "host", "7", name="Noor", now=NOON) is winner


def test_who_opened_what_the_newest_first(s: Session, robin: Person) -> None:
    reader = Actor(person_id=9, code="RUTH", name="Ruth", coordinates=frozenset({1}))
    for hours in (0, 1):
        records.log_reading(s, reader, "seat", "CODE", robin.code, now=NOON + hours * HOUR)
    records.log_reading(s, reader, "seat", "OTHER", "SOMEBODY", now=NOON)
    s.flush()
    assert [(row.at, row.reader_role) for row in service.readings_about(s, robin)] == [
        (NOON + HOUR, "coordinator"),
        (NOON, "coordinator"),
    ]
    assert len(service.readings_about(s, robin, limit=1)) == 1


def test_what_ended_long_ago_is_dropped(s: Session, robin: Person) -> None:
    token = service.open_session(s, robin, agent="", hours=12, now=NOON)
    service.ask_reset(s, "robin@example.org", letter, now=NOON)
    s.flush()
    assert service.tidy(s, NOON + timedelta(days=30)) == 0
    assert service.owner_of_token(s, token) == robin.code
    assert service.tidy(s, NOON + timedelta(days=31)) == 2
    assert service.owner_of_token(s, token) == ""


def test_many_tries_at_once_are_counted_one_by_one(database: Database) -> None:
    def guess(number: int) -> rules.SignIn:
        with unit_of_work(database) as s:
            return service.sign_in(
                s, "robin@example.org", f"guess {number}", "", hours=12, now=NOON, client="192.0.2.1"
            )

    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(guess, range(12)))
    assert sum(verdict.wait is None for verdict in verdicts) == rules.ADDRESS_TRIES - 1
    with database.reader() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 2 * rules.ADDRESS_TRIES
