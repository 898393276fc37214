"""The shape of what an attempt's page sends: for each question `q`, its `a-…` or `x-…`, `l-…`, `s-…`, `w-…` and `t-…`.

`a-…` are the numbers of options that were chosen; `x-…` are fields, each of them sent, in order, filled or not.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateTimeLocalField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional

from lms.quizzes.rules import LONGEST_ANSWER, Choice, Given, Question, as_shown
from lms.web.forms import AtMost, Form, Needed, WholeNumber

MOST_QUESTIONS = 300
MOST_OPTIONS = 30
_NUMBER = re.compile(r"[0-9]{1,10}\Z")
_MILLISECONDS = re.compile(r"[0-9]{1,15}\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 253_402_300_799_000
"""The last second of the year 9999."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The answers a page sent. `unreadable` counts those that have no shape of an answer at all."""

    answers: tuple[Given, ...]
    unreadable: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What else the form says: where to go next, whether the time is hidden, whether sending was meant and how."""

    go: str
    page: int
    hidden: bool
    anyway: bool
    time_up: bool


def read_answers(sent: MultiDict[str, str]) -> Sent:
    """Read every answer that was touched; a question left as the page showed it (`w-…`) is not an answer."""
    named = list(dict.fromkeys(sent.getlist("q")))
    read = [_answer(sent, name) for name in named[:MOST_QUESTIONS]]
    touched = [one for name, one in zip(named, read, strict=False) if one is None or not _untouched(sent, name, one)]
    given = tuple(one for one in touched if one is not None)
    return Sent(given, len(touched) - len(given) + max(0, len(named) - MOST_QUESTIONS))


def read_wish(sent: MultiDict[str, str]) -> Wish:
    """Read where the person wants to go; anything unknown means staying on the page."""
    return Wish(
        go=sent.get("go", "")[:20],
        page=_whole(sent.get("page", "")) or 1,
        hidden=sent.get("time") == "hidden",
        anyway=sent.get("anyway") == "1",
        time_up=sent.get("time_up") == "1",
    )


def page_number(typed: str | None) -> int:
    """Read a page number from an address; anything else is the first page."""
    return _whole(typed or "") or 1


def seed(typed: str | None) -> int | None:
    """Read the number that decides a draw; None if it is none."""
    return _whole((typed or "").strip())


def _answer(sent: MultiDict[str, str], name: str) -> Given | None:
    position, sequence = _whole(name), _whole(sent.get(f"s-{name}", ""))
    choice = _choice(sent, name) if position else None
    if position is None or sequence is None or choice is None:
        return None
    return Given(position, choice, f"l-{name}" in sent, sequence, _instant(sent.get(f"t-{name}", "")))


def _choice(sent: MultiDict[str, str], name: str) -> Choice | None:
    marked, fields = sent.getlist(f"a-{name}"), sent.getlist(f"x-{name}")
    if len(marked) > MOST_OPTIONS or len(fields) > MOST_OPTIONS or (marked and fields):
        return None
    # A form sends the end of a line as two characters, a script as one; it is the same answer.
    texts = tuple(text.replace("\r\n", "\n").replace("\r", "\n") for text in fields)
    if any(len(text) > LONGEST_ANSWER for text in texts):
        return None
    numbers = tuple(number for one in marked if (number := _whole(one)) is not None)
    return texts or (numbers if len(numbers) == len(marked) else None)


def _untouched(sent: MultiDict[str, str], name: str, given: Given) -> bool:
    return sent.get(f"w-{name}") == as_shown(given.choice, given.later, fields=f"x-{name}" in sent)


def _whole(typed: str) -> int | None:
    # ASCII digits only and few of them: int() would take other scripts' digits, and a megabyte of them slowly.
    return int(typed) if _NUMBER.match(typed) else None


def _instant(typed: str) -> datetime | None:
    # The browser's clock may be wrong by years; it is kept as a fact and decides nothing.
    if not _MILLISECONDS.match(typed) or int(typed) > _LAST:
        return None
    return _EPOCH + timedelta(milliseconds=int(typed))


class GradeForm(Form):
    """What somebody gives for a written answer, and their words to whoever wrote it."""

    points = RadioField(_l("Points"), [Needed(_l("Choose one of the points of the guide."))], validate_choice=False)
    remark = TextAreaField(
        _l("A remark to the student"),
        [AtMost(LONGEST_ANSWER)],
        description=_l("They read it beside their answer. Say what is there, and what is still missing."),
        render_kw={"rows": 4},
    )
    reason = TextAreaField(
        _l("Why the grade is changed"),
        [AtMost(LONGEST_ANSWER)],
        description=_l("The earlier grade stays on record. The student reads this."),
        render_kw={"rows": 3},
    )
    seen = WholeNumber()
    late = WholeNumber()

    @classmethod
    def blank(cls, question: Question, seen: int, late: int) -> "GradeForm":
        """Return the form for a grade that is still to give, on top of the one that was seen last."""
        return cls(values={"seen": seen, "late": late}).offer(question)

    def offer(self, question: Question) -> "GradeForm":
        """List the points of the guide, and keep the form's fields apart from those of other questions on the page."""
        self.points.choices = [(str(number), str(number)) for number in range(question.most, -1, -1)]
        for field in self:
            field.id = field.label.field_id = "-".join(map(str, (field.name, question.position, *self._apart)))
        return self

    @property
    def given(self) -> int:
        """The points; -1 if what was sent is no number, which no guide has."""
        number = _whole(str(self.points.data or ""))
        return -1 if number is None else number

    @property
    def _apart(self) -> tuple[int, ...]:
        return (self.arrival,) if self.arrival else ()

    @property
    def arrival(self) -> int:
        """The place of the late arrival that is graded; 0 for what stood in time."""
        return self.late.data or 0

    @property
    def version(self) -> int:
        """The number of the newest grade that the page showed."""
        return self.seen.data or 0


class WallTime(DateTimeLocalField):
    """A day and a time on the wall; a wrong one gets a sentence that shows how, an empty one is nothing."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day and the time."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            super().process_formdata([valuelist[0].strip()])
        except ValueError:
            raise ValueError(_l("Write the day and the time like 2026-11-23 18:00.")) from None


def _wall_time(label: LazyString, hint: LazyString) -> WallTime:
    shapes = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
    return WallTime(label, [Optional()], format=shapes, description=hint, render_kw={"type": "datetime-local"})


class OpeningForm(Form):
    """From when until when a quiz may be begun."""

    opens = _wall_time(_l("May be begun from"), _l("Empty: from the first day of the cohort."))
    closes = _wall_time(_l("May be begun until"), _l("Empty: no end. Whoever has begun by then has all their time."))


class AccommodationForm(Form):
    """A standing arrangement for everything timed."""

    factor_percent = WholeNumber(
        _l("Time, in percent of the usual"),
        [Needed(_l("Give a number; 100 is the usual time."))],
        description=_l("150 is one and a half times the usual time."),
    )
    extra_minutes = WholeNumber(_l("Extra minutes on top"), [Needed(_l("Give a number; 0 is none."))])
    untimed = BooleanField(_l("No time limit at all"))
    break_minutes = WholeNumber(
        _l("Minutes of breaks"),
        [Needed(_l("Give a number; 0 is none."))],
        description=_l("How long in all the person may stop the clock of a quiz without asking. Once for each quiz."),
    )
    hide_time = BooleanField(_l("Show no clock unless they ask for it"))
    reason = TextAreaField(_l("Reason, if it should be on record"), [AtMost(2000)])


class LateForm(Form):
    """Whether a late answer counts, and why."""

    seen = HiddenField()
    reason = TextAreaField(
        _l("Reason"),
        [Needed(_l("Write a short reason. The student reads it.")), AtMost(1000)],
        description=_l("The student reads it, in a letter and beside their result. Name nobody else."),
    )

    @property
    def known(self) -> int:
        """How many decisions the page showed; -1 for anything but a number."""
        seen = _whole(self.seen.data or "")
        return -1 if seen is None else seen


class ExtendForm(Form):
    """More time for attempts under way."""

    minutes = WholeNumber(_l("Minutes"), [Needed(_l("Give a number of minutes from 1 to 600."))])
    base = SelectField(
        _l("Counted"),
        choices=[
            SelectChoice("end", _l("from the end of each person's time")),
            SelectChoice("now", _l("from this moment; nobody gets less than they have")),
        ],
    )


class ReopenForm(Form):
    """Opening an attempt again."""

    minutes = WholeNumber(
        _l("For how many minutes"), [Needed(_l("Give a number of minutes from 1 to 600."))], id="reopen-minutes"
    )
    reason = TextAreaField(
        _l("Reason"),
        [Needed(_l("Write a short reason.")), AtMost(1000)],
        description=_l("Sealed; the staff of the cohort can read it, and the student sees when they do."),
    )


class AnswerPauseForm(Form):
    """Whether a pause is granted, and for how long at most."""

    minutes = WholeNumber(
        _l("At most how many minutes"),
        [Needed(_l("Give a number of minutes from 1 to 120."))],
        id="pause-minutes",
        description=_l(
            "The student goes on whenever they are ready; after so many minutes the clock goes on by itself."
        ),
    )


class PauseForm(Form):
    """Asking for a pause."""

    reason = TextAreaField(
        _l("Why, if you want to say it"),
        [AtMost(1000)],
        description=_l("The staff of your cohort can read it, nobody else. You see when they do."),
    )
