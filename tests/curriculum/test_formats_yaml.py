from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.formats.yaml import MAX_BYTES, Fault, decode, load


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("NO", "NO"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("2026-11-23", "2026-11-23"),
        ("True", "True"),
        ("yes", "yes"),
        ("off", "off"),
        ("0x10", "0x10"),
        ("010", "010"),
        ("1e3", "1e3"),
        (".5", ".5"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("2.50", 2.5),
        ('"12"', "12"),
        ("'true'", "true"),
        ('"988"', "988"),
    ],
)
def test_only_plain_numbers_and_three_words_are_read_as_such(typed: str, read: object) -> None:
    found = load(f"key: {typed}").data["key"]
    assert found == read
    assert type(found) is type(read)


def test_every_value_knows_its_line() -> None:
    loaded = load("a: 1\nb:\n  - x\n  - {c: 2}\n", first_line=10)
    assert loaded.data == {"a": 1, "b": ["x", {"c": 2}]}
    assert loaded.lines[("a",)] == 10
    assert loaded.lines[("b", 0)] == 12
    assert loaded.lines[("b", 1, "c")] == 13


def test_a_key_that_stands_twice_is_an_error_with_both_lines() -> None:
    with pytest.raises(Fault) as met:
        load("a: 1\nb: 2\na: 3\n")
    assert (met.value.line, met.value.what) == (3, "`a` stands here twice.")
    assert "line 1" in met.value.how


BOMB = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BOMB, 1),
        ("x: 1\ny: *x\n", 2),
        ("x: !!python/object/apply:os.system [ls]\n", 1),
        ("x: [1, 2\n", 2),
        ("x: a: b\n", 1),
        ("x: {[1]: 2}\n", 1),
        ("\tx: 1\n", 1),
        ("x: 1\n---\ny: 2\n", 2),
        ("x: 1\n...\n", 2),
        ("x: " + "[" * 60 + "]" * 60, 1),
        ("x: 'no end\n", 2),
    ],
)
def test_what_is_not_plain_yaml_is_one_clear_fault(text: str, line: int) -> None:
    with pytest.raises(Fault) as met:
        load(text)
    assert met.value.line == line
    assert met.value.what.endswith(".")
    assert met.value.how


@pytest.mark.parametrize(
    ("raw", "line"),
    [(b"a\nb\xff\n", 2), (b"a\nb\nc\0\n", 3), (b"x" * (MAX_BYTES + 1), 1)],
)
def test_bytes_that_are_no_text_are_a_clear_fault(raw: bytes, line: int) -> None:
    with pytest.raises(Fault) as met:
        decode(raw)
    assert met.value.line == line


def test_line_endings_and_a_byte_order_mark_do_not_matter() -> None:
    assert decode(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n") == "a: 1\nb: 2\n"


def test_an_empty_text_is_nothing() -> None:
    assert load("# only a remark\n").data is None


def outcome(read: Callable[[], object]) -> object:
    try:
        return read()
    except Fault as fault:
        return fault


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    found = outcome(lambda: load(text))
    assert not isinstance(found, Fault) or (found.line >= 1 and found.what)


@given(st.binary(max_size=100))
def test_any_bytes_are_text_or_refused_in_words(raw: bytes) -> None:
    found = outcome(lambda: decode(raw))
    assert "\0" not in found if isinstance(found, str) else isinstance(found, Fault)
