import dataclasses

import pytest
from flask import Flask

from lms.core.settings import Settings
from lms.web.state import Identity, state


def test_each_application_has_its_own(app: Flask) -> None:
    other = Flask(__name__)
    other.extensions["lms"] = marker = object()
    with app.app_context():
        assert state() is app.extensions["lms"]
        with other.app_context():
            assert state() is marker
        assert state() is app.extensions["lms"]


def test_state_is_not_changed_by_a_request(app: Flask) -> None:
    with app.app_context(), pytest.raises(dataclasses.FrozenInstanceError):
        state().settings = Settings()  # type: ignore[misc]


def test_who_a_host_signed_in_is_told_by_issuer_and_subject() -> None:
    one = Identity("https://host.example", "17", "Robin")
    assert one == Identity("https://host.example", "17", "Robin", None)
    assert one != Identity("https://other.example", "17", "Robin")
