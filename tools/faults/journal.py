"""What clients noted and what the database holds, compared. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Save:
    """One answer to one question of one attempt, with the browser's count."""

    attempt: str
    position: int
    sequence: int
    choice: tuple[int | str, ...]


@dataclass(frozen=True)
class Compared:
    """What became of everything that was acknowledged."""

    acknowledged: int
    lost: tuple[Save, ...]
    """Acknowledged, and not in the database, or an older answer stands in its place."""
    doubled: tuple[Save, ...]
    """Taken more often than it was sent."""

    @property
    def line(self) -> str:
        """Return the counts as they are printed."""
        return f"acknowledged {self.acknowledged} lost {len(self.lost)} doubled {len(self.doubled)}"


def compare(
    acknowledged: Iterable[Save],
    taken: Iterable[Save],
    standing: Mapping[tuple[str, int], Save],
    sent: Mapping[Save, int] = MappingProxyType({}),
) -> Compared:
    """Compare what clients were told is saved with what was taken and with the answers that stand.

    An acknowledged save is lost when nothing says that it was taken, or when the answer that stands for its question
    is older or, with the same count, another one. A newer answer may stand: sent, taken and never acknowledged.
    `sent` counts saves that were sent more than once: each arrival is logged, so a log of as many is no doubling.
    """
    told = list(acknowledged)
    times = Counter(taken)
    lost = [save for save in told if not times[save] or not _holds(standing.get((save.attempt, save.position)), save)]
    return Compared(len(told), tuple(lost), tuple(save for save, number in times.items() if number > sent.get(save, 1)))


def _holds(stands: Save | None, save: Save) -> bool:
    if stands is None or stands.sequence < save.sequence:
        return False
    return stands.sequence > save.sequence or stands.choice == save.choice
