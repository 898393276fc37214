"""Words in templates: gettext with the page's language looked up once, not once for each of a hundred strings."""

from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from typing import Any

from flask_babel import get_translations
from markupsafe import Markup

_SPOKEN: ContextVar[NullTranslations] = ContextVar("lms_spoken")


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


@lru_cache(maxsize=4096)
def _whole(spoken: NullTranslations, text: str) -> Markup:
    return Markup(spoken.gettext(text)) % {}  # noqa: S704
