"""Scheduling and cancelling classes."""

from datetime import datetime
from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.cohorts import forms, policy, rules, service
from lms.cohorts.models import Meeting
from lms.cohorts.views.door import load_cohort, load_meeting, refuse, room
from lms.core.errors import Invalid
from lms.curriculum import service as curriculum
from lms.web.gate import Visit
from lms.web.pages import hours_minutes, moment, page


@room.get("/cohorts/<code>/new-meeting", policy.MEET_PAGE, subject=load_cohort)
def new_meeting(v: Visit) -> ResponseReturnValue:
    """Show the form for a class."""
    return _form(v, forms.MeetingForm(_guides(v), _modalities()))


@room.post("/cohorts/<code>/new-meeting", policy.MEET, subject=load_cohort)
def schedule(v: Visit) -> ResponseReturnValue:
    """Put a class into the calendar."""
    here = v.subject
    form = forms.MeetingForm(_guides(v), _modalities(), v.form)
    starts_at = _starts_at(form, here.zone) if form.accepts() else None
    if starts_at is not None:
        given: dict[str, Any] = {
            "guide": form.guide.data, "modality": form.modality.data or None, "place": form.place.data or "",
        }  # fmt: skip
        try:
            made = service.schedule_meeting(v.s, here, starts_at=starts_at, **given, now=v.now)
        except Invalid as refused:
            refuse(form, refused, "guide")
        else:
            when = moment(made.starts_at, here.zone)
            flash(_("%(title)s is in the calendar: %(when)s.", title=made.title, when=when))
            return v.go("lms_cohorts.cohort", code=here.code)
    return _form(v, form, 422)


@room.post("/meetings/<code>/cancel", policy.MEET, subject=load_meeting)
def cancel(v: Visit) -> ResponseReturnValue:
    """Cancel a class and write to everybody in it."""
    here: Meeting = v.subject
    service.cancel_meeting(v.s, here, by=v.actor.code, now=v.now)
    when = moment(here.starts_at, here.cohort.zone)
    told = service.tell_class(v.s, here, "meeting-cancelled", *_letter(v, here, when), now=v.now)
    flash(
        _(
            "%(title)s on %(when)s is cancelled. Letters go to %(count)s people.",
            title=here.title,
            when=when,
            count=told,
        )
    )
    return v.go("lms_cohorts.cohort", code=here.cohort.code)


def _form(v: Visit, form: forms.MeetingForm, status: int = 200) -> ResponseReturnValue:
    return page("lms/cohorts/new_meeting.html", status, cohort=v.subject, form=form)


def _starts_at(form: forms.MeetingForm, zone: str) -> datetime | None:
    if form.day.data is None or form.time.data is None:
        return None
    found = rules.instant(datetime.combine(form.day.data, form.time.data), zone)
    if found is None:
        form.refuse("time", _(rules.SENTENCES["gap"]))
    return found


def _guides(v: Visit) -> list[tuple[str, str]]:
    outline = curriculum.outline(v.s, v.subject.release)
    kinds = dict(_modalities())
    return [
        (
            line.key,
            f"{module.number}. {module.title}: {line.title} ({hours_minutes(line.minutes)}, {kinds[line.modality]})",
        )
        for module in outline.modules
        for line in module.meetings
    ]


def _modalities() -> list[tuple[str, str]]:
    return [("", _("As the guide says")), ("in_person", _("In person")), ("live_virtual", _("Live, by video"))]


def _letter(v: Visit, meeting: Meeting, when: str) -> tuple[str, str]:
    body = _(
        "Hello,\n\nthe class %(title)s of %(cohort)s on %(when)s will not take place. %(name)s cancelled it.\n\n"
        "Your calendar shows the classes that are still to come. You lose nothing by this; ask your facilitator if you wonder"
        " how the hours are made up.\n",
        title=meeting.title,
        cohort=meeting.cohort.name,
        when=when,
        name=v.actor.name,
    )
    return _("No class on %(when)s", when=when), body
