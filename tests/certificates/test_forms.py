"""Shape only, and a sentence for each thing that does not fit."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from lms.certificates import forms
from lms.web.forms import Form


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
