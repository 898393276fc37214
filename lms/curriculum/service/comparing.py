"""Comparing two releases, reading only the pieces that differ."""

from sqlalchemy.orm import Session

from lms.curriculum.models import Release
from lms.curriculum.rules import difference as rules
from lms.curriculum.rules.difference import Change, Snapshot
from lms.curriculum.rules.shapes import Bank, Homework, Lesson, MeetingGuide, Narrative, Pathway, Quiz, Rubric
from lms.curriculum.service.pieces import Shape, contents, outline, piece


def difference(s: Session, old: Release, new: Release) -> tuple[Change, ...]:
    """Return what changes for students from `old` to `new`; nothing when they are the same."""
    before, after = contents(s, old), contents(s, new)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return rules.difference(_snapshot(s, old, changed), _snapshot(s, new, changed))


def _snapshot(s: Session, release: Release, changed: set[str]) -> Snapshot:
    return Snapshot(
        outline(s, release),
        _some(s, release, changed, "pathway:", Pathway),
        _some(s, release, changed, "quiz:", Quiz),
        _some(s, release, changed, "bank:", Bank),
        _some(s, release, changed, "lesson:", Lesson),
        _some(s, release, changed, "meeting:", MeetingGuide),
        _some(s, release, changed, "homework:", Homework),
        _some(s, release, changed, "narrative:", Narrative),
        _some(s, release, changed, "rubric:", Rubric),
    )


def _some(s: Session, release: Release, changed: set[str], kind: str, shape: type[Shape]) -> dict[str, Shape]:
    keys = sorted(key for key in changed if key.startswith(kind))
    return {key.removeprefix(kind): found for key in keys if (found := piece(s, release, key, shape)) is not None}
