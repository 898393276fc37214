"""What a student has before them, in one query."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.core.errors import NotFound
from lms.narratives import service
from tests import factories
from tests.narratives.acting import KEY, TEXT, answered, facilitator_of, sent, write


def test_an_empty_desk(s: Session) -> None:
    seat = factories.cast(s).seat
    narrative, rubric = service.instructions(s, seat, KEY)
    desk = service.desk_for(s, seat, narrative)
    assert (desk.state, desk.draft, desk.rounds, desk.next_round) == ("none", None, [], 1)
    assert rubric.id == narrative.rubric


def test_a_narrative_the_release_does_not_hold(s: Session) -> None:
    with pytest.raises(NotFound):
        service.instructions(s, factories.cast(s).seat, "m1/other")


def test_a_desk_follows_the_rounds(s: Session, count_queries: Any) -> None:
    cast = factories.cast(s)
    narrative, _rubric = service.instructions(s, cast.seat, KEY)
    write(s, cast.seat)
    assert service.desk_for(s, cast.seat, narrative).state == "draft"
    submission = sent(s, cast.seat)
    assert service.desk_for(s, cast.seat, narrative).state == "waiting"
    answered(s, submission, facilitator_of(cast.facilitator, cast.cohort.id), {"moment": 2, "help": 2, "limits": 0})
    s.flush()
    with count_queries() as queries:
        desk = service.desk_for(s, cast.seat, narrative)
        (answer,) = service.answers_of(s, desk.rounds[-1])
    assert len(queries) == 1
    assert (desk.state, desk.next_round, desk.codes) == ("returned", 2, [submission.code])
    assert (answer.reader, answer.word, answer.outcome.points) == ("Marcus Bell", "returned", 4)
    assert answer.feedback == "The back step is the heart of it."
    assert [(m.level.points, m.reason) for m in answer.marks] == [(2, ""), (2, ""), (0, "It is not there yet.")]


def test_a_desk_holds_only_its_own(s: Session) -> None:
    cast = factories.cast(s)
    narrative, _rubric = service.instructions(s, cast.seat, KEY)
    sent(s, cast.classmate_seat, TEXT)
    assert service.desk_for(s, cast.seat, narrative).state == "none"


def test_a_review_that_is_not_released_is_not_on_the_desk(s: Session) -> None:
    cast = factories.cast(s)
    narrative, _rubric = service.instructions(s, cast.seat, KEY)
    submission = sent(s, cast.seat)
    service.claim(s, submission, facilitator_of(cast.facilitator, cast.cohort.id), now=factories.NOON)
    assert service.desk_for(s, cast.seat, narrative).rounds[-1].reviews == []
