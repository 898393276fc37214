from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from lms.cohorts import forms


@pytest.fixture(autouse=True)
def language() -> Any:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


COHORT = {"name": " Spring ", "starts_on": "2027-01-04", "ends_on": "2027-04-01", "seats": "15"}


def test_a_cohort_is_read_as_dates_and_numbers() -> None:
    form = forms.CohortChangeForm(MultiDict(COHORT))
    assert form.accepts()
    assert form.name.data == "Spring"
    assert form.seats.data == 15
    assert str(form.ends_on.data) == "2027-04-01"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_on", "4.1.2027"),
        ("starts_on", ""),
        ("ends_on", "2027-02-30"),
        ("seats", "15.5"),
        ("seats", ""),
        ("name", "x" * 121),
    ],
)
def test_what_does_not_read_gets_one_sentence(field: str, value: str) -> None:
    form = forms.CohortChangeForm(MultiDict(COHORT | {field: value}))
    assert not form.accepts()
    assert list(form.errors) == [field]
    assert str(form.errors[field][0]).endswith((".", "here."))


@pytest.mark.parametrize(("typed", "read"), [("18:00", "18:00:00"), ("18:00:30", "18:00:30")])
def test_a_time_of_day(typed: str, read: str) -> None:
    sent = MultiDict({"guide": "g", "day": "2027-01-04", "time": typed, "modality": "", "place": ""})
    form = forms.MeetingForm([("g", "G")], [("", "as it is")], sent)
    assert form.accepts()
    assert str(form.time.data) == read


def test_only_what_is_offered_can_be_chosen() -> None:
    assert not forms.InviteForm([("student", "Student")], MultiDict({"email": "a@b.org", "role": "founder"})).accepts()
    assert not forms.PickForm("Cohort", [], MultiDict({"pick": "x"})).accepts()


def test_a_zone_that_is_set_stays_on_offer() -> None:
    form = forms.ProviderForm(MultiDict({"name": "P", "zone": "Africa/Lagos"}), {"zone": "Africa/Lagos"})
    assert form.accepts()
