"""Issue and freeze, revoke."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.certificates import rules
from lms.certificates.formats.pdf import Sheet, Unprintable, certificate_pdf
from lms.certificates.models import Certificate
from lms.certificates.service.facts import Judged, judged
from lms.certificates.service.finding import packet_place, reason_place, valid_one
from lms.certificates.service.wording import PLAIN, Wording, sheet_of
from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.crypto import digest
from lms.core.db import keys_of
from lms.core.errors import Conflict, Denied, Invalid
from lms.core.ids import new_code
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Pathway
from lms.records import service as records

FORMAT = 1
"""The layout of an evidence packet."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A certificate as it would be issued now: the verdict, what it would say, and a mark of exactly that."""

    verdict: rules.Verdict
    facts: rules.Facts
    pathway: Pathway
    face: rules.Face

    @property
    def mark(self) -> str:
        """The hash of what it would say; a page hands it back, so that nothing else than what was read is issued."""
        return digest(json.dumps(asdict(self.face), sort_keys=True))


def draft(s: Session, enrolment: Enrolment, *, by: Person, now: datetime, wording: Wording = PLAIN) -> Draft:
    """Return what would be issued now; raises Invalid when the typeface lacks a letter of it."""
    made = _draft(s, enrolment, by, wording, now)
    _pdf(sheet_of(made.face, "X" * 12, "https://example", wording), made.face, now)
    return made


def issue(
    s: Session,
    enrolment: Enrolment,
    *,
    by: Person,
    base_url: str,
    now: datetime,
    wording: Wording = PLAIN,
    mark: str = "",
    tell: Callable[[Certificate], object] | None = None,
) -> Certificate:
    """Issue the certificate: ask the rule again inside the transaction, freeze the evidence, set the PDF.

    A valid certificate is returned as it is. `mark` is the draft a person read and confirmed; `tell` is called with a
    new certificate, once. Raises Conflict when something is missing or the draft has changed, Invalid when a name cannot
    be printed; then nothing is issued.
    """
    # A withdrawal and an issue at once: the seat's row is locked and read again. Two clicks: the second waits here and
    # finds the first's certificate; should both pass, the partial unique index refuses one and the gate looks again.
    s.refresh(enrolment, ["status"], with_for_update=True)
    standing = valid_one(s, enrolment.id)
    if standing is not None:
        return standing
    if by.id == enrolment.person_id:
        raise Denied("Nobody issues their own certificate. Please ask another coordinator.")
    made = _draft(s, enrolment, by, wording, now)
    if not made.verdict.granted:
        raise Conflict("Something is still missing, so no certificate was issued.")
    if mark and mark != made.mark:
        raise Conflict(
            "What the certificate would say has changed since you read it. Nothing was issued; please read it again."
        )
    if enrolment.status == "enrolled":
        # Finishing comes first, so that the packet holds the facts as they stay.
        cohorts.finish(s, enrolment, by=by, now=now)
        made = _draft(s, enrolment, by, wording, now)
    certificate = _frozen(s, enrolment, made, by, now)
    certificate.pdf = _pdf(sheet_of(made.face, certificate.code, base_url, wording), made.face, now)
    s.add(certificate)
    s.flush()
    facts = {"packet": certificate.packet_digest}
    records.audit(s, by.code, "certificate.issued", certificate.code, now=now, facts=facts)
    if tell is not None:
        tell(certificate)
    return certificate


def revoke(s: Session, certificate: Certificate, *, reason: str, by: Person, now: datetime) -> Certificate:
    """Revoke with a reason that stays sealed in the records. Compare-and-set: it happens once."""
    if not reason.strip():
        raise Invalid(
            "Say why.", {"reason": "Write the reason. It stays with the certificate and is not shown to the public."}
        )
    sealed = keys_of(s).seal(reason.strip(), reason_place(certificate.code))
    # Two coordinators at once: only the one who still finds it unrevoked does.
    mine = sa.update(Certificate).where(Certificate.id == certificate.id, Certificate.revoked_at.is_(None))
    done = s.execute(mine.values(revoked_at=now, revoked_by=by.code, revoked_reason=sealed))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This certificate was revoked before.")
    records.audit(s, by.code, "certificate.revoked", certificate.code, now=now)
    s.refresh(certificate, ["revoked_at", "revoked_by", "revoked_reason"])
    return certificate


def _draft(s: Session, enrolment: Enrolment, by: Person, wording: Wording, now: datetime) -> Draft:
    case = judged(s, enrolment, now=now)
    face = _face(s, enrolment, case, by, wording, now)
    return Draft(case.verdict, case.facts, case.pathway, face)


def _face(s: Session, enrolment: Enrolment, case: Judged, by: Person, wording: Wording, now: datetime) -> rules.Face:
    cohort, person, pathway, statement = enrolment.cohort, enrolment.person, case.pathway, case.facts.statement
    issued = now.astimezone(ZoneInfo(cohort.zone)).date()
    first, last = statement.first_on or cohort.starts_on, statement.last_on or cohort.ends_on
    until = rules.valid_until(issued, pathway.valid_months)
    return rules.Face(
        title=pathway.certificate_title,
        holder=(person.legal_name or person.name).strip(),
        programme=wording.programme,
        course=curriculum.outline(s, cohort.release).title,
        wording=pathway.certificate_wording,
        minutes=statement.counted,
        by_modality=tuple((share.key, share.minutes) for share in statement.by_modality if share.minutes),
        first_on=first.isoformat(),
        last_on=last.isoformat(),
        pathway=pathway.title,
        pathway_version=pathway.version,
        pathway_from=pathway.effective_from,
        provider=cohort.provider.name,
        place=cohort.provider.place,
        provider_contact=cohort.provider.contact,
        facilitators=tuple(p.name for p in cohorts.facilitators_of(s, cohort.id)),
        issued_by=by.name,
        note=pathway.certificate_note,
        approval=rules.approved_on(pathway, first, last),
        issued_on=issued.isoformat(),
        valid_until=until.isoformat() if until else "",
        release=cohort.release.digest,
    )


def _frozen(s: Session, enrolment: Enrolment, made: Draft, by: Person, now: datetime) -> Certificate:
    code, zone = new_code(12), enrolment.cohort.zone
    packet = _packet(made, code, by, now)
    return Certificate(
        code=code,
        enrolment=enrolment,
        holder=made.face.holder,
        face=json.loads(json.dumps(asdict(made.face))),
        packet=keys_of(s).seal(packet, packet_place(code)),
        packet_digest=digest(packet),
        issued_at=now,
        issued_by=by.code,
        valid_until=_end_of(made.face.valid_until, zone) if made.face.valid_until else None,
    )


def _packet(made: Draft, code: str, by: Person, now: datetime) -> str:
    """Write everything the verdict rested on, so that it can be judged again without this database."""
    body = {"format": FORMAT, "code": code, "issued_at": now, "issued_by": by.code, **asdict(made)}
    return json.dumps(body, default=_written, sort_keys=True, ensure_ascii=False)


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else dict(value)


def _end_of(day: str, zone: str) -> datetime:
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), ZoneInfo(zone))


def _pdf(sheet: Sheet, face: rules.Face, now: datetime) -> bytes:
    try:
        return certificate_pdf(sheet, at=now)
    except Unprintable as missing:
        raise Invalid(_unprintable(face, missing.letters)) from missing


def _unprintable(face: rules.Face, letters: tuple[str, ...]) -> str:
    texts: Mapping[str, str] = {
        f"the name {face.holder}": face.holder,
        f"the provider's name {face.provider}": face.provider + face.place + face.provider_contact,
        "the name of a facilitator": "".join(face.facilitators),
        f"the name {face.issued_by}": face.issued_by,
    }
    where = next((said for said, text in texts.items() if any(x in text for x in letters)), "the wording")
    return f"The certificate's typeface has no letter {letters[0]}, which is in {where}. Nothing was issued; please ask for help."
