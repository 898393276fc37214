"""Reading everything that the dossier of a pathway is added up from, out of one release."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import TypeVar

from sqlalchemy.orm import Session

from lms.core.errors import NotFound
from lms.curriculum.formats.dossier import dossier_pdf
from lms.curriculum.models import Release
from lms.curriculum.rules.dossier import Booklet, Dossier, Material, assemble
from lms.curriculum.rules.shapes import (
    Bank,
    CompetencyMap,
    Homework,
    Lesson,
    MeetingGuide,
    Narrative,
    Pathway,
    Quiz,
    Rubric,
)
from lms.curriculum.service.pieces import competency_map, outline, pathway, several

Shape = TypeVar("Shape")


def dossier(s: Session, release: Release, pathway_id: str) -> Dossier:
    """Return the dossier of a pathway in a release, offered or not; raise NotFound when the release has no such pathway."""
    asked = pathway(s, release, pathway_id)
    if asked is None:
        raise NotFound("This version of the curriculum has no such pathway.")
    return assemble(_material(s, release, asked))


def _material(s: Session, release: Release, asked: Pathway) -> Material:
    whole = outline(s, release)
    modules = [module for module in whole.modules if module.id in asked.modules]
    lessons = [line for module in modules for line in module.lessons]
    narratives = _held(s, release, "narrative", asked.narratives, Narrative)
    quizzes = _held(s, release, "quiz", [*asked.quizzes, asked.exam, *(line.check for line in lessons)], Quiz)
    banks = {bank for quiz in quizzes.values() for draw in quiz.draws for bank in draw.banks}
    return Material(
        digest=release.digest,
        outline=whole,
        pathway=asked,
        competencies=competency_map(s, release) or CompetencyMap((), ()),
        lessons=_held(s, release, "lesson", [line.id for line in lessons], Lesson),
        meetings=_held(
            s, release, "meeting", [line.key for module in modules for line in module.meetings], MeetingGuide
        ),
        homework=_held(s, release, "homework", [line.key for module in modules for line in module.homework], Homework),
        narratives=narratives,
        rubrics=_held(s, release, "rubric", [one.rubric for one in narratives.values()], Rubric),
        quizzes=quizzes,
        banks=_held(s, release, "bank", sorted(banks), Bank),
    )


def _held(s: Session, release: Release, kind: str, ids: Iterable[str], shape: type[Shape]) -> dict[str, Shape]:
    found = several(s, release, [f"{kind}:{id_}" for id_ in ids if id_], shape)
    return {key.partition(":")[2]: one for key, one in found.items()}


def paper(made: Dossier, words: Booklet) -> bytes:
    """Set a dossier as a PDF. The same release and pathway give the same bytes, on whatever machine and day."""
    # Its date is the day the rules were last compared with their sources: nothing about this machine gets into the file.
    on = date.fromisoformat(made.material.pathway.verified_on)
    return dossier_pdf(words, at=datetime.combine(on, time(), UTC))
