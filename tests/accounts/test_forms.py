from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from lms.accounts import forms


@pytest.fixture(autouse=True)
def language() -> Any:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def test_addresses_are_written_in_one_way() -> None:
    form = forms.SignInForm(MultiDict({"email": " Robin@Example.ORG ", "password": "x"}))
    assert form.accepts()
    assert form.email.data == "robin@example.org"


@pytest.mark.parametrize(
    "address", ["", "robin", "robin@", "@example.org", "a b@example.org", "a@b", "a@.org", "a@b.", "x" * 250 + "@b.org"]
)
def test_what_is_no_address(address: str) -> None:
    form = forms.ForgottenForm(MultiDict({"email": address}))
    assert not form.accepts()
    assert "email" in form.errors


def test_a_password_is_taken_as_it_was_typed() -> None:
    assert forms.NewPasswordForm(MultiDict({"password": "  two spaces  "})).password.data == "  two spaces  "


def test_no_form_gives_a_password_back() -> None:
    form = forms.PasswordForm(MultiDict({"old_password": "old secret", "password": "new secret"}))
    assert "secret" not in str(form.old_password()) + str(form.password())
