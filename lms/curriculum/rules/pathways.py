"""Pathways: every requirement exists and can be met, and nothing claims an approval that is not there."""

import re
from collections.abc import Iterator, Mapping

from lms.curriculum.rules.known import Known, repeated, unknown
from lms.curriculum.rules.pathway_schema import PathwayIn
from lms.curriculum.rules.tree import File, Problem, Tree

_CLAIM = re.compile(
    r"\b(state|board|department)[- ]approved\b|\b(is|are|was) approved\b|\bapproved (course|training|programme|program)\b",
    re.IGNORECASE,
)


def check(tree: Tree, names: Known) -> Iterator[Problem]:
    """Report requirements that name nothing or contradict each other."""
    kinds = {file.id: file.data.kind for file in tree.quizzes}
    for file in tree.pathways:
        yield from _references(file, names)
        yield from _quizzes(file, kinds)
        yield from _minutes(file)
        yield from _approval(file)


def _references(file: File[PathwayIn], names: Known) -> Iterator[Problem]:
    data = file.data
    yield from unknown(file, ("modules",), data.modules, names.modules, "module")
    yield from unknown(file, ("hours", "competencies"), data.hours.competencies, names.competencies, "competency")
    yield from unknown(file, ("quizzes", "required"), data.quizzes.required, names.quizzes, "quiz")
    yield from unknown(file, ("narratives", "required"), data.narratives.required, names.narratives, "narrative")
    yield from unknown(file, ("homework", "required"), data.homework.required, names.homework, "homework")
    if data.exam:
        yield from unknown(file, ("exam", "quiz"), [data.exam.quiz], names.quizzes, "quiz")
    lists = {
        ("modules",): data.modules,
        ("quizzes", "required"): data.quizzes.required,
        ("narratives", "required"): data.narratives.required,
        ("homework", "required"): data.homework.required,
        ("agreements",): [agreement.id for agreement in data.agreements],
    }
    for path, ids in lists.items():
        for at, id_ in repeated(ids):
            yield file.problem(file.line(*path, at), f"`{id_}` is listed twice.", "Keep one.")
    for path in (("narratives", "required"), ("homework", "required")):
        for at, key in enumerate(lists[path]):
            if key in (names.narratives | names.homework) and key.partition("/")[0] not in data.modules:
                what = f"`{key}` belongs to a module that this pathway does not ask for."
                yield file.problem(file.line(*path, at), what, "Add the module, or take it out.")


def _quizzes(file: File[PathwayIn], kinds: Mapping[str, str]) -> Iterator[Problem]:
    for at, id_ in enumerate(file.data.quizzes.required):
        if kinds.get(id_, "module") != "module":
            how = "The exam stands under `exam`; lesson checks belong to their lessons."
            yield file.problem(file.line("quizzes", "required", at), f"`{id_}` is not a module quiz.", how)
    exam = file.data.exam
    if exam and kinds.get(exam.quiz, "exam") != "exam":
        yield file.problem(
            file.line("exam"), f"`{exam.quiz}` is not an exam.", "Name a quiz with `kind: exam`, or write null."
        )


def _minutes(file: File[PathwayIn]) -> Iterator[Problem]:
    asked = file.data.hours
    for name, rule in asked.modalities.items():
        line = file.line("hours", "modalities", name)
        if rule.max_minutes is not None and rule.max_minutes < rule.min_minutes:
            yield file.problem(line, f"`{name}` asks for more minutes than it lets count.", "Raise the maximum.")
        if not rule.counts and rule.min_minutes:
            yield file.problem(
                line, f"`{name}` asks for minutes that do not count.", "Let them count, or ask for none."
            )
    least = sum(rule.min_minutes for rule in asked.modalities.values())
    if least > asked.total_minutes:
        what = f"The kinds of hour ask for {least} minutes together, and the total for {asked.total_minutes}."
        yield file.problem(file.line("hours", "total_minutes"), what, "Raise the total.")
    if asked.total_minutes and not any(rule.counts for rule in asked.modalities.values()):
        yield file.problem(file.line("hours", "modalities"), "No kind of hour counts.", "List what counts.")


def _approval(file: File[PathwayIn]) -> Iterator[Problem]:
    data = file.data
    if data.approval is not None:
        if data.approval.valid_from > data.approval.valid_to:
            yield file.problem(file.line("approval"), "The approval ends before it begins.", "Turn the dates round.")
        return
    for name, text in (("title", data.title), ("wording", data.certificate.wording), ("note", data.certificate.note)):
        claim = _CLAIM.search(text)
        if claim:
            line = file.line("title") if name == "title" else file.line("certificate", name)
            yield file.problem(
                line, f"“{claim[0]}” claims an approval, and there is none.", "Say it without, or record the approval."
            )
