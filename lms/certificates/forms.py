"""The shape of what is sent: a code to check, a confirmation, a reason, an agreement."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from lms.web.forms import AtMost, Form, Needed, trimmed


class CheckForm(Form):
    """A code as somebody reads it from paper."""

    code = StringField(
        _l("Code on the certificate"),
        [Needed(_l("Type the code that stands on the certificate.")), AtMost(60)],
        filters=[trimmed],
        description=_l("Twelve letters and digits, such as PM7K-2QXD-94RT. Dashes and capitals do not matter."),
        render_kw={"autocomplete": "off", "spellcheck": "false", "class": "mid"},
    )


class IssueForm(Form):
    """The mark of the draft that was read."""

    mark = HiddenField(validators=[AtMost(64)])


class RevokeForm(Form):
    """Why a certificate no longer stands."""

    reason = TextAreaField(
        _l("Why it is revoked"),
        [Needed(_l("Write the reason. It stays with the certificate and is not shown to the public.")), AtMost(2000)],
        filters=[trimmed],
        description=_l(
            "Coordinators of your organisation can read it. The public page shows only that it was revoked, and when."
        ),
        render_kw={"rows": 5},
    )


class AgreementForm(Form):
    """That the words were read and accepted."""

    agreement = HiddenField(validators=[AtMost(60)])
    words = HiddenField(validators=[AtMost(64)])
    accepted = BooleanField(
        _l("I have read this, and I hold to it."),
        [Needed(_l("Tick the box if you hold to this. If something is in the way, talk with your facilitator first."))],
    )
