"""Invitations: one-time links that give somebody a seat or an office."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.accounts import service as accounts
from lms.accounts.models import Person
from lms.cohorts import rules
from lms.cohorts.models import Cohort, Enrolment, Grant, Invitation, Provider
from lms.cohorts.service.groups import taken_seats
from lms.cohorts.service.offices import appoint, code_of, scope_of
from lms.cohorts.service.seats import enrol
from lms.core.crypto import digest
from lms.core.errors import Conflict, Invalid
from lms.core.ids import new_code, new_token
from lms.records import service as records

Letter = Callable[[str], tuple[str, str]]
"""Makes subject and body of a letter from the secret that its link carries."""


def invite(
    s: Session,
    *,
    email: str,
    role: str,
    invited_by: Person | str,
    now: datetime,
    provider: Provider | None = None,
    cohort: Cohort | None = None,
    grant: Grant | None = None,
    letter: Letter | None = None,
) -> tuple[Invitation, str]:
    """Invite an address to a seat or an office; the letter is queued, or (without `letter`) the caller hands the link over.

    Inviting the same address to the same thing again makes a new link; the old one stops working.
    """
    scope = scope_of(provider, cohort, grant)
    fits = rules.fits_office(role, scope)
    if not fits.allowed:
        raise Invalid(fits.sentence, {"role": fits.sentence})
    address, token = email.strip().lower(), new_token()
    if role == "student" and cohort is not None:
        _promise(s, cohort, address, now)
    invitation = _waiting(s, address, role, scope) or Invitation(
        code=new_code(),
        email=address,
        role=role,
        provider_id=scope.provider,
        cohort_id=scope.cohort,
        grant_id=scope.grant,
    )
    invitation.token_hash, invitation.invited_by = digest(token), code_of(invited_by)
    invitation.created_at, invitation.expires_at = now, now + rules.INVITATION_LASTS
    s.add(invitation)
    if letter is not None:
        subject, body = letter(token)
        records.write_message(s, "invitation", address, subject, body, now=now)
    records.audit(s, code_of(invited_by), "cohorts.invited", invitation.code, now=now, facts={"role": role})
    s.flush()
    return invitation, token


def _promise(s: Session, cohort: Cohort, address: str, now: datetime) -> None:
    # Two coordinators invite at once: the cohort's row is locked, so that no seat is promised twice.
    seats = s.scalars(sa.select(Cohort.seats).where(Cohort.id == cohort.id).with_for_update()).one()
    person = accounts.by_email(s, address)
    if person is not None and s.scalar(_status(cohort, person)) in rules.TAKES_A_SEAT:
        raise Invalid(rules.SENTENCES["already"], {"email": rules.SENTENCES["already"]})
    waiting = sa.select(sa.func.count(sa.distinct(Invitation.email))).where(
        Invitation.cohort_id == cohort.id,
        Invitation.role == "student",
        Invitation.accepted_at.is_(None),
        Invitation.expires_at > now,
        Invitation.email != address,
    )
    answer = rules.may_promise(seats, taken_seats(s, cohort.id), s.scalar(waiting) or 0)
    if not answer.allowed:
        raise Invalid(answer.sentence, {"email": answer.sentence})


def _status(cohort: Cohort, person: Person) -> sa.Select[str]:
    return sa.select(Enrolment.status).where(Enrolment.cohort_id == cohort.id, Enrolment.person_id == person.id)


def _waiting(s: Session, address: str, role: str, scope: rules.Scope) -> Invitation | None:
    same = sa.select(Invitation).where(
        Invitation.email == address,
        Invitation.role == role,
        Invitation.provider_id.is_not_distinct_from(scope.provider),
        Invitation.cohort_id.is_not_distinct_from(scope.cohort),
        Invitation.grant_id.is_not_distinct_from(scope.grant),
        Invitation.accepted_at.is_(None),
    )
    return s.scalars(same.order_by(Invitation.id.desc()).limit(1)).first()


def invitation_by_token(s: Session, token: str) -> Invitation | None:
    """Return the invitation behind a link, with what it is for; one query."""
    return s.scalars(_loaded().where(Invitation.token_hash == digest(token))).first()


def invitation_by_code(s: Session, code: str) -> Invitation | None:
    """Return an invitation by its public code, with what it is for; one query."""
    return s.scalars(_loaded().where(Invitation.code == code)).first()


def invitations_to(s: Session, *, scope: rules.Scope) -> list[Invitation]:
    """Return the invitations to a cohort, provider or grant that nobody has accepted, the newest first."""
    of = {Invitation.provider_id: scope.provider, Invitation.cohort_id: scope.cohort, Invitation.grant_id: scope.grant}
    same = [column == id_ for column, id_ in of.items() if id_ is not None]
    open_ = sa.select(Invitation).where(*same, Invitation.accepted_at.is_(None))
    return list(s.scalars(open_.order_by(Invitation.created_at.desc(), Invitation.id.desc())))


def end_invitation(s: Session, invitation: Invitation, *, by: Person | str, now: datetime) -> None:
    """Stop a link from working; doing it twice changes nothing."""
    if invitation.accepted_at is None and invitation.expires_at > now:
        invitation.expires_at = now
        records.audit(s, code_of(by), "cohorts.invitation-ended", invitation.code, now=now)
        s.flush()


def accept(s: Session, invitation: Invitation, person: Person, *, now: datetime) -> None:
    """Use a link, once: the person gets the seat or the office. Conflict when it was used, has ended, or no seat is left."""
    answer = rules.invitation_state(invitation.accepted_at, invitation.expires_at, now)
    if not answer.allowed:
        raise Conflict(answer.sentence)
    # A double click, or a forwarded link opened twice: the update that finds it unused wins.
    open_ = (Invitation.id == invitation.id, Invitation.accepted_at.is_(None), Invitation.expires_at > now)
    if s.execute(sa.update(Invitation).where(*open_).values(accepted_at=now)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(rules.SENTENCES["used"])
    s.refresh(invitation, ["accepted_at"])
    if invitation.role == "student" and invitation.cohort is not None:
        enrol(s, invitation.cohort, person, by=invitation.invited_by, now=now)
    else:
        appoint(
            s,
            person,
            invitation.role,
            provider=invitation.provider,
            cohort=invitation.cohort,
            grant=invitation.grant,
            now=now,
        )
    records.audit(s, person.code, "cohorts.invitation-accepted", invitation.code, now=now)
    s.flush()


def _loaded() -> sa.Select[Invitation]:
    cohort, grant = joinedload(Invitation.cohort), joinedload(Invitation.grant)
    return sa.select(Invitation).options(
        joinedload(Invitation.provider),
        cohort.joinedload(Cohort.provider),
        cohort.joinedload(Cohort.release),
        grant.joinedload(Grant.provider),
    )
