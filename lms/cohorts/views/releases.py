"""Moving a cohort to the newest release, after seeing what would change."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.cohorts import forms, policy, service
from lms.cohorts.views.door import load_cohort, refuse, room
from lms.core.errors import Conflict, Invalid
from lms.curriculum import service as curriculum
from lms.web.gate import Visit
from lms.web.pages import page


@room.get("/cohorts/<code>/release", policy.RUN_PAGE, subject=load_cohort)
def release(v: Visit) -> ResponseReturnValue:
    """Show what the newest release would change for this cohort."""
    return _page(v)


@room.post("/cohorts/<code>/release", policy.RUN, subject=load_cohort)
def move_release(v: Visit) -> ResponseReturnValue:
    """Move the cohort to the release that was on the page, with a reason."""
    form = forms.MoveForm(v.form)
    chosen = curriculum.by_digest(v.s, form.release.data or "")
    if chosen is None:
        raise Conflict(
            _("This version of the curriculum is not here. Open the page again and look at what would change.")
        )
    if not form.accepts():
        return _page(v, 422, form)
    try:
        service.move_release(v.s, v.subject, chosen, by=v.actor.code, reason=form.reason.data or "", now=v.now)
    except Invalid as refused:
        refuse(form, refused, "reason")
        return _page(v, 422, form)
    flash(_("The cohort now learns from the version of the page you saw. What was done before stays as it was."))
    return v.go("lms_cohorts.cohort", code=v.subject.code)


def _page(v: Visit, status: int = 200, form: forms.MoveForm | None = None) -> ResponseReturnValue:
    here, newest = v.subject, curriculum.newest(v.s)
    v.zone = here.zone
    new = newest if newest is not None and newest.id != here.release_id else None
    return page(
        "lms/cohorts/release.html",
        status,
        cohort=here,
        new=new,
        changes=curriculum.difference(v.s, here.release, new) if new else (),
        fits=new is not None and here.pathway in curriculum.outline(v.s, new).pathways,
        form=form or forms.MoveForm(values={"release": new.digest if new else ""}),
        words=_words(),
    )


def _words() -> dict[str, str]:
    """Return the words of `lms.curriculum.rules.difference.LABELS` in the reader's language."""
    return _words_of_content() | _words_of_quizzes() | _words_of_pathways()


def _words_of_content() -> dict[str, str]:
    return {
        "module": _("Module"),
        "lesson": _("Lesson"),
        "meeting": _("Class"),
        "homework": _("Homework"),
        "narrative": _("Narrative"),
        "rubric": _("Rubric"),
        "quiz": _("Quiz"),
        "questions": _("Questions"),
        "pathway": _("Pathway"),
        "added": _("added"),
        "removed": _("removed"),
        "changed": _("changed"),
        "reworded": _("reworded"),
        "title": _("title"),
        "summary": _("summary"),
        "content_note": _("content note"),
        "minutes": _("minutes"),
        "parts": _("parts"),
        "competencies": _("competencies by weight"),
        "modality": _("how it is held"),
        "purpose": _("purpose"),
        "agenda": _("agenda"),
        "hand_in": _("what is handed in"),
        "words_from": _("usual words at least"),
        "words_to": _("usual words at most"),
        "interview": _("may be told in an interview"),
        "pass_points": _("points to pass"),
        "no_zero": _("no criterion may have zero"),
        "criteria": _("criteria"),
    }


def _words_of_quizzes() -> dict[str, str]:
    return {
        "time_limit_minutes": _("time limit in minutes"),
        "attempts": _("tries"),
        "retry_after_hours": _("hours between tries"),
        "pass_percent": _("percent to pass"),
        "review": _("shown after sending"),
        "shuffle_questions": _("questions in another order each time"),
        "shuffle_options": _("options in another order each time"),
        "draws": _("questions drawn"),
        "overdue": _("when it is not sent in time"),
        "grace_minutes": _("minutes of grace"),
    }


def _words_of_pathways() -> dict[str, str]:
    return {
        "total_minutes": _("minutes in all"),
        "version": _("version"),
        "effective_from": _("in effect from"),
        "contact_hour_minutes": _("minutes of a contact hour"),
        "self_paced_credit": _("how lessons are credited"),
        "reading_floor_percent": _("percent of a lesson's minutes to be measured"),
        "attendance_percent": _("percent to attend"),
        "make_up": _("missed classes can be made up"),
        "modules": _("modules asked for"),
        "quizzes": _("quizzes asked for"),
        "exam": _("exam"),
        "narratives": _("narratives asked for"),
        "practice_minutes": _("practice minutes asked for"),
        "practice_day_minutes": _("practice minutes that count in a day"),
        "valid_months": _("months that the certificate is valid"),
        "certificate_title": _("title of the certificate"),
        "certificate_wording": _("wording of the certificate"),
        "certificate_note": _("note on the certificate"),
        "approval_number": _("approval"),
        "approval_from": _("approved from"),
        "approval_to": _("approved to"),
        "agreements": _("agreements"),
        "offered": _("offered"),
    }
