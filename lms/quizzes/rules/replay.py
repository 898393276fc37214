"""An attempt told again from what arrived for it: the same answers stand, or something was changed by hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lms.quizzes.rules.answers import Held, Taken
from lms.quizzes.rules.choices import Choice


@dataclass(frozen=True, slots=True)
class Arrived:
    """One answer as it arrived, and what became of it; `client_at` is what the device's clock said."""

    position: int
    choice: Choice
    later: bool
    sequence: int
    at: datetime
    client_at: datetime | None
    taken: Taken


def replay(arrived: Iterable[Arrived]) -> dict[int, Held]:
    """Return the answers that stand after everything that arrived, in the order it did."""
    standing: dict[int, Held] = {}
    for one in arrived:
        if one.taken == "saved":
            standing[one.position] = Held(one.choice, one.later, one.sequence, one.at)
    return standing


def tells_the_same(arrived: Iterable[Arrived], standing: Mapping[int, Held], whole: bool = True) -> bool:
    """Say whether what arrived tells the answers that stand; not `whole`: it does not know what was kept for later."""
    told = replay(arrived)
    if whole:
        return told == standing
    return {at: replace(one, later=False) for at, one in told.items()} == {
        at: replace(one, later=False) for at, one in standing.items()
    }
