from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from lms.quizzes import rules
from lms.quizzes.rules import Given, Held, Paper, Question
from tests.factories import item

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
PAPER = Paper((Question(1, item(1)), Question(2, item(2, kind="multiple")), Question(3, item(3, kind="true_false"))))


def given(position: int = 1, choice: tuple[int, ...] = (0,), later: bool = False, sequence: int = 1) -> Given:
    return Given(position, choice, later, sequence)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (given(), ""),
        (given(choice=()), ""),
        (given(choice=(3,)), ""),
        (given(2, (0, 1, 2, 3)), ""),
        (given(3, (1,)), ""),
        (given(sequence=rules.MOST), ""),
        (given(4), "position"),
        (given(0), "position"),
        (given(-1), "position"),
        (given(2**70), "position"),
        (given(choice=(4,)), "choice"),
        (given(choice=(-1,)), "choice"),
        (given(3, (2,)), "choice"),  # an option that another question has
        (given(choice=(0, 1)), "choice"),  # two answers to a question that takes one
        (given(3, (0, 1)), "choice"),
        (given(2, (1, 1)), "choice"),
        (given(sequence=0), "sequence"),
        (given(sequence=-5), "sequence"),
        (given(sequence=rules.MOST + 1), "sequence"),
        (given(sequence=2**53 + 1), "sequence"),
    ],
)
def test_what_belongs_to_a_paper(answer: Given, why: str) -> None:
    assert rules.misfit(PAPER, answer) == why


HELD = Held((1,), False, 5, NOW)


@pytest.mark.parametrize(
    ("held", "answer", "stands", "taken"),
    [
        (None, given(), "open", "saved"),
        (None, given(), "allowance", "saved"),
        (HELD, given(choice=(2,), sequence=6), "open", "saved"),
        (HELD, given(choice=(1,), sequence=5), "open", "saved"),  # the same once more: no reply was heard
        (HELD, given(choice=(2,), sequence=5), "open", "stale"),  # another page that was just as old
        (HELD, given(choice=(1,), later=True, sequence=5), "open", "stale"),
        (HELD, given(choice=(1,), sequence=4), "open", "stale"),
        (HELD, given(choice=(2,), sequence=6), "lapsed", "late"),
        (HELD, given(choice=(2,), sequence=6), "expired", "late"),
        (HELD, given(choice=(2,), sequence=6), "abandoned", "late"),
        (HELD, given(choice=(2,), sequence=6), "grace", "late"),
        (HELD, given(choice=(2,), sequence=6), "paused", "paused"),
        (HELD, given(choice=(2,), sequence=6), "pausing", "saved"),
        (None, given(), "submitted", "closed"),
        (HELD, given(choice=(1,), sequence=5), "submitted", "closed"),
    ],
)
def test_what_becomes_of_an_answer(held: Held | None, answer: Given, stands: rules.State, taken: str) -> None:
    assert rules.judge_answer(held, answer, stands) == taken


def replay(answers: list[Given]) -> Held | None:
    held: Held | None = None
    for at, one in enumerate(answers):
        if rules.judge_answer(held, one, "open") == "saved":
            held = Held(one.choice, one.later, one.sequence, NOW + timedelta(seconds=at))
    return held


ANSWERS = st.lists(
    st.tuples(st.integers(1, 50), st.integers(0, 3), st.booleans()), min_size=1, max_size=20, unique_by=lambda x: x[0]
).map(lambda rows: [given(choice=(choice,), later=later, sequence=at) for at, choice, later in rows])


@holds_for(ANSWERS, st.randoms(use_true_random=False), st.integers(0, 5))
def test_the_order_of_arrival_does_not_matter_only_the_sequence(
    answers: list[Given], random: object, again: int
) -> None:
    shuffled = [*answers, *answers[:again]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    held, newest = replay(shuffled), max(answers, key=lambda one: one.sequence)
    assert held is not None
    assert (held.choice, held.later, held.sequence) == (newest.choice, newest.later, newest.sequence)


@holds_for(ANSWERS)
def test_the_sequence_that_stands_never_falls(answers: list[Given]) -> None:
    tops = [held.sequence for end in range(1, len(answers) + 1) if (held := replay(answers[:end]))]
    assert tops == sorted(tops)


@pytest.mark.parametrize(
    ("choice", "later", "text"),
    [((), False, ""), ((2,), False, "2"), ((3, 0), False, "0 3"), ((), True, "later"), ((1,), True, "1 later")],
)
def test_how_a_page_carries_an_answer(choice: tuple[int, ...], later: bool, text: str) -> None:
    assert rules.as_shown(choice, later) == text
