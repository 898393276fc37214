"""Answers that were kept aside: a person lets each count, or not. The page shows when they came, not what they say."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.accounts import service as accounts
from lms.quizzes import policy, service
from lms.quizzes.forms import LateForm
from lms.quizzes.views.front import load_attempt, room
from lms.web.gate import Read, Visit
from lms.web.pages import page


def reads(v: Visit) -> Read | None:
    """Name the private text on the page: the reasons of decisions, if there are any."""
    if not any(one.decisions for one in service.late_of(v.s, v.subject)):
        return None
    return Read("attempt", v.subject.code, v.subject.enrolment.person.code)


@room.get("/attempts/<code>/late", policy.LATE_PAGE, subject=load_attempt, reads=reads)
def late(v: Visit) -> ResponseReturnValue:
    """List the answers of an attempt that were kept aside, with both clocks and what was decided."""
    return _shown(v)


@room.post("/attempts/<code>/late/<int(max=100000):number>", policy.LATE, subject=load_attempt)
def decide(v: Visit) -> ResponseReturnValue:
    """Let one late answer count, or not."""
    form, number = LateForm(v.form), v.args["number"]
    accepted = v.form.get("accepted") == "1"
    if not form.accepts() or v.form.get("accepted") not in ("0", "1"):
        return _shown(v, number, form, 422)
    service.decide(
        v.s,
        v.subject,
        number,
        accepted=accepted,
        reason=form.reason.data or "",
        seen=form.known,
        by=v.actor.code,
        now=v.now,
    )
    flash(_("Recorded. The answer counts.") if accepted else _("Recorded. The answer does not count."))
    return v.go("lms_quizzes.late", code=v.subject.code)


def _shown(v: Visit, number: int = 0, form: LateForm | None = None, status: int = 200) -> ResponseReturnValue:
    v.zone = v.subject.enrolment.cohort.zone
    found = service.late_of(v.s, v.subject)
    forms = {one.number: LateForm() for one in found} | ({number: form} if form else {})
    for at, one_of_many in forms.items():
        one_of_many.reason.id = one_of_many.reason.label.field_id = f"reason-{at}"
    return page(
        "lms/quizzes/late.html",
        status,
        attempt=v.subject,
        late=found,
        forms=forms,
        names=accounts.names_of(v.s, {decision.by for one in found for decision in one.decisions}),
    )
