import time
from collections.abc import Iterator

import pytest
from flask import Flask, session
from werkzeug.exceptions import RequestEntityTooLarge

from lms.web import csrf


@pytest.fixture
def page(app: Flask) -> Iterator[tuple[str, str]]:
    """A page's token, and what the browser's cookie holds for it."""
    with app.test_request_context("/"):
        token = csrf.token()
        yield token, session["lms_csrf"]


def sent(app: Flask, cookie: str | None, **request: object) -> bool:
    with app.test_request_context("/", method="POST", **request):
        if cookie:
            session["lms_csrf"] = cookie
        return csrf.valid()


def test_a_form_of_this_browser(app: Flask, page: tuple[str, str]) -> None:
    token, cookie = page
    assert sent(app, cookie, data={"csrf_token": token})
    assert sent(app, cookie, headers={"X-CSRF-Token": token}), "a script sends it in a header"


def test_a_form_of_another_browser_or_of_nobody(app: Flask, page: tuple[str, str]) -> None:
    token, cookie = page
    assert not sent(app, "f" * 40, data={"csrf_token": token})
    assert not sent(app, None, data={"csrf_token": token})
    assert not sent(app, cookie)
    assert not sent(app, cookie, data={"csrf_token": ""})
    assert not sent(app, cookie, data={"csrf_token": token[:-2]})
    assert not sent(app, cookie, query_string={"csrf_token": token}), "an address is not a form"


def test_a_host_s_own_token_is_not_ours(app: Flask, page: tuple[str, str]) -> None:
    _token, cookie = page
    with app.test_request_context("/"):
        from flask_wtf.csrf import generate_csrf

        theirs = generate_csrf(secret_key="the host's key", token_key="csrf_token")
    assert not sent(app, cookie, data={"csrf_token": theirs})


def test_a_person_may_write_for_days(app: Flask, page: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    token, cookie = page
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 90 * 24 * 3600)
    assert sent(app, cookie, data={"csrf_token": token})


def test_a_body_that_is_too_large_is_refused_as_such(app: Flask, page: tuple[str, str]) -> None:
    with app.test_request_context("/", method="POST", data={"text": "x" * 1000, "csrf_token": page[0]}) as context:
        context.request.max_content_length = 100
        with pytest.raises(RequestEntityTooLarge):
            csrf.valid()


def test_a_form_is_answered_with_its_own_token_unless_the_session_is_another(app: Flask) -> None:
    with app.test_request_context("/"):
        token, cookie = csrf.token(), session["lms_csrf"]
    with app.test_request_context("/", method="POST", data={"csrf_token": token}):
        session["lms_csrf"] = cookie
        assert csrf.valid()
        assert csrf.token() == token
        session.clear()
        assert csrf.token() != token
        assert session["lms_csrf"] != cookie
