"""A person's standing arrangement for everything timed. It is kept by the cohorts and followed by the attempts here."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.access import Actor
from lms.core.errors import Invalid
from lms.quizzes import policy, service
from lms.quizzes.forms import AccommodationForm
from lms.quizzes.views.front import room
from lms.web.gate import Visit
from lms.web.pages import page


def load_seat(s: Session, actor: Actor, code: str) -> Enrolment | None:
    """Load a seat with person, cohort, release and provider."""
    return cohorts.enrolment_by_code(s, code)


@room.get("/cohorts/people/<code>/time", policy.ARRANGE_PAGE, subject=load_seat)
def arrangement(v: Visit) -> ResponseReturnValue:
    """Show the form for somebody's time; the reasons given so far stay on the person's own page."""
    held = service.terms_of(v.s, v.subject.person_id, now=v.now)
    names = ("factor_percent", "extra_minutes", "untimed", "break_minutes", "hide_time")
    return _shown(v, AccommodationForm(values={name: getattr(held, name) for name in names}))


@room.post("/cohorts/people/<code>/accommodation", policy.ARRANGE, subject=load_seat)
def set_arrangement(v: Visit) -> ResponseReturnValue:
    """Record an arrangement, and let what is under way follow it at once."""
    form = AccommodationForm(v.form)
    if form.accepts():
        given: dict[str, Any] = {field.name: field.data for field in form}
        given["reason"] = given["reason"] or ""
        try:
            cohorts.set_accommodation(v.s, v.subject.person, **given, by=v.actor.code, now=v.now)
        except Invalid as refused:
            for name, sentence in refused.problems.items():
                form.refuse(name, _(sentence))
        else:
            moved = service.follow_arrangement(v.s, v.subject.person_id, by=v.actor.code, now=v.now)
            _tell(moved.given)
            return v.go("lms_cohorts.person", code=v.subject.code)
    return _shown(v, form, 422)


def _tell(moved: int) -> None:
    said = _("Recorded. It holds for every quiz from now on, also past closing times.")
    if moved:
        said += " " + ngettext(
            "A quiz that is under way follows it already.",
            "%(num)s quizzes that are under way follow it already.",
            moved,
        )
    flash(said)


def _shown(v: Visit, form: AccommodationForm, status: int = 200) -> ResponseReturnValue:
    v.zone = v.subject.cohort.zone
    return page("lms/quizzes/arrangement.html", status, seat=v.subject, form=form)
