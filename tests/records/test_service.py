import smtplib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage
from threading import Barrier

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.crypto import Keyring
from lms.core.db import Database, unit_of_work
from lms.core.mail import mailer_for
from lms.core.settings import Settings
from lms.records import service
from lms.records.models import Audit, Denial, Kept, Message, Throttle
from tests.factories import NOON

SENDER = "Quiet Creek <training@quietcreek.example>"
Write = Callable[..., str]


def message(database: Database, code: str) -> Message:
    with unit_of_work(database, write=False) as s:
        row = s.scalars(sa.select(Message).where(Message.code == code)).one()
        s.expunge(row)
    return row


class Post:
    """A mailer that remembers, and fails as it is told."""

    def __init__(self, *failures: Exception | None) -> None:
        self.sent: list[EmailMessage] = []
        self.tried = 0
        self._failures = list(failures)

    def __call__(self, letter: EmailMessage) -> None:
        self.tried += 1
        failure = self._failures.pop(0) if self._failures else None
        if failure:
            raise failure
        self.sent.append(letter)


# Letters


def test_a_letter_is_sealed_until_it_is_sent(database: Database, written: Write) -> None:
    kept = message(database, written())
    assert b"SECRET" not in kept.body
    post = Post()
    assert service.send_due(database, post, SENDER, now=NOON) == 1
    [letter] = post.sent
    assert letter.get_content() == "Open https://lms.example/in?k=SECRET\n"
    assert (letter["To"], letter["From"], letter["Subject"]) == ("sade@people.example", SENDER, "Good day")
    assert letter["Message-ID"] == f"<{kept.code.lower()}@quietcreek.example>"
    assert letter["Date"] == "Mon, 23 Nov 2026 17:00:00 +0000"
    assert letter["Auto-Submitted"] == "auto-generated"
    sent = message(database, kept.code)
    assert (sent.state, sent.sent_at) == ("sent", NOON)
    assert service.send_due(database, post, SENDER, now=NOON + timedelta(days=9)) == 0


def test_writing_a_letter_asks_for_the_worker(s: Session) -> None:
    service.write_message(s, "test", "a@b.example", "Subject", "Body", now=NOON)
    assert s.info.pop("wake")


def test_letters_go_out_in_the_order_they_were_written(database: Database, written: Write) -> None:
    for subject in "abc":
        written(subject)
    post = Post()
    assert service.send_due(database, post, SENDER, now=NOON, limit=2) == 2
    assert service.send_due(database, post, SENDER, now=NOON) == 1
    assert [letter["Subject"] for letter in post.sent] == ["a", "b", "c"]


def test_a_failure_is_tried_again_with_growing_pauses_and_ends_with_the_reason(
    database: Database, written: Write
) -> None:
    code, now, pauses = written(), NOON, []
    refused = smtplib.SMTPDataError(451, b"try again later")
    for _try in range(len(service.BACK_OFF)):
        assert service.send_due(database, Post(refused), SENDER, now=now) == 0
        row = message(database, code)
        assert row.state == "due"
        pauses.append(row.due_at - now)
        assert service.send_due(database, Post(), SENDER, now=row.due_at - timedelta(seconds=1)) == 0
        now = row.due_at
    assert pauses == sorted(pauses)
    assert pauses == list(service.BACK_OFF)
    service.send_due(database, Post(refused), SENDER, now=now)
    row = message(database, code)
    assert (row.state, row.why_failed) == ("failed", "SMTPDataError: 451 try again later")
    assert service.send_due(database, Post(), SENDER, now=now + timedelta(days=30)) == 0


def test_a_letter_that_went_out_at_last_has_no_reason(database: Database, written: Write) -> None:
    code = written()
    service.send_due(database, Post(smtplib.SMTPDataError(451, b"later")), SENDER, now=NOON)
    service.send_due(database, Post(), SENDER, now=NOON + timedelta(minutes=1))
    assert (message(database, code).state, message(database, code).why_failed) == ("sent", "")


@pytest.mark.parametrize(
    ("failure", "state", "why"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"No such user")}), "failed", "SMTPRecipientsRefused: 550 No such user"),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"Busy")}), "due", "SMTPRecipientsRefused: 450 Busy"),
        (smtplib.SMTPDataError(554, b"Refused \xff"), "failed", "SMTPDataError: 554 Refused \ufffd"),
        (smtplib.SMTPAuthenticationError(535, b"Wrong"), "due", "SMTPAuthenticationError: 535 Wrong"),
        (smtplib.SMTPSenderRefused(550, b"Who", "a@b"), "due", "SMTPSenderRefused: 550 Who"),
        (smtplib.SMTPServerDisconnected("gone"), "due", "SMTPServerDisconnected: gone"),
        (TimeoutError("timed out"), "due", "TimeoutError: timed out"),
        (ConnectionRefusedError(111, "Connection refused"), "due", "ConnectionRefusedError: [Errno 111] Connection refused"),
        (KeyError("a host's mailer with my story in it"), "due", "KeyError"),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, Exception) else None,
)  # fmt: skip
def test_what_a_failure_means(database: Database, written: Write, failure: Exception, state: str, why: str) -> None:
    code = written()
    assert service.send_due(database, Post(failure), SENDER, now=NOON) == 0
    row = message(database, code)
    assert (row.state, row.why_failed) == (state, why)


def test_a_refused_letter_holds_up_no_other(database: Database, written: Write) -> None:
    written("bad"), written("good")
    post = Post(smtplib.SMTPRecipientsRefused({"a": (550, b"No")}))
    assert service.send_due(database, post, SENDER, now=NOON) == 1
    assert [letter["Subject"] for letter in post.sent] == ["good"]


def test_a_server_that_is_away_is_asked_once_a_round(database: Database, written: Write) -> None:
    codes = [written() for _ in range(3)]
    post = Post(*[ConnectionRefusedError()] * 3)
    assert service.send_due(database, post, SENDER, now=NOON) == 0
    assert post.tried == 1
    assert [message(database, code).tries for code in codes] == [1, 0, 0]
    assert service.send_due(database, Post(), SENDER, now=NOON + timedelta(minutes=1)) == 3


def test_a_letter_that_cannot_be_made_is_failed_and_holds_up_no_other(database: Database, written: Write) -> None:
    forged = written("Subject\nBcc: everybody@people.example")
    unsealed = written("unsealed")
    good = written("good")
    with unit_of_work(database) as s:
        s.execute(sa.update(Message).where(Message.code == unsealed).values(body=b"\x01moved from somewhere else"))
    post = Post()
    assert service.send_due(database, post, SENDER, now=NOON) == 1
    assert [letter["Subject"] for letter in post.sent] == ["good"]
    assert [message(database, c).state for c in (forged, unsealed, good)] == ["failed", "failed", "sent"]
    assert message(database, unsealed).why_failed == "SealBroken"


def test_nothing_is_locked_while_a_letter_is_on_its_way(database: Database, written: Write) -> None:
    """A mail server that hangs must not keep a student's answer from being saved."""
    written()

    def slow(letter: EmailMessage) -> None:
        with unit_of_work(database) as s:
            service.audit(s, "P", "answered", "a quiz", now=NOON)

    assert service.send_due(database, slow, SENDER, now=NOON) == 1


def test_a_letter_whose_worker_died_goes_out_later(database: Database, written: Write) -> None:
    code = written()

    def dies(letter: EmailMessage) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        service.send_due(database, dies, SENDER, now=NOON)
    post = Post()
    assert service.send_due(database, post, SENDER, now=NOON + service.LEASE - timedelta(seconds=1)) == 0
    assert service.send_due(database, post, SENDER, now=NOON + service.LEASE) == 1
    assert message(database, code).state == "sent"


def test_two_workers_send_each_letter_once(database: Database, written: Write) -> None:
    codes = {written(str(number)) for number in range(12)}
    begin, posts = Barrier(2, timeout=20), (Post(), Post())

    def work(number: int) -> int:
        begin.wait()
        return service.send_due(database, posts[number], SENDER, now=NOON)

    with ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(work, (0, 1)))
    assert sum(sent) == 12
    gone = [str(letter["Message-ID"]).strip("<").partition("@")[0].upper() for post in posts for letter in post.sent]
    assert sorted(gone) == sorted(codes)


class _Refuses:
    async def handle_RCPT(self, server: SMTP, session: object, envelope: object, address: str, options: object) -> str:
        return "550 5.1.1 No such person here"


def test_a_real_server_that_knows_no_such_person(database: Database, written: Write, unused_tcp_port: int) -> None:
    code = written()
    controller = Controller(_Refuses(), hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    try:
        mailer = mailer_for(Settings(smtp_url=f"smtp://127.0.0.1:{unused_tcp_port}"))
        assert service.send_due(database, mailer, SENDER, now=NOON) == 0
    finally:
        controller.stop()
    row = message(database, code)
    assert (row.state, row.why_failed) == ("failed", "SMTPRecipientsRefused: 550 5.1.1 No such person here")


# Text kept aside


def test_kept_text_is_sealed_and_given_back_to_its_author_only(s: Session) -> None:
    typed = {"text": ["my hardest story, Ẹ káàbọ̀"], "choice": ["1", "2"]}
    row = service.keep(s, "AUTHOR", "/narratives/m1/story", "You were signed out.", typed, now=NOON)
    s.flush()
    assert b"hardest" not in row.fields
    assert [(r.path, fields) for r, fields in service.kept_for(s, "AUTHOR")] == [("/narratives/m1/story", typed)]
    assert service.kept_for(s, "OTHER") == []
    assert (service.has_kept(s, "AUTHOR"), service.has_kept(s, "OTHER")) == (True, False)
    assert service.take_back(s, "OTHER", row.code, now=NOON) is False
    assert service.has_kept(s, "AUTHOR")
    assert service.take_back(s, "AUTHOR", row.code, now=NOON) is True
    assert (service.has_kept(s, "AUTHOR"), service.kept_for(s, "AUTHOR")) == (False, [])


def test_kept_text_does_not_open_in_another_row(s: Session) -> None:
    mine = service.keep(s, "A", "/x", "why", {"text": ["mine"]}, now=NOON)
    theirs = service.keep(s, "B", "/x", "why", {"text": ["theirs"]}, now=NOON)
    theirs.fields = mine.fields
    s.flush()
    assert [fields for _row, fields in service.kept_for(s, "B")] == [{}]
    assert [fields for _row, fields in service.kept_for(s, "A")] == [{"text": ["mine"]}]


def test_the_same_words_sent_twice_are_kept_once(s: Session) -> None:
    first = service.keep(s, "A", "/x", "why", {"text": ["mine"]}, now=NOON)
    s.flush()
    assert service.keep(s, "A", "/x", "why", {"text": ["mine"]}, now=NOON) is first
    others = [("A", "/x", "other"), ("A", "/y", "mine"), ("B", "/x", "mine")]
    made = {service.keep(s, who, path, "why", {"text": [words]}, now=NOON).code for who, path, words in others}
    s.flush()
    assert len(made | {first.code}) == 4
    service.take_back(s, "A", first.code, now=NOON)
    assert service.keep(s, "A", "/x", "why", {"text": ["mine"]}, now=NOON).code != first.code


def test_a_text_whose_key_is_gone_does_not_hide_the_others(s: Session, fresh_url: str) -> None:
    lost = service.keep(s, "A", "/x", "why", {"text": ["lost"]}, now=NOON)
    lost.fields = Keyring.of(["another secret that nobody has any more"]).seal("{}", f"lms_kept:{lost.code}:fields")
    service.keep(s, "A", "/y", "why", {"text": ["here"]}, now=NOON)
    s.flush()
    assert [fields for _row, fields in service.kept_for(s, "A")] == [{"text": ["here"]}, {}]


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8"), max_size=20), st.lists(st.text(st.characters(codec="utf-8")), max_size=3)
    )
)
def test_whatever_was_typed_comes_back_letter_by_letter(typed: dict[str, list[str]]) -> None:
    engine = sa.create_engine("sqlite://")
    Kept.__table__.create(engine)
    with Session(engine, info={"keys": Keyring.of(["a test secret that is long enough to pass"])}) as session:
        service.keep(session, "A", "/x", "why", typed, now=NOON)
        session.flush()
        assert [fields for _row, fields in service.kept_for(session, "A")] == [typed]
    engine.dispose()


# The trail


def test_the_trail_says_who_did_what_when_and_why(s: Session) -> None:
    service.audit(s, "P1", "cohorts.withdrawn", "E1", now=NOON, note="by letter", facts={"seats": 1})
    service.audit(s, "P2", "certificates.issued", "C1", now=NOON)
    s.flush()
    rows = s.scalars(sa.select(Audit).order_by(Audit.id)).all()
    assert [(a.at, a.actor, a.verb, a.subject, a.note, a.facts) for a in rows] == [
        (NOON, "P1", "cohorts.withdrawn", "E1", "by letter", {"seats": 1}),
        (NOON, "P2", "certificates.issued", "C1", "", {}),
    ]


def test_readings_come_newest_first_with_name_and_role(s: Session) -> None:
    reader = Actor(person_id=4, code="R", name="Marcus Bell", facilitates=frozenset({1}))
    for minutes, subject in ((0, "N1"), (5, "N2"), (9, "N1")):
        service.log_reading(s, reader, "narrative", subject, "AUTHOR", now=NOON + timedelta(minutes=minutes))
    s.flush()
    found = service.readings_of(s, ["N1"])
    assert [r.at - NOON for r in found] == [timedelta(minutes=9), timedelta(0)]
    assert [(r.reader, r.reader_name, r.reader_role, r.author) for r in found[:1]] == [
        ("R", "Marcus Bell", "facilitator", "AUTHOR")
    ]
    assert service.readings_of(s, []) == []


def test_a_denial_keeps_the_path_but_not_a_novel(s: Session) -> None:
    service.log_denial(s, Actor(code="P"), "reports.grant", "/grants/" + "x" * 5000, 404, now=NOON)
    s.flush()
    [row] = s.scalars(sa.select(Denial)).all()
    assert (row.actor, row.permission, row.status, len(row.path)) == ("P", "reports.grant", 404, 500)


# Throttles


def test_tries_are_counted_by_key_since_an_instant_and_forgotten_after_a_success(s: Session) -> None:
    for minutes in (0, 10, 20):
        service.count_try(s, "sign-in:a", now=NOON + timedelta(minutes=minutes))
    service.count_try(s, "sign-in:b", now=NOON)
    s.flush()
    assert service.tries(s, "sign-in:a", since=NOON) == 3
    assert service.tries(s, "sign-in:a", since=NOON + timedelta(minutes=10)) == 2
    assert service.tries(s, "nobody", since=NOON) == 0
    service.forget_tries(s, "sign-in:a")
    assert (service.tries(s, "sign-in:a", since=NOON), service.tries(s, "sign-in:b", since=NOON)) == (0, 1)


def test_tidying_drops_old_tries_and_what_was_put_away_a_month_ago_and_nothing_else(s: Session) -> None:
    now = NOON + timedelta(days=40)
    for age in (timedelta(hours=25), timedelta(hours=23)):
        service.count_try(s, "k", now=now - age)
    waiting, old, fresh = (service.keep(s, "A", "/x", "why", {"text": [w]}, now=NOON) for w in "abc")
    s.flush()
    service.take_back(s, "A", old.code, now=NOON)
    service.take_back(s, "A", fresh.code, now=now - timedelta(days=29))
    assert service.tidy(s, now) == 2
    assert s.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 1
    assert set(s.scalars(sa.select(Kept.code))) == {waiting.code, fresh.code}


def test_a_reference_can_be_read_aloud() -> None:
    found = service.new_reference()
    assert len(found) == 8
    assert not set(found) & set("01OILU")
