"""Words in templates: those that are fixed are put in when a template is compiled, once for each language."""

import re
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from typing import Any
from weakref import WeakKeyDictionary

from flask_babel import get_locale, get_translations
from jinja2 import Environment, Template
from jinja2.ext import Extension
from markupsafe import Markup

from lms.web.addresses import address

_SPOKEN: ContextVar[NullTranslations] = ContextVar("lms_spoken")
_FIXED = re.compile(r"""\{\{ _\((["'])((?:(?!\1)[^\\\n])*)\1\) \}\}""")
_OURS = "lms/"


def choose() -> None:
    """Look up the language of the page that is about to be made."""
    _SPOKEN.set(get_translations())


def say(text: str, **values: Any) -> Markup:
    """Return a string of a template in the page's language; `%(name)s` is filled in and escaped.

    As with Jinja's newer gettext, every string is a format: a percent sign is written twice.
    """
    spoken = _SPOKEN.get()
    # The text is ours, from a template or its translation; what is filled in is escaped.
    return Markup(spoken.gettext(text)) % values if values else _whole(spoken, text)  # noqa: S704


def say_number(one: str, many: str, num: int, **values: Any) -> Markup:
    """Return a string that depends on a number, in the page's language; `%(num)s` and the rest are filled in and escaped."""
    spoken = _SPOKEN.get()
    return Markup(spoken.ngettext(one, many, num)) % {"num": num, **values}  # noqa: S704 - as in `say`


@lru_cache(maxsize=4096)
def _whole(spoken: NullTranslations, text: str) -> Markup:
    return Markup(spoken.gettext(text)) % {}  # noqa: S704


def template(environment: Environment, name: str) -> Template:
    """Return a template of ours as compiled for the language that was chosen; a host's own file of that name comes first.

    A page says a hundred fixed strings; looking each of them up for each page would cost as much as its questions.
    """
    return _spoken_in(environment, str(get_locale())).get_template(name)


def _spoken_in(environment: Environment, language: str) -> Environment:
    languages = _LANGUAGES.setdefault(environment, {})
    if language not in languages:
        # An overlay shares loader and filters and keeps its own compiled templates; our words and addresses are not a host's.
        made = environment.overlay(extensions=[FixedWords])
        made.globals = {**environment.globals, "_": say, "ngettext": say_number, "url_for": address}
        made.extend(lms_spoken=_SPOKEN.get())
        languages[language] = made
    return languages[language]


_LANGUAGES: "WeakKeyDictionary[Environment, dict[str, Environment]]" = WeakKeyDictionary()


class FixedWords(Extension):
    """Writes `{{ _("words") }}` as the words themselves, in the language of the environment."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Put the fixed words of one of our templates in; a host's other templates are left alone."""
        if not (name or "").startswith(_OURS):
            return source
        return _FIXED.sub(self._said, source)

    def _said(self, found: re.Match[str]) -> str:
        words = _whole(self.environment.lms_spoken, found[2])  # type: ignore[attr-defined]
        return found[0] if "{" in words else words
