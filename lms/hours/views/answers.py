"""What waits for a facilitator: homework and practice, read and answered one at a time."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.errors import Invalid
from lms.curriculum import service as curriculum
from lms.hours import forms, policy, service
from lms.hours.models import HomeworkHandIn, PracticeClaim
from lms.hours.views.door import filled, letter, me, refuse, room
from lms.web.gate import Read, Visit
from lms.web.pages import page


def handed_in(s: Session, actor: Actor, code: str) -> HomeworkHandIn | None:
    """Load a homework that was handed in."""
    return service.hand_in_by_code(s, code)


def claimed(s: Session, actor: Actor, code: str) -> PracticeClaim | None:
    """Load a practice claim."""
    return service.claim_by_code(s, code)


def reads_homework(v: Visit) -> Read:
    """Name the homework that a page shows."""
    return Read("homework", v.subject.code, v.subject.enrolment.person.code)


def reads_claim(v: Visit) -> Read:
    """Name the claim that a page shows."""
    return Read("practice", v.subject.code, v.subject.enrolment.person.code)


@room.get("/to-decide", policy.WAITING)
def to_decide(v: Visit) -> ResponseReturnValue:
    """List what waits for an answer, oldest first."""
    return page("lms/hours/to_decide.html", waiting=service.waiting_for(v.s, sorted(v.actor.facilitates)))


@room.get("/to-decide/homework/<code>", policy.READ, subject=handed_in, reads=reads_homework)
def hand_in(v: Visit) -> ResponseReturnValue:
    """Show a homework that was handed in, to be answered."""
    return _homework_page(v, forms.HomeworkAnswerForm())


@room.post("/to-decide/homework/<code>", policy.ANSWER, subject=handed_in)
def answer_homework(v: Visit) -> ResponseReturnValue:
    """Accept a homework, or return it with words; or correct the answer it has."""
    form, row = forms.HomeworkAnswerForm(v.form), v.subject
    module, _slash, name = row.homework.partition("/")
    told = letter(
        v,
        _("An answer to your homework"),
        _("Your facilitator has answered a homework of yours."),
        "lms_hours.homework",
        module=module,
        name=name,
    )
    try:
        if not form.accepts():
            return _homework_page(v, form, 422)
        given: dict[str, Any] = {"accepted": form.outcome.data == "accepted", "by": me(v), "letter": told, "now": v.now}
        if v.form.get("change"):
            service.correct_homework(v.s, row, reason=form.reply.data or "", seen=_seen(v), **given)
        else:
            service.decide_homework(v.s, row, reply=form.reply.data or "", **given)
    except Invalid as refused:
        refuse(form, refused)
        return _homework_page(v, form, 422)
    flash(_("Sent. %(name)s gets a letter that there is an answer.", name=row.enrolment.person.name))
    return v.go("lms_hours.to_decide")


def _seen(v: Visit) -> int:
    """How many answers the page of a correction showed."""
    shown = v.form.get("change", "")
    return int(shown) if shown.isascii() and shown.isdigit() else 0


def _homework_page(v: Visit, form: forms.HomeworkAnswerForm, status: int = 200) -> ResponseReturnValue:
    row: HomeworkHandIn = v.subject
    v.zone = row.enrolment.cohort.zone
    work = curriculum.homework(v.s, row.enrolment.cohort.release, row.homework)
    rounds = service.hand_ins_of(v.s, row.enrolment_id, row.homework)
    return page(
        "lms/hours/decide_homework.html",
        status,
        form=form,
        hand_in=row,
        title=work.title if work else row.homework,
        work=work,
        html=filled(v, work.html) if work else "",
        text=service.hand_in_text(v.s, row),
        replies=service.replies_to(v.s, row),
        others=[one for one in rounds if one.id != row.id],
        newest=rounds[0].id == row.id,
    )


@room.get("/to-decide/practice/<code>", policy.READ, subject=claimed, reads=reads_claim)
def practice_claim(v: Visit) -> ResponseReturnValue:
    """Show a practice claim, to be answered, or its answer to be corrected."""
    return _claim_page(v, forms.PracticeAnswerForm(values={"minutes": v.subject.minutes}))


@room.post("/to-decide/practice/<code>", policy.ANSWER, subject=claimed)
def answer_practice(v: Visit) -> ResponseReturnValue:
    """Answer a practice claim, or correct the answer it has."""
    form, claim = forms.PracticeAnswerForm(v.form), v.subject
    if not form.accepts():
        return _claim_page(v, form, 422)
    said = _("Your facilitator has answered practice hours that you sent.")
    told = letter(v, _("An answer about your practice hours"), said, "lms_hours.practice")
    words = {"outcome": form.outcome.data, "reason": form.reason.data or ""}
    given: dict[str, Any] = {**words, "minutes": form.minutes.data or 0, "by": me(v), "letter": told, "now": v.now}
    try:
        if v.form.get("change"):
            service.correct_practice(v.s, claim, seen=_seen(v), **given)
        else:
            service.decide_practice(v.s, claim, **given)
    except Invalid as refused:
        refuse(form, refused)
        return _claim_page(v, form, 422)
    flash(_("Sent. %(name)s gets a letter that there is an answer.", name=claim.enrolment.person.name))
    return v.go("lms_hours.to_decide")


def _claim_page(v: Visit, form: forms.PracticeAnswerForm, status: int = 200) -> ResponseReturnValue:
    claim: PracticeClaim = v.subject
    cohort = claim.enrolment.cohort
    v.zone = cohort.zone
    named = curriculum.outline(v.s, cohort.release).competencies
    return page(
        "lms/hours/decide_practice.html",
        status,
        form=form,
        claim=claim,
        competency=named.get(claim.competency, claim.competency),
        text=service.claim_text(v.s, claim),
        answers=service.answers_of(v.s, claim),
        pathway=service.pathway_of(v.s, cohort),
    )
