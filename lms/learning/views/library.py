"""The library: what staff teach from, in the newest version or in that of a cohort of theirs."""

from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Cohort
from lms.core.access import Actor
from lms.core.errors import NotFound
from lms.curriculum import service as curriculum
from lms.curriculum.models import Release
from lms.learning import policy
from lms.learning.views.frame import filler, room, whole
from lms.web.gate import Visit
from lms.web.pages import page


@dataclass(frozen=True, slots=True)
class Shelf:
    """A version of the curriculum: a cohort's, or the newest. `release` is None before anything was published."""

    release: Release | None
    cohort: Cohort | None = None

    @property
    def more(self) -> dict[str, str]:
        """What a link adds to stay with this version."""
        return {"cohort": self.cohort.code} if self.cohort else {}


def _shelf(s: Session, actor: Actor, **args: Any) -> Shelf | None:
    code = request.args.get("cohort", "")
    if not code:
        return Shelf(curriculum.newest(s))
    cohort = cohorts.cohort_by_code(s, code)
    return Shelf(cohort.release, cohort) if cohort else None


def _filled(s: Session, actor: Actor, **args: Any) -> Shelf | None:
    shelf = _shelf(s, actor, **args)
    return shelf if shelf and shelf.release else None


@room.get("/library", policy.LIBRARY, subject=_shelf)
def library(v: Visit) -> ResponseReturnValue:
    """Show every module of a version with its lessons, guides and sheets."""
    shelf = v.subject
    return page(
        "lms/learning/library.html",
        shelf=shelf,
        outline=curriculum.outline(v.s, shelf.release) if shelf.release else None,
        guides={key.partition(":")[2] for key in _contents(v) if key.startswith("module:")},
        cohorts=cohorts.cohorts_of(v.s, v.actor),
        wanted=request.args.get("module"),
    )


def _contents(v: Visit) -> dict[str, str]:
    return curriculum.contents(v.s, v.subject.release) if v.subject.release else {}


@room.get("/library/<lesson>/<int:part>", policy.LIBRARY, subject=_filled)
def library_lesson(v: Visit) -> ResponseReturnValue:
    """Show one part of a lesson as students see it, without recording anything."""
    text, part = curriculum.lesson(v.s, v.subject.release, v.args["lesson"]), v.args["part"]
    if text is None or not 1 <= part <= len(text.parts):
        raise NotFound()
    check = curriculum.quiz(v.s, v.subject.release, text.check) if part == len(text.parts) else None
    html = text.parts[part - 1].html
    asked = [words for item in check.items for words in (item.stem, item.rationale)] if check else []
    outline = curriculum.outline(v.s, v.subject.release)
    return page(
        "lms/learning/library_lesson.html",
        shelf=v.subject,
        lesson=text,
        part=part,
        html=html,
        module=outline.module(text.module),
        competencies=outline.competencies,
        check=check,
        fill=filler(v.s, [html, *asked]),
    )


@room.get("/library/<lesson>/print", policy.LIBRARY, subject=_filled)
def library_print(v: Visit) -> ResponseReturnValue:
    """Show a whole lesson on one page."""
    text = curriculum.lesson(v.s, v.subject.release, v.args["lesson"])
    if text is None:
        raise NotFound()
    back = {"endpoint": "lms_learning.library_lesson", "more": v.subject.more}
    return page("lms/learning/print.html", lesson=text, parts=whole(v.s, text), back=back)


@room.get("/library/modules/<module>", policy.LIBRARY, subject=_filled)
def library_module(v: Visit) -> ResponseReturnValue:
    """Show what facilitators read before teaching a module."""
    guide = curriculum.module_guide(v.s, v.subject.release, v.args["module"])
    line = curriculum.outline(v.s, v.subject.release).module(v.args["module"])
    return _sheet(v, "lms/learning/module_guide.html", guide, module=line)


@room.get("/library/meetings/<module>/<name>", policy.LIBRARY, subject=_filled)
def library_meeting(v: Visit) -> ResponseReturnValue:
    """Show a meeting guide."""
    guide = curriculum.meeting_guide(v.s, v.subject.release, _key(v))
    return _sheet(v, "lms/learning/meeting_guide.html", guide)


@room.get("/library/homework/<module>/<name>", policy.LIBRARY, subject=_filled)
def library_homework(v: Visit) -> ResponseReturnValue:
    """Show a homework with its participant sheet."""
    return _sheet(v, "lms/learning/homework_sheet.html", curriculum.homework(v.s, v.subject.release, _key(v)))


@room.get("/library/narratives/<module>/<name>", policy.LIBRARY, subject=_filled)
def library_narrative(v: Visit) -> ResponseReturnValue:
    """Show a narrative's instructions and the rubric it is read with."""
    piece = curriculum.narrative(v.s, v.subject.release, _key(v))
    rubric = curriculum.rubric(v.s, v.subject.release, piece.rubric) if piece else None
    return _sheet(v, "lms/learning/narrative_sheet.html", piece, rubric=rubric)


def _key(v: Visit) -> str:
    return f"{v.args['module']}/{v.args['name']}"


def _sheet(v: Visit, template: str, piece: Any, **more: Any) -> ResponseReturnValue:
    if piece is None:
        raise NotFound()
    outline = curriculum.outline(v.s, v.subject.release)
    return page(
        template,
        shelf=v.subject,
        piece=piece,
        html=filler(v.s, [piece.html])(piece.html),
        competencies=outline.competencies,
        **more,
    )
