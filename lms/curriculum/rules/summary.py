"""The whole curriculum in figures, for other programs: what can be reached, how many questions there are, what frameworks it covers."""

from collections.abc import Iterable
from typing import Any

from lms.curriculum.rules import hours
from lms.curriculum.rules.outline import MODALITIES, Outline
from lms.curriculum.rules.problems import errors
from lms.curriculum.rules.shapes import CompetencyMap, Pathway
from lms.curriculum.rules.tree import Problem, Tree

Figures = dict[str, Any]


def summary(
    tree: Tree, outline: Outline, competencies: CompetencyMap, pathways: Iterable[Pathway], found: Iterable[Problem]
) -> Figures:
    """Return the figures of a curriculum; docs/authoring.md says what each means."""
    found = tuple(found)
    wrong = len(errors(found))
    held = hours.everything(outline.modules)
    return {
        "errors": wrong,
        "warnings": len(found) - wrong,
        "modules": len(outline.modules),
        "lessons": sum(len(module.lessons) for module in outline.modules),
        "words": sum(lesson.words for _, lesson in tree.lessons()),
        "minutes": _minutes(held),
        "pathways": {one.id: _pathway(outline, one) for one in pathways},
        "banks": {bank.id: len(bank.data.items) for bank in tree.banks},
        "checks": {quiz.id: len(quiz.data.items) for quiz in tree.quizzes if quiz.data.items},
        "exams": _exams(tree, outline),
        "crosswalks": _crosswalks(held, competencies),
    }


def _minutes(held: hours.Reach) -> Figures:
    return {"live": held.live} | {modality: held.of(modality) for modality in MODALITIES}


def _pathway(outline: Outline, pathway: Pathway) -> Figures:
    held = hours.reach(outline.modules, pathway)
    return {
        "offered": pathway.id in outline.pathways,
        "asked": pathway.total_minutes,
        "reachable": _minutes(held),
        "competencies": {
            id_: {"asked": least, "reachable": held.competencies.get(id_, 0)}
            for id_, least in sorted(pathway.competency_minutes.items())
        },
    }


def _exams(tree: Tree, outline: Outline) -> Figures:
    sizes = {bank.id: len(bank.data.items) for bank in tree.banks}
    banks = {quiz.id: quiz.data.draw.banks or [] for quiz in tree.quizzes}
    return {
        line.id: {"questions": line.questions, "pool": sum(sizes.get(id_, 0) for id_ in banks.get(line.id, ()))}
        for line in outline.quizzes
        if line.kind == "exam"
    }


def _crosswalks(held: hours.Reach, competencies: CompetencyMap) -> Figures:
    found = {}
    for framework in competencies.frameworks:
        minutes = hours.by_framework(held.competencies, competencies, framework.id)
        entries = [entry.id for entry in framework.entries]
        found[framework.id] = {
            "entries": len(entries),
            "covered": sum(minutes[id_] > 0 for id_ in entries),
            "uncovered": [id_ for id_ in entries if not minutes[id_]],
            "minutes": minutes,
        }
    return found
