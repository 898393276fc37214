"""A student's own pages: the statement, practice claims, homework; and the statement as staff see it."""

from collections.abc import Iterable

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.cohorts.policy import facilitates
from lms.core.access import Actor
from lms.core.errors import Invalid
from lms.curriculum import service as curriculum
from lms.hours import forms, policy, rules, service
from lms.hours.models import PracticeClaim
from lms.hours.views.door import Task, filled, my_seat, my_task, names, refuse, room
from lms.records import service as records
from lms.records.models import Reading
from lms.web.gate import Visit
from lms.web.pages import page


def seat(s: Session, actor: Actor, code: str) -> Enrolment | None:
    """Load anybody's seat by its code."""
    return cohorts.enrolment_by_code(s, code)


@room.get("/hours", policy.OWN, subject=my_seat)
def statement(v: Visit) -> ResponseReturnValue:
    """Show a student their hours: the sum, the weeks, the kinds, and where each hour came from."""
    return _statement(v, mine=True)


@room.get("/hours/of/<code>", policy.STATEMENT, subject=seat)
def of(v: Visit) -> ResponseReturnValue:
    """Show the staff of a cohort one student's hours."""
    return _statement(v, mine=v.subject.id in v.actor.seats)


def _statement(v: Visit, *, mine: bool) -> ResponseReturnValue:
    v.zone = v.subject.cohort.zone
    colleague = facilitates(v.actor, v.subject)
    account = service.account_for(v.s, v.subject, words=mine or colleague, now=v.now)
    lines = account.statement.lines
    whole = "all" in request.args
    size = max(1, len(lines)) if whole else rules.PAGE
    waits = account.statement.waiting or account.attendance.unrecorded
    return page(
        "lms/hours/statement.html",
        account=account,
        seat=v.subject,
        mine=mine,
        whole=whole,
        may_answer=colleague and not mine,
        ledger=rules.ledger(lines, _number(request.args.get("page", "")), size),
        people=cohorts.facilitators_of(v.s, v.subject.cohort_id) if waits else [],
        here=request.endpoint,
        args=v.args,
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@room.get("/hours/practice", policy.OWN, subject=my_seat)
def practice(v: Visit) -> ResponseReturnValue:
    """Ask what was practiced, and show what was sent before."""
    return _practice_page(v, forms.PracticeForm())


@room.post("/hours/practice", policy.SEND, subject=my_seat)
def claim_practice(v: Visit) -> ResponseReturnValue:
    """Send a practice claim to the facilitators."""
    form = forms.PracticeForm(v.form)
    sent = _claimed(v, form) if form.accepts() else None
    if sent is None:
        return _practice_page(v, form, 422)
    people = names(cohorts.facilitators_of(v.s, v.subject.cohort_id))
    if sent.sent_at == v.now:
        flash(_("Your practice hours went to %(who)s. You get a letter once they are answered.", who=people))
    else:
        flash(_("These hours are with %(who)s already, so they were not sent twice.", who=people))
    return v.go("lms_hours.practice")


def _claimed(v: Visit, form: forms.PracticeForm) -> PracticeClaim | None:
    try:
        return service.claim_practice(
            v.s,
            v.subject,
            on=form.day,
            minutes=form.total_minutes,
            competency=form.competency.data or "",
            supervisor=form.supervisor.data or "",
            what=form.what.data or "",
            now=v.now,
        )
    except Invalid as refused:
        refuse(form, refused)
        return None


def _practice_page(v: Visit, form: forms.PracticeForm, status: int = 200) -> ResponseReturnValue:
    v.zone = v.subject.cohort.zone
    competencies = curriculum.outline(v.s, v.subject.cohort.release).competencies
    claims = service.claims_of(v.s, v.subject.id)
    codes = [claim.code for claim, _answers in claims]
    return page(
        "lms/hours/practice.html",
        status,
        form=form.offer(competencies),
        seat=v.subject,
        claims=claims,
        texts={claim.code: service.claim_text(v.s, claim) for claim, _answers in claims},
        readings=_by_subject(records.readings_of(v.s, codes) if codes else ()),
        competencies=competencies,
        pathway=service.pathway_of(v.s, v.subject.cohort),
        people=cohorts.facilitators_of(v.s, v.subject.cohort_id),
    )


def _by_subject(readings: Iterable[Reading]) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = {}
    for reading in readings:
        found.setdefault(reading.subject, []).append(reading)
    return found


@room.get("/homework/<module>/<name>", policy.OWN, subject=my_task)
def homework(v: Visit) -> ResponseReturnValue:
    """Show a homework: what to do, where it stands, what was answered."""
    return _homework_page(v, None)


@room.post("/homework/<module>/<name>", policy.SEND, subject=my_task)
def send_homework(v: Visit) -> ResponseReturnValue:
    """Hand in a homework."""
    form, task = forms.HomeworkForm(v.form), v.subject
    if not form.accepts():
        return _homework_page(v, form, 422)
    service.hand_in(v.s, task.enrolment, task.work.key, form.text.data or "", now=v.now)
    people = names(cohorts.facilitators_of(v.s, task.enrolment.cohort_id))
    flash(_("Your homework is with %(who)s. You get a letter once it is answered.", who=people))
    return v.go("lms_hours.homework", **v.args)


def _homework_page(v: Visit, form: forms.HomeworkForm | None, status: int = 200) -> ResponseReturnValue:
    task: Task = v.subject
    v.zone = task.enrolment.cohort.zone
    rounds = service.rounds_of(v.s, task.enrolment, task.work.key)
    return page(
        "lms/hours/homework.html",
        status,
        # What was returned is given back to be changed, not to be written again.
        form=form or forms.HomeworkForm(values={"text": rounds[0].text if rounds else ""}),
        work=task.work,
        html=filled(v, task.work.html),
        rounds=rounds,
        readings=records.readings_of(v.s, [one.hand_in.code for one in rounds]) if rounds else [],
        people=cohorts.facilitators_of(v.s, task.enrolment.cohort_id),
        args=v.args,
    )
