"""What a board of a running quiz says about each person, and who needs somebody first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.quizzes.rules.timing import State, TimeLeft, Timing, ends, state, time_left, under_way

NEAR = timedelta(minutes=2)
"""An open page asks once a minute where it stands; one that was silent for two is not connected."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one attempt: whose, its timing, its answers, its last signs, and whether a pause is asked for."""

    code: str
    name: str
    number: int
    timing: Timing
    answered: int
    questions: int
    saved_at: datetime | None
    seen_at: datetime
    asks: bool


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One line of the board, as of an instant."""

    seen: Seen
    stands: State
    left: TimeLeft | None
    connected: bool
    reopens: bool
    """Only the clock closed it, so it may be opened again."""

    @property
    def under_way(self) -> bool:
        """Whether it can still be answered or sent."""
        return under_way(self.stands)


def board(found: list[Seen], now: datetime) -> list[BoardLine]:
    """Return the lines: who asks for something first, then who is at work, then the others, each by name."""
    lines = [_line(one, now) for one in found]
    return sorted(lines, key=lambda line: (not line.seen.asks, not line.under_way, line.seen.name, line.seen.number))


def _line(one: Seen, now: datetime) -> BoardLine:
    stands = state(one.timing, now)
    going = under_way(stands)
    left = time_left(ends(one.timing, now), now) if going else None
    connected = going and now - one.seen_at <= NEAR
    return BoardLine(one, stands, left, connected, stands in ("expired", "abandoned"))
