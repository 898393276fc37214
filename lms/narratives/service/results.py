"""Where the narratives of many students stand, without opening a text."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.narratives import rules
from lms.narratives.models import Draft, Review, Submission


def results_for(s: Session, enrolment_ids: Sequence[int]) -> dict[int, dict[str, rules.NarrativeResult]]:
    """Return each enrolment's narratives by key, in two queries; one that was never begun is not listed."""
    drafts = {(row.enrolment_id, row.narrative): row for row in _drafts(s, enrolment_ids)}
    sent: dict[tuple[int, str], Any] = {}
    for row in _sent(s, enrolment_ids):
        sent[row.enrolment_id, row.narrative] = row
    found: dict[int, dict[str, rules.NarrativeResult]] = defaultdict(dict)
    for enrolment_id, key in sorted({*drafts, *sent}):
        result = _result(key, drafts.get((enrolment_id, key)), sent.get((enrolment_id, key)))
        found[enrolment_id][key] = result
    return {one: found.get(one, {}) for one in enrolment_ids}


def _result(key: str, draft: Any, sent: Any) -> rules.NarrativeResult:
    saved_at = draft.saved_at if draft else None
    if sent is None:
        return rules.NarrativeResult(key, "draft", 1, saved_at, interview=draft.interview)
    return rules.NarrativeResult(
        key,
        rules.standing(True, sent.state),
        sent.round,
        saved_at,
        sent.sent_at,
        sent.released_at,
        sent.name or "",
        sent.interview,
    )


def _drafts(s: Session, enrolment_ids: Sequence[int]) -> Sequence[Any]:
    columns = sa.select(Draft.enrolment_id, Draft.narrative, Draft.saved_at, Draft.interview)
    return s.execute(columns.where(Draft.enrolment_id.in_(enrolment_ids))).all()


def _sent(s: Session, enrolment_ids: Sequence[int]) -> Sequence[Any]:
    """Return the rounds, the newest and its newest answer last."""
    released = (Review.submission_id == Submission.id) & Review.outcome.in_(rules.RELEASED)
    return s.execute(
        sa.select(
            Submission.enrolment_id,
            Submission.narrative,
            Submission.round,
            Submission.state,
            Submission.sent_at,
            Submission.interview,
            Review.released_at,
            Person.name,
        )
        .outerjoin(Review, released)
        .outerjoin(Person, Person.id == Review.reader_id)
        .where(Submission.enrolment_id.in_(enrolment_ids))
        .order_by(Submission.round, Review.released_at, Review.id)
    ).all()
