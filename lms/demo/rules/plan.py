"""What one person does, day by day, as a list of events; nothing here touches a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from lms.curriculum.rules.shapes import Outline, Pathway
from lms.demo.rules.people import Fate

WEEKS = 12
READING_DAYS = 72
"""From the first lesson to the last quiz, so that the exam in the eleventh week finds all quizzes behind it."""
MEETING_DAYS = (5, 26, 44)
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
    events = [*_reading(fate, seat, start, zone, outline, pathway), *_writing(fate, seat, start, zone, pathway)]
    events += [*_presence(fate, seat, start, zone), *_ends(fate, seat, start, zone, pathway)]
    ordered = sorted(events, key=lambda event: event.at)
    if not fate.withdraws:
        return ordered
    left = moment(start, zone, 27, 10)
    return [event for event in ordered if event.at < left] + [Event(left, "withdraw")]


def _reading(fate: Fate, seat: int, start: date, zone: str, outline: Outline, pathway: Pathway) -> Iterator[Event]:
    for agreement in pathway.agreements:
        yield Event(moment(start, zone, 1, 12, seat), "agree", agreement.id)
    if fate.extra_time:
        yield Event(moment(start, zone, 1, 9), "extra_time", figure=150)
    modules = [module for module in outline.modules if module.id in pathway.modules]
    lessons = [(module, lesson) for module in modules for lesson in module.lessons]
    quizzes = 0
    for at, (module, lesson) in enumerate(lessons):
        day = 3 + at * READING_DAYS // max(12, len(lessons)) + seat % 3
        if at < fate.lessons:
            yield Event(moment(start, zone, day, 18, 30 + seat), "read", lesson.id, lesson.parts)
        elif at == fate.lessons and fate.halfway:
            yield Event(moment(start, zone, day - 2, 19, 10), "read", lesson.id, max(1, lesson.parts // 2))
        if lesson == module.lessons[-1] and module.quiz and at < fate.lessons:
            yield from _quiz(module.quiz, fate.quiz_tries[quizzes % 3], moment(start, zone, day + 1, 19, seat))
            quizzes += 1
    if len(lessons) <= fate.lessons and pathway.exam and fate.exam != "none":
        tries = {"pass": 1, "second": 2, "fail": 3}[fate.exam]
        yield from _quiz(pathway.exam, tries, moment(start, zone, 76, 10, seat), most=2)


def _quiz(quiz: str, passing_try: int, at: datetime, most: int = 3) -> Iterator[Event]:
    for number in range(1, min(passing_try, most) + 1):
        yield Event(at + timedelta(days=3 * (number - 1)), "quiz", quiz, number, good=number == passing_try)


def _writing(fate: Fate, seat: int, start: date, zone: str, pathway: Pathway) -> Iterator[Event]:
    for at, key in enumerate(pathway.narratives):
        first = 22 + 18 * at + seat % 4
        yield Event(moment(start, zone, first - 2, 20, seat), "draft", key, seat)
        yield Event(moment(start, zone, first, 20, seat), "send", key, seat, good=not (fate.interview and at == 0))
        comes_back = at in fate.returned or at == fate.stuck
        yield Event(moment(start, zone, first + 3, 11, seat), "review", key, seat, good=not comes_back)
        if at in fate.returned:
            yield Event(moment(start, zone, first + 8, 20, seat), "send", key, seat + 1)
            yield Event(moment(start, zone, first + 11, 11, seat), "review", key, seat)
    # Spread over days, so that on any day something waits to be answered.
    for at, key in enumerate(pathway.homework):
        day = 14 + 18 * at + 3 * (seat % 5)
        yield Event(moment(start, zone, day, 21, seat), "hand_in", key, seat)
        yield Event(moment(start, zone, day + 3, 12, seat), "accept_homework", key)
    for day in (38 + seat % 3, 60 + seat % 3):
        yield Event(moment(start, zone, day, 17), "claim", figure=60)
        yield Event(moment(start, zone, day + 5 + seat % 4, 12, seat), "approve", figure=60)


def _presence(fate: Fate, seat: int, start: date, zone: str) -> Iterator[Event]:
    for at, day in enumerate(MEETING_DAYS):
        missed = at == fate.absent
        yield Event(moment(start, zone, day, 19, seat), "attend", "absent" if missed else "present", at)
        if missed and fate.made_up:
            yield Event(moment(start, zone, day + 7, 17), "attend", "made_up", at)


def _ends(fate: Fate, seat: int, start: date, zone: str, pathway: Pathway) -> Iterator[Event]:
    if fate.exam != "fail" and fate.stuck is None:
        yield Event(moment(start, zone, 82, 15, seat), "issue")
    if fate.revoked:
        yield Event(moment(start, zone, 120, 10), "revoke")
