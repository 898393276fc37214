from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts import rules, service
from lms.cohorts.models import (
    Accommodation,
    Appointment,
    Cohort,
    Enrolment,
    FundedSeat,
    Invitation,
    Provider,
    StatusChange,
)
from lms.core.db import Database, unit_of_work
from lms.core.errors import Conflict, Invalid
from lms.records.models import Audit, Message
from tests import factories
from tests.factories import NOON
from tests.hours.together import both_at_once

DAY = timedelta(days=1)


@pytest.fixture
def cohort(s: Session) -> Cohort:
    return factories.cohort(s)


@pytest.fixture
def robin(s: Session) -> Person:
    return factories.person(s)


def count(s: Session, table: Any) -> int:
    return s.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def letter(token: str) -> tuple[str, str]:
    return "You are invited", f"link {token}"


# Offices


def test_an_actor_is_made_of_seats_and_offices_in_one_query(s: Session, count_queries: Any) -> None:
    cast = factories.cast(s)
    busy = cast.facilitator
    factories.appointment(s, busy, "coordinator", provider_id=cast.provider.id)
    factories.appointment(s, busy, "funder", grant_id=cast.grant.id)
    seat = factories.enrolment(s, cast.cohort, busy)
    s.flush()
    with count_queries() as counted:
        actor = service.actor_for(s, busy, now=NOON)
    assert len(counted) == 1
    assert (actor.person_id, actor.code, actor.name, actor.zone) == (busy.id, busy.code, busy.name, busy.zone)
    assert actor.seats == {seat.id: cast.cohort.id}
    assert actor.facilitates == {cast.cohort.id}
    assert actor.coordinates == {cast.provider.id}
    assert actor.funds == {cast.grant.id}
    assert not actor.founder


@pytest.mark.parametrize(("status", "seated"), [("enrolled", True), ("finished", True), ("withdrawn", False)])
def test_who_left_has_no_seat(s: Session, cohort: Cohort, robin: Person, status: str, seated: bool) -> None:
    factories.enrolment(s, cohort, robin, status=status)
    assert service.actor_for(s, robin, now=NOON).is_student is seated


def test_an_ended_office_is_none(s: Session, cohort: Cohort, robin: Person) -> None:
    office = service.appoint(s, robin, "facilitator", cohort=cohort, now=NOON)
    assert service.actor_for(s, robin, now=NOON).facilitates == {cohort.id}
    service.end_appointment(s, office, by="X", now=NOON)
    service.end_appointment(s, office, by="X", now=NOON + DAY)
    assert office.ended_at == NOON
    assert service.actor_for(s, robin, now=NOON).facilitates == frozenset()
    assert service.facilitators_of(s, cohort.id) == []


def test_a_coordinator_is_ended_but_not_the_last(s: Session, cohort: Cohort, robin: Person) -> None:
    ruth, provider = factories.person(s, name="Ruth Amsel"), cohort.provider
    offices = [service.appoint(s, one, "coordinator", provider=provider, now=NOON) for one in (robin, ruth)]
    service.end_coordinating(s, provider, offices[0], by=ruth, now=NOON + DAY)
    assert service.coordinators_of(s, provider.id) == [ruth]
    trail = s.scalars(sa.select(Audit).where(Audit.verb == "cohorts.office-ended")).one()
    assert (trail.actor, trail.subject, trail.facts) == (ruth.code, robin.code, {"role": "coordinator"})
    with pytest.raises(Conflict, match="Ruth Amsel is the only coordinator"):
        service.end_coordinating(s, provider, offices[1], by=ruth, now=NOON + DAY)
    assert service.coordinators_of(s, provider.id) == [ruth]


def test_two_coordinators_who_end_each_other_leave_one(database: Database) -> None:
    with unit_of_work(database) as s:
        provider = factories.cohort(s).provider
        people = [factories.person(s) for _one in range(2)]
        codes = [one.code for one in people]
        for one in people:
            service.appoint(s, one, "coordinator", provider=provider, now=NOON)
        scope = rules.Scope(provider=provider.id)

    def end(s: Session, at: int) -> None:
        office = service.office_of(s, codes[at], "coordinator", scope=scope)
        assert office is not None
        service.end_coordinating(s, s.get_one(Provider, scope.provider), office, by=codes[1 - at], now=NOON)

    assert [type(error) for error in both_at_once(database, end)] == [Conflict]
    with unit_of_work(database, write=False) as s:
        assert len(service.coordinators_of(s, scope.provider or 0)) == 1


def test_a_coordinator_of_nothing_is_a_founder(s: Session, robin: Person) -> None:
    service.appoint(s, robin, "coordinator", now=NOON)
    actor = service.actor_for(s, robin, now=NOON)
    assert actor.founder
    assert actor.is_coordinator
    assert actor.coordinates == frozenset()


@pytest.mark.parametrize("scope", ["cohort", "provider", "grant", None])
def test_an_office_is_held_once(s: Session, cohort: Cohort, robin: Person, scope: str | None) -> None:
    things = {"cohort": cohort, "provider": cohort.provider, "grant": factories.grant(s, cohort.provider)}
    role = {"cohort": "facilitator", "grant": "funder"}.get(scope or "", "coordinator")
    given: Any = {scope: things[scope]} if scope else {}
    first = service.appoint(s, robin, role, now=NOON, **given)
    assert service.appoint(s, robin, role, now=NOON + DAY, **given) is first
    assert count(s, Appointment) == 1
    service.end_appointment(s, first, by="X", now=NOON)
    assert service.appoint(s, robin, role, now=NOON + DAY, **given) is not first


def test_offices_that_make_no_sense_are_refused(s: Session, cohort: Cohort, robin: Person) -> None:
    for role, scope in (
        ("funder", {}),
        ("facilitator", {"provider": cohort.provider}),
        ("student", {"cohort": cohort}),
    ):
        with pytest.raises(Invalid):
            service.appoint(s, robin, role, now=NOON, **scope)
    assert count(s, Appointment) == 0


def test_holders_are_listed_by_name(s: Session, cohort: Cohort) -> None:
    for name in ("Zoe", "Ama"):
        service.appoint(s, factories.person(s, name), "facilitator", cohort=cohort, now=NOON)
    scope = rules.Scope(cohort=cohort.id)
    assert [office.person.name for office in service.holders(s, "facilitator", scope=scope, now=NOON)] == ["Ama", "Zoe"]
    assert [person.name for person in service.facilitators_of(s, cohort.id)] == ["Ama", "Zoe"]


# Providers and cohorts


def test_the_maker_of_a_provider_coordinates_it(s: Session, robin: Person) -> None:
    provider = service.create_provider(
        s, name="Quiet Creek", place="NC", contact="x", zone="America/New_York", by=robin, now=NOON
    )
    assert service.actor_for(s, robin, now=NOON).coordinates == {provider.id}
    assert service.coordinators_of(s, provider.id) == [robin]
    assert service.providers_of(s, service.actor_for(s, robin, now=NOON)) == [provider]
    assert service.provider_by_code(s, provider.code) is provider


def test_a_provider_changes_with_a_trail(s: Session, cohort: Cohort) -> None:
    service.change_provider(
        s,
        cohort.provider,
        name="New name",
        place="P",
        contact="C",
        zone="America/Chicago",
        live_virtual_approval="LV-1",
        by="X",
        now=NOON,
    )
    s.refresh(cohort.provider)
    assert (cohort.provider.name, cohort.provider.live_virtual_approval) == ("New name", "LV-1")
    assert s.scalars(sa.select(Audit.verb)).all() == ["cohorts.provider-changed"]
    with pytest.raises(Invalid):
        service.change_provider(
            s, cohort.provider, name=" ", place="", contact="", zone="UTC", live_virtual_approval="", by="X", now=NOON
        )


def new_cohort(s: Session, provider: Provider, **more: Any) -> Cohort:
    given: dict[str, Any] = {
        "name": "Spring", "release": factories.release(s), "pathway": "starter", "zone": "America/New_York",
        "starts_on": date(2027, 1, 4), "ends_on": date(2027, 4, 1), "seats": 15, "now": NOON,
    }  # fmt: skip
    return service.create_cohort(s, provider, **(given | more))


def test_a_cohort_is_pinned_to_a_release(s: Session) -> None:
    made = new_cohort(s, factories.provider(s))
    s.expire_all()
    found = service.cohort_by_code(s, made.code)
    assert found is not None
    assert (found.name, found.release.title, found.provider.name) == ("Spring", "Test release", "Quiet Creek Training")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"ends_on": date(2027, 1, 1)}, "ends_on"),
        ({"seats": 0}, "seats"),
        ({"pathway": "nowhere"}, "pathway"),
        ({"name": "  "}, "name"),
    ],
)
def test_a_cohort_that_does_not_fit_is_refused_by_field(s: Session, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        new_cohort(s, factories.provider(s), **more)
    assert refused.value.problems[field]
    assert count(s, Cohort) == 0


def test_a_cohort_never_gets_fewer_seats_than_people(s: Session, cohort: Cohort) -> None:
    for _seat in range(3):
        factories.enrolment(s, cohort)
    given: Any = {"name": "Autumn", "starts_on": cohort.starts_on, "ends_on": cohort.ends_on, "by": "X", "now": NOON}
    with pytest.raises(Invalid) as refused:
        service.change_cohort(s, cohort, seats=2, **given)
    assert "seats" in refused.value.problems
    service.change_cohort(s, cohort, seats=3, **given)
    s.refresh(cohort)
    assert (cohort.name, cohort.seats) == ("Autumn", 3)


def test_lists_hold_what_a_person_works_for(s: Session) -> None:
    cast = factories.cast(s)
    factories.enrolment(s, cast.cohort, status="withdrawn")
    for person in (cast.coordinator, cast.facilitator):
        lines = service.cohort_lines(s, service.actor_for(s, person, now=NOON))
        assert [(line.cohort, line.taken) for line in lines] == [(cast.cohort, 2)]
    assert service.cohorts_of(s, service.actor_for(s, cast.student, now=NOON)) == []


def test_moving_to_another_release_leaves_a_trail(s: Session, cohort: Cohort) -> None:
    old, new = cohort.release, factories.release(s, factories.pieces(modules=2))
    service.move_release(s, cohort, new, by="RUTH", reason=" Corrected numbers ", now=NOON)
    s.refresh(cohort)
    assert cohort.release is new
    line = s.scalars(sa.select(Audit)).one()
    assert (line.actor, line.subject, line.note) == ("RUTH", cohort.code, "Corrected numbers")
    assert line.facts == {"from": old.digest, "to": new.digest}


def test_moving_needs_a_reason_another_release_and_the_pathway(s: Session, cohort: Cohort) -> None:
    with pytest.raises(Conflict):
        service.move_release(s, cohort, cohort.release, by="X", reason="y", now=NOON)
    other = factories.release(s, factories.pieces(modules=2))
    with pytest.raises(Invalid):
        service.move_release(s, cohort, other, by="X", reason="  ", now=NOON)
    cohort.pathway = "elsewhere"
    with pytest.raises(Conflict) as refused:
        service.move_release(s, cohort, other, by="X", reason="y", now=NOON)
    assert "pathway" in refused.value.sentence


def test_two_moves_at_once_do_not_overwrite_each_other(s: Session, cohort: Cohort) -> None:
    stale, new = cohort.release, factories.release(s, factories.pieces(modules=2))
    third = factories.release(s, factories.pieces(modules=3))
    s.execute(sa.update(Cohort).values(release_id=new.id).execution_options(synchronize_session=False))
    assert cohort.release is stale
    with pytest.raises(Conflict):
        service.move_release(s, cohort, third, by="X", reason="y", now=NOON)


# Seats


def test_enrolling_gives_a_seat_and_a_first_step(s: Session, cohort: Cohort, robin: Person) -> None:
    seat = service.enrol(s, cohort, robin, by="RUTH", now=NOON)
    assert (seat.status, seat.cohort, seat.person) == ("enrolled", cohort, robin)
    assert service.history_of(s, seat, private=True) == [rules.StatusLine("enrolled", NOON, "RUTH", "")]


def test_a_full_cohort_takes_nobody(s: Session) -> None:
    cohort = factories.cohort(s, seats=1)
    service.enrol(s, cohort, factories.person(s), by="X", now=NOON)
    with pytest.raises(Conflict) as refused:
        service.enrol(s, cohort, factories.person(s), by="X", now=NOON)
    assert refused.value.sentence == rules.SENTENCES["full"]


def test_a_seat_is_taken_once(s: Session, cohort: Cohort, robin: Person) -> None:
    seat = service.enrol(s, cohort, robin, by="X", now=NOON)
    with pytest.raises(Conflict):
        service.enrol(s, cohort, robin, by="X", now=NOON)
    service.finish(s, seat, by="X", now=NOON)
    with pytest.raises(Conflict):
        service.enrol(s, cohort, robin, by="X", now=NOON)
    assert count(s, Enrolment) == 1


def test_who_left_may_come_back_to_the_same_seat(s: Session, robin: Person) -> None:
    cohort = factories.cohort(s, seats=1)
    seat = service.enrol(s, cohort, robin, by="X", now=NOON)
    service.withdraw(s, seat, reason="Moved away", by="X", now=NOON + DAY)
    other = service.enrol(s, cohort, factories.person(s), by="X", now=NOON + DAY)
    with pytest.raises(Conflict):
        service.enrol(s, cohort, robin, by="X", now=NOON + 2 * DAY)
    service.withdraw(s, other, reason="Ill", by="X", now=NOON + 2 * DAY)
    assert service.enrol(s, cohort, robin, by="X", now=NOON + 3 * DAY) is seat
    assert [line.status for line in service.history_of(s, seat, private=False)] == ["enrolled", "withdrawn", "enrolled"]


def test_why_somebody_left_is_sealed_and_for_some_only(s: Session, cohort: Cohort, robin: Person) -> None:
    seat = service.enrol(s, cohort, robin, by="X", now=NOON)
    service.withdraw(s, seat, reason="A death in the family", by="RUTH", now=NOON)
    row = s.scalars(sa.select(StatusChange).where(StatusChange.status == "withdrawn")).one()
    assert row.reason is not None
    assert b"death" not in row.reason
    s.expire_all()
    assert [line.reason for line in service.history_of(s, seat, private=True)] == ["", "A death in the family"]
    assert [line.reason for line in service.history_of(s, seat, private=False)] == ["", ""]
    assert not [line for line in s.scalars(sa.select(Audit)) if "death" in str((line.note, line.facts))]


def test_leaving_needs_a_reason_and_happens_once(s: Session, cohort: Cohort, robin: Person) -> None:
    seat = service.enrol(s, cohort, robin, by="X", now=NOON)
    with pytest.raises(Invalid):
        service.withdraw(s, seat, reason=" ", by="X", now=NOON)
    service.withdraw(s, seat, reason="Moved", by="X", now=NOON)
    with pytest.raises(Conflict):
        service.withdraw(s, seat, reason="Moved", by="X", now=NOON)
    with pytest.raises(Conflict):
        service.finish(s, seat, by="X", now=NOON)


def test_the_current_seat_comes_in_one_query(s: Session, robin: Person, count_queries: Any) -> None:
    first = factories.cohort(s)
    old = factories.enrolment(s, first, robin, status="finished")
    new = factories.enrolment(s, factories.cohort(s, first.provider, first.release), robin)
    actor = service.actor_for(s, robin, now=NOON)
    s.expunge_all()
    with count_queries() as counted:
        seat = service.seat_of(s, actor)
        assert seat is not None
        assert seat.id == new.id
        assert seat.person.name
        assert seat.cohort.release.digest
        assert seat.cohort.provider.name
    assert len(counted) == 1
    assert [one.id for one in service.seats_of_person(s, robin.id)] == [new.id, old.id]


def test_nobody_without_a_seat_has_one(s: Session, robin: Person) -> None:
    assert service.seat_of(s, service.actor_for(s, robin, now=NOON)) is None


def test_a_seat_by_code_comes_in_one_query(s: Session, cohort: Cohort, count_queries: Any) -> None:
    code = factories.enrolment(s, cohort).code
    s.expunge_all()
    with count_queries() as counted:
        seat = service.enrolment_by_code(s, code)
        assert seat is not None
        assert seat.person.name
        assert seat.cohort.release.digest
        assert seat.cohort.provider.name
    assert len(counted) == 1
    assert service.enrolment_by_code(s, "NOSUCH") is None


def test_a_roster_is_by_name_and_leaves_out_who_left(s: Session, cohort: Cohort, count_queries: Any) -> None:
    for name, status in (("Zoe", "enrolled"), ("Ama", "finished"), ("Mia", "withdrawn")):
        factories.enrolment(s, cohort, factories.person(s, name), status=status)
    s.expunge_all()
    with count_queries() as counted:
        assert [seat.person.name for seat in service.roster(s, cohort.id)] == ["Ama", "Zoe"]
        assert [seat.person.name for seat in service.roster(s, cohort.id, everybody=True)] == ["Ama", "Mia", "Zoe"]
        assert [(seat.cohort.name, seat.person.name) for seat in service.people_of(s, [cohort.id])] == [
            ("Autumn 2026", "Ama"),
            ("Autumn 2026", "Zoe"),
        ]
    assert len(counted) == 3


def at_once(database: Database, calls: list[Callable[[Session], object]]) -> list[object]:
    def one(call: Callable[[Session], object]) -> object:
        try:
            with unit_of_work(database) as s:
                return call(s)
        except (Conflict, Invalid) as refused:
            return refused

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_the_sixteenth_of_fifteen_never_slips_in(database: Database) -> None:
    with unit_of_work(database) as s:
        cohort = factories.cohort(s, seats=3)
        people = [factories.person(s) for _one in range(8)]
        ids = [person.id for person in people]

    def take(id_: int) -> Callable[[Session], object]:
        return lambda s: service.enrol(s, s.get_one(Cohort, cohort.id), s.get_one(Person, id_), by="X", now=NOON).id

    results = at_once(database, [take(id_) for id_ in ids])
    assert sum(isinstance(result, int) for result in results) == 3
    with database.reader() as s:
        assert count(s, Enrolment) == 3


def test_one_link_opened_twice_at_once_gives_one_seat(database: Database) -> None:
    with unit_of_work(database) as s:
        cohort = factories.cohort(s)
        first, second = factories.person(s).id, factories.person(s).id
        code = service.invite(s, email="a@b.example", role="student", cohort=cohort, invited_by="X", now=NOON)[0].code

    def use(id_: int) -> Callable[[Session], object]:
        def call(s: Session) -> object:
            invitation = service.invitation_by_code(s, code)
            assert invitation is not None
            service.accept(s, invitation, s.get_one(Person, id_), now=NOON)
            return id_

        return call

    results = at_once(database, [use(first), use(second), use(first)])
    assert sum(isinstance(result, int) for result in results) == 1
    with database.reader() as s:
        assert count(s, Enrolment) == 1


# Accommodations


def test_the_newest_arrangement_in_force_counts(s: Session, robin: Person) -> None:
    assert service.accommodation_for(s, robin.id, now=NOON) is None
    assert service.terms_for(s, robin.id, now=NOON) == rules.USUAL
    service.set_accommodation(s, robin, factor_percent=150, by="RUTH", reason="Reads slowly", now=NOON)
    service.set_accommodation(s, robin, factor_percent=200, extra_minutes=10, by="RUTH", now=NOON + DAY)
    assert service.terms_for(s, robin.id, now=NOON) == rules.TimeTerms(150)
    assert service.terms_for(s, robin.id, now=NOON + DAY) == rules.TimeTerms(200, 10)
    assert [reason for _row, reason in service.accommodations_of(s, robin.id)] == ["", "Reads slowly"]


def test_the_reason_for_an_arrangement_is_sealed(s: Session, robin: Person) -> None:
    row = service.set_accommodation(s, robin, untimed=True, by="RUTH", reason="Reads slowly", now=NOON)
    assert row.reason is not None
    assert b"slowly" not in row.reason
    assert "slowly" not in str([(line.note, line.facts) for line in s.scalars(sa.select(Audit))])


def test_an_arrangement_never_takes_time_away(s: Session, robin: Person) -> None:
    with pytest.raises(Invalid) as refused:
        service.set_accommodation(s, robin, factor_percent=50, extra_minutes=-5, by="RUTH", now=NOON)
    assert set(refused.value.problems) == {"factor_percent", "extra_minutes"}
    assert count(s, Accommodation) == 0


# Meetings


def with_break() -> dict[str, Any]:
    pieces = factories.pieces()
    agenda = [{"minutes": 120, "title": "All", "is_break": False}, {"minutes": 15, "title": "Break", "is_break": True}]
    pieces["meeting:m1/meeting-1"]["agenda"] = agenda
    return pieces


def test_a_class_takes_its_minutes_and_breaks_from_the_guide(s: Session) -> None:
    cohort = factories.cohort(s, release_=factories.release(s, with_break()))
    meeting = service.schedule_meeting(
        s, cohort, guide="m1/meeting-1", starts_at=NOON, place=" The barn ", modality=None, now=NOON
    )
    assert (meeting.title, meeting.modality, meeting.minutes) == ("Meeting", "in_person", 120)
    assert meeting.ends_at == NOON + timedelta(minutes=135)
    assert meeting.place == "The barn"
    assert service.meetings_of(s, cohort.id) == [meeting]
    assert service.meeting_by_code(s, meeting.code) is meeting


def test_a_class_in_the_night_the_clocks_change(s: Session) -> None:
    cohort = factories.cohort(s)
    starts = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    meeting = service.schedule_meeting(
        s, cohort, guide="m1/meeting-1", starts_at=starts, modality="live_virtual", now=NOON
    )
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=2)
    assert meeting.modality == "live_virtual"


def test_a_class_needs_a_guide_of_the_release_and_a_day_that_fits(s: Session, cohort: Cohort) -> None:
    with pytest.raises(Invalid) as refused:
        service.schedule_meeting(s, cohort, guide="m9/meeting-1", starts_at=NOON, now=NOON)
    assert "guide" in refused.value.problems
    with pytest.raises(Invalid) as refused:
        service.schedule_meeting(s, cohort, guide="m1/meeting-1", starts_at=NOON + 400 * DAY, now=NOON)
    assert "day" in refused.value.problems
    assert service.meetings_of(s, cohort.id) == []


def test_a_class_is_cancelled_once_and_everybody_is_told(s: Session) -> None:
    cast = factories.cast(s)
    meeting = factories.meeting(s, cast.cohort, starts_at=NOON + DAY, ends_at=NOON + DAY + timedelta(hours=2))
    service.cancel_meeting(s, meeting, by="RUTH", now=NOON)
    assert meeting.cancelled_at == NOON
    assert service.tell_class(s, meeting, "cancelled", "No class", "…", now=NOON) == 3
    assert set(s.scalars(sa.select(Message.recipient))) == {
        cast.student.email,
        cast.classmate.email,
        cast.facilitator.email,
    }
    with pytest.raises(Conflict):
        service.cancel_meeting(s, meeting, by="RUTH", now=NOON)


def test_a_class_that_is_over_stays(s: Session, cohort: Cohort) -> None:
    with pytest.raises(Conflict) as refused:
        service.cancel_meeting(s, factories.meeting(s, cohort), by="RUTH", now=NOON)
    assert "attendance" in refused.value.sentence


def test_everybody_has_the_calendar_of_their_cohorts(s: Session) -> None:
    cast = factories.cast(s)
    here = factories.meeting(s, cast.cohort)
    there = factories.meeting(s, cast.stranger_seat.cohort)
    for person in (cast.student, cast.facilitator, cast.coordinator):
        assert service.calendar_of(s, service.actor_for(s, person, now=NOON)) == [here]
    assert service.calendar_of(s, service.actor_for(s, cast.stranger, now=NOON)) == [there]
    assert service.calendar_of(s, service.actor_for(s, cast.funder, now=NOON)) == []


# Invitations


def test_an_invitation_is_a_letter_with_a_link_that_is_not_stored(s: Session, cohort: Cohort, robin: Person) -> None:
    invitation, token = service.invite(
        s, email=" New@Example.org ", role="student", cohort=cohort, invited_by=robin, letter=letter, now=NOON
    )
    assert invitation.email == "new@example.org"
    assert invitation.invited_by == robin.code
    assert token not in (invitation.token_hash, invitation.code)
    assert s.scalars(sa.select(Message.recipient)).one() == "new@example.org"
    assert service.invitation_by_token(s, token) is invitation
    assert service.invitation_by_token(s, "other") is None


def test_without_a_letter_the_caller_hands_the_link_over(s: Session) -> None:
    service.invite(s, email="a@b.example", role="coordinator", invited_by="console", now=NOON)
    assert count(s, Message) == 0


@pytest.mark.parametrize("role", ["student", "facilitator", "coordinator", "funder", "founder"])
def test_accepting_gives_the_seat_or_the_office(s: Session, cohort: Cohort, robin: Person, role: str) -> None:
    grant = factories.grant(s, cohort.provider)
    scopes: dict[str, Any] = {
        "student": {"cohort": cohort}, "facilitator": {"cohort": cohort}, "coordinator": {"provider": cohort.provider},
        "funder": {"grant": grant}, "founder": {},
    }  # fmt: skip
    named = "coordinator" if role == "founder" else role
    invitation, _token = service.invite(s, email="a@b.example", role=named, invited_by="X", now=NOON, **scopes[role])
    service.accept(s, invitation, robin, now=NOON)
    actor = service.actor_for(s, robin, now=NOON)
    held = {
        "student": actor.is_student, "facilitator": actor.is_facilitator, "coordinator": bool(actor.coordinates),
        "funder": actor.is_funder, "founder": actor.founder,
    }  # fmt: skip
    assert {name for name, has in held.items() if has} == {role}


def test_a_link_works_once_and_for_two_weeks(s: Session, cohort: Cohort, robin: Person) -> None:
    invitation, _token = service.invite(s, email="a@b.example", role="student", cohort=cohort, invited_by="X", now=NOON)
    with pytest.raises(Conflict) as refused:
        service.accept(s, invitation, robin, now=NOON + 14 * DAY)
    assert refused.value.sentence == rules.SENTENCES["expired"]
    service.accept(s, invitation, robin, now=NOON + 13 * DAY)
    with pytest.raises(Conflict) as refused:
        service.accept(s, invitation, factories.person(s), now=NOON)
    assert refused.value.sentence == rules.SENTENCES["used"]


def test_a_new_link_replaces_the_old_one(s: Session, cohort: Cohort) -> None:
    given: Any = {"email": "a@b.example", "role": "student", "cohort": cohort, "invited_by": "X"}
    first, old = service.invite(s, now=NOON, **given)
    second, new = service.invite(s, now=NOON + DAY, **given)
    assert first is second
    assert service.invitation_by_token(s, old) is None
    assert service.invitation_by_token(s, new) is second
    assert second.expires_at == NOON + 15 * DAY


def test_an_ended_link_does_not_work(s: Session, cohort: Cohort, robin: Person) -> None:
    invitation, _token = service.invite(s, email="a@b.example", role="student", cohort=cohort, invited_by="X", now=NOON)
    service.end_invitation(s, invitation, by="X", now=NOON + DAY)
    service.end_invitation(s, invitation, by="X", now=NOON + 2 * DAY)
    assert invitation.expires_at == NOON + DAY
    with pytest.raises(Conflict):
        service.accept(s, invitation, robin, now=NOON + DAY)


def test_no_seat_is_promised_twice(s: Session) -> None:
    cohort = factories.cohort(s, seats=2)
    factories.enrolment(s, cohort)
    given: Any = {"role": "student", "cohort": cohort, "invited_by": "X"}
    service.invite(s, email="a@b.example", now=NOON, **given)
    service.invite(s, email="a@b.example", now=NOON, **given)
    with pytest.raises(Invalid) as refused:
        service.invite(s, email="b@b.example", now=NOON, **given)
    assert refused.value.problems == {"email": rules.SENTENCES["promised"]}
    service.invite(s, email="b@b.example", now=NOON + 15 * DAY, **given)


def test_who_has_a_seat_is_not_invited_to_it(s: Session, cohort: Cohort) -> None:
    seat = factories.enrolment(s, cohort)
    with pytest.raises(Invalid) as refused:
        service.invite(s, email=seat.person.email or "", role="student", cohort=cohort, invited_by="X", now=NOON)
    assert refused.value.problems == {"email": rules.SENTENCES["already"]}
    service.withdraw(s, seat, reason="Moved", by="X", now=NOON)
    assert service.invite(s, email=seat.person.email or "", role="student", cohort=cohort, invited_by="X", now=NOON)


def test_an_invitation_to_nothing_is_refused(s: Session) -> None:
    with pytest.raises(Invalid):
        service.invite(s, email="a@b.example", role="student", invited_by="X", now=NOON)
    assert count(s, Invitation) == 0


def test_a_full_cohort_leaves_the_link_unused(s: Session, robin: Person) -> None:
    cohort = factories.cohort(s, seats=1)
    invitation, _token = service.invite(s, email="a@b.example", role="student", cohort=cohort, invited_by="X", now=NOON)
    factories.enrolment(s, cohort)
    with pytest.raises(Conflict), s.begin_nested():
        service.accept(s, invitation, robin, now=NOON)
    s.refresh(invitation)
    assert invitation.accepted_at is None


def test_pending_invitations_of_a_cohort(s: Session, cohort: Cohort, robin: Person) -> None:
    given: Any = {"role": "student", "cohort": cohort, "invited_by": "X"}
    used, _token = service.invite(s, email="a@b.example", now=NOON, **given)
    open_, _token = service.invite(s, email="b@b.example", now=NOON, **given)
    service.invite(s, email="c@b.example", role="coordinator", provider=cohort.provider, invited_by="X", now=NOON)
    service.accept(s, used, robin, now=NOON)
    assert service.invitations_to(s, scope=rules.Scope(cohort=cohort.id)) == [open_]


# Grants


def test_a_grant_pays_seats_once(s: Session, cohort: Cohort) -> None:
    grant = service.create_grant(
        s, cohort.provider, name="G", funder="F", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), now=NOON
    )
    seats = [factories.enrolment(s, cohort) for _one in range(3)]
    paid = service.fund(s, seats[0], grant, now=NOON)
    assert service.fund(s, seats[0], grant, now=NOON + DAY) is paid
    assert service.fund_cohort(s, seats, grant, by="RUTH", now=NOON) == 2
    assert count(s, FundedSeat) == 3
    assert service.enrolments_of_grant(s, grant.id) == seats
    assert service.paid_seats(s, grant.id) == {seat.id for seat in seats}
    assert service.grants_for_seat(s, seats[1].id) == [grant]
    assert service.grants_of_provider(s, cohort.provider_id) == [grant]


def test_seats_of_those_who_left_stay_in_a_grants_population(s: Session, cohort: Cohort, count_queries: Any) -> None:
    grant = factories.grant(s, cohort.provider)
    seat = factories.enrolment(s, cohort)
    service.fund(s, seat, grant, now=NOON)
    service.withdraw(s, seat, reason="Moved", by="X", now=NOON)
    s.expunge_all()
    with count_queries() as counted:
        assert [
            (one.status, one.cohort.name, one.cohort.release.title) for one in service.enrolments_of_grant(s, grant.id)
        ] == [("withdrawn", "Autumn 2026", "Test release")]
    assert len(counted) == 1


def test_a_grant_of_another_provider_or_another_year_pays_nothing(s: Session, cohort: Cohort) -> None:
    seat = factories.enrolment(s, cohort)
    elsewhere = factories.grant(s, factories.provider(s, "Far Hill"))
    later = factories.grant(s, cohort.provider, starts_on=date(2030, 1, 1), ends_on=date(2030, 12, 31))
    for grant in (elsewhere, later):
        with pytest.raises(Invalid):
            service.fund(s, seat, grant, now=NOON)
    assert count(s, FundedSeat) == 0


def test_a_grant_ends_after_it_starts(s: Session, cohort: Cohort) -> None:
    given: Any = {"name": "G", "funder": "F", "starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}
    with pytest.raises(Invalid) as refused:
        service.create_grant(s, cohort.provider, now=NOON, **given)
    assert "ends_on" in refused.value.problems


def test_a_grant_changes_with_a_trail(s: Session, cohort: Cohort) -> None:
    grant = factories.grant(s, cohort.provider)
    given: Any = {"name": "New", "funder": "F", "starts_on": grant.starts_on, "ends_on": grant.ends_on}
    service.change_grant(s, grant, data_agreement="DA-7 of 1 May 2026", by="RUTH", now=NOON, **given)
    s.refresh(grant)
    assert (grant.name, grant.data_agreement) == ("New", "DA-7 of 1 May 2026")
    assert s.scalars(sa.select(Audit)).one().facts["agreement"] == ""


def test_who_sees_which_grants(s: Session) -> None:
    cast = factories.cast(s)
    for person, seen in ((cast.funder, [cast.grant]), (cast.coordinator, [cast.grant]), (cast.facilitator, [])):
        assert service.grants_of(s, service.actor_for(s, person, now=NOON)) == seen
    assert service.grant_by_code(s, cast.grant.code) is cast.grant
