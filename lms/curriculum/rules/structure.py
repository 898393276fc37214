"""Do the pieces fit together: the order of modules, ids used once, competencies that exist and weights that sum to 100."""

from collections.abc import Iterator
from typing import Any

from lms.curriculum.rules.hours import OUTSIDE
from lms.curriculum.rules.known import Known, repeated, unknown
from lms.curriculum.rules.schema import CompetenciesIn, HomeworkIn, LessonIn, MeetingIn
from lms.curriculum.rules.tree import File, Module, Problem, Tree


def check(tree: Tree, names: Known) -> Iterator[Problem]:
    """Report what does not fit together."""
    yield from _programme(tree, names)
    yield from _folders(tree)
    if tree.competencies is not None:
        yield from _frameworks(tree.competencies)
    for module in tree.modules:
        yield from _module(module, names)
        if module.head is not None and not module.lessons and not any(one.startswith("lesson:") for one in tree.broken):
            yield module.head.problem(1, "This module has no lesson.", "Add `01-<lesson>.md`.", "warning")


def _programme(tree: Tree, names: Known) -> Iterator[Problem]:
    file = tree.programme
    if file is None:
        return
    listed = file.data.modules
    yield from unknown(file, ("modules",), listed, names.modules, "module folder")
    for at, id_ in repeated(listed):
        yield file.problem(file.line("modules", at), f"The module `{id_}` is listed twice.", "Keep one.")
    for module in tree.modules:
        if module.id not in listed:
            where = f"curriculum/modules/{module.folder}/module.yaml"
            yield Problem(
                where, 1, f"The module `{module.id}` is not in the programme.", "Add it to `modules` in programme.yaml."
            )
    folders = [module.id for module in tree.modules if module.id in listed]
    if folders != [id_ for id_ in dict.fromkeys(listed) if id_ in folders]:
        how = f"By their numbers the order is {', '.join(folders)}; change the list or the numbers."
        yield file.problem(file.line("modules"), "The order of modules differs from the numbers of their folders.", how)


def _folders(tree: Tree) -> Iterator[Problem]:
    for at, id_ in repeated(module.id for module in tree.modules):
        where = f"curriculum/modules/{tree.modules[at].folder}/module.yaml"
        yield Problem(where, 1, f"The module `{id_}` has two folders.", "Rename one of them.")
    for at, number in repeated(module.number for module in tree.modules):
        where = f"curriculum/modules/{tree.modules[at].folder}/module.yaml"
        yield Problem(where, 1, f"Two modules have the number {number:02}.", "Give each its own number.")
    lessons = [file for _, file in tree.lessons()]
    for at, id_ in repeated(file.id for file in lessons):
        yield lessons[at].problem(
            1, f"There are two lessons `{id_}`.", "A lesson's id is used once in the whole programme."
        )
    for module in tree.modules:
        for kind in (module.lessons, module.meetings, module.homework):
            for at, number in repeated(file.number for file in kind):
                yield kind[at].problem(
                    1, f"Two files of this module have the number {number}.", "Give each its own number."
                )


def _frameworks(file: File[CompetenciesIn]) -> Iterator[Problem]:
    entries = {
        framework.id: {entry.id for entry in framework.entries} | {OUTSIDE} for framework in file.data.frameworks
    }
    for at, id_ in repeated(framework.id for framework in file.data.frameworks):
        yield file.problem(file.line("frameworks", at), f"The framework `{id_}` stands here twice.", "Keep one.")
    for at, framework in enumerate(file.data.frameworks):
        for entry, id_ in repeated(entry.id for entry in framework.entries):
            yield file.problem(
                file.line("frameworks", at, "entries", entry), f"The entry `{id_}` stands here twice.", "Keep one."
            )
    for at, id_ in repeated(one.id for one in file.data.competencies):
        yield file.problem(file.line("competencies", at), f"The competency `{id_}` stands here twice.", "Keep one.")
    for at, one in enumerate(file.data.competencies):
        where = ("competencies", at, "maps")
        yield from unknown(file, where, one.maps, frozenset(entries), "framework")
        for column in sorted(entries.keys() - one.maps.keys()):
            how = f"Add `{column}: <entry>` or `{column}: {OUTSIDE}`, so that every column of hours sums to the whole."
            yield file.problem(file.line(*where), f"`{one.id}` has no place in `{column}`.", how)
        for column, entry_id in one.maps.items():
            if column in entries and entry_id not in entries[column]:
                how = f"Use one of its entries, or `{OUTSIDE}`."
                yield file.problem(file.line(*where, column), f"`{column}` has no entry `{entry_id}`.", how)


def _module(module: Module, names: Known) -> Iterator[Problem]:
    if module.head is not None:
        yield from unknown(
            module.head, ("competencies",), module.head.data.competencies, names.competencies, "competency"
        )
    for lesson in module.lessons:
        yield from _weights(lesson, lesson.data, names)
    for meeting in module.meetings:
        yield from _weights(meeting, meeting.data, names)
    for homework in module.homework:
        yield from _weights(homework, homework.data, names)
    for narrative in module.narratives:
        yield from unknown(narrative, ("competencies",), narrative.data.competencies, names.competencies, "competency")
        yield from unknown(narrative, ("rubric",), [narrative.data.rubric], names.rubrics, "rubric")


def _weights(file: File[Any], data: LessonIn | MeetingIn | HomeworkIn, names: Known) -> Iterator[Problem]:
    yield from unknown(file, ("competencies",), data.competencies, names.competencies, "competency")
    total = sum(data.competencies.values())
    if total != 100:
        yield file.problem(
            file.line("competencies"), f"The competencies weigh {total} together.", "They must sum to 100."
        )
