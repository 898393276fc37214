"""Checking the authors' files and publishing them in one step; with errors, nothing is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from lms.core.errors import Invalid
from lms.curriculum.models import Release
from lms.curriculum.rules import checks
from lms.curriculum.rules.problems import errors, order
from lms.curriculum.rules.tree import Problem, Tree
from lms.curriculum.service.compiling import compile_support_lines, compile_tree, outline_of
from lms.curriculum.service.reading import read_tree, remember
from lms.curriculum.service.releases import publish
from lms.curriculum.service.support import publish_support_lines


@dataclass(frozen=True, slots=True)
class Checked:
    """The files as read, everything to mend, and what each pathway asks for that the curriculum does not hold yet."""

    tree: Tree
    problems: tuple[Problem, ...]
    missing: dict[str, tuple[str, ...]]

    @property
    def errors(self) -> list[Problem]:
        """What must be mended before anything can be published."""
        return errors(self.problems)


class Unfit(Invalid):
    """The curriculum has errors; `found` lists them all."""

    def __init__(self, found: Sequence[Problem]) -> None:
        count = f"{len(found)} errors" if len(found) != 1 else "one error"
        super().__init__(f"Nothing was published: the curriculum has {count}.", {str(p): p.how for p in found})
        self.found = tuple(found)


def check(
    curriculum_dir: Path, quizzes_dir: Path, *, as_of: date | None = None, cache_dir: Path | None = None
) -> Checked:
    """Read and judge the authors' files; support lines are judged stale as of a date, and not at all without one."""
    tree, found = read_tree(curriculum_dir, quizzes_dir, cache_dir=cache_dir)
    whole = tree.programme is not None and tree.competencies is not None
    problems = order([*found, *checks.check(tree, as_of=as_of)])
    return Checked(tree, tuple(problems), outline_of(tree).unready if whole else {})


def publish_files(
    s: Session, curriculum_dir: Path, quizzes_dir: Path, *, now: datetime, cache_dir: Path | None = None
) -> Release:
    """Check, compile and publish the curriculum and the support lines; raise Unfit and publish nothing when there are errors."""
    checked = check(curriculum_dir, quizzes_dir, as_of=now.date(), cache_dir=cache_dir)
    if checked.errors:
        raise Unfit(checked.errors)
    pieces, lines = compile_tree(checked.tree), compile_support_lines(checked.tree)
    remember(checked.tree, cache_dir)
    publish_support_lines(s, lines, now=now)
    return publish(s, pieces, now=now)
