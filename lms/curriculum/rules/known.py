"""Which ids exist, and what to say of one that does not."""

import difflib
import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from lms.curriculum.rules.tree import File, Problem, Tree

Names = frozenset[str] | None
"""None: the file that would say could not be read, so nothing is reported against it."""

One = TypeVar("One", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Known:
    """Every id by kind; a file that is there but broken counts as known, so that one slip is reported once."""

    competencies: Names
    crisis: Names
    modules: frozenset[str]
    lessons: frozenset[str]
    quizzes: frozenset[str]
    banks: frozenset[str]
    rubrics: frozenset[str]
    homework: frozenset[str]
    narratives: frozenset[str]
    numbers: dict[str, str]
    """The digits of every support line, and its id."""


def known(tree: Tree) -> Known:
    """Gather the ids of a tree."""

    def names(kind: str, files: Iterable[File[Any]]) -> frozenset[str]:
        broken = (name.partition(":")[2] for name in tree.broken if name.startswith(kind + ":"))
        return frozenset([*(file.id for file in files), *broken])

    return Known(
        competencies=frozenset(one.id for one in tree.competencies.data.competencies) if tree.competencies else None,
        crisis=frozenset(line.id for line in tree.crisis.data.lines) if tree.crisis else None,
        modules=frozenset(module.id for module in tree.modules),
        lessons=names("lesson", (file for module in tree.modules for file in module.lessons)),
        quizzes=names("quiz", tree.quizzes),
        banks=names("bank", tree.banks),
        rubrics=names("rubric", tree.rubrics),
        homework=names("homework", (file for module in tree.modules for file in module.homework)),
        narratives=names("narrative", (file for module in tree.modules for file in module.narratives)),
        numbers=_numbers(tree),
    )


def _numbers(tree: Tree) -> dict[str, str]:
    lines = tree.crisis.data.lines if tree.crisis else []
    typed = [(re.sub(r"\D", "", number), line.id) for line in lines for number in (line.call, line.text) if number]
    found: dict[str, str] = {}
    for digits, id_ in typed:
        found.setdefault(digits.removeprefix("1")[-10:], id_)  # several lines share 988; it belongs to the first
    return found


def unknown(
    file: File[Any], path: tuple[str | int, ...], ids: Iterable[str], names: Names, kind: str
) -> Iterator[Problem]:
    """Report each id that names nothing, with the nearest one that does."""
    for at, id_ in enumerate(ids):
        if names is None or id_ in names:
            continue
        near = difflib.get_close_matches(id_, names, 1)
        line = file.line(*path, id_) if (*path, id_) in file.lines else file.line(*path, at)
        yield file.problem(
            line, f"There is no {kind} `{id_}`.", f"Did you mean `{near[0]}`?" if near else "Check the id."
        )


def repeated(values: Iterable[One]) -> list[tuple[int, One]]:
    """Return the place and value of everything that stood before already."""
    seen: set[One] = set()
    found = []
    for at, value in enumerate(values):
        if value in seen:
            found.append((at, value))
        seen.add(value)
    return found
