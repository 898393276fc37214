"""What the product holds per application, in `app.extensions["lms"]`; nothing keeps the application itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Protocol

from flask import Request, current_app
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.clock import Clock
from lms.core.crypto import Keyring
from lms.core.db import Database
from lms.core.settings import Settings
from lms.web.assets import Assets


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a host application says is signed in: issuer and subject, never an e-mail address, decide who it is."""

    issuer: str
    subject: str
    name: str
    email: str | None = None


Identify = Callable[[Request], Identity | None]
Mailer = Callable[[EmailMessage], None]


class People(Protocol):
    """How the door learns who is there, without knowing the rooms that know it."""

    def by_token(self, s: Session, token: str, now: datetime) -> Actor | None:
        """Return the actor of a living session, or None."""
        ...

    def still_here(self, s: Session, token: str, now: datetime) -> None:
        """Let a session's lifetime start again, now that its person has sent something."""
        ...

    def by_identity(self, identity: Identity, now: datetime) -> Actor:
        """Return the actor of a host's user, making the person on the first visit."""
        ...

    def owner_of(self, s: Session, token: str) -> str:
        """Return the code of the person whose session this is or was; empty if unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One support line as the frame of a page shows it."""

    name: str
    display: str
    call: str
    text: str
    text_word: str
    strip: bool
    foot: bool


@dataclass(frozen=True)
class State:
    """Everything a request needs that outlives it."""

    settings: Settings
    db: Database
    keys: Keyring
    clock: Clock
    people: People
    support_lines: Callable[[Session], tuple[Line, ...]]
    assets: Assets
    rooms: tuple[Any, ...]
    mailer: Mailer
    wake: Callable[[], None]
    identify: Identify | None = None
    owns_sign_in: bool = True
    ticks: tuple[Callable[[Session, datetime], object], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    last_lines: list[Line] = field(default_factory=list)
    """The support lines as last read, for the page that is shown while the database is away."""


def state() -> State:
    """Return the state of the current application."""
    found: State = current_app.extensions["lms"]
    return found
