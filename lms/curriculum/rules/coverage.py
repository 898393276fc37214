"""Does the curriculum reach every entry of every public framework it says it maps to."""

from collections.abc import Iterator

from lms.curriculum.rules.hours import OUTSIDE
from lms.curriculum.rules.schema import CompetenciesIn, FrameworkIn, HomeworkIn, LessonIn, MeetingIn
from lms.curriculum.rules.tree import File, Problem, Tree

_UNITS = ("lesson:", "meeting:", "homework:")


def check(tree: Tree) -> Iterator[Problem]:
    """Report each entry of a framework that no lesson, meeting or homework covers."""
    file = tree.competencies
    # A file that could not be read may be the very one that covers it; its own problem is said already.
    if file is None or any(name.startswith(_UNITS) for name in tree.broken):
        return
    covered = _covered(tree)
    if not covered <= {one.id for one in file.data.competencies}:
        return
    for at, framework in enumerate(file.data.frameworks):
        reached = {one.maps.get(framework.id, "") for one in file.data.competencies if one.id in covered}
        if not _mapped(file, framework):
            continue
        for place, entry in enumerate(framework.entries):
            if entry.id not in reached:
                what = f"No lesson, meeting or homework covers `{entry.id}` ({entry.title}) of `{framework.id}`."
                how = _how(file, framework.id, entry.id)
                yield file.problem(file.line("frameworks", at, "entries", place), what, how)


def _covered(tree: Tree) -> set[str]:
    listed = tree.programme.data.modules if tree.programme else [module.id for module in tree.modules]
    units: list[File[LessonIn] | File[MeetingIn] | File[HomeworkIn]] = []
    for module in tree.modules:
        if module.id in listed:
            units += [*module.lessons, *module.meetings, *module.homework]
    return {id_ for unit in units for id_, weight in unit.data.competencies.items() if weight > 0}


def _mapped(file: File[CompetenciesIn], framework: FrameworkIn) -> bool:
    """Whether every competency of ours lands somewhere in the framework; where one does not, that is said already."""
    known = {entry.id for entry in framework.entries} | {OUTSIDE}
    return all(one.maps.get(framework.id) in known for one in file.data.competencies)


def _how(file: File[CompetenciesIn], framework: str, entry: str) -> str:
    ours = [f"`{one.id}`" for one in file.data.competencies if one.maps.get(framework) == entry]
    if not ours:
        return "Map a competency of ours to it."
    return f"Teach {' or '.join(ours)} somewhere, or map a competency that is taught to it."
