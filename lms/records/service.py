"""Write letters, the trail, the reading log, throttles and kept text; send what is due."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.db import Database, keys_of, unit_of_work
from lms.core.ids import new_code
from lms.records.models import Audit, Denial, Kept, Message, Reading, Throttle

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))


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
    """Send letters that are due, one transaction each, and return how many went out.

    A letter is claimed with SKIP LOCKED (PostgreSQL) or the write lock (SQLite), so two workers never send it twice;
    a failure is retried with growing pauses and ends as `failed` with the reason.
    """
    sent = 0
    for _round in range(limit):
        with unit_of_work(database) as s:
            outcome = _send_one(s, mailer, sender, now)
        if outcome is None:
            break
        sent += outcome
    return sent


def _send_one(s: Session, mailer: Callable[[EmailMessage], None], sender: str, now: datetime) -> int | None:
    due = (
        sa.select(Message)
        .where(Message.state == "due", Message.due_at <= now)
        .order_by(Message.due_at, Message.id)
        .limit(1)
    )
    message = s.scalar(due.with_for_update(skip_locked=True))
    if message is None:
        return None
    try:
        mailer(_letter(s, message, sender))
    except OSError as failure:
        _try_later(message, type(failure).__name__ + ": " + str(failure)[:200], now)
        return 0
    message.state, message.sent_at, message.why_failed = "sent", now, ""
    return 1


def _letter(s: Session, message: Message, sender: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, message.recipient, message.subject
    letter["Message-ID"] = f"<{message.code.lower()}@{sender.rpartition('@')[2]}>"
    letter.set_content(keys_of(s).open(message.body, f"lms_message:{message.code}:body"))
    return letter


def _try_later(message: Message, why: str, now: datetime) -> None:
    message.why_failed = why
    if message.tries >= len(BACK_OFF):
        message.state = "failed"
        return
    message.due_at = now + BACK_OFF[message.tries]
    message.tries += 1


def keep(s: Session, owner: str, path: str, why: str, fields: Mapping[str, list[str]], *, now: datetime) -> Kept:
    """Keep what a person typed, sealed, for that person only."""
    code = new_code(12)
    sealed = keys_of(s).seal(json.dumps(dict(fields)), f"lms_kept:{code}:fields")
    row = Kept(code=code, owner=owner, path=path, why=why, fields=sealed, kept_at=now)
    s.add(row)
    return row


def kept_for(s: Session, owner: str) -> list[tuple[Kept, dict[str, list[str]]]]:
    """Return what was kept for a person and not yet taken back, newest first."""
    rows = s.scalars(sa.select(Kept).where(Kept.owner == owner, Kept.returned_at.is_(None)).order_by(Kept.id.desc()))
    return [(row, json.loads(keys_of(s).open(row.fields, f"lms_kept:{row.code}:fields"))) for row in rows]


def has_kept(s: Session, owner: str) -> bool:
    """Say whether something waits for a person to take back."""
    return s.scalar(sa.select(sa.exists().where(Kept.owner == owner, Kept.returned_at.is_(None)))) or False


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
    """Drop throttle rows older than a day; returns how many."""
    gone = s.execute(sa.delete(Throttle).where(Throttle.at < now - timedelta(days=1)))
    return int(gone.rowcount)  # type: ignore[attr-defined]
