"""The daily agenda: meetings packed into days in the order they are taught, each day and the whole adding up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms.curriculum.rules.shapes import MeetingGuide, Modality

DAY_MINUTES = 420
"""The most training of one day: seven hours, breaks not counted."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a day. `running` is the day's training up to its end; a break adds nothing to it."""

    title: str
    minutes: int
    is_break: bool
    running: int


@dataclass(frozen=True, slots=True)
class Session:
    """One meeting of a day."""

    key: str
    module: str
    title: str
    purpose: str
    modality: Modality
    facilitators: int
    minutes: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of training."""

    number: int
    sessions: tuple[Session, ...]

    @property
    def minutes(self) -> int:
        """The day's training, without its breaks."""
        return sum(session.minutes for session in self.sessions)

    @property
    def breaks(self) -> int:
        """The day's breaks, which never count."""
        return sum(block.minutes for session in self.sessions for block in session.blocks if block.is_break)


def days(meetings: Iterable[MeetingGuide], most: int = DAY_MINUTES) -> tuple[Day, ...]:
    """Pack meetings into days of at most `most` minutes of training, keeping their order; a longer one has a day to itself."""
    packed: list[list[MeetingGuide]] = []
    for meeting in meetings:
        if packed and _training(packed[-1]) + training(meeting) <= most:
            packed[-1].append(meeting)
        else:
            packed.append([meeting])
    return tuple(Day(number, _sessions(day)) for number, day in enumerate(packed, 1))


def training(meeting: MeetingGuide) -> int:
    """Return what a meeting's agenda adds up to without its breaks."""
    return sum(block.minutes for block in meeting.agenda if not block.is_break)


def _training(meetings: Sequence[MeetingGuide]) -> int:
    return sum(training(meeting) for meeting in meetings)


def _sessions(meetings: Sequence[MeetingGuide]) -> tuple[Session, ...]:
    made: list[Session] = []
    running = 0
    for one in meetings:
        blocks = []
        for item in one.agenda:
            running += 0 if item.is_break else item.minutes
            blocks.append(Block(item.title, item.minutes, item.is_break, running))
        made.append(
            Session(
                one.key,
                one.module,
                one.title,
                one.purpose,
                one.modality,
                one.facilitators,
                training(one),
                tuple(blocks),
            )
        )
    return tuple(made)
