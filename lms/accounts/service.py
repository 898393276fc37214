"""People, sign-in with a throttle, revocable sessions, password changes and resets, and people a host brings."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from lms.accounts import rules
from lms.accounts.models import LoginSession, Person, ResetLink
from lms.core.crypto import check_password, digest, hash_password, needs_rehash
from lms.core.db import keys_of
from lms.core.errors import Invalid
from lms.core.ids import new_code, new_token
from lms.records import service as records
from lms.records.models import Reading, Throttle

Letter = Callable[[str], tuple[str, str]]
"""Makes subject and body of a letter from the secret that its link carries."""

_TAKEN = "Somebody is already registered with this address. Sign in with it, or choose another."
_PASSWORD = "Choose a password of 10 to 200 characters that is not your e-mail address."  # noqa: S105


def register(
    s: Session,
    *,
    email: str,
    name: str,
    password: str | None,
    now: datetime,
    legal_name: str = "",
    zone: str = "America/New_York",
    is_demo: bool = False,
) -> Person:
    """Make a person; an address belongs to one person only (Invalid when it is taken)."""
    address = _address(email)
    if password is not None and rules.password_problem(password, address):
        raise Invalid(_PASSWORD, {"password": _PASSWORD})
    person = Person(
        code=new_code(),
        email=address,
        name=name.strip(),
        legal_name=legal_name.strip(),
        password_hash=None if password is None else hash_password(password),
        zone=zone,
        is_demo=is_demo,
        created_at=now,
    )
    if not _added(s, person):
        raise Invalid(_TAKEN, {"email": _TAKEN})
    return person


def by_email(s: Session, email: str) -> Person | None:
    """Return who has this address, however it is capitalised."""
    return s.scalars(sa.select(Person).where(Person.email == _address(email))).first()


def person_by_code(s: Session, code: str) -> Person | None:
    """Return who has this public code."""
    return s.scalars(sa.select(Person).where(Person.code == code)).first()


def names_of(s: Session, codes: set[str]) -> dict[str, str]:
    """Return the names behind public codes, as a trail shows them; unknown codes are left out."""
    rows = s.execute(sa.select(Person.code, Person.name).where(Person.code.in_(codes)))
    return {row.code: row.name for row in rows}


def has_demo_people(s: Session) -> bool:
    """Say whether people of the demonstration are here, whose passwords everybody knows."""
    return s.scalar(sa.select(sa.exists().where(Person.is_demo.is_(True)))) or False


def change_details(s: Session, person: Person, *, name: str, legal_name: str, zone: str) -> Person:
    """Change what a person is called, what certificates print, and in which zone pages show times."""
    person.name, person.legal_name, person.zone = name.strip(), legal_name.strip(), zone
    s.flush()
    return person


# Sign-in


def sign_in(
    s: Session, email: str, password: str, agent: str, *, hours: int, now: datetime, client: str = ""
) -> rules.SignIn:
    """Try to sign in; a failed try is counted for the address and for the client, and never raises.

    The answer and its cost are the same for known and unknown addresses.
    """
    keys = _throttle_keys(s, "sign-in", address=_address(email), client=client)
    held = _wait(s, keys, now)
    if held is not None:
        return rules.SignIn(wait=held)
    person = by_email(s, email)
    if not check_password(person.password_hash if person else None, password) or person is None:
        for key in keys:
            records.count_try(s, key, now=now)
        s.flush()
        return rules.SignIn(wait=_wait(s, keys, now))
    records.forget_tries(s, next(iter(keys)))
    if person.password_hash and needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
    return rules.SignIn(token=open_session(s, person, agent=agent, hours=hours, now=now))


def open_session(s: Session, person: Person, *, agent: str, hours: int, now: datetime) -> str:
    """Sign a browser in and return its secret; only the secret's hash is stored."""
    token = new_token()
    row = LoginSession(
        code=new_code(),
        token_hash=digest(token),
        person_id=person.id,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=hours),
        agent=agent[:300],
    )
    s.add(row)
    s.flush()
    return token


def person_by_token(s: Session, token: str, *, now: datetime) -> Person | None:
    """Return whose living session this is."""
    found = s.scalars(
        sa.select(LoginSession)
        .where(LoginSession.token_hash == digest(token), LoginSession.ended_at.is_(None), LoginSession.expires_at > now)
        .options(joinedload(LoginSession.person))
    ).first()
    return found.person if found else None


def note_seen(s: Session, seen_at: datetime, expires_at: datetime) -> None:
    """Remember when the browser behind a request was last seen and when its session ends, as was read with its person."""
    s.info[_SEEN] = (seen_at, expires_at)


_SEEN = "lms_seen"


def still_here(s: Session, token: str, *, now: datetime) -> None:
    """Let a session's lifetime start again, at most every few minutes; a page that is only read writes nothing."""
    seen_at, expires_at = s.info.get(_SEEN, (now, now))
    if now - seen_at < rules.SEEN_EVERY:
        return
    # Two forms at once: the second finds that the first has moved it.
    same = (LoginSession.token_hash == digest(token), LoginSession.ended_at.is_(None), LoginSession.seen_at == seen_at)
    s.execute(sa.update(LoginSession).where(*same).values(expires_at=now + (expires_at - seen_at), seen_at=now))


def owner_of_token(s: Session, token: str) -> str:
    """Return the code of the person whose session this is or was; empty if unknown."""
    owner = sa.select(Person.code).join(LoginSession, LoginSession.person_id == Person.id)
    return s.scalar(owner.where(LoginSession.token_hash == digest(token))) or ""


def end_session(s: Session, session: LoginSession, *, now: datetime) -> None:
    """Sign one browser out; doing it twice changes nothing."""
    session.ended_at = session.ended_at or now
    s.flush()


def end_token(s: Session, token: str, *, now: datetime) -> None:
    """Sign out the browser that holds this secret."""
    _end(s, LoginSession.token_hash == digest(token), now)


def end_sessions(s: Session, person: Person, *, now: datetime, but: str = "") -> int:
    """Sign out every browser of a person, but the one that holds the secret `but`; returns how many."""
    return _end(s, (LoginSession.person_id == person.id) & (LoginSession.token_hash != digest(but)), now)


def sessions_of(s: Session, person: Person, *, now: datetime) -> list[LoginSession]:
    """Return the browsers in which a person is signed in, the one seen last first."""
    living = sa.select(LoginSession).where(
        LoginSession.person_id == person.id, LoginSession.ended_at.is_(None), LoginSession.expires_at > now
    )
    return list(s.scalars(living.order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())))


def session_by_code(s: Session, code: str) -> LoginSession | None:
    """Return a signed-in browser by its public code."""
    return s.scalars(sa.select(LoginSession).where(LoginSession.code == code)).first()


def holds(session: LoginSession, token: str) -> bool:
    """Say whether this is the browser that holds the secret `token`."""
    return session.token_hash == digest(token)


def readings_about(s: Session, person: Person, *, limit: int = 50) -> list[Reading]:
    """Return who opened private text by or about a person, the newest first."""
    theirs = sa.select(Reading).where(Reading.author == person.code)
    return list(s.scalars(theirs.order_by(Reading.at.desc(), Reading.id.desc()).limit(limit)))


def tidy(s: Session, now: datetime) -> int:
    """Drop sessions and links that ended long ago; kept text may name their owner for a month. Returns how many."""
    long_ago = now - rules.KEPT_AFTER_END
    sessions = sa.delete(LoginSession).where(
        sa.func.coalesce(LoginSession.ended_at, LoginSession.expires_at) < long_ago
    )
    links = sa.delete(ResetLink).where(ResetLink.expires_at < long_ago)
    return sum(_dropped(s, gone) for gone in (sessions, links))


# Passwords and addresses


def change_password(
    s: Session, person: Person, old: str, new: str, *, token: str = "", now: datetime, client: str = ""
) -> rules.Proof:
    """Change the password of somebody who knows the old one, and sign out every browser but the one that holds `token`.

    On a shared machine somebody else may sit at a signed-in page, so wrong passwords are counted here as well.
    """
    if rules.password_problem(new, person.email):
        raise Invalid(_PASSWORD, {"password": _PASSWORD})
    proof = _prove(s, person, old, now, client)
    if proof.fits:
        person.password_hash = hash_password(new)
        end_sessions(s, person, but=token, now=now)
        records.audit(s, person.code, "accounts.password-changed", person.code, now=now)
    return proof


def change_email(
    s: Session, person: Person, email: str, password: str, *, now: datetime, client: str = ""
) -> rules.Proof:
    """Change the address of somebody who knows the password; Invalid when it is taken."""
    proof = _prove(s, person, password, now, client)
    if not proof.fits or _address(email) == person.email:
        return proof
    try:
        with s.begin_nested():
            person.email = _address(email)
            s.flush()
    except IntegrityError:
        # Two people may ask for one address at once: the unique constraint decides.
        raise Invalid(_TAKEN, {"email": _TAKEN}) from None
    records.audit(s, person.code, "accounts.email-changed", person.code, now=now)
    return proof


def ask_reset(s: Session, email: str, letter: Letter, *, now: datetime, client: str = "") -> None:
    """Send a link to choose a new password, if somebody has this address; the caller learns nothing either way."""
    address = _address(email)
    keys = _throttle_keys(s, "reset", address=address, client=client)
    limits = (rules.RESET_LETTERS, rules.RESET_ASKS_BY_CLIENT)
    since = now - rules.RESET_WINDOW
    asked = [records.tries(s, key, since=since) for key in keys]
    for key in keys:
        records.count_try(s, key, now=now)
    person = by_email(s, address)
    if person is None or any(times >= limit for times, limit in zip(asked, limits, strict=False)):
        return
    token = new_token()
    expires = now + rules.RESET_LASTS
    s.add(ResetLink(person_id=person.id, token_hash=digest(token), created_at=now, expires_at=expires))
    subject, body = letter(token)
    records.write_message(s, "reset", address, subject, body, now=now)
    s.flush()


def reset_is_open(s: Session, token: str, *, now: datetime) -> bool:
    """Say whether a reset link still works."""
    return s.scalar(sa.select(sa.exists().where(*_open_reset(token, now)))) or False


def use_reset(s: Session, token: str, password: str, *, now: datetime) -> Person | None:
    """Set a new password through a reset link, once; every browser is signed out. None: the link works no more."""
    # Two tabs with one link: the update that finds it unused wins, the other finds nothing.
    won = sa.update(ResetLink).where(*_open_reset(token, now)).values(used_at=now).returning(ResetLink.person_id)
    person_id = s.scalar(won)
    if person_id is None:
        return None
    person = s.get_one(Person, person_id)
    if rules.password_problem(password, person.email):
        raise Invalid(_PASSWORD, {"password": _PASSWORD})
    person.password_hash = hash_password(password)
    s.execute(
        sa.update(ResetLink).where(ResetLink.person_id == person_id, ResetLink.used_at.is_(None)).values(used_at=now)
    )
    end_sessions(s, person, now=now)
    records.forget_tries(s, next(iter(_throttle_keys(s, "sign-in", address=person.email or "", client=""))))
    records.audit(s, person.code, "accounts.password-reset", person.code, now=now)
    s.flush()
    return person


# People a host application signs in


def person_by_identity(s: Session, issuer: str, subject: str) -> Person | None:
    """Return who a host's user is here."""
    return s.scalars(sa.select(Person).where(Person.issuer == issuer, Person.subject == subject)).first()


def adopt(s: Session, issuer: str, subject: str, *, name: str, now: datetime) -> Person:
    """Return who a host's user is here, making the person on the first visit."""
    found = person_by_identity(s, issuer, subject)
    if found is not None:
        return found
    person = Person(code=new_code(), name=name, issuer=issuer, subject=subject, created_at=now)
    if _added(s, person):
        return person
    # A browser opens several pages at once on the first visit: the loser of the unique constraint finds the winner's row.
    return s.scalars(sa.select(Person).where(Person.issuer == issuer, Person.subject == subject)).one()


def _address(email: str) -> str:
    return email.strip().lower()


def _added(s: Session, person: Person) -> bool:
    try:
        with s.begin_nested():
            s.add(person)
            s.flush()
    except IntegrityError:
        return False
    return True


def _dropped(s: Session, gone: sa.Delete) -> int:
    return int(s.execute(gone).rowcount)  # type: ignore[attr-defined]


def _end(s: Session, which: sa.ColumnElement[bool], now: datetime) -> int:
    ended = s.execute(sa.update(LoginSession).where(which, LoginSession.ended_at.is_(None)).values(ended_at=now))
    return int(ended.rowcount)  # type: ignore[attr-defined]


def _prove(s: Session, person: Person, password: str, now: datetime, client: str) -> rules.Proof:
    keys = _throttle_keys(s, "password", address=person.code, client=client)
    held = _wait(s, keys, now)
    if held is not None:
        return rules.Proof(False, held)
    if check_password(person.password_hash, password):
        records.forget_tries(s, next(iter(keys)))
        return rules.Proof(True)
    for key in keys:
        records.count_try(s, key, now=now)
    s.flush()
    return rules.Proof(False, _wait(s, keys, now))


def _throttle_keys(s: Session, what: str, *, address: str, client: str) -> dict[str, int]:
    """Return the keys under which tries are counted, with their limits; people sometimes type a password as address."""
    sign = keys_of(s).sign
    keys = {f"{what}:address:{sign('throttle', address)}": rules.ADDRESS_TRIES}
    if client:
        keys[f"{what}:client:{sign('throttle', client)}"] = rules.CLIENT_TRIES
    return keys


def _wait(s: Session, keys: dict[str, int], now: datetime) -> timedelta | None:
    if s.get_bind().dialect.name == "postgresql":
        # A hundred tries sent at once would all count four: they pass one at a time, by address and by client.
        for key in keys:
            s.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))
    since = now - rules.WINDOW
    rows = s.execute(sa.select(Throttle.key, Throttle.at).where(Throttle.key.in_(keys), Throttle.at >= since)).all()
    return rules.longest([rules.wait([at for k, at in rows if k == key], limit, now) for key, limit in keys.items()])


def _open_reset(token: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (ResetLink.token_hash == digest(token), ResetLink.used_at.is_(None), ResetLink.expires_at > now)
