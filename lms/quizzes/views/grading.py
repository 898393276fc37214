"""What waits for a person: written answers, read beside their guide and graded one at a time."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import Person
from lms.core.access import Actor
from lms.core.errors import Denied, Invalid, NotFound
from lms.quizzes import policy, rules, service
from lms.quizzes.forms import GradeForm
from lms.quizzes.models import Attempt
from lms.quizzes.views.front import filler, room
from lms.web.gate import Read, Visit
from lms.web.pages import page


def _load(s: Session, actor: Actor, code: str, position: int = 0) -> Attempt | None:
    return service.attempt_by_code(s, code)


def _reads(v: Visit) -> Read | None:
    """Name what the page opens: somebody's words. While they are still being written it opens nothing."""
    attempt: Attempt = v.subject
    if attempt.state == "in_progress":
        return None
    return Read("answer", attempt.code, attempt.enrolment.person.code)


@room.get("/to-grade", policy.TO_GRADE)
def to_grade(v: Visit) -> ResponseReturnValue:
    """List the attempts whose written answers wait for a grade, the longest wait first."""
    return page("lms/quizzes/to_grade.html", waiting=service.waiting_for(v.s, v.actor, now=v.now))


@room.get("/to-grade/<code>", policy.GRADE_PAGE, subject=_load, reads=_reads)
def grading(v: Visit) -> ResponseReturnValue:
    """Show the written answers of an attempt, each beside its guide, with a form for its grade."""
    return _page(v)


@room.post("/to-grade/<code>/<int(max=1000):position>", policy.GRADE, subject=_load)
def grade(v: Visit) -> ResponseReturnValue:
    """Grade one answer, or correct the grade it has."""
    attempt, position = v.subject, v.args["position"]
    question = service.paper_of(attempt).question(position)
    if question is None or not question.by_person:
        raise NotFound
    form = GradeForm(v.form).offer(question)
    try:
        if not form.accepts():
            return _page(v, position, form, 422)
        given = service.Judged(form.given, form.remark.data or "", form.reason.data or "", form.version, form.arrival)
        service.grade(v.s, attempt, position, given, by=_me(v), letter=_letter(v), now=v.now)
    except Invalid as refused:
        for name, sentence in refused.problems.items():
            form.refuse(name, _(sentence))
        return _page(v, position, form, 422)
    if service.waits(attempt, service.mark_of(v.s, attempt)):
        flash(_("Saved. Another answer of this attempt still waits."))
        return v.go("lms_quizzes.grading", code=attempt.code)
    flash(_("Saved. The result is decided, and its student gets a letter that says where to look."))
    return v.go("lms_quizzes.to_grade")


def _me(v: Visit) -> Person:
    person = accounts.person_by_code(v.s, v.actor.code)
    if person is None:
        raise Denied
    return person


def _letter(v: Visit) -> tuple[str, str]:
    """Say where to look, and nothing of what stands there."""
    settings = v.state.settings
    link = settings.base_url.rstrip("/") + url_for("lms_quizzes.result", code=v.subject.code)
    said = _("Written answers of yours in a quiz were graded, and its result is decided.")
    return _("Your quiz is graded"), "\n\n".join(
        (said, _("Sign in to read it: %(link)s", link=link), settings.programme_name)
    )


def _page(v: Visit, position: int = 0, sent: GradeForm | None = None, status: int = 200) -> ResponseReturnValue:
    attempt: Attempt = v.subject
    v.zone = attempt.enrolment.cohort.zone
    if attempt.state == "in_progress":
        return page("lms/quizzes/under_way.html", attempt=attempt)
    desk = service.desk_of(v.s, attempt)
    forms = {(one.question.position, one.late): GradeForm.blank(one.question, one.newest, one.late) for one in desk}
    if sent is not None:
        forms[position, sent.arrival] = sent
    mark = service.mark_of(v.s, attempt)
    return page(
        "lms/quizzes/grading.html",
        status,
        attempt=attempt,
        stands=mark or attempt,
        waits=service.waits(attempt, mark),
        desk=desk,
        forms=forms,
        fill=filler(v, service.paper_of(attempt)),
        percent=rules.percent,
    )
