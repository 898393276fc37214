"""Sending: text and rubric are frozen together, once per round."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.errors import Conflict, Invalid
from lms.core.ids import new_code
from lms.narratives import rules
from lms.narratives.models import Draft, Submission
from lms.narratives.service.desk import instructions
from lms.narratives.service.sealed import Words, seal, words_of
from lms.records import service as records

_NOTHING = "There is no text to send yet. Write something, or ask for an interview."
_CHANGED = (
    "Your text changed after this page was made. Nothing was lost and nothing was sent. Read it once more, then send."
)


def send(
    s: Session, draft: Draft, *, now: datetime, version: int | None = None, round_: int | None = None
) -> Submission:
    """Freeze the draft as it was read and hand it to the facilitators; sending twice gives the same submission.

    `version` and `round_` are what the preview showed: a text that changed since is not sent, and a form of a round
    that was already sent sends nothing again. For an interview only the note goes along; the text stays with its writer.
    """
    # Two clicks, two tabs, or an answer being corrected at this moment: one at a time per draft.
    s.refresh(draft, ("text", "note", "interview", "version", "saved_at"), with_for_update=True)
    newest = _newest(s, draft)
    if newest is not None and (newest.state != "returned" or newest.round == round_):
        return newest
    if version is not None and version != draft.version:
        raise Conflict(_CHANGED)
    words = words_of(s, draft)
    if not draft.interview and not words.text.strip():
        raise Invalid(_NOTHING, {"text": _NOTHING})
    submission = _frozen(s, draft, newest.round + 1 if newest else 1, words, now)
    records.audit(s, draft.enrolment.person.code, "narrative.sent", submission.code, now=now)
    return submission


def _frozen(s: Session, draft: Draft, round_: int, words: Words, now: datetime) -> Submission:
    _narrative, rubric = instructions(s, draft.enrolment, draft.narrative)
    sent = Words("" if draft.interview else words.text, words.note)
    submission = Submission(
        code=new_code(),
        enrolment=draft.enrolment,
        narrative=draft.narrative,
        round=round_,
        interview=draft.interview,
        words=rules.word_count(sent.text),
        release=draft.enrolment.cohort.release.digest,
        rubric=asdict(rubric),
        sent_at=now,
        state="waiting",
    )
    submission.text, submission.note = seal(s, submission, "text", sent.text), seal(s, submission, "note", sent.note)
    s.add(submission)
    s.flush()
    return submission


def _newest(s: Session, draft: Draft) -> Submission | None:
    rounds = sa.select(Submission).where(
        Submission.enrolment_id == draft.enrolment_id, Submission.narrative == draft.narrative
    )
    return s.scalars(rounds.order_by(Submission.round.desc()).limit(1)).first()
