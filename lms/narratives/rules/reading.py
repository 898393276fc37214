"""What may happen to a text that was sent: who holds it, what stands in the way of an answer, and who is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from lms.curriculum.rules.shapes import Criterion, Level, Rubric
from lms.narratives.rules.drafts import State

LEASE = timedelta(hours=2)
FEEDBACK_LIMIT = 20_000
REASON_LIMIT = 4_000
RELEASED = ("accepted", "returned")

LETTER = ("There is an answer to your narrative", "There is an answer to your narrative. Sign in to read it.\n")
CORRECTION = (
    "The answer to your narrative was corrected",
    "The answer to your narrative was corrected. Sign in to read it, with the reason.\n",
)
"""Subject and body; they say nothing of the text or of the grade, because letters are read on shared devices."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rubric says about some levels, and what is still missing before it may be said to the writer."""

    points: int
    out_of: int
    accepted: bool
    zero_criteria: tuple[str, ...]
    missing_reasons: tuple[str, ...]
    missing_levels: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every criterion has a level, and every zero a reason."""
        return not (self.missing_levels or self.missing_reasons)

    @property
    def word(self) -> Literal["accepted", "returned"]:
        """What becomes of the narrative."""
        return "accepted" if self.accepted else "returned"


def outcome(rubric: Rubric, levels: Mapping[str, int], reasons: Mapping[str, str] | None = None) -> Outcome:
    """Judge the chosen levels: enough points, no criterion at zero where the rubric says so, and every zero explained."""
    said = reasons or {}
    chosen = {c.id: levels[c.id] for c in rubric.criteria if c.id in levels}
    zeros = tuple(name for name, points in chosen.items() if points == 0)
    missing = tuple(c.id for c in rubric.criteria if c.id not in chosen)
    points = sum(chosen.values())
    passes = points >= rubric.pass_points and not (rubric.no_zero and zeros) and not missing
    return Outcome(
        points=points,
        out_of=sum(best(c) for c in rubric.criteria),
        accepted=passes,
        zero_criteria=zeros,
        missing_reasons=tuple(name for name in zeros if not said.get(name, "").strip()),
        missing_levels=missing,
    )


def best(criterion: Criterion) -> int:
    """Return the most points a criterion can bring."""
    return max((level.points for level in criterion.levels), default=0)


def fitting(rubric: Rubric, levels: Mapping[str, int]) -> dict[str, int]:
    """Return only the levels that this rubric has."""
    known = {c.id: {level.points for level in c.levels} for c in rubric.criteria}
    return {name: points for name, points in levels.items() if points in known.get(name, ())}


Hold = Literal["free", "mine", "taken"]


def hold(claimed_by: int | None, until: datetime | None, reader: int | None, now: datetime) -> Hold:
    """Say who holds a text: a claim runs out after two hours, so that nobody's story waits for somebody's holiday."""
    if claimed_by is None or until is None or until <= now:
        return "free"
    return "mine" if claimed_by == reader else "taken"


def lease(now: datetime) -> datetime:
    """Return until when a claim made now runs."""
    return now + LEASE


def shows_text(state: State, held: Hold) -> bool:
    """Say whether a facilitator's page shows the text: while they hold it, and after it was answered."""
    return state in RELEASED or held == "mine"


def name_hidden(interview: bool, state: State) -> bool:
    """Say whether the reader must not learn who wrote this: until release, unless the two are going to meet anyway."""
    return not interview and state not in RELEASED


def names_reader(state: State) -> bool:
    """Say whether the writer learns who read it by name; until release they learn the role and the time."""
    return state in RELEASED


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody opened a story, once or several times in one sitting; newest time first. `name` is empty until release."""

    round: int
    reader: str
    name: str
    role: str
    kind: str
    times: tuple[datetime, ...]


def sittings(openings: Sequence[Opening]) -> tuple[Opening, ...]:
    """Put the openings of one reader in one sitting together: a page shown again is not another reading."""
    merged: list[Opening] = []
    for one in openings:
        last = merged[-1] if merged else None
        if last and _who(last) == _who(one) and last.times[-1] - one.times[0] < LEASE:
            merged[-1] = replace(last, times=last.times + one.times)
        else:
            merged.append(one)
    return tuple(merged)


def _who(opening: Opening) -> tuple[int, str, str]:
    return opening.round, opening.reader, opening.kind


def label(code: str) -> str:
    """Return what a narrative is called while its writer has no name."""
    return f"N-{code[:4]}"


def days_waiting(sent_at: datetime, now: datetime) -> int:
    """Return the whole days since it was sent."""
    return max(0, (now - sent_at).days)


def rubric_of(stored: Mapping[str, Any]) -> Rubric:
    """Return the rubric as it was frozen with the text."""
    criteria = tuple(
        Criterion(c["id"], c["title"], tuple(Level(**level) for level in c["levels"])) for c in stored["criteria"]
    )
    return Rubric(stored["id"], stored["title"], stored["pass_points"], stored["no_zero"], criteria)


@dataclass(frozen=True, slots=True)
class NarrativeResult:
    """Where one narrative of one student stands. `reader_name` is empty until the answer is released."""

    key: str
    state: State
    round: int
    draft_saved_at: datetime | None = None
    sent_at: datetime | None = None
    decided_at: datetime | None = None
    reader_name: str = ""
    interview: bool = False


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One text that waits to be read. `writer` is empty while the name is hidden."""

    code: str
    label: str
    narrative: str
    title: str
    cohort: str
    round: int
    sent_at: datetime
    days: int
    words: int
    interview: bool
    writer: str
    hold: Hold
    holder: str
    until: datetime | None
    stepped_back: bool
    readable: bool
    """Whether this reader may open it at all."""
