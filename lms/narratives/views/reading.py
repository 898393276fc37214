"""What a facilitator sees: the queue, one text with its rubric, and the steps around it."""

from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.errors import Conflict
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Rubric
from lms.narratives import rules, service
from lms.narratives.forms import CorrectionForm, RevealForm, ReviewForm, form_for
from lms.narratives.models import Review
from lms.narratives.policy import ANSWER, QUEUE, READ
from lms.narratives.service import Case, Grades, SavedReview
from lms.narratives.views.front import room
from lms.web import csrf
from lms.web.gate import Read, Visit
from lms.web.pages import clock_seconds, clock_time, data, page

_ADDRESS = "/to-read/<code>"


def case(s: Session, actor: Actor, code: str) -> Case | None:
    """Load a submission; a stranger finds out nothing."""
    return service.case_by_code(s, code, actor) if actor.signed_in else None


def opened(v: Visit) -> Read | None:
    """Name the story this page shows, if it shows it: the gate logs the reading first."""
    one: Case = v.subject
    if v.wants_json or not one.shows_text(v.now):
        return None
    return Read(service.STORY, one.submission.code, one.enrolment.person.code)


@room.get("/to-read", QUEUE)
def queue(v: Visit) -> ResponseReturnValue:
    """List what waits to be read, the longest wait first; a coordinator sees the same without opening anything."""
    me = v.actor
    lines = service.queue(v.s, me.facilitates, reader=me, provider_ids=me.coordinates, now=v.now)
    done = service.answered_by(v.s, me) if me.is_facilitator else []
    labels = {line.code: rules.label(line.code) for line in done}
    return page("lms/narratives/queue.html", lines=lines, done=done, labels=labels)


@room.get(_ADDRESS, READ, subject=case, reads=opened)
def grade(v: Visit) -> ResponseReturnValue:
    """Show a text beside its rubric, to the reader who holds it, or to the cohort's facilitators once it is answered.

    A script that was signed out asks here for a fresh token, and gets no text.
    """
    one: Case = v.subject
    if v.wants_json:
        return data({"version": one.mine.sequence if one.mine else 0, "csrf_token": csrf.token()})
    return _shown(v, one)


def _shown(
    v: Visit,
    one: Case,
    *,
    form: ReviewForm | None = None,
    status: int = 200,
    judged: rules.Outcome | None = None,
    newer: Grades | None = None,
    correction: CorrectionForm | None = None,
) -> ResponseReturnValue:
    sent = one.submission
    v.zone = one.enrolment.cohort.zone
    rubric = rules.rubric_of(sent.rubric)
    editing = one.editing(v.s, v.now)
    context = {
        "case": one,
        "label": rules.label(sent.code),
        "title": _title(v, one, rubric),
        "hold": one.hold(v.now),
        "writer": "" if rules.name_hidden(sent.interview, one.state) else one.enrolment.person.name,
        "minutes": rules.reading_minutes(sent.words),
        "rubric": rubric,
        "form": form or (_form(v, rubric, editing) if editing else None),
        "judged": judged,
        "newer": newer,
        "correction": correction or CorrectionForm(),
        "text": None,
    }
    if one.shows_text(v.now):
        context |= _story(v, one, rubric, editing)
    return page("lms/narratives/grade.html", status, **context)


def _title(v: Visit, one: Case, rubric: Rubric) -> str:
    found = curriculum.narrative(v.s, one.enrolment.cohort.release, one.submission.narrative)
    return found.title if found else rubric.title


def _story(v: Visit, one: Case, rubric: Rubric, editing: Review | None) -> dict[str, object]:
    """Open the text with its earlier rounds and answers."""
    text = service.words_of(v.s, one.submission)
    earlier = [(r, service.words_of(v.s, r.submission), service.answers_of(v.s, r)) for r in one.earlier]
    standing = service.grades_of(v.s, editing) if editing else Grades()
    return {
        "text": text,
        "earlier": earlier,
        "change": rules.change(earlier[-1][1].text, text.text) if earlier else None,
        "answers": service.answers_of(v.s, one.this),
        "standing": standing,
        "sum": rules.outcome(rubric, standing.levels, standing.reasons),
        "editing": editing,
    }


def _form(v: Visit, rubric: Rubric, review: Review) -> ReviewForm:
    return form_for(rubric)(None, ReviewForm.values(service.grades_of(v.s, review), review.sequence))


def _again(v: Visit, one: Case, status: int, **more: Any) -> ResponseReturnValue:
    """Show the page as the answer to a form: this, too, is a reading, and is logged before it leaves."""
    if one.shows_text(v.now):
        service.note_opening(v.s, one, v.actor, now=v.now)
    return _shown(v, one, status=status, **more)


@room.post(_ADDRESS + "/claim", ANSWER, subject=case)
def claim(v: Visit) -> ResponseReturnValue:
    """Take a text for two hours."""
    one: Case = v.subject
    v.zone = one.enrolment.cohort.zone
    won = service.claim(v.s, one.submission, v.actor, now=v.now)
    if won.mine:
        return v.go("lms_narratives.grade", code=one.submission.code)
    taken = _("%(name)s took this one a moment ago. The others still wait.", name=won.by)
    flash(taken if won.by else _("This one was answered in the meantime. The others still wait."))
    return v.go("lms_narratives.queue")


@room.post(_ADDRESS + "/step-back", ANSWER, subject=case)
def step_back(v: Visit) -> ResponseReturnValue:
    """Let go of a text whose writer one knows."""
    one: Case = v.subject
    service.recuse(v.s, one.submission, v.actor, now=v.now)
    flash(_("You stepped back. Somebody else reads %(label)s.", label=rules.label(one.submission.code)))
    return v.go("lms_narratives.queue")


@room.post(_ADDRESS, ANSWER, subject=case)
def answer(v: Visit) -> ResponseReturnValue:
    """Save a review as it is written, show its total, release it."""
    one: Case = v.subject
    rubric = rules.rubric_of(one.submission.rubric)
    form = form_for(rubric)(v.form)
    review = one.mine
    if not form.accepts():
        return _misshapen(v, one, form)
    grades = form.grades(rubric)
    if review is None:
        return _nowhere(v, one, grades)
    saved = service.save_review(
        v.s, review, grades, sequence=form.sequence.data, last_sent=form.last_sent.data or "", now=v.now
    )
    if saved.state == "closed":
        return _nowhere(v, one, grades)
    if saved.state == "stale":
        return _stale(v, one, form, saved)
    form.sequence.data = saved.sequence
    if v.wants_json:
        return _told(v, one, rubric, saved)
    return _next_step(v, one, form, review, saved)


def _misshapen(v: Visit, one: Case, form: ReviewForm) -> ResponseReturnValue:
    if v.wants_json:
        return data({"error": _("Not saved. %(why)s", why=form.first_error)}, 422)
    return _again(v, one, 422, form=form)


def _told(v: Visit, one: Case, rubric: Rubric, saved: SavedReview) -> ResponseReturnValue:
    v.zone = one.enrolment.cohort.zone
    judged = rules.outcome(rubric, saved.standing.levels, saved.standing.reasons)
    said = _("Saved %(time)s", time=clock_seconds(saved.saved_at))
    return data({"version": saved.sequence, "said": said, "points": judged.points})


def _stale(v: Visit, one: Case, form: ReviewForm, saved: SavedReview) -> ResponseReturnValue:
    """Another tab of the same reader was newer: both stand on the page, and this one is kept aside as well."""
    _keep_aside(v, _("From an older tab of a review"))
    if v.wants_json:
        said = _(
            "A newer review is saved, from another tab. What stands here is kept for you. Reload to see the newer one."
        )
        newer = {
            "levels": saved.standing.levels,
            "reasons": saved.standing.reasons,
            "feedback": saved.standing.feedback,
        }
        return data({"state": "stale", "version": saved.sequence, "error": said, "newer": newer}, 409)
    form.sequence.data = saved.sequence
    flash(
        _("A newer review is saved, from another tab. Nothing was lost: yours is on the page, the newer one beside it.")
    )
    return _again(v, one, 409, form=form, newer=saved.standing)


def _nowhere(v: Visit, one: Case, grades: Grades) -> ResponseReturnValue:
    """There is no open review to put this in: released already, or never claimed."""
    said = _("This review is closed, so nothing was changed. What you typed is kept for you on your first page.")
    if grades != Grades():
        _keep_aside(v, _("Written in a review that was closed"))
    if v.wants_json:
        return data({"state": "closed", "error": said}, 409)
    flash(said)
    return v.go("lms_narratives.grade", code=one.submission.code)


def _keep_aside(v: Visit, why: str) -> None:
    service.keep_aside(v.s, v.actor.code, request.path, why, v.form.to_dict(flat=False), now=v.now)


def _next_step(v: Visit, one: Case, form: ReviewForm, review: Review, saved: SavedReview) -> ResponseReturnValue:
    if form.do.data not in ("finish", "release"):
        flash(
            _("Saved. %(label)s is yours until %(time)s.", label=rules.label(one.submission.code), time=_until(v, one))
        )
        return v.go("lms_narratives.queue")
    rubric = rules.rubric_of(one.submission.rubric)
    judged = rules.outcome(rubric, saved.standing.levels, saved.standing.reasons)
    problems = service.problems_of(judged, saved.standing)
    for name in problems:
        form.refuse(name, _missing(name))
    if problems:
        return _again(v, one, 422, form=form)
    if form.do.data == "finish" or form.outcome.data != judged.word:
        return _again(v, one, 200, form=form, judged=judged)
    try:
        service.release_review(v.s, review, outcome=judged.word, now=v.now)
    except Conflict as refused:
        # Caught, not passed on: the gate would roll back, and what was just saved must stay.
        flash(_(refused.sentence))
        return v.go("lms_narratives.grade", code=one.submission.code)
    flash(_("Released. The writer gets a letter that says so, without the text and without the grade."))
    return v.go("lms_narratives.queue")


def _missing(name: str) -> str:
    if name.startswith("level-"):
        return str(_("Choose a level."))
    if name.startswith("reason-"):
        return str(_("Write a short reason. The writer will read it."))
    return str(_("Write a few words to the writer. They trusted you with their story."))


def _until(v: Visit, one: Case) -> str:
    return clock_time(one.submission.claimed_until or v.now, one.enrolment.cohort.zone)


@room.post(_ADDRESS + "/correct", ANSWER, subject=case)
def correct(v: Visit) -> ResponseReturnValue:
    """Begin a correction of a released answer, with its reason."""
    one: Case = v.subject
    form = CorrectionForm(v.form)
    if not form.accepts():
        return _again(v, one, 422, correction=form)
    service.begin_correction(v.s, one.submission, v.actor, form.reason.data or "", now=v.now)
    return v.go("lms_narratives.grade", code=one.submission.code)


@room.post(_ADDRESS + "/writer", ANSWER, subject=case)
def reveal(v: Visit) -> ResponseReturnValue:
    """Say who wrote a text, because its reader fears for somebody's safety."""
    one: Case = v.subject
    form = RevealForm(v.form)
    if not one.shows_text(v.now):
        raise Conflict(_("Take this narrative on first; then this page can tell you who wrote it."))
    known: dict[str, Any] = {"case": one, "label": rules.label(one.submission.code), "form": form}
    if not form.accepts():
        return page("lms/narratives/writer.html", 422, **known, writer="")
    return page("lms/narratives/writer.html", **known, writer=service.reveal_writer(v.s, one, v.actor, now=v.now))
