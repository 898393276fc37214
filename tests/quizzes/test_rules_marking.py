from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.rules.shapes import Item
from lms.quizzes import rules
from lms.quizzes.rules import Paper, Question
from tests.factories import item


def multiple(*right: int) -> Item:
    base = item(1, kind="multiple")
    return replace(base, options=tuple(replace(o, correct=at in right) for at, o in enumerate(base.options)))


@pytest.mark.parametrize(
    ("asked", "chosen", "points"),
    [
        (item(1, correct=1), (1,), 100),
        (item(1, correct=1), (0,), 0),
        (item(1, correct=1), (), 0),
        (item(1, correct=0, kind="true_false"), (0,), 100),
        (item(1, correct=0, kind="true_false"), (1,), 0),
        (multiple(0, 2), (0, 2), 100),
        (multiple(0, 2), (0,), 50),
        (multiple(0, 2), (0, 1), 0),
        (multiple(0, 2), (0, 1, 2), 50),
        (multiple(0, 2), (0, 1, 2, 3), 0),  # ticking every box does not pay
        (multiple(0, 2), (1, 3), 0),  # never below nothing
        (multiple(0, 1, 2), (0, 1, 2), 100),
        (multiple(0, 1, 2), (0, 1), 66),
        (multiple(0, 1, 2), (0, 1, 3), 33),
        (multiple(1), (1,), 100),
        (multiple(), (), 0),
    ],
)
def test_the_points_of_one_question(asked: Item, chosen: tuple[int, ...], points: int) -> None:
    assert rules.score(Paper((Question(1, asked),)), {1: chosen}).points == points


PAPER = Paper(
    (
        Question(1, item(1, correct=2)),
        Question(2, multiple(0, 3)),
        Question(3, item(3, correct=1, kind="true_false")),
        Question(4, multiple(0, 1, 2)),
    )
)
CHOICES = st.dictionaries(st.integers(1, 4), st.lists(st.integers(0, 3), unique=True), max_size=4)


@given(CHOICES, st.randoms(use_true_random=False))
def test_the_score_does_not_depend_on_any_order(responses: dict[int, list[int]], random: object) -> None:
    rows = [(position, sorted(choice, reverse=True)) for position, choice in responses.items()]
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert rules.score(PAPER, dict(rows)) == rules.score(PAPER, responses)


@given(CHOICES)
def test_the_score_stays_within_its_bounds(responses: dict[int, list[int]]) -> None:
    found = rules.score(PAPER, responses)
    assert found.out_of == 400
    assert 0 <= found.points <= 400
    assert found.points == sum(one.points for one in found.marked)
    assert [one.answered for one in found.marked] == [bool(responses.get(q.position)) for q in PAPER.questions]


@given(CHOICES, st.integers(1, 4))
def test_a_right_answer_never_costs_points(responses: dict[int, list[int]], position: int) -> None:
    question = PAPER.question(position)
    assert question is not None
    better = responses | {position: sorted(question.right)}
    assert rules.score(PAPER, better).points >= rules.score(PAPER, responses).points


@given(CHOICES)
def test_the_review_says_what_the_score_says(responses: dict[int, list[int]]) -> None:
    reviewed = rules.review(PAPER, responses)
    assert sum(one.points for one in reviewed) == rules.score(PAPER, responses).points
    assert all(one.chosen == frozenset(responses.get(one.question.position, ())) for one in reviewed)


@pytest.mark.parametrize(
    ("points", "out_of", "needed", "passed", "percent"),
    [
        (1200, 1500, 80, True, 80),
        (1199, 1500, 80, False, 79),
        (1500, 1500, 100, True, 100),
        (1499, 1500, 100, False, 99),
        (0, 1500, 0, True, 0),
        (0, 0, 80, False, 0),
        (1066, 1333, 80, False, 79),
    ],
)
def test_the_pass_mark_is_a_comparison_of_whole_numbers(
    points: int, out_of: int, needed: int, passed: bool, percent: int
) -> None:
    assert rules.passes(points, out_of, needed) == passed
    assert rules.percent(points, out_of) == percent


@given(st.integers(0, 10_000), st.integers(1, 10_000), st.integers(0, 100))
def test_nobody_reads_the_pass_mark_under_a_score_that_missed_it(points: int, out_of: int, needed: int) -> None:
    assert rules.passes(points, out_of, needed) == (rules.percent(points, out_of) >= needed)
