"""The room's door, what its addresses load, and the letters its pages write."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms.cohorts import service
from lms.cohorts.models import Cohort, Enrolment, Grant, Invitation, Meeting, Provider
from lms.core.access import Actor
from lms.core.errors import Invalid
from lms.web.forms import Form
from lms.web.gate import Visit
from lms.web.room import MenuEntry, Room

room = Room(
    "cohorts",
    "lms.cohorts",
    menu=(
        MenuEntry(
            _l("Cohorts"),
            "lms_cohorts.index",
            lambda actor: actor.is_coordinator,
            20,
            ("lms_cohorts.cohort", "lms_cohorts.provider", "lms_cohorts.new_cohort"),
        ),
        MenuEntry(_l("People"), "lms_cohorts.people", lambda actor: actor.is_facilitator, 40, ("lms_cohorts.person",)),
        MenuEntry(_l("Calendar"), "lms_cohorts.calendar", lambda actor: actor.is_facilitator, 50),
    ),
)


def load_provider(s: Session, actor: Actor, code: str, **more: str) -> Provider | None:
    """Load a provider."""
    return service.provider_by_code(s, code)


def load_cohort(s: Session, actor: Actor, code: str, **more: str) -> Cohort | None:
    """Load a cohort with provider and release."""
    return service.cohort_by_code(s, code)


def load_meeting(s: Session, actor: Actor, code: str) -> Meeting | None:
    """Load a class with its cohort."""
    return service.meeting_by_code(s, code)


def load_seat(s: Session, actor: Actor, code: str) -> Enrolment | None:
    """Load a seat with person, cohort, release and provider."""
    return service.enrolment_by_code(s, code)


def load_grant(s: Session, actor: Actor, code: str) -> Grant | None:
    """Load a grant with its provider."""
    return service.grant_by_code(s, code)


def load_invitation(s: Session, actor: Actor, code: str) -> Invitation | None:
    """Load an invitation with what it is for."""
    return service.invitation_by_code(s, code)


def refuse(form: Form, refused: Invalid, otherwise: str) -> None:
    """Put a service's sentences on the fields they belong to; what fits no field goes to `otherwise`."""
    for name, sentence in (refused.problems or {otherwise: refused.sentence}).items():
        form.refuse(name if name in form else otherwise, _(sentence))


def purpose(
    role: str,
    programme: str,
    *,
    cohort: Cohort | None = None,
    provider: Provider | None = None,
    grant: Grant | None = None,
) -> str:
    """Say what somebody is invited to, to follow `You are invited`."""
    if role == "student" and cohort:
        words = _("to learn in the cohort %(name)s at %(provider)s", name=cohort.name, provider=cohort.provider.name)
    elif role == "facilitator" and cohort:
        words = _("to facilitate the cohort %(name)s at %(provider)s", name=cohort.name, provider=cohort.provider.name)
    elif role == "funder" and grant:
        words = _("to follow the grant %(name)s at %(provider)s", name=grant.name, provider=grant.provider.name)
    elif provider:
        words = _("to coordinate the training at %(provider)s", provider=provider.name)
    else:
        words = _("to set up a training provider on %(programme)s", programme=programme)
    return str(words)


def invitation_letter(v: Visit, role: str, **what: Any) -> service.Letter:
    """Return what writes an invitation once its link is known."""
    settings = v.state.settings
    to_what = purpose(role, settings.programme_name, **what)

    def letter(token: str) -> tuple[str, str]:
        link = settings.base_url.rstrip("/") + url_for("lms_cohorts.invitation", token=token)
        body = _(
            "Hello,\n\n%(name)s invites you %(what)s.\n\nOpen this link within two weeks. It works once:\n\n%(link)s\n\n"
            "You choose a password there. If you sign in at %(programme)s already, sign in first and open the link again.\n\n"
            "If you did not expect this letter, you need do nothing.\n",
            name=v.actor.name,
            what=to_what,
            link=link,
            programme=settings.programme_name,
        )
        return _("An invitation %(what)s", what=to_what), body

    return letter
