"""What each first page rests on, on a real session, in the same few questions for any number of people."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.curriculum import service as curriculum
from lms.home import service
from lms.hours import service as hours
from lms.learning import service as learning
from lms.records import service as records
from tests import factories
from tests.certificates.complete import LATER, complete, held
from tests.factories import NOON, Cast


@pytest.fixture
def cast(s: Session) -> Cast:
    return factories.cast(s)


def seat(s: Session, cast: Cast) -> Enrolment:
    found = cohorts.seat_of(s, cohorts.actor_for(s, cast.student, now=NOON))
    assert found is not None
    return found


def test_a_new_student_begins_with_the_first_part(s: Session, cast: Cast) -> None:
    home = service.student_home(s, seat(s, cast), now=NOON)
    assert home.step is not None
    assert (home.step.kind, home.step.part, home.minutes_left) == ("part", 1, 20)
    assert not home.verdict.granted
    assert (home.week, home.weeks) == (8, 11)
    assert [one.finished for one in home.modules] == [False]


def test_opening_a_part_moves_the_next_step_on(s: Session, cast: Cast) -> None:
    mine = seat(s, cast)
    learning.open_part(s, mine, "m1-l1", 1, now=NOON)
    home = service.student_home(s, mine, now=NOON)
    assert home.step is not None
    assert (home.step.part, home.minutes_left) == (2, 13)
    assert home.modules[0].begun


def test_a_coming_class_is_shown_and_a_past_or_cancelled_one_is_not(s: Session, cast: Cast) -> None:
    factories.meeting(
        s, cast.cohort, title="Tomorrow", starts_at=NOON + timedelta(days=1), ends_at=NOON + timedelta(days=1, hours=2)
    )
    factories.meeting(
        s,
        cast.cohort,
        title="Next month",
        starts_at=NOON + timedelta(days=30),
        ends_at=NOON + timedelta(days=30, hours=2),
    )
    factories.meeting(
        s,
        cast.cohort,
        title="Cancelled",
        starts_at=NOON + timedelta(days=2),
        ends_at=NOON + timedelta(days=2, hours=1),
        cancelled_at=NOON,
    )
    factories.meeting(s, cast.cohort, title="Over", ends_at=NOON - timedelta(minutes=1))
    home = service.student_home(s, seat(s, cast), now=NOON)
    assert [(m.title, m.place) for m in home.meetings] == [("Tomorrow", "The barn")]


def test_a_facilitator_sees_what_waits_and_whom_to_call(s: Session, cast: Cast) -> None:
    factories.meeting(s, cast.cohort, title="Not taken")
    hours.claim_practice(
        s, cast.seat, on=NOON.date(), minutes=30, competency="ethics", supervisor="Marcus", what="Listened.", now=NOON
    )
    home = service.facilitator_home(s, cohorts.actor_for(s, cast.facilitator, now=NOON), now=NOON)
    assert (home.to_read, home.to_decide, home.students) == (0, 1, 2)
    assert [m.title for m in home.unrecorded] == ["Not taken"]
    assert {call.enrolment.person.name for call in home.calls} == {cast.student.name, cast.classmate.name}


def test_a_facilitator_elsewhere_sees_nothing_of_it(s: Session, cast: Cast) -> None:
    home = service.facilitator_home(s, cohorts.actor_for(s, cast.other_facilitator, now=NOON), now=NOON)
    assert {call.enrolment.person.name for call in home.calls} <= {cast.stranger.name}


def test_a_coordinator_s_board_counts_who_is_ready(s: Session, cast: Cast) -> None:
    complete(s, cast.seat, held(s, cast.cohort), cast.facilitator)
    cohorts.withdraw(s, cast.classmate_seat, reason="Moved.", by=cast.coordinator, now=NOON)
    for to in (cast.student.email, cast.stranger.email):
        records.write_message(s, "test", to or "", "Subject", "Text", now=NOON).state = "failed"
    s.flush()
    home = service.coordinator_home(s, cohorts.actor_for(s, cast.coordinator, now=NOON), now=LATER)
    [board] = home.boards
    assert (board.enrolled, board.withdrawn, board.ready, board.certified) == (1, 1, 1, 0)
    assert home.failed_letters == 1


def test_letters_show_what_failed_first(s: Session, cast: Cast) -> None:
    for state in ("sent", "failed", "due"):
        records.write_message(s, "test", cast.student.email or "", "Subject", "Text", now=NOON).state = state
    s.flush()
    actor = cohorts.actor_for(s, cast.coordinator, now=NOON)
    assert [letter.state for letter in service.letters(s, actor)] == ["failed", "due", "sent"]


def test_it_is_ready_once_there_is_something_to_teach(s: Session) -> None:
    if curriculum.newest(s) is None:
        assert not service.is_ready(s)
    factories.release(s)
    assert service.is_ready(s)


@pytest.mark.parametrize("page", ["student", "facilitator", "coordinator"])
def test_a_first_page_asks_the_same_few_questions_for_15_as_for_300(
    s: Session, cast: Cast, count_queries: Any, page: str
) -> None:
    asked = []
    for people in (15, 300):
        for _one in range(people):
            factories.enrolment(s, cast.cohort)
        s.flush()
        _ask(s, cast, page)
        s.expire_all()
        mine, actor = seat(s, cast), cohorts.actor_for(s, getattr(cast, page), now=NOON)
        with count_queries() as counted:
            _ask(s, cast, page, mine, actor)
        asked.append(len(counted))
    assert asked[0] == asked[1] <= 5, "the door asks for three more"


def _ask(s: Session, cast: Cast, page: str, mine: Any = None, actor: Any = None) -> object:
    if page == "student":
        return service.student_home(s, mine or seat(s, cast), now=NOON)
    actor = actor or cohorts.actor_for(s, getattr(cast, page), now=NOON)
    return getattr(service, f"{page}_home")(s, actor, now=NOON)
