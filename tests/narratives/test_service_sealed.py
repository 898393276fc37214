"""Every text is sealed for its own row and column."""

import pytest
from sqlalchemy.orm import Session

from lms.core.crypto import SealBroken
from lms.narratives import service
from lms.narratives.models import DraftVersion
from lms.narratives.service import sealed
from tests import factories
from tests.narratives.acting import begun, facilitator_of, sent, write


def test_a_column_does_not_open_in_another_column(s: Session) -> None:
    draft = write(s, factories.cast(s).seat, note="A note.")
    draft.note = draft.text
    with pytest.raises(SealBroken):
        sealed.words_of(s, draft)


def test_a_version_opens_only_under_its_own_number(s: Session) -> None:
    draft = write(s, factories.cast(s).seat, note="A note.")
    kept = s.get_one(DraftVersion, (draft.id, 1))
    assert sealed.words_of_version(s, draft, kept).note == "A note."
    moved = DraftVersion(draft_id=draft.id, version=2, text=kept.text, saved_at=kept.saved_at)
    with pytest.raises(SealBroken):
        sealed.words_of_version(s, draft, moved)


def test_a_review_opens_only_in_its_own_row(s: Session) -> None:
    cast = factories.cast(s)
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    one, other = (begun(s, sent(s, seat), reader) for seat in (cast.seat, cast.classmate_seat))
    grades = service.Grades({"help": 0}, {"help": "None."}, "Thank you.", "Wrong line.")
    sealed.seal_grades(s, one, grades)
    assert sealed.grades_of(s, one) == grades
    other.reasons = one.reasons
    with pytest.raises(SealBroken):
        sealed.grades_of(s, other)


def test_an_empty_column_is_an_empty_text(s: Session) -> None:
    draft = write(s, factories.cast(s).seat)
    draft.note = None
    assert sealed.words_of(s, draft).note == ""
