"""Problems in order: by file, then by line."""

from collections.abc import Iterable

from lms.curriculum.rules.tree import Problem


def order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems by file and line, each said once."""
    return sorted(set(problems), key=lambda p: (p.file, p.line, p.severity, p.what))


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return what must be mended before anything can be published."""
    return [problem for problem in problems if problem.severity == "error"]
