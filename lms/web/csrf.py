"""Cross-site request forgery: Flask-WTF's tokens, our own key and field, no clash with a host's."""

from flask import g, request, session
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError

from lms.web.state import state

_KEY, _GIVEN = "lms_csrf", "lms_csrf_given"
# Flask-WTF takes None for "as configured", which is an hour.
_FOR_EVER = 100 * 365 * 24 * 3600


def token() -> str:
    """Return the token for a form on this page; it lives as long as the browser's session.

    Answering a form that carried a good one gives that one back: making another costs as much as checking it. Who signs
    in or out by that form gets a new one, for a new session.
    """
    if (given := g.get(_GIVEN)) and _KEY in session:
        return str(given)
    made: str = generate_csrf(secret_key=state().keys.web_secret(), token_key=_KEY)
    return made


def valid() -> bool:
    """Say whether the request carries a token made for this browser. No time limit: a person may write for hours."""
    # A body that cannot be read is refused as what it is, not as a stale page.
    given = request.form.get("csrf_token") or request.headers.get("X-CSRF-Token")
    try:
        validate_csrf(given, secret_key=state().keys.web_secret(), time_limit=_FOR_EVER, token_key=_KEY)
    except ValidationError:
        return False
    setattr(g, _GIVEN, given)
    return True
