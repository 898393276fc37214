"""Drafts on a real session: versions, stale pages, text kept aside, and nothing readable in the table."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.crypto import SealBroken
from lms.core.db import Database
from lms.narratives import rules, service
from lms.narratives.models import Draft, DraftVersion
from lms.narratives.service.sealed import words_of
from tests import factories
from tests.factories import NOON
from tests.narratives.acting import KEY, TEXT, sent, together, write


def test_a_draft_is_begun_once(s: Session) -> None:
    seat = factories.cast(s).seat
    first = service.draft_for(s, seat, KEY, now=NOON)
    assert service.draft_for(s, seat, KEY, now=NOON) is first
    assert service.draft_of(s, seat.id, KEY) is first
    assert service.draft_of(s, seat.id, "m1/other") is None


def test_a_save_is_opened_again(s: Session) -> None:
    draft = write(s, factories.cast(s).seat, note="A winter of depression.")
    assert words_of(s, draft) == service.Words(TEXT, "A winter of depression.")
    assert (draft.version, draft.saved_at) == (1, NOON)


def test_an_older_tab_is_refused_and_told_both_texts(s: Session) -> None:
    draft = write(s, factories.cast(s).seat)
    service.save_draft(s, draft, "From the newer tab.", version=1, now=NOON)
    saved = service.save_draft(s, draft, "From the older tab.", version=1, now=NOON)
    assert (saved.state, saved.version, saved.aside) == ("stale", 2, True)
    assert saved.standing.text == words_of(s, draft).text == "From the newer tab."


def test_a_save_that_landed_unheard_is_no_other_tab(s: Session) -> None:
    draft = service.draft_for(s, factories.cast(s).seat, KEY, now=NOON)
    service.save_draft(s, draft, "One", version=0, now=NOON, explicit=False)
    heard = rules.fingerprint({"text": "One", "note": ""})
    saved = service.save_draft(s, draft, "One and two", version=0, now=NOON, explicit=False, last_sent=heard)
    assert (saved.state, saved.version) == ("saved", 2)


def test_a_save_by_hand_is_a_version(s: Session) -> None:
    draft = write(s, factories.cast(s).seat, "First.")
    service.save_draft(s, draft, "Second.", version=1, now=NOON + timedelta(minutes=1))
    assert [v.version for v in service.versions(s, draft)] == [1]
    found = service.version_of(s, draft, 1)
    assert found is not None
    assert (found[0].saved_at, found[1].text) == (NOON, "First.")
    assert service.version_of(s, draft, 7) is None


def test_autosave_keeps_one_version_in_ten_minutes(s: Session) -> None:
    draft = service.draft_for(s, factories.cast(s).seat, KEY, now=NOON)
    text, kept = "", []
    for second in range(0, 1300, 5):
        text += f"word{second} "
        at = NOON + timedelta(seconds=second)
        service.save_draft(s, draft, text, version=draft.version, now=at, explicit=False)
        kept = service.versions(s, draft)
    assert len(kept) == 3
    assert all(a.saved_at - b.saved_at >= timedelta(minutes=9, seconds=50) for a, b in pairwise(kept))


def test_a_paragraph_removed_by_accident_can_be_found_again(s: Session) -> None:
    draft = write(s, factories.cast(s).seat, TEXT * 4, explicit=False)
    service.save_draft(s, draft, "", version=1, now=NOON + timedelta(seconds=3), explicit=False)
    found = service.version_of(s, draft, 1)
    assert found is not None
    assert found[1].text == TEXT * 4


def test_the_note_is_kept_in_versions_too(s: Session) -> None:
    draft = write(s, factories.cast(s).seat, note="What it holds.")
    service.save_draft(s, draft, TEXT, note="", version=1, now=NOON)
    found = service.version_of(s, draft, 1)
    assert found is not None
    assert found[1].note == "What it holds."


def test_a_sent_draft_is_locked_and_what_was_offered_is_not_lost(s: Session) -> None:
    seat = factories.cast(s).seat
    sent(s, seat)
    draft = service.draft_of(s, seat.id, KEY)
    assert draft is not None
    saved = service.save_draft(s, draft, TEXT + " And more.", version=1, now=NOON)
    assert (saved.state, saved.aside, saved.standing.text) == ("locked", True, TEXT)


def test_the_table_holds_no_readable_word(s: Session) -> None:
    seat = factories.cast(s).seat
    draft = write(s, seat, note="A winter of depression.")
    service.save_draft(s, draft, "Nothing like it.", version=1, now=NOON)
    columns = [*s.execute(sa.select(Draft.text, Draft.note)).one(), *s.scalars(sa.select(DraftVersion.text))]
    assert len(columns) == 4
    for sealed in columns:
        assert b"peas" not in sealed
        assert b"depression" not in sealed
        assert b"Nothing" not in sealed


def test_sealed_text_does_not_open_in_another_row(s: Session) -> None:
    cast = factories.cast(s)
    mine, other = write(s, cast.seat), write(s, cast.classmate_seat, "Another story.")
    mine.text = other.text
    with pytest.raises(SealBroken):
        words_of(s, mine)


def test_a_million_characters_and_a_nul_survive(s: Session) -> None:
    draft = write(s, factories.cast(s).seat, "á\x00" * 500_000)
    assert words_of(s, draft).text == "á\x00" * 500_000


def test_the_second_of_two_tabs_sees_what_the_first_committed(database: Database) -> None:
    with database.writer() as s:
        draft_id = write(s, factories.cast(s).seat).id
        s.commit()
    with database.reader() as older:
        seen = older.get_one(Draft, draft_id).version
        older.rollback()
        with database.writer() as newer:
            service.save_draft(newer, newer.get_one(Draft, draft_id), "Newer.", version=1, now=NOON)
            newer.commit()
    with database.writer() as s:
        saved = service.save_draft(s, s.get_one(Draft, draft_id), "Older.", version=seen, now=NOON)
        s.commit()
    assert (saved.state, saved.standing.text) == ("stale", "Newer.")


def test_of_two_tabs_that_save_at_once_one_is_refused(database: Database) -> None:
    with database.writer() as s:
        draft_id = write(s, factories.cast(s).seat).id
        s.commit()

    def save(text: str) -> Callable[[Session], str]:
        return lambda s: service.save_draft(s, s.get_one(Draft, draft_id), text, version=1, now=NOON).state

    assert sorted(together(database, save("One."), save("Two."))) == ["saved", "stale"]
