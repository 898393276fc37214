"""The quizzes of a cohort: from when until when each may be begun."""

from datetime import datetime

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Cohort
from lms.cohorts.rules import instant
from lms.core.access import Actor
from lms.core.errors import Invalid, NotFound
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import QuizLine
from lms.quizzes import policy, service
from lms.quizzes.forms import OpeningForm
from lms.quizzes.rules import Window, windows
from lms.quizzes.views.front import room
from lms.web.gate import Visit
from lms.web.pages import local, page

WEEK = 7


def load_cohort(s: Session, actor: Actor, code: str, **more: str) -> Cohort | None:
    """Load a cohort with provider and release."""
    return cohorts.cohort_by_code(s, code)


@room.get("/cohorts/<code>/quizzes", policy.TIMES_PAGE, subject=load_cohort)
def openings(v: Visit) -> ResponseReturnValue:
    """Show the times of every module quiz and the exam."""
    return _shown(v)


@room.get("/cohorts/<code>/quizzes/<quiz>/times", policy.TIMES_PAGE, subject=load_cohort)
def opening(v: Visit) -> ResponseReturnValue:
    """Show the form for the times of one quiz."""
    window = service.opening_of(v.s, v.subject.id, v.args["quiz"])
    return _form(v, OpeningForm(values={"opens": _wall(v, window.opens_at), "closes": _wall(v, window.closes_at)}))


@room.post("/cohorts/<code>/quizzes/<quiz>/times", policy.TIMES, subject=load_cohort)
def set_opening(v: Visit) -> ResponseReturnValue:
    """Set the times of one quiz; empty fields take them away."""
    form, line = OpeningForm(v.form), _line(v)
    if form.accepts() and (window := _read(v, form)):
        try:
            service.set_opening(v.s, v.subject, line.id, window, by=v.actor.code, now=v.now)
        except Invalid as refused:
            form.refuse("closes", _(refused.sentence))
        else:
            flash(_("Saved. Whoever has begun %(title)s keeps the whole of their time.", title=line.title))
            return v.go("lms_quizzes.openings", code=v.subject.code)
    return _form(v, form, 422)


@room.post("/cohorts/<code>/quizzes/<quiz>/later", policy.TIMES, subject=load_cohort)
def later(v: Visit) -> ResponseReturnValue:
    """Move the times of one quiz by a week; the time of day stays."""
    line = _line(v)
    service.move_opening(v.s, v.subject, line.id, WEEK, by=v.actor.code, now=v.now)
    flash(_("%(title)s is moved by a week, at the same time of day.", title=line.title))
    return v.go("lms_quizzes.openings", code=v.subject.code)


def _read(v: Visit, form: OpeningForm) -> Window | None:
    found: dict[str, datetime | None] = {}
    for name in ("opens", "closes"):
        typed = form[name].data
        found[name] = instant(typed, v.subject.zone) if typed else None
        if typed and found[name] is None:
            form.refuse(name, _(windows.SENTENCES["gap"]))
            return None
    return Window(found["opens"], found["closes"])


def _wall(v: Visit, at: datetime | None) -> datetime | None:
    return local(at, v.subject.zone).replace(tzinfo=None) if at else None


def lines_of(v: Visit) -> list[QuizLine]:
    """Return the quizzes a cohort sits together: of modules, and the exam."""
    return [line for line in curriculum.outline(v.s, v.subject.release).quizzes if line.kind != "lesson"]


def _line(v: Visit) -> QuizLine:
    found = next((line for line in lines_of(v) if line.id == v.args["quiz"]), None)
    if found is None:
        raise NotFound
    return found


def _form(v: Visit, form: OpeningForm, status: int = 200) -> ResponseReturnValue:
    v.zone = v.subject.zone
    return page("lms/quizzes/opening.html", status, cohort=v.subject, line=_line(v), form=form)


def _shown(v: Visit) -> ResponseReturnValue:
    v.zone = v.subject.zone
    windows = service.openings_of(v.s, v.subject.id)
    rows = [(line, windows.get(line.id, Window())) for line in lines_of(v)]
    shown = [(line, window, window.stands(v.now)) for line, window in rows]
    return page("lms/quizzes/openings.html", cohort=v.subject, rows=shown)
