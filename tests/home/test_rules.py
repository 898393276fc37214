"""Who may be glad of a call: plain signs, each with its number."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.home import rules
from lms.home.rules import Reason, Signs
from tests.factories import NOON


def signs(**more: object) -> Signs:
    given = {
        "begun_at": NOON - timedelta(days=30),
        "last_read_at": NOON - timedelta(days=1),
        "lessons_done": 3,
        "lessons_required": 12,
        "last_class_mark": "present",
        "returned": (),
    }
    return Signs(**(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"last_read_at": NOON - timedelta(days=7)}, (Reason("quiet", days=7),)),
        ({"last_read_at": NOON - timedelta(days=6, hours=23)}, ()),
        ({"last_read_at": None}, (Reason("quiet", days=30),)),
        ({"last_read_at": None, "begun_at": NOON - timedelta(days=2)}, ()),
        ({"last_read_at": None, "lessons_done": 12}, ()),
        ({"last_class_mark": "absent"}, (Reason("absent"),)),
        ({"last_class_mark": "made_up"}, ()),
        ({"last_class_mark": None}, ()),
        ({"returned": ("A turning point",)}, (Reason("returned", titles=("A turning point",)),)),
    ],
)
def test_a_sign_is_a_sign_only_when_it_is_there(change: dict[str, object], expected: tuple[Reason, ...]) -> None:
    assert rules.reasons(signs(**change), NOON) == expected


@given(st.integers(0, 400), st.integers(0, 12))
def test_whoever_read_today_is_never_called_quiet(days: int, done: int) -> None:
    found = rules.reasons(signs(begun_at=NOON - timedelta(days=days), last_read_at=NOON, lessons_done=done), NOON)
    assert all(reason.sign != "quiet" for reason in found)


@given(st.dictionaries(st.integers(0, 20), st.booleans()))
def test_people_with_a_reason_keep_their_order_and_nobody_is_ranked(who: dict[int, bool]) -> None:
    people = {one: (Reason("absent"),) if has else () for one, has in who.items()}
    order = sorted(who, reverse=True)
    assert rules.with_a_reason(people, order) == [one for one in order if who[one]]
