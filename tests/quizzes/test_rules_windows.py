from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.rules import Window, windows

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WALLS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("window", "stands"),
    [
        (Window(), "open"),
        (Window(NOW + HOUR), "before"),
        (Window(NOW), "open"),
        (Window(None, NOW), "open"),
        (Window(None, NOW - HOUR), "after"),
        (Window(NOW - HOUR, NOW + HOUR), "open"),
    ],
)
def test_when_a_quiz_may_be_begun(window: Window, stands: str) -> None:
    assert window.stands(NOW) == stands


def test_it_closes_after_it_opens() -> None:
    assert windows.problem(Window(NOW, NOW)) == "order"
    assert windows.problem(Window(NOW, NOW + HOUR)) == windows.problem(Window(None, NOW)) == ""
    assert all(windows.SENTENCES.values())


@pytest.mark.parametrize(
    ("wall", "days", "then"),
    [
        (datetime(2026, 10, 30, 18, 0), 7, datetime(2026, 11, 6, 18, 0)),  # the clocks go back in between
        (datetime(2027, 3, 10, 18, 0), 7, datetime(2027, 3, 17, 18, 0)),  # and forward
        (datetime(2027, 3, 7, 2, 30), 7, datetime(2027, 3, 14, 3, 30)),  # half past two does not exist on that day
    ],
)
def test_a_week_later_is_the_same_time_on_the_wall(wall: datetime, days: int, then: datetime) -> None:
    at = wall.replace(tzinfo=NEW_YORK).astimezone(UTC)
    moved = Window(at, None).later(days, "America/New_York").opens_at
    assert moved is not None
    assert moved.astimezone(NEW_YORK).replace(tzinfo=None) == then


@given(WALLS, st.integers(0, 400), st.sampled_from(["America/New_York", "America/Phoenix", "UTC", "Europe/Berlin"]))
def test_days_later_never_moves_the_time_of_day_but_for_a_skipped_hour(wall: datetime, days: int, zone: str) -> None:
    at = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    moved = Window(at, at + HOUR).later(days, zone)
    assert moved.opens_at is not None
    there = moved.opens_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    meant = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + timedelta(days=days)
    assert there - meant in (timedelta(0), HOUR)
    assert Window().later(days, zone) == Window()
