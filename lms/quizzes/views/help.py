"""What staff can do about one attempt: answer a pause, grant time, open it again."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.core.errors import Invalid
from lms.quizzes import policy, rules, service
from lms.quizzes.forms import AnswerPauseForm, ExtendForm, ReopenForm
from lms.quizzes.views.board import said
from lms.quizzes.views.front import load_attempt, room
from lms.web.forms import Form
from lms.web.gate import Read, Visit
from lms.web.pages import page


def reads(v: Visit) -> Read | None:
    """Name the private text on the page: why somebody asks for a pause."""
    asked = service.pause_of(v.s, v.subject, "asked")
    if asked is None or asked.reason is None:
        return None
    return Read("attempt", v.subject.code, v.subject.enrolment.person.code)


@room.get("/attempts/<code>/help", policy.HELP_PAGE, subject=load_attempt, reads=reads)
def help(v: Visit) -> ResponseReturnValue:
    """Show where an attempt stands and what can be done about it."""
    return _shown(v)


@room.post("/attempts/<code>/extend", policy.HELP, subject=load_attempt)
def extend(v: Visit) -> ResponseReturnValue:
    """Give one attempt more time."""
    form = ExtendForm(v.form)
    if form.accepts():
        given: dict[str, Any] = {"minutes": form.minutes.data, "base": form.base.data}
        try:
            granted = service.extend(v.s, v.subject, **given, by=v.actor.code, now=v.now)
        except Invalid as refused:
            _refuse(form, refused)
        else:
            flash(said(granted))
            return v.go("lms_quizzes.help", code=v.subject.code)
    return _shown(v, 422, extend=form)


@room.post("/attempts/<code>/reopen", policy.HELP, subject=load_attempt)
def reopen(v: Visit) -> ResponseReturnValue:
    """Open an attempt again that only the clock closed."""
    form = ReopenForm(v.form)
    if form.accepts():
        given: dict[str, Any] = {"minutes": form.minutes.data, "reason": form.reason.data}
        try:
            service.reopen(v.s, v.subject, **given, by=v.actor.code, now=v.now)
        except Invalid as refused:
            _refuse(form, refused)
        else:
            flash(_("It is open again. Tell the student; the time runs from now."))
            return v.go("lms_quizzes.help", code=v.subject.code)
    return _shown(v, 422, reopen=form)


@room.post("/attempts/<code>/answer-pause", policy.HELP, subject=load_attempt)
def answer_pause(v: Visit) -> ResponseReturnValue:
    """Grant the pause that was asked for, or do not."""
    form, granted = AnswerPauseForm(v.form), v.form.get("granted") == "1"
    if form.accepts() or not granted:
        minutes = int(form.minutes.data or 0)
        try:
            service.answer_pause(v.s, v.subject, granted=granted, minutes=minutes, by=v.actor.code, now=v.now)
        except Invalid as refused:
            _refuse(form, refused)
        else:
            flash(_("The clock stands still.") if granted else _("Not granted. The student sees it on their page."))
            return v.go("lms_quizzes.help", code=v.subject.code)
    return _shown(v, 422, pause=form)


@room.post("/attempts/<code>/go-on", policy.HELP, subject=load_attempt)
def go_on(v: Visit) -> ResponseReturnValue:
    """Let the clock of a paused attempt go on."""
    service.resume(v.s, v.subject, by=v.actor.code, now=v.now)
    flash(_("The clock goes on."))
    return v.go("lms_quizzes.help", code=v.subject.code)


def _refuse(form: Form, refused: Invalid) -> None:
    for name, sentence in refused.problems.items():
        form.refuse(name, _(sentence))


def _shown(v: Visit, status: int = 200, **sent: Form) -> ResponseReturnValue:
    attempt = v.subject
    v.zone = attempt.enrolment.cohort.zone
    stands = service.state_of(attempt, now=v.now)
    asked = service.pause_of(v.s, attempt, "asked") if rules.under_way(stands) else None
    shown = {
        "extend": ExtendForm(values={"minutes": 10}),
        "reopen": ReopenForm(values={"minutes": 15}),
        "pause": AnswerPauseForm(values={"minutes": 15}),
    }
    ends = rules.ends(service.timing_of(attempt), v.now)
    return page(
        "lms/quizzes/help.html",
        status,
        attempt=attempt,
        stands=stands,
        going=rules.under_way(stands),
        left=rules.time_left(ends, v.now),
        ends=ends,
        asked=asked,
        why=service.reason_of(v.s, asked) if asked else "",
        reopens=stands == "lapsed" or (service.may_reopen(attempt) and service.mark_of(v.s, attempt) is None),
        forms=shown | sent,
    )
