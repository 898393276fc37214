"""The browser's cookie: which signed-in session it carries, in the keys that Flask-Login reads."""

from flask import session

_TOKEN = "_user_id"  # noqa: S105


def begin(token: str) -> None:
    """Sign this browser in; everything the cookie held before is dropped.

    Attack: somebody leaves a page open on a shared machine and waits for the next person to sign in. Nothing made
    before the sign-in, the form token included, is good after it.
    """
    session.clear()
    session[_TOKEN] = token
    session["_fresh"] = True


def end() -> None:
    """Sign this browser out; nothing stays behind in it."""
    session.clear()


def token() -> str:
    """Return the secret of the session that this browser carries; empty when it carries none."""
    return str(session.get(_TOKEN, ""))
