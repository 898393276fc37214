"""Are the addresses of sources such that a reader reaches them, unseen by others on the way."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lms.curriculum.rules.tree import File, Path, Problem, Tree

_STRAY = re.compile(r"(?:[,;…]|(?<!\.)\.)\Z")
"""What a sentence leaves at the end of an address. Three dots are a name that some libraries give."""


def check(tree: Tree) -> Iterator[Problem]:
    """Report every address in the head of a file that is malformed or not https."""
    for file, path, url in _addresses(tree):
        if not _sound(url):
            yield file.problem(file.line(*path), f"`{url}` is no address.", "Copy it again from the browser.")
        elif not url.startswith("https://"):
            how = "Open the page with https:// and write that address; if there is none, look for another source."
            yield file.problem(file.line(*path), f"`{url}` is not https.", how, "warning")


def _addresses(tree: Tree) -> Iterator[tuple[File[Any], Path, str]]:
    with_sources: list[File[Any]] = [*(lesson for _, lesson in tree.lessons()), *tree.pathways]
    for file in with_sources:
        for at, source in enumerate(file.data.sources):
            yield file, ("sources", at, "url"), source.url
    if tree.competencies is not None:
        for at, framework in enumerate(tree.competencies.data.frameworks):
            yield tree.competencies, ("frameworks", at, "source"), framework.source
    if tree.crisis is not None:
        for at, line in enumerate(tree.crisis.data.lines):
            yield tree.crisis, ("lines", at, "source"), line.source
            if line.chat:
                yield tree.crisis, ("lines", at, "chat"), line.chat


def _sound(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return (
        "." in host
        and all(label and label.isascii() and label.replace("-", "").isalnum() for label in host.split("."))
        and parts.username is None
        and port in (None, 80, 443)
        and not _STRAY.search(url)
    )
