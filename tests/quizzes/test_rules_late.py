"""A late answer that is let count can only help."""

from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes import rules
from lms.quizzes.rules import Paper, Question
from tests.factories import item

PAPER = Paper((Question(1, item(1)), Question(2, item(2, kind="multiple")), Question(3, item(3))))
CHOICES = st.lists(st.integers(0, 3), unique=True, max_size=1).map(tuple)
STANDING = st.dictionaries(st.integers(1, 3), CHOICES)
ACCEPTED = st.lists(st.tuples(st.integers(1, 3), CHOICES), max_size=6)


def test_the_better_answer_counts() -> None:
    assert rules.counted(PAPER, {1: (0,)}, [(1, (1,))]) == {1: (1,)}
    assert rules.counted(PAPER, {1: (1,)}, [(1, (0,))]) == {1: (1,)}
    assert rules.counted(PAPER, {}, [(3, (1,)), (3, (2,))]) == {3: (1,)}
    assert rules.counted(PAPER, {1: (0,)}, []) == {1: (0,)}


@given(STANDING, ACCEPTED, st.randoms(use_true_random=False))
def test_it_only_helps_and_its_order_does_not_matter(
    standing: dict[int, tuple[int, ...]], accepted: list[tuple[int, tuple[int, ...]]], random: object
) -> None:
    before = rules.score(PAPER, standing).points
    after = rules.score(PAPER, rules.counted(PAPER, standing, accepted)).points
    random.shuffle(accepted)  # type: ignore[attr-defined]
    assert before <= after == rules.score(PAPER, rules.counted(PAPER, standing, accepted)).points <= 300
