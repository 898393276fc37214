"""Drafts: begin, save, keep what an older page brought, and find earlier versions again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts.models import Enrolment
from lms.core.ids import new_code
from lms.narratives import rules
from lms.narratives.models import Draft, DraftVersion, Submission
from lms.narratives.service.sealed import Words, seal, seal_version, words_of, words_of_version


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """The answer to a save. `standing` is what the draft holds now; `aside`: what was offered must be kept elsewhere."""

    state: Literal["saved", "stale", "locked"]
    version: int
    saved_at: datetime
    standing: Words
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier version of a draft, by its number."""

    version: int
    saved_at: datetime


def draft_of(s: Session, enrolment_id: int, key: str) -> Draft | None:
    """Return the draft of one narrative, if it was begun."""
    return s.scalars(sa.select(Draft).where(Draft.enrolment_id == enrolment_id, Draft.narrative == key)).first()


def draft_for(s: Session, enrolment: Enrolment, key: str, *, now: datetime) -> Draft:
    """Return the draft of one narrative, beginning it if need be.

    Two first saves at once: the unique constraint lets one begin; the gate sends the other through again, which finds it.
    """
    found = draft_of(s, enrolment.id, key)
    if found is not None:
        return found
    draft = Draft(code=new_code(), enrolment=enrolment, narrative=key, interview=False, version=0, saved_at=now)
    _put(s, draft, Words())
    s.add(draft)
    s.flush()
    return draft


def save_draft(
    s: Session,
    draft: Draft,
    text: str,
    *,
    note: str = "",
    interview: bool = False,
    version: int,
    now: datetime,
    explicit: bool = True,
    last_sent: str = "",
) -> SavedDraft:
    """Save what a page offers, unless a newer text stands; `explicit` for a save by hand, which is kept as a version."""
    before = _held(s, draft)
    offer = rules.Offer(text, note, interview, version, last_sent)
    verdict = rules.judge_save(before, offer)
    if verdict.state == "save":
        if rules.keeps_version(before, offer, explicit=explicit, kept_at=_kept_at(s, draft), now=now):
            _keep(s, draft)
        _put(s, draft, Words(text, note))
        draft.interview, draft.version, draft.saved_at = interview, draft.version + 1, now
    taken = verdict.state in ("save", "same")
    if taken and explicit and draft.version:
        _keep(s, draft)
    s.flush()
    state: Literal["saved", "stale", "locked"] = "locked" if verdict.state == "locked" else "stale"
    return SavedDraft("saved" if taken else state, draft.version, draft.saved_at, words_of(s, draft), verdict.aside)


def _held(s: Session, draft: Draft) -> rules.Draft:
    # Two tabs saving at once, or a save against a send: the row lock makes the second look at what the first wrote.
    s.refresh(draft, ("text", "note", "interview", "version", "saved_at"), with_for_update=True)
    words = words_of(s, draft)
    locked = newest_state(s, draft) in ("waiting", "accepted")
    return rules.Draft(words.text, words.note, draft.interview, draft.version, locked)


def newest_state(s: Session, draft: Draft) -> str:
    """Return the state of the newest round of a draft's narrative; empty while nothing was sent."""
    rounds = sa.select(Submission.state).where(
        Submission.enrolment_id == draft.enrolment_id, Submission.narrative == draft.narrative
    )
    return s.scalar(rounds.order_by(Submission.round.desc()).limit(1)) or ""


def _put(s: Session, draft: Draft, words: Words) -> None:
    draft.text, draft.note = seal(s, draft, "text", words.text), seal(s, draft, "note", words.note)


def _keep(s: Session, draft: Draft) -> None:
    if s.get(DraftVersion, (draft.id, draft.version)) is None:
        sealed = seal_version(s, draft, draft.version, words_of(s, draft))
        s.add(DraftVersion(draft_id=draft.id, version=draft.version, text=sealed, saved_at=draft.saved_at))


def _kept_at(s: Session, draft: Draft) -> datetime | None:
    return s.scalar(sa.select(sa.func.max(DraftVersion.saved_at)).where(DraftVersion.draft_id == draft.id))


def versions(s: Session, draft: Draft) -> list[Earlier]:
    """Return the earlier versions of a draft, newest first; the one that stands now is not among them."""
    rows = s.execute(
        sa.select(DraftVersion.version, DraftVersion.saved_at)
        .where(DraftVersion.draft_id == draft.id, DraftVersion.version != draft.version)
        .order_by(DraftVersion.version.desc())
    )
    return [Earlier(version, saved_at) for version, saved_at in rows]


def version_of(s: Session, draft: Draft, version: int) -> tuple[Earlier, Words] | None:
    """Return one earlier version with its words."""
    kept = s.get(DraftVersion, (draft.id, version))
    return (Earlier(kept.version, kept.saved_at), words_of_version(s, draft, kept)) if kept else None
