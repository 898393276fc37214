"""Any interleaving of tabs, extensions, pauses, expiries and sends: the newest acknowledged answers stand, in a legal state."""

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from lms.core.db import Database
from lms.core.errors import Conflict
from lms.quizzes import rules, service
from lms.quizzes.rules import Given, Permit, TimeTerms
from tests import factories
from tests.factories import NOON
from tests.quizzes.conftest import permit

SECOND = timedelta(seconds=1)
MOVES = {"extended", "arranged", "paused", "resumed"}


class Sitting(RuleBasedStateMachine):
    """One attempt, two tabs that each know their own count, staff, and the timer."""

    database: Database
    leave: Permit

    def __init__(self) -> None:
        super().__init__()
        self.s = self.database.writer()
        self.attempt = self.begin()
        self.now = NOON
        self.counts = [0, 0]
        self.acknowledged: dict[int, tuple[int, tuple[int, ...], bool]] = {}
        self.deadlines: list[datetime | None] = [self.attempt.deadline]
        self.reopened = 0

    def begin(self) -> Any:
        seat = factories.enrolment(self.s, factories.cohort(self.s))
        return service.start_attempt(self.s, permit(self.s, seat, terms=TimeTerms(break_minutes=3)), now=NOON)

    @rule(seconds=st.integers(0, 400))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule(tab=st.integers(0, 1), position=st.integers(1, 4), choice=st.integers(0, 3), later=st.booleans())
    def a_tab_saves(self, tab: int, position: int, choice: int, later: bool) -> None:
        self.counts[tab] += 1
        given = Given(position, (choice,), later, self.counts[tab])
        stood = self.acknowledged.get(position)
        (saved,) = service.save_answers(self.s, self.attempt, [given], now=self.now)
        if saved.state == "saved":
            assert stood is None or given.sequence >= stood[0], "an older page never wins"
            self.acknowledged[position] = (given.sequence, given.choice, later)

    @rule(tab=st.integers(0, 1))
    def a_tab_catches_up(self, tab: int) -> None:
        self.counts[tab] = max(self.counts)

    @rule()
    def the_student_sends(self) -> None:
        service.submit(self.s, self.attempt, now=self.now)

    @rule()
    def the_timer_looks(self) -> None:
        service.close_expired(self.s, self.now)

    @rule(minutes=st.integers(1, 10), base=st.sampled_from(["now", "end"]))
    def staff_grant_time(self, minutes: int, base: Any) -> None:
        service.extend(self.s, self.attempt, minutes=minutes, base=base, by="STAFF", now=self.now)

    @rule()
    def the_student_asks_for_a_pause(self) -> None:
        with suppress(Conflict):
            service.ask_pause(self.s, self.attempt, now=self.now)

    @rule(granted=st.booleans(), minutes=st.integers(1, 5))
    def staff_answer(self, granted: bool, minutes: int) -> None:
        with suppress(Conflict):
            service.answer_pause(self.s, self.attempt, granted=granted, minutes=minutes, by="STAFF", now=self.now)

    @rule()
    def the_student_goes_on(self) -> None:
        service.resume(self.s, self.attempt, by="STUDENT", now=self.now)

    @precondition(lambda self: service.may_reopen(self.attempt))
    @rule(minutes=st.integers(1, 5))
    def staff_open_it_again(self, minutes: int) -> None:
        service.reopen(self.s, self.attempt, minutes=minutes, reason="Why.", by="STAFF", now=self.now)
        self.reopened += 1

    @invariant()
    def the_newest_acknowledged_answers_stand(self) -> None:
        held = service.answers_of(self.s, self.attempt)
        assert {at: (one.sequence, one.choice, one.later) for at, one in held.items()} == self.acknowledged
        assert rules.tells_the_same(service.arrived_for(self.s, self.attempt), held)

    @invariant()
    def every_step_is_legal_and_written_down(self) -> None:
        steps = service.steps_of(self.s, self.attempt)
        assert steps[0].kind == "started"
        assert steps[-1].after == self.attempt.state
        for before, step in pairwise(steps):
            assert step.before == before.after
            legal = step.after in rules.LEGAL[step.before]  # type: ignore[index]
            assert legal or (step.kind in MOVES and step.before == step.after == "in_progress")

    @invariant()
    def a_deadline_never_comes_nearer(self) -> None:
        steps = [step for step in service.steps_of(self.s, self.attempt) if step.kind != "reopened"]
        if not self.reopened:
            deadlines = [step.deadline for step in steps if step.deadline]
            assert deadlines == sorted(deadlines)

    @invariant()
    def what_is_closed_is_marked_and_what_is_open_is_not(self) -> None:
        closed = self.attempt.state != "in_progress"
        assert (self.attempt.points is not None) == closed == (self.attempt.closed_at is not None)
        assert self.attempt.paused_at is None or not closed
        if closed:
            held = service.choices(service.answers_of(self.s, self.attempt))
            assert self.attempt.points == rules.score(service.paper_of(self.attempt), held).points

    def teardown(self) -> None:
        self.s.rollback()
        self.s.close()


def test_any_interleaving(database: Database) -> None:
    class Here(Sitting):
        pass

    Here.database = database
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
