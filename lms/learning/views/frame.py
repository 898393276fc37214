"""What the pages of this room share: the room itself, who is meant, and lessons ready to read."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.access import Actor
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Lesson
from lms.web.room import MenuEntry, Room

room = Room(
    "learning",
    "lms.learning",
    menu=(
        MenuEntry(
            _l("Lessons"), "lms_learning.modules", lambda actor: actor.is_student, 20,
            covers=("lms_learning.lesson", "lms_learning.print_lesson", "lms_learning.quiz", "lms_learning.start"),
        ),
        MenuEntry(
            _l("Library"), "lms_learning.library", lambda actor: actor.is_staff, 55,
            covers=(
                "lms_learning.library_lesson", "lms_learning.library_print", "lms_learning.library_module",
                "lms_learning.library_meeting", "lms_learning.library_homework", "lms_learning.library_narrative",
            ),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OnLesson:
    """A student's seat and the lesson they are on."""

    enrolment: Enrolment
    lesson: Lesson


def my_seat(s: Session, actor: Actor, **args: Any) -> Enrolment | None:
    """Load the student's current seat."""
    return cohorts.seat_of(s, actor) if actor.seats else None


def my_lesson(s: Session, actor: Actor, *, lesson: str, part: int = 1) -> OnLesson | None:
    """Load the student's seat and a lesson of their cohort's release; None for a part that is not there."""
    seat = my_seat(s, actor)
    found = curriculum.lesson(s, seat.cohort.release, lesson) if seat else None
    return OnLesson(seat, found) if seat and found and 1 <= part <= len(found.parts) else None


def filler(s: Session, texts: Iterable[str]) -> Callable[[str], Markup]:
    """Return what makes safe HTML of a piece's text; the support lines are read only where one is named."""
    lines = curriculum.support_lines(s) if any("{{" in text for text in texts) else None
    return lambda html: Markup(curriculum.fill_lines(html, lines) if lines else html)  # noqa: S704 - sanitised


_TAG = re.compile("<[^<>]+>")
_ANCHOR = re.compile('( id="| aria-labelledby="| href="#)(?=s-)')


def whole(s: Session, lesson: Lesson) -> list[Markup]:
    """Return all parts of a lesson for one page; each part's ids become its own, for several hold a `Reflection`."""
    fill = filler(s, [part.html for part in lesson.parts])
    return [fill(_with_own_ids(part.html, number)) for number, part in enumerate(lesson.parts, 1)]


def _with_own_ids(html: str, number: int) -> str:
    return _TAG.sub(lambda tag: _ANCHOR.sub(rf"\g<1>p{number}-", tag[0]), html)
