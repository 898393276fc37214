"""The room itself, what its pages are about, and how a refusal goes back into its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import Person
from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.access import Actor
from lms.core.errors import Denied, Invalid
from lms.curriculum import service as curriculum
from lms.curriculum.rules import shapes
from lms.web.forms import Form
from lms.web.gate import Visit
from lms.web.room import MenuEntry, Room

room = Room(
    "hours",
    "lms.hours",
    menu=(
        MenuEntry(
            _l("Hours"), "lms_hours.statement", lambda a: a.is_student, 30, ("lms_hours.practice", "lms_hours.homework")
        ),
        MenuEntry(
            _l("Attendance"), "lms_hours.attendance_list", lambda a: a.is_facilitator, 30, ("lms_hours.attendance",)
        ),
        MenuEntry(
            _l("To decide"),
            "lms_hours.to_decide",
            lambda a: a.is_facilitator,
            35,
            ("lms_hours.hand_in", "lms_hours.practice_claim"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Task:
    """A homework of a student's own release, with their seat."""

    enrolment: Enrolment
    work: shapes.Homework


def my_seat(s: Session, actor: Actor) -> Enrolment | None:
    """Load the student's current seat."""
    return cohorts.seat_of(s, actor) if actor.is_student else None


def my_task(s: Session, actor: Actor, module: str, name: str) -> Task | None:
    """Load a homework of the student's own release."""
    seat = my_seat(s, actor)
    work = curriculum.homework(s, seat.cohort.release, f"{module}/{name}") if seat else None
    return Task(seat, work) if seat and work else None


def me(v: Visit) -> Person:
    """Return the person behind the actor, for the services that record who did something."""
    person = accounts.person_by_code(v.s, v.actor.code)
    if person is None:
        raise Denied
    return person


def refuse(form: Form, refused: Invalid) -> None:
    """Put a service's sentences beside the fields they are about."""
    for name, sentence in refused.problems.items():
        form.refuse(name, _(sentence))


def filled(v: Visit, html: str) -> Markup:
    """Return safe HTML from the release with today's support lines in it."""
    return Markup(curriculum.fill_lines(html, curriculum.support_lines(v.s)))  # noqa: S704 - cleaned when compiled


def names(people: Sequence[Person]) -> str:
    """Name the people something waits for."""
    return str(_(" or ").join(person.name for person in people) or _("your facilitator"))


def letter(v: Visit, subject: str, said: str, endpoint: str, **values: Any) -> tuple[str, str]:
    """Make a letter that says where to look, and nothing of what stands there."""
    link = v.state.settings.base_url.rstrip("/") + url_for(endpoint, **values)
    return subject, "\n\n".join((said, _("Sign in to read it: %(link)s", link=link), v.state.settings.programme_name))
