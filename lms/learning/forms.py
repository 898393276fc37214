"""The shape of what a lesson's page sends: a report of reading time, and the way on to another part."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from lms.web.forms import AtMost, Form, WholeNumber

_TAB = r"[A-Za-z0-9-]{8,40}\Z"
_MISFIT = _l("The page sent something we cannot read. Please reload it; what was measured is kept.")


class Count(WholeNumber):
    """A count that a browser tab keeps."""

    digits = 7


class BeatForm(Form):
    """A tab's own id and its count of visible twenty-second beats."""

    client = StringField(validators=[InputRequired(_MISFIT), Regexp(_TAB, message=_MISFIT)])
    sequence = Count(validators=[InputRequired(_MISFIT), NumberRange(0, 1_000_000, message=_MISFIT)])


class OpenForm(Form):
    """The mark of the page that is left, the tab's id where a script runs, and a part that is stepped over."""

    shown = StringField(validators=[AtMost(200)])
    client = StringField(validators=[Optional(), Regexp(_TAB, message=_MISFIT)])
    past = WholeNumber(validators=[Optional(), NumberRange(1, 100, message=_MISFIT)])
