"""Shape only, and a sentence for each thing that does not fit."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from lms.certificates import forms
from lms.quizzes.rules import Question
from lms.web.forms import Form
from tests.factories import item
from tests.quizzes import items


@pytest.mark.parametrize(
    ("form", "sent", "problem"),
    [
        (forms.CheckForm, {"code": " pm7k-2qxd-94rt "}, None),
        (forms.CheckForm, {"code": "  "}, ("code", "Type the code")),
        (forms.CheckForm, {}, ("code", "Type the code")),
        (forms.CheckForm, {"code": "X" * 61}, ("code", "under 60 characters")),
        (forms.IssueForm, {"mark": "0" * 64}, None),
        (forms.IssueForm, {"mark": "0" * 65}, ("mark", "under 64 characters")),
        (forms.RevokeForm, {"reason": "The name was wrong."}, None),
        (forms.RevokeForm, {"reason": "\n \t"}, ("reason", "Write the reason.")),
        (forms.RevokeForm, {"reason": "x" * 2001}, ("reason", "Your text is still here.")),
        (forms.AgreementForm, {"agreement": "ethics", "words": "0" * 64, "accepted": "y"}, None),
        (forms.AgreementForm, {"agreement": "ethics", "words": "0" * 64}, ("accepted", "Tick the box")),
        (forms.AgreementForm, {"agreement": "e" * 61, "words": "", "accepted": "y"}, ("agreement", "under 60")),
        (forms.KeepForm, {"mark": "0" * 64, "reason": "The board was asked."}, None),
        (forms.KeepForm, {"mark": "0" * 64, "reason": " "}, ("reason", "Write why it is kept.")),
        (forms.RegradeForm, {"kind": "void", "reason": "Two were right.", "seen": "0"}, None),
        (forms.RegradeForm, {"kind": "void", "reason": " "}, ("reason", "Every student")),
        (forms.RegradeForm, {"kind": "other", "reason": "Why."}, ("kind", "Choose what should count.")),
        (forms.RegradeForm, {"reason": "Why."}, ("kind", "Choose what should count.")),
    ],
)
def test_shape(app: Flask, form: type[Form], sent: dict[str, str], problem: tuple[str, str] | None) -> None:
    with app.test_request_context():
        made: Any = form(MultiDict(sent))
        assert made.accepts() == (problem is None)
        if problem:
            name, sentence = problem
            assert sentence in str(made[name].errors[0])


def test_what_was_typed_is_trimmed_and_kept(app: Flask) -> None:
    with app.test_request_context():
        form = forms.RevokeForm(MultiDict({"reason": "  " + "x" * 2001}))
        assert not form.accepts()
        assert form.reason.data == "x" * 2001


def test_a_ruling_names_options_by_their_place_on_the_page(app: Flask) -> None:
    asked = Question(1, item(1))
    with app.test_request_context():
        sent = MultiDict([("kind", "key"), ("right", "2"), ("right", "x"), ("right", "99"), ("seen", "3")])
        form = forms.RegradeForm(sent).offer(asked)
        assert (form.texts(asked), form.version) == (("Third way",), 3)
        sent["kind"] = "void"
        assert forms.RegradeForm(sent).offer(asked).texts(asked) == ()
        assert forms.RegradeForm(MultiDict({"seen": "-1"})).version == -1
        blank = forms.RegradeForm.blank(asked, ("Second way",), 2)
        assert (blank.right.data, blank.version) == (["1"], 2)


def test_another_key_is_offered_only_where_options_are_chosen(app: Flask) -> None:
    with app.test_request_context():
        assert len(list(forms.RegradeForm().offer(Question(1, item(1))).kind)) == 2
        assert [one.data for one in forms.RegradeForm().offer(Question(1, items.NUMERIC)).kind] == ["void"]


def test_undoing_is_offered_where_something_was_ruled(app: Flask) -> None:
    with app.test_request_context():
        for asked, kinds in ((item(1), ["key", "void", "asked"]), (items.NUMERIC, ["void", "asked"])):
            form = forms.RegradeForm(MultiDict({"kind": "asked"})).offer(Question(1, asked), undo=True)
            assert ([one.data for one in form.kind], form.ruled) == (kinds, "asked")
            assert form.texts(Question(1, asked)) == ()
