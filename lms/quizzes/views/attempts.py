"""The pages of an attempt: answer, send, and see how it ended."""

from datetime import datetime
from functools import lru_cache
from json import dumps
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.quizzes import forms, policy, rules, service
from lms.quizzes.forms import Sent, Wish
from lms.quizzes.models import Attempt
from lms.quizzes.rules import Given, Saved, Shape, TimeLeft
from lms.quizzes.views.front import filler, load_attempt, points_text, room
from lms.quizzes.views.pauses import paused
from lms.web import csrf
from lms.web.gate import Visit
from lms.web.pages import clock_seconds, clock_time, data, page

STILL = ("pausing", "paused")
"""Where the clock stands still: no question is shown, what is still on its way is taken for a moment."""


def _to_answer(s: Session, actor: Actor, code: str) -> Attempt | None:
    return service.attempt_to_answer(s, code)


def _to_read(s: Session, actor: Actor, code: str) -> Attempt | None:
    return service.attempt_to_read(s, code)


@room.get("/attempts/<code>", policy.ATTEMPT, subject=_to_read)
def attempt(v: Visit) -> ResponseReturnValue:
    """Show a page of questions, or tell a script where the attempt stands."""
    if v.wants_json:
        return data(_standing(v))
    stands = service.state_of(v.subject, now=v.now)
    if stands == "grace":
        return page("lms/quizzes/time_up.html", attempt=v.subject, until=rules.due(service.timing_of(v.subject)))
    if stands in STILL:
        return paused(v)
    if not rules.takes_answers(stands):
        return v.go("lms_quizzes.result", code=v.subject.code)
    paper, held = service.paper_of(v.subject), service.answers_of(v.s, v.subject)
    laid_out = rules.sheet(paper, held, v.subject.kind, forms.page_number(request.args.get("page")))
    return page(
        "lms/quizzes/attempt.html",
        attempt=v.subject,
        sheet=laid_out,
        shown=rules.as_shown,
        parts=rules.stem_parts,
        fill=filler(v, paper),
        asked=request.args.get("send") == "1" and laid_out.unanswered,
        saved_at=max((one.saved_at for one in held.values()), default=None),
        pause=service.last_pause(v.s, v.subject) if v.subject.deadline else None,
        bench=_bench(v, hidden=_hidden(v)),
    )


@room.post("/attempts/<code>/answers", policy.ANSWER, subject=_to_answer)
def save(v: Visit) -> ResponseReturnValue:
    """Save the answers a page or a script sent, then go where the person wants."""
    sent, saved = _save(v)
    if not sent.answers:
        service.note_seen(v.s, v.subject, now=v.now)
    if v.wants_json:
        return _reply(v, sent, saved)
    _tell(sent, saved)
    return _go(v, forms.read_wish(v.form))


@room.post("/attempts/<code>/submit", policy.ANSWER, subject=load_attempt)
def send(v: Visit) -> ResponseReturnValue:
    """Save what the page holds, then close; unanswered questions are shown first, unless that was meant."""
    sent, saved = _save(v)
    wish = forms.read_wish(v.form)
    if not _may_send(v):
        return v.go("lms_quizzes.result", code=v.subject.code)
    _tell(sent, saved)
    if service.state_of(v.subject, now=v.now) in STILL:  # a page from before the pause: nothing is sent by surprise
        return v.go("lms_quizzes.attempt", code=v.subject.code)
    if not _takes_answers(v):  # the questions are not on show: what is saved is all there is to send
        service.submit(v.s, v.subject, now=v.now)
        return v.go("lms_quizzes.result", code=v.subject.code)
    if wish.time_up and service.state_of(v.subject, now=v.now) == "open":
        flash(_("By our clock there is still time. Your answers are saved; go on."))
        return _go(v, wish)
    if not (wish.time_up or wish.anyway) and (unanswered := _unanswered(v)):
        return _at(v, unanswered[0].page, wish.hidden, send=1)
    if not wish.time_up and (sent.unreadable or any(one.state == "refused" for one in saved)):
        return _go(v, wish)
    service.submit(v.s, v.subject, now=v.now)
    return v.go("lms_quizzes.result", code=v.subject.code)


@room.get("/attempts/<code>/result", policy.RESULT, subject=load_attempt)
def result(v: Visit) -> ResponseReturnValue:
    """Show how a closed attempt ended; nobody sees a key before."""
    own = policy.ATTEMPT.allow(v.actor, v.subject)
    if _may_send(v) and own:
        return v.go("lms_quizzes.attempt", code=v.subject.code)
    # Who looks at a later day would else find an attempt lapsed that somebody is still sitting.
    if _may_send(v) or (v.travelling and v.subject.state == "in_progress"):
        return page("lms/quizzes/under_way.html", attempt=v.subject)
    paper, held = service.paper_of(v.subject), service.answers_of(v.s, v.subject)
    ruled = service.ruled_in(v.s, v.subject)
    rulings = {one.ruling.words: one.ruling for one in ruled.values()}
    outcome = service.outcome_of(v.subject, held, now=v.now, rulings=rulings)
    as_marked = rules.under(paper, rulings)
    graded = service.grades_of(v.s, v.subject, paper)
    given = {(one.position, one.arrival): one.hundredths for rows in graded.values() for one in reversed(rows)}
    mark, late = service.mark_of(v.s, v.subject), service.late_of(v.s, v.subject)
    after = service.after(v.s, v.subject, now=v.now, travelling=v.travelling)
    counts = rules.counted(as_marked, service.choices(held), service.accepted_of(v.s, v.subject) if mark else (), given)
    return page(
        "lms/quizzes/result.html",
        attempt=v.subject,
        outcome=service.counted(outcome, mark),
        first=outcome if mark else None,
        late=late,
        ruled={} if outcome.state == "abandoned" else ruled,
        ended=outcome.state,
        percent=rules.percent,
        points=points_text,
        reviewed=rules.review(as_marked, *counts) if policy.REVIEW[after.phase].allow(v.actor, v.subject) else (),
        graded=graded,
        can_grade=any(q.by_person for q in paper.questions) and policy.GRADE_PAGE.allow(v.actor, v.subject),
        fill=filler(v, paper),
        parts=rules.stem_parts,
        aside=len({one.arrived.position for one in late}),
        judges=policy.LATE_PAGE.allow(v.actor, v.subject),
        again=after.again if own else None,
        own=own,
    )


def _hidden(v: Visit) -> bool:
    asked: str = request.args.get("time", "hidden" if v.subject.hide_time else "")
    return asked == "hidden"


def _takes_answers(v: Visit) -> bool:
    return rules.takes_answers(service.state_of(v.subject, now=v.now))


def _may_send(v: Visit) -> bool:
    return rules.may_send(service.state_of(v.subject, now=v.now))


def _save(v: Visit) -> tuple[Sent, list[Saved]]:
    sent = forms.read_answers(v.form)
    return sent, service.save_answers(v.s, v.subject, sent.answers, now=v.now)


def _unanswered(v: Visit) -> tuple[rules.Spot, ...]:
    held = service.answers_of(v.s, v.subject)
    return rules.sheet(service.paper_of(v.subject), held, v.subject.kind, 1).unanswered


def _go(v: Visit, wish: Wish) -> ResponseReturnValue:
    if not _takes_answers(v):
        return v.go("lms_quizzes.attempt" if _may_send(v) else "lms_quizzes.result", code=v.subject.code)
    if wish.go == "pause":
        return v.go("lms_quizzes.pause", code=v.subject.code)
    if wish.go == "leave":
        return v.go("lms_learning.modules")
    hidden = {"hide": True, "show": False}.get(wish.go, wish.hidden)
    position = forms.page_number(wish.go) if wish.go.isdigit() else None
    if position is None:
        return _at(v, wish.page + {"next": 1, "back": -1}.get(wish.go, 0), hidden)
    questions = service.shape_of(v.subject).many
    return _at(v, rules.page_of(v.subject.kind, questions, position), hidden, _anchor=f"q{position}")


def _at(v: Visit, number: int, hidden: bool, **more: Any) -> ResponseReturnValue:
    shown = "shown" if v.subject.hide_time else None
    time = "hidden" if hidden else shown
    return v.go("lms_quizzes.attempt", code=v.subject.code, page=max(1, number), time=time, **more)


def _tell(sent: Sent, saved: list[Saved]) -> None:
    for given, one in zip(sent.answers, saved, strict=False):
        if sentence := _sentence(given, one):
            flash(_("Question %(number)s: %(sentence)s", number=one.position, sentence=sentence))
    if sent.unreadable:
        flash(_("Part of the page could not be read and was not saved. Please look at your answers again."))


def _sentence(given: Given, one: Saved) -> str:
    if one.state == "saved":
        return ""
    if one.state == "stale" and rules.same(given.choice, one.choice) and one.later == given.later:
        return ""
    said: dict[str, str] = {
        "stale": _("You answered it on another page since. That answer stands; choose again to change it."),
        "late": _("This arrived after the time was up. It is not counted, and it is kept with the time it arrived."),
        "closed": _(
            "This arrived after the quiz was sent. It is not counted, and it is kept with the time it arrived."
        ),
        "paused": _(
            "This arrived while the clock stood still. It is not counted, and it is kept; choose again when you go on."
        ),
        "refused": _("This answer does not fit the question, so it was not taken. Please choose again."),
    }
    return said[one.state]


def _reply(v: Visit, sent: Sent, saved: list[Saved]) -> ResponseReturnValue:
    shape = service.shape_of(v.subject)
    answers = [_as_data(shape, given, one) for given, one in zip(sent.answers, saved, strict=False)]
    refused = sent.unreadable or any(one.state == "refused" for one in saved)
    body: dict[str, Any] = {"answers": answers, "unreadable": sent.unreadable, **_standing(v)}
    if answers:
        body |= {key: answers[-1][key] for key in ("state", "saved_at", "sequence")}
    if sent.unreadable:
        body["error"] = _("Part of what arrived could not be read and was not saved. Please choose again.")
    return data(body, 422 if refused else 200)


def _as_data(shape: Shape, given: Given, one: Saved) -> dict[str, Any]:
    question = shape.question(one.position)
    return {
        "position": one.position,
        "state": one.state,
        "saved_at": one.saved_at.isoformat() if one.saved_at else None,
        "clock": clock_seconds(one.saved_at) if one.saved_at else "",
        "sequence": one.sequence,
        "sent": given.sequence,
        "choice": list(one.choice),
        "whole": question is not None and rules.whole(question, one.choice),
        "later": one.later,
        "said": _sentence(given, one),
    }


def _standing(v: Visit) -> dict[str, Any]:
    """Say where the attempt stands by the server's clock; the token lets a page go on after signing in again."""
    stands = service.state_of(v.subject, now=v.now)
    return {
        "attempt": stands,
        "open": rules.takes_answers(stands) or stands in STILL,
        "paused": stands in STILL,
        "now": _milliseconds(v.now),
        "deadline": _milliseconds(_ends(v)),
        "of": _time_of(v.subject, _ends(v)),
        "csrf_token": csrf.token(),
        "result": url_for("lms_quizzes.result", code=v.subject.code),
    }


def _milliseconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp() * 1000)


def _bench(v: Visit, hidden: bool) -> dict[str, Any]:
    ends = _ends(v)
    left = rules.time_left(ends, v.now)
    words = _words_in(str(get_locale()))
    return {
        "left": left,
        "hidden": hidden,
        "words": words,
        "words_json": _json_in(str(get_locale())),
        "text": _time_text(words, left, hidden) if left else _("No time limit"),
        "of": _time_of(v.subject, ends),
        "now": _milliseconds(v.now),
        "deadline": _milliseconds(ends),
    }


def _time_text(words: dict[str, str], left: TimeLeft, hidden: bool) -> str:
    if left.mark == "up" or left.mark == "one":
        return words[left.mark]
    if hidden:
        return words["hidden" if left.mark == "plenty" else "five"]
    return words["minute"] if left.minutes == 1 else words["minutes"].format(n=left.minutes)


def _ends(v: Visit) -> datetime | None:
    return rules.ends(service.timing_of(v.subject), v.now)


def _time_of(attempt: Attempt, ends: datetime | None) -> str:
    """Say how long the whole is, and that a person's own arrangement and what staff added are in it."""
    if attempt.limit_seconds is None:
        return ""
    usual = _minutes(attempt.limit_seconds)
    if ends is None:
        return str(_("(usually %(limit)s minutes; no limit for you)", limit=usual))
    whole = _minutes(attempt.limit_seconds + attempt.extra_seconds + attempt.granted_seconds)
    parts = [_("your extra time")] if attempt.extra_seconds else []
    parts += [_("%(minutes)s added", minutes=_minutes(attempt.granted_seconds))] if attempt.granted_seconds else []
    if not parts:
        return str(_("of %(whole)s, until %(time)s", whole=whole, time=clock_time(ends)))
    said = " + ".join([str(usual), *(str(part) for part in parts)])
    return str(_("of %(whole)s (%(parts)s), until %(time)s", whole=whole, parts=said, time=clock_time(ends)))


def _minutes(seconds: int) -> int:
    return (seconds + 30) // 60


@lru_cache(maxsize=16)
def _json_in(language: str) -> str:
    return dumps(_words_in(language))


@lru_cache(maxsize=16)
def _words_in(language: str) -> dict[str, str]:
    """Everything quiz.js may say, so that a translation reaches it; looked up once for the language of the page."""
    return {
        "minutes": ngettext("{n} minutes left", "{n} minutes left", 2),
        "minute": _("1 minute left"),
        "five": _("Less than 5 minutes left"),
        "one": _("Less than 1 minute left"),
        "up": _("The time is up"),
        "hidden": _("The time is hidden"),
        "no_limit": _("No time limit"),
        "hide": _("Hide the time"),
        "show": _("Show the time"),
        "saved": _("Saved {time}"),
        "saving": _("Saving"),
        "partly": _("Saved {time}. Something here is still open."),
        "later": _("Kept for later"),
        "unanswered": _("Not answered yet"),
        "unsaved": _("Not saved yet. It stays on this page; we try again every 5 seconds."),
        "signed_out": _("You are signed out. Your answers stay on this page. Sign in, and saving goes on by itself."),
        "sign_in": _("Sign in in a new tab"),
        "waiting": _("Not sent yet. Your last answers wait on this page; we try again every 5 seconds."),
        "over": _("The time is up. Your last answers wait on this page; we try again every 5 seconds."),
        "closed": _("This quiz is closed."),
        "see_result": _("See how it ended"),
        "spot_done": _("Question {n}, answered"),
        "spot_way": _("Question {n}, kept for later"),
        "spot_open": _("Question {n}, open"),
        "tally": _("{n} of {all} answered"),
        "kept": _("{n} kept for later"),
        "broken": _("Our side did not answer as it should. It stays on this page; we try again every 5 seconds."),
    }
