"""Gather the facts, ask the rule, issue and freeze, revoke, find."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.accounts.models import Person
from lms.certificates import rules
from lms.certificates.formats.pdf import Sheet, Unprintable, certificate_pdf
from lms.certificates.models import Certificate
from lms.cohorts import service as cohorts
from lms.cohorts.models import Cohort, Enrolment
from lms.core.crypto import digest
from lms.core.db import keys_of
from lms.core.errors import Conflict, Invalid
from lms.core.ids import group, new_code
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Outline, Pathway
from lms.hours import rules as hour_rules
from lms.hours import service as hours
from lms.learning import service as learning
from lms.narratives import service as narratives
from lms.quizzes import service as quizzes
from lms.records import service as records


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a certificate in the reader's language; a room's view hands them in (services know no gettext)."""

    rows: Mapping[str, str]
    modalities: Mapping[str, str]
    words: Mapping[str, str]
    dates: str
    judged: str
    hours: str
    programme: str


def verdict_for(s: Session, enrolment: Enrolment, *, now: datetime) -> rules.Verdict:
    """Say what stands between one person and the certificate."""
    return verdicts_for(s, [enrolment], now=now)[enrolment.id]


def verdicts_for(s: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> dict[int, rules.Verdict]:
    """Judge many enrolments, in a constant number of queries."""
    facts = facts_for(s, enrolments, now=now)
    return {e.id: rules.judge(facts[e.id], hours.pathway_of(s, e.cohort)) for e in enrolments}


def facts_for(s: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> dict[int, rules.Facts]:
    """Gather everything a verdict rests on, from every room below."""
    ids = [enrolment.id for enrolment in enrolments]
    hour_facts = hours.facts_for(s, enrolments, now=now)
    found = _Found(
        learning.lesson_states(s, ids),
        quizzes.results_for(s, ids),
        narratives.results_for(s, ids),
        hours.homework_results_for(s, ids),
    )
    return {e.id: _facts(s, e, hour_facts[e.id], found) for e in enrolments}


@dataclass(frozen=True, slots=True)
class _Found:
    lessons: Mapping[int, Mapping[str, Any]]
    quizzes: Mapping[int, Mapping[str, Any]]
    narratives: Mapping[int, Mapping[str, Any]]
    homework: Mapping[int, Mapping[str, Any]]


def _facts(s: Session, enrolment: Enrolment, hour_facts: hour_rules.HourFacts, found: _Found) -> rules.Facts:
    pathway = hours.pathway_of(s, enrolment.cohort)
    outline = curriculum.outline(s, enrolment.cohort.release)
    results = found.quizzes.get(enrolment.id, {})
    return rules.Facts(
        enrolment=enrolment.code,
        enrolment_status=enrolment.status,
        statement=hour_rules.statement(hour_facts, pathway),
        attendance=hour_rules.attendance(hour_facts),
        lessons=_lessons(outline, pathway, found.lessons.get(enrolment.id, {})),
        quizzes=tuple(_quiz(outline, quiz, results) for quiz in pathway.quizzes),
        exam=_quiz(outline, pathway.exam, results) if pathway.exam else None,
        narratives=tuple(_narrative(outline, k, found.narratives.get(enrolment.id, {})) for k in pathway.narratives),
        homework=tuple(_homework(outline, k, found.homework.get(enrolment.id, {})) for k in pathway.homework),
    )


def _lessons(outline: Outline, pathway: Pathway, states: Mapping[str, Any]) -> rules.LessonFacts:
    required = [x.id for m in outline.modules if m.id in pathway.modules for x in m.lessons]
    done = sum(1 for lesson in required if lesson in states and states[lesson].done_at)
    return rules.LessonFacts(done, len(required))


def _quiz(outline: Outline, quiz: str, results: Mapping[str, Any]) -> rules.QuizFacts:
    line, result = outline.quiz(quiz), results.get(quiz)
    title = line.title if line else quiz
    if result is None:
        return rules.QuizFacts(quiz, title, False, None, 0, False)
    is_open = result.open_code is not None
    return rules.QuizFacts(quiz, title, result.passed, result.best_percent, result.tries, is_open, result.passed_at)


def _narrative(outline: Outline, key: str, results: Mapping[str, Any]) -> rules.WritingFacts:
    found, result = outline.narrative(key), results.get(key)
    title = found[1].title if found else key
    if result is None:
        return rules.WritingFacts(key, title, "none")
    at = result.decided_at or result.sent_at or result.draft_saved_at
    return rules.WritingFacts(key, title, result.state, at, result.reader_name or "")


def _homework(outline: Outline, key: str, results: Mapping[str, Any]) -> rules.WritingFacts:
    found, result = outline.homework_of(key), results.get(key)
    title = found[1].title if found else key
    if result is None:
        return rules.WritingFacts(key, title, "none")
    return rules.WritingFacts(key, title, result.state, result.decided_at or result.sent_at)


def issue(
    s: Session, enrolment: Enrolment, *, by: Person, base_url: str, wording: Wording, now: datetime
) -> Certificate:
    """Issue the certificate: ask the rule again inside the transaction, freeze the evidence, set the PDF.

    The enrolment row is locked so that a fact withdrawn at the same moment is seen; the partial unique index
    decides between two clicks, and the second finds the first's certificate. Raises Conflict when something is missing.
    """
    s.execute(sa.select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    standing = certificates_for(s, [enrolment.id]).get(enrolment.id)
    if standing is not None and standing.revoked_at is None:
        return standing
    facts = facts_for(s, [enrolment], now=now)[enrolment.id]
    pathway = hours.pathway_of(s, enrolment.cohort)
    verdict = rules.judge(facts, pathway)
    if not verdict.granted:
        raise Conflict("Something is still missing, so no certificate was issued.")
    face = _face(s, enrolment, facts, pathway, wording, now)
    made = _certificate(s, enrolment, face, facts, verdict, now)
    made.issued_by = by.code
    made.pdf = _pdf(made.code, face, base_url, wording, now)
    s.add(made)
    s.flush()
    records.audit(s, by.code, "certificate.issued", made.code, now=now, facts={"packet": made.packet_digest})
    return made


def _certificate(
    s: Session, enrolment: Enrolment, face: rules.Face, facts: rules.Facts, verdict: rules.Verdict, now: datetime
) -> Certificate:
    code = new_code(12)
    packet = json.dumps({"facts": asdict(facts), "verdict": asdict(verdict)}, default=_plain, sort_keys=True)
    ends = date.fromisoformat(face.valid_until) if face.valid_until else None
    return Certificate(
        code=code,
        enrolment=enrolment,
        holder=face.holder,
        face=asdict(face),
        packet=keys_of(s).seal(packet, f"lms_certificate:{code}:packet"),
        packet_digest=digest(packet),
        issued_at=now,
        valid_until=_end_of(ends, enrolment.cohort.zone) if ends else None,
    )


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else dict(value)


def _face(
    s: Session, enrolment: Enrolment, facts: rules.Facts, pathway: Pathway, wording: Wording, now: datetime
) -> rules.Face:
    cohort, person, statement = enrolment.cohort, enrolment.person, facts.statement
    issued = now.astimezone(ZoneInfo(cohort.zone)).date()
    first, last = statement.first_on or cohort.starts_on, statement.last_on or cohort.ends_on
    until = rules.valid_until(issued, pathway.valid_months)
    return rules.Face(
        title=pathway.certificate_title,
        holder=person.legal_name or person.name,
        programme=wording.programme,
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
        note=pathway.certificate_note,
        approval=rules.approved_on(pathway, first, last),
        issued_on=issued.isoformat(),
        valid_until=until.isoformat() if until else "",
        release=cohort.release.digest,
    )


def _pdf(code: str, face: rules.Face, base_url: str, wording: Wording, now: datetime) -> bytes:
    rows = {
        "hours": wording.hours.format(
            total=span(face.minutes), parts=", ".join(f"{wording.modalities[m]} {span(n)}" for m, n in face.by_modality)
        ),
        "dates": wording.dates.format(first=long_date(face.first_on), last=long_date(face.last_on)),
        "judged": wording.judged.format(
            pathway=face.pathway, version=face.pathway_version, since=long_date(face.pathway_from)
        ),
        "issued": long_date(face.issued_on),
        "until": long_date(face.valid_until) if face.valid_until else "",
        "provider": ", ".join(x for x in (face.provider, face.place, face.provider_contact) if x),
        "approval": face.approval,
    }
    address = f"{base_url.rstrip('/')}/verify/{code}"
    sheet = Sheet(
        title=face.title,
        holder=face.holder,
        programme=face.programme,
        provider=face.provider,
        wording=face.wording,
        rows=tuple((wording.rows[key], value) for key, value in rows.items() if value),
        code=group(code),
        address=address,
        address_shown=f"{base_url.rstrip('/').partition('://')[2]}/verify",
        facilitators=face.facilitators,
        note=face.note,
        words=wording.words,
    )
    try:
        return certificate_pdf(sheet, at=now)
    except Unprintable as letter:
        sentence = f"The name “{face.holder}” has a letter the certificate's typeface does not have. Nothing was issued; ask for help."
        raise Invalid(sentence) from letter


def span(minutes: int) -> str:
    """Write minutes as on paper: `23 h 10 min`."""
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes % 60 else f"{minutes // 60} h"


def long_date(iso: str) -> str:
    """Write an ISO date as on paper: `3 April 2026`."""
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def revoke(s: Session, certificate: Certificate, *, reason: str, by: Person, now: datetime) -> Certificate:
    """Revoke with a reason that stays in the records. Compare-and-set: it happens once."""
    if not reason.strip():
        raise Invalid(
            "Say why.", {"reason": "Write the reason. It is kept with the certificate and not shown to the public."}
        )
    mine = sa.update(Certificate).where(Certificate.id == certificate.id, Certificate.revoked_at.is_(None))
    done = s.execute(mine.values(revoked_at=now, revoked_by=by.code, revoked_reason=reason.strip()))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This certificate was revoked already.")
    records.audit(s, by.code, "certificate.revoked", certificate.code, now=now, note=reason.strip())
    s.refresh(certificate)
    return certificate


def find(s: Session, code: str) -> Certificate | None:
    """Return a certificate by its code, or None."""
    return s.scalar(sa.select(Certificate).where(Certificate.code == code).options(_loaded()))


def certificates_for(s: Session, enrolment_ids: Sequence[int]) -> dict[int, Certificate]:
    """Return the newest certificate of each enrolment that has one."""
    rows = s.scalars(sa.select(Certificate).where(Certificate.enrolment_id.in_(enrolment_ids)).order_by(Certificate.id))
    return {row.enrolment_id: row for row in rows}


def packet_of(s: Session, certificate: Certificate) -> dict[str, Any]:
    """Open the frozen evidence."""
    packet: dict[str, Any] = json.loads(
        keys_of(s).open(certificate.packet, f"lms_certificate:{certificate.code}:packet")
    )
    return packet


def _loaded() -> sa.sql.base.ExecutableOption:
    enrolment = joinedload(Certificate.enrolment)
    return enrolment.options(
        joinedload(Enrolment.person),
        joinedload(Enrolment.cohort).options(joinedload(Cohort.provider), joinedload(Cohort.release)),
    )
