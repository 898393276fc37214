"""What a page says about one person's hours."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from lms.hours import service
from lms.hours.service import Mark
from tests import factories
from tests.factories import NOON
from tests.hours.evidence import KEY, everything

LATER = NOON + timedelta(hours=2)


def test_an_account_lists_the_homework_that_is_asked_for(s: Session) -> None:
    cast = factories.cast(s)
    everything(s, cast)
    found = service.account_for(s, cast.seat, words=True, now=LATER)
    assert [(module.id, work.key, state) for module, work, state in found.homework] == [("m1", KEY, "counted")]
    assert found.weeks[0].monday == date(2026, 10, 5)
    assert sum(day.counted for week in found.weeks for day in week.days) == found.statement.counted
    assert found.attendance.attended == 1
    other = service.account_for(s, cast.classmate_seat, words=False, now=LATER)
    assert [state for _module, _work, state in other.homework] == ["none"]


def test_reasons_are_opened_for_those_who_may_read_them(s: Session) -> None:
    cast = factories.cast(s)
    meeting = factories.meeting(s, cast.cohort)
    service.take_attendance(s, meeting, {cast.seat.id: Mark("made_up", 0, "On Friday.")}, by=cast.facilitator, now=NOON)
    claim = service.claim_practice(
        s, cast.seat, on=date(2026, 11, 20), minutes=9, competency="ethics", supervisor="A", what="Did.", now=NOON
    )
    service.decide_practice(s, claim, outcome="returned", minutes=0, reason="Who?", by=cast.facilitator, now=NOON)
    found = service.account_for(s, cast.seat, words=True, now=LATER)
    assert found.notes == {meeting.code: "On Friday.", claim.code: "Who?"}
    assert service.account_for(s, cast.seat, words=False, now=LATER).notes == {}
