"""The shape of what is sent about hours."""

from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from lms.hours import forms
from lms.web.forms import Form

CLAIM = {
    "on": " 2026-11-20 ",
    "hours": "1",
    "minutes": "",
    "competency": "ethics",
    "supervisor": " Alma ",
    "what": "Did.",
}


def claim(**more: str) -> forms.PracticeForm:
    return forms.PracticeForm(MultiDict(CLAIM | more)).offer({"ethics": "Ethics", "crisis": "Crisis"})


def test_hours_and_minutes_are_one_amount(app: Flask) -> None:
    with app.test_request_context():
        form = claim()
        assert form.accepts()
        assert (form.day, form.total_minutes, form.supervisor.data) == (date(2026, 11, 20), 60, "Alma")
        assert claim(hours="", minutes="45").total_minutes == 45


@pytest.mark.parametrize("typed", ["1.5", "-1", "two", "٣", "1e3", "9" * 6, "1 0"])
def test_a_number_is_digits(app: Flask, typed: str) -> None:
    with app.test_request_context():
        form = claim(minutes=typed)
        assert not form.accepts()
        assert form.errors.keys() == {"minutes"}
        assert f'value="{typed}"' in form.minutes()


@pytest.mark.parametrize("typed", ["", "20.11.2026", "2026-02-30", "99999-01-01"])
def test_a_day_is_a_day(app: Flask, typed: str) -> None:
    with app.test_request_context():
        form = claim(on=typed)
        assert not form.accepts()
        with pytest.raises(ValueError, match="not accepted"):
            _ = form.day


def test_competencies_are_offered_by_title(app: Flask) -> None:
    with app.test_request_context():
        assert [label for _value, label, *_more in claim().competency.iter_choices()] == [
            "Choose one",
            "Crisis",
            "Ethics",
        ]


def test_fields_of_a_mark_belong_to_their_seat(app: Flask) -> None:
    with app.test_request_context():
        sent = MultiDict({"AAA-mark": "part", "AAA-minutes": "x", "BBB-mark": "absent"})
        one, other, none = (forms.MarkForm(seat, sent) for seat in ("AAA", "BBB", "CCC"))
        assert [form.accepts() for form in (one, other, none)] == [False, True, False]
        assert one.wrong() == [("AAA-minutes", "Write a whole number, in digits.")]
        assert (other.mark.data, other.minutes.data, none.mark.raw_data) == ("absent", None, [])


@pytest.mark.parametrize(
    ("form", "right"), [(forms.HomeworkAnswerForm, "accepted"), (forms.PracticeAnswerForm, "approved")]
)
def test_an_answer_is_one_of_two(app: Flask, form: type[Form], right: str) -> None:
    with app.test_request_context():
        assert form(MultiDict({"outcome": right})).accepts()
        for wrong in ("", "maybe"):
            assert not form(MultiDict({"outcome": wrong})).accepts()
        assert not form(MultiDict({"reply": "x"})).accepts()
