"""Certificates whose evidence today's facts no longer give: a person looks again, and keeps or revokes. Nothing by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.certificates import rules
from lms.certificates.models import Certificate, CertificateReview
from lms.certificates.service.facts import facts_for
from lms.certificates.service.finding import packets_of
from lms.core.crypto import digest
from lms.core.db import keys_of
from lms.core.errors import Conflict, Denied, Invalid
from lms.core.ids import new_code
from lms.hours import service as hours
from lms.learning import service as learning
from lms.quizzes import service as quizzes
from lms.records import service as records


@dataclass(frozen=True, slots=True)
class Changed:
    """A valid certificate that today's facts would not give, or not so."""

    certificate: Certificate
    since: datetime
    """The newest mark, grade or answer about hours of its holder."""
    verdict: rules.Verdict
    quizzes: tuple[rules.QuizChange, ...]
    kept: int
    """How often it was kept before."""

    @property
    def mark(self) -> str:
        """The mark of exactly this; a page hands it back, so that nobody decides about what they did not see."""
        return digest(f"{self.certificate.code} {self.since.isoformat()} {self.kept}")


@dataclass(frozen=True, slots=True)
class Kept:
    """That somebody kept a certificate, with their reason opened."""

    by: str
    at: datetime
    reason: str


def changed_since(s: Session, certificates: Iterable[Certificate], *, now: datetime) -> list[Changed]:
    """Return those to look at again, the longest wait first: valid, something newer came, and the outcome is another.

    A certificate that was kept returns when something newer comes. Six questions and a verdict, however many there are.
    """
    valid = [one for one in certificates if rules.standing(one.valid_until, one.revoked_at, now) == "valid"]
    if not valid:
        return []
    newest = _newest(s, [one.enrolment_id for one in valid])
    kept = _kept(s, valid)
    moved = [one for one in valid if _is_newer(newest.get(one.enrolment_id), one, kept)]
    found = [_changed(s, one, newest, kept, facts) for one, facts in _with_facts(s, moved, now)]
    return sorted((one for one in found if one.quizzes or not one.verdict.granted), key=lambda one: one.since)


def _newest(s: Session, enrolment_ids: Sequence[int]) -> dict[int, datetime]:
    graded, recorded = quizzes.newest_marks(s, enrolment_ids), hours.newest_changes(s, enrolment_ids)
    return {id_: max(graded.get(id_, at), at) for id_, at in (graded | recorded).items()}


def _is_newer(since: datetime | None, one: Certificate, kept: dict[int, tuple[int, datetime]]) -> bool:
    looked = kept[one.id][1] if one.id in kept else one.issued_at
    return since is not None and since > max(looked, one.issued_at)


Pair = tuple[rules.Facts, rules.Facts]


def _with_facts(s: Session, moved: Sequence[Certificate], now: datetime) -> list[tuple[Certificate, Pair]]:
    if not moved:
        return []
    packets, today = packets_of(s, moved), facts_for(s, [one.enrolment for one in moved], now=now)
    return [(one, (packets[one.id].evidence.facts, today[one.enrolment_id])) for one in moved]


def _changed(
    s: Session, one: Certificate, newest: dict[int, datetime], kept: dict[int, tuple[int, datetime]], facts: Pair
) -> Changed:
    then, today = facts
    verdict = rules.judge(today, learning.pathway_of(s, one.enrolment.cohort))
    times = kept[one.id][0] if one.id in kept else 0
    return Changed(one, newest[one.enrolment_id], verdict, rules.quiz_changes(then, today), times)


def _kept(s: Session, certificates: Sequence[Certificate]) -> dict[int, tuple[int, datetime]]:
    mine = CertificateReview.certificate_id.in_([one.id for one in certificates])
    rows = s.scalars(sa.select(CertificateReview).where(mine).order_by(CertificateReview.number))
    return {row.certificate_id: (row.number, row.at) for row in rows}


def keep(s: Session, certificate: Certificate, *, reason: str, mark: str, by: Person, now: datetime) -> None:
    """Keep a certificate that was looked at again, with a reason; `mark` says what the person saw."""
    if by.id == certificate.enrolment.person_id:
        raise Denied("Nobody decides about their own certificate. Please ask another coordinator.")
    if not reason.strip():
        raise Invalid("Say why.", {"reason": "Write why it is kept. It stays with the certificate."})
    # Somebody revokes it or keeps it at this moment: one after the other, and the second looks again.
    s.refresh(certificate, ["revoked_at"], with_for_update=True)
    found = changed_since(s, [certificate], now=now)
    if not found:
        raise Conflict("There is nothing to decide any more: somebody decided, or the facts changed back.")
    if found[0].mark != mark:
        raise Conflict("Something changed since you opened the page. Please look again.")
    code = new_code()
    sealed = keys_of(s).seal(reason.strip(), _place(code))
    row = CertificateReview(
        code=code, certificate_id=certificate.id, number=found[0].kept + 1, reason=sealed, by=by.code, at=now
    )
    s.add(row)
    s.flush()
    records.audit(s, by.code, "certificate.kept", certificate.code, now=now)


def keeps_of(s: Session, certificate: Certificate) -> list[Kept]:
    """Return every time a certificate was kept, the newest first."""
    mine = sa.select(CertificateReview).where(CertificateReview.certificate_id == certificate.id)
    rows = s.scalars(mine.order_by(CertificateReview.number.desc()))
    return [Kept(row.by, row.at, keys_of(s).open(row.reason, _place(row.code))) for row in rows]


def _place(code: str) -> str:
    return f"lms_certificate_review:{code}:reason"
