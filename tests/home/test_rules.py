from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.home.rules import QUIET_AFTER, Reason, Signs, reasons, with_a_reason
from tests.factories import NOON


def signs(**more: object) -> Signs:
    given = {
        "begun_at": NOON - timedelta(days=30),
        "last_read_at": NOON - timedelta(days=1),
        "lessons_done": 2,
        "lessons_required": 10,
        "last_class_mark": "present",
        "returned": (),
    }
    return Signs(**(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ()),
        ({"last_read_at": NOON - QUIET_AFTER}, (Reason("quiet", days=7),)),
        ({"last_read_at": NOON - QUIET_AFTER + timedelta(seconds=1)}, ()),
        ({"last_read_at": NOON - timedelta(days=30), "lessons_done": 10}, ()),
        ({"last_read_at": None}, (Reason("quiet", days=30),)),
        ({"last_read_at": None, "begun_at": NOON - timedelta(days=6)}, ()),
        ({"last_read_at": None, "begun_at": NOON + timedelta(days=30)}, ()),
        ({"last_class_mark": "absent"}, (Reason("absent"),)),
        ({"last_class_mark": None}, ()),
        ({"last_class_mark": "part"}, ()),
        ({"last_class_mark": "made_up"}, ()),
        ({"returned": ("Your story",)}, (Reason("returned", titles=("Your story",)),)),
        (
            {"last_read_at": NOON - timedelta(days=9), "last_class_mark": "absent", "returned": ("A", "B")},
            (Reason("quiet", days=9), Reason("absent"), Reason("returned", titles=("A", "B"))),
        ),
    ],
)
def test_why_somebody_may_be_glad_of_a_call(changed: dict[str, object], expected: tuple[Reason, ...]) -> None:
    assert reasons(signs(**changed), NOON) == expected


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 12),
    st.sampled_from(["present", "part", "absent", "made_up", None]),
    st.lists(st.text(max_size=5), max_size=3).map(tuple),
)
def test_each_reason_is_there_for_its_own_sign_and_no_other(
    begun: datetime, read: datetime | None, lessons: int, mark: str | None, returned: tuple[str, ...]
) -> None:
    found = {one.sign: one for one in reasons(Signs(begun, read, lessons, 10, mark, returned), NOON)}
    assert ("absent" in found) == (mark == "absent")
    assert ("returned" in found) == bool(returned)
    assert ("quiet" in found) == (lessons < 10 and NOON - (read or begun) >= QUIET_AFTER)
    assert all(one.days >= 7 for one in found.values() if one.sign == "quiet")


def test_people_stand_in_the_order_of_their_names_not_of_their_reasons() -> None:
    many = (Reason("quiet", days=30), Reason("absent"))
    people = {1: (), 2: many, 3: (Reason("absent"),), 4: ()}
    assert with_a_reason(people, [3, 4, 2, 1]) == [3, 2]
    assert with_a_reason({}, [1, 2]) == []


@given(st.integers(0, 400), st.integers(0, 12))
def test_whoever_read_today_is_never_called_quiet(days: int, done: int) -> None:
    found = reasons(signs(begun_at=NOON - timedelta(days=days), last_read_at=NOON, lessons_done=done), NOON)
    assert all(reason.sign != "quiet" for reason in found)


@given(st.dictionaries(st.integers(0, 20), st.booleans()))
def test_people_with_a_reason_keep_their_order_and_nobody_is_ranked(who: dict[int, bool]) -> None:
    people = {one: (Reason("absent"),) if has else () for one, has in who.items()}
    order = sorted(who, reverse=True)
    assert with_a_reason(people, order) == [one for one in order if who[one]]
