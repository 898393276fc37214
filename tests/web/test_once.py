import pytest
from flask import Flask
from markupsafe import Markup

from lms.web.once import once, stand


def test_a_piece_is_made_once_for_its_values_its_zone_and_its_year(app: Flask) -> None:
    made: list[str] = []

    def piece(word: str) -> Markup:
        made.append(word)
        return Markup(word)

    with app.test_request_context():
        for zone, year in (("America/New_York", 2026), ("America/New_York", 2026), ("UTC", 2026), ("UTC", 2027)):
            stand(zone, year)
            assert [once(piece, "one"), once(piece, "two")] == ["one", "two"]
    assert made == ["one", "two"] * 3


def test_nothing_is_kept_where_a_host_adds_to_addresses(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def piece(word: str) -> Markup:
        made.append(word)
        return Markup(word)

    adds = [lambda endpoint, values: values.setdefault("site", "a")]
    monkeypatch.setitem(app.url_default_functions, None, adds)
    with app.test_request_context():
        stand("UTC", 2026)
        for _time in range(2):
            once(piece, "one")
    assert made == ["one", "one"]
