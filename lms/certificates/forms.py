"""The shape of what is sent: a code to check, a confirmation, a reason, an agreement, a ruling on a question."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf

from lms.quizzes.rules import KEYED, Question, RulingKind
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


class KeepForm(Form):
    """Why a certificate is kept as it is."""

    mark = HiddenField(validators=[AtMost(64)])
    reason = TextAreaField(
        _l("Why it is kept"),
        [Needed(_l("Write why it is kept. It stays with the certificate.")), AtMost(2000)],
        filters=[trimmed],
        description=_l("Coordinators of your organisation can read it, nobody else."),
        render_kw={"rows": 4},
    )


_KEY = SelectChoice("key", _l("The options marked below are right"))
_VOID = SelectChoice("void", _l("It counts for everybody, answered or not"))
_ASKED = SelectChoice("asked", _l("It counts again as it was asked; what was ruled is undone"))


class RegradeForm(Form):
    """What should count for a question that was wrong, and what was looked at before it is done."""

    kind = RadioField(
        _l("What counts from now on"),
        [Needed(_l("Choose what should count.")), AnyOf(("key", "void", "asked"), _l("Choose what should count."))],
        choices=[_KEY, _VOID],
        validate_choice=False,
    )
    right = SelectMultipleField(_l("Right options"), validate_choice=False)
    reason = TextAreaField(
        _l("Reason"),
        [Needed(_l("Write a short reason. Every student who was asked this question reads it.")), AtMost(1000)],
        filters=[trimmed],
        description=_l(
            "Every student who was asked this question reads it beside their result, and in a letter if it changed. "
            "Name nobody."
        ),
        render_kw={"rows": 3},
    )
    lose = SelectMultipleField(_l("Passes that are taken away"), validate_choice=False)
    seen = HiddenField(validators=[AtMost(9)])
    mark = HiddenField(validators=[AtMost(64)])
    words = HiddenField(validators=[AtMost(64)])

    @classmethod
    def blank(cls, question: Question, right: tuple[str, ...], seen: int, undo: bool = False) -> "RegradeForm":
        """Return the form as it is first shown: with the key in force, which changes nothing."""
        marked = [str(at) for at, option in enumerate(question.item.options) if option.text in right]
        return cls(values={"right": marked, "seen": seen}).offer(question, undo)

    def offer(self, question: Question, undo: bool = False) -> "RegradeForm":
        """Offer what can be ruled about a question: another key only where options are chosen; to `undo` what was ruled."""
        self.right.choices = [(str(at), option.text) for at, option in enumerate(question.item.options)]
        keyed = question.item.type in KEYED
        self.kind.choices = [*([_KEY] if keyed else []), _VOID, *([_ASKED] if undo else [])]
        return self

    @property
    def ruled(self) -> RulingKind:
        """The kind that was chosen."""
        kinds: dict[str, RulingKind] = {"key": "key", "asked": "asked"}
        return kinds.get(self.kind.data or "", "void")

    def texts(self, question: Question) -> tuple[str, ...]:
        """Return the texts of the options that were marked; nothing for a kind that has none."""
        options = question.item.options
        numbers = [int(one) for one in self.right.data or () if one.isascii() and one.isdigit() and len(one) < 4]
        return tuple(options[at].text for at in numbers if at < len(options)) if self.ruled == "key" else ()

    @property
    def version(self) -> int:
        """How many rulings the page showed; -1 for anything but a number."""
        seen = str(self.seen.data or "")
        return int(seen) if seen.isascii() and seen.isdigit() else -1
