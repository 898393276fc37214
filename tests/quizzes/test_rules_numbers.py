"""A number that somebody typed is read in one way or not at all."""

import pytest

from lms.quizzes import rules


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,000.5", "1000.5"), ("1000.5", "1000.5"), (".5", "0.5"), ("-2", "-2"), ("−2", "-2"), ("1,234,567", "1234567"),
        ("12 %", "12"), ("% 12", "12"), ("007", "7"),
    ],
)  # fmt: skip
def test_a_number_is_read(typed: str, value: str) -> None:
    read = rules.read_number(typed, "%")
    assert read is not None
    assert str(float(read)) == str(float(value))


@pytest.mark.parametrize(
    "typed", ["", "12,5", "1.000,5", "1,00", "1 000", "1e3", "٣", "½", "--1", ".", "1.", "9" * 61, "0x10"]
)
def test_what_two_people_would_read_in_two_ways_is_not_read(typed: str) -> None:
    assert rules.read_number(typed) is None
