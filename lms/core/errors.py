"""Refusals: each is one sentence a person can act on, and a status the door turns into a page."""

from collections.abc import Mapping


class LmsError(Exception):
    """A refusal with a sentence for the person who met it; the transaction is rolled back."""

    status = 500

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(LmsError):
    """There is no such thing, or not for this person: the two are not told apart."""

    status = 404


class Denied(LmsError):
    """The person may know of the thing but may not do this with it."""

    status = 403


class Conflict(LmsError):
    """The state has moved on: someone else, another tab or the clock was first."""

    status = 409


class Invalid(LmsError):
    """What was given does not fit; `problems` maps a field's name to a sentence."""

    status = 422

    def __init__(self, sentence: str, problems: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.problems = dict(problems or {})


class TooMany(LmsError):
    """Tried too often from one place; the sentence says when to try again."""

    status = 429


class StartupError(Exception):
    """The product cannot start; the message is one sentence that says what to do."""
