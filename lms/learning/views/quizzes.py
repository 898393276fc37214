"""The page before a quiz, and the only button that starts one."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.core.errors import Invalid
from lms.learning import policy, service
from lms.learning.forms import OpenForm
from lms.learning.rules import Refusal
from lms.learning.views.frame import my_seat, room
from lms.quizzes import service as quizzes
from lms.quizzes.rules import may_send
from lms.web.gate import Visit
from lms.web.pages import local, page


@room.get("/quizzes/<quiz>", policy.QUIZ, subject=my_seat)
def quiz(v: Visit) -> ResponseReturnValue:
    """Say what a quiz asks, how long it takes this student, how often they may try, and how it went so far."""
    return _before(v, service.standing(v.s, v.subject, v.args["quiz"], now=v.now), 200)


@room.post("/quizzes/<quiz>", policy.SIT, subject=my_seat)
def start(v: Visit) -> ResponseReturnValue:
    """Start the quiz, or go back to the attempt under way; a refusal says why and when."""
    form = OpenForm(v.form)
    if not form.accepts():
        raise Invalid(_("The page sent something we cannot read. Please reload it; what was measured is kept."))
    permit = service.permit_for(v.s, v.subject, v.args["quiz"], now=v.now)
    if isinstance(permit, Refusal):
        return _before(v, service.standing(v.s, v.subject, v.args["quiz"], now=v.now), 409)
    if permit.quiz.kind == "lesson" and form.shown.data:
        scripted = bool(form.client.data)
        service.leave_part(v.s, v.subject, permit.quiz.subject, shown=form.shown.data, scripted=scripted, now=v.now)
    attempt = quizzes.start_attempt(v.s, permit, now=v.now)
    return v.go("lms_quizzes.attempt", code=attempt.code)


def _before(v: Visit, stands: service.Standing, status: int) -> ResponseReturnValue:
    attempts = quizzes.attempts_of(v.s, v.subject.id, stands.quiz.id) if stands.result is not None else []
    zone = v.subject.cohort.zone
    refusal = stands.refusal
    return page(
        "lms/learning/quiz.html",
        status,
        seat=v.subject,
        stands=stands,
        line=stands.outline.quiz(stands.quiz.id),
        usual=stands.quiz.time_limit_minutes,
        minutes=None if stands.seconds is None else (stands.seconds + 30) // 60,
        again_zone=local(refusal.until, zone).strftime("%Z") if refusal and refusal.until else "",
        lacking=_names(stands),
        attempts=attempts,
        marks=quizzes.marks_for(v.s, [one.id for one in attempts]) if attempts else {},
        under_way=lambda attempt: may_send(quizzes.state_of(attempt, now=v.now)),
    )


def _names(stands: service.Standing) -> list[tuple[str, str]]:
    """Return what has to come first: id and title."""
    found = []
    for id_ in stands.refusal.lacking if stands.refusal else ():
        lesson, other = stands.outline.lesson(id_), stands.outline.quiz(id_)
        found.append((id_, lesson[1].title if lesson else other.title if other else id_))
    return found
