"""Find certificates and open what they rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.orm import Session, joinedload, undefer

from lms.certificates import rules
from lms.certificates.models import Certificate
from lms.cohorts.models import Cohort, Enrolment
from lms.core.crypto import digest
from lms.core.db import keys_of
from lms.core.ids import normalise
from lms.curriculum.rules.shapes import Pathway


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an evidence packet says, format 1."""

    format: int
    code: str
    issued_at: datetime
    issued_by: str
    face: rules.Face
    facts: rules.Facts
    pathway: Pathway
    verdict: rules.Verdict


@dataclass(frozen=True, slots=True)
class Packet:
    """The frozen evidence: its exact text and what it says."""

    text: str
    evidence: Evidence
    intact: bool
    """Whether its hash is the one on the certificate."""

    @property
    def verdict(self) -> rules.Verdict:
        """The frozen facts judged once more by the frozen pathway."""
        return rules.judge(self.evidence.facts, self.evidence.pathway)


def find(s: Session, code: str) -> Certificate | None:
    """Return a certificate by its code as printed or typed, with its seat, person and cohort, or None."""
    return s.scalar(_loaded().where(Certificate.code == normalise(code)))


def valid_one(s: Session, enrolment_id: int) -> Certificate | None:
    """Return the certificate of an enrolment that is not revoked, as the database has it now."""
    mine = sa.select(Certificate).where(Certificate.enrolment_id == enrolment_id, Certificate.revoked_at.is_(None))
    return s.scalar(mine.execution_options(populate_existing=True))


def certificates_for(s: Session, enrolment_ids: Sequence[int]) -> dict[int, Certificate]:
    """Return the newest certificate of each enrolment that has one."""
    rows = s.scalars(sa.select(Certificate).where(Certificate.enrolment_id.in_(enrolment_ids)).order_by(Certificate.id))
    return {row.enrolment_id: row for row in rows}


def history_of(s: Session, enrolment_id: int) -> list[Certificate]:
    """Return every certificate of an enrolment, the newest first."""
    mine = sa.select(Certificate).where(Certificate.enrolment_id == enrolment_id)
    return list(s.scalars(mine.order_by(Certificate.id.desc())))


def of_person(s: Session, person_id: int) -> list[Certificate]:
    """Return every certificate of a person, in whatever cohort, the newest first."""
    mine = sa.select(Certificate).join(Certificate.enrolment).where(Enrolment.person_id == person_id)
    return list(s.scalars(mine.order_by(Certificate.id.desc())))


def of_cohorts(s: Session, cohort_ids: Sequence[int]) -> list[Certificate]:
    """Return every certificate of these cohorts, by the name on it, with their seats; one query."""
    there = sa.select(Enrolment.id).where(Enrolment.cohort_id.in_(cohort_ids))
    rows = _loaded().where(Certificate.enrolment_id.in_(there)).order_by(Certificate.holder, Certificate.id)
    return list(s.scalars(rows))


def pdf_of(s: Session, certificate: Certificate) -> bytes:
    """Return the sheet exactly as it was issued."""
    kept = sa.select(Certificate).where(Certificate.id == certificate.id).options(undefer(Certificate.pdf))
    return s.scalars(kept).one().pdf


def packet_of(s: Session, certificate: Certificate) -> Packet:
    """Open the frozen evidence."""
    return _packet(s, certificate, certificate.packet)


def packets_of(s: Session, certificates: Sequence[Certificate]) -> dict[int, Packet]:
    """Open the frozen evidence of several certificates, by their id. One query."""
    asked = sa.select(Certificate.id, Certificate.packet).where(Certificate.id.in_([one.id for one in certificates]))
    sealed = {row.id: row.packet for row in s.execute(asked)}
    return {one.id: _packet(s, one, sealed[one.id]) for one in certificates}


def _packet(s: Session, certificate: Certificate, sealed: bytes) -> Packet:
    text = keys_of(s).open(sealed, packet_place(certificate.code))
    return Packet(text, _adapter().validate_json(text), digest(text) == certificate.packet_digest)


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Evidence]:
    return TypeAdapter(Evidence)


def revoked_reason(s: Session, certificate: Certificate) -> str:
    """Open why a certificate was revoked; empty if it was not."""
    sealed = certificate.revoked_reason
    return keys_of(s).open(sealed, reason_place(certificate.code)) if sealed else ""


def packet_place(code: str) -> str:
    """Name the place that an evidence packet is sealed for."""
    return f"lms_certificate:{code}:packet"


def reason_place(code: str) -> str:
    """Name the place that a reason is sealed for."""
    return f"lms_certificate:{code}:revoked_reason"


def _loaded() -> sa.Select[Certificate]:
    enrolment = joinedload(Certificate.enrolment, innerjoin=True)
    cohort = enrolment.joinedload(Enrolment.cohort, innerjoin=True)
    return sa.select(Certificate).options(
        enrolment.joinedload(Enrolment.person, innerjoin=True),
        cohort.joinedload(Cohort.provider, innerjoin=True),
        cohort.joinedload(Cohort.release, innerjoin=True),
    )
