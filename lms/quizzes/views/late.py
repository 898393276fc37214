"""Answers that were kept aside: a person lets each count, or not. The page shows when they came, not what they say."""

from typing import Any

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.accounts import service as accounts
from lms.quizzes import policy, service
from lms.quizzes.forms import LateForm
from lms.quizzes.service import Settled
from lms.quizzes.views.front import load_attempt, room
from lms.records import service as records
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
    given: dict[str, Any] = {"accepted": accepted, "reason": form.reason.data or "", "seen": form.known}
    done = service.decide(v.s, v.subject, number, **given, by=v.actor.code, now=v.now)
    _tell(v, accepted, given["reason"], done)
    flash(_("Recorded. The answer counts.") if accepted else _("Recorded. The answer does not count."))
    return v.go("lms_quizzes.late", code=v.subject.code)


def _tell(v: Visit, accepted: bool, reason: str, done: Settled) -> None:
    """Write to the student what was decided and why; nothing of what they answered."""
    address, settings = v.subject.enrolment.person.email, v.state.settings
    if not address:
        return
    what = {"number": done.position, "quiz": v.subject.title, "name": v.actor.name}
    link = settings.base_url.rstrip("/") + url_for("lms_quizzes.result", code=v.subject.code)
    if accepted:
        subject = _("Your late answer counts")
        said = _("Your answer to question %(number)s of %(quiz)s arrived late. %(name)s let it count.", **what)
        means = _counts(done)
    else:
        subject = _("Your late answer does not count")
        said = _("Your answer to question %(number)s of %(quiz)s arrived late. It is kept. It does not count.", **what)
        means = _does_not(done)
    why = _("%(name)s gave this reason:", name=v.actor.name) + "\n" + reason.strip()
    where = _("Sign in to see your result: %(link)s", link=link)
    body = "\n\n".join((said, why, means, where, settings.programme_name))
    records.write_message(v.s, "quiz.late", address, subject, body, now=v.now)


def _counts(done: Settled) -> str:
    if done.waits:
        return str(_("A person grades what you wrote. You get another letter when that is done."))
    means = _("Your result was marked again with it. It can only be the same or better.")
    if done.others_wait:
        means += " " + _("Something else you wrote is still to be graded. You get another letter when that is done.")
    return str(means)


def _does_not(done: Settled) -> str:
    means = _("Your result was marked again without it.") if done.marked else _("Your result stays as it was.")
    if done.lost:
        means += " " + _lost(done)
    return str(means + " " + _("If something was missed, talk with your facilitator."))


def _lost(done: Settled) -> str:
    if done.after is None:
        return str(_("It was passed. Whether it still is, is decided when a person has graded the rest."))
    return str(_("It was passed, and now it is not. If another attempt of yours at it is passed, that one counts."))


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
