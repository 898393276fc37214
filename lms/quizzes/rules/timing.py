"""When an attempt ends. One function says where it stands; the server's clock alone decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

ALLOWANCE = timedelta(seconds=15)
"""For the network alone: an answer given in time may arrive this much later. Nobody is shown it as time."""

Recorded = Literal["in_progress", "submitted", "expired", "abandoned"]
State = Literal["open", "allowance", "pausing", "paused", "grace", "lapsed", "submitted", "expired", "abandoned"]
Overdue = Literal["submit", "grace", "abandon"]
"""What becomes of an attempt that nobody sent in time: it closes with what was saved; it may still be sent for a while;
it does not count."""
LEGAL: dict[Recorded, frozenset[Recorded]] = {
    "in_progress": frozenset({"submitted", "expired", "abandoned"}),
    "submitted": frozenset(),
    "expired": frozenset({"in_progress"}),
    "abandoned": frozenset({"in_progress"}),
}
"""What may follow what. What a student sent stays sent; what only the clock closed, staff may open again with a reason."""


@dataclass(frozen=True, slots=True)
class TimeTerms:
    """A person's standing arrangement; `factor_percent` 150 means one and a half times the limit."""

    factor_percent: int = 100
    extra_minutes: int = 0
    untimed: bool = False
    break_minutes: int = 0
    """How long in all the person may stop the clock of a quiz without asking."""
    hide_time: bool = False
    """No clock is shown unless they ask for it."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What decides where an attempt stands. A pause is two instants: its beginning, and when it ends by itself."""

    started_at: datetime
    deadline: datetime | None
    recorded: Recorded = "in_progress"
    overdue: Overdue = "submit"
    grace: timedelta = timedelta(0)
    paused_at: datetime | None = None
    pause_ends: datetime | None = None


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


def paused_for(timing: Timing, now: datetime) -> timedelta:
    """Return how long the clock has stood still in the pause under way, at an instant."""
    if timing.paused_at is None or timing.pause_ends is None:
        return timedelta(0)
    return max(min(now, timing.pause_ends) - timing.paused_at, timedelta(0))


def ends(timing: Timing, now: datetime) -> datetime | None:
    """Return when the time is up as it looks at an instant: each moment of a pause moves it by as much."""
    return None if timing.deadline is None else timing.deadline + paused_for(timing, now)


def state(timing: Timing, now: datetime) -> State:
    """Return where an attempt stands at an instant, whether or not anybody has written it down yet."""
    if timing.recorded != "in_progress":
        return timing.recorded
    if timing.paused_at is not None and timing.pause_ends is not None and now < timing.pause_ends:
        # What was on its way when the clock stopped was given in time.
        return "pausing" if now <= timing.paused_at + ALLOWANCE else "paused"
    over = ends(timing, now)
    if over is None or now <= over:
        return "open"
    if now <= over + ALLOWANCE:
        return "allowance"
    return "grace" if timing.overdue == "grace" and now <= over + timing.grace + ALLOWANCE else "lapsed"


def takes_answers(stands: State) -> bool:
    """Whether an answer that arrives now counts."""
    return stands in ("open", "allowance", "pausing")


def may_send(stands: State) -> bool:
    """Whether a student may still send what is saved."""
    return takes_answers(stands) or stands in ("paused", "grace")


def under_way(stands: State) -> bool:
    """Whether an attempt is neither closed nor to be found closed."""
    return may_send(stands)


def due(timing: Timing) -> datetime | None:
    """Return the instant from which a timer has to look at an attempt: its pause runs out, or its time with all grace."""
    if timing.recorded != "in_progress":
        return None
    if timing.pause_ends is not None:
        return timing.pause_ends
    if timing.deadline is None:
        return None
    return timing.deadline + (timing.grace if timing.overdue == "grace" else timedelta(0))


def lapse(timing: Timing, now: datetime) -> Closing | None:
    """Return how an attempt closes because its time is over; None when it is not over, or it is closed already.

    It ended when its time was up, not when somebody or a timer came by.
    """
    over = ends(timing, now)
    if state(timing, now) != "lapsed" or over is None:
        return None
    if timing.overdue == "submit":
        return Closing("expired", over)
    return Closing("abandoned", over + (timing.grace if timing.overdue == "grace" else timedelta(0)))


def closing(timing: Timing, now: datetime) -> Closing | None:
    """Return how an attempt closes when its student sends it at an instant; None when it is closed already."""
    if may_send(state(timing, now)):
        return Closing("submitted", max(now, timing.started_at))
    return lapse(timing, now)


def time_left(ends: datetime | None, now: datetime) -> TimeLeft | None:
    """Return the time left; None without a limit."""
    if ends is None:
        return None
    seconds = max(0, int((ends - now).total_seconds()))
    mark: Literal["plenty", "five", "one", "up"] = "plenty"
    if seconds <= 300:
        mark = "up" if seconds == 0 else "one" if seconds <= 60 else "five"
    return TimeLeft(seconds, (seconds + 30) // 60, mark)
