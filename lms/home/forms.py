"""The form with which staff choose another day to look at."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, ValidationError

from lms.web.forms import Form, Needed

# Beyond these a calendar has no days around the one looked at, and no cohort has any.
FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)


def _within_reach(form: Any, field: Any) -> None:
    if field.data is not None and not FIRST <= field.data <= LAST:
        raise ValidationError(_l("Choose a day between 2000 and 2199."))


class TravelForm(Form):
    """A day to look at."""

    on = DateField(_l("Day to look at"), [Needed(_l("Choose a day.")), _within_reach])
