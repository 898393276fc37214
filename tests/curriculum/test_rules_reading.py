import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.rules.reading import grade, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("you", 1), ("the", 1), ("hour", 1), ("asked", 1), ("wanted", 2), ("phones", 1), ("changes", 2), ("little", 2),
        ("person", 2), ("going", 2), ("idea", 3), ("media", 3), ("quiet", 2), ("science", 2), ("person's", 2), ("they’re", 1),
        ("conversation", 4), ("hospitalization", 6), ("serious", 3), ("usual", 3), ("friend", 1), ("nation", 2), ("mhm", 1),
    ],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


SIMPLE = ["You stay with them. You ask one thing. You wait for it. They speak in the end."] * 10
HARD = [
    "Institutional accountability necessitates interdisciplinary collaboration regarding psychiatric hospitalization."
] * 20


def test_longer_sentences_and_words_read_at_a_higher_grade() -> None:
    simple, hard = grade(SIMPLE), grade(HARD)
    assert simple is not None
    assert hard is not None
    assert simple < 2
    assert hard > 20


def test_a_known_text_has_its_known_grade() -> None:
    # 13 words, 1 sentence, 14 syllables: 0.39 × 13 + 11.8 × 14 ÷ 13 − 15.59 = 2.19
    assert grade(["The cat sat on the mat and then it ran home again fast."] * 10) == 2.2


def test_too_little_text_has_no_grade() -> None:
    assert grade(["You stay."]) is None
    assert grade([]) is None


@given(st.lists(st.text(max_size=80), max_size=20))
def test_any_text_has_a_grade_or_none(blocks: list[str]) -> None:
    found = grade(blocks)
    assert found is None or -20 < found < 400


@given(st.integers(10, 30))
def test_saying_it_again_does_not_change_the_grade(times: int) -> None:
    assert grade(SIMPLE * times) == grade(SIMPLE)
