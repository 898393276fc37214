from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.rules.shapes import Quiz
from lms.quizzes import rules
from lms.quizzes.rules import Try

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUIZ = Quiz("q", "Quiz", "module", "m1", 30, 3, 12, 75, True, True, "feedback", (), ())


def closed(number: int, points: int, out_of: int = 400, at: datetime = NOW) -> Try:
    return Try(f"C{number}", "q", number, "submitted", None, at, points, out_of, points * 100 >= 75 * out_of)


def under_way(number: int, deadline: datetime | None = None) -> Try:
    return Try(f"C{number}", "q", number, "in_progress", deadline, None, None, None, None)


def test_nothing_tried_comes_to_nothing() -> None:
    found = rules.summarise("q", [])
    assert (found.tries, found.passed, found.best_percent, found.open_code, found.last_closed_at) == (
        0,
        False,
        0,
        None,
        None,
    )


def test_the_best_attempt_counts_and_a_pass_is_never_undone() -> None:
    found = rules.summarise(
        "q", [closed(1, 300, at=NOW), closed(2, 100, at=NOW + HOUR), closed(3, 320, at=NOW + 2 * HOUR)]
    )
    assert (found.tries, found.best_points, found.out_of, found.best_percent) == (3, 320, 400, 80)
    assert (found.passed, found.passed_at, found.last_closed_at) == (True, NOW, NOW + 2 * HOUR)
    assert found.best_code == "C3"


def test_an_open_attempt_is_named_and_not_counted() -> None:
    found = rules.summarise("q", [under_way(2, NOW + HOUR), closed(1, 100)])
    assert (found.tries, found.open_code, found.open_deadline, found.best_points) == (1, "C2", NOW + HOUR, 100)


TRIES = st.lists(st.integers(0, 400), max_size=6).map(
    lambda all_points: [closed(at, points, at=NOW + at * HOUR) for at, points in enumerate(all_points, 1)]
)


@given(TRIES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(tries: list[Try], random: object) -> None:
    mixed = list(tries)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert rules.summarise("q", mixed) == rules.summarise("q", tries)


@given(TRIES, st.integers(0, 400))
def test_another_attempt_never_makes_a_result_worse(tries: list[Try], points: int) -> None:
    before = rules.summarise("q", tries)
    after = rules.summarise("q", [*tries, closed(len(tries) + 1, points, at=NOW + 99 * HOUR)])
    assert after.best_points >= before.best_points
    assert after.passed >= before.passed
    assert before.passed_at is None or after.passed_at == before.passed_at


@pytest.mark.parametrize(
    ("quiz", "tries", "now", "expected"),
    [
        (QUIZ, [], NOW, ("now", 3)),
        (QUIZ, [closed(1, 0)], NOW + HOUR, ("later", 2)),
        (QUIZ, [closed(1, 0)], NOW + 12 * HOUR, ("now", 2)),
        (QUIZ, [closed(1, 0), closed(2, 0), closed(3, 0)], NOW + 99 * HOUR, ("used_up", 0)),
        (QUIZ, [closed(1, 0), under_way(2)], NOW, ("open", 2)),
        (QUIZ, [closed(1, 0), closed(2, 0), under_way(3)], NOW, ("open", 1)),
        (replace(QUIZ, attempts=None, retry_after_hours=0), [closed(n, 0) for n in range(1, 9)], NOW, ("now", None)),
    ],
)
def test_when_another_attempt_may_start(
    quiz: Quiz, tries: list[Try], now: datetime, expected: tuple[str, int | None]
) -> None:
    found = rules.again(quiz, rules.summarise("q", tries), now)
    assert (found.state, found.left) == expected


def test_the_wait_is_told_with_its_end() -> None:
    assert rules.again(QUIZ, rules.summarise("q", [closed(1, 0)]), NOW).since == NOW + 12 * HOUR
    assert rules.again(QUIZ, None, NOW).since is None


PASSED = [closed(1, 400)]


@pytest.mark.parametrize(
    ("tries", "over", "expected"),
    [
        ([closed(1, 0)], False, "between"),
        ([closed(1, 0)], True, "closed"),
        ([closed(1, 0), closed(2, 0), closed(3, 0)], False, "closed"),
        ([closed(1, 0), closed(2, 0), under_way(3)], True, "between"),
        (PASSED, False, "passed"),
        (PASSED, True, "passed"),
        ([*PASSED, under_way(2)], False, "passed"),
    ],
)
def test_in_which_phase_somebody_looks_back(tries: list[Try], over: bool, expected: str) -> None:
    found = rules.summarise("q", tries)
    assert rules.phase(found, rules.again(QUIZ, found, NOW), over=over) == expected
    assert rules.phase(found, None, over=over) == ("passed" if found.passed else "closed")
