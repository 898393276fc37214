"""The people of a cohort, and one person's place in it."""

from dataclasses import dataclass
from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.cohorts import forms, policy, rules, service
from lms.cohorts.models import Accommodation, Enrolment
from lms.cohorts.views.door import load_seat, room
from lms.core.access import Actor
from lms.core.errors import Conflict
from lms.web.gate import Read, Visit
from lms.web.pages import page


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A person's place in a cohort; `arrangements` and the reasons in `history` are there for coordinators only."""

    enrolment: Enrolment
    history: list[rules.StatusLine]
    arrangements: list[tuple[Accommodation, str]]
    private: bool

    @property
    def holds_private_text(self) -> bool:
        """Whether the page shows a reason that somebody wrote about this person."""
        return any(line.reason for line in self.history) or any(reason for _row, reason in self.arrangements)


def load_file(s: Session, actor: Actor, code: str) -> PersonFile | None:
    """Load a seat with its history, and the private parts for those who may read them."""
    seat = service.enrolment_by_code(s, code)
    return _file(s, actor, seat) if seat else None


def _file(s: Session, actor: Actor, seat: Enrolment) -> PersonFile:
    private = policy.coordinates(actor, seat)
    history = service.history_of(s, seat, private=private)
    arrangements = service.accommodations_of(s, seat.person_id) if private else []
    return PersonFile(seat, history, arrangements, private)


def reading(v: Visit) -> Read | None:
    """Name the private text on the page, if there is any."""
    seat = v.subject.enrolment
    return Read("seat", seat.code, seat.person.code) if v.subject.holds_private_text else None


@room.get("/people", policy.PEOPLE)
def people(v: Visit) -> ResponseReturnValue:
    """List the people of the cohorts somebody facilitates."""
    return page("lms/cohorts/people.html", seats=service.people_of(v.s, v.actor.facilitates))


@room.get("/cohorts/people/<code>", policy.PERSON, subject=load_file, reads=reading)
def person(v: Visit) -> ResponseReturnValue:
    """Show a person's place in a cohort."""
    return _page(v, v.subject)


@room.post("/cohorts/people/<code>/withdraw", policy.RUN_SEAT, subject=load_seat)
def withdraw(v: Visit) -> ResponseReturnValue:
    """Record that somebody left, and why."""
    form = forms.WithdrawForm(v.form)
    if not form.accepts():
        return _again(v, withdraw=form)
    service.withdraw(v.s, v.subject, reason=form.left_reason.data or "", by=v.actor.code, now=v.now)
    flash(_("Recorded. %(name)s has left, and the seat is free.", name=v.subject.person.name))
    return v.go("lms_cohorts.person", code=v.subject.code)


@room.post("/cohorts/people/<code>/finish", policy.RUN_SEAT, subject=load_seat)
def finish(v: Visit) -> ResponseReturnValue:
    """Record that somebody finished."""
    service.finish(v.s, v.subject, by=v.actor.code, now=v.now)
    flash(_("Recorded. %(name)s has finished and can still look at everything.", name=v.subject.person.name))
    return v.go("lms_cohorts.person", code=v.subject.code)


@room.post("/cohorts/people/<code>/come-back", policy.RUN_SEAT, subject=load_seat)
def come_back(v: Visit) -> ResponseReturnValue:
    """Give somebody who left their seat back, if one is free."""
    service.enrol(v.s, v.subject.cohort, v.subject.person, by=v.actor.code, now=v.now)
    flash(_("Recorded. %(name)s is enrolled again.", name=v.subject.person.name))
    return v.go("lms_cohorts.person", code=v.subject.code)


@room.post("/cohorts/people/<code>/grant", policy.RUN_SEAT, subject=load_seat)
def pay(v: Visit) -> ResponseReturnValue:
    """Pay this seat from a grant."""
    grant = service.grant_by_code(v.s, v.form.get("pick", ""))
    if grant is None:
        raise Conflict(_("This grant is not here. Choose one from the list."))
    service.fund(v.s, v.subject, grant, now=v.now)
    flash(_("This seat is paid from %(grant)s.", grant=grant.name))
    return v.go("lms_cohorts.person", code=v.subject.code)


def _again(v: Visit, **sent: Any) -> ResponseReturnValue:
    return _page(v, _file(v.s, v.actor, v.subject), 422, **sent)


def _page(v: Visit, file: PersonFile, status: int = 200, **sent: Any) -> ResponseReturnValue:
    seat = file.enrolment
    v.zone = seat.cohort.zone
    grants = service.grants_beside(v.s, seat) if file.private else []
    free = [(grant.code, grant.name) for grant, pays in grants if not pays]
    actors = {line.by for line in file.history} | {row.by for row, _reason in file.arrangements}
    now = file.arrangements[0][0] if file.arrangements else None
    shown = {
        "withdraw": forms.WithdrawForm(),
        "grant": forms.PickForm(_("Pay this seat from"), free),
    }
    return page(
        "lms/cohorts/person.html",
        status,
        seat=seat,
        file=file,
        arrangement=now,
        paid=[grant for grant, pays in grants if pays],
        free=free,
        names=accounts.names_of(v.s, actors),
        forms=shown | sent,
    )
