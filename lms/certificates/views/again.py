"""A certificate whose evidence today's facts no longer give: what changed, and a person keeps or revokes it."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.accounts import service as accounts
from lms.certificates import forms, policy, service
from lms.certificates.views.front import load_certificate, me, room
from lms.curriculum import service as curriculum
from lms.web.gate import Visit
from lms.web.pages import page


@room.get("/certificates/<code>/again", policy.AGAIN, subject=load_certificate)
def again(v: Visit) -> ResponseReturnValue:
    """Show what changed since a certificate was issued."""
    return _shown(v, None)


@room.post("/certificates/<code>/again", policy.KEEP, subject=load_certificate)
def keep(v: Visit) -> ResponseReturnValue:
    """Keep it, with a reason."""
    form = forms.KeepForm(v.form)
    if not form.accepts():
        return _shown(v, form, 422)
    service.keep(v.s, v.subject, reason=form.reason.data or "", mark=form.mark.data or "", by=me(v), now=v.now)
    flash(_("Kept. It returns to the list only if something newer comes."))
    return v.go("lms_certificates.index")


def _shown(v: Visit, form: forms.KeepForm | None, status: int = 200) -> ResponseReturnValue:
    certificate = v.subject
    v.zone = certificate.enrolment.cohort.zone
    found = service.changed_since(v.s, [certificate], now=v.now)
    keeps = service.keeps_of(v.s, certificate)
    return page(
        "lms/certificates/again.html",
        status,
        certificate=certificate,
        changed=found[0] if found else None,
        form=form or forms.KeepForm(values={"mark": found[0].mark if found else ""}),
        keeps=keeps,
        names=accounts.names_of(v.s, {one.by for one in keeps}),
        outline=curriculum.outline(v.s, certificate.enrolment.cohort.release),
    )
