"""What one person does, day by day, as a list of events; nothing here touches a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from lms.curriculum.rules.shapes import ModuleLine, Outline, Pathway
from lms.demo.rules.people import Fate

WEEKS = 12
EXAM_DAY, ISSUE_DAY, PRACTICE_DAYS = 74, 83, (31, 60)
AGAIN_DAYS = {"module": 3, "exam": 8}
"""How long after a try the next one is; the quizzes themselves ask for twelve hours, and for a week before the exam."""
Verb = Literal[
    "agree", "extra_time", "read", "quiz", "draft", "send", "review", "hand_in", "accept_homework", "claim", "approve", "attend",
    "withdraw", "issue", "revoke",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens to one person at one moment. `key` names what; `figure` how much, or which round."""

    at: datetime
    verb: Verb
    key: str = ""
    figure: int = 0
    good: bool = True


def moment(start: date, zone: str, day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant `day` days after the start, at a local time of day (the same wall time across a clock change)."""
    return datetime.combine(start + timedelta(days=day), time(hour, minute), ZoneInfo(zone)).astimezone(UTC)


def plan(fate: Fate, seat: int, start: date, zone: str, outline: Outline, pathway: Pathway) -> list[Event]:
    """Return everything that happens to one person, in order."""
    events = [
        *_reading(fate, seat, start, zone, outline, pathway),
        *_writing(fate, seat, start, zone, outline, pathway),
        *_presence(fate, start, zone, outline, pathway),
        *_ends(fate, seat, start, zone),
    ]
    ordered = sorted(events, key=lambda event: event.at)
    if not fate.withdraws:
        return ordered
    left = moment(start, zone, 27, 10)
    return [event for event in ordered if event.at < left] + [Event(left, "withdraw")]


def meeting_day(at: int) -> int:
    """Return the day of a cohort's meeting: two a week, three and four days apart, the first on day 5."""
    return 5 + 7 * (at // 2) + 3 * (at % 2)


def meeting_keys(outline: Outline, pathway: Pathway) -> tuple[str, ...]:
    """Return the meetings a pathway asks for, in order."""
    return tuple(meeting.key for module in _modules(outline, pathway) for meeting in module.meetings)


def _modules(outline: Outline, pathway: Pathway) -> list[ModuleLine]:
    return [module for module in outline.modules if module.id in pathway.modules]


def _due(outline: Outline, pathway: Pathway) -> dict[str, tuple[int, int]]:
    """Return the days between which each module is read: after the meeting before it, up to its own last meeting."""
    found, held, since = {}, 0, 0
    for module in _modules(outline, pathway):
        held += len(module.meetings)
        until = meeting_day(held - 1) if held else meeting_day(0)
        found[module.id] = since, until
        since = until
    return found


def _reading(fate: Fate, seat: int, start: date, zone: str, outline: Outline, pathway: Pathway) -> Iterator[Event]:
    for agreement in pathway.agreements:
        yield Event(moment(start, zone, 1, 12, seat), "agree", agreement.id)
    if fate.extra_time:
        yield Event(moment(start, zone, 1, 9), "extra_time", figure=150)
    read, due = 0, _due(outline, pathway)
    for number, module in enumerate(_modules(outline, pathway)):
        since, until = due[module.id]
        for at, lesson in enumerate(module.lessons):
            when = _evening(start, zone, since, until, at, len(module.lessons), seat)
            if read < fate.lessons:
                yield Event(when, "read", lesson.id, lesson.parts)
            elif read == fate.lessons and fate.halfway:
                yield Event(when, "read", lesson.id, max(1, lesson.parts // 2))
            read += 1
        if module.quiz in pathway.quizzes and read <= fate.lessons:
            tries = fate.quiz_tries[number] if number < len(fate.quiz_tries) else 1
            yield from _quiz(module.quiz, tries, moment(start, zone, until + 1, 19, seat), "module")
    if read <= fate.lessons and pathway.exam and fate.exam != "none":
        line = outline.quiz(pathway.exam)
        most = line.attempts if line and line.attempts else 3
        tries = {"pass": 1, "second": 2, "fail": most + 1}[fate.exam]
        yield from _quiz(pathway.exam, tries, moment(start, zone, EXAM_DAY, 10, seat), "exam", most)


def _evening(start: date, zone: str, since: int, until: int, at: int, many: int, seat: int) -> datetime:
    """Return when a module's lesson is read: spread over the evenings before the meeting, two in one evening if need be."""
    halves = 2 * (until - since)
    half = at * max(halves, 1) // many
    return moment(start, zone, since + half // 2, 17 if half % 2 == 0 else 20, 2 * seat)


def _quiz(quiz: str, passing_try: int, at: datetime, kind: str, most: int = 3) -> Iterator[Event]:
    for number in range(1, min(passing_try, most) + 1):
        then = at + timedelta(days=AGAIN_DAYS[kind] * (number - 1))
        yield Event(then, "quiz", quiz, number, good=number == passing_try)


def _writing(fate: Fate, seat: int, start: date, zone: str, outline: Outline, pathway: Pathway) -> Iterator[Event]:
    due = {module: until for module, (_since, until) in _due(outline, pathway).items()}
    for at, key in enumerate(pathway.narratives):
        first = due[key.partition("/")[0]] + 4 + seat % 3
        yield Event(moment(start, zone, first - 2, 20, seat), "draft", key, seat)
        yield Event(moment(start, zone, first, 20, seat), "send", key, seat, good=not (fate.interview and at == 0))
        comes_back = at in fate.returned or at == fate.stuck
        yield Event(moment(start, zone, first + 3, 11, seat), "review", key, seat, good=not comes_back)
        if at in fate.returned:
            yield Event(moment(start, zone, first + 8, 20, seat), "send", key, seat + 1)
            yield Event(moment(start, zone, first + 11, 11, seat), "review", key, seat)
    # Spread over days, so that on any day something waits to be answered.
    for key in pathway.homework:
        day = due[key.partition("/")[0]] + 1 + seat % 5
        yield Event(moment(start, zone, day, 21, seat), "hand_in", key, seat)
        yield Event(moment(start, zone, day + 3, 12, seat), "accept_homework", key)
    for day in PRACTICE_DAYS:
        yield Event(moment(start, zone, day + seat % 3, 17), "claim", figure=60)
        yield Event(moment(start, zone, day + 5 + seat % 7, 12, seat), "approve", figure=60)


def _presence(fate: Fate, start: date, zone: str, outline: Outline, pathway: Pathway) -> Iterator[Event]:
    for at, _key in enumerate(meeting_keys(outline, pathway)):
        missed = at == fate.absent
        yield Event(moment(start, zone, meeting_day(at), 19), "attend", "absent" if missed else "present", at)
        if missed and fate.made_up:
            yield Event(moment(start, zone, meeting_day(at) + 7, 17), "attend", "made_up", at)


def _ends(fate: Fate, seat: int, start: date, zone: str) -> Iterator[Event]:
    if fate.exam != "fail" and fate.stuck is None:
        yield Event(moment(start, zone, ISSUE_DAY, 15, seat), "issue")
    if fate.revoked:
        yield Event(moment(start, zone, 120, 10), "revoke")
