"""The form with which staff choose another day to look at."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField

from lms.web.forms import Form, Needed


class TravelForm(Form):
    """A day to look at."""

    on = DateField(_l("Day to look at"), [Needed(_l("Choose a day."))])
