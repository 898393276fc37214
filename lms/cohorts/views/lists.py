"""The coordinator's lists, providers, and new cohorts and grants."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.accounts import service as accounts
from lms.cohorts import forms, policy, rules, service
from lms.cohorts.views.door import invitation_letter, load_provider, refuse, room
from lms.core.errors import Invalid, NotFound
from lms.curriculum import service as curriculum
from lms.web.gate import Visit
from lms.web.pages import local, page


@room.get("/cohorts", policy.LIST)
def index(v: Visit) -> ResponseReturnValue:
    """List the providers, cohorts and grants a coordinator looks after."""
    lines = [
        (line, rules.cohort_state(line.cohort.starts_on, line.cohort.ends_on, local(v.now, line.cohort.zone).date()))
        for line in service.cohort_lines(v.s, v.actor)
        if policy.coordinates(v.actor, line.cohort)
    ]
    return page(
        "lms/cohorts/index.html",
        providers=service.providers_of(v.s, v.actor),
        lines=lines,
        running=sum(state == "running" for _line, state in lines),
        grants=[grant for grant in service.grants_of(v.s, v.actor) if policy.coordinates(v.actor, grant)],
    )


@room.get("/cohorts/providers/new", policy.FOUND_PAGE)
def new_provider(v: Visit) -> ResponseReturnValue:
    """Show the form for a new provider."""
    form = forms.ProviderForm(values={"zone": v.state.settings.time_zone})
    return page("lms/cohorts/new_provider.html", form=form)


@room.post("/cohorts/providers", policy.FOUND)
def make_provider(v: Visit) -> ResponseReturnValue:
    """Make a provider and its coordinator."""
    form = forms.ProviderForm(v.form)
    me = accounts.person_by_code(v.s, v.actor.code)
    if me is None:
        raise NotFound
    if not form.accepts():
        return page("lms/cohorts/new_provider.html", 422, form=form)
    given = {name: form[name].data or "" for name in ("name", "place", "contact", "zone")}
    provider = service.create_provider(v.s, **given, by=me, now=v.now)
    flash(_("%(name)s is ready. Make its first cohort next.", name=provider.name))
    return v.go("lms_cohorts.index")


@room.get("/cohorts/providers/<code>", policy.PROVIDER, subject=load_provider)
def provider(v: Visit) -> ResponseReturnValue:
    """Show a provider, its coordinators and the forms to change them."""
    return _provider(v)


@room.post("/cohorts/providers/<code>", policy.RUN_PROVIDER, subject=load_provider)
def change_provider(v: Visit) -> ResponseReturnValue:
    """Change what certificates will say about a provider."""
    form = forms.ProviderForm(v.form, {"zone": v.subject.zone})
    if not form.accepts():
        return _provider(v, 422, details=form)
    given = {name: form[name].data or "" for name in ("name", "place", "contact", "zone", "live_virtual_approval")}
    service.change_provider(v.s, v.subject, **given, by=v.actor.code, now=v.now)
    flash(_("Saved."))
    return v.go("lms_cohorts.provider", code=v.subject.code)


@room.post("/cohorts/providers/<code>/invite", policy.RUN_PROVIDER, subject=load_provider)
def invite_coordinator(v: Visit) -> ResponseReturnValue:
    """Invite somebody to coordinate a provider."""
    form = forms.InviteForm([("coordinator", _("Coordinator"))], v.form)
    if not form.accepts():
        return _provider(v, 422, invite=form)
    letter = invitation_letter(v, "coordinator", provider=v.subject)
    given: dict[str, Any] = {"email": form.email.data or "", "role": "coordinator", "provider": v.subject}
    service.invite(v.s, **given, invited_by=v.actor.code, letter=letter, now=v.now)
    flash(_("An invitation is on its way to %(email)s.", email=form.email.data))
    return v.go("lms_cohorts.provider", code=v.subject.code)


@room.post("/cohorts/providers/<code>/coordinators/<person>/end", policy.RUN_PROVIDER, subject=load_provider)
def end_coordinator(v: Visit) -> ResponseReturnValue:
    """End somebody's coordinating of a provider; one's own, too, while another coordinator is there."""
    here = rules.Scope(provider=v.subject.id)
    office = service.office_of(v.s, v.args["person"], "coordinator", scope=here, living=False)
    if office is None:
        raise NotFound
    service.end_coordinating(v.s, v.subject, office, by=v.actor.code, now=v.now)
    if office.person.code == v.actor.code:
        flash(_("You no longer coordinate %(provider)s.", provider=v.subject.name))
        return v.go("lms_home.index")
    flash(_("%(name)s no longer coordinates this provider.", name=office.person.name))
    return v.go("lms_cohorts.provider", code=v.subject.code)


@room.get("/cohorts/providers/<code>/new-cohort", policy.PROVIDER, subject=load_provider)
def new_cohort(v: Visit) -> ResponseReturnValue:
    """Show the form for a new cohort."""
    return _new_cohort(v)


@room.post("/cohorts/providers/<code>/new-cohort", policy.RUN_PROVIDER, subject=load_provider)
def make_cohort(v: Visit) -> ResponseReturnValue:
    """Make a cohort on the newest release."""
    newest = curriculum.newest(v.s)
    if newest is None:
        return _new_cohort(v, 422)
    form = forms.CohortForm(_pathways(v), v.form, {"zone": v.subject.zone})
    if form.accepts():
        given: dict[str, Any] = {
            name: form[name].data for name in ("name", "pathway", "zone", "starts_on", "ends_on", "seats")
        }
        try:
            cohort = service.create_cohort(v.s, v.subject, release=newest, **given, now=v.now)
        except Invalid as refused:
            refuse(form, refused, "name")
        else:
            flash(_("%(name)s is ready. Invite its students and put its classes into the calendar.", name=cohort.name))
            return v.go("lms_cohorts.cohort", code=cohort.code)
    return _new_cohort(v, 422, form)


@room.get("/cohorts/providers/<code>/new-grant", policy.PROVIDER, subject=load_provider)
def new_grant(v: Visit) -> ResponseReturnValue:
    """Show the form for a new grant."""
    return page("lms/cohorts/new_grant.html", provider=v.subject, form=forms.GrantForm())


@room.post("/cohorts/providers/<code>/new-grant", policy.RUN_PROVIDER, subject=load_provider)
def make_grant(v: Visit) -> ResponseReturnValue:
    """Record a grant."""
    form = forms.GrantForm(v.form)
    if form.accepts():
        given: dict[str, Any] = {field.name: field.data for field in form}
        try:
            grant = service.create_grant(v.s, v.subject, **given, now=v.now)
        except Invalid as refused:
            refuse(form, refused, "name")
        else:
            flash(_("The grant is recorded. Say next whose seats it pays."))
            return v.go("lms_cohorts.grant", code=grant.code)
    return page("lms/cohorts/new_grant.html", 422, provider=v.subject, form=form)


def _provider(v: Visit, status: int = 200, **sent: Any) -> ResponseReturnValue:
    here = v.subject
    given = {name: getattr(here, name) for name in ("name", "place", "contact", "zone", "live_virtual_approval")}
    shown = {
        "details": forms.ProviderForm(values=given),
        "invite": forms.InviteForm([("coordinator", _("Coordinator"))]),
    }
    return page(
        "lms/cohorts/provider.html",
        status,
        provider=here,
        coordinators=service.coordinators_of(v.s, here.id),
        invitations=service.invitations_to(v.s, scope=rules.Scope(provider=here.id)),
        forms=shown | sent,
    )


def _new_cohort(v: Visit, status: int = 200, form: forms.CohortForm | None = None) -> ResponseReturnValue:
    newest = curriculum.newest(v.s)
    outline = curriculum.outline(v.s, newest) if newest else None
    shown = form or forms.CohortForm(_pathways(v), values={"zone": v.subject.zone, "seats": 15})
    return page("lms/cohorts/new_cohort.html", status, provider=v.subject, outline=outline, release=newest, form=shown)


def _pathways(v: Visit) -> list[tuple[str, str]]:
    newest = curriculum.newest(v.s)
    return list(curriculum.outline(v.s, newest).pathways.items()) if newest else []
