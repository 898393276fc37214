"""Real races: two transactions at once, on whichever database the tests run."""

import threading
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.cohorts.models import Enrolment
from lms.core.db import Database, unit_of_work
from lms.quizzes import service
from lms.quizzes.models import AnswerEvent, Attempt, Response
from lms.quizzes.rules import Given
from tests import factories
from tests.factories import NOON
from tests.quizzes.conftest import permit

MINUTE = timedelta(minutes=1)


def at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Run each in a thread of its own, all let go together; return what they raised."""
    gate, raised = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            work()
        except BaseException as failure:  # noqa: BLE001 - handed to the test
            raised.append(failure)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return raised


def seat_in(database: Database) -> int:
    with unit_of_work(database) as s:
        return factories.enrolment(s, factories.cohort(s)).id


def started(database: Database) -> str:
    seat = seat_in(database)
    with unit_of_work(database) as s:
        return service.start_attempt(s, permit(s, s.get_one(Enrolment, seat)), now=NOON).code


def find(s: Session, code: str) -> Attempt:
    found = service.attempt_by_code(s, code)
    assert found is not None
    return found


def test_two_clicks_on_start_leave_one_attempt(database: Database) -> None:
    seat = seat_in(database)
    codes = []

    def start() -> None:
        with unit_of_work(database) as s:
            codes.append(service.start_attempt(s, permit(s, s.get_one(Enrolment, seat)), now=NOON).code)

    def click() -> None:
        try:
            start()
        except IntegrityError:
            start()  # as the gate does

    assert at_once(click, click, click) == []
    assert len(set(codes)) == 1
    with database.reader() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1


def test_many_tabs_saving_one_question_end_with_the_newest(database: Database) -> None:
    code = started(database)

    def tab(sequence: int) -> Callable[[], None]:
        def save() -> None:
            with unit_of_work(database) as s:
                given = [Given(1, (sequence % 4,), False, sequence)]
                service.save_answers(s, find(s, code), given, now=NOON + MINUTE)

        return save

    assert at_once(*(tab(sequence) for sequence in (5, 2, 6, 1, 4, 3))) == []
    with database.reader() as s:
        row = s.scalars(sa.select(Response)).one()
        assert (row.sequence, row.choice) == (6, [2])
        assert s.scalar(sa.select(sa.func.count()).select_from(AnswerEvent)) == 6


def test_the_student_and_two_ticks_close_an_attempt_once(database: Database) -> None:
    code = started(database)
    closed = []

    def tick() -> None:
        with unit_of_work(database) as s:
            closed.append(service.close_expired(s, NOON + 40 * MINUTE))

    def submit() -> None:
        with unit_of_work(database) as s:
            service.submit(s, find(s, code), now=NOON + 40 * MINUTE)

    assert at_once(tick, submit, tick) == []
    assert sum(closed) <= 1
    with database.reader() as s:
        found = find(s, code)
        assert (found.state, found.closed_at, found.points) == ("expired", NOON + 30 * MINUTE, 0)


def test_an_answer_on_its_way_is_in_the_mark_or_kept_aside(database: Database) -> None:
    code = started(database)
    with database.reader() as s:
        question = service.paper_of(find(s, code)).questions[0]
    fate = []

    def save() -> None:
        with unit_of_work(database) as s:
            given = [Given(1, tuple(question.right), False, 1)]
            fate.extend(one.state for one in service.save_answers(s, find(s, code), given, now=NOON + MINUTE))

    def submit() -> None:
        with unit_of_work(database) as s:
            service.submit(s, find(s, code), now=NOON + MINUTE)

    assert at_once(save, submit) == []
    with database.reader() as s:
        found = find(s, code)
        assert found.state == "submitted"
        assert (fate, found.points) in ((["saved"], 100), (["closed"], 0))
        assert bool(service.late_of(s, found)) == (found.points == 0)


def test_a_save_that_holds_the_row_is_waited_for(database: Database) -> None:
    code = started(database)
    with database.reader() as s:
        question = service.paper_of(find(s, code)).questions[0]

    def submit() -> None:
        with unit_of_work(database) as s:
            service.submit(s, find(s, code), now=NOON + MINUTE)

    other = threading.Thread(target=submit)
    with unit_of_work(database) as s:
        service.save_answers(s, find(s, code), [Given(1, tuple(question.right), False, 1)], now=NOON + MINUTE)
        other.start()
        other.join(0.2)
        assert other.is_alive(), "it must wait for the answer that is on its way"
    other.join(30)
    with database.reader() as s:
        assert (find(s, code).state, find(s, code).points) == ("submitted", 100)
