import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from lms.learning.forms import BeatForm, OpenForm

TAB = "0123456789abcdef"


@pytest.mark.parametrize(
    ("client", "sequence", "fits"),
    [
        (TAB, "0", True),
        (TAB, "1000000", True),
        (TAB, "1000001", False),
        (TAB, "-1", False),
        (TAB, "", False),
        (TAB, "many", False),
        ("", "1", False),
        ("short", "1", False),
        ("x" * 41, "1", False),
        ("a b c d e f", "1", False),
        (TAB + "\n", "1", False),
    ],
)
def test_a_beat_has_a_tab_and_a_count(app: Flask, client: str, sequence: str, fits: bool) -> None:
    with app.test_request_context():
        form = BeatForm(MultiDict({"client": client, "sequence": sequence}))
        assert form.accepts() is fits


@pytest.mark.parametrize(
    ("sent", "fits"),
    [
        ({}, True),
        ({"shown": "1.2.x", "client": TAB, "past": "2"}, True),
        ({"shown": "", "client": "", "past": ""}, True),
        ({"shown": "x" * 201}, False),
        ({"client": "<b>"}, False),
        ({"past": "0"}, False),
        ({"past": "two"}, False),
    ],
)
def test_the_way_on_carries_little(app: Flask, sent: dict[str, str], fits: bool) -> None:
    with app.test_request_context():
        assert OpenForm(MultiDict(sent)).accepts() is fits
