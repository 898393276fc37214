"""Pages: rendering with the frame's facts, filters for dates and hours, and every refusal as a page."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_name
from flask import Blueprint, Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from lms.core.errors import Conflict, Denied, Invalid, LmsError, NotFound, TooMany
from lms.web import csrf, tongue
from lms.web.addresses import address
from lms.web.forms import ZONES
from lms.web.once import once, stand
from lms.web.state import Line, state

POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Render a template inside the frame: who is here, the menu, the support lines, the instant."""
    frame = _frame(g.lms_visit, _support(g.lms_visit))
    spoken = tongue.template(current_app.jinja_env, template)
    return _guarded(make_response(render_template(spoken, **frame, **context), status))


def _frame(visit: Any, support: Sequence[Line]) -> dict[str, Any]:
    tongue.choose()
    stand(visit.zone, local(visit.now).year)
    return {
        "visit": visit,
        "actor": visit.actor,
        "now": visit.now,
        "zone": visit.zone,
        "settings": visit.state.settings,
        "support": support,
        "menu": _menu(visit),
        "asset": visit.state.assets.url,
    }


def download(body: bytes, media_type: str, name: str) -> Response:
    """Send a file that the browser saves; never sniffed, never cached."""
    response = Response(body, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _guarded(response)


def data(body: Mapping[str, Any], status: int = 200) -> Response:
    """Answer a script."""
    response = jsonify(body)
    response.status_code = status
    return _guarded(response)


def _guarded(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    # A shared device keeps nothing: no page that belongs to a person may be shown again by the Back button.
    headers["Cache-Control"] = "no-store"
    if state().settings.production:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def _support(visit: Any) -> tuple[Line, ...]:
    lines: tuple[Line, ...] = visit.state.support_lines(visit.s)
    visit.state.last_lines[:] = lines
    return lines


def _menu(visit: Any) -> list[dict[str, Any]]:
    entries = sorted(
        (e for room in visit.state.rooms for e in room.menu if e.shows(visit.actor)), key=lambda e: e.order
    )
    here, language = request.endpoint, str(get_locale())
    return [
        {"label": _label(e, language), "url": address(e.endpoint), "current": here == e.endpoint or here in e.covers}
        for e in entries
    ]


def _label(entry: Any, language: str) -> str:
    found = _LABELS.get((entry.endpoint, language))
    return found or _LABELS.setdefault((entry.endpoint, language), str(entry.label))


_LABELS: dict[tuple[str, str], str] = {}
"""The names of the main links as said in each language."""


_WORDS: dict[type[LmsError], tuple[str, str]] = {
    NotFound: (
        "This page is not here",
        "The address may have a typing mistake, or the thing may belong to somebody else. Nothing was lost.",
    ),
    Denied: (
        "This is not yours to open",
        "Your account may not do this. If you think it should, ask your coordinator.",
    ),
    Conflict: ("Something changed in between", "Nothing was lost. Look at the page again and decide."),
    Invalid: ("Something does not fit", "Nothing was lost. Go back, put it right and send it again."),
    TooMany: ("Please try again later", "There were many tries from your connection. Please wait an hour."),
}


def refusal(
    error: LmsError, status: int | None = None, typed: Mapping[str, list[str]] | None = None
) -> ResponseReturnValue:
    """Answer with a refusal: one heading, one sentence, and what was typed if the state had moved on."""
    heading, sentence = _WORDS.get(type(error), _WORDS[Conflict])
    said = error.sentence or _(sentence)
    code = status or error.status
    if g.lms_visit.wants_json:
        return data({"error": said, "status": code}, code)
    return page("lms/refusal.html", code, heading=_(heading), sentence=said, typed=typed or {}, error=error)


def refusal_of_http(error: HTTPException) -> ResponseReturnValue:
    """Answer what Werkzeug refused (a body that is too large, a malformed form)."""
    code = error.code or 400
    if code == 413:
        return refusal(
            Invalid(
                _(
                    "That was more than four megabytes. Please send it in smaller pieces; the page you came from still has it."
                )
            ),
            413,
        )
    return refusal(NotFound() if code == 404 else Invalid(_("The browser sent something this page cannot read.")), code)


def broken(reference: str, kept: Mapping[str, list[str]]) -> ResponseReturnValue:
    """Answer a fault of ours: say so, give a reference, and give back what was typed."""
    if g.lms_visit.wants_json:
        return data(
            {"error": _("Something broke on our side. What you typed is still on this page."), "reference": reference},
            500,
        )
    return page("lms/broken.html", 500, reference=reference, typed=kept)


# Shown only when the database was away since the start: the national line, https://988lifeline.org, call or text.
_NATIONAL = Line("988 Suicide & Crisis Lifeline", "988: call or text", "988", "988", "", strip=True, foot=True)


def unavailable(typed: Mapping[str, list[str]]) -> ResponseReturnValue:
    """Answer while the database cannot be asked, without asking it: calmly, with what was typed and the support lines."""
    visit = g.lms_visit
    if visit.wants_json:
        answer = data({"error": _("This cannot be saved right now. What you typed is still on this page.")}, 503)
    else:
        # Straight from the template: whatever a host or the sign-in adds to every page may ask the database.
        frame = _frame(visit, visit.state.last_lines or (_NATIONAL,))
        template = tongue.template(current_app.jinja_env, "lms/unavailable.html")
        answer = _guarded(make_response(template.render(**frame, typed=typed), 503))
    answer.headers["Retry-After"] = "30"
    return answer


def send_again(typed: Mapping[str, list[str]]) -> ResponseReturnValue:
    """Answer a form whose token was stale: the same form, filled, with a fresh token."""
    if g.lms_visit.wants_json:
        return data(
            {"error": _("This page was open too long. Reload it; what you typed is kept."), "csrf_token": csrf.token()},
            400,
        )
    return page("lms/send_again.html", 400, typed=typed, path=request.full_path.rstrip("?"))


def signed_out(kept: bool, typed: Mapping[str, list[str]]) -> ResponseReturnValue:
    """Answer a form sent after the session had ended."""
    sentence = _("You are signed out. Sign in again; what is on this page stays here.")
    if g.lms_visit.wants_json:
        return data({"error": sentence, "signed_out": True, "kept": kept}, 401)
    return page("lms/signed_out.html", 401, kept=kept, typed=typed)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(at: datetime, zone: str = "") -> datetime:
    """Return an instant in the page's zone."""
    return at.astimezone(_zone(zone or g.lms_visit.zone))


def _date(when: datetime | date, form: str) -> str:
    return _dated(when.date() if isinstance(when, datetime) else when, form, str(get_locale() or "en"))


@lru_cache(maxsize=2048)
def _dated(when: date, form: str, language: str) -> str:
    return str(format_date(when, form, locale=language))


def day(at: datetime | date, zone: str = "") -> str:
    """Write a day: `Sunday 22 November`; with the year when it is not this year."""
    when = local(at, zone) if isinstance(at, datetime) else at
    same_year = when.year == local(g.lms_visit.now, zone).year
    return _date(when, "EEEE d MMMM" if same_year else "EEEE d MMMM y")


def short_day(at: datetime | date, zone: str = "") -> str:
    """Write a day in short: `Tue 24 Nov`."""
    when = local(at, zone) if isinstance(at, datetime) else at
    return _date(when, "EEE d MMM")


def full_date(at: datetime | date, zone: str = "") -> str:
    """Write a date with its year: `3 April 2026`."""
    when = local(at, zone) if isinstance(at, datetime) else at
    return _date(when, "d MMMM y")


def clock_time(at: datetime, zone: str = "") -> str:
    """Write a time of day: `18:00`."""
    return local(at, zone).strftime("%H:%M")


def clock_seconds(at: datetime, zone: str = "") -> str:
    """Write a time of day with seconds, as a save says it: `12:03:07`."""
    return local(at, zone).strftime("%H:%M:%S")


def moment(at: datetime, zone: str = "") -> str:
    """Write an instant with its day and time: `Friday 4 December, 23:59`."""
    return f"{day(at, zone)}, {clock_time(at, zone)}"


def dated_moment(at: datetime, zone: str = "") -> str:
    """Write an instant with its year, wherever the page stands in time: `Wednesday 3 March 2027, 09:00`."""
    return f"{_date(local(at, zone), 'EEEE d MMMM y')}, {clock_time(at, zone)}"


def zone_name(zone: str) -> str:
    """Write a time zone as people say it: `Eastern time (New York)`."""
    return str(ZONES.get(zone) or get_timezone_name(_zone(zone), locale=get_locale() or "en"))


def hours_minutes(minutes: int) -> str:
    """Write minutes as people say them: `31 h 20 min`, `45 min`, `3 h`."""
    whole, rest = divmod(max(0, minutes), 60)
    if whole and rest:
        return f"{whole} h {rest:02d} min"
    return f"{whole} h" if whole else f"{rest} min"


def paragraphs(text: str) -> Markup:
    """Write a person's own text as paragraphs; everything in it is escaped."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(Markup("<br>").join(b.split("\n"))) for b in blocks)


FILTERS = {
    "day": day,
    "short_day": short_day,
    "full_date": full_date,
    "clock_time": clock_time,
    "clock_seconds": clock_seconds,
    "moment": moment,
    "dated_moment": dated_moment,
    "zone_name": zone_name,
    "hm": hours_minutes,
    "paragraphs": paragraphs,
}


def set_up(app: Flask) -> None:
    """Give the application's templates our filters, and a host our frame; a host's own `templates/lms/…` comes first."""
    app.register_blueprint(Blueprint("lms_frame", "lms.web", template_folder="templates"))
    for name, function in FILTERS.items():
        app.jinja_env.filters.setdefault(name, function)
    app.jinja_env.globals.setdefault("_", _)
    app.jinja_env.globals.setdefault("once", once)
    # Macros see no page context, so the token's maker is a global.
    app.jinja_env.globals.setdefault("lms_csrf_token", csrf.token)
