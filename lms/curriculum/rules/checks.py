"""Every judgement about the authors' files at once: all problems, in order, each with its line and how to mend it."""

from datetime import date

from lms.curriculum.rules import (
    addresses,
    coverage,
    items,
    measure,
    paragraphs,
    pathways,
    prose,
    quizzes,
    structure,
    support,
    units,
)
from lms.curriculum.rules.known import known
from lms.curriculum.rules.problems import order
from lms.curriculum.rules.tree import Problem, Tree


def check(tree: Tree, *, as_of: date | None = None) -> list[Problem]:
    """Judge a tree; support lines are judged stale as of a date, and not at all without one."""
    names = known(tree)
    return order(
        [
            *structure.check(tree, names),
            *prose.check(tree, names),
            *units.check(tree),
            *measure.check(tree),
            *paragraphs.check(tree),
            *addresses.check(tree),
            *items.check(tree, names),
            *quizzes.check(tree, names),
            *pathways.check(tree, names),
            *coverage.check(tree),
            *support.check(tree, as_of),
        ]
    )
