"""Time that is added while an attempt is under way. Nothing here ever makes a deadline earlier."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from lms.quizzes.rules.timing import TimeTerms, Timing, allowed_seconds, paused_for

Base = Literal["now", "end"]
"""Whether minutes are counted from this instant or from where the attempt would end."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """An attempt's deadline under a person's arrangement, and how much of its time is the arrangement's."""

    deadline: datetime | None
    extra_seconds: int


def extended(timing: Timing, seconds: int, base: Base, now: datetime) -> datetime | None:
    """Return the deadline with time added; one without a limit stays without.

    From `now` the person has at least so many seconds from this instant, and never less than they had.
    """
    if timing.deadline is None:
        return None
    span = timedelta(seconds=max(0, seconds))
    if base == "end":
        return timing.deadline + span
    # What the pause under way has taken so far is added when it is over.
    return max(timing.deadline, now + span - paused_for(timing, now))


def rearranged(held: Arranged, limit_seconds: int | None, terms: TimeTerms) -> Arranged:
    """Return what a new arrangement makes of an attempt under way: more, or the same.

    What was arranged at its start and has shrunk since stays as it was for this attempt; so does time that somebody
    granted, and time that a pause gave back.
    """
    if held.deadline is None or limit_seconds is None:
        return held
    allowed = allowed_seconds(limit_seconds, terms)
    if allowed is None:
        return Arranged(None, held.extra_seconds)
    gain = max(0, allowed - limit_seconds - held.extra_seconds)
    return Arranged(held.deadline + timedelta(seconds=gain), held.extra_seconds + gain)
