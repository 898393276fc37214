"""Accepting an invitation: as somebody who is signed in, or as somebody new."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.accounts import service as accounts
from lms.accounts.models import Person
from lms.accounts.rules import password_problem
from lms.cohorts import forms, rules, service
from lms.cohorts.models import Invitation
from lms.cohorts.views.door import purpose, room
from lms.core.access import PUBLIC, PUBLIC_WRITE
from lms.core.errors import Conflict, Invalid
from lms.web import cookie
from lms.web.forms import PASSWORD_SENTENCES
from lms.web.gate import Visit
from lms.web.pages import page


@room.get("/invitations/<token>", PUBLIC)
def invitation(v: Visit) -> ResponseReturnValue:
    """Show who invites to what, and how to accept."""
    found = service.invitation_by_token(v.s, v.args["token"])
    return _page(v, found) if found is not None and _still(v, found).allowed else _closed(v, found)


@room.post("/invitations/<token>", PUBLIC_WRITE)
def accept(v: Visit) -> ResponseReturnValue:
    """Accept: a person who is signed in at once, a new one with name and password."""
    found = service.invitation_by_token(v.s, v.args["token"])
    if found is None or not _still(v, found).allowed:
        return _closed(v, found)
    if v.actor.signed_in:
        me = accounts.person_by_code(v.s, v.actor.code)
        return _closed(v, None) if me is None else _accepted(v, found, me)
    if not v.state.owns_sign_in or accounts.by_email(v.s, found.email) is not None:
        return v.go("lms_cohorts.invitation", token=v.args["token"])
    form = forms.JoinForm(v.form)
    problem = password_problem(form.password.data or "", found.email) if form.accepts() else ""
    if problem:
        form.refuse("password", PASSWORD_SENTENCES[problem])
    return _page(v, found, 422, form) if form.errors else _joined(v, found, form)


def _joined(v: Visit, found: Invitation, form: forms.JoinForm) -> ResponseReturnValue:
    zone = found.cohort.zone if found.cohort else v.state.settings.time_zone
    try:
        with v.s.begin_nested():
            person = accounts.register(
                v.s,
                email=found.email,
                name=form.name.data or "",
                password=form.password.data,
                zone=zone,
                now=v.now,
            )
            service.accept(v.s, found, person, now=v.now)
    except Invalid:
        # Two tabs sent the form at once: the other one has made the person, who can sign in.
        return v.go("lms_cohorts.invitation", token=v.args["token"])
    except Conflict as refused:
        return _sentence(refused.sentence, 409)
    hours, agent = v.state.settings.session_hours, request.user_agent.string
    cookie.begin(accounts.open_session(v.s, person, agent=agent, hours=hours, now=v.now))
    return _welcome(v)


def _accepted(v: Visit, found: Invitation, person: Person) -> ResponseReturnValue:
    try:
        with v.s.begin_nested():
            service.accept(v.s, found, person, now=v.now)
    except Conflict as refused:
        return _sentence(refused.sentence, 409)
    return _welcome(v)


def _welcome(v: Visit) -> ResponseReturnValue:
    flash(_("Welcome. Your invitation is accepted."))
    return v.go("lms_home.index")


def _still(v: Visit, found: Invitation) -> rules.Answer:
    return rules.invitation_state(found.accepted_at, found.expires_at, v.now)


def _closed(v: Visit, found: Invitation | None) -> ResponseReturnValue:
    if found is not None:
        return _sentence(_still(v, found).sentence, 410)
    return _sentence(
        "This address is not a link we know. Copy the whole link from your letter, or ask for a new one.", 404
    )


def _sentence(sentence: str, status: int) -> ResponseReturnValue:
    return page("lms/cohorts/invitation_closed.html", status, sentence=_(sentence))


def _page(v: Visit, found: Invitation, status: int = 200, form: forms.JoinForm | None = None) -> ResponseReturnValue:
    token = v.args["token"]
    what = purpose(
        found.role,
        v.state.settings.programme_name,
        cohort=found.cohort,
        provider=found.provider,
        grant=found.grant,
    )
    host = accounts.person_by_code(v.s, found.invited_by)
    return page(
        "lms/cohorts/invitation.html",
        status,
        found=found,
        token=token,
        what=what,
        by=host.name if host else v.state.settings.programme_name,
        known=not v.actor.signed_in and accounts.by_email(v.s, found.email) is not None,
        here=url_for("lms_cohorts.invitation", token=token),
        form=form or forms.JoinForm(),
    )
