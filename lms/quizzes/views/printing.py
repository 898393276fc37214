"""A quiz on paper for a coordinator: the questions, the sheet to answer on, and the key."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Cohort
from lms.core.access import Actor
from lms.curriculum import service as curriculum
from lms.quizzes import forms, policy, rules, service
from lms.quizzes.service import Printed
from lms.quizzes.views.front import filler, room
from lms.web.gate import Visit
from lms.web.pages import page


def _cohort(s: Session, actor: Actor, code: str) -> Cohort | None:
    return cohorts.cohort_by_code(s, code)


def _quiz(s: Session, actor: Actor, code: str, quiz: str) -> Printed | None:
    cohort = cohorts.cohort_by_code(s, code)
    return service.printed_quiz(s, cohort, quiz) if cohort else None


@room.get("/on-paper/<code>", policy.PRINT, subject=_cohort)
def on_paper(v: Visit) -> ResponseReturnValue:
    """List the quizzes of a cohort's release, each with a seed to draw it by."""
    outline = curriculum.outline(v.s, v.subject.release)
    return page(
        "lms/quizzes/on_paper.html", cohort=v.subject, quizzes=outline.quizzes, proposed=service.proposed_seed()
    )


@room.get("/on-paper/<code>/<quiz>", policy.PRINT, subject=_quiz)
def paper(v: Visit) -> ResponseReturnValue:
    """Show the questions, as they are handed out."""
    return _sheet(v, "paper")


@room.get("/on-paper/<code>/<quiz>/answers", policy.PRINT, subject=_quiz)
def answer_sheet(v: Visit) -> ResponseReturnValue:
    """Show the sheet to answer on."""
    return _sheet(v, "answers")


@room.get("/on-paper/<code>/<quiz>/key", policy.PRINT, subject=_quiz)
def key_sheet(v: Visit) -> ResponseReturnValue:
    """Show what is right, for whoever marks the sheets."""
    return _sheet(v, "key")


def _sheet(v: Visit, part: str) -> ResponseReturnValue:
    printed: Printed = v.subject
    seed = forms.seed(request.args.get("seed"))
    if seed is None:
        return v.go("lms_quizzes.on_paper", code=printed.cohort.code)
    drawn = service.printed_paper(v.s, printed, seed)
    context: dict[str, Any] = {"printed": printed, "paper": drawn, "seed": seed, "part": part}
    return page("lms/quizzes/printed.html", **context, parts=rules.stem_parts, fill=filler(v, drawn))
