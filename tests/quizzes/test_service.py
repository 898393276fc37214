from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.cohorts.models import Enrolment
from lms.core.db import Database
from lms.quizzes import service
from lms.quizzes.models import AnswerEvent, Attempt, Response
from lms.quizzes.rules import Given, Paper, Saved, TimeTerms
from lms.quizzes.service import starting
from tests import factories
from tests.factories import NOON
from tests.quizzes.conftest import MakePermit, permit

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def put(s: Session, attempt: Attempt, position: int, choice: list[int], sequence: int, **more: Any) -> Saved:
    now = more.pop("now", NOON)
    given = Given(position, tuple(choice), more.pop("later", False), sequence, **more)
    return service.save_answers(s, attempt, [given], now=now)[0]


def right(attempt: Attempt) -> dict[int, list[int]]:
    return {q.position: sorted(q.right) for q in service.paper_of(attempt).questions}


def answer_all(s: Session, attempt: Attempt, count: int = 99, **more: Any) -> None:
    for position, choice in list(right(attempt).items())[:count]:
        assert put(s, attempt, position, choice, 1, **more).state == "saved"


def events(s: Session, attempt: Attempt) -> list[tuple[int, list[int], int, str]]:
    rows = s.scalars(sa.select(AnswerEvent).where(AnswerEvent.attempt_id == attempt.id).order_by(AnswerEvent.id))
    return [(row.position, row.choice, row.sequence, row.taken) for row in rows]


# — starting


def test_an_attempt_starts_with_its_own_copy_of_the_questions(s: Session, make_permit: MakePermit) -> None:
    attempt = service.start_attempt(s, make_permit(), now=NOON)
    paper = service.paper_of(attempt)
    assert len(paper.questions) == 4
    assert (attempt.state, attempt.number, attempt.kind, attempt.pass_percent) == ("in_progress", 1, "module", 75)
    assert attempt.release == attempt.enrolment.cohort.release.digest
    s.expire(attempt)
    assert service.paper_of(attempt) == paper
    assert isinstance(paper, Paper)


@pytest.mark.parametrize(
    ("terms", "extra", "minutes"),
    [
        (TimeTerms(), 0, 30),
        (TimeTerms(150), 900, 45),
        (TimeTerms(100, 10), 600, 40),
        (TimeTerms(untimed=True), 0, None),
    ],
)
def test_the_standing_arrangement_is_in_the_deadline(
    s: Session, make_permit: MakePermit, terms: TimeTerms, extra: int, minutes: int | None
) -> None:
    attempt = service.start_attempt(s, make_permit(terms=terms), now=NOON)
    assert (attempt.limit_seconds, attempt.extra_seconds) == (1800, extra)
    assert attempt.deadline == (None if minutes is None else NOON + minutes * MINUTE)


def test_a_lesson_check_has_no_deadline(s: Session, make_permit: MakePermit) -> None:
    attempt = service.start_attempt(s, make_permit("check-m1-l1", terms=TimeTerms(150)), now=NOON)
    assert (attempt.limit_seconds, attempt.extra_seconds, attempt.deadline) == (None, 0, None)


def test_starting_again_returns_the_attempt_under_way(s: Session, make_permit: MakePermit) -> None:
    first = service.start_attempt(s, make_permit(), now=NOON)
    assert service.start_attempt(s, make_permit(), now=NOON + MINUTE) is first
    assert service.start_attempt(s, make_permit(number=2), now=NOON + MINUTE) is first
    assert service.attempts_of(s, first.enrolment_id, "quiz-m1") == [first]


def test_an_attempt_that_lapsed_unnoticed_is_closed_and_shown_first(s: Session, make_permit: MakePermit) -> None:
    first = service.start_attempt(s, make_permit(), now=NOON)
    again = service.start_attempt(s, make_permit(), now=NOON + 31 * MINUTE)
    assert again is first
    assert (again.state, again.closed_at, again.points) == ("expired", NOON + 30 * MINUTE, 0)
    second = service.start_attempt(s, make_permit(number=2), now=NOON + 32 * MINUTE)
    assert (second.number, second.state) == (2, "in_progress")


def test_the_database_refuses_a_second_open_attempt(s: Session, make_permit: MakePermit) -> None:
    first = service.start_attempt(s, make_permit(), now=NOON)
    copied = {c.key: getattr(first, c.key) for c in sa.inspect(Attempt).column_attrs if c.key != "id"}
    with pytest.raises(IntegrityError), s.begin_nested():
        s.add(Attempt(**copied | {"code": "OTHER", "number": 2}))
    with pytest.raises(IntegrityError), s.begin_nested():
        s.add(Attempt(**copied | {"code": "OTHER", "state": "submitted"}))


def test_two_clicks_at_once_leave_one_attempt(database: Database) -> None:
    with database.writer() as s:
        seat = factories.enrolment(s, factories.cohort(s))
        leave = permit(s, seat)
        s.commit()
    with database.writer() as s:
        service.start_attempt(s, leave, now=NOON)
        s.commit()
    # The loser looked before the winner had written; its insert meets the index, and the door lets it look again.
    with database.writer() as s, pytest.raises(IntegrityError):
        starting._begin(s, leave, NOON)
    with database.writer() as s:
        assert service.start_attempt(s, leave, now=NOON).number == 1


# — answering


@pytest.fixture
def attempt(s: Session, make_permit: MakePermit) -> Attempt:
    return service.start_attempt(s, make_permit(), now=NOON)


def test_an_answer_is_saved_and_logged(s: Session, attempt: Attempt) -> None:
    saved = put(s, attempt, 2, [3], 1, now=NOON + 5 * SECOND)
    assert saved == Saved("saved", NOON + 5 * SECOND, 1, 2, (3,), False)
    assert service.answers_of(s, attempt)[2].choice == (3,)
    assert events(s, attempt) == [(2, [3], 1, "saved")]


def test_an_older_page_never_overwrites_a_newer_answer(s: Session, attempt: Attempt) -> None:
    put(s, attempt, 1, [2], 7)
    stale = put(s, attempt, 1, [0], 6, now=NOON + MINUTE)
    assert (stale.state, stale.choice, stale.sequence, stale.saved_at) == ("stale", (2,), 7, NOON)
    assert put(s, attempt, 1, [0], 7).state == "stale"
    assert events(s, attempt) == [(1, [2], 7, "saved"), (1, [0], 6, "stale"), (1, [0], 7, "stale")]


def test_a_repeat_of_the_same_answer_is_no_conflict(s: Session, attempt: Attempt) -> None:
    assert [put(s, attempt, 1, [2], 7).state for _ in range(3)] == ["saved"] * 3


def test_an_answer_can_be_cleared_and_kept_for_later(s: Session, attempt: Attempt) -> None:
    put(s, attempt, 1, [2], 1)
    put(s, attempt, 1, [], 2, later=True)
    held = service.answers_of(s, attempt)[1]
    assert (held.choice, held.later, held.sequence) == ((), True, 2)


@pytest.mark.parametrize(
    ("position", "choice", "sequence", "why"),
    [
        (0, [0], 1, "position"),
        (5, [0], 1, "position"),
        (2**60, [0], 1, "position"),
        (1, [4], 1, "choice"),
        (1, [0, 1], 1, "choice"),
        (1, [0], 0, "sequence"),
        (1, [0], -4, "sequence"),
        (1, [0], 2**53 + 1, "sequence"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    s: Session, attempt: Attempt, position: int, choice: list[int], sequence: int, why: str
) -> None:
    saved = put(s, attempt, position, choice, sequence)
    assert (saved.state, saved.why) == ("refused", why)
    assert service.answers_of(s, attempt) == {}
    assert events(s, attempt) == []


def test_one_bad_answer_does_not_cost_the_others(s: Session, attempt: Attempt) -> None:
    batch = [Given(1, (0,), False, 1), Given(99, (0,), False, 2), Given(2, (1,), False, 3)]
    assert [one.state for one in service.save_answers(s, attempt, batch, now=NOON)] == ["saved", "refused", "saved"]
    assert {at: held.choice for at, held in service.answers_of(s, attempt).items()} == {1: (0,), 2: (1,)}


def test_the_same_question_twice_in_one_parcel_ends_with_the_newer(s: Session, attempt: Attempt) -> None:
    batch = [Given(1, (3,), False, 9), Given(1, (0,), False, 8)]
    assert [one.state for one in service.save_answers(s, attempt, batch, now=NOON)] == ["saved", "stale"]
    assert service.answers_of(s, attempt)[1].choice == (3,)


def test_a_clock_that_is_wrong_by_years_is_kept_and_decides_nothing(s: Session, attempt: Attempt) -> None:
    put(s, attempt, 1, [0], 1, client_at=NOON.replace(year=1999))
    put(s, attempt, 1, [1], 2, client_at=NOON.replace(year=2999))
    assert service.answers_of(s, attempt)[1].choice == (1,)
    kept = s.scalars(sa.select(AnswerEvent.client_at).order_by(AnswerEvent.id)).all()
    assert [at.year for at in kept if at] == [1999, 2999]


@pytest.mark.parametrize(
    ("after", "state", "attempt_state"),
    [(0, "saved", "in_progress"), (15, "saved", "in_progress"), (16, "late", "expired"), (10**6, "late", "expired")],
)
def test_the_servers_clock_decides_and_the_late_answer_is_kept(
    s: Session, attempt: Attempt, after: int, state: str, attempt_state: str
) -> None:
    put(s, attempt, 1, [0], 1)
    saved = put(s, attempt, 1, [2], 2, now=NOON + 30 * MINUTE + after * SECOND)
    assert (saved.state, attempt.state) == (state, attempt_state)
    assert events(s, attempt)[-1] == (1, [2], 2, state)
    assert service.answers_of(s, attempt)[1].choice == ((2,) if state == "saved" else (0,))
    assert bool(service.late_of(s, attempt)) == (state == "late")


def test_what_arrives_after_sending_is_kept_aside(s: Session, attempt: Attempt) -> None:
    answer_all(s, attempt)
    service.submit(s, attempt, now=NOON + MINUTE)
    assert put(s, attempt, 1, [0], 50, now=NOON + 2 * MINUTE).state == "closed"
    assert put(s, attempt, 1, [1], 51, now=NOON + 90 * MINUTE).state == "closed"
    assert (attempt.state, attempt.points) == ("submitted", 400)
    assert [one.arrived.position for one in service.late_of(s, attempt)] == [1, 1]


def test_saving_many_answers_costs_no_more_queries_than_a_few(s: Session, attempt: Attempt, count_queries: Any) -> None:
    costs = []
    for sequence, many in ((1, 1), (2, 4)):
        batch = [Given(at, (0,), False, sequence) for at in range(1, many + 1)]
        with count_queries() as counted:
            service.save_answers(s, attempt, batch, now=NOON)
        costs.append(len(counted))
    assert max(costs) <= 6


# — closing


def test_sending_closes_and_marks_once(s: Session, attempt: Attempt) -> None:
    answer_all(s, attempt, 3)
    service.submit(s, attempt, now=NOON + 9 * MINUTE)
    first = (attempt.state, attempt.closed_at, attempt.points, attempt.out_of, attempt.passed)
    assert first == ("submitted", NOON + 9 * MINUTE, 300, 400, True)
    service.submit(s, attempt, now=NOON + 20 * MINUTE)
    assert (attempt.state, attempt.closed_at, attempt.points, attempt.out_of, attempt.passed) == first


def test_a_second_browser_that_still_thinks_it_open_changes_nothing(s: Session, attempt: Attempt) -> None:
    answer_all(s, attempt)
    service.submit(s, attempt, now=NOON + MINUTE)
    # What another transaction loaded before the first one committed.
    sa.orm.attributes.set_committed_value(attempt, "state", "in_progress")
    service.submit(s, attempt, now=NOON + 29 * MINUTE)
    assert (attempt.state, attempt.closed_at) == ("submitted", NOON + MINUTE)


@pytest.mark.parametrize(
    ("after", "state", "finished"),
    [(-60, "submitted", -60), (12, "submitted", 12), (16, "expired", 0), (9999, "expired", 0)],
)
def test_the_finish_time(s: Session, attempt: Attempt, after: int, state: str, finished: int) -> None:
    ends = NOON + 30 * MINUTE
    service.submit(s, attempt, now=ends + after * SECOND)
    assert (attempt.state, attempt.closed_at) == (state, ends + finished * SECOND)


def test_the_tick_closes_what_is_over_and_marks_what_was_saved(
    s: Session, attempt: Attempt, make_permit: MakePermit
) -> None:
    answer_all(s, attempt, 3, now=NOON + 29 * MINUTE)
    untimed = service.start_attempt(s, make_permit("check-m1-l1"), now=NOON)
    assert service.close_expired(s, NOON + 30 * MINUTE + 15 * SECOND) == 0
    assert service.close_expired(s, NOON + 40 * MINUTE) == 1
    assert (attempt.state, attempt.closed_at) == ("expired", NOON + 30 * MINUTE)
    assert (attempt.points, attempt.passed) == (300, True)
    assert untimed.state == "in_progress"
    assert service.close_expired(s, NOON + 41 * MINUTE) == 0


def test_time_added_at_the_last_moment_wins_over_the_tick(s: Session, attempt: Attempt) -> None:
    later = NOON + 60 * MINUTE
    s.execute(sa.update(Attempt).values(deadline=later).execution_options(synchronize_session=False))
    assert attempt.deadline == NOON + 30 * MINUTE  # as loaded before the change
    service.submit(s, attempt, now=NOON + 31 * MINUTE)
    assert (attempt.state, attempt.deadline) == ("in_progress", later)


def test_one_damaged_attempt_does_not_keep_the_others_open(s: Session, attempt: Attempt) -> None:
    other = service.start_attempt(s, permit(s, factories.enrolment(s, attempt.enrolment.cohort)), now=NOON)
    attempt.paper = {"questions": [{"nothing": "we know"}]}
    s.flush()
    assert service.close_expired(s, NOON + 40 * MINUTE) == 1
    s.expire_all()
    assert (attempt.state, other.state) == ("in_progress", "expired")


def test_two_ticks_at_once_close_an_attempt_once(database: Database) -> None:
    with database.writer() as s:
        service.start_attempt(s, permit(s, factories.enrolment(s, factories.cohort(s))), now=NOON)
        s.commit()
    closed = []
    for _tick in range(2):
        with database.writer() as s:
            closed.append(service.close_expired(s, NOON + 40 * MINUTE))
            s.commit()
    assert closed == [1, 0]


# — questions other rooms ask


def test_an_attempt_is_found_with_all_a_page_needs_in_one_query(
    s: Session, attempt: Attempt, count_queries: Any
) -> None:
    s.expunge_all()
    with count_queries() as counted:
        found = service.attempt_by_code(s, attempt.code)
        assert found is not None
        assert (found.enrolment.cohort.release.digest, found.enrolment.person.name) == (
            attempt.release,
            "Robin Ashdown",
        )
        assert found.enrolment.cohort.provider_id
    assert len(counted) == 1
    assert service.attempt_by_code(s, "NOSUCHCODE") is None


def test_an_attempt_to_answer_comes_without_its_paper(s: Session, attempt: Attempt, count_queries: Any) -> None:
    wanted, paper = (attempt.enrolment.id, attempt.enrolment.cohort.provider_id), service.paper_of(attempt)
    s.expunge_all()
    with count_queries() as counted:
        found = service.attempt_to_answer(s, attempt.code)
        assert found is not None
        assert (found.enrolment.id, found.enrolment.cohort.provider_id) == wanted
        assert len(counted) == 1
        assert put(s, found, 1, [0], 1).state == "saved"
    assert not any(".paper" in asked for asked in counted.statements)
    assert service.paper_of(found) == paper
    assert service.attempt_to_answer(s, "NOSUCHCODE") is None


def test_an_attempt_from_before_shapes_is_answered_by_its_paper(s: Session, attempt: Attempt) -> None:
    kept = service.shape_of(attempt)
    s.execute(sa.update(Attempt).values(shape=sa.null()))
    s.expire(attempt)
    assert attempt.shape is None
    assert service.shape_of(attempt) == kept
    assert put(s, attempt, 1, [0], 1).state == "saved"
    assert put(s, attempt, 1, [99], 2).why == "choice"


def test_results_per_enrolment_and_quiz(s: Session, seat: Enrolment, make_permit: MakePermit) -> None:
    other = factories.enrolment(s, seat.cohort)
    first = service.start_attempt(s, make_permit(), now=NOON)
    answer_all(s, first, 2)
    service.submit(s, first, now=NOON + MINUTE)
    second = service.start_attempt(s, make_permit(number=2), now=NOON + 60 * MINUTE)
    answer_all(s, second, now=NOON + 61 * MINUTE)
    service.submit(s, second, now=NOON + 62 * MINUTE)
    check = service.start_attempt(s, make_permit("check-m1-l1"), now=NOON)
    found = service.results_for(s, [seat.id, other.id])
    assert found[other.id] == {}
    quiz = found[seat.id]["quiz-m1"]
    assert (quiz.tries, quiz.best_points, quiz.out_of, quiz.best_percent) == (2, 400, 400, 100)
    assert (quiz.passed, quiz.passed_at, quiz.open_code) == (True, NOON + 62 * MINUTE, None)
    assert (found[seat.id]["check-m1-l1"].tries, found[seat.id]["check-m1-l1"].open_code) == (0, check.code)


def test_a_lapse_nobody_has_written_down_is_computed_and_not_written(s: Session, attempt: Attempt) -> None:
    answer_all(s, attempt)
    s.flush()
    unaware = service.results_for(s, [attempt.enrolment_id])[attempt.enrolment_id]["quiz-m1"]
    assert (unaware.open_code, unaware.open_deadline) == (attempt.code, NOON + 30 * MINUTE)
    later = NOON + 31 * MINUTE
    found = service.results_for(s, [attempt.enrolment_id], now=later)[attempt.enrolment_id]["quiz-m1"]
    assert (found.tries, found.open_code, found.passed, found.passed_at) == (1, None, True, NOON + 30 * MINUTE)
    assert service.outcome_of(attempt, service.answers_of(s, attempt), now=later).points == 400
    s.expire(attempt)
    assert (attempt.state, attempt.points) == ("in_progress", None)
    service.close_expired(s, later)
    assert service.results_for(s, [attempt.enrolment_id])[attempt.enrolment_id]["quiz-m1"] == found


def test_results_cost_the_same_for_one_and_for_many(s: Session, seat: Enrolment, count_queries: Any) -> None:
    seats = [seat, *(factories.enrolment(s, seat.cohort) for _ in range(14))]
    for one in seats:
        attempt = service.start_attempt(s, permit(s, one), now=NOON)
        put(s, attempt, 1, [0], 1)
    costs = []
    for some in (seats[:1], seats):
        with count_queries() as counted:
            service.results_for(s, [one.id for one in some], now=NOON + 40 * MINUTE)
        costs.append(len(counted))
    assert costs == [4, 4], "attempts, answers, papers, rulings"


def test_results_of_one_quiz_leave_out_the_others(s: Session, seat: Enrolment, make_permit: MakePermit) -> None:
    made = service.start_attempt(s, make_permit(), now=NOON)
    everything = service.results_for(s, [seat.id], now=NOON)
    assert service.results_for(s, [seat.id], now=NOON, quiz=made.quiz) == everything
    assert service.results_for(s, [seat.id], now=NOON, quiz="another") == {seat.id: {}}


def test_nobody_asked_for_is_an_empty_answer(s: Session) -> None:
    assert service.results_for(s, []) == {}


def test_when_another_attempt_may_start(s: Session, attempt: Attempt) -> None:
    answer_all(s, attempt, 1)
    service.submit(s, attempt, now=NOON)
    found = service.after(s, attempt, now=NOON + MINUTE).again
    assert found is not None
    assert (found.state, found.left, found.since) == ("later", 2, NOON + timedelta(hours=12))
    attempt.quiz = "taken-out"
    assert service.after(s, attempt, now=NOON) == service.After(None, "closed")


def test_a_changed_file_changes_nobodys_past(s: Session, attempt: Attempt) -> None:
    answer_all(s, attempt)
    service.submit(s, attempt, now=NOON)
    before = service.paper_of(attempt)
    pieces = factories.pieces()
    pieces["bank:m1"]["items"] = [factories.asdict(factories.item(100 + n, correct=(n + 1) % 4)) for n in range(6)]
    attempt.enrolment.cohort.release = factories.release(s, pieces)
    s.flush()
    s.expire_all()
    assert service.paper_of(attempt) == before
    assert service.results_for(s, [attempt.enrolment_id])[attempt.enrolment_id]["quiz-m1"].best_percent == 100


def test_answers_of_one_attempt_are_its_own(s: Session, attempt: Attempt, make_permit: MakePermit) -> None:
    check = service.start_attempt(s, make_permit("check-m1-l1"), now=NOON)
    put(s, check, 1, [0], 1)
    assert service.answers_of(s, attempt) == {}
    assert s.scalar(sa.select(sa.func.count()).select_from(Response)) == 1
