from flask import Flask, session

from lms.web import cookie


def test_signing_in_drops_what_was_there_and_signing_out_leaves_nothing() -> None:
    app = Flask(__name__)
    app.secret_key = "x" * 32
    with app.test_request_context():
        assert cookie.token() == ""
        session["lms_csrf"] = "known to somebody else"
        cookie.begin("secret")
        assert dict(session) == {"_user_id": "secret", "_fresh": True}
        assert cookie.token() == "secret"
        cookie.end()
        assert dict(session) == {}
