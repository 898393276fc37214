"""Attendance: which classes to record, and who was there."""

from dataclasses import dataclass

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment, Meeting
from lms.core.access import Actor
from lms.core.errors import Invalid
from lms.hours import forms, policy, rules, service
from lms.hours.views.door import me, refuse, room
from lms.web.gate import Visit
from lms.web.pages import page


@dataclass(frozen=True, slots=True)
class Row:
    """One person in the list of a class: what is chosen, and every mark so far."""

    seat: Enrolment
    form: forms.MarkForm
    history: list[service.Recorded]

    @property
    def mark(self) -> service.Mark:
        """What is chosen."""
        form = self.form
        return service.Mark(form.mark.data or "", form.minutes.data or 0, form.reason.data or "")


def meeting(s: Session, actor: Actor, code: str) -> Meeting | None:
    """Load a class."""
    return cohorts.meeting_by_code(s, code)


@room.get("/attendance", policy.CLASSES)
def attendance_list(v: Visit) -> ResponseReturnValue:
    """List the classes of a facilitator's cohorts by what is left to do."""
    calls = service.calls_for(v.s, sorted(v.actor.facilitates), now=v.now)
    past = calls.past if "all" in request.args else calls.past[: rules.PAGE]
    return page("lms/hours/attendance_list.html", calls=calls, past=past, more=len(calls.past) - len(past))


@room.get("/meetings/<code>/attendance", policy.ATTENDANCE, subject=meeting)
def attendance(v: Visit) -> ResponseReturnValue:
    """Show who was in a class, ready to be recorded or corrected."""
    return _attendance_page(v, _rows(v))


@room.post("/meetings/<code>/attendance", policy.TAKE, subject=meeting)
def take_attendance(v: Visit) -> ResponseReturnValue:
    """Record attendance; what does not fit comes back as it was chosen."""
    rows = _rows(v)
    # Somebody may have taken a seat after the page was opened: who was not on it is left for the next time.
    chosen = [row for row in rows if row.form.mark.raw_data]
    fits = [row.form.accepts() for row in chosen]
    changed = _taken(v, chosen) if all(fits) else None
    if changed is None:
        return _attendance_page(v, rows, 422)
    saved = ngettext("Saved for %(num)s person.", "Saved for %(num)s people.", changed)
    flash(saved if changed else _("Nothing was changed."))
    return v.go("lms_hours.attendance", code=v.subject.code)


def _taken(v: Visit, rows: list[Row]) -> int | None:
    by_id = {row.seat.id: row for row in rows}
    try:
        return service.take_attendance(
            v.s, v.subject, {id_: row.mark for id_, row in by_id.items()}, by=me(v), now=v.now
        )
    except Invalid as refused:
        for key, sentence in refused.problems.items():
            id_, _dash, field = key.partition("-")
            refuse(by_id[int(id_)].form, Invalid("", {field: sentence}))
        return None


def _rows(v: Visit) -> list[Row]:
    seats = [seat for seat in cohorts.roster(v.s, v.subject.cohort_id) if seat.person_id != v.actor.person_id]
    marks = service.marks_of(v.s, v.subject)
    untouched = not any(seat.id in marks for seat in seats)
    return [_row(v, seat, marks.get(seat.id, []), "present" if untouched else "") for seat in seats]


def _row(v: Visit, seat: Enrolment, history: list[service.Recorded], usual: str) -> Row:
    last = history[-1] if history else None
    values = {"mark": last.mark if last else usual, "minutes": last.minutes if last and last.mark == "part" else None}
    return Row(seat, forms.MarkForm(seat.code, v.form, values), history)


def _attendance_page(v: Visit, rows: list[Row], status: int = 200) -> ResponseReturnValue:
    v.zone = v.subject.cohort.zone
    module, _slash, name = v.subject.guide.partition("/")
    return page(
        "lms/hours/attendance.html",
        status,
        meeting=v.subject,
        rows=rows,
        wrong=any(row.form.errors for row in rows),
        open=v.subject.cancelled_at is None and v.subject.starts_at <= v.now,
        make_up=service.pathway_of(v.s, v.subject.cohort).make_up,
        own=v.subject.cohort_id in v.actor.seats.values(),
        guide={"module": module, "name": name, "cohort": v.subject.cohort.code},
    )
