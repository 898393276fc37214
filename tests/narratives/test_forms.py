"""Shapes: limits with a sentence, one kind of line end, numbers that are numbers."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from lms.narratives import rules
from lms.narratives.forms import CorrectionForm, ReviewForm, SendForm, WriteForm, form_for
from lms.narratives.service import Grades
from tests.factories import pieces

RUBRIC = rules.rubric_of(pieces()["rubric:story"])


@pytest.fixture(autouse=True)
def _request(app: Flask) -> object:
    with app.test_request_context():
        yield


def test_line_ends_become_one_kind_and_spaces_stay() -> None:
    form = WriteForm(MultiDict({"text": " one\r\ntwo\rthree ", "version": "3"}))
    assert form.accepts()
    assert (form.text.data, form.version.data, form.interview) == (" one\ntwo\nthree ", 3, False)


def test_a_text_at_the_limit_is_taken_and_one_letter_more_is_not() -> None:
    assert WriteForm(MultiDict({"text": "á" * rules.TEXT_LIMIT})).accepts()
    form = WriteForm(MultiDict({"text": "á" * (rules.TEXT_LIMIT + 1)}))
    assert not form.accepts()
    assert "still here" in form.first_error
    assert form.text.data == "á" * (rules.TEXT_LIMIT + 1)


@pytest.mark.parametrize("typed", ["", "x", "-1", "1.5", "٣", "99999999999999999999", "0x1"])
def test_a_number_that_is_none_is_the_version_of_no_text(typed: str) -> None:
    assert WriteForm(MultiDict({"text": "a", "version": typed})).version.data == -1
    assert SendForm(MultiDict({"round": typed, "version": "2"})).round.data == -1


def test_only_the_two_ways_are_known() -> None:
    assert WriteForm(MultiDict({"text": "", "how": "interview"})).interview
    assert not WriteForm(MultiDict({"text": "", "how": "dance"})).accepts()


def test_a_review_reads_back_what_it_shows() -> None:
    grades = Grades({"moment": 3, "limits": 0}, {"limits": "None named."}, "Thank you.")
    shown = form_for(RUBRIC)(None, ReviewForm.values(grades, 4))
    assert (shown.grades(RUBRIC), shown.sequence.data) == (grades, 4)


@pytest.mark.parametrize("points", ["4", "-1", "x", "٣"])
def test_a_level_the_rubric_does_not_have_is_refused(points: str) -> None:
    form = form_for(RUBRIC)(MultiDict({"level-moment": points, "feedback": "Thank you."}))
    assert not form.accepts()
    assert form.feedback.data == "Thank you."


def test_an_unfinished_review_has_the_right_shape() -> None:
    form = form_for(RUBRIC)(MultiDict({"level-moment": "0", "sequence": "1"}))
    assert form.accepts()
    assert form.grades(RUBRIC) == Grades({"moment": 0}, {}, "")


def test_a_correction_needs_a_reason() -> None:
    assert not CorrectionForm(MultiDict({"reason": "  \n"})).accepts()
    assert CorrectionForm(MultiDict({"reason": "Wrong line."})).accepts()
