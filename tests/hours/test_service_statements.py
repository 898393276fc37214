"""Statements on a real session: every kind of evidence, as of an instant, in a constant number of queries."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts.models import Cohort, Enrolment
from lms.core.errors import NotFound
from lms.hours import rules, service
from lms.hours.service import Mark
from tests import factories
from tests.factories import NOON
from tests.hours.evidence import crowd, everything

KEY = "m1/homework-1"
LATER = NOON + timedelta(hours=2)


def test_every_kind_of_evidence_is_added_up(s: Session) -> None:
    cast = factories.cast(s)
    everything(s, cast)
    found = service.statement_for(s, cast.seat, now=LATER)
    assert (found.counted, found.waiting, found.needed) == (260, 30, 180)
    assert {x.key: x.minutes for x in found.by_modality} == {
        "in_person": 120, "homework": 60, "self_paced": 20, "practicum": 60,
    }  # fmt: skip
    assert {x.key: (x.minutes, x.waiting) for x in found.by_competency} == {"peer-role": (120, 0), "ethics": (140, 30)}
    assert [(x.evidence.kind, x.evidence.title, x.state) for x in found.lines] == [
        ("homework", "Homework", "counted"),
        ("meeting", "Meeting", "counted"),
        ("lesson", "Lesson 1 of m1", "counted"),
        *sorted(
            (("practice", "Ethics", "counted"), ("practice", "Ethics", "waiting")),
            key=lambda x: [line.evidence.key for line in found.lines if line.state == x[2]][-1],
        ),
    ]


def test_a_statement_says_what_it_was_at_its_instant(s: Session) -> None:
    cast = factories.cast(s)
    everything(s, cast)
    before = service.statement_for(s, cast.seat, now=NOON - timedelta(minutes=1))
    assert [line.evidence.kind for line in before.lines] == ["lesson"]
    waiting = service.hand_in(s, cast.classmate_seat, KEY, "Here.", now=NOON)
    service.decide_homework(s, waiting, accepted=True, reply="", by=cast.facilitator, now=LATER)
    assert service.statement_for(s, cast.classmate_seat, now=NOON).waiting == 60
    assert service.statement_for(s, cast.classmate_seat, now=LATER).counted == 60


def test_a_corrected_mark_counts_from_its_correction_on(s: Session) -> None:
    cast = factories.cast(s)
    meeting = factories.meeting(s, cast.cohort)
    service.take_attendance(s, meeting, {cast.seat.id: Mark("present")}, by=cast.facilitator, now=NOON)
    service.take_attendance(
        s, meeting, {cast.seat.id: Mark("absent", 0, "Wrong name.")}, by=cast.facilitator, now=LATER
    )
    assert service.statement_for(s, cast.seat, now=NOON).counted == 120
    after = service.statement_for(s, cast.seat, now=LATER)
    assert (after.counted, after.lines[0].state, after.lines[0].why) == (0, "not_counted", "nothing")


def test_days_are_days_of_the_cohort(s: Session) -> None:
    cast = factories.cast(s)
    late = NOON.replace(hour=2)  # the evening before, in New York
    meeting = factories.meeting(s, cast.cohort, starts_at=late, ends_at=late + timedelta(hours=2))
    service.take_attendance(s, meeting, {cast.seat.id: Mark("present")}, by=cast.facilitator, now=NOON)
    assert service.statement_for(s, cast.seat, now=NOON).lines[0].evidence.on == date(2026, 11, 22)


def test_a_day_of_practice_has_an_end(s: Session) -> None:
    release = factories.release(s, factories.pieces(practice_day_minutes=60))
    cohort = factories.cohort(s, release_=release)
    seat, by = factories.enrolment(s, cohort), factories.person(s)
    claim = service.claim_practice(
        s, seat, on=date(2026, 11, 20), minutes=90, competency="ethics", supervisor="Alma", what="Long.", now=NOON
    )
    service.decide_practice(s, claim, outcome="approved", minutes=90, reason="", by=by, now=NOON)
    found = service.statement_for(s, seat, now=NOON)
    assert (found.counted, found.lines[0].why) == (60, "day_cap")


def test_video_counts_once_the_provider_has_its_approval(s: Session) -> None:
    modalities = {"live_virtual": {"min_minutes": 0, "needs_approval": True}}
    cohort = factories.cohort(s, release_=factories.release(s, factories.pieces(modalities=modalities)))
    seat, by = factories.enrolment(s, cohort), factories.person(s)
    meeting = factories.meeting(s, cohort, modality="live_virtual")
    service.take_attendance(s, meeting, {seat.id: Mark("present")}, by=by, now=NOON)
    assert service.statement_for(s, seat, now=NOON).lines[0].why == "approval"
    cohort.provider.live_virtual_approval = "NC-1234, 1 July 2026"
    assert service.statement_for(s, seat, now=NOON).counted == 120


def test_cancelled_classes_and_classes_to_come_are_not_held(s: Session) -> None:
    cast = factories.cast(s)
    factories.meeting(s, cast.cohort)
    factories.meeting(s, cast.cohort, cancelled_at=NOON - timedelta(days=1))
    factories.meeting(s, cast.cohort, starts_at=LATER, ends_at=LATER + timedelta(hours=2))
    sums = rules.attendance(service.facts_for(s, [cast.seat], now=NOON)[cast.seat.id])
    assert (sums.held, sums.unrecorded, sums.minutes_held) == (1, 1, 120)


def test_a_cohort_whose_pathway_is_gone_says_so(s: Session) -> None:
    cohort = factories.cohort(s, pathway="gone")
    with pytest.raises(NotFound):
        service.statement_for(s, factories.enrolment(s, cohort), now=NOON)


def test_facts_hold_nobodys_words(s: Session) -> None:
    cast = factories.cast(s)
    row = service.hand_in(s, cast.seat, KEY, "My secret is blue.", now=NOON)
    service.decide_homework(s, row, accepted=False, reply="The blue one.", by=cast.facilitator, now=NOON)
    claim = service.claim_practice(
        s, cast.seat, on=date(2026, 11, 20), minutes=9, competency="ethics", supervisor="A", what="Blue too.", now=NOON
    )
    service.decide_practice(s, claim, outcome="returned", minutes=0, reason="Blue?", by=cast.facilitator, now=NOON)
    meeting = factories.meeting(s, cast.cohort)
    service.take_attendance(s, meeting, {cast.seat.id: Mark("made_up", 0, "Blue day.")}, by=cast.facilitator, now=NOON)
    facts = service.facts_for(s, [cast.seat], now=LATER)[cast.seat.id]
    assert len(facts.evidence) == 3
    assert "blue" not in repr(facts).lower()


@pytest.mark.parametrize("loaded", [True, False])
def test_the_number_of_queries_does_not_grow(s: Session, count_queries: Any, loaded: bool) -> None:
    spent = []
    for people in (15, 300):
        ids = crowd(s, people)
        s.flush()
        s.expunge_all()
        wanted = sa.select(Enrolment).where(Enrolment.id.in_(ids))
        if loaded:
            cohort = sa.orm.joinedload(Enrolment.cohort)
            wanted = wanted.options(cohort.joinedload(Cohort.release), cohort.joinedload(Cohort.provider))
        enrolments = s.scalars(wanted).unique().all()
        service.statement_for(s, enrolments[0], now=LATER)  # the curriculum's own memory is warm
        s.expunge_all()
        enrolments = s.scalars(wanted).unique().all()
        with count_queries() as counted:
            found = service.statements_for(s, enrolments, now=LATER)
        spent.append(len(counted))
        assert {(x.counted, x.waiting) for x in found.values()} == {(140, 90)}
        assert len(found) == len(ids)
    assert spent[0] == spent[1] <= 8
