"""What a password must be, how many tries there are, and which addresses may be followed after sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PASSWORD_LEAST = 10
PASSWORD_MOST = 200
WINDOW = timedelta(minutes=15)
ADDRESS_TRIES = 5
# A whole class signs in from one address of the training room, so the client has more tries than the person.
CLIENT_TRIES = 30
RESET_LASTS = timedelta(hours=1)
RESET_WINDOW = timedelta(hours=1)
RESET_LETTERS = 3
RESET_ASKS_BY_CLIENT = 20
SEEN_EVERY = timedelta(minutes=5)
KEPT_AFTER_END = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SignIn:
    """The answer to a try to sign in: a session's token, or how long to wait, or neither (it did not fit)."""

    token: str | None = None
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a signed-in person gave their own password, and how long to wait before the next try."""

    fits: bool
    wait: timedelta | None = None


def password_problem(password: str, email: str | None) -> str:
    """Return what is wrong with a new password (`short`, `long`, `email`), or nothing."""
    if len(password) < PASSWORD_LEAST:
        return "short"
    if len(password) > PASSWORD_MOST:
        return "long"
    return "email" if email and password.strip().lower() == email.strip().lower() else ""


def wait(tries: Sequence[datetime], limit: int, now: datetime) -> timedelta | None:
    """Return how long until the next try is allowed; None when one is allowed now.

    Only the newest `limit` tries matter: the wait ends when the oldest of them is a window old.
    """
    recent = sorted(at for at in tries if at > now - WINDOW)
    if len(recent) < limit:
        return None
    return recent[-limit] + WINDOW - now


def longest(waits: Sequence[timedelta | None]) -> timedelta | None:
    """Return the longest of several waits; None when there is none."""
    return max((one for one in waits if one is not None), default=None)


def local_path(path: str | None) -> str:
    """Return an address of this site to go on to, or nothing.

    Attack: a link to our sign-in page that leads on to a look-alike site. `//host`, `/\\host` and `/<tab>/host` all
    leave the site in some browser, so everything but a plain path is dropped.
    """
    if not path or not path.startswith("/") or path.startswith("//"):
        return ""
    return "" if "\\" in path or any(ord(char) < 33 or ord(char) == 127 for char in path) else path


# In this order: Edge and Opera also say Chrome, and Chrome also says Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "Chromebook"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def browser_of(agent: str) -> tuple[str, str]:
    """Return browser and machine as a person would name them; empty where the browser does not say."""

    def named(marks: tuple[tuple[str, str], ...]) -> str:
        return next((name for mark, name in marks if mark in agent), "")

    return named(_BROWSERS), named(_MACHINES)
