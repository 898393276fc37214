"""Gather everything a verdict rests on from the rooms below, and ask the rule."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.certificates import rules
from lms.certificates.models import Certificate
from lms.certificates.service.agreements import ACCEPTED_ARM, accepted_from, words_of
from lms.certificates.service.recalling import recalled
from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.access import Actor
from lms.core.db import apart
from lms.core.together import IDS, Facts, arm, tell
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Agreement, Outline, Pathway
from lms.hours import rules as hour_rules
from lms.hours import service as hours
from lms.learning import service as learning
from lms.learning.rules import LessonState
from lms.narratives import service as narratives
from lms.narratives.rules import NarrativeResult
from lms.quizzes import service as quizzes
from lms.quizzes.rules import QuizResult


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as a list needs it: its code, when it was issued, and since when it is revoked."""

    code: str
    issued_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the rooms below know of some enrolments, by enrolment id, and the facts made of it; each read once."""

    hours: Mapping[int, hour_rules.HourFacts]
    lessons: Mapping[int, dict[str, LessonState]]
    quizzes: Mapping[int, dict[str, QuizResult]]
    narratives: Mapping[int, dict[str, NarrativeResult]]
    facts: Mapping[int, rules.Facts]
    verdicts: Mapping[int, rules.Verdict]
    """Each is judged when it is first looked at."""
    certificates: Mapping[int, Issued]
    """The newest certificate of each enrolment that has one."""


class _Verdicts(dict[int, rules.Verdict]):
    def __init__(self, facts: Mapping[int, rules.Facts], pathways: Mapping[int, Pathway]) -> None:
        super().__init__()
        self._facts, self._pathways = facts, pathways

    def __missing__(self, id_: int) -> rules.Verdict:
        made = self[id_] = rules.judge(self._facts[id_], self._pathways[id_])
        return made


@dataclass(frozen=True, slots=True)
class Judged:
    """One person's facts, the pathway they are judged by, and the verdict."""

    facts: rules.Facts
    pathway: Pathway
    verdict: rules.Verdict

    @property
    def to_accept(self) -> tuple[tuple[Agreement, rules.AgreementFacts], ...]:
        """The agreements that this person has not accepted yet, with the hash of their words."""
        both = zip(self.pathway.agreements, self.facts.agreements, strict=True)
        return tuple((asked, known) for asked, known in both if known.accepted_at is None)


def judged(s: Session, enrolment: Enrolment, *, now: datetime) -> Judged:
    """Return one person's verdict with everything it rests on."""
    gathered = gather(s, [enrolment], now=now)
    pathway = learning.pathway_of(s, enrolment.cohort)
    return Judged(gathered.facts[enrolment.id], pathway, gathered.verdicts[enrolment.id])


def verdict_for(s: Session, enrolment: Enrolment, *, now: datetime) -> rules.Verdict:
    """Say what stands between one person and the certificate."""
    return verdicts_for(s, [enrolment], now=now)[enrolment.id]


def verdicts_for(s: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> dict[int, rules.Verdict]:
    """Judge many enrolments, in a constant number of queries."""
    verdicts = gather(s, enrolments, now=now).verdicts
    return {enrolment.id: verdicts[enrolment.id] for enrolment in enrolments}


def facts_for(s: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> Mapping[int, rules.Facts]:
    """Return everything a verdict rests on, for each enrolment."""
    return gather(s, enrolments, now=now).facts


def gather(s: Session, enrolments: Sequence[Enrolment], *, now: datetime) -> Gathered:
    """Ask every room below once, whatever the number of enrolments (their cohort, release and provider are loaded)."""
    ids = [enrolment.id for enrolment in enrolments]
    if not ids:
        return Gathered({}, {}, {}, {}, {}, {}, {})
    cohorts_asked = list({enrolment.cohort_id for enrolment in enrolments})
    told = tell(s, _ARMS, ids=ids, cohorts=cohorts_asked, now=now)
    if len(ids) > 1:
        return _worked_out(s, enrolments, told.facts(), now)
    return recalled(told, _whose(enrolments[0]), now=now, work=lambda asked: _kept(s, enrolments[0], asked, now))


def own(s: Session, actor: Actor, *, now: datetime) -> tuple[Enrolment, Gathered] | None:
    """Return a student's current seat with what `gather` knows of it, in one query when nothing has changed since last time.

    The seat is for looking at: it belongs to no session, and what is loaded of it is what `seat_of` loads.
    """
    if len(actor.seats) != 1:
        seat = cohorts.seat_of(s, actor)
        return (seat, gather(s, [seat], now=now)) if seat else None
    [(id_, cohort_id)] = actor.seats.items()
    told = tell(s, (*_ARMS, cohorts.SEAT_ARM), ids=[id_], cohorts=[cohort_id], now=now)
    return recalled(told, id_, now=now, work=lambda asked: _own(s, actor, asked, now))


def _own(s: Session, actor: Actor, asked: Facts, now: datetime) -> tuple[tuple[Enrolment, Gathered] | None, bool]:
    with apart(s) as alone:
        seat = cohorts.seat_of(alone, actor)
    if seat is None:
        return None, False
    gathered, keep = _kept(s, seat, asked, now)
    # On PostgreSQL each statement sees its own moment: a seat that changed between the two is not what was told.
    return (seat, gathered), keep and [cohorts.seat_fact(seat)] == [fact[:-3] for fact in asked.get("seat_row", ())]


def _whose(enrolment: Enrolment) -> Hashable:
    release = enrolment.cohort.release
    return cohorts.seat_fact(enrolment), release.digest


def _kept(s: Session, enrolment: Enrolment, asked: Facts, now: datetime) -> tuple[Gathered, bool]:
    # An attempt in progress may be over by now, which is found out by asking for its answers.
    settled = not any(fact.word2 == "in_progress" for fact in asked.get("attempt", ()))
    return _worked_out(s, [enrolment], asked, now), settled


def _worked_out(s: Session, enrolments: Sequence[Enrolment], asked: Facts, now: datetime) -> Gathered:
    ids = [enrolment.id for enrolment in enrolments]
    results = quizzes.results_from(s, asked, ids, now=now)
    lessons = learning.states_as_of(s, enrolments, asked, results, now=now)
    found = _Found(
        hours=hours.facts_from(s, enrolments, asked, lessons, now=now),
        lessons=lessons,
        quizzes=results,
        narratives=narratives.results_from(asked, ids),
        agreements=accepted_from(asked, ids),
    )
    facts = {e.id: _facts(s, e, found) for e in enrolments}
    verdicts = _Verdicts(facts, {e.id: learning.pathway_of(s, e.cohort) for e in enrolments})
    return Gathered(found.hours, lessons, results, found.narratives, facts, verdicts, issued_from(asked))


@dataclass(frozen=True, slots=True)
class _Found:
    hours: Mapping[int, hour_rules.HourFacts]
    lessons: Mapping[int, dict[str, LessonState]]
    quizzes: Mapping[int, dict[str, QuizResult]]
    narratives: Mapping[int, dict[str, NarrativeResult]]
    agreements: Mapping[int, Mapping[tuple[str, str], datetime]]


def _facts(s: Session, enrolment: Enrolment, found: _Found) -> rules.Facts:
    id_, pathway = enrolment.id, learning.pathway_of(s, enrolment.cohort)
    outline = curriculum.outline(s, enrolment.cohort.release)
    results, narrated = found.quizzes.get(id_, {}), found.narratives.get(id_, {})
    handed_in = {e.key: e for e in found.hours[id_].evidence if e.kind == "homework"}
    return rules.Facts(
        enrolment=enrolment.code,
        enrolment_status=enrolment.status,
        statement=hour_rules.statement(found.hours[id_], pathway),
        attendance=hour_rules.attendance(found.hours[id_]),
        lessons=_lessons(outline, pathway, found.lessons.get(id_, {})),
        quizzes=tuple(_quiz(outline, quiz, results) for quiz in pathway.quizzes),
        exam=_quiz(outline, pathway.exam, results) if pathway.exam else None,
        narratives=tuple(_narrative(outline, key, narrated) for key in pathway.narratives),
        homework=tuple(_homework(outline, key, handed_in.get(key)) for key in pathway.homework),
        agreements=_agreements(pathway, found.agreements.get(id_, {})),
        competencies={key: outline.competencies.get(key, key) for key in pathway.competency_minutes},
    )


def _lessons(outline: Outline, pathway: Pathway, states: Mapping[str, LessonState]) -> rules.LessonFacts:
    required = [x.id for m in outline.modules if m.id in pathway.modules for x in m.lessons]
    absent = sum(1 for module in pathway.modules if outline.module(module) is None)
    done = sum(1 for lesson in required if lesson in states and states[lesson].done_at)
    return rules.LessonFacts(done, len(required) + absent)


def _quiz(outline: Outline, quiz: str, results: Mapping[str, QuizResult]) -> rules.QuizFacts:
    line, result = outline.quiz(quiz), results.get(quiz)
    title, needed = (line.title, line.pass_percent) if line else (quiz, None)
    if result is None:
        return rules.QuizFacts(quiz, title, False, None, 0, False, pass_percent=needed)
    percent = result.best_percent if result.tries else None
    is_open = result.open_code is not None
    return rules.QuizFacts(quiz, title, result.passed, percent, result.tries, is_open, result.passed_at, needed)


def _narrative(outline: Outline, key: str, results: Mapping[str, NarrativeResult]) -> rules.WritingFacts:
    found, result = outline.narrative(key), results.get(key)
    title = found[1].title if found else key
    if result is None:
        return rules.WritingFacts(key, title, "none")
    moments = {"draft": result.draft_saved_at, "waiting": result.sent_at}
    at = moments.get(result.state, result.decided_at)
    return rules.WritingFacts(key, title, result.state, at, result.reader_name or "", result.interview)


def _homework(outline: Outline, key: str, handed_in: hour_rules.Evidence | None) -> rules.WritingFacts:
    found = outline.homework_of(key)
    title = found[1].title if found else key
    if handed_in is None:
        return rules.WritingFacts(key, title, "none")
    state = "accepted" if handed_in.standing == "counted" else handed_in.standing
    return rules.WritingFacts(key, title, state, handed_in.settled_at or handed_in.on)


def _agreements(pathway: Pathway, accepted: Mapping[tuple[str, str], datetime]) -> tuple[rules.AgreementFacts, ...]:
    return tuple(
        rules.AgreementFacts(one.id, one.title, words_of(one), accepted.get((one.id, words_of(one))))
        for one in pathway.agreements
    )


ISSUED_ARM = arm(
    "certificate",
    Certificate.enrolment_id,
    Certificate.code,
    numbers=[Certificate.id],
    instants=[Certificate.issued_at, Certificate.revoked_at],
).where(Certificate.enrolment_id.in_(IDS))
"""What `issued_from` needs to be asked."""
_ARMS = (
    *learning.STATE_ARMS,
    *quizzes.RESULT_ARMS,
    *hours.EVIDENCE_ARMS,
    *narratives.RESULT_ARMS,
    ACCEPTED_ARM,
    ISSUED_ARM,
)


def issued_from(facts: Facts) -> dict[int, Issued]:
    """Return the newest certificate of each enrolment that has one."""
    newest = sorted(facts.get("certificate", []), key=lambda fact: fact.number)
    return {fact.of: Issued(fact.key, fact.at, fact.at2) for fact in newest}
