"""The shape of what coordinators, facilitators and invited people send."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from lms.web.forms import PASSWORD_HINT, AtMost, EmailShape, Form, Needed, WholeNumber, lower, trimmed, zones

Options = Sequence[tuple[str, str | LazyString]]
Sent = MultiDict[str, str] | None
Values = Mapping[str, Any] | None

_DAY = {"type": "date"}


class Day(DateField):
    """A date; a wrong one gets a sentence that shows how."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the date."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Write the date like 2026-11-23: year, month, day.")) from None


class Clock(TimeField):
    """A time of day; a wrong one gets a sentence that shows how."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the time."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Write the time like 18:00.")) from None


def options(pairs: Options) -> list[SelectChoice]:
    """Turn value and label into what a select field offers."""
    return [SelectChoice(value, label) for value, label in pairs]


def _name(label: LazyString, sentence: LazyString, hint: LazyString | str = "") -> StringField:
    return StringField(label, [Needed(sentence), AtMost(120)], filters=[trimmed], description=hint)


class ProviderForm(Form):
    """What certificates say about a training organisation."""

    name = _name(_l("Name of the provider"), _l("Write the provider's name."), _l("As certificates print it."))
    place = StringField(_l("Place"), [AtMost(200)], filters=[trimmed], description=_l("Town and state."))
    contact = StringField(
        _l("Contact"), [AtMost(200)], filters=[trimmed], description=_l("Whom an employer may ask: address or number.")
    )
    zone = SelectField(_l("Time zone"))
    live_virtual_approval = StringField(
        _l("Approval for live video"),
        [AtMost(200)],
        filters=[trimmed],
        description=_l("Number and date, if a state asks for one before hours by video count. Empty: none."),
    )

    def __init__(self, sent: Sent = None, values: Values = None) -> None:
        super().__init__(sent, values)
        self.zone.choices = zones(str((values or {}).get("zone", "")))


class CohortChangeForm(Form):
    """What can change about a cohort while it runs."""

    name = _name(_l("Name of the cohort"), _l("Write a name, such as Spring 2027."), _l("Such as Spring 2027."))
    starts_on = Day(_l("First day"), [Needed(_l("Give the first day."))], render_kw=_DAY)
    ends_on = Day(_l("Last day"), [Needed(_l("Give the last day."))], render_kw=_DAY)
    seats = WholeNumber(_l("Seats"), [Needed(_l("Give the number of seats."))])


class CohortForm(CohortChangeForm):
    """A new cohort."""

    pathway = SelectField(_l("Pathway"), description=_l("What one jurisdiction asks for. It stays for this cohort."))
    zone = SelectField(_l("Time zone"), description=_l("All times of this cohort are shown in it."))

    def __init__(self, pathways: Options, sent: Sent = None, values: Values = None) -> None:
        super().__init__(sent, values)
        self.pathway.choices = options(pathways)
        self.zone.choices = zones(str((values or {}).get("zone", "")))


class InviteForm(Form):
    """An address, and what it is invited to."""

    email = StringField(_l("E-mail address"), [EmailShape()], filters=[lower], render_kw={"type": "email"})
    role = SelectField(_l("Invite as"))

    def __init__(self, roles: Options, sent: Sent = None, values: Values = None) -> None:
        super().__init__(sent, values)
        self.role.choices = options(roles)


class MeetingForm(Form):
    """A class in the calendar."""

    guide = SelectField(_l("Meeting guide"), description=_l("It decides the minutes that count, and the breaks."))
    day = Day(_l("Day"), [Needed(_l("Give the day."))], render_kw=_DAY)
    time = Clock(
        _l("Begins at"), [Needed(_l("Give the time."))], format=["%H:%M", "%H:%M:%S"], render_kw={"type": "time"}
    )
    modality = SelectField(_l("Held"))
    place = StringField(
        _l("Place, or how to join"),
        [AtMost(300)],
        filters=[trimmed],
        description=_l("Students see it in their calendar."),
    )

    def __init__(self, guides: Options, modalities: Options, sent: Sent = None, values: Values = None) -> None:
        super().__init__(sent, values)
        self.guide.choices = options(guides)
        self.modality.choices = options(modalities)


class MoveForm(Form):
    """Which release a cohort moves to, as it was seen on the page, and why."""

    release = HiddenField()
    reason = TextAreaField(
        _l("Reason"),
        [Needed(_l("Write a short reason.")), AtMost(1000)],
        description=_l("It stays in the trail of this cohort."),
    )


class WithdrawForm(Form):
    """Why somebody left."""

    left_reason = TextAreaField(_l("Why they leave"), [Needed(_l("Write a short reason.")), AtMost(2000)])


class GrantForm(Form):
    """Money that pays for seats."""

    name = _name(_l("Name of the grant"), _l("Write the grant's name."), _l("With its number, if it has one."))
    funder = _name(_l("Funder"), _l("Write who gives the money."))
    starts_on = Day(_l("First day"), [Needed(_l("Give the first day."))], render_kw=_DAY)
    ends_on = Day(_l("Last day"), [Needed(_l("Give the last day."))], render_kw=_DAY)
    data_agreement = StringField(
        _l("Data agreement"),
        [AtMost(300)],
        filters=[trimmed],
        description=_l("Its number and date. Without one the funder sees numbers in bands of five."),
    )


class PickForm(Form):
    """One thing out of a list."""

    pick = SelectField()

    def __init__(self, label: LazyString | str, pairs: Options, sent: Sent = None) -> None:
        super().__init__(sent)
        self.pick.label.text = label
        self.pick.choices = options(pairs)


class JoinForm(Form):
    """Who an invited person is."""

    name = _name(
        _l("Your name"), _l("Write the name you go by."), _l("As people here call you. You can change it later.")
    )
    password = PasswordField(
        _l("Password"),
        [Needed(_l("Choose a password."))],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )
