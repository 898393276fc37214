from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes import rules
from lms.quizzes.rules import Paper, Question, Sat
from tests.factories import item

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAPER = Paper(tuple(Question(at, item(at, correct=1)) for at in (1, 2, 3, 4)))


def sat(*choices: int | None, seconds: dict[int, int] | None = None, paper: Paper = PAPER) -> Sat:
    """Somebody who chose these options, in order; None: left open. Option 1 is right."""
    return Sat(paper, {at: (one,) for at, one in enumerate(choices, 1) if one is not None}, seconds or {})


def of(found: tuple[rules.ItemFigures, ...], number: int) -> rules.ItemFigures:
    return next(one for one in found if one.item == f"it-{number:03d}")


def test_below_enough_answers_nothing_is_judged() -> None:
    found = of(rules.figures([sat(1, 1, 1, 1)] * (rules.ENOUGH - 1)), 1)
    assert (found.shown, found.answered) == (29, 29)
    assert (found.facility, found.discrimination, found.seconds, found.options, found.remarks) == (
        None,
        None,
        None,
        (),
        (),
    )


def test_facility_is_the_share_of_the_points_and_an_open_question_gives_none() -> None:
    found = of(rules.figures([sat(1), sat(0), sat(None), sat(1)], enough=4), 1)
    assert (found.shown, found.answered, found.facility) == (4, 3, 50)


@pytest.mark.parametrize(
    ("able", "unsure", "expected", "remark"),
    [(1, 0, 100, None), (0, 1, -100, "backwards"), (1, 1, None, "easy"), (0, 0, None, "hard")],
)
def test_discrimination_says_whether_the_able_did_better(
    able: int, unsure: int, expected: int | None, remark: str | None
) -> None:
    found = of(rules.figures([sat(able, 1, 1, 1)] * 3 + [sat(unsure, 0, 0, 0)] * 3, enough=6), 1)
    assert found.discrimination == expected
    assert remark is None or remark in found.remarks


def test_options_are_counted_by_their_words_wherever_they_stood() -> None:
    turned = Paper(
        tuple(Question(q.position, replace(q.item, options=tuple(reversed(q.item.options)))) for q in PAPER.questions)
    )
    found = rules.figures([sat(1, 1, 1, 1), sat(3, 3, 3, 3, paper=turned)], enough=2)
    assert len(found) == 4
    first = of(found, 1)
    assert [(x.text, x.chosen, x.percent) for x in first.options] == [
        ("Second way", 1, 50), ("First way", 1, 50), ("Fourth way", 0, 0), ("Third way", 0, 0),
    ]  # fmt: skip
    assert "rare" in first.remarks


def test_other_words_are_another_question() -> None:
    mended = Paper(tuple(Question(q.position, replace(q.item, stem="<p>Mended?</p>")) for q in PAPER.questions))
    assert len(rules.figures([sat(1), sat(1, paper=mended)], enough=1)) == 8


def test_time_is_the_middle_and_breaks_are_left_out() -> None:
    at = [(1, NOON + timedelta(seconds=20)), (2, NOON + timedelta(hours=1)), (1, NOON + timedelta(seconds=3605)),
          (3, NOON + timedelta(seconds=3645))]  # fmt: skip
    assert rules.seconds_of(NOON, at, longest=600) == {1: 20, 3: 40}
    found = rules.figures([sat(1, seconds={1: seconds}) for seconds in (10, 20, 400)], enough=3)
    assert (of(found, 1).seconds, of(found, 2).seconds) == (20, None)


def test_what_is_worth_a_look_comes_first() -> None:
    found = rules.figures([sat(1, 0, 1, 1), sat(1, 0, 0, 2)] * 2, enough=4)
    assert [bool(one.remarks) for one in found] == sorted((bool(one.remarks) for one in found), reverse=True)


ANSWERS = st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=4, max_size=4)


@given(st.lists(ANSWERS, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_figures_stay_in_range_and_do_not_depend_on_the_order_of_people(people: list[list[int | None]], chance) -> None:  # type: ignore[no-untyped-def]
    everybody = [sat(*one) for one in people]
    found = rules.figures(everybody, enough=1)
    for one in found:
        assert one.facility is not None
        assert 0 <= one.facility <= 100
        assert one.discrimination is None or -100 <= one.discrimination <= 100
        assert sum(option.chosen for option in one.options) == one.answered <= one.shown == len(people)
    chance.shuffle(everybody)
    assert rules.figures(everybody, enough=1) == found
