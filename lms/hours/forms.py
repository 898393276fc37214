"""The shape of what people send about hours: a practice claim, a homework, an answer, a mark."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms import Form as WtForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf

from lms.web.forms import AtMost, Form, Needed, WholeNumber, trimmed

LONGEST = 20_000
MARKS = {
    "present": _l("Present"),
    "part": _l("Part of it"),
    "absent": _l("Absent"),
    "made_up": _l("Made up"),
}
_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}


class Day(DateField):
    """A day, as a browser's date field sends it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a day, or say how to write one."""
        try:
            super().process_formdata([text.strip() for text in valuelist])
        except ValueError as unread:
            raise ValueError(_("Write the day like 2026-11-23.")) from unread


class PracticeForm(Form):
    """Practice hours that a student asks to have counted."""

    on = Day(_l("On which day"), [Needed(_l("Write the day on which it was."))])
    hours = WholeNumber(_l("Hours"), render_kw=_NUMBER)
    minutes = WholeNumber(_l("Minutes"), render_kw=_NUMBER)
    competency = SelectField(
        _l("What did you practice?"), [Needed(_l("Choose what you practiced from the list."))], validate_choice=False
    )
    supervisor = StringField(
        _l("Who supervised you?"),
        [Needed(_l("Write who supervised you, with their role.")), AtMost(200)],
        filters=[trimmed],
        description=_l("A name and a role, such as “Alma Lindqvist, peer support supervisor”."),
    )
    what = TextAreaField(
        _l("What did you do?"),
        [Needed(_l("Write what you did, in a sentence or two.")), AtMost(LONGEST)],
        description=_l(
            "A few sentences. Leave out the name of the person you supported, and anything that points to them."
        ),
        render_kw={"rows": 8},
    )

    def offer(self, competencies: Mapping[str, str]) -> "PracticeForm":
        """List the competencies to choose from, by title."""
        named = sorted(competencies.items(), key=lambda both: both[1])
        self.competency.choices = [SelectChoice("", _("Choose one")), *(SelectChoice(k, title) for k, title in named)]
        return self

    @property
    def day(self) -> date:
        """The day, once the form has accepted it."""
        if self.on.data is None:
            raise ValueError("the form was not accepted")
        return self.on.data

    @property
    def total_minutes(self) -> int:
        """Hours and minutes together."""
        return 60 * (self.hours.data or 0) + (self.minutes.data or 0)


class HomeworkForm(Form):
    """A homework as it is handed in."""

    text = TextAreaField(
        _l("Your homework"),
        [Needed(_l("Write something before you hand it in.")), AtMost(LONGEST)],
        description=_l("Write it here, or paste it. A blank line starts a paragraph."),
        render_kw={"rows": 18},
    )


class HomeworkAnswerForm(Form):
    """A facilitator's answer to a homework."""

    outcome = RadioField(
        _l("Is it complete?"),
        [AnyOf(("accepted", "returned"), _l("Choose whether it is complete."))],
        choices=[
            SelectChoice("accepted", _l("Accept it: its time counts")),
            SelectChoice("returned", _l("Return it: the student can hand in again")),
        ],
        validate_choice=False,
    )
    reply = TextAreaField(
        _l("Your words to the student"),
        [AtMost(LONGEST)],
        description=_l("One thing that was done well and one question. If you return it, say what to do next."),
        render_kw={"rows": 6},
    )


class PracticeAnswerForm(Form):
    """A facilitator's answer to a practice claim."""

    outcome = RadioField(
        _l("Do these hours count?"),
        [AnyOf(("approved", "returned"), _l("Choose whether these hours count."))],
        choices=[
            SelectChoice("approved", _l("They count")),
            SelectChoice("returned", _l("Return them: the student can send them again")),
        ],
        validate_choice=False,
    )
    minutes = WholeNumber(
        _l("Minutes that count"),
        description=_l("Change this only if less counts than was asked for."),
        render_kw=_NUMBER,
    )
    reason = TextAreaField(
        _l("Your words to the student"),
        [AtMost(2_000)],
        description=_l("Needed if you return it, count less, or change an earlier answer."),
        render_kw={"rows": 4},
    )


class MarkForm(Form):
    """How one person was there; the names of its fields begin with the code of the seat."""

    mark = RadioField(
        _l("Attendance"),
        [AnyOf(tuple(MARKS), _l("Choose how this person was there."))],
        choices=[SelectChoice(mark, label) for mark, label in MARKS.items()],
        validate_choice=False,
    )
    minutes = WholeNumber(_l("Minutes, if part of it"), render_kw=_NUMBER)
    reason = StringField(_l("Reason"), [AtMost(500)], filters=[trimmed])

    def __init__(self, seat: str, sent: MultiDict[str, str] | None, values: Mapping[str, Any] | None = None) -> None:
        WtForm.__init__(self, formdata=sent or None, prefix=f"{seat}-", data=dict(values or {}))

    def wrong(self) -> list[tuple[str, str | LazyString]]:
        """Return the id of each field that does not fit, with its sentence."""
        return [(field.id, field.errors[0]) for field in self if field.errors]
