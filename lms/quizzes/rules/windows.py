"""When a quiz may be begun: opening and closing times of one cohort, as times on the wall of its zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

SENTENCES = {
    "order": "The closing time must come after the opening time.",
    "gap": "This time does not exist on that day, because the clocks go forward. Choose a time an hour later.",
    "half": "Give a day and a time, or leave both empty.",
}


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when a quiz may be begun; None: from the first day on, without an end.

    It never ends an attempt: whoever has begun has the whole of their time, whatever the closing time says.
    """

    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def stands(self, now: datetime) -> Literal["before", "open", "after"]:
        """Say whether the quiz may be begun at an instant."""
        if self.opens_at is not None and now < self.opens_at:
            return "before"
        return "after" if self.closes_at is not None and now > self.closes_at else "open"

    def later(self, days: int, zone: str) -> "Window":
        """Return the window moved by whole days; the time on the wall stays, also over a change of the clocks."""
        return Window(_moved(self.opens_at, days, zone), _moved(self.closes_at, days, zone))


ALWAYS = Window()


def problem(window: Window) -> str:
    """Return the key of what is wrong with a window; empty when nothing is."""
    both = window.opens_at is not None and window.closes_at is not None
    return "order" if both and window.closes_at <= window.opens_at else ""  # type: ignore[operator]


def _moved(at: datetime | None, days: int, zone: str) -> datetime | None:
    if at is None:
        return None
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + timedelta(days=days)
    # A time that the clocks skip becomes the same stretch after midnight an hour on; one that comes twice is the first.
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
