"""When an attempt ends. One function says where it stands; the server's clock alone decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

ALLOWANCE = timedelta(seconds=15)
"""For the network alone: an answer given in time may arrive this much later. Nobody is shown it as time."""

Recorded = Literal["in_progress", "submitted", "expired"]
State = Literal["open", "allowance", "lapsed", "submitted", "expired"]
LEGAL: dict[Recorded, frozenset[Recorded]] = {
    "in_progress": frozenset({"submitted", "expired"}),
    "submitted": frozenset(),
    "expired": frozenset(),
}
"""What may follow what. A closed attempt stays closed; a new try is a new attempt."""


@dataclass(frozen=True, slots=True)
class TimeTerms:
    """A person's standing arrangement; `factor_percent` 150 means one and a half times the limit."""

    factor_percent: int = 100
    extra_minutes: int = 0
    untimed: bool = False


@dataclass(frozen=True, slots=True)
class Timing:
    """What decides where an attempt stands."""

    started_at: datetime
    deadline: datetime | None
    recorded: Recorded = "in_progress"


@dataclass(frozen=True, slots=True)
class Closing:
    """How an attempt closes, and when it counts as finished."""

    state: Recorded
    at: datetime


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """The time left as a page says it: whole minutes to the nearest; `mark` is what is worth telling by itself."""

    seconds: int
    minutes: int
    mark: Literal["plenty", "five", "one", "up"]


def allowed_seconds(limit_seconds: int | None, terms: TimeTerms) -> int | None:
    """Return how long a person has in all; None when there is no limit. An arrangement never shortens."""
    if limit_seconds is None or terms.untimed:
        return None
    stretched = -(-limit_seconds * max(100, terms.factor_percent) // 100)
    return stretched + 60 * max(0, terms.extra_minutes)


def deadline(started_at: datetime, limit_seconds: int | None, terms: TimeTerms) -> datetime | None:
    """Return the instant an attempt ends; None when it has no limit. No closing date of a course cuts it short."""
    seconds = allowed_seconds(limit_seconds, terms)
    return None if seconds is None else started_at + timedelta(seconds=seconds)


def state(timing: Timing, now: datetime) -> State:
    """Return where an attempt stands at an instant, whether or not anybody has written it down yet."""
    if timing.recorded != "in_progress":
        return timing.recorded
    if timing.deadline is None or now <= timing.deadline:
        return "open"
    return "allowance" if now <= timing.deadline + ALLOWANCE else "lapsed"


def takes_answers(stands: State) -> bool:
    """Whether an answer that arrives now counts."""
    return stands in ("open", "allowance")


def closing(timing: Timing, now: datetime) -> Closing | None:
    """Return how an attempt would close at an instant; None when it is closed already.

    Closed by a person who is there, it ended when they sent it; found lapsed later, it ended at its deadline, not when
    somebody or a timer came by.
    """
    stands = state(timing, now)
    if takes_answers(stands):
        return Closing("submitted", max(now, timing.started_at))
    if stands == "lapsed" and timing.deadline is not None:
        return Closing("expired", timing.deadline)
    return None


def time_left(ends: datetime | None, now: datetime) -> TimeLeft | None:
    """Return the time left; None without a limit."""
    if ends is None:
        return None
    seconds = max(0, int((ends - now).total_seconds()))
    mark: Literal["plenty", "five", "one", "up"] = "plenty"
    if seconds <= 300:
        mark = "up" if seconds == 0 else "one" if seconds <= 60 else "five"
    return TimeLeft(seconds, (seconds + 30) // 60, mark)
