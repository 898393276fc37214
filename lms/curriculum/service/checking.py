"""Checking the authors' files and publishing them in one step; with errors, nothing is published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lms.core.errors import Invalid
from lms.curriculum.models import Release
from lms.curriculum.rules import checks, hours
from lms.curriculum.rules.outline import Outline
from lms.curriculum.rules.problems import errors, order
from lms.curriculum.rules.summary import summary
from lms.curriculum.rules.tree import Problem, Tree
from lms.curriculum.service.compiling import (
    competencies_of,
    compile_support_lines,
    compile_tree,
    outline_of,
    pathway_of,
)
from lms.curriculum.service.reading import read_tree, remember
from lms.curriculum.service.releases import publish
from lms.curriculum.service.support import publish_support_lines


@dataclass(frozen=True, slots=True)
class Checked:
    """The files as read, everything to mend, and what pathways that are still being written miss."""

    tree: Tree
    problems: tuple[Problem, ...]
    missing: dict[str, tuple[str, ...]]
    outline: Outline | None = None
    """None when the programme or the competencies cannot be read."""

    @property
    def errors(self) -> list[Problem]:
        """What must be mended before anything can be published."""
        return errors(self.problems)

    @property
    def figures(self) -> dict[str, Any]:
        """The curriculum in figures; only the counts of problems when it could not be read as a whole."""
        if self.outline is None:
            return {"errors": len(self.errors), "warnings": len(self.problems) - len(self.errors)}
        paths = (pathway_of(file) for file in self.tree.pathways)
        return summary(self.tree, self.outline, competencies_of(self.tree), paths, self.problems)


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
    outline = outline_of(tree) if whole else None
    problems = [*found, *checks.check(tree, as_of=as_of)]
    if outline is not None:
        problems += list(_unreachable(tree, outline, {problem.file for problem in errors(problems)}))
    written = {file.id for file in tree.pathways if not file.data.offered}
    missing = {id_: said for id_, said in outline.unready.items() if id_ in written} if outline else {}
    return Checked(tree, tuple(order(problems)), missing, outline)


def _unreachable(tree: Tree, outline: Outline, wrong: set[str]) -> Iterator[Problem]:
    """Report hours that an offered pathway asks for and its modules cannot fill."""
    if tree.broken:
        return  # what cannot be read has been reported, and would be missing here a second time
    for file in tree.pathways:
        if file.data.offered and file.file not in wrong:
            for short in hours.shortfalls(outline.modules, pathway_of(file), outline.competencies):
                line = file.line("hours", *short.key)
                how = "Add modules or what fills it, ask for less, or write `offered: false` while it is being written."
                yield file.problem(line, short.sentence, how)


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
