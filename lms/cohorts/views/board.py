"""A cohort's board: who is in it, who is invited, its classes and its facilitators."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.cohorts import forms, policy, rules, service
from lms.cohorts.views.door import invitation_letter, load_cohort, load_invitation, refuse, room
from lms.core.errors import Invalid, NotFound
from lms.curriculum import service as curriculum
from lms.web.gate import Visit
from lms.web.pages import page


@room.get("/cohorts/<code>", policy.SEE, subject=load_cohort)
def cohort(v: Visit) -> ResponseReturnValue:
    """Show the board."""
    return _board(v)


@room.post("/cohorts/<code>/invite", policy.RUN, subject=load_cohort)
def invite(v: Visit) -> ResponseReturnValue:
    """Invite a student, a facilitator or a coordinator."""
    form = forms.InviteForm(_roles(), v.form)
    if form.accepts():
        scope = {"provider": v.subject.provider} if form.role.data == "coordinator" else {"cohort": v.subject}
        letter = invitation_letter(v, form.role.data, **scope)
        given: dict[str, Any] = {"email": form.email.data or "", "role": form.role.data, **scope}
        try:
            service.invite(v.s, **given, invited_by=v.actor.code, letter=letter, now=v.now)
        except Invalid as refused:
            refuse(form, refused, "email")
        else:
            flash(_("An invitation is on its way to %(email)s.", email=form.email.data))
            return v.go("lms_cohorts.cohort", code=v.subject.code)
    return _board(v, 422, form)


@room.post("/cohorts/invitations/<code>/end", policy.END_INVITATION, subject=load_invitation)
def end_invitation(v: Visit) -> ResponseReturnValue:
    """Stop an invitation's link from working."""
    service.end_invitation(v.s, v.subject, by=v.actor.code, now=v.now)
    flash(_("The link sent to %(email)s works no more.", email=v.subject.email))
    if v.subject.cohort is not None:
        return v.go("lms_cohorts.cohort", code=v.subject.cohort.code)
    if v.subject.grant is not None:
        return v.go("lms_cohorts.grant", code=v.subject.grant.code)
    return v.go("lms_cohorts.provider", code=v.subject.provider.code)


@room.post("/cohorts/<code>/facilitators/<person>/end", policy.RUN, subject=load_cohort)
def end_facilitator(v: Visit) -> ResponseReturnValue:
    """End somebody's facilitating of a cohort."""
    scope = rules.Scope(cohort=v.subject.id)
    office = service.office_of(v.s, v.args["person"], "facilitator", scope=scope)
    if office is None:
        raise NotFound
    service.end_appointment(v.s, office, by=v.actor.code, now=v.now)
    flash(_("%(name)s no longer facilitates this cohort.", name=office.person.name))
    return v.go("lms_cohorts.cohort", code=v.subject.code)


@room.get("/cohorts/<code>/change", policy.RUN_PAGE, subject=load_cohort)
def change_page(v: Visit) -> ResponseReturnValue:
    """Show the form for a cohort's name, dates and seats."""
    here = v.subject
    given = {"name": here.name, "starts_on": here.starts_on, "ends_on": here.ends_on, "seats": here.seats}
    return page("lms/cohorts/change_cohort.html", cohort=here, form=forms.CohortChangeForm(values=given))


@room.post("/cohorts/<code>/change", policy.RUN, subject=load_cohort)
def change(v: Visit) -> ResponseReturnValue:
    """Change a cohort's name, dates and seats."""
    form = forms.CohortChangeForm(v.form)
    if form.accepts():
        given: dict[str, Any] = {field.name: field.data for field in form}
        try:
            service.change_cohort(v.s, v.subject, **given, by=v.actor.code, now=v.now)
        except Invalid as refused:
            refuse(form, refused, "name")
        else:
            flash(_("Saved."))
            return v.go("lms_cohorts.cohort", code=v.subject.code)
    return page("lms/cohorts/change_cohort.html", 422, cohort=v.subject, form=form)


def _roles() -> list[tuple[str, str]]:
    return [
        ("student", _("Student")),
        ("facilitator", _("Facilitator")),
        ("coordinator", _("Coordinator of the provider")),
    ]


def _board(v: Visit, status: int = 200, form: forms.InviteForm | None = None) -> ResponseReturnValue:
    here = v.subject
    v.zone = here.zone
    runs = policy.coordinates(v.actor, here)
    meetings = [
        (one, rules.meeting_state(one.starts_at, one.ends_at, one.cancelled_at, v.now))
        for one in service.meetings_of(v.s, here.id)
    ]
    seats = service.roster(v.s, here.id, everybody=True)
    outline = curriculum.outline(v.s, here.release)
    return page(
        "lms/cohorts/cohort.html",
        status,
        cohort=here,
        pathway=outline.pathways.get(here.pathway, here.pathway),
        seats=seats,
        taken=sum(seat.status in rules.TAKES_A_SEAT for seat in seats),
        meetings=meetings,
        coming=next((one for one, state in meetings if state in ("now", "coming")), None),
        facilitators=service.facilitators_of(v.s, here.id),
        invitations=service.invitations_to(v.s, scope=rules.Scope(cohort=here.id)) if runs else [],
        runs=runs,
        form=form or forms.InviteForm(_roles()),
    )
