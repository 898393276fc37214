"""What a student sees: their narratives, the page to write on, the last look before sending, earlier versions."""

from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.access import Actor
from lms.core.errors import Conflict, Invalid, NotFound
from lms.curriculum import service as curriculum
from lms.narratives import rules, service
from lms.narratives.forms import SendForm, WriteForm
from lms.narratives.policy import OWN, WRITE
from lms.narratives.service import Desk, SavedDraft, Words
from lms.narratives.views.front import room
from lms.web import csrf
from lms.web.gate import Visit
from lms.web.pages import clock_seconds, data, page

_ADDRESS = "/narratives/<module>/<name>"
_VERSION = _ADDRESS + "/versions/<int(max=2147483647):number>"


def seat(s: Session, actor: Actor) -> Enrolment | None:
    """Load the student's seat."""
    return cohorts.seat_of(s, actor) if actor.is_student else None


def desk(s: Session, actor: Actor, module: str, name: str, number: int = 0) -> Desk | None:
    """Load one narrative of the student's own."""
    mine = seat(s, actor)
    narrative = curriculum.narrative(s, mine.cohort.release, f"{module}/{name}") if mine else None
    return service.desk_for(s, mine, narrative) if mine and narrative else None


@room.get("/narratives", OWN, subject=seat)
def index(v: Visit) -> ResponseReturnValue:
    """List the narratives of the student's pathway, and any other they have begun, with where each stands."""
    mine: Enrolment = v.subject
    v.zone = mine.cohort.zone
    outline = curriculum.outline(v.s, mine.cohort.release)
    pathway = curriculum.pathway(v.s, mine.cohort.release, mine.cohort.pathway)
    results = service.results_for(v.s, [mine.id])[mine.id]
    asked = list(pathway.narratives) if pathway else []
    others = [key for key in results if key not in asked]
    lines = [(outline.narrative(key), results.get(key)) for key in [*asked, *others]]
    listed = [(found[1], result) for found, result in lines if found]
    return page("lms/narratives/index.html", lines=listed, following=_following(listed))


def _following(lines: list[tuple[Any, rules.NarrativeResult | None]]) -> tuple[Any, rules.State] | None:
    """Return the narrative to turn to next: one that came back, then one begun, then one not begun."""
    states = [(line, result.state if result else "none") for line, result in lines]
    wanted: tuple[rules.State, ...] = ("returned", "draft", "none")
    return next(((line, state) for want in wanted for line, state in states if state == want), None)


@room.get("/narratives/pause", OWN, subject=seat)
def paused(v: Visit) -> ResponseReturnValue:
    """Show next to nothing: the story is off the screen, and saved."""
    return page("lms/narratives/pause.html")


@room.get(_ADDRESS, OWN, subject=desk)
def write(v: Visit) -> ResponseReturnValue:
    """Show the page to write on, or what was sent; a script that was signed out asks here for a fresh token."""
    own: Desk = v.subject
    if v.wants_json:
        version = own.draft.version if own.draft else 0
        return data({"version": version, "csrf_token": csrf.token(), "open": rules.may_write(own.state)})
    return _shown(v, own)


def _shown(
    v: Visit, own: Desk, form: WriteForm | None = None, status: int = 200, newer: SavedDraft | None = None
) -> ResponseReturnValue:
    v.zone = own.enrolment.cohort.zone
    common = {
        "desk": own,
        "openings": service.openings_of(v.s, own),
        "aside": service.kept_aside(v.s, v.actor.code, request.path),
        "rounds": [(one, service.words_of(v.s, one.submission), service.answers_of(v.s, one)) for one in own.rounds],
    }
    if not rules.may_write(own.state):
        return page("lms/narratives/sent.html", status, **common)
    form = form or _form(v, own)
    return page("lms/narratives/write.html", status, **common, **_desk_facts(v, own, form), form=form, newer=newer)


def _form(v: Visit, own: Desk) -> WriteForm:
    words = service.words_of(v.s, own.draft) if own.draft else Words()
    how = "interview" if own.draft and own.draft.interview else "write"
    version = own.draft.version if own.draft else 0
    return WriteForm(None, {"text": words.text, "note": words.note, "how": how, "version": version})


def _desk_facts(v: Visit, own: Desk, form: WriteForm) -> dict[str, Any]:
    _narrative, rubric = service.instructions(v.s, own.enrolment, own.narrative.key)
    # Once somebody has answered, the writer knows whom they write to; the page then need not ask again.
    readers = [] if own.rounds else cohorts.facilitators_of(v.s, own.enrolment.cohort_id)
    return {
        "asked": curriculum.fill_lines(own.narrative.html, curriculum.support_lines(v.s)),
        "rubric": rubric,
        "readers": [reader.name for reader in readers],
        "words": rules.word_count(form.text.data or ""),
    }


@room.post(_ADDRESS, WRITE, subject=desk)
def save(v: Visit) -> ResponseReturnValue:
    """Save the draft, by itself every few seconds or by hand, and go where the person wanted to go."""
    own: Desk = v.subject
    form = WriteForm(v.form)
    if not form.accepts():
        return _misshapen(v, own, form)
    if own.draft is None and not (form.text.data or form.note.data or form.interview):
        return data({"version": 0, "said": ""}) if v.wants_json else _onward(v, str(form.do.data))
    own.draft = service.draft_for(v.s, own.enrolment, own.narrative.key, now=v.now)
    saved = service.save_draft(
        v.s,
        own.draft,
        form.text.data or "",
        note=form.note.data or "",
        interview=form.interview and own.narrative.interview,
        version=form.version.data,
        last_sent=form.last_sent.data or "",
        explicit=form.do.data != "autosave",
        now=v.now,
    )
    if saved.state != "saved":
        return _refused(v, own, form, saved)
    service.settle_aside(v.s, v.actor.code, request.path, saved.standing, now=v.now)
    v.zone = own.enrolment.cohort.zone
    if v.wants_json:
        return data({"version": saved.version, "said": _saved_at(saved)})
    return _onward(v, str(form.do.data))


def _saved_at(saved: SavedDraft) -> str:
    return str(_("Saved %(time)s. Earlier versions are kept.", time=clock_seconds(saved.saved_at)))


def _onward(v: Visit, do: str) -> ResponseReturnValue:
    if do == "preview":
        return v.go("lms_narratives.preview", **_address(v))
    if do == "pause":
        return v.go("lms_narratives.paused")
    flash(_("Saved. Your text waits for you; nobody else can open it."))
    return v.go("lms_narratives.index")


def _address(v: Visit) -> dict[str, Any]:
    return {"module": v.args["module"], "name": v.args["name"]}


def _misshapen(v: Visit, own: Desk, form: WriteForm) -> ResponseReturnValue:
    if v.wants_json:
        return data({"error": _("Not saved. %(why)s", why=form.first_error)}, 422)
    return _shown(v, own, form, 422)


def _refused(v: Visit, own: Desk, form: WriteForm, saved: SavedDraft) -> ResponseReturnValue:
    """Give back both texts; what would be lost is kept aside as well, because this answer may reach nobody."""
    stale = saved.state == "stale"
    said = (
        _("A newer text is saved, from another page. Nothing was lost: both stand here.")
        if stale
        else _("This narrative was sent already, so nothing was changed. What you typed is kept for you.")
    )
    yours = Words(form.text.data or "", form.note.data or "")
    if saved.aside:
        why = _("From an older page of this narrative") if stale else _("Written after you had sent this narrative")
        typed = {"text": [yours.text], "note": [yours.note]}
        service.keep_aside(v.s, v.actor.code, request.path, why, typed, now=v.now)
    if v.wants_json:
        texts = {"newer": _as_data(saved.standing), "yours": _as_data(yours)}
        return data({"state": saved.state, "version": saved.version, "error": said, **texts}, 409)
    if not stale:
        flash(said)
    form.version.data = saved.version
    return _shown(v, own, form, 409, saved if stale else None)


def _as_data(words: Words) -> dict[str, str]:
    return {"text": words.text, "note": words.note}


@room.get(_ADDRESS + "/send", OWN, subject=desk)
def preview(v: Visit) -> ResponseReturnValue:
    """Show the text once more, as its reader will see it, before it is sent."""
    own: Desk = v.subject
    if own.draft is None or not rules.may_write(own.state):
        return v.go("lms_narratives.write", **_address(v))
    v.zone = own.enrolment.cohort.zone
    words = service.words_of(v.s, own.draft)
    readers = [person.name for person in cohorts.facilitators_of(v.s, own.enrolment.cohort_id)]
    count = rules.word_count(words.text)
    return page("lms/narratives/preview.html", desk=own, words=words, count=count, readers=readers)


@room.post(_ADDRESS + "/send", WRITE, subject=desk)
def send(v: Visit) -> ResponseReturnValue:
    """Send what the preview showed, once."""
    own: Desk = v.subject
    form = SendForm(v.form)
    if own.draft is None:
        flash(_("There is no text to send yet."))
        return v.go("lms_narratives.write", **_address(v))
    try:
        sent = service.send(v.s, own.draft, version=form.version.data, round_=form.round.data, now=v.now)
    except Invalid:
        flash(_("There is no text to send yet. Write something, or ask for an interview."))
        return v.go("lms_narratives.write", **_address(v))
    except Conflict:
        flash(_("Your text changed after this page was made. Nothing was sent. Read it once more, then send."))
        return v.go("lms_narratives.preview", **_address(v))
    if sent.state == "waiting":
        asked = _("Your facilitators have your wish for an interview. One of them will arrange a time with you.")
        flash(asked if sent.interview else _("Sent. A facilitator reads it; you get a letter when there is an answer."))
    return v.go("lms_narratives.write", **_address(v))


@room.get(_ADDRESS + "/versions", OWN, subject=desk)
def versions(v: Visit) -> ResponseReturnValue:
    """List the earlier versions of a draft."""
    own: Desk = v.subject
    v.zone = own.enrolment.cohort.zone
    earlier = service.versions(v.s, own.draft) if own.draft else []
    return page("lms/narratives/versions.html", desk=own, earlier=earlier)


@room.get(_VERSION, OWN, subject=desk)
def version(v: Visit) -> ResponseReturnValue:
    """Show one earlier version."""
    own: Desk = v.subject
    v.zone = own.enrolment.cohort.zone
    kept, words = _version(v, own)
    count = rules.word_count(words.text)
    return page("lms/narratives/version.html", desk=own, kept=kept, words=words, count=count)


@room.post(_VERSION, WRITE, subject=desk)
def put_back(v: Visit) -> ResponseReturnValue:
    """Make an earlier version the draft again; what stands now becomes an earlier version itself."""
    own: Desk = v.subject
    _kept, words = _version(v, own)
    shown = SendForm(v.form).version.data
    draft = service.draft_for(v.s, own.enrolment, own.narrative.key, now=v.now)
    saved = service.save_draft(
        v.s, draft, words.text, note=words.note, interview=draft.interview, version=shown, now=v.now
    )
    back = _("Put back. What stood there before is among the earlier versions.")
    moved = _("Your text changed after this page was made, or was sent. Nothing was put back and nothing was lost.")
    flash(back if saved.state == "saved" else moved)
    return v.go("lms_narratives.write", **_address(v))


def _version(v: Visit, own: Desk) -> tuple[service.Earlier, Words]:
    found = service.version_of(v.s, own.draft, v.args["number"]) if own.draft else None
    if found is None:
        raise NotFound
    return found
