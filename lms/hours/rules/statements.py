"""The statement of hours: what counts, what waits, what does not and why. Evidence in seconds, statements in minutes.

Sources: a pathway's `hours` section (each figure there names its own source). A contact hour excludes breaks; a meeting's
minutes come from its agenda without them. Self-paced credit is decided in learning/rules.py.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal, TypeVar

from lms.curriculum.rules.shapes import MODALITIES, Modality, ModalityRule, Pathway

Kind = Literal["meeting", "lesson", "homework", "practice"]
Standing = Literal["counted", "waiting", "returned", "none"]
Why = Literal["", "modality", "approval", "day_cap", "modality_cap", "returned", "nothing"]
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that may give hours. `competencies` are weights that sum to 100 (or empty). It holds nobody's words."""

    kind: Kind
    key: str
    title: str
    on: date
    modality: Modality
    seconds: int
    standing: Standing
    competencies: Mapping[str, int]
    settled_at: datetime | None = None
    """When it came to count: recorded, earned or decided. Caps are filled in this order."""


@dataclass(frozen=True, slots=True)
class MeetingFact:
    """A class that was held or is planned, and what was recorded for this person (None: nothing yet)."""

    key: str
    title: str
    on: date
    minutes: int
    held: bool
    mark: str | None
    attended: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class HourFacts:
    """Everything the statement of one enrolment rests on."""

    evidence: tuple[Evidence, ...]
    meetings: tuple[MeetingFact, ...]
    live_virtual_approved: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger: the evidence, and how much of it counts. `why` says why not all of it does."""

    evidence: Evidence
    state: Literal["counted", "waiting", "returned", "not_counted"]
    seconds: int
    why: Why = ""

    @property
    def minutes(self) -> int:
        """Whole minutes shown for this line."""
        return (self.seconds or self.evidence.seconds) // 60


@dataclass(frozen=True, slots=True)
class Share:
    """One row of a split: a modality or a competency. Rows add up to the whole; `met` compares exact seconds."""

    key: str
    minutes: int
    waiting: int
    needed: int
    met: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """The sum of one person's hours under one pathway, in whole minutes."""

    lines: tuple[Line, ...]
    """Newest day first."""
    counted: int
    waiting: int
    needed: int
    met: bool
    by_modality: tuple[Share, ...]
    by_competency: tuple[Share, ...]
    first_on: date | None
    last_on: date | None

    @property
    def to_come(self) -> int:
        """Minutes still to come once what waits is counted."""
        return max(0, self.needed - self.counted - self.waiting)

    @property
    def rounded(self) -> bool:
        """Whether lines in whole minutes may add up to less than the sum, which is rounded down only once."""
        return any(line.seconds % 60 for line in self.lines)

    def modality(self, key: str) -> int:
        """Counted minutes of one modality."""
        return next((share.minutes for share in self.by_modality if share.key == key), 0)


def statement(facts: HourFacts, pathway: Pathway) -> Statement:
    """Judge every piece of evidence and add up what counts.

    Caps are filled in the order in which things came to count, so what is added later takes nothing back from what an
    earlier statement showed. What still waits never uses up a cap and is never in the sum.
    """
    lines = _judged(facts, pathway)
    counted = [line for line in lines if line.state == "counted"]
    waiting = [line for line in lines if line.state == "waiting"]
    modalities = _shares(_by_modality(counted), _by_modality(waiting), _modality_needs(pathway), MODALITIES)
    total = sum(line.seconds for line in counted)
    competencies = _competencies(counted, waiting, pathway.competency_minutes)
    days = [line.evidence.on for line in counted]
    return Statement(
        lines=tuple(sorted(lines, key=_newest_first)),
        counted=total // 60,
        waiting=sum(line.seconds for line in waiting) // 60,
        needed=pathway.total_minutes,
        met=total >= pathway.total_minutes * 60 and all(x.met for x in (*modalities, *competencies)),
        by_modality=modalities,
        by_competency=competencies,
        first_on=min(days, default=None),
        last_on=max(days, default=None),
    )


def split(seconds: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Split seconds by weights so that the parts add up to the whole; no weights: all under the empty key."""
    if not weights or sum(weights.values()) <= 0:
        return {"": seconds}
    return _apportion({key: seconds * weight for key, weight in weights.items()}, sum(weights.values()), seconds)


def floored(seconds: Mapping[K, int], needs: Mapping[K, int] | None = None) -> dict[K, int]:
    """Turn seconds per row into whole minutes whose sum is the floored sum of all (floored once, not row by row).

    A row that is a part of a minute short of its need is the last to be given an odd minute: it would look met.
    """
    asked = needs or {}
    return _apportion(
        seconds, 60, sum(seconds.values()) // 60, lambda key: seconds[key] < asked.get(key, 0) * 60 < seconds[key] + 60
    )


def _apportion(
    parts: Mapping[K, int], divisor: int, whole: int, last: Callable[[K], bool] = lambda key: False
) -> dict[K, int]:
    # Largest remainder: every row gets its floor, the rest goes to the largest remainders; ties by name, so that the
    # order in which rows come never shows.
    floors = {key: part // divisor for key, part in parts.items()}
    odd = [key for key in parts if parts[key] % divisor]
    odd.sort(key=lambda key: (last(key), -(parts[key] % divisor), str(key)))
    for key in odd[: whole - sum(floors.values())]:
        floors[key] += 1
    return floors


def _settled(evidence: Evidence) -> tuple[bool, datetime, date, str, str]:
    # What a person already counted comes before what still waits, so that waiting never uses up a cap.
    at = evidence.settled_at or datetime.combine(evidence.on, time(), UTC)
    return evidence.standing == "waiting", at, evidence.on, evidence.kind, evidence.key


def _newest_first(line: Line) -> tuple[int, str, str]:
    return -line.evidence.on.toordinal(), line.evidence.kind, line.evidence.key


def _judged(facts: HourFacts, pathway: Pathway) -> list[Line]:
    room = {m: rule.max_minutes * 60 for m, rule in pathway.modalities.items() if rule.max_minutes is not None}
    days: dict[date, int] = {}
    ordered = sorted(facts.evidence, key=_settled)
    return [_line(e, pathway, facts.live_virtual_approved, room, days) for e in ordered]


def _line(
    evidence: Evidence, pathway: Pathway, approved: bool, room: dict[Modality, int], days: dict[date, int]
) -> Line:
    if evidence.standing == "returned":
        return Line(evidence, "returned", 0, "returned")
    why = _barred(evidence.modality, pathway.modalities.get(evidence.modality), approved)
    if evidence.standing == "none" or why:
        return Line(evidence, "not_counted", 0, "nothing" if evidence.standing == "none" else why)
    seconds, why = evidence.seconds, ""
    if evidence.kind == "practice":
        left = max(0, pathway.practice_day_minutes * 60 - days.get(evidence.on, 0))
        seconds, why = (left, "day_cap") if seconds > left else (seconds, why)
    if evidence.modality in room and seconds > room[evidence.modality]:
        seconds, why = room[evidence.modality], "modality_cap"
    if evidence.kind == "practice":
        days[evidence.on] = days.get(evidence.on, 0) + seconds
    if evidence.modality in room:
        room[evidence.modality] -= seconds
    if evidence.standing == "waiting":
        return Line(evidence, "waiting", seconds, why)
    return Line(evidence, "counted" if seconds else "not_counted", seconds, why or ("" if seconds else "nothing"))


def _barred(modality: Modality, rule: ModalityRule | None, approved: bool) -> Why:
    # The only approval on record is the provider's for live video; whatever else asks for one does not count.
    if rule is None or not rule.counts:
        return "modality"
    return "approval" if rule.needs_approval and not (approved and modality == "live_virtual") else ""


def _modality_needs(pathway: Pathway) -> dict[str, int]:
    needs: dict[str, int] = {modality: rule.min_minutes for modality, rule in pathway.modalities.items()}
    needs["practicum"] = max(needs.get("practicum", 0), pathway.practice_minutes)
    return needs


def _by_modality(lines: Iterable[Line]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.evidence.modality] = sums.get(line.evidence.modality, 0) + line.seconds
    return sums


def _by_competency(lines: Iterable[Line]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in lines:
        for key, seconds in split(line.seconds, line.evidence.competencies).items():
            sums[key] = sums.get(key, 0) + seconds
    return sums


def _competencies(counted: list[Line], waiting: list[Line], needs: Mapping[str, int]) -> tuple[Share, ...]:
    have, pending = _by_competency(counted), _by_competency(waiting)
    named = sorted((have.keys() | pending.keys() | needs.keys()) - {""})
    return _shares(have, pending, needs, [*named, ""])


def _shares(
    counted: Mapping[str, int], waiting: Mapping[str, int], needs: Mapping[str, int], order: Iterable[str]
) -> tuple[Share, ...]:
    minutes, pending = floored(counted, needs), floored(waiting)
    rows = [key for key in order if minutes.get(key) or pending.get(key) or needs.get(key)]
    return tuple(
        Share(
            key,
            minutes.get(key, 0),
            pending.get(key, 0),
            needs.get(key, 0),
            counted.get(key, 0) >= needs.get(key, 0) * 60,
        )
        for key in rows
    )
