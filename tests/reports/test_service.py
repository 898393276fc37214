from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.certificates.models import Certificate
from lms.cohorts.models import Cohort, Enrolment, FundedSeat, Grant, StatusChange
from lms.core.access import Actor
from lms.core.db import Database, unit_of_work
from lms.core.errors import NotFound
from lms.core.ids import new_code
from lms.hours.models import Attendance
from lms.reports import rules, service
from lms.reports.models import Snapshot
from lms.reports.rules import Figure, Quarter, exactly
from tests import factories
from tests.hours.together import both_at_once
from tests.reports.conftest import JANUARY, attend, fund

MAY, AUGUST, OCTOBER = (datetime(2026, month, 12, 15, tzinfo=UTC) for month in (5, 8, 10))
Q2, Q3, Q4 = (Quarter(2026, number) for number in (2, 3, 4))
Payer = Callable[[Session], tuple[Grant, Cohort]]


def certify(s: Session, seat: object, at: datetime, revoked: datetime | None = None) -> None:
    s.add(
        Certificate(
            code=new_code(12),
            enrolment=seat,
            holder="X",
            face={},
            packet=b"",
            packet_digest="",
            pdf=b"",
            issued_at=at,
            issued_by="test",
            valid_until=None,
            revoked_at=revoked,
            revoked_reason=None,
        )
    )
    s.flush()


def figures(report: rules.Report | None) -> list[Figure]:
    assert report is not None
    return [*[step.people for step in report.steps], report.hours]


def test_a_year_of_a_grant(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    seats = fund(s, grant, cohort, 12, at=MAY)
    attend(s, seats, MAY)
    for seat in seats[:7]:
        s.add(StatusChange(enrolment_id=seat.id, status="finished", at=AUGUST, by="test", reason=None))
    certify(s, seats[0], AUGUST)
    certify(s, seats[1], AUGUST, revoked=OCTOBER)
    certify(s, seats[8], OCTOBER)
    made = service.reports_of(s, grant, now=JANUARY)
    assert [report.quarter for report in made] == [Q2, Q3, Q4], "nothing before the first seat"
    assert [figures(report) for report in made] == [
        [exactly(12), exactly(0), exactly(0), exactly(24)],
        [exactly(12), exactly(7), exactly(2), exactly(24)],
        [exactly(12), exactly(8), exactly(2), exactly(24)],
    ]
    assert [span.hours for span in made[-1].trend] == [exactly(24), exactly(0), exactly(0)]


def test_what_is_recorded_later_changes_no_earlier_quarter(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    seats = fund(s, grant, cohort, 12, at=MAY)
    attend(s, seats, MAY)
    before = service.reports_of(s, grant, now=AUGUST)
    attend(s, [*seats, *fund(s, grant, cohort, 3, at=AUGUST)], AUGUST)
    s.add_all(_corrected(s, seats[:2], AUGUST))
    s.flush()
    assert service.reports_of(s, grant, now=AUGUST) == before
    after = service.reports_of(s, grant, now=OCTOBER)
    assert after[:1] == before
    assert after[1].hours == exactly(50), "ten people of twelve at the first class after all, fifteen at the second"


def _corrected(s: Session, seats: list[Enrolment], at: datetime) -> list[Attendance]:
    first = s.scalars(sa.select(Attendance).order_by(Attendance.id)).first()
    assert first is not None
    row = {"meeting_id": first.meeting_id, "mark": "absent", "minutes": 0, "recorded_at": at, "recorded_by": "test"}
    return [Attendance(**row, enrolment_id=seat.id, reason=None) for seat in seats]


def test_a_seat_that_is_paid_late_brings_no_hours_into_what_was_said(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    seats = fund(s, grant, cohort, 11, at=MAY)
    late = factories.enrolment(s, cohort)
    late.enrolled_at = MAY
    attend(s, [*seats, late], MAY)
    s.add(FundedSeat(enrolment=late, grant=grant, since=AUGUST))
    s.flush()
    made = service.reports_of(s, grant, now=OCTOBER)
    assert [report.hours for report in made] == [exactly(22), exactly(22)]
    assert made[1].trend[-1].hours == rules.HIDDEN, "the two hours of one person are not said"


def test_the_zone_of_the_provider_decides_when_a_quarter_ends(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    fund(s, grant, cohort, 12, at=datetime(2026, 7, 1, 3, 59, tzinfo=UTC))
    fund(s, grant, cohort, 1, at=datetime(2026, 7, 1, 4, 0, tzinfo=UTC))
    assert service.reports_of(s, grant, now=datetime(2026, 7, 1, 3, 59, tzinfo=UTC)) == []
    [report] = service.reports_of(s, grant, now=datetime(2026, 7, 1, 4, 0, tzinfo=UTC))
    assert report.step("enrolled").people == exactly(12)


def test_people_whom_another_grant_pays_too_are_never_exact(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    other = factories.grant(s, cohort.provider, name="Second", data_agreement="DUA 8")
    seats = fund(s, grant, cohort, 15, at=MAY)
    s.add_all(FundedSeat(enrolment=seat, grant=other, since=MAY) for seat in seats[:12])
    s.flush()
    for one in (grant, other):
        [report] = service.reports_of(s, one, now=AUGUST)
        assert report.mode == "bands"


def test_another_grant_that_comes_later_stops_what_was_exact_from_then_on(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    other = factories.grant(s, cohort.provider, name="Second")
    seats = fund(s, grant, cohort, 12, at=MAY)
    s.add(FundedSeat(enrolment=seats[0], grant=other, since=AUGUST))
    s.flush()
    assert [report.mode for report in service.reports_of(s, grant, now=OCTOBER)] == ["exact", "none"]


def test_a_report_is_read_as_it_was_released_whatever_changes_without_a_date(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    attend(s, fund(s, grant, cohort, 12, at=MAY), MAY)
    before = service.reports_of(s, grant, now=AUGUST)
    assert service.release_due(s, AUGUST) == 1
    assert service.release_due(s, AUGUST) == 0
    grant.data_agreement = ""
    s.flush()
    assert service.reports_of(s, grant, now=AUGUST) == before
    made = service.reports_of(s, grant, now=OCTOBER)
    assert [report.mode for report in made] == ["exact", "none"]
    [kept] = s.scalars(sa.select(Snapshot)).all()
    assert (kept.as_of, kept.released_at) == (date(2026, 6, 30), AUGUST)


def test_a_tick_catches_up_a_few_quarters_at_a_time(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    fund(s, grant, cohort, 12, at=MAY)
    assert [service.release_due(s, JANUARY, limit=2) for _tick in range(3)] == [2, 1, 0]
    kept = s.scalars(sa.select(Snapshot).order_by(Snapshot.as_of)).all()
    assert [rules.report_from(row.body).quarter for row in kept] == [Q2, Q3, Q4]


def test_a_grant_that_paid_for_nobody_has_no_report(s: Session, payer: Payer) -> None:
    grant, _cohort = payer(s)
    assert service.release_due(s, JANUARY) == 0
    found = service.report_for(s, grant, now=JANUARY)
    assert (found.report, found.quarters, found.next_on) == (None, (), date(2027, 3, 31))


def test_two_workers_release_each_report_once(database: Database, payer: Payer) -> None:
    with unit_of_work(database) as s:
        grant, cohort = payer(s)
        fund(s, grant, cohort, 12, at=MAY)
    assert both_at_once(database, lambda s, number: service.release_due(s, JANUARY)) == []
    with unit_of_work(database, write=False) as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Snapshot)) == 3


def test_one_report_per_grant_and_quarter(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    fund(s, grant, cohort, 12, at=MAY)
    service.release_due(s, AUGUST)
    s.add(Snapshot(grant_id=grant.id, as_of=date(2026, 6, 30), body={}, released_at=AUGUST))
    with pytest.raises(sa.exc.IntegrityError):
        s.flush()


def test_an_earlier_day_gives_the_report_of_the_last_quarter_that_was_over(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    fund(s, grant, cohort, 12, at=MAY)
    for as_of, quarter in ((None, Q4), (date(2026, 9, 30), Q3), (date(2026, 9, 29), Q2), (date(2030, 1, 1), Q4)):
        report = service.report_for(s, grant, as_of=as_of, now=JANUARY).report
        assert report is not None
        assert report.quarter == quarter
    with pytest.raises(NotFound):
        service.report_for(s, grant, as_of=date(2026, 6, 29), now=JANUARY)


def test_looking_at_an_earlier_day_shows_no_later_report(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    fund(s, grant, cohort, 12, at=MAY)
    service.release_due(s, JANUARY)
    assert [report.quarter for report in service.reports_of(s, grant, now=AUGUST)] == [Q2]


def test_who_may_list_which_grants(s: Session, payer: Payer) -> None:
    grant, cohort = payer(s)
    other = factories.grant(s, factories.provider(s, "Far Hill Training"))
    assert service.visible_to(s, Actor(person_id=1, funds=frozenset({grant.id}))) == [grant]
    assert service.visible_to(s, Actor(person_id=1, coordinates=frozenset({other.provider_id}))) == [other]
    assert service.visible_to(s, Actor(person_id=1, facilitates=frozenset({cohort.id}))) == []


def test_a_report_asks_as_often_for_sixty_seats_as_for_twelve(s: Session, payer: Payer, count_queries: Any) -> None:
    counts = []
    first, cohort = payer(s)
    second = factories.grant(s, cohort.provider, data_agreement="DUA 9")
    for size, grant in ((12, first), (60, second)):
        attend(s, fund(s, grant, cohort, size, at=AUGUST), AUGUST)
        s.expire_all()
        kept = s.get_one(Grant, grant.id)
        assert kept.provider.zone
        with count_queries() as counted:
            service.reports_of(s, kept, now=JANUARY - timedelta(days=60))
        counts.append(len(counted))
    assert counts[0] == counts[1]
    service.release_due(s, JANUARY)
    with count_queries() as counted:
        service.reports_of(s, kept, now=JANUARY)
    assert len(counted) == 1, "what was released is read in one"
