"""Signing in and out, a new password by mail, and the page about oneself."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms.accounts import forms, policy, rules, service
from lms.accounts.models import LoginSession, Person
from lms.core.access import PUBLIC, PUBLIC_WRITE, Actor
from lms.core.errors import Denied, Invalid, NotFound
from lms.web import cookie, pages
from lms.web.forms import PASSWORD_SENTENCES, Form
from lms.web.gate import Visit
from lms.web.room import MenuEntry, Room

room = Room(
    "accounts",
    __name__,
    menu=(
        MenuEntry(_l("You"), "lms_accounts.you", lambda actor: actor.signed_in, 90),
        MenuEntry(
            _l("Sign in"), "lms_accounts.sign_in", lambda actor: not actor.signed_in, 90, ("lms_accounts.forgotten",)
        ),
    ),
)


@room.get("/sign-in", PUBLIC)
def sign_in(v: Visit) -> ResponseReturnValue:
    """Ask for address and password."""
    onward = rules.local_path(request.args.get("next"))
    if v.actor.signed_in:
        return redirect(onward or url_for("lms_home.index"))
    _own(v)
    return _sign_in_page(forms.SignInForm(values={"next": onward}))


@room.post("/sign-in", PUBLIC_WRITE)
def enter(v: Visit) -> ResponseReturnValue:
    """Sign in, or say that it did not fit: a failed try is a page, so that its count is kept."""
    _own(v)
    form = forms.SignInForm(v.form)
    if not form.accepts():
        return _sign_in_page(form, 422)
    found = service.sign_in(
        v.s,
        form.email.data or "",
        form.password.data or "",
        request.user_agent.string,
        hours=v.state.settings.session_hours,
        now=v.now,
        client=request.remote_addr or "",
    )
    if found.token is None:
        return _sign_in_page(form, 422, said=_refusal(v, found.wait))
    cookie.begin(found.token)
    return redirect(rules.local_path(form.next.data) or url_for("lms_home.index"), code=303)


@room.post("/sign-out", policy.CHANGE, travels=True)
def sign_out(v: Visit) -> ResponseReturnValue:
    """Sign this browser out."""
    _own(v)
    service.end_token(v.s, cookie.token(), now=v.now)
    cookie.end()
    flash(_("You are signed out. Nothing stays behind in this browser."))
    return v.go("lms_accounts.sign_in")


@room.get("/sign-in/forgotten", PUBLIC)
def forgotten(v: Visit) -> ResponseReturnValue:
    """Ask to which address the link goes."""
    _own(v)
    return pages.page("lms/accounts/forgotten.html", form=forms.ForgottenForm(), sent=False)


@room.post("/sign-in/forgotten", PUBLIC_WRITE)
def send_link(v: Visit) -> ResponseReturnValue:
    """Send a link if somebody has this address; the answer is the same if nobody has."""
    _own(v)
    form = forms.ForgottenForm(v.form)
    if not form.accepts():
        return pages.page("lms/accounts/forgotten.html", 422, form=form, sent=False)

    def letter(token: str) -> tuple[str, str]:
        link = v.state.settings.base_url.rstrip("/") + url_for("lms_accounts.new_password", token=token)
        return _("Choose a new password"), _reset_words(v, link)

    service.ask_reset(v.s, form.email.data or "", letter, now=v.now, client=request.remote_addr or "")
    return pages.page("lms/accounts/forgotten.html", form=form, sent=True)


@room.get("/sign-in/new-password/<token>", PUBLIC)
def new_password(v: Visit) -> ResponseReturnValue:
    """Ask for a new password, if the link still works."""
    _own(v)
    if not service.reset_is_open(v.s, v.args["token"], now=v.now):
        return _link_ended()
    return pages.page("lms/accounts/new_password.html", form=forms.NewPasswordForm(), token=v.args["token"])


@room.post("/sign-in/new-password/<token>", PUBLIC_WRITE)
def set_password(v: Visit) -> ResponseReturnValue:
    """Set the new password and close the link."""
    _own(v)
    form, token = forms.NewPasswordForm(v.form), v.args["token"]
    try:
        with v.s.begin_nested():
            used = service.use_reset(v.s, token, form.password.data or "", now=v.now) if form.accepts() else None
    except Invalid:
        problem = rules.password_problem(form.password.data or "", None) or "email"
        form.refuse("password", PASSWORD_SENTENCES[problem])
        used = None
    if form.errors:
        return pages.page("lms/accounts/new_password.html", 422, form=form, token=token)
    if used is None:
        return _link_ended()
    cookie.end()
    flash(_("Your password is changed, and every browser is signed out. Sign in with the new one."))
    return v.go("lms_accounts.sign_in")


@room.get("/you", policy.SEE)
def you(v: Visit) -> ResponseReturnValue:
    """Show what is known about oneself and where one is signed in."""
    return _you(v, _me(v))


@room.post("/you", policy.CHANGE)
def change_details(v: Visit) -> ResponseReturnValue:
    """Change names and time zone."""
    me = _me(v)
    form = forms.DetailsForm(v.form, _details(me))
    if not form.accepts():
        return _you(v, me, 422, details=form)
    name, legal = form.name.data or "", form.legal_name.data or ""
    service.change_details(v.s, me, name=name, legal_name=legal, zone=form.zone.data or me.zone)
    flash(_("Saved."))
    return v.go("lms_accounts.you")


@room.post("/you/email", policy.CHANGE)
def change_email(v: Visit) -> ResponseReturnValue:
    """Change the address one signs in with."""
    _own(v)
    me, form = _me(v), forms.EmailForm(v.form)
    if not form.accepts():
        return _you(v, me, 422, email=form)
    given = (form.email.data or "", form.email_password.data or "")
    try:
        proof = service.change_email(v.s, me, *given, now=v.now, client=request.remote_addr or "")
    except Invalid as refused:
        form.refuse("email", _(refused.problems["email"]))
        return _you(v, me, 422, email=form)
    if not proof.fits:
        form.refuse("email_password", _unproved(v, proof.wait))
        return _you(v, me, 422, email=form)
    flash(_("Your e-mail address is changed. Sign in with the new one next time."))
    return v.go("lms_accounts.you")


@room.post("/you/password", policy.CHANGE)
def change_password(v: Visit) -> ResponseReturnValue:
    """Change the password and sign the other browsers out."""
    _own(v)
    me, form = _me(v), forms.PasswordForm(v.form)
    problem = rules.password_problem(form.password.data or "", me.email) if form.accepts() else ""
    if problem:
        form.refuse("password", PASSWORD_SENTENCES[problem])
    if form.errors:
        return _you(v, me, 422, password=form)
    given = (form.old_password.data or "", form.password.data or "")
    here = {"token": cookie.token(), "client": request.remote_addr or ""}
    proof = service.change_password(v.s, me, *given, now=v.now, **here)
    if not proof.fits:
        form.refuse("old_password", _unproved(v, proof.wait))
        return _you(v, me, 422, password=form)
    flash(_("Your password is changed. Your other browsers are signed out."))
    return v.go("lms_accounts.you")


def _browser(s: Session, actor: Actor, code: str) -> LoginSession | None:
    return service.session_by_code(s, code)


@room.post("/you/browsers/<code>/sign-out", policy.END_SESSION, subject=_browser)
def end_session(v: Visit) -> ResponseReturnValue:
    """Sign one of one's own browsers out."""
    _own(v)
    service.end_session(v.s, v.subject, now=v.now)
    if service.holds(v.subject, cookie.token()):
        cookie.end()
        return v.go("lms_accounts.sign_in")
    flash(_("That browser is signed out."))
    return v.go("lms_accounts.you")


def _own(v: Visit) -> None:
    if not v.state.owns_sign_in:
        raise Denied(_("Signing in, addresses and passwords are looked after by the main site."))


def _me(v: Visit) -> Person:
    me = service.person_by_code(v.s, v.actor.code)
    if me is None:
        raise NotFound
    return me


def _details(me: Person) -> dict[str, Any]:
    return {"name": me.name, "legal_name": me.legal_name, "zone": me.zone}


def _you(v: Visit, me: Person, status: int = 200, **sent: Form) -> ResponseReturnValue:
    empty: dict[str, Form] = {
        "details": forms.DetailsForm(values=_details(me)),
        "email": forms.EmailForm(),
        "password": forms.PasswordForm(),
    }
    here = cookie.token()
    browsers = service.sessions_of(v.s, me, now=v.now) if v.state.owns_sign_in else []
    lines = [(row, rules.browser_of(row.agent), service.holds(row, here)) for row in browsers]
    return pages.page(
        "lms/accounts/you.html",
        status,
        me=me,
        browsers=lines,
        own=v.state.owns_sign_in,
        readings=service.readings_about(v.s, me),
        forms=empty | sent,
    )


def _sign_in_page(form: forms.SignInForm, status: int = 200, said: str = "") -> ResponseReturnValue:
    return pages.page("lms/accounts/sign_in.html", status, form=form, said=said)


def _link_ended() -> ResponseReturnValue:
    return pages.page("lms/accounts/link_ended.html", 410)


def _refusal(v: Visit, wait: timedelta | None) -> str:
    if wait is not None:
        return _waiting(v, wait)
    return str(_("This e-mail address and this password do not fit together. Check both and try again."))


def _unproved(v: Visit, wait: timedelta | None) -> str:
    return str(_("This is not your password. Nothing was changed.")) if wait is None else _waiting(v, wait)


def _waiting(v: Visit, wait: timedelta) -> str:
    # Up to the next full minute: who comes back at the minute named is let through.
    until = v.now + wait + timedelta(seconds=59)
    words = _(
        "That were too many tries. Please wait until %(time)s (%(zone)s), then try again. It keeps others from guessing.",
        time=pages.clock_time(until, v.zone),
        zone=pages.local(until, v.zone).tzname(),
    )
    return str(words)


def _reset_words(v: Visit, link: str) -> str:
    words = _(
        "Hello,\n\nsomebody, most likely you, asked for a new password at %(name)s. Choose one here within the next hour:"
        "\n\n%(link)s\n\nIf it was not you, there is nothing to do: your password stays as it is.\n",
        name=v.state.settings.programme_name,
        link=link,
    )
    return str(words)
