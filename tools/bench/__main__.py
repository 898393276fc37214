"""`python -m tools.bench [NAME]`: a line per measure — name, ours, reference, ratio, target, ok or short."""

import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from types import FrameType
from typing import Any

import click

from lms.demo.service.build import PASSWORD
from tools.bench import exam, upkeep
from tools.bench.browser import Browser
from tools.bench.report import HEAD, Found
from tools.bench.seats import Class, seat_class
from tools.bench.site import Failed, site
from tools.bench.speed import Floor, People, compare, engine, pairs

SPEED = ("home", "lesson", "quiz", "answer")
SERVED = (*SPEED, "bytes", "memory")
DEMONSTRATED = {"home", "lesson", "bytes", "memory", "start"}
"""What is measured on the demonstration's pages; the others need no more than a class and a quiz."""
NAMES = (*SERVED, "exam", "compile", "start")
STUDENT = "student@demo.example"
_LESSON = re.compile(r'href="(/lessons/[a-z0-9-]+/[0-9]+)"')


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for (everything by default); 1 when something is short of its target."""
    chosen = arguments or NAMES
    unknown = [name for name in chosen if name not in NAMES]
    if unknown:
        click.echo(f"There is no measure {unknown[0]!r}. There are: {', '.join(NAMES)}.")
        return 2
    signal.signal(signal.SIGTERM, _leave)
    found: list[Found] = []

    def say(one: Found) -> None:
        found.append(one)
        click.echo(one.line)

    load = os.getloadavg()[0]
    click.echo(f"{engine()}, {os.cpu_count()} cores, load {load:.1f} before the run")
    click.echo(HEAD)
    try:
        _measure(chosen, say)
    except Failed as failed:
        click.echo(f"The run could not go on. {failed}")
        return 1
    short = [one.name for one in found if not one.ok]
    click.echo(f"{len(short)} of {len(found)} short: {', '.join(short)}" if short else f"All {len(found)} ok")
    return 1 if short else 0


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _measure(chosen: Sequence[str], say: Any) -> None:
    if "compile" in chosen:
        upkeep.compile_curriculum(say)
    if set(chosen) & {*SERVED, "start"}:
        _served(chosen, say)
    if "exam" in chosen:
        exam.measure(say)


def _served(chosen: Sequence[str], say: Any) -> None:
    with ExitStack() as left:
        place = left.enter_context(site())
        if set(chosen) & DEMONSTRATED:
            upkeep.run_once(place)[0].stop()  # the first start builds the demonstration
        else:
            place.prepare()
        if "start" in chosen:
            upkeep.second_start(place, say)
        if not set(chosen) & set(SERVED):
            return
        seats = seat_class(place, students=8)
        ours = place.gunicorn()
        people = _people(ours.port, seats, chosen)
        if set(chosen) & set(SPEED):
            bare = left.enter_context(Floor())
            compare(pairs(place, bare, ours, people, chosen), say)
        if "bytes" in chosen:
            upkeep.weigh(ours.port, people.student, people.pages["lesson"], say)
        if "memory" in chosen:
            upkeep.memory(ours, people.student, seats.emails, [*people.pages.values(), "/lessons", "/you"], say)


def _people(port: int, seats: Class, chosen: Sequence[str]) -> People:
    if not set(chosen) & DEMONSTRATED:
        return People(Browser(port), {}, seats)
    student = Browser(port).sign_in(STUDENT, PASSWORD)
    return People(student, {"home": "/", "lesson": _lesson(student)}, seats)


def _lesson(student: Browser) -> str:
    found = _LESSON.search(student.get("/").text) or _LESSON.search(student.get("/lessons").text)
    if not found:
        raise Failed("Neither the student's first page nor the list of lessons links a lesson.")
    return found[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
