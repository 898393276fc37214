"""The room's front door, who stands at it, and how its pages find what they are about."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import Person
from lms.certificates import service
from lms.certificates.models import Certificate
from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.access import Actor
from lms.core.errors import NotFound
from lms.web.gate import Visit
from lms.web.room import MenuEntry, Room

room = Room(
    "certificates",
    "lms.certificates",
    menu=(
        MenuEntry(
            _l("Certificates"), "lms_certificates.index", lambda actor: bool(actor.coordinates), 50,
            ("lms_certificates.person", "lms_certificates.confirm", "lms_certificates.revoking", "lms_certificates.packet",
             "lms_certificates.again", "lms_certificates.regrading"),
        ),
    ),
)  # fmt: skip


def load_seat(s: Session, actor: Actor, code: str) -> Enrolment | None:
    """Load a seat with its person, cohort and provider."""
    return cohorts.enrolment_by_code(s, code)


def load_certificate(s: Session, actor: Actor, code: str) -> Certificate | None:
    """Load a certificate with its seat, person and cohort."""
    return service.find(s, code)


def me(v: Visit) -> Person:
    """Return who does this, as the person on record."""
    found = accounts.person_by_code(v.s, v.actor.code)
    if found is None:
        raise NotFound
    return found
