"""Pieces of pages that are made once: a line whose words follow from its own values alone is kept as it was rendered."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from flask import current_app, request
from flask_babel import get_locale
from markupsafe import Markup

_HERE: ContextVar[tuple[Hashable, ...] | None] = ContextVar("lms_here", default=None)


def stand(zone: str, year: int) -> None:
    """Say what else the words of the page that is about to be made follow from: language, zone, year, and the addresses."""
    # A host may add values to each address; those may differ from one request to the next, so nothing is kept.
    free = not current_app.url_default_functions
    _HERE.set((str(get_locale()), zone, year, request.script_root) if free else None)


def once(piece: Callable[..., Any], *values: Hashable) -> Markup:
    """Return what the macro `piece` makes of `values`, made anew only for values (and a place) not seen lately.

    The macro may look at nothing but its values, the language, the zone, the year and addresses. What changes with the
    minute has to be among the values. It has to come from a template that is imported: one that stands in the page's own is
    another with every page.
    """
    here = _HERE.get()
    made: Markup = piece(*values) if here is None else _made(here, piece, values)
    return made


@lru_cache(maxsize=1024)
def _made(here: tuple[Hashable, ...], piece: Callable[..., Any], values: tuple[Hashable, ...]) -> Any:
    return piece(*values)
