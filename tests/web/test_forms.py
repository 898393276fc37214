import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import StringField, TextAreaField

from lms.web.forms import ZONES, AtMost, EmailShape, Form, Needed, lower, trimmed, zones


class Probe(Form):
    name = StringField("Name", [Needed("Write your name.")], filters=[trimmed])
    email = StringField("E-mail", [EmailShape()], filters=[lower])
    text = TextAreaField("Text", [AtMost(20)])


def sent(**fields: str) -> Probe:
    given = {"name": "Ṣadé", "email": "sade@people.example", "text": ""} | fields
    return Probe(MultiDict(given))


@pytest.fixture(autouse=True)
def _speaking(app: Flask):  # type: ignore[no-untyped-def]
    with app.test_request_context("/"):
        yield


def test_a_form_that_fits() -> None:
    form = sent(name="  Ṣadé ", email=" Sade@People.Example ")
    assert form.accepts()
    assert (form.name.data, form.email.data) == ("Ṣadé", "sade@people.example")
    assert form.errors == {}


@pytest.mark.parametrize("name", ["", " ", "\t\n", "\u3000"])
def test_white_space_is_not_a_name(name: str) -> None:
    form = sent(name=name)
    assert not form.accepts()
    assert form.errors["name"] == ["Write your name."]


def test_too_long_says_how_much_and_keeps_it() -> None:
    form = sent(text="x" * 21)
    assert not form.accepts()
    assert str(form.text.errors[0]) == "Please keep this under 20 characters. Your text is still here."
    assert form.text.data == "x" * 21
    assert sent(text="x" * 20).accepts()


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("a@b.example", True),
        ("first.last+tag@sub.b.example", True),
        ("ṣadé@people.example", True),
        ("", False),
        ("a", False),
        ("a@b", False),
        ("@b.example", False),
        ("a@", False),
        ("a@.example", False),
        ("a@b.", False),
        ("a b@c.example", False),
        ("a" * 250 + "@b.example", False),
    ],
)
def test_what_looks_like_an_address(address: str, fits: bool) -> None:
    assert sent(email=address).accepts() is fits


def test_nothing_sent_shows_the_values_and_no_error() -> None:
    form = Probe(None, {"name": "Robin"})
    assert form.name.data == "Robin"
    assert form.errors == {}


def test_a_form_that_was_sent_without_its_fields_is_not_accepted() -> None:
    assert not Probe(MultiDict({"csrf_token": "x"}), {"name": "Robin"}).accepts()


def test_only_the_service_knew() -> None:
    form = sent()
    assert form.accepts()
    form.refuse("email", "Somebody has this address already.")
    assert form.errors == {"email": ["Somebody has this address already."]}
    form.refuse("email", "And it is misspelled.")
    assert form.errors["email"] == ["Somebody has this address already.", "And it is misspelled."]


@given(st.text())
def test_filters_take_anything(text: str) -> None:
    assert trimmed(text) == text.strip()
    assert lower(text) == text.strip().lower()
    assert trimmed(None) is None
    assert lower(None) is None


def test_the_zone_that_is_set_is_always_offered_once() -> None:
    assert [choice.value for choice in zones()] == list(ZONES)
    assert [choice.value for choice in zones("UTC")] == list(ZONES)
    assert [choice.value for choice in zones("Europe/Berlin")] == [*ZONES, "Europe/Berlin"]
