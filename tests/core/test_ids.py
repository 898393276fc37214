from hypothesis import given
from hypothesis import strategies as st

from lms.core import ids


def test_codes_use_only_letters_that_cannot_be_confused() -> None:
    codes = [ids.new_code(12) for _ in range(200)]
    assert len(set(codes)) == 200
    assert set("".join(codes)) <= set(ids.ALPHABET)
    assert not set("01OILU") & set(ids.ALPHABET)


def test_a_code_in_groups_reads_back() -> None:
    assert ids.group("PM7K2QXD94RT") == "PM7K-2QXD-94RT"
    assert ids.normalise(" pm7k-2qxd 94rt ") == "PM7K2QXD94RT"


@given(st.text(alphabet=ids.ALPHABET, min_size=1, max_size=20))
def test_normalising_a_printed_code_gives_the_code(code: str) -> None:
    assert ids.normalise(ids.group(code).lower()) == code


@given(st.lists(st.integers()), st.integers(0, 2**31 - 1))
def test_a_seed_decides_the_order_and_loses_nothing(values: list[int], seed: int) -> None:
    once = ids.shuffled(values, seed)
    assert once == ids.shuffled(values, seed)
    assert sorted(once) == sorted(values)


def test_seeds_and_tokens_differ() -> None:
    assert len({ids.new_token() for _ in range(50)}) == 50
    assert len({ids.new_uuid() for _ in range(50)}) == 50
    assert 0 <= ids.new_seed() < 2**31
