"""A student asks for a pause, and goes on after it."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.quizzes import policy, rules, service
from lms.quizzes.forms import PauseForm
from lms.quizzes.views.front import load_attempt, room
from lms.web.gate import Visit
from lms.web.pages import page


@room.get("/attempts/<code>/pause", policy.ATTEMPT, subject=load_attempt)
def pause(v: Visit) -> ResponseReturnValue:
    """Show the form for a pause; one that is paused or closed has a page of its own."""
    if service.state_of(v.subject, now=v.now) not in ("open", "allowance"):
        return v.go("lms_quizzes.attempt", code=v.subject.code)
    return _shown(v, PauseForm())


@room.post("/attempts/<code>/pause", policy.ANSWER, subject=load_attempt)
def ask_pause(v: Visit) -> ResponseReturnValue:
    """Ask for a pause; where breaks are arranged it begins at once."""
    form = PauseForm(v.form)
    if not form.accepts():
        return _shown(v, form, 422)
    asked = service.ask_pause(v.s, v.subject, reason=form.reason.data or "", now=v.now)
    if asked.state == "asked":
        flash(_("Your request is on the board of your facilitators. The time runs until somebody grants it."))
    return v.go("lms_quizzes.attempt", code=v.subject.code)


@room.post("/attempts/<code>/resume", policy.ANSWER, subject=load_attempt)
def resume(v: Visit) -> ResponseReturnValue:
    """Let the clock go on."""
    service.resume(v.s, v.subject, by=v.actor.code, now=v.now)
    return v.go("lms_quizzes.attempt", code=v.subject.code)


def paused(v: Visit) -> ResponseReturnValue:
    """Show that the clock stands still, and the way to go on; no question is shown meanwhile."""
    ends = rules.ends(service.timing_of(v.subject), v.now)
    left = rules.time_left(ends, v.now)
    return page("lms/quizzes/paused.html", attempt=v.subject, left=left, until=v.subject.pause_ends)


def _shown(v: Visit, form: PauseForm, status: int = 200) -> ResponseReturnValue:
    asked = service.pause_of(v.s, v.subject)
    breaks = v.subject.break_seconds // 60
    return page("lms/quizzes/pause.html", status, attempt=v.subject, form=form, asked=asked, breaks=breaks)
