"""Agreements of a pathway: read, accepted once with date and version, asked again when their words change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.certificates.models import AgreementAccepted
from lms.cohorts.models import Enrolment
from lms.core.crypto import digest
from lms.core.errors import Conflict, NotFound
from lms.core.together import IDS, NOW, Facts, arm, ask
from lms.curriculum.rules.shapes import Agreement
from lms.learning import service as learning


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement of a pathway and when this student accepted its present words (None: not yet)."""

    agreement: Agreement
    words: str
    at: datetime | None


def words_of(agreement: Agreement) -> str:
    """Return the hash of what a student reads."""
    return digest(f"{agreement.title}\n{agreement.text}")


def agreements_of(s: Session, enrolment: Enrolment, *, now: datetime) -> list[Agreed]:
    """Return what the student's pathway asks them to accept."""
    accepted = accepted_for(s, [enrolment.id], now=now).get(enrolment.id, {})
    asked = learning.pathway_of(s, enrolment.cohort).agreements
    return [Agreed(one, words_of(one), accepted.get((one.id, words_of(one)))) for one in asked]


def accept_agreement(s: Session, enrolment: Enrolment, agreement: str, *, words: str, now: datetime) -> datetime:
    """Record that the student accepted an agreement, and return since when; a second click changes nothing.

    `words` is the hash of what the page showed: if the words have changed in between, they are read again first.
    """
    asked = {one.agreement.id: one for one in agreements_of(s, enrolment, now=now)}
    found = asked.get(agreement)
    if found is None:
        raise NotFound
    if found.words != words:
        raise Conflict("These words have changed since the page was opened. Please read them once more.")
    if found.at is not None:
        return found.at
    release = enrolment.cohort.release.digest
    row = AgreementAccepted(enrolment_id=enrolment.id, agreement=agreement, words=words, at=now, release=release)
    try:
        with s.begin_nested():
            s.add(row)
            s.flush()
    except IntegrityError:
        # Two tabs at once: the primary key decides, the first acceptance stands.
        return accepted_for(s, [enrolment.id], now=now)[enrolment.id][agreement, words]
    return now


def accepted_for(
    s: Session, enrolment_ids: Sequence[int], *, now: datetime
) -> dict[int, dict[tuple[str, str], datetime]]:
    """Return what each enrolment had accepted by `now`: agreement and the hash of its words, with the instant; one query."""
    return accepted_from(ask(s, (ACCEPTED_ARM,), ids=enrolment_ids, now=now), enrolment_ids)


ACCEPTED_ARM = arm(
    "agreement",
    AgreementAccepted.enrolment_id,
    AgreementAccepted.agreement,
    words=[AgreementAccepted.words],
    instants=[AgreementAccepted.at],
).where(AgreementAccepted.enrolment_id.in_(IDS), AgreementAccepted.at <= NOW)
"""What `accepted_from` needs to be asked."""


def accepted_from(facts: Facts, enrolment_ids: Sequence[int]) -> dict[int, dict[tuple[str, str], datetime]]:
    """Return what `accepted_for` returns, from facts that were asked together with others."""
    found: dict[int, dict[tuple[str, str], datetime]] = {one: {} for one in enrolment_ids}
    for fact in facts.get("agreement", []):
        found[fact.of][fact.key, fact.word] = fact.at
    return found
