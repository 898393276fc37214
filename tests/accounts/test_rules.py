from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts import rules
from tests.factories import NOON

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "short"),
        ("nine char", "short"),
        ("ten chars!", ""),
        ("ẹẹẹẹẹẹẹẹẹẹ", ""),
        ("x" * 200, ""),
        ("x" * 201, "long"),
        ("Robin@Example.org", "email"),
        (" robin@example.org ", "email"),
    ],
)
def test_password(password: str, problem: str) -> None:
    assert rules.password_problem(password, "robin@example.org") == problem


def test_password_of_somebody_without_an_address() -> None:
    assert rules.password_problem("long enough", None) == ""


def test_four_tries_do_not_wait() -> None:
    assert rules.wait([NOON - MINUTE] * 4, 5, NOON) is None


def test_five_tries_wait_until_the_first_is_a_window_old() -> None:
    tries = [NOON - minutes * MINUTE for minutes in (10, 8, 6, 4, 2)]
    assert rules.wait(tries, 5, NOON) == 5 * MINUTE


def test_old_tries_are_forgotten() -> None:
    assert rules.wait([NOON - rules.WINDOW] * 9, 5, NOON) is None


@given(st.lists(st.integers(0, 3600), max_size=30), st.integers(1, 8))
def test_a_wait_always_ends_within_a_window_and_then_lets_through(ages: list[int], limit: int) -> None:
    tries = [NOON - timedelta(seconds=age) for age in ages]
    held = rules.wait(tries, limit, NOON)
    if held is not None:
        assert timedelta(0) < held <= rules.WINDOW
        assert rules.wait(tries, limit, NOON + held) is None


@given(st.lists(st.integers(0, 3600), max_size=30), st.integers(0, 3600))
def test_one_more_try_never_shortens_the_wait(ages: list[int], more: int) -> None:
    tries = [NOON - timedelta(seconds=age) for age in ages]
    before = rules.wait(tries, 5, NOON) or timedelta(0)
    after = rules.wait([*tries, NOON - timedelta(seconds=more)], 5, NOON) or timedelta(0)
    assert after >= before


def test_longest() -> None:
    assert rules.longest([None, MINUTE, 3 * MINUTE]) == 3 * MINUTE
    assert rules.longest([None, None]) is None


@pytest.mark.parametrize("path", ["/", "/lessons/walking-beside/2", "/hours?from=1&to=2", "/quizzes/x#q3", "/a//b"])
def test_local_paths_are_followed(path: str) -> None:
    assert rules.local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None, "", "hours", "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "/\n/evil.example", " /hours", "/hours\r\nSet-Cookie: a=b", "javascript:alert(1)", "///evil.example", "/\x7f/evil",
    ],
)  # fmt: skip
def test_paths_that_leave_the_site_are_dropped(path: str | None) -> None:
    assert rules.local_path(path) == ""


@given(st.text(max_size=20))
def test_a_followed_path_has_one_slash_first_and_no_trick(text: str) -> None:
    followed = rules.local_path("/" + text)
    assert followed == "" or (followed[1:2] not in ("/", "\\") and "\\" not in followed and "\t" not in followed)


@pytest.mark.parametrize(
    ("agent", "named"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", ("Safari", "iPhone")),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", ("Edge", "Windows")),
        ("curl/8", ("", "")),
        ("", ("", "")),
    ],
)
def test_browsers_are_named_as_people_name_them(agent: str, named: tuple[str, str]) -> None:
    assert rules.browser_of(agent) == named
