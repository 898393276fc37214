"""Claiming, one reader at a time; stepping back for good."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.core.access import STRANGER, Actor
from lms.core.db import Database
from lms.narratives import service
from lms.narratives.models import Review, Submission
from lms.narratives.service.cases import new_review
from tests import factories
from tests.factories import NOON
from tests.narratives.acting import answered, begun, facilitator_of, sent, together

HOUR = timedelta(hours=1)


def test_a_claim_runs_for_two_hours(s: Session) -> None:
    cast = factories.cast(s)
    submission = sent(s, cast.seat)
    first, second = facilitator_of(cast.facilitator, cast.cohort.id), facilitator_of(cast.coordinator, cast.cohort.id)
    assert service.claim(s, submission, first, now=NOON).until == NOON + 2 * HOUR
    refused = service.claim(s, submission, second, now=NOON + HOUR)
    assert (refused.mine, refused.by, refused.until) == (False, "Marcus Bell", NOON + 2 * HOUR)
    assert service.claim(s, submission, second, now=NOON + 2 * HOUR).mine
    assert submission.claimed_by is not None
    assert submission.claimed_by.name == "Ruth Okafor"


def test_claiming_again_goes_on_with_the_same_review(s: Session) -> None:
    cast = factories.cast(s)
    submission, reader = sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id)
    review = begun(s, submission, reader)
    assert begun(s, submission, reader, now=NOON + 3 * HOUR) is review
    assert submission.claimed_until == NOON + 5 * HOUR


def test_of_two_readers_who_claim_at_once_one_wins(database: Database) -> None:
    with database.writer() as s:
        cast = factories.cast(s)
        code = sent(s, cast.seat).code
        readers = [facilitator_of(p, cast.cohort.id) for p in (cast.facilitator, cast.coordinator)]
        s.commit()

    def claims(reader: Actor) -> Callable[[Session], bool]:
        find = sa.select(Submission).where(Submission.code == code)
        return lambda s: service.claim(s, s.scalars(find).one(), reader, now=NOON).mine

    won = together(database, *map(claims, readers))
    assert sorted(won) == [False, True]
    with database.reader() as s:
        assert s.scalars(sa.select(Review.reader_id)).all() == [readers[won.index(True)].person_id]


def test_two_tabs_of_one_reader_begin_one_review(s: Session) -> None:
    cast = factories.cast(s)
    submission, reader = sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id)
    begun(s, submission, reader)
    twin = Review(
        code="TWIN", submission_id=submission.id, reader_id=reader.person_id, number=1, levels={}, saved_at=NOON
    )
    s.add(twin)
    with pytest.raises(IntegrityError):
        s.flush()


def test_an_answered_text_is_not_claimed(s: Session) -> None:
    cast = factories.cast(s)
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    submission = sent(s, cast.seat)
    answered(s, submission, reader)
    service.claim(s, submission, reader, now=NOON)
    assert service.open_review(s, submission, reader) is None


def test_stepping_back_frees_the_text_and_keeps_what_was_begun(s: Session) -> None:
    cast = factories.cast(s)
    submission, reader = sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id)
    review = begun(s, submission, reader)
    for _twice in range(2):
        service.recuse(s, submission, reader, now=NOON)
    case = service.case_by_code(s, submission.code, reader)
    assert case is not None
    assert case.stepped_back == {reader.person_id}
    assert (case.hold(NOON), case.submission.claimed_by_id, review.outcome) == ("free", None, "draft")


def test_stepping_back_leaves_another_readers_claim_alone(s: Session) -> None:
    cast = factories.cast(s)
    submission = sent(s, cast.seat)
    holder, other = facilitator_of(cast.facilitator, cast.cohort.id), facilitator_of(cast.coordinator, cast.cohort.id)
    begun(s, submission, holder)
    service.recuse(s, submission, other, now=NOON)
    assert submission.claimed_by_id == holder.person_id


def test_a_case_holds_the_rounds_up_to_it(s: Session) -> None:
    cast = factories.cast(s)
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    first = sent(s, cast.seat)
    answered(s, first, reader, {"moment": 1, "help": 1, "limits": 1})
    second = sent(s, cast.seat, "More.")
    old, new = service.case_by_code(s, first.code, reader), service.case_by_code(s, second.code, reader)
    assert old is not None
    assert new is not None
    assert (len(old.rounds), old.newest, old.shows_text(NOON)) == (1, False, True)
    assert (len(new.earlier), new.newest, new.shows_text(NOON), new.mine) == (1, True, False, None)
    assert service.case_by_code(s, "NOSUCHCODE", STRANGER) is None


def test_a_readers_numbers_go_up(s: Session) -> None:
    cast = factories.cast(s)
    submission, reader = sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id)
    assert [new_review(s, submission, reader, service.Grades(), NOON).number for _n in range(3)] == [1, 2, 3]
