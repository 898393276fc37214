"""The day to look at."""

from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from lms.home.forms import TravelForm


def test_a_day_is_read(app: Flask) -> None:
    with app.test_request_context():
        form = TravelForm(MultiDict({"on": "2027-03-03"}))
        assert form.accepts()
        assert form.on.data == date(2027, 3, 3)


@pytest.mark.parametrize("typed", ["", "2026-13-45", "0000-00-00", "tomorrow"])
def test_anything_else_is_a_sentence(app: Flask, typed: str) -> None:
    with app.test_request_context():
        form = TravelForm(MultiDict({"on": typed}))
        assert not form.accepts()
        assert form.on.errors
