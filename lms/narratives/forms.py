"""The shape of what writers and readers send: limits, known choices, line ends; nothing typed is thrown away."""

from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField, TextAreaField
from wtforms.validators import AnyOf, Optional
from wtforms.widgets import HiddenInput

from lms.curriculum.rules.shapes import Rubric
from lms.narratives import rules
from lms.narratives.service import Grades
from lms.web.forms import AtMost, Form, Needed


def plain_lines(value: str | None) -> str:
    """Filter: one kind of line end, whatever the browser sends; spaces stay as typed."""
    return (value or "").replace("\r\n", "\n").replace("\r", "\n")


class WholeField(Field):
    """A whole number the page carries along; -1 for anything else, which is the version of no text."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a number; whatever a person could not have sent is no number."""
        value = str(valuelist[0]) if valuelist else ""
        self.data = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1

    def _value(self) -> str:
        return str(self.data)


class Refused(Form):
    """A form that can say in one sentence why it was not taken."""

    @property
    def first_error(self) -> str:
        """The first sentence, for a script to show."""
        return next((str(field.errors[0]) for field in self if field.errors), "")


class WriteForm(Refused):
    """A narrative as its page sends it."""

    text = TextAreaField(_l("Narrative"), [AtMost(rules.TEXT_LIMIT)], filters=[plain_lines])
    note = TextAreaField(_l("What is in this text"), [AtMost(rules.NOTE_LIMIT)], filters=[plain_lines])
    how = StringField(
        _l("How you want to tell it"), [Optional(), AnyOf(["write", "interview"], _l("Choose one of the two."))]
    )
    version = WholeField(default=0)
    last_sent = StringField()
    do = StringField()

    @property
    def interview(self) -> bool:
        """Whether the person would rather speak."""
        return bool(self.how.data == "interview")


class SendForm(Form):
    """What the preview showed."""

    version = WholeField(default=0)
    round = WholeField(default=1)


class ReviewForm(Refused):
    """What every review has; criteria and feedback are added for each rubric."""

    feedback: TextAreaField
    sequence = WholeField(default=0)
    last_sent = StringField()
    outcome = StringField()
    do = StringField()

    def grades(self, rubric: Rubric) -> Grades:
        """Return what was chosen and written so far."""
        chosen = {c.id: self[f"level-{c.id}"].data for c in rubric.criteria}
        reasons = {c.id: self[f"reason-{c.id}"].data for c in rubric.criteria}
        levels = {name: int(points) for name, points in chosen.items() if points and points.isdigit()}
        return Grades(levels, {name: words for name, words in reasons.items() if words}, self.feedback.data or "")

    @staticmethod
    def values(grades: Grades, sequence: int) -> dict[str, Any]:
        """Return the fields of a page that shows these grades."""
        levels = {f"level-{name}": str(points) for name, points in grades.levels.items()}
        reasons = {f"reason-{name}": words for name, words in grades.reasons.items()}
        return {**levels, **reasons, "feedback": grades.feedback, "sequence": sequence}


@lru_cache(maxsize=64)
def review_form(rubric_shape: tuple[tuple[str, tuple[int, ...]], ...]) -> type[ReviewForm]:
    """Return the form of a rubric, given by its criteria and their points."""
    fields: dict[str, Any] = {}
    for name, points in rubric_shape:
        known = AnyOf([str(p) for p in points], _l("Choose one of the levels."))
        fields[f"level-{name}"] = StringField(_l("Level"), [Optional(), known])
        fields[f"reason-{name}"] = TextAreaField(_l("Reason"), [AtMost(rules.REASON_LIMIT)], filters=[plain_lines])
    # Last, because an error summary names the fields in their order on the page.
    fields["feedback"] = TextAreaField(_l("To the writer"), [AtMost(rules.FEEDBACK_LIMIT)], filters=[plain_lines])
    return type("RubricForm", (ReviewForm,), fields)


def form_for(rubric: Rubric) -> type[ReviewForm]:
    """Return the form for a rubric."""
    return review_form(tuple((c.id, tuple(level.points for level in c.levels)) for c in rubric.criteria))


class CorrectionForm(Form):
    """Why an answer is corrected."""

    reason = TextAreaField(
        _l("Why the answer is corrected"),
        [Needed(_l("Write why the answer is corrected. The writer will read it.")), AtMost(rules.REASON_LIMIT)],
        filters=[plain_lines],
    )


class RevealForm(Form):
    """A reader asks for the writer's name because somebody may not be safe."""

    sure = BooleanField(
        _l("I am worried about someone’s safety"), [Needed(_l("Tick this if you are worried about someone’s safety."))]
    )
