"""The statement of hours: what counts, what waits, what does not and why. Pure; evidence in seconds, statements in minutes.

Sources: a pathway's `hours` section (each figure there names its own source). A contact hour excludes breaks; a meeting's
minutes come from its agenda without them. Self-paced credit is decided in learning/rules.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from lms.curriculum.rules.shapes import MODALITIES, Modality, ModalityRule, Pathway

Kind = Literal["meeting", "lesson", "homework", "practice"]
Standing = Literal["counted", "waiting", "returned", "none"]
Why = Literal["", "modality", "approval", "day_cap", "modality_cap", "returned", "nothing"]
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that may give hours, as people left it. `competencies` are weights that sum to 100 (or empty)."""

    kind: Kind
    key: str
    title: str
    on: date
    modality: Modality
    seconds: int
    standing: Standing
    competencies: Mapping[str, int]
    note: str = ""
    """The public reason of a decision ("no supervisor named"); never private text."""
    who: str = ""


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
        return (self.seconds if self.state in ("counted", "waiting") else self.evidence.seconds) // 60


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

    def modality(self, key: str) -> int:
        """Counted minutes of one modality."""
        return next((share.minutes for share in self.by_modality if share.key == key), 0)


@dataclass(frozen=True, slots=True)
class AttendanceSum:
    """Meetings held so far and what was attended of them, in minutes; unrecorded ones are told apart from absences."""

    held: int
    attended: int
    unrecorded: int
    minutes_held: int
    minutes_attended: int

    def reaches(self, percent: int) -> bool:
        """Whether the attended share reaches `percent`; nothing held yet reaches nothing."""
        return self.minutes_held > 0 and self.minutes_attended * 100 >= self.minutes_held * percent


def statement(facts: HourFacts, pathway: Pathway) -> Statement:
    """Judge every piece of evidence and add up what counts.

    Earlier days are credited first, so a cap never takes back what an earlier statement showed; adding evidence never
    lowers the sum.
    """
    lines = _lines(sorted(facts.evidence, key=_order), pathway, facts.live_virtual_approved)
    counted = [line for line in lines if line.state == "counted"]
    waiting = [line for line in lines if line.state == "waiting"]
    modalities = _shares(_by_modality(counted), _by_modality(waiting), _modality_needs(pathway), MODALITIES)
    asked = pathway.competency_minutes
    named = sorted({c for line in counted for c in line.evidence.competencies} | set(asked))
    competencies = _shares(_by_competency(counted), _by_competency(waiting), asked, [*named, ""])
    total = sum(line.seconds for line in counted)
    days = [line.evidence.on for line in counted]
    return Statement(
        lines=tuple(reversed(lines)),
        counted=total // 60,
        waiting=sum(line.seconds for line in waiting) // 60,
        needed=pathway.total_minutes,
        met=total >= pathway.total_minutes * 60 and all(x.met for x in (*modalities, *competencies)),
        by_modality=modalities,
        by_competency=competencies,
        first_on=min(days, default=None),
        last_on=max(days, default=None),
    )


def attendance(facts: HourFacts) -> AttendanceSum:
    """Add up attendance over the meetings that were held."""
    held = [meeting for meeting in facts.meetings if meeting.held]
    return AttendanceSum(
        held=len(held),
        attended=sum(1 for m in held if m.attended > 0),
        unrecorded=sum(1 for m in held if m.mark is None),
        minutes_held=sum(m.minutes for m in held),
        minutes_attended=sum(min(m.attended, m.minutes) for m in held),
    )


def credited_minutes(mark: str, minutes_given: int, meeting_minutes: int) -> int:
    """Minutes that a mark credits: all for `present` and `made_up`, what was given for `part`, none for `absent`."""
    if mark in ("present", "made_up"):
        return meeting_minutes
    return min(max(0, minutes_given), meeting_minutes) if mark == "part" else 0


def split(seconds: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Split seconds by weights so that the parts add up to the whole; no weights: all under the empty key."""
    if not weights or sum(weights.values()) <= 0:
        return {"": seconds}
    return _apportion({key: seconds * weight for key, weight in weights.items()}, sum(weights.values()), seconds)


def floored(seconds: Mapping[K, int]) -> dict[K, int]:
    """Turn seconds per row into whole minutes whose sum is the floored sum of all (floored once, not row by row)."""
    return _apportion(seconds, 60, sum(seconds.values()) // 60)


def _apportion(parts: Mapping[K, int], divisor: int, whole: int) -> dict[K, int]:
    # Largest remainder: every row gets its floor, the rest goes to the largest remainders, ties by order.
    floors = {key: part // divisor for key, part in parts.items()}
    left = whole - sum(floors.values())
    for key in sorted(parts, key=lambda key: parts[key] % divisor, reverse=True)[:left]:
        floors[key] += 1
    return floors


def _order(evidence: Evidence) -> tuple[date, bool, str, str]:
    # What a person already counted comes before what still waits, so that waiting never uses up a cap.
    return evidence.on, evidence.standing == "waiting", evidence.kind, evidence.key


def _lines(ordered: Sequence[Evidence], pathway: Pathway, approved: bool) -> list[Line]:
    room = {m: rule.max_minutes * 60 for m, rule in pathway.modalities.items() if rule.max_minutes is not None}
    days: dict[date, int] = {}
    settled = [e for e in ordered if e.standing != "waiting"]
    pending = [e for e in ordered if e.standing == "waiting"]
    return sorted(
        (_line(e, pathway, approved, room, days) for e in (*settled, *pending)), key=lambda line: _order(line.evidence)
    )


def _line(
    evidence: Evidence, pathway: Pathway, approved: bool, room: dict[Modality, int], days: dict[date, int]
) -> Line:
    if evidence.standing == "returned":
        return Line(evidence, "returned", 0, "returned")
    why = _barred(pathway.modalities.get(evidence.modality), approved)
    if evidence.standing == "none" or why:
        return Line(evidence, "not_counted", 0, why or "nothing")
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
    state: Literal["waiting", "counted"] = "waiting" if evidence.standing == "waiting" else "counted"
    return Line(evidence, state if seconds else "not_counted", seconds, why)


def _barred(rule: ModalityRule | None, approved: bool) -> Why:
    if rule is None or (not rule.counts and not rule.needs_approval):
        return "modality"
    return "approval" if rule.needs_approval and not approved else ""


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


def _shares(
    counted: Mapping[str, int], waiting: Mapping[str, int], needs: Mapping[str, int], order: Iterable[str]
) -> tuple[Share, ...]:
    minutes, pending = floored(counted), floored(waiting)
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
