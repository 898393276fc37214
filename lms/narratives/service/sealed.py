"""Opening and closing what people wrote: every text is sealed for its own row and column."""

import json
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from lms.core.db import keys_of
from lms.narratives.models import Draft, DraftVersion, Review, Submission


@dataclass(frozen=True, slots=True)
class Words:
    """A text, and what its writer wants the reader to know first."""

    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grades:
    """What a reader chose and wrote: levels, reasons, words to the writer, and why an earlier answer is corrected."""

    levels: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    feedback: str = ""
    correction: str = ""


def seal(s: Session, row: Draft | Submission | Review, column: str, text: str) -> bytes:
    """Seal a text for one column of one row."""
    return keys_of(s).seal(text, f"{row.__tablename__}:{row.code}:{column}")


def opened(s: Session, row: Draft | Submission | Review, column: str) -> str:
    """Open one column of one row; empty if nothing was written."""
    sealed = getattr(row, column)
    return keys_of(s).open(sealed, f"{row.__tablename__}:{row.code}:{column}") if sealed else ""


def words_of(s: Session, row: Draft | Submission) -> Words:
    """Open a draft or a submission."""
    return Words(opened(s, row, "text"), opened(s, row, "note"))


def seal_version(s: Session, draft: Draft, version: int, words: Words) -> bytes:
    """Seal an earlier state of a draft, text and note together."""
    return keys_of(s).seal(json.dumps([words.text, words.note]), _place(draft, version))


def words_of_version(s: Session, draft: Draft, kept: DraftVersion) -> Words:
    """Open an earlier state of a draft."""
    text, note = json.loads(keys_of(s).open(kept.text, _place(draft, kept.version)))
    return Words(text, note)


def _place(draft: Draft, version: int) -> str:
    return f"lms_narrative_draft_version:{draft.code}/{version}:text"


def seal_grades(s: Session, review: Review, grades: Grades) -> None:
    """Put a reader's choices and words on their review; the words are sealed."""
    review.levels = dict(grades.levels)
    said = json.dumps({"reasons": grades.reasons, "correction": grades.correction})
    review.reasons = seal(s, review, "reasons", said)
    review.feedback = seal(s, review, "feedback", grades.feedback)


def grades_of(s: Session, review: Review) -> Grades:
    """Open a review."""
    said = json.loads(opened(s, review, "reasons") or "{}")
    levels = {name: int(points) for name, points in review.levels.items()}
    return Grades(levels, said.get("reasons", {}), opened(s, review, "feedback"), said.get("correction", ""))
