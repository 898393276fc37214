"""A late answer that is let count can only help."""

from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes import rules
from lms.quizzes.rules import IN_TIME, Late, Paper, Question
from tests.factories import item
from tests.quizzes import items

WRITTEN = next(one for one in items.ALL if one.type == "short_answer")
PAPER = Paper((Question(1, item(1)), Question(2, item(2, kind="multiple")), Question(3, item(3)), Question(4, WRITTEN)))
CHOICES = st.lists(st.integers(0, 3), unique=True, max_size=1).map(tuple)
TEXTS = st.sampled_from([(), ("One way.",), ("Another.",)])
STANDING = st.tuples(st.dictionaries(st.integers(1, 3), CHOICES), TEXTS).map(lambda both: both[0] | {4: both[1]})
ARRIVED = st.tuples(st.integers(1, 3), CHOICES) | st.tuples(st.just(4), TEXTS)
ACCEPTED = st.lists(ARRIVED, max_size=6).map(lambda some: [Late(*one, at) for at, one in enumerate(some, 1)])
GIVEN = st.dictionaries(st.tuples(st.just(4), st.integers(0, 6)), st.integers(0, 100))


def chosen(standing: dict[int, tuple[int, ...]], accepted: list[tuple[int, tuple[int, ...]]]) -> dict[int, object]:
    late = [Late(*one, at) for at, one in enumerate(accepted, 1)]
    return {**rules.counted(PAPER, standing, late).choices}


def test_the_better_answer_counts() -> None:
    assert chosen({1: (0,)}, [(1, (1,))]) == {1: (1,)}
    assert chosen({1: (1,)}, [(1, (0,))]) == {1: (1,)}
    assert chosen({}, [(3, (1,)), (3, (2,))]) == {3: (1,)}
    assert chosen({1: (0,)}, []) == {1: (0,)}


def test_a_late_text_waits_for_its_own_grade_and_the_better_of_two_counts() -> None:
    draft, whole = ("Sit down.",), ("Sit down, then ask.",)
    late = [Late(4, whole, 7)]
    assert rules.counted(PAPER, {}, late) == ({4: whole}, {}, {4})
    assert rules.counted(PAPER, {4: draft}, [], {(4, IN_TIME): 33}) == ({4: draft}, {4: 33}, set())
    assert rules.counted(PAPER, {4: draft}, late, {(4, IN_TIME): 33}) == ({4: draft}, {4: 33}, {4})
    assert rules.counted(PAPER, {4: draft}, late, {(4, IN_TIME): 33, (4, 7): 66}) == ({4: whole}, {4: 66}, set())
    assert rules.counted(PAPER, {4: draft}, late, {(4, IN_TIME): 66, (4, 7): 33}) == ({4: draft}, {4: 66}, set())
    assert rules.counted(PAPER, {4: draft}, [], {(4, 7): 66}) == ({4: draft}, {}, {4}), (
        "what no longer counts is not graded"
    )
    assert rules.counted(PAPER, {}, [Late(4, (), 7)]) == ({}, {}, set()), "nothing was written"


@given(STANDING, ACCEPTED, GIVEN, st.randoms(use_true_random=False))
def test_it_only_helps_and_its_order_does_not_matter(
    standing: dict[int, tuple[int, ...]], accepted: list[Late], given: dict[tuple[int, int], int], random: object
) -> None:
    before = rules.score(PAPER, *rules.counted(PAPER, standing, [], given)).points
    after = rules.score(PAPER, *rules.counted(PAPER, standing, accepted, given))
    random.shuffle(accepted)  # type: ignore[attr-defined]
    again = rules.score(PAPER, *rules.counted(PAPER, standing, accepted, given))
    assert before <= after.points == again.points <= 400
    assert after.waiting == again.waiting


@given(STANDING, ACCEPTED, GIVEN)
def test_a_pass_that_stood_still_stands_while_a_late_text_waits(
    standing: dict[int, tuple[int, ...]], accepted: list[Late], given: dict[tuple[int, int], int]
) -> None:
    was = rules.verdict(rules.score(PAPER, *rules.counted(PAPER, standing, [], given)), 25)
    score = rules.score(PAPER, *rules.counted(PAPER, standing, accepted, given))
    assert not was or rules.verdict(score, 25, was)
