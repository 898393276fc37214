"""Sending: once per round, as it was read, with the rubric of that day."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.db import Database
from lms.core.errors import Conflict, Invalid
from lms.narratives import rules, service
from lms.narratives.models import Draft, Submission
from lms.records.models import Audit
from tests import factories
from tests.factories import NOON
from tests.narratives.acting import KEY, TEXT, answered, facilitator_of, sent, together, write


def test_text_and_rubric_are_frozen(s: Session) -> None:
    seat = factories.cast(s).seat
    submission = sent(s, seat, note="A winter.")
    assert service.words_of(s, submission) == service.Words(TEXT, "A winter.")
    assert (submission.round, submission.state, submission.words) == (1, "waiting", 16)
    assert submission.release == seat.cohort.release.digest
    assert rules.rubric_of(submission.rubric).pass_points == 4


def test_sending_twice_sends_once(s: Session) -> None:
    seat = factories.cast(s).seat
    draft = write(s, seat)
    first = service.send(s, draft, now=NOON, version=1, round_=1)
    again = service.send(s, draft, now=NOON + timedelta(seconds=1), version=1, round_=1)
    assert again is first
    assert s.scalar(sa.select(sa.func.count()).select_from(Submission)) == 1
    assert s.scalars(sa.select(Audit.verb).where(Audit.subject == first.code)).all() == ["narrative.sent"]


def test_two_tabs_that_send_at_once_send_once(database: Database) -> None:
    with database.writer() as s:
        draft_id = write(s, factories.cast(s).seat).id
        s.commit()
    codes = together(database, *[lambda s: service.send(s, s.get_one(Draft, draft_id), now=NOON).code] * 3)
    assert len(set(codes)) == 1
    with database.reader() as s:
        assert s.scalars(sa.select(Submission.round)).all() == [1]


def test_a_text_that_changed_after_the_preview_is_not_sent(s: Session) -> None:
    draft = write(s, factories.cast(s).seat)
    service.save_draft(s, draft, "Changed elsewhere.", version=1, now=NOON)
    with pytest.raises(Conflict, match="changed after this page"):
        service.send(s, draft, now=NOON, version=1, round_=1)
    assert s.scalar(sa.select(sa.func.count()).select_from(Submission)) == 0


def test_nothing_is_not_sent(s: Session) -> None:
    with pytest.raises(Invalid, match="no text to send"):
        service.send(s, write(s, factories.cast(s).seat, " \n "), now=NOON)


def test_an_interview_takes_the_note_along_and_leaves_the_text(s: Session) -> None:
    submission = sent(s, factories.cast(s).seat, note="Mornings are best.", interview=True)
    assert service.words_of(s, submission) == service.Words("", "Mornings are best.")
    assert (submission.interview, submission.words) == (True, 0)


def test_an_interview_needs_no_text(s: Session) -> None:
    assert sent(s, factories.cast(s).seat, "", interview=True).state == "waiting"


def test_a_returned_text_begins_the_second_round_from_itself(s: Session) -> None:
    cast = factories.cast(s)
    submission = sent(s, cast.seat)
    answered(s, submission, facilitator_of(cast.facilitator, cast.cohort.id), {"moment": 1, "help": 1, "limits": 0})
    draft = service.draft_of(s, cast.seat.id, KEY)
    assert draft is not None
    assert service.words_of(s, draft).text == TEXT
    old_form = service.send(s, draft, now=NOON, version=1, round_=1)
    assert old_form is submission
    second = service.send(s, draft, now=NOON, version=1, round_=2)
    assert (second.round, second.state) == (2, "waiting")


def test_an_accepted_narrative_is_not_sent_again(s: Session) -> None:
    cast = factories.cast(s)
    submission = sent(s, cast.seat)
    answered(s, submission, facilitator_of(cast.facilitator, cast.cohort.id))
    draft = service.draft_of(s, cast.seat.id, KEY)
    assert draft is not None
    assert service.send(s, draft, now=NOON, round_=2) is submission


def test_a_sent_story_is_not_readable_in_the_table(s: Session) -> None:
    sent(s, factories.cast(s).seat, note="A winter of depression.")
    text, note = s.execute(sa.select(Submission.text, Submission.note)).one()
    assert b"peas" not in text
    assert b"depression" not in note
