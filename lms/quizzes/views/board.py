"""The board of a quiz that is being sat: who is here, how far, how much time is left, and who asks for something."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.core.errors import Invalid
from lms.quizzes import policy, service
from lms.quizzes.forms import ExtendForm
from lms.quizzes.service import Granted
from lms.quizzes.views.front import room
from lms.quizzes.views.openings import line_in, load_cohort
from lms.web.gate import Visit
from lms.web.pages import page


@room.get("/cohorts/<code>/quizzes/<quiz>", policy.BOARD_PAGE, subject=load_cohort)
def board(v: Visit) -> ResponseReturnValue:
    """Show the board; a script asks for it again every quarter of a minute."""
    return _shown(v, ExtendForm(values={"minutes": 10}))


@room.post("/cohorts/<code>/quizzes/<quiz>/extend", policy.BOARD, subject=load_cohort)
def extend_all(v: Visit) -> ResponseReturnValue:
    """Give everybody who sits this quiz now more time."""
    form, line = ExtendForm(v.form), line_in(v)
    if form.accepts():
        given: dict[str, Any] = {"minutes": form.minutes.data, "base": form.base.data}
        try:
            granted = service.extend_all(v.s, v.subject.id, line.id, **given, by=v.actor.code, now=v.now)
        except Invalid as refused:
            form.refuse("minutes", _(refused.sentence))
        else:
            flash(said(granted))
            return v.go("lms_quizzes.board", code=v.subject.code, quiz=line.id)
    return _shown(v, form, 422)


def said(granted: Granted) -> str:
    """Say who got the time and who did not."""
    words = ngettext("%(num)s person has the time now.", "%(num)s people have the time now.", granted.given)
    if granted.unlimited:
        words += " " + ngettext("%(num)s has no limit.", "%(num)s have no limit.", granted.unlimited)
    if granted.closed:
        words += " " + ngettext("%(num)s had closed before.", "%(num)s had closed before.", granted.closed)
    return str(words)


def _shown(v: Visit, form: ExtendForm, status: int = 200) -> ResponseReturnValue:
    v.zone = v.subject.zone
    line = line_in(v)
    lines = service.board_of(v.s, v.subject.id, line.id, now=v.now)
    return page("lms/quizzes/board.html", status, cohort=v.subject, line=line, lines=lines, form=form)
