"""The base of every form: shape of input only, sentences a person can act on, nothing typed is thrown away."""

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form as WtForm
from wtforms import IntegerField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, ValidationError


class Form(WtForm):
    """A form bound to what was sent (or nothing). The gate has already checked the token."""

    def __init__(self, sent: MultiDict[str, str] | None = None, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(formdata=sent or None, data=dict(values or {}))

    def accepts(self) -> bool:
        """Say whether the input has the right shape; the sentences stand in `errors` otherwise."""
        return bool(self.validate())

    def refuse(self, name: str, sentence: str | LazyString) -> None:
        """Add a sentence that only the service could find (an address that is taken)."""
        field = self[name]
        field.errors = [*field.errors, sentence]


class Needed(InputRequired):
    """The field must not be empty; the sentence says what to write."""

    def __init__(self, sentence: str | LazyString) -> None:
        super().__init__(sentence)

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse white space alone, too."""
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors[:] = []
            raise ValidationError(str(self.message))


class AtMost(Length):
    """No more than `limit` characters; the sentence names the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            max=limit, message=_l("Please keep this under %(limit)s characters. Your text is still here.", limit=limit)
        )


class EmailShape:
    """Looks like an address; whether it exists, a letter will tell."""

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse what no mail server could take."""
        value = (field.data or "").strip()
        name, at, host = value.rpartition("@")
        if not (
            name
            and at
            and "." in host
            and not host.startswith(".")
            and not host.endswith(".")
            and " " not in value
            and len(value) <= 254
        ):
            raise ValidationError(_l("Enter an e-mail address like name@example.org"))


def lower(value: str | None) -> str | None:
    """Filter: an address without surrounding spaces, in lower case."""
    return value.strip().lower() if value else value


def trimmed(value: str | None) -> str | None:
    """Filter: a one-line text without surrounding spaces."""
    return value.strip() if value else value


PASSWORD_HINT = _l(
    "At least 10 characters. Three or four words that you can remember are better than one with signs in it."
)
PASSWORD_SENTENCES = {
    "short": _l("Choose a password of at least 10 characters."),
    "long": _l("Choose a password of at most 200 characters."),
    "email": _l("Your e-mail address is too easy to guess as a password. Choose something else."),
}

ZONES = {
    "America/New_York": _l("Eastern time (New York)"),
    "America/Chicago": _l("Central time (Chicago)"),
    "America/Denver": _l("Mountain time (Denver)"),
    "America/Phoenix": _l("Mountain time without summer time (Phoenix)"),
    "America/Los_Angeles": _l("Pacific time (Los Angeles)"),
    "America/Anchorage": _l("Alaska time (Anchorage)"),
    "Pacific/Honolulu": _l("Hawaii time (Honolulu)"),
    "America/Puerto_Rico": _l("Atlantic time (Puerto Rico)"),
    "UTC": _l("Universal time (UTC)"),
}


def zones(also: str = "") -> list[SelectChoice]:
    """Return the time zones a form offers, and the one that is set already whatever it is."""
    extra = {} if not also or also in ZONES else {also: also}
    return [SelectChoice(name, label) for name, label in (ZONES | extra).items()]


class WholeNumber(IntegerField):
    """A whole number written in digits; an empty box is nothing, and more digits than anybody needs is a sentence."""

    digits = 5

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read digits, or say what to write."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        if not (text.isascii() and text.isdigit() and len(text) <= self.digits):
            raise ValueError(_l("Write a whole number, in digits."))
        self.data = int(text)

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "" if self.data is None else str(self.data)
