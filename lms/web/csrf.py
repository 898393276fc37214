"""Cross-site request forgery: Flask-WTF's tokens, our own key and field, no clash with a host's."""

from flask import request
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.exceptions import HTTPException
from wtforms import ValidationError

from lms.web.state import state

_KEY = "lms_csrf"


def token() -> str:
    """Return the token for a form on this page; it lives as long as the browser's session."""
    made: str = generate_csrf(secret_key=state().keys.web_secret(), token_key=_KEY)
    return made


def valid() -> bool:
    """Say whether the request carries a token made for this browser. No time limit: a person may write for hours."""
    try:
        given = request.form.get("csrf_token") or request.headers.get("X-CSRF-Token")
        validate_csrf(given, secret_key=state().keys.web_secret(), time_limit=None, token_key=_KEY)
    except (ValidationError, HTTPException):
        return False
    return True
