from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from lms.cohorts.models import Invitation
from lms.core.access import Actor
from lms.core.crypto import digest
from lms.core.ids import new_code
from lms.home import service
from lms.home.rules import Reason
from lms.records import service as records
from tests import factories
from tests.certificates import complete
from tests.factories import NOON, Cast
from tests.home.conftest import certificate, homework, marked, practice, read

DAY = timedelta(days=1)


@pytest.fixture
def people(s: Session) -> Cast:
    return factories.cast(s)


def staff(cast: Cast, **more: Any) -> Actor:
    return Actor(person_id=cast.facilitator.id, facilitates=frozenset({cast.cohort.id}), **more)


def coordinator(cast: Cast) -> Actor:
    return Actor(person_id=cast.coordinator.id, coordinates=frozenset({cast.provider.id}))


# Students


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (datetime(2026, 10, 1, tzinfo=UTC), 0),
        (datetime(2026, 10, 5, 3, 59, tzinfo=UTC), 0),
        (datetime(2026, 10, 5, 4, 0, tzinfo=UTC), 1),
        (datetime(2026, 10, 12, 3, 0, tzinfo=UTC), 1),
        (datetime(2026, 12, 20, 12, 0, tzinfo=UTC), 11),
        (datetime(2027, 6, 1, tzinfo=UTC), 11),
    ],
)
def test_the_week_turns_where_the_cohort_is(s: Session, people: Cast, now: datetime, week: int) -> None:
    assert service.student_home(s, people.seat, now=now).week == week


def test_a_cohort_of_one_day_has_one_week(s: Session) -> None:
    seat = factories.enrolment(s, factories.cohort(s, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 23)))
    home = service.student_home(s, seat, now=NOON)
    assert (home.week, home.weeks) == (1, 1)


def test_classes_of_the_next_eight_days(s: Session, people: Cast) -> None:
    hours = (("over", -3, -1), ("under way", -1, 1), ("next week", 24 * 7, 24 * 7 + 2), ("later", 24 * 8, 24 * 8 + 2))
    for title, start, end in hours:
        times: dict[str, Any] = {"starts_at": NOON + timedelta(hours=start), "ends_at": NOON + timedelta(hours=end)}
        factories.meeting(s, people.cohort, title=title, **times)
    factories.meeting(s, people.cohort, title="cancelled", starts_at=NOON + DAY, ends_at=NOON + DAY, cancelled_at=NOON)
    home = service.student_home(s, people.seat, now=NOON)
    assert [m.title for m in home.meetings] == ["under way", "next week"]


def test_a_quiz_that_may_not_be_tried_yet_is_stepped_over(s: Session) -> None:
    release = factories.release(s, factories.pieces(modules=2))
    seat = factories.enrolment(s, factories.cohort(s, release_=release))
    complete.read(s, seat)
    complete.pass_quiz(s, seat, "quiz-m1", "module", points=100)
    s.flush()
    for later, expected in ((timedelta(hours=2), ("part", "")), (timedelta(hours=13), ("quiz", "quiz-m1"))):
        step = service.student_home(s, seat, now=complete.BEFORE + later).step
        assert step is not None
        assert (step.kind, step.quiz or "") == expected


def test_a_module_is_finished_when_its_lessons_are_done_and_its_quiz_is_passed(s: Session, people: Cast) -> None:
    complete.read(s, people.seat)
    s.flush()
    assert [(m.done, m.finished) for m in service.student_home(s, people.seat, now=NOON).modules] == [(2, False)]
    complete.pass_quiz(s, people.seat, "quiz-m1", "module")
    s.flush()
    assert [m.finished for m in service.student_home(s, people.seat, now=NOON).modules] == [True]


def test_a_student_s_certificate(s: Session, people: Cast) -> None:
    certificate(s, people.seat, NOON - DAY)
    home = service.student_home(s, people.seat, now=NOON)
    assert home.certificate is not None
    assert home.certificate.revoked_at is None


# Facilitators


def test_what_waits_for_a_facilitator(s: Session, people: Cast) -> None:
    homework(s, people.seat)
    practice(s, people.seat)
    practice(s, people.classmate_seat)
    homework(s, people.stranger_seat)
    home = service.facilitator_home(s, staff(people), now=NOON)
    assert home.to_decide == 3
    assert (home.to_read, home.oldest_sent_at) == (0, None)
    assert home.students == 2


def test_classes_of_a_facilitator(s: Session, people: Cast) -> None:
    recorded = factories.meeting(s, people.cohort, title="Recorded")
    marked(s, recorded, people.seat)
    factories.meeting(s, people.cohort, title="Open")
    factories.meeting(s, people.cohort, title="Soon", starts_at=NOON + DAY, ends_at=NOON + DAY)
    factories.meeting(s, people.stranger_seat.cohort, title="Theirs")
    home = service.facilitator_home(s, staff(people), now=NOON)
    assert [m.title for m in home.unrecorded] == ["Open"]
    assert [m.title for m in home.meetings] == ["Soon"]


def test_who_may_be_glad_of_a_call(s: Session, people: Cast) -> None:
    read(s, people.seat, "m1-l1", (1,), at=NOON - timedelta(days=9))
    read(s, people.classmate_seat, "m1-l1", (1,), at=NOON - DAY)
    home = service.facilitator_home(s, staff(people), now=NOON)
    assert [(call.enrolment.person.name, call.reasons) for call in home.calls] == [
        ("Ṣadé Whitfield", (Reason("quiet", days=9),))
    ]


def test_a_missed_class_stays_a_reason_until_a_newer_one_is_recorded(s: Session, people: Cast) -> None:
    for seat in (people.seat, people.classmate_seat):
        read(s, seat, "m1-l1", (1,), at=NOON - DAY)
    missed = factories.meeting(s, people.cohort, starts_at=NOON - 3 * DAY, ends_at=NOON - 3 * DAY)
    marked(s, missed, people.seat, "absent")
    newer = factories.meeting(s, people.cohort, starts_at=NOON - DAY, ends_at=NOON - DAY)
    assert [c.reasons for c in service.facilitator_home(s, staff(people), now=NOON).calls] == [(Reason("absent"),)]
    marked(s, newer, people.seat)
    assert service.facilitator_home(s, staff(people), now=NOON).calls == ()


def test_nobody_is_quiet_before_the_cohort_has_begun(s: Session, people: Cast) -> None:
    people.cohort.starts_on = date(2026, 11, 20)
    s.flush()
    assert service.facilitator_home(s, staff(people), now=NOON).calls == ()
    later = service.facilitator_home(s, staff(people), now=NOON + 4 * DAY)
    assert {call.reasons for call in later.calls} == {(Reason("quiet", days=7),)}


def test_a_cohort_is_over_after_its_last_evening_where_it_is(s: Session, people: Cast) -> None:
    people.cohort.ends_on = date(2026, 11, 23)
    s.flush()
    for now, students in (
        (datetime(2026, 11, 24, 4, 59, tzinfo=UTC), 2),
        (datetime(2026, 11, 24, 5, 0, tzinfo=UTC), 0),
    ):
        assert service.facilitator_home(s, staff(people), now=now).students == students


def test_who_left_is_not_called(s: Session, people: Cast) -> None:
    people.seat.status = people.classmate_seat.status = "withdrawn"
    s.flush()
    home = service.facilitator_home(s, staff(people), now=NOON)
    assert (home.students, home.calls) == (0, ())


# Coordinators


def test_cohorts_at_a_glance(s: Session, people: Cast) -> None:
    certificate(s, people.seat)
    certificate(s, people.classmate_seat, revoked=NOON)
    left = factories.enrolment(s, people.cohort, status="withdrawn")
    certificate(s, left)
    soon = factories.meeting(s, people.cohort, starts_at=NOON + DAY, ends_at=NOON + DAY)
    [board] = service.coordinator_home(s, coordinator(people), now=NOON).boards
    assert (board.enrolled, board.withdrawn, board.ready, board.certified) == (2, 1, 0, 2)
    assert board.next_meeting == soon
    assert board.cohort == people.cohort


def test_a_coordinator_without_a_cohort(s: Session, people: Cast) -> None:
    home = service.coordinator_home(s, Actor(person_id=1, founder=True), now=NOON)
    assert (home.boards, home.failed_letters) == ((), 0)


def letter(s: Session, to: str | None, state: str = "sent") -> str:
    made = records.write_message(s, "test", to or "", "Subject", "Text with a link", now=NOON)
    made.state = state
    s.flush()
    return made.code


def test_letters_to_one_s_own_people_and_nobody_else_s(s: Session, people: Cast) -> None:
    invited = {"code": new_code(), "email": "new@people.example", "role": "student", "cohort": people.cohort}
    invited |= {"token_hash": digest("x"), "invited_by": "C", "created_at": NOON, "expires_at": NOON}
    s.add(Invitation(**invited, accepted_at=None))
    own = [people.student, people.classmate, people.facilitator, people.coordinator, people.funder]
    ours = {letter(s, person.email) for person in own} | {letter(s, "new@people.example")}
    theirs = {letter(s, person.email) for person in (people.stranger, people.other_facilitator)}
    letter(s, "nobody@known.example")
    there = Actor(person_id=1, coordinates=frozenset({people.stranger_seat.cohort.provider_id}))
    both = Actor(person_id=1, coordinates=there.coordinates | {people.provider.id})
    for actor, expected in ((coordinator(people), ours), (there, theirs), (both, ours | theirs)):
        assert {row.code for row in service.letters(s, actor)} == expected
    assert service.letters(s, Actor(person_id=1, founder=True)) == []


def test_the_text_of_a_letter_is_not_even_read(s: Session, people: Cast) -> None:
    letter(s, people.student.email)
    s.expunge_all()
    [row] = service.letters(s, coordinator(people))
    with pytest.raises(InvalidRequestError):
        _ = row.body


# Others


def test_a_funder_s_grants(s: Session, people: Cast) -> None:
    newer = factories.grant(s, people.provider, name="Next", starts_on=date(2027, 1, 1))
    actor = Actor(person_id=1, funds=frozenset({people.grant.id, newer.id}))
    assert service.grants_of(s, actor) == [newer, people.grant]
    assert service.grants_of(s, Actor(person_id=1)) == []
