"""Addresses of pages, each built once: a page names twenty, and the same endpoint and values always give the same one."""

from functools import lru_cache
from typing import Any

from flask import current_app, request, url_for


def address(endpoint: str, **values: Any) -> str:
    """Return the address of a page, as `flask.url_for` does for a template."""
    if current_app.url_default_functions or endpoint.startswith("."):
        # A host may add values to each address; those may differ from one request to the next.
        return url_for(endpoint, **values)
    return _built(current_app.url_map, request.script_root, endpoint, tuple(values.items()))


@lru_cache(maxsize=8192)
def _built(pages: object, below: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))
