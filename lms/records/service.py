"""Write letters, the trail, the reading log, throttles and kept text; send what is due."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core import mail
from lms.core.access import Actor
from lms.core.crypto import SealBroken
from lms.core.db import Database, keys_of, unit_of_work
from lms.core.errors import LmsError
from lms.core.ids import new_code
from lms.core.together import KEY, arm, ask
from lms.records.models import Audit, Denial, Kept, Message, Reading, Throttle

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))
LEASE = timedelta(minutes=10)


def new_reference() -> str:
    """Return a short code that a person can quote when something broke."""
    return new_code(8)


def audit(
    s: Session,
    actor: str,
    verb: str,
    subject: str,
    *,
    now: datetime,
    note: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Add one line to the trail. `note` and `facts` hold no private text."""
    s.add(Audit(at=now, actor=actor, verb=verb, subject=subject, note=note, facts=dict(facts or {})))


def log_reading(s: Session, reader: Actor, kind: str, subject: str, author: str, *, now: datetime) -> None:
    """Record that somebody opens somebody else's private text."""
    row = Reading(
        at=now,
        reader=reader.code,
        reader_name=reader.name,
        reader_role=reader.role,
        kind=kind,
        subject=subject,
        author=author,
    )
    s.add(row)


def readings_of(s: Session, subjects: Sequence[str]) -> list[Reading]:
    """Return every reading of these private texts, newest first."""
    return list(
        s.scalars(
            sa.select(Reading).where(Reading.subject.in_(subjects)).order_by(Reading.at.desc(), Reading.id.desc())
        )
    )


def log_denial(s: Session, actor: Actor, permission: str, path: str, status: int, *, now: datetime) -> None:
    """Record a refusal at the door."""
    s.add(Denial(at=now, actor=actor.code, permission=permission, path=path[:500], status=status))


def write_message(s: Session, kind: str, recipient: str, subject: str, body: str, *, now: datetime) -> Message:
    """Queue a letter in the caller's transaction; the worker sends it after the commit."""
    code = new_code(12)
    sealed = keys_of(s).seal(body, f"lms_message:{code}:body")
    message = Message(
        code=code, kind=kind, recipient=recipient, subject=subject, body=sealed, due_at=now, created_at=now
    )
    s.add(message)
    s.info["wake"] = True
    return message


def send_due(
    database: Database, mailer: Callable[[EmailMessage], None], sender: str, *, now: datetime, limit: int = 200
) -> int:
    """Send letters that are due, and return how many went out.

    A letter is claimed in one short transaction and sent outside of any: a mail server that hangs must not hold the
    write lock for which a student's answer waits. A claim ends after `LEASE`, so a letter whose worker died goes out
    later. A failure is retried with growing pauses and ends as `failed` with the reason, at once if it is for good.
    """
    sent = 0
    for _round in range(limit):
        with unit_of_work(database) as s:
            claimed = _claim(s, sender, now)
        if claimed is None:
            break
        failure = _post(mailer, claimed.letter) if claimed.letter else None
        with unit_of_work(database) as s:
            sent += _settle(s, claimed, failure, now)
        if failure is not None and not mail.about_the_letter(failure):
            # The server is away: each further letter would wait for it in vain, and tries would be used up.
            break
    return sent


@dataclass(frozen=True, slots=True)
class _Claimed:
    code: str
    letter: EmailMessage | None
    """None when it could not be made; it never will be."""


def _claim(s: Session, sender: str, now: datetime) -> _Claimed | None:
    # Two workers: SKIP LOCKED (PostgreSQL) or the write lock (SQLite) gives each another letter, and what one has
    # claimed is not due for the other.
    ready = sa.select(Message).where(Message.state == "due", Message.due_at <= now)
    message = s.scalar(ready.order_by(Message.due_at, Message.id).limit(1).with_for_update(skip_locked=True))
    if message is None:
        return None
    message.due_at = now + LEASE
    try:
        return _Claimed(message.code, _letter(s, message, sender))
    except (LmsError, ValueError) as broken:
        message.state, message.why_failed = "failed", mail.reason(broken)
        return _Claimed(message.code, None)


def _letter(s: Session, message: Message, sender: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, message.recipient, message.subject
    letter["Date"] = message.created_at
    # The same for every try: a letter that went out twice is known as one.
    letter["Message-ID"] = f"<{message.code.lower()}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(keys_of(s).open(message.body, f"lms_message:{message.code}:body"))
    return letter


def _post(mailer: Callable[[EmailMessage], None], letter: EmailMessage) -> Exception | None:
    try:
        mailer(letter)
    except Exception as failure:  # noqa: BLE001 - a host's own mailer may raise anything; the reason is kept
        return failure
    return None


def _settle(s: Session, claimed: _Claimed, failure: Exception | None, now: datetime) -> int:
    message = s.scalars(sa.select(Message).where(Message.code == claimed.code).with_for_update()).one()
    if claimed.letter is None:
        return 0
    if failure is None:
        message.state, message.sent_at, message.why_failed = "sent", now, ""
        return 1
    message.why_failed = mail.reason(failure)
    if mail.lasting(failure) or message.tries >= len(BACK_OFF):
        message.state = "failed"
        return 0
    message.due_at = now + BACK_OFF[message.tries]
    message.tries += 1
    return 0


def keep(s: Session, owner: str, path: str, why: str, fields: Mapping[str, list[str]], *, now: datetime) -> Kept:
    """Keep what a person typed, sealed, for that person only; the same words sent twice are kept once."""
    here = sa.select(Kept).where(Kept.owner == owner, Kept.path == path, Kept.returned_at.is_(None))
    for row in s.scalars(here.order_by(Kept.id.desc())):
        if _opened(s, row) == fields:
            return row
    code = new_code(12)
    sealed = keys_of(s).seal(json.dumps(dict(fields)), f"lms_kept:{code}:fields")
    row = Kept(code=code, owner=owner, path=path, why=why, fields=sealed, kept_at=now)
    s.add(row)
    return row


def kept_for(s: Session, owner: str) -> list[tuple[Kept, dict[str, list[str]]]]:
    """Return what was kept for a person and not yet taken back, newest first; empty where its key is gone."""
    rows = s.scalars(sa.select(Kept).where(Kept.owner == owner, Kept.returned_at.is_(None)).order_by(Kept.id.desc()))
    return [(row, _opened(s, row)) for row in rows]


def _opened(s: Session, row: Kept) -> dict[str, list[str]]:
    try:
        fields: dict[str, list[str]] = json.loads(keys_of(s).open(row.fields, f"lms_kept:{row.code}:fields"))
    except SealBroken:
        # One text that is lost must not close the page on which the others are given back.
        return {}
    return fields


def has_kept(s: Session, owner: str) -> bool:
    """Say whether something waits for a person to take back."""
    return bool(ask(s, (_KEPT,), key=owner))


_KEPT = arm("kept", Kept.id, Kept.code).where(Kept.owner == KEY, Kept.returned_at.is_(None))


def take_back(s: Session, owner: str, code: str, *, now: datetime) -> bool:
    """Mark a kept text as taken back; False if it is not this person's."""
    mine = sa.update(Kept).where(Kept.code == code, Kept.owner == owner).values(returned_at=now)
    return s.execute(mine).rowcount == 1  # type: ignore[attr-defined,no-any-return]


def count_try(s: Session, key: str, *, now: datetime) -> None:
    """Count one try of something that must not be tried too often."""
    s.add(Throttle(key=key, at=now))


def tries(s: Session, key: str, *, since: datetime) -> int:
    """Return how often it was tried since an instant."""
    found = s.scalar(sa.select(sa.func.count()).select_from(Throttle).where(Throttle.key == key, Throttle.at >= since))
    return found or 0


def forget_tries(s: Session, key: str) -> None:
    """Start the count again, after a success."""
    s.execute(sa.delete(Throttle).where(Throttle.key == key))


def tidy(s: Session, now: datetime) -> int:
    """Drop throttle rows older than a day, and kept text a month after its author put it away; returns how many."""
    counted = sa.delete(Throttle).where(Throttle.at < now - timedelta(days=1))
    put_away = sa.delete(Kept).where(Kept.returned_at < now - timedelta(days=30))
    rows = [s.execute(gone).rowcount for gone in (counted, put_away)]  # type: ignore[attr-defined]
    return sum(rows)
