"""First pages by role, text given back, looking at another day, and the pages every site needs."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.cohorts import service as cohorts
from lms.core.access import PUBLIC, SIGNED_IN, SIGNED_IN_WRITE
from lms.core.errors import NotFound
from lms.home import service
from lms.home.forms import TravelForm
from lms.home.policy import LETTERS, TRAVEL
from lms.records import service as records
from lms.web.gate import Visit
from lms.web.pages import page
from lms.web.room import MenuEntry, Room

room = Room("home", __name__, menu=(MenuEntry(_l("Home"), "lms_home.index", lambda actor: actor.signed_in, 10),))


@room.get("/", PUBLIC)
def index(v: Visit) -> ResponseReturnValue:
    """Show the first page of the visitor's role; somebody with several roles sees each part."""
    actor = v.actor
    if not actor.signed_in:
        return page("lms/home/welcome.html")
    parts: dict[str, Any] = {
        "kept": records.has_kept(v.s, actor.code),
        "grants": service.grants_of(v.s, actor) if actor.is_funder else [],
    }
    home = service.own_home(v.s, actor, now=v.now) if actor.is_student and not actor.is_staff else None
    if home is not None:
        v.zone = home.seat.cohort.zone
        return page("lms/home/student.html", home=home, **parts)
    seat = cohorts.seat_of(v.s, actor) if actor.is_student else None
    facilitator = service.facilitator_home(v.s, actor, now=v.now) if actor.is_facilitator else None
    coordinator = service.coordinator_home(v.s, actor, now=v.now) if actor.is_coordinator else None
    return page("lms/home/staff.html", facilitator=facilitator, coordinator=coordinator, seat=seat, **parts)


@room.get("/kept", SIGNED_IN)
def kept(v: Visit) -> ResponseReturnValue:
    """Give back what was kept for this person."""
    return page("lms/home/kept.html", kept=records.kept_for(v.s, v.actor.code))


@room.post("/kept/<code>", SIGNED_IN_WRITE)
def put_away(v: Visit) -> ResponseReturnValue:
    """Put a kept text away once its author has it."""
    if not records.take_back(v.s, v.actor.code, v.args["code"], now=v.now):
        raise NotFound
    flash(_("Put away."))
    return v.go("lms_home.index")


@room.get("/letters", LETTERS)
def letters(v: Visit) -> ResponseReturnValue:
    """List letters and what became of them."""
    return page("lms/home/letters.html", letters=service.letters(v.s, v.actor))


@room.post("/another-day", TRAVEL)
def travel(v: Visit) -> ResponseReturnValue:
    """Look at another day, at nine in the morning."""
    form = TravelForm(v.form)
    if not form.accepts() or form.on.data is None:
        flash(_("Choose a day like 2026-12-24. You are still looking at today."))
        return v.go("lms_home.index")
    session["lms_at"] = datetime.combine(form.on.data, time(9), ZoneInfo(v.zone)).isoformat()
    return v.go("lms_home.index")


@room.post("/now", SIGNED_IN_WRITE, travels=True)
def return_to_now(v: Visit) -> ResponseReturnValue:
    """Return to the present."""
    session.pop("lms_at", None)
    return v.go("lms_home.index")


@room.get("/privacy", PUBLIC)
def privacy(v: Visit) -> ResponseReturnValue:
    """Say what is kept about people, who reads it, and for how long."""
    return page("lms/home/privacy.html")


@room.get("/accessibility", PUBLIC)
def accessibility(v: Visit) -> ResponseReturnValue:
    """Say how the site can be used, and how to ask for an arrangement."""
    return page("lms/home/accessibility.html")


@room.get("/styleguide", PUBLIC)
def styleguide(v: Visit) -> ResponseReturnValue:
    """Show every component once; only in the demonstration and in tests."""
    if v.state.settings.production:
        raise NotFound
    return page("lms/home/styleguide.html")


@room.get("/healthz", PUBLIC)
def healthz(v: Visit) -> ResponseReturnValue:
    """Say that the process answers."""
    return {"alive": True}


@room.get("/readyz", PUBLIC)
def readyz(v: Visit) -> ResponseReturnValue:
    """Say that the database answers and holds a release to teach from."""
    ready = service.is_ready(v.s)
    return {"ready": ready}, 200 if ready else 503
