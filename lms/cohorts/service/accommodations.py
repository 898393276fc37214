"""Standing, private arrangements: more time for everything timed, in every cohort, now and later."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts import rules
from lms.cohorts.models import Accommodation
from lms.cohorts.service.offices import code_of
from lms.core.db import UTCDateTime, keys_of
from lms.core.errors import Invalid
from lms.core.ids import new_code
from lms.records import service as records


def set_accommodation(
    s: Session,
    person: Person,
    *,
    factor_percent: int = 100,
    extra_minutes: int = 0,
    untimed: bool = False,
    break_minutes: int = 0,
    hide_time: bool = False,
    reason: str = "",
    by: Person | str,
    now: datetime,
) -> Accommodation:
    """Record the arrangement that holds from now on; earlier ones stay on record, the reason is sealed."""
    problems = rules.sentences(rules.accommodation_problems(factor_percent, extra_minutes, break_minutes))
    if problems:
        raise Invalid(next(iter(problems.values())), problems)
    code = new_code()
    sealed = keys_of(s).seal(reason.strip(), _where(code)) if reason.strip() else None
    made = Accommodation(
        person_id=person.id,
        factor_percent=factor_percent,
        extra_minutes=extra_minutes,
        untimed=untimed,
        break_minutes=break_minutes,
        hide_time=hide_time,
        since=now,
        by=code_of(by),
        code=code,
        reason=sealed,
    )
    s.add(made)
    records.audit(s, code_of(by), "cohorts.accommodation-set", person.code, now=now)
    s.flush()
    return made


def accommodation_for(s: Session, person_id: int, *, now: datetime) -> Accommodation | None:
    """Return the arrangement in force; None when there never was one."""
    return s.scalars(_IN_FORCE, {"person": person_id, "now": now}).first()


def terms_for(s: Session, person_id: int, *, now: datetime) -> rules.TimeTerms:
    """Return a person's time terms; the usual ones when nothing was arranged."""
    found = accommodation_for(s, person_id, now=now)
    return rules.TimeTerms(found.factor_percent, found.extra_minutes, found.untimed) if found else rules.USUAL


def accommodations_of(s: Session, person_id: int) -> list[tuple[Accommodation, str]]:
    """Return every arrangement of a person with its reason, the newest first."""
    keys = keys_of(s)
    return [
        (row, keys.open(row.reason, _where(row.code)) if row.reason else "")
        for row in s.scalars(_NEWEST, {"person": person_id})
    ]


_NEWEST = (
    sa.select(Accommodation)
    .where(Accommodation.person_id == sa.bindparam("person"))
    .order_by(Accommodation.since.desc(), Accommodation.id.desc())
)
_IN_FORCE = _NEWEST.where(Accommodation.since <= sa.bindparam("now", type_=UTCDateTime())).limit(1)


def _where(code: str) -> str:
    return f"lms_accommodation:{code}:reason"
