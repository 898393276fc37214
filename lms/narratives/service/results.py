"""Where the narratives of many students stand, without opening a text."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.together import IDS, Fact, Facts, arm, ask, flag
from lms.narratives import rules
from lms.narratives.models import Draft, Review, Submission


def results_for(s: Session, enrolment_ids: Sequence[int]) -> dict[int, dict[str, rules.NarrativeResult]]:
    """Return each enrolment's narratives by key, in one query; one that was never begun is not listed."""
    return results_from(ask(s, RESULT_ARMS, ids=enrolment_ids), enrolment_ids)


_DRAFTS = arm(
    "draft", Draft.enrolment_id, Draft.narrative, numbers=[flag(Draft.interview)], instants=[Draft.saved_at]
).where(Draft.enrolment_id.in_(IDS))
_ROUNDS = (
    arm(
        "round",
        Submission.enrolment_id,
        Submission.narrative,
        numbers=[Submission.round, flag(Submission.interview), Review.id],
        words=[Submission.state, Person.name],
        instants=[Submission.sent_at, Review.released_at],
    )
    .outerjoin(Review, (Review.submission_id == Submission.id) & Review.outcome.in_(rules.RELEASED))
    .outerjoin(Person, Person.id == Review.reader_id)
    .where(Submission.enrolment_id.in_(IDS))
)
RESULT_ARMS = (_DRAFTS, _ROUNDS)
"""What `results_from` needs to be asked: drafts, and rounds with their released answers."""


def results_from(facts: Facts, enrolment_ids: Sequence[int]) -> dict[int, dict[str, rules.NarrativeResult]]:
    """Return what `results_for` returns, from facts that were asked together with others."""
    drafts = {(fact.of, fact.key): fact for fact in facts.get("draft", [])}
    # The newest round and its newest answer come last and stand.
    sent = {(fact.of, fact.key): fact for fact in sorted(facts.get("round", []), key=_order)}
    found: dict[int, dict[str, rules.NarrativeResult]] = {one: {} for one in enrolment_ids}
    for enrolment_id, key in sorted({*drafts, *sent}):
        both = drafts.get((enrolment_id, key)), sent.get((enrolment_id, key))
        found[enrolment_id][key] = _result(key, *both)
    return found


def _order(fact: Fact) -> tuple[int, float, int]:
    return fact.number, fact.at2.timestamp() if fact.at2 else 0.0, fact.number3 or 0


def _result(key: str, draft: Fact | None, sent: Fact | None) -> rules.NarrativeResult:
    saved_at = draft.at if draft else None
    if sent is None:
        return rules.NarrativeResult(key, "draft", 1, saved_at, interview=bool(draft and draft.number))
    return rules.NarrativeResult(
        key,
        rules.standing(True, sent.word),
        sent.number,
        saved_at,
        sent.at,
        sent.at2,
        sent.word2 or "",
        bool(sent.number2),
    )
