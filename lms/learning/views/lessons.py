"""All lessons, one part of one, the whole of one on paper; and what reading them sends."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.core.errors import Invalid
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import ModuleLine
from lms.learning import policy, rules, service
from lms.learning.forms import BeatForm, OpenForm
from lms.learning.views.frame import filler, my_lesson, my_seat, room, whole
from lms.web.gate import Visit
from lms.web.pages import data, hours_minutes, page


@room.get("/lessons", policy.READ, subject=my_seat)
def modules(v: Visit) -> ResponseReturnValue:
    """Show all modules with their lessons and quizzes, and what comes next."""
    path = service.path_of(v.s, v.subject, now=v.now)
    lines = [_line(path, module, request.args.get("module")) for module in path.outline.modules]
    return page("lms/learning/modules.html", path=path, seat=v.subject, lines=lines, untouched=rules.UNTOUCHED)


def _line(path: service.Path, module: ModuleLine, wanted: str | None) -> dict[str, Any]:
    far = rules.progress(module, path.states, path.results)
    next_here = path.step is not None and path.step.module is not None and path.step.module.id == module.id
    return {
        "module": module,
        "asked": module.id in path.pathway.modules,
        "done": far.done,
        "begun": far.begun,
        "finished": far.finished,
        "open": module.id == wanted or next_here,
    }


@room.get("/lessons/<lesson>/<int:part>", policy.READ, subject=my_lesson)
def lesson(v: Visit) -> ResponseReturnValue:
    """Show one part of a lesson; a part that was never opened is shown too, and opened by what the page sends."""
    seat, text, part = v.subject.enrolment, v.subject.lesson, v.args["part"]
    outline, pathway = curriculum.outline(v.s, seat.cohort.release), service.pathway_of(v.s, seat.cohort)
    state, results = service.on_lesson(v.s, seat, text.id, now=v.now)
    here = text.parts[part - 1]
    return page(
        "lms/learning/lesson.html",
        seat=seat,
        lesson=text,
        part=part,
        html=filler(v.s, [here.html])(here.html),
        module=outline.module(text.module),
        check=outline.quiz(text.check),
        check_result=results.get(text.check),
        next_lesson=_after(outline, text.id),
        competencies=outline.competencies,
        state=state,
        credit=rules.credit_of(text, state, results, pathway),
        measured=_measured(state.measured_seconds),
        shown=service.shown_mark(v.s, seat, text.id, part, now=v.now),
    )


def _after(outline: Any, lesson_id: str) -> Any:
    lines = [line for module in outline.modules for line in module.lessons]
    at = next((at for at, line in enumerate(lines) if line.id == lesson_id), len(lines))
    return lines[at + 1] if at + 1 < len(lines) else None


def _measured(seconds: int) -> str:
    return str(_("Measured %(time)s", time=hours_minutes(seconds // 60)))


@room.get("/lessons/<lesson>/print", policy.READ, subject=my_lesson)
def print_lesson(v: Visit) -> ResponseReturnValue:
    """Show the whole lesson on one page, to read on paper."""
    text, back = v.subject.lesson, {"endpoint": "lms_learning.lesson", "more": {}}
    return page("lms/learning/print.html", lesson=text, parts=whole(v.s, text), back=back)


@room.post("/lessons/<lesson>/<int:part>/open", policy.RECORD, subject=my_lesson)
def open_part(v: Visit) -> ResponseReturnValue:
    """Record that a part is opened and the one before it left, then show it."""
    form, text, part = OpenForm(v.form), v.subject.lesson, v.args["part"]
    if not form.accepts():
        raise Invalid(_sentence(form))
    service.open_part(
        v.s,
        v.subject.enrolment,
        text.id,
        part,
        past=form.past.data or 0,
        shown=form.shown.data or "",
        scripted=bool(form.client.data),
        now=v.now,
    )
    if v.wants_json:
        return data({"opened": part})
    if form.past.data == part:
        return v.go("lms_learning.quiz", quiz=text.check) if text.check else v.go("lms_learning.modules")
    return v.go("lms_learning.lesson", lesson=text.id, part=part)


@room.post("/lessons/<lesson>/read", policy.RECORD, subject=my_lesson)
def finish(v: Visit) -> ResponseReturnValue:
    """Take the last page of a lesson that has no check as read."""
    form = OpenForm(v.form)
    if not form.accepts():
        raise Invalid(_sentence(form))
    _leave(v, form)
    return v.go("lms_learning.lesson", lesson=v.subject.lesson.id, part=len(v.subject.lesson.parts))


def _leave(v: Visit, form: OpenForm) -> None:
    seat, text = v.subject.enrolment, v.subject.lesson
    shown, scripted = form.shown.data or "", bool(form.client.data)
    service.leave_part(v.s, seat, text.id, shown=shown, scripted=scripted, now=v.now)


@room.post("/lessons/<lesson>/beats", policy.RECORD, subject=my_lesson)
def beats(v: Visit) -> ResponseReturnValue:
    """Take a report of reading time from the page's script."""
    form = BeatForm(v.form)
    if not form.accepts():
        return data({"error": _sentence(form)}, 422)
    heard = service.beat(
        v.s,
        v.subject.enrolment,
        v.subject.lesson.id,
        client=str(form.client.data),
        sequence=int(form.sequence.data or 0),
        now=v.now,
    )
    return data(
        {
            "measured": heard.measured_seconds,
            "sequence": heard.sequence,
            "done": heard.done_at is not None,
            "said": _measured(heard.measured_seconds),
        }
    )


def _sentence(form: BeatForm | OpenForm) -> str:
    return str(next(error for field in form for error in field.errors))
