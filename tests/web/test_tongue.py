from flask import Flask
from markupsafe import Markup

from lms.web import tongue


def test_values_are_escaped_and_percent_signs_are_written_twice(app: Flask) -> None:
    with app.test_request_context():
        tongue.choose()
        assert tongue.say("%(name)s reads", name="<b>") == Markup("&lt;b&gt; reads")
        assert tongue.say("80 %% of it") == Markup("80 % of it")
        assert isinstance(tongue.say("plain"), Markup)


def test_templates_speak_through_it(app: Flask) -> None:
    assert app.jinja_env.globals["_"] is tongue.say
