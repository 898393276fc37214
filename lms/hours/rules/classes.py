"""Attendance: what a mark credits, whether it fits, how classes add up, and which of them still wait to be recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lms.hours.rules.statements import HourFacts

MARKS = ("present", "part", "absent", "made_up")


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


def mark_problem(mark: str, minutes: int, reason: str, meeting_minutes: int, make_up: bool) -> tuple[str, str] | None:
    """Return which field of a mark does not fit (`mark`, `minutes`, `reason`) and what to do; None if all is well."""
    if mark not in MARKS:
        return "mark", "Choose how this person was there."
    if mark == "part" and not 1 <= minutes < meeting_minutes:
        return "minutes", f"Write how many of the {meeting_minutes} minutes this person was there."
    if mark == "made_up" and not make_up:
        return "mark", "The pathway of this cohort does not let a missed class be made up."
    if mark == "made_up" and not reason.strip():
        return "reason", "Write how and when the class was made up."
    return None


@dataclass(frozen=True, slots=True)
class Call:
    """A class as the list of attendance shows it: how many people have a seat, and how many have a mark."""

    code: str
    title: str
    cohort: str
    zone: str
    starts_at: datetime
    people: int
    recorded: int

    def on(self, at: datetime) -> date:
        """Return the day of an instant where the class is."""
        return at.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class Calls:
    """The classes of a facilitator: today's, those still to record (oldest first), the recorded ones (newest first)."""

    today: tuple[Call, ...]
    open: tuple[Call, ...]
    past: tuple[Call, ...]
    next: Call | None
    """The next class after today."""


def calls(found: Iterable[Call], now: datetime) -> Calls:
    """Sort classes by what a facilitator has to do about them."""
    ordered = sorted(found, key=lambda call: (call.starts_at, call.code))
    today = [call for call in ordered if call.on(call.starts_at) == call.on(now)]
    before = [call for call in ordered if call.starts_at <= now and call not in today]
    after = [call for call in ordered if call.starts_at > now and call not in today]
    return Calls(
        tuple(today),
        tuple(call for call in before if call.recorded < call.people),
        tuple(call for call in reversed(before) if call.recorded >= call.people),
        after[0] if after else None,
    )
