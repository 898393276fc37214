"""The demonstration as built: everything it promises is there, twice the same, and never among real people."""

from collections import Counter
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import Person
from lms.certificates import service as certificates
from lms.certificates.models import Certificate
from lms.certificates.service import PLAIN
from lms.cohorts import service as cohorts
from lms.cohorts.models import Accommodation, Appointment, Cohort, Enrolment, FundedSeat, Grant, Meeting
from lms.core.db import Base, Database, unit_of_work
from lms.core.errors import Conflict
from lms.demo import service as demo
from lms.hours import service as hours
from lms.learning import service as learning
from lms.narratives import service as narratives
from lms.narratives.models import Review, Submission
from lms.quizzes.models import Attempt
from tests import factories
from tests.demo.conftest import BASE, Two
from tests.factories import NOON


def seats(s: Session, cohort: str = "") -> list[Enrolment]:
    found = s.scalars(sa.select(Enrolment).join(Enrolment.cohort).order_by(Enrolment.id)).all()
    return [seat for seat in found if seat.cohort.name.startswith(cohort)]


def counts(database: Database) -> dict[str, int]:
    with unit_of_work(database, write=False) as s:
        tables = Base.metadata.sorted_tables
        return {t.name: s.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables}


def figures(database: Database) -> dict[str, Any]:
    """Return everything about everybody that is not a random code."""
    with unit_of_work(database, write=False) as s:
        everybody = seats(s)
        verdicts = certificates.verdicts_for(s, everybody, now=NOON)
        statements = hours.statements_for(s, everybody, now=NOON)
        states = learning.states_for(s, everybody, now=NOON)
        found = {seat.person.name: _about(s, seat) for seat in everybody}
        for seat in everybody:
            verdict, statement = verdicts[seat.id], statements[seat.id]
            found[seat.person.name] |= {
                "missing": [(m.id, m.state, dict(m.figures)) for m in verdict.missing],
                "hours": [(x.evidence.kind, x.evidence.on, x.seconds, x.state, x.why) for x in statement.lines],
                "sums": (statement.counted, statement.waiting, statement.needed, statement.first_on, statement.last_on),
                "reading": {key: (sorted(x.opened), x.measured_seconds) for key, x in states[seat.id].items()},
            }
        return found


def _about(s: Session, seat: Enrolment) -> dict[str, Any]:
    quizzes = s.scalars(
        sa.select(Attempt).where(Attempt.enrolment_id == seat.id).order_by(Attempt.started_at, Attempt.id)
    )
    sent = s.scalars(
        sa.select(Submission).where(Submission.enrolment_id == seat.id).order_by(Submission.sent_at, Submission.id)
    )
    issued = s.scalars(sa.select(Certificate).where(Certificate.enrolment_id == seat.id))
    return {
        "cohort": seat.cohort.name,
        "status": (seat.status, seat.enrolled_at),
        "quizzes": [(q.quiz, q.number, q.state, q.points, q.out_of, q.started_at, q.closed_at) for q in quizzes],
        "stories": [(n.narrative, n.round, n.interview, n.words, n.sent_at, n.state) for n in sent],
        "certificates": [(c.holder, c.issued_at, c.revoked_at, c.valid_until) for c in issued],
    }


def test_the_same_day_gives_the_same_people_and_figures_in_another_process_and_database(two: Two) -> None:
    here, there = figures(two.here), figures(two.there)
    assert here.keys() == there.keys()
    for name in here:
        assert here[name] == there[name], name
    assert counts(two.here) == counts(two.there)


def test_building_again_changes_nothing(two: Two) -> None:
    before = counts(two.here)
    assert demo.build(two.here, anchor=NOON.replace(year=2027), wording=PLAIN, base_url=BASE) == two.built
    assert counts(two.here) == before


def test_three_finished_cohorts_and_one_running_of_fifteen(shown: Session) -> None:
    made = shown.scalars(sa.select(Cohort).order_by(Cohort.starts_on)).all()
    assert [cohort.ends_on < NOON.date() for cohort in made] == [True, True, True, False]
    assert Counter(seat.cohort_id for seat in seats(shown)) == {cohort.id: 15 for cohort in made}
    assert made[-1].starts_on < NOON.date()
    assert all(len(cohorts.facilitators_of(shown, cohort.id)) == 2 for cohort in made)


def test_a_finished_cohort_ends_as_cohorts_end(shown: Session) -> None:
    for name in ("First", "Second", "Third"):
        status = Counter(seat.status for seat in seats(shown, name))
        assert status == {"finished": 12, "withdrawn": 1, "enrolled": 2}, name
    exam = sa.select(Attempt).where(Attempt.kind == "exam").order_by(Attempt.started_at)
    fates: dict[int, list[bool | None]] = {}
    for attempt in shown.scalars(exam):
        fates.setdefault(attempt.enrolment_id, []).append(attempt.passed)
    # Twice is all that the small path's exam may be sat, three times the programme's.
    assert Counter(map(tuple, fates.values())) == {(True,): 36, (False, True): 3, (False,) * 2: 2, (False,) * 3: 1}


def test_certificates_and_the_one_that_is_revoked(two: Two, shown: Session) -> None:
    issued = shown.scalars(sa.select(Certificate)).all()
    assert len(issued) == 36
    (revoked,) = [one for one in issued if one.revoked_at]
    assert certificates.find(shown, two.built.revoked_code) is revoked
    valid = certificates.find(shown, two.built.certificate_code)
    assert valid is not None
    assert valid.revoked_at is None
    assert certificates.pdf_of(shown, valid).startswith(b"%PDF-")


def test_everybody_with_a_certificate_met_everything_and_nobody_without_one_did(shown: Session) -> None:
    everybody = seats(shown)
    verdicts = certificates.verdicts_for(shown, everybody, now=NOON)
    holding = set(shown.scalars(sa.select(Certificate.enrolment_id)))
    assert {seat.id for seat in everybody if verdicts[seat.id].granted} == holding


def test_extra_time_stretched_a_quiz(shown: Session) -> None:
    people = set(shown.scalars(sa.select(Accommodation.person_id)))
    assert len(people) == 4
    stretched = sa.select(Attempt).join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    timed = shown.scalars(stretched.where(Enrolment.person_id.in_(people), Attempt.limit_seconds.isnot(None))).all()
    assert timed
    assert all(one.extra_seconds == one.limit_seconds // 2 for one in timed if one.limit_seconds)


def test_two_grants_of_two_funders_one_with_a_data_agreement(shown: Session) -> None:
    grants = shown.scalars(sa.select(Grant).order_by(Grant.id)).all()
    assert [bool(grant.data_agreement) for grant in grants] == [True, False]
    paid = Counter(shown.scalars(sa.select(FundedSeat.grant_id)))
    assert [paid[grant.id] for grant in grants] == [45, 15]
    funders = shown.execute(sa.select(Appointment.person_id, Appointment.grant_id).where(Appointment.role == "funder"))
    assert len({person for person, _grant in funders.all()}) == 2


def test_the_queue_is_not_empty(shown: Session) -> None:
    (running,) = [cohort for cohort in shown.scalars(sa.select(Cohort)) if cohort.ends_on >= NOON.date()]
    waiting = narratives.queue(shown, [running.id], now=NOON)
    assert len(waiting) >= 3
    assert {one.kind for one in hours.waiting_for(shown, [running.id])} == {"homework", "practice"}


def test_a_story_came_back_and_waits_for_its_writer(shown: Session) -> None:
    me = accounts.by_email(shown, "classmate@demo.example")
    assert me is not None
    (seat,) = [one for one in seats(shown, "Fourth") if one.person_id == me.id]
    results = narratives.results_for(shown, [seat.id])[seat.id]
    assert [result.state for result in results.values()].count("returned") == 1
    assert shown.scalar(sa.select(sa.func.count()).select_from(Review).where(Review.outcome == "returned"))


def test_there_is_a_class_today(shown: Session) -> None:
    starts = shown.scalars(sa.select(Meeting.starts_at))
    assert [at.astimezone(ZoneInfo(demo.ZONE)).date() for at in starts].count(date(2026, 11, 23)) == 1


@pytest.mark.parametrize(
    ("role", "holds"),
    [
        ("student", lambda actor: actor.is_student and not actor.is_staff),
        ("classmate", lambda actor: actor.is_student and not actor.is_staff),
        ("facilitator", lambda actor: actor.is_facilitator and not actor.is_coordinator),
        ("coordinator", lambda actor: actor.is_coordinator),
        ("funder", lambda actor: actor.is_funder and not actor.is_staff),
    ],
)
def test_each_sign_in_is_the_role_it_says(two: Two, shown: Session, role: str, holds: Any) -> None:
    (account,) = [one for one in two.built.accounts if one.role == role]
    person = accounts.by_email(shown, account.email)
    assert person is not None
    assert holds(cohorts.actor_for(shown, person, now=NOON))
    with two.here.writer() as s:
        assert accounts.sign_in(s, account.email, account.password, "test", hours=1, now=NOON).token
        s.rollback()


def test_everybody_is_marked_as_made_up_and_nothing_lies_in_the_future(shown: Session) -> None:
    assert shown.scalar(sa.select(sa.func.count()).select_from(Person).where(Person.is_demo.is_(False))) == 0
    for model, column in ((Attempt, Attempt.started_at), (Submission, Submission.sent_at)):
        newest = shown.scalar(sa.select(sa.func.max(column)))
        assert newest is not None, model
        assert newest <= NOON


def test_a_database_with_real_people_is_refused_and_left_alone(database: Database) -> None:
    with unit_of_work(database) as s:
        factories.person(s)
    with pytest.raises(Conflict, match="real people"):
        demo.build(database, anchor=NOON, wording=PLAIN, base_url=BASE)
    assert sum(counts(database).values()) == 1


def test_a_database_without_a_release_says_what_to_run(database: Database) -> None:
    with pytest.raises(Conflict, match="curriculum compile"):
        demo.build(database, anchor=NOON, wording=PLAIN, base_url=BASE)
    assert sum(counts(database).values()) == 0
