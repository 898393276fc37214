"""Support lines: reachable, shown first, and called by a person not too long ago."""

from collections.abc import Iterator
from datetime import date, timedelta

from lms.curriculum.rules.known import repeated
from lms.curriculum.rules.schema import CrisisLinesIn
from lms.curriculum.rules.tree import File, Problem, Tree

FRESH = timedelta(days=180)


def check(tree: Tree, as_of: date | None) -> Iterator[Problem]:
    """Report lines that could fail a person; a stale one is a warning and never stops anything."""
    file = tree.crisis
    if file is None:
        return
    lines = file.data.lines
    for at, id_ in repeated(line.id for line in lines):
        yield file.problem(file.line("lines", at), f"The line `{id_}` stands here twice.", "Keep one.")
    if not any(line.strip for line in lines):
        yield file.problem(
            file.line("lines"), "No line is on the strip at the top of every page.", "Give one `strip: true`."
        )
    for at, line in enumerate(lines):
        if not (line.call or line.text or line.chat):
            yield file.problem(
                file.line("lines", at), f"`{line.id}` can be neither called, texted nor written to.", "Add one."
            )
    if as_of is not None:
        yield from _stale(file, as_of)


def _stale(file: File[CrisisLinesIn], as_of: date) -> Iterator[Problem]:
    for at, line in enumerate(file.data.lines):
        where = file.line("lines", at, "verified_on")
        how = "Call or text it, then write the date and your name."
        if line.verified_on is None:
            yield file.problem(where, f"Nobody has checked `{line.id}` yet.", how, "warning")
        elif as_of - date.fromisoformat(line.verified_on) > FRESH:
            yield file.problem(
                where, f"`{line.id}` was last checked on {line.verified_on}, more than half a year ago.", how, "warning"
            )
