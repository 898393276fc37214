"""A grant: its dates, its funder, and whose seats it pays."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.cohorts import forms, policy, rules, service
from lms.cohorts.views.door import invitation_letter, load_grant, refuse, room
from lms.core.errors import Invalid
from lms.web.gate import Visit
from lms.web.pages import page


@room.get("/cohorts/grants/<code>", policy.GRANT, subject=load_grant)
def grant(v: Visit) -> ResponseReturnValue:
    """Show a grant and the seats it pays, by cohort."""
    return _page(v)


@room.post("/cohorts/grants/<code>", policy.RUN_GRANT, subject=load_grant)
def change_grant(v: Visit) -> ResponseReturnValue:
    """Change a grant's name, dates or data agreement."""
    form = forms.GrantForm(v.form)
    if form.accepts():
        given: dict[str, Any] = {field.name: field.data for field in form}
        try:
            service.change_grant(v.s, v.subject, **given, by=v.actor.code, now=v.now)
        except Invalid as refused:
            refuse(form, refused, "name")
        else:
            flash(_("Saved."))
            return v.go("lms_cohorts.grant", code=v.subject.code)
    return _page(v, 422, details=form)


@room.post("/cohorts/grants/<code>/invite", policy.RUN_GRANT, subject=load_grant)
def invite_funder(v: Visit) -> ResponseReturnValue:
    """Invite somebody who may follow this grant."""
    form = forms.InviteForm([("funder", _("Funder"))], v.form)
    if not form.accepts():
        return _page(v, 422, invite=form)
    letter = invitation_letter(v, "funder", grant=v.subject)
    given: dict[str, Any] = {"email": form.email.data or "", "role": "funder", "grant": v.subject}
    service.invite(v.s, **given, invited_by=v.actor.code, letter=letter, now=v.now)
    flash(_("An invitation is on its way to %(email)s.", email=form.email.data))
    return v.go("lms_cohorts.grant", code=v.subject.code)


@room.post("/cohorts/grants/<code>/seats", policy.RUN_GRANT, subject=load_grant)
def fund_cohort(v: Visit) -> ResponseReturnValue:
    """Pay every taken seat of a cohort from this grant."""
    lines = service.cohorts_beside(v.s, v.subject)
    form = forms.PickForm(_("Cohort"), _cohorts(lines), v.form)
    if form.accepts():
        cohort = next(line.cohort for line in lines if line.cohort.code == form.pick.data)
        try:
            new = service.fund_cohort(v.s, service.roster(v.s, cohort.id), v.subject, by=v.actor.code, now=v.now)
        except Invalid as refused:
            refuse(form, refused, "pick")
        else:
            flash(_("%(count)s more seats of %(cohort)s are paid from this grant.", count=new, cohort=cohort.name))
            return v.go("lms_cohorts.grant", code=v.subject.code)
    return _page(v, 422, seats=form)


def _cohorts(lines: list[service.FundingLine]) -> list[tuple[str, str]]:
    return [(line.cohort.code, line.cohort.name) for line in lines]


def _page(v: Visit, status: int = 200, **sent: Any) -> ResponseReturnValue:
    here = v.subject
    v.zone = here.provider.zone
    lines = service.cohorts_beside(v.s, here)
    given = {name: getattr(here, name) for name in ("name", "funder", "starts_on", "ends_on", "data_agreement")}
    shown = {
        "details": forms.GrantForm(values=given),
        "invite": forms.InviteForm([("funder", _("Funder"))]),
        "seats": forms.PickForm(_("Cohort"), _cohorts(lines)),
    }
    return page(
        "lms/cohorts/grant.html",
        status,
        grant=here,
        lines=lines,
        paid=sum(line.paid for line in lines),
        funders=service.holders(v.s, "funder", scope=rules.Scope(grant=here.id), now=v.now),
        invitations=service.invitations_to(v.s, scope=rules.Scope(grant=here.id)),
        forms=shown | sent,
    )
