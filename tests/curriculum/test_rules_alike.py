"""Nearly the same sets are found without comparing all, and none is missed."""

from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.rules.alike import Words, alike, pairs

SETS = st.lists(st.frozensets(st.sampled_from("abcdefghijkl"), max_size=12), max_size=14)


@given(SETS, st.integers(1, 100))
def test_the_same_pairs_are_found_as_by_comparing_all(sets: list[Words], percent: int) -> None:
    every = [(later, earlier) for later in range(len(sets)) for earlier in range(later)]
    assert list(pairs(sets, percent)) == [
        (one, other) for one, other in every if alike(sets[one], sets[other], percent)
    ]


def test_the_share_is_of_all_their_words_together() -> None:
    assert alike(frozenset("abcd"), frozenset("abc"), 75)
    assert not alike(frozenset("abcd"), frozenset("abc"), 76)
    assert not alike(frozenset(), frozenset(), 1)
