from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from lms.home.forms import TravelForm


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-12-24", date(2026, 12, 24)),
        ("2000-01-01", date(2000, 1, 1)),
        ("2199-12-31", date(2199, 12, 31)),
        ("1999-12-31", None),
        ("2200-01-01", None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("2026-02-30", None),
        ("24.12.2026", None),
        ("tomorrow", None),
        ("2026-13-45", None),
        ("0000-00-00", None),
        ("", None),
    ],
)
def test_a_day_within_reach(app: Flask, typed: str, day: date | None) -> None:
    with app.test_request_context("/"):
        form = TravelForm(MultiDict({"on": typed}))
        assert form.accepts() is (day is not None)
        assert day is None or form.on.data == day
        assert bool(form.on.errors) is (day is None), "what does not fit gets a sentence"
