"""The gate: one instant, one actor, one decision, one commit per request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from flask import g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from lms.core.access import STRANGER, Actor, Permission, decide
from lms.core.db import look_first, take_lock, unit_of_work
from lms.core.errors import Conflict, Denied, LmsError, NotFound, TooMany
from lms.core.log import logger
from lms.records import service as records
from lms.web import csrf, pages
from lms.web.state import State, state

log = logger("lms.gate")

# A narrative of a whole life fits in a tenth of this; the form says so before the server has to.
MAX_BODY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Read:
    """Private text that a page shows: what it is, its code, and the author's public code."""

    kind: str
    subject: str
    author: str


@dataclass(frozen=True, slots=True)
class Misses:
    """How many misses (404) one connection may have on a route within a span of time before it is asked to wait."""

    name: str
    most: int
    within: timedelta


Load = Callable[..., Any]
ReadOf = Callable[["Visit"], Read | None]


@dataclass(frozen=True, slots=True)
class Door:
    """What one route declares about itself."""

    view: Callable[..., ResponseReturnValue]
    method: str
    permission: Permission
    load: Load | None
    reads: ReadOf | None
    travels: bool = False
    """May be sent while looking at another day (the way back to now)."""
    throttle: Misses | None = None


@dataclass(slots=True)
class Visit:
    """What a view is given: a session that the gate will commit, the actor, the instant, the subject."""

    s: Session
    actor: Actor
    now: datetime
    state: State
    args: dict[str, Any]
    subject: Any = None
    zone: str = ""
    travelling: bool = False

    @property
    def form(self) -> MultiDict[str, str]:
        """What was sent, without NUL characters (PostgreSQL cannot hold them, and no person types them)."""
        return MultiDict((k, v.replace("\x00", "")) for k, v in request.form.items(multi=True))

    def go(self, endpoint: str, **values: Any) -> WerkzeugResponse:
        """Answer a form by sending the browser on (303), so that a reload sends nothing twice."""
        return redirect(url_for(endpoint, **values), code=303)

    @property
    def wants_json(self) -> bool:
        """Whether a script asks; it gets the same answer as data."""
        return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


# What the database says when it cannot be asked: locked for too long, gone, full, or no connection is free.
AWAY = (OperationalError, InterfaceError, NoConnection)


def pass_gate(door: Door, args: dict[str, Any]) -> ResponseReturnValue:
    """Let one request through: actor, subject, permission, CSRF, view, commit; every refusal is a page."""
    request.max_content_length = request.max_form_memory_size = MAX_BODY
    request.max_form_parts = 5000
    cookie = deepcopy(dict(session))
    try:
        return _attempt(door, args)
    except (IntegrityError, *AWAY) as clash:
        # A double click or two tabs: the loser of a unique constraint looks again and finds the winner's row.
        log.info("gate.retry", endpoint=request.endpoint, kind=type(clash).__name__)
    # What the first try meant to tell the browser was rolled back with it.
    session.clear()
    session.update(cookie)
    return _last_attempt(door, args)


def _last_attempt(door: Door, args: dict[str, Any]) -> ResponseReturnValue:
    try:
        try:
            return _attempt(door, args)
        except IntegrityError:
            return _beaten(door, args)
    except AWAY as lost:
        log.error("gate.away", endpoint=request.endpoint, kind=type(lost).__name__)
        return _away(door, args)


def _beaten(door: Door, args: dict[str, Any]) -> ResponseReturnValue:
    with _session(door) as (lms, s):
        g.lms_visit = _visit(lms, s, args)
        clash = Conflict(_("Somebody else changed this at the same moment. Please look again."))
        return pages.refusal(clash, typed=_typed(door))


def _away(door: Door, args: dict[str, Any]) -> ResponseReturnValue:
    lms = state()
    with lms.db.reader() as s:  # no connection is asked for unless somebody uses it, and nobody does
        g.lms_visit = Visit(s, STRANGER, lms.clock.now(), lms, args, zone=lms.settings.time_zone)
        try:
            return pages.unavailable(_typed(door))
        finally:
            g.pop("lms_visit", None)


def _attempt(door: Door, args: dict[str, Any]) -> ResponseReturnValue:
    with _session(door) as (lms, s):
        visit = _visit(lms, s, args)
        g.lms_visit = visit
        answer = _answered(door, visit)
        if door.throttle is not None:
            _count_miss(door.throttle, visit, make_response(answer).status_code)
        return answer


def _answered(door: Door, visit: Visit) -> ResponseReturnValue:
    try:
        return _through(door, visit)
    except (IntegrityError, *AWAY):
        raise
    except LmsError as refused:
        return _refused(door, visit, refused) if refused.status < 500 else _broken(door, visit)
    except HTTPException as refused:
        visit.s.rollback()
        return pages.refusal_of_http(refused)
    except Exception:  # noqa: BLE001 - logged with its trace in `_broken`
        return _broken(door, visit)


def _broken(door: Door, visit: Visit) -> ResponseReturnValue:
    reference = records.new_reference()
    log.exception("gate.broken", endpoint=request.endpoint, reference=reference)
    # PostgreSQL answers nothing more in a transaction that broke, not even the support lines.
    visit.s.rollback()
    return pages.broken(reference, kept=_typed(door))


@contextmanager
def _session(door: Door) -> Iterator[tuple[State, Session]]:
    lms = state()
    factory = lms.db.writer if door.method == "POST" else lms.db.reader
    with factory() as s:
        try:
            if door.method == "POST":
                look_first(s)
            yield lms, s
        finally:
            g.pop("lms_visit", None)


def _visit(lms: State, s: Session, args: dict[str, Any]) -> Visit:
    now = lms.clock.now()
    g.lms_visit = Visit(s, STRANGER, now, lms, args)
    actor = _actor(lms, s, now)
    at = _travelled(actor)
    zone = actor.zone if actor.signed_in else lms.settings.time_zone
    return Visit(s, actor, at or now, lms, args, zone=zone, travelling=at is not None)


def _actor(lms: State, s: Session, now: datetime) -> Actor:
    if lms.owns_sign_in:
        return getattr(current_user, "actor", STRANGER)
    identity = lms.identify(request) if lms.identify else None
    return lms.people.by_identity(identity, now) if identity else STRANGER


def _travelled(actor: Actor) -> datetime | None:
    at = session.get("lms_at")
    if not at or not actor.is_staff:
        return None
    return datetime.fromisoformat(at)


def _through(door: Door, visit: Visit) -> ResponseReturnValue:
    if any("\x00" in value for value in visit.args.values() if isinstance(value, str)):
        raise NotFound()
    if door.throttle is not None:
        _slow_down(door.throttle, visit)
    if door.method == "POST":
        if visit.travelling and not door.travels:
            raise Conflict(_("You are looking at another day. Return to now before you change anything."))
        if not csrf.valid():
            return _stale(door, visit)
    if door.load is not None:
        visit.subject = door.load(visit.s, visit.actor, **visit.args)
        if visit.subject is None and visit.actor.signed_in:
            raise NotFound()
    decision = decide(door.permission, visit.actor, visit.subject)
    if not decision.allowed:
        return _denied(door, visit, decision.status)
    _log_reading(door, visit)
    if door.method == "POST":
        take_lock(visit.s)
        _still_here(visit)
    answer = door.view(visit)
    _settle(door, visit)
    return answer


def _still_here(visit: Visit) -> None:
    token = session.get("_user_id")
    if visit.state.owns_sign_in and token and visit.actor.signed_in:
        visit.state.people.still_here(visit.s, token, visit.state.clock.now())


def _slow_down(throttle: Misses, visit: Visit) -> None:
    since = visit.state.clock.now() - throttle.within
    if records.tries(visit.s, _connection(throttle, visit), since=since) >= throttle.most:
        raise TooMany


def _count_miss(throttle: Misses, visit: Visit, status: int) -> None:
    if status != 404:
        return
    # SQLite has one writer at a time: let go of this request's transaction before the count takes its own.
    visit.s.rollback()
    with unit_of_work(visit.state.db) as s:
        records.count_try(s, _connection(throttle, visit), now=visit.state.clock.now())


def _connection(throttle: Misses, visit: Visit) -> str:
    # A keyed hash, so that the table holds no address of anybody; IPv6 by its /64, which one household can choose from.
    address = request.remote_addr or ""
    return f"{throttle.name}:{visit.state.keys.sign('throttle', _network(address))}"


def _network(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if known.version == 4 or known.ipv4_mapped:
        return str(known)
    return ":".join(known.exploded.split(":")[:4])


def _settle(door: Door, visit: Visit) -> None:
    s = visit.s
    if door.method == "POST":
        s.commit()
        if s.info.pop("wake", False):
            visit.state.wake()
    elif s.new or s.dirty or s.deleted:
        raise RuntimeError(f"{request.endpoint} writes on GET")


def _log_reading(door: Door, visit: Visit) -> None:
    read = door.reads(visit) if door.reads else None
    if read is None or read.author == visit.actor.code:
        return
    # Committed before the page is made: if the log cannot be written, the story is not shown.
    with unit_of_work(visit.state.db) as s:
        records.log_reading(s, visit.actor, read.kind, read.subject, read.author, now=visit.state.clock.now())


def _denied(door: Door, visit: Visit, status: int) -> ResponseReturnValue:
    if status == 401:
        return _signed_out(door, visit)
    # SQLite has one writer at a time: let go of this request's transaction before the log takes its own.
    visit.s.rollback()
    with unit_of_work(visit.state.db) as s:
        records.log_denial(s, visit.actor, door.permission.name, request.path, status, now=visit.now)
    return pages.refusal(NotFound() if status == 404 else Denied(), typed=_typed(door))


def _signed_out(door: Door, visit: Visit) -> ResponseReturnValue:
    if door.method == "POST":
        return _stale(door, visit)
    if visit.wants_json:
        return pages.refusal(Denied(_("You are signed out. Sign in again; what is on this page stays here.")), 401)
    if not visit.state.owns_sign_in:
        return pages.refusal(Denied(_("Please sign in on the main site first.")), 401)
    return visit.go("lms_accounts.sign_in", next=request.full_path.rstrip("?"))


def _stale(door: Door, visit: Visit) -> ResponseReturnValue:
    """Answer a form whose page had gone stale: the text comes back, or is kept aside for its author."""
    typed = _typed(door)
    visit.s.rollback()
    if visit.actor.signed_in:
        return pages.send_again(typed)
    owner = visit.state.people.owner_of(visit.s, session.get("_user_id", ""))
    visit.s.rollback()
    if owner and typed:
        with unit_of_work(visit.state.db) as s:
            records.keep(
                s, owner, request.path, _("You were signed out while this page was open."), typed, now=visit.now
            )
    return pages.signed_out(kept=bool(owner and typed), typed={} if owner else typed)


def _refused(door: Door, visit: Visit, refused: LmsError) -> ResponseReturnValue:
    visit.s.rollback()
    return pages.refusal(refused, typed=_typed(door))


def _typed(door: Door) -> dict[str, list[str]]:
    if door.method != "POST":
        return {}
    try:
        names = [name for name in request.form if name != "csrf_token" and "password" not in name]
        return {name: request.form.getlist(name) for name in names}
    except HTTPException:
        return {}
