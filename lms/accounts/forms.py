"""The shape of what people send about their own account."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, PasswordField, SelectField, StringField

from lms.web.forms import PASSWORD_HINT, AtMost, EmailShape, Form, Needed, lower, trimmed, zones

NEW = {"autocomplete": "new-password"}
CURRENT = {"autocomplete": "current-password"}


class SignInForm(Form):
    """Address and password, and where to go afterwards."""

    email = StringField(
        _l("E-mail address"),
        [Needed(_l("Enter your e-mail address."))],
        filters=[lower],
        render_kw={"autocomplete": "username", "type": "email", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(_l("Password"), [Needed(_l("Enter your password."))], render_kw=CURRENT)
    next = HiddenField()


class ForgottenForm(Form):
    """The address to which a link goes."""

    email = StringField(
        _l("E-mail address"), [EmailShape()], filters=[lower], render_kw={"autocomplete": "username", "type": "email"}
    )


class NewPasswordForm(Form):
    """A new password, chosen through a link."""

    password = PasswordField(
        _l("New password"), [Needed(_l("Choose a password."))], description=PASSWORD_HINT, render_kw=NEW
    )


class DetailsForm(Form):
    """What a person is called and in which zone they live."""

    name = StringField(
        _l("Your name"),
        [Needed(_l("Write the name you go by.")), AtMost(120)],
        filters=[trimmed],
        description=_l("As people here call you."),
        render_kw={"autocomplete": "name"},
    )
    legal_name = StringField(
        _l("Name on certificates"),
        [AtMost(200)],
        filters=[trimmed],
        description=_l("As on your government papers, if a certificate asks for it. Leave it empty if it is the same."),
    )
    zone = SelectField(_l("Time zone"), description=_l("Pages that belong to no cohort show this time."))

    def __init__(self, sent: MultiDict[str, str] | None = None, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(sent, values)
        self.zone.choices = zones(str((values or {}).get("zone", "")))


class EmailForm(Form):
    """A new address, with the password to prove who asks."""

    email = StringField(
        _l("New e-mail address"), [EmailShape()], filters=[lower], render_kw={"autocomplete": "email", "type": "email"}
    )
    email_password = PasswordField(_l("Your password"), [Needed(_l("Enter your password."))], render_kw=CURRENT)


class PasswordForm(Form):
    """The old password and a new one."""

    old_password = PasswordField(
        _l("Password until now"), [Needed(_l("Enter the password you have now."))], render_kw=CURRENT
    )
    password = PasswordField(
        _l("New password"), [Needed(_l("Choose a password."))], description=PASSWORD_HINT, render_kw=NEW
    )
