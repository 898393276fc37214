"""Reading and grading: the rubric decides, claims run out, names stay hidden until release."""

from dataclasses import asdict
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.rules import shapes
from lms.narratives import rules
from tests.factories import NOON, pieces

NAMES = ("moment", "help", "limits")
RUBRIC = rules.rubric_of(pieces()["rubric:story"])
POINTS = st.dictionaries(st.sampled_from([*NAMES, "unknown"]), st.integers(-1, 4))
REASONS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", "  ", "Because of the gate."]))


def levels(*points: int) -> dict[str, int]:
    return dict(zip(NAMES, points, strict=True))


def test_a_rubric_survives_being_frozen() -> None:
    assert rules.rubric_of(asdict(RUBRIC)) == RUBRIC
    assert isinstance(RUBRIC, shapes.Rubric)


@pytest.mark.parametrize(
    ("chosen", "points", "accepted"),
    [
        (levels(3, 3, 3), 9, True),
        (levels(2, 1, 1), 4, True),
        (levels(1, 1, 1), 3, False),
        (levels(3, 3, 0), 6, False),
        ({"moment": 3, "help": 3}, 6, False),
    ],
)
def test_the_rubric_decides(chosen: dict[str, int], points: int, accepted: bool) -> None:
    judged = rules.outcome(RUBRIC, chosen)
    assert (judged.points, judged.out_of, judged.accepted) == (points, 9, accepted)
    assert judged.word == ("accepted" if accepted else "returned")


def test_a_zero_needs_a_reason() -> None:
    judged = rules.outcome(RUBRIC, levels(3, 3, 0))
    assert (judged.zero_criteria, judged.missing_reasons, judged.complete) == (("limits",), ("limits",), False)
    assert rules.outcome(RUBRIC, levels(3, 3, 0), {"limits": " \n"}).missing_reasons == ("limits",)
    assert rules.outcome(RUBRIC, levels(3, 3, 0), {"limits": "No limit is named."}).complete


def test_a_rubric_may_bear_a_zero() -> None:
    lenient = shapes.Rubric("r", "R", 4, False, RUBRIC.criteria)
    assert rules.outcome(lenient, levels(3, 3, 0)).accepted


def test_a_missing_level_is_named() -> None:
    assert rules.outcome(RUBRIC, {"moment": 3}).missing_levels == ("help", "limits")


@given(POINTS, REASONS)
def test_an_outcome_is_never_both(chosen: dict[str, int], reasons: dict[str, str]) -> None:
    fits = rules.fitting(RUBRIC, chosen)
    judged = rules.outcome(RUBRIC, fits, reasons)
    assert 0 <= judged.points <= judged.out_of
    assert set(judged.missing_reasons) <= set(judged.zero_criteria) <= set(NAMES)
    assert not (judged.accepted and (judged.missing_levels or judged.zero_criteria))
    assert judged.accepted <= (judged.points >= RUBRIC.pass_points)


@given(st.tuples(*[st.integers(1, 3)] * 3), st.integers(0, 2))
def test_a_better_level_never_turns_an_acceptance_down(chosen: tuple[int, int, int], at: int) -> None:
    better = {**levels(*chosen), NAMES[at]: 3}
    assert rules.outcome(RUBRIC, levels(*chosen)).accepted <= rules.outcome(RUBRIC, better).accepted


def test_levels_the_rubric_does_not_have_are_dropped() -> None:
    assert rules.fitting(RUBRIC, {"moment": 3, "help": 4, "else": 1}) == {"moment": 3}


AHEAD, PAST = NOON + timedelta(minutes=1), NOON


@pytest.mark.parametrize(
    ("by", "until", "reader", "held"),
    [
        (None, None, 1, "free"),
        (1, AHEAD, 1, "mine"),
        (2, AHEAD, 1, "taken"),
        (1, PAST, 1, "free"),
        (2, PAST, 1, "free"),
        (2, AHEAD, None, "taken"),
    ],
)
def test_who_holds_a_text(by: int | None, until: datetime | None, reader: int | None, held: str) -> None:
    assert rules.hold(by, until, reader, NOON) == held


@given(st.integers(1, 3), st.integers(1, 3), st.timedeltas(timedelta(0), timedelta(hours=4)))
def test_a_claim_belongs_to_one_reader_and_runs_out(by: int, reader: int, after: timedelta) -> None:
    held = rules.hold(by, rules.lease(NOON), reader, NOON + after)
    assert (held == "free") == (after >= rules.LEASE)
    assert (held == "mine") == (by == reader and after < rules.LEASE)


@pytest.mark.parametrize(
    ("state", "held", "shown"),
    [
        ("waiting", "free", False),
        ("waiting", "taken", False),
        ("waiting", "mine", True),
        ("accepted", "free", True),
        ("returned", "taken", True),
    ],
)
def test_when_a_text_is_shown(state: rules.State, held: rules.Hold, shown: bool) -> None:
    assert rules.shows_text(state, held) is shown


@pytest.mark.parametrize(
    ("interview", "state", "hidden"),
    [(False, "waiting", True), (False, "accepted", False), (False, "returned", False), (True, "waiting", False)],
)
def test_the_name_is_hidden_until_release(interview: bool, state: rules.State, hidden: bool) -> None:
    assert rules.name_hidden(interview, state) is hidden


def test_a_label_says_nothing_of_the_writer() -> None:
    assert rules.label("K3PM7QXD94") == "N-K3PM"


@pytest.mark.parametrize(("hours", "days"), [(0, 0), (23, 0), (24, 1), (49, 2), (-5, 0)])
def test_days_waiting(hours: int, days: int) -> None:
    assert rules.days_waiting(NOON - timedelta(hours=hours), NOON) == days


def test_a_letter_holds_no_word_of_the_story_or_the_grade() -> None:
    for subject, body in (rules.LETTER, rules.CORRECTION):
        assert not {"accepted", "returned", "points", "rubric"} & set((subject + body).lower().split())
