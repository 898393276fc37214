"""Who needs a call this week: plain signs with reasons, never a score and never a risk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

QUIET_AFTER = timedelta(days=7)
Sign = Literal["quiet", "absent", "returned"]


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of one student: last reading, the newest held class, narratives waiting for the student."""

    begun_at: datetime
    last_read_at: datetime | None
    lessons_done: int
    lessons_required: int
    last_class_mark: str | None
    returned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to call, with the number that says so."""

    sign: Sign
    days: int = 0
    titles: tuple[str, ...] = ()


def reasons(signs: Signs, now: datetime) -> tuple[Reason, ...]:
    """Return why somebody may be glad of a call; nothing here says how a person is."""
    found = []
    quiet = now - (signs.last_read_at or signs.begun_at)
    if signs.lessons_done < signs.lessons_required and quiet >= QUIET_AFTER:
        found.append(Reason("quiet", days=quiet.days))
    if signs.last_class_mark == "absent":
        found.append(Reason("absent"))
    if signs.returned:
        found.append(Reason("returned", titles=signs.returned))
    return tuple(found)


def with_a_reason(people: Mapping[int, tuple[Reason, ...]], order: Sequence[int]) -> list[int]:
    """Return those with a reason, in the given order (by name): no ranking of people."""
    return [one for one in order if people.get(one)]
