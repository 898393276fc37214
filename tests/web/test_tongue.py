from gettext import NullTranslations

from flask import Flask
from flask_babel import force_locale
from jinja2 import Environment
from markupsafe import Markup

from lms.web import tongue


def test_values_are_escaped_and_percent_signs_are_written_twice(app: Flask) -> None:
    with app.test_request_context():
        tongue.choose()
        assert tongue.say("%(name)s reads", name="<b>") == Markup("&lt;b&gt; reads")
        assert tongue.say("80 %% of it") == Markup("80 % of it")
        assert isinstance(tongue.say("plain"), Markup)


def test_a_number_chooses_the_words_and_is_filled_in(app: Flask) -> None:
    with app.test_request_context():
        tongue.choose()
        said = [tongue.say_number("%(num)s day of %(who)s", "%(num)s days of %(who)s", n, who="<b>") for n in (1, 2)]
        assert said == [Markup("1 day of &lt;b&gt;"), Markup("2 days of &lt;b&gt;")]


def test_templates_speak_through_it(app: Flask) -> None:
    assert app.jinja_env.globals["_"] is tongue.say
    assert app.jinja_env.globals["ngettext"] is tongue.say_number


def test_fixed_words_are_put_in_when_our_templates_are_compiled_and_never_in_a_host_s() -> None:
    spoken = NullTranslations()
    spoken.gettext = lambda text: {"Send": "Enviar", "80 %% of it": "80 %% de eso"}.get(text, text)  # type: ignore[method-assign]
    words = Environment(extensions=[tongue.FixedWords], autoescape=True)
    words.extend(lms_spoken=spoken)
    source = """<b title="{{ _('Send') }}">{{ _("80 %% of it") }}</b>{{ _("%(n)s left", n=1) }}"""
    compiled = words.preprocess(source, "lms/page.html")
    assert compiled == """<b title="Enviar">80 % de eso</b>{{ _("%(n)s left", n=1) }}"""
    assert words.preprocess(source, "host/page.html") == source


def test_each_language_has_templates_of_its_own(app: Flask) -> None:
    with app.test_request_context():
        tongue.choose()
        first = tongue.template(app.jinja_env, "lms/refusal.html")
        assert tongue.template(app.jinja_env, "lms/refusal.html") is first
        with force_locale("es"):
            tongue.choose()
            assert tongue.template(app.jinja_env, "lms/refusal.html") is not first
