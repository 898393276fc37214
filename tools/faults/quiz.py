"""`quiz`: two hundred people are in an exam while what serves them is killed; everything acknowledged must be there, once."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count

import click

from lms.core.clock import SystemClock
from tools.bench.crowd import Sitter, seat_crowd
from tools.bench.site import Failed, Server, Site, answers, site, until
from tools.bench.speed import engine
from tools.faults.journal import compare
from tools.faults.kept import ended, standing, taken, wrong_attempts
from tools.faults.postgres import NotHere, own_postgres
from tools.faults.student import PATIENCE, Student, stubborn

PEOPLE, EVERY = 200, 5.0
KILLS = 10
PAUSE = 4.0
"""Seconds of answering between the moment everything answers again and the next kill."""
WAVE = 25
"""How many send their attempt at the same moment, each from two tabs."""
SHOWN = 10


@dataclass
class Run:
    """One exam under one kind of fault."""

    name: str
    place: Site
    server: Server
    sitters: Sequence[Sitter]
    kill: Callable[[int], None]
    tries: int
    """How often the product itself may take one sending: twice where the database fails under it and the gate tries again."""
    kills: int = 0
    begun: dict[str, int] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)

    def strike(self) -> None:
        """Kill, and wait until everything answers again."""
        self.kill(self.kills)
        self.kills += 1
        if not until(lambda: answers(self.server.port, "/readyz"), PATIENCE):
            raise Failed(f"The product does not answer after a kill.\n{self.server.said()}")


def run() -> bool:
    """Kill the web workers on the engine of this run, then a database server of our own; both must lose nothing."""
    with site() as place:
        stood = _under(place, f"{engine()}, web workers killed")
    try:
        with own_postgres() as server:
            server.start()
            with site(server=server.url) as place:

                def kill(number: int) -> None:
                    server.kill()
                    server.start()

                return _under(place, "PostgreSQL of this run, the server killed", kill) and stood
    except NotHere as why:
        click.echo(f"quiz: no PostgreSQL server was killed: {why}")
        return stood


def _under(place: Site, name: str, kill: Callable[[int], None] | None = None) -> bool:
    place.prepare()
    sitters = seat_crowd(place, PEOPLE)
    server = place.gunicorn()

    def workers(number: int) -> None:
        kill_workers(server, both=number % 3 == 2)

    exam = Run(name, place, server, sitters, kill or workers, tries=2 if kill else 1)
    exam.begun = {sitter.code: _deadline(sitter, server.port) for sitter in sitters}
    students = _answering(exam)
    _resuming(exam)
    _sending(exam)
    return _verdict(exam, students)


def _deadline(sitter: Sitter, port: int) -> int:
    standing = sitter.browser(port).get(f"/attempts/{sitter.code}", json=True)
    deadline = standing.json.get("deadline") if standing.status == 200 else None
    if deadline is None:
        raise Failed(f"An attempt says nothing of when it ends: {standing.status} {standing.text[:200]}")
    return int(deadline)


def _answering(exam: Run) -> list[Student]:
    over = threading.Event()
    gap = EVERY / len(exam.sitters)
    students = [
        Student(sitter, exam.server.port, (number * gap, EVERY), over, form=number % 4 == 3)
        for number, sitter in enumerate(exam.sitters)
    ]
    for student in students:
        student.start()
    try:
        for _kill in range(KILLS):
            over.wait(PAUSE)
            exam.strike()
        over.wait(PAUSE)
    finally:
        over.set()
        for student in students:
            student.join(PATIENCE + 10)
    return students


def kill_workers(server: Server, both: bool = False) -> int:
    """Kill one worker, or all of them, with SIGKILL; wait until gunicorn has others and the server answers again."""
    before = server.workers()
    doomed = before if both else before[:1]
    for pid in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if not until(lambda: len(set(server.workers()) - set(doomed)) >= len(before), PATIENCE):
        raise Failed(f"gunicorn did not replace its workers.\n{server.said()}")
    if not until(lambda: answers(server.port, "/healthz"), PATIENCE):
        raise Failed(f"The server does not answer after a kill.\n{server.said()}")
    return len(doomed)


def _resuming(exam: Run) -> None:
    """Open each attempt again after all the kills: its page is there, and it ends when it always did."""
    for sitter in exam.sitters:
        page = sitter.browser(exam.server.port).get(f"/attempts/{sitter.code}")
        ends = _deadline(sitter, exam.server.port)
        if page.status != 200 or ends != exam.begun[sitter.code]:
            exam.odd.append(
                f"{sitter.code} does not go on: {page.status}, ends at {ends} not {exam.begun[sitter.code]}"
            )


def _sending(exam: Run) -> None:
    """Send every attempt from two tabs at once, some people at a time, and kill in the middle of every other wave."""
    for wave in count():
        some = exam.sitters[wave * WAVE : (wave + 1) * WAVE]
        if not some:
            return
        together = threading.Barrier(2 * len(some) + 1)
        tabs = [
            threading.Thread(target=_send, args=(exam, sitter, together)) for sitter in some for _tab in ("one", "two")
        ]
        for tab in tabs:
            tab.start()
        together.wait()
        if wave % 2 == 0:
            exam.strike()
        for tab in tabs:
            tab.join(PATIENCE + 40)


def _send(exam: Run, sitter: Sitter, together: threading.Barrier) -> None:
    form = [("csrf_token", sitter.token), ("anyway", "1")]
    tab = sitter.browser(exam.server.port)
    together.wait()
    try:
        answer, _tries = stubborn(tab, f"/attempts/{sitter.code}/submit", form, json=False)
    except (OSError, HTTPException) as broken:
        exam.odd.append(f"{sitter.code} was not sent: {type(broken).__name__}")
        return
    if answer.status != 303 or not answer.location.endswith("/result"):
        exam.odd.append(f"{sitter.code} was not sent: {answer.status} {answer.location}")


def _verdict(exam: Run, students: Sequence[Student]) -> bool:
    sent = {save: tries * exam.tries for student in students for save, tries in student.sent.items()}
    with exam.place.unit() as s:
        told = [save for student in students for save in student.acknowledged]
        found = compare(told, taken(s), standing(s), sent)
        wrong = [*exam.odd, *(one for student in students for one in student.odd), *wrong_attempts(s, exam.begun)]
    wrong += _again(exam)
    repeats = sum(tries - 1 for student in students for tries in student.sent.values())
    click.echo(f"quiz: {found.line} ({exam.name})")
    click.echo(
        f"quiz: {exam.kills} kills, {len(students)} people, {repeats} repeats after a reply that never came,"
        f" {len(exam.begun)} attempts resumed and sent once from two tabs, {len(wrong)} not as they should be"
    )
    for said in [*found.lost, *found.doubled, *wrong][:SHOWN]:
        click.echo(f"quiz: {said}")
    return bool(found.acknowledged) and not (found.lost or found.doubled or wrong)


def _again(exam: Run) -> list[str]:
    """Send each attempt a third time, late and with another answer: nothing about how it ended may move."""
    with exam.place.unit() as s:
        before = ended(s)
    for sitter in exam.sitters:
        _position, _choice, fields = sitter.parcel(10**9, SystemClock().now())
        browser = sitter.browser(exam.server.port)
        stubborn(browser, f"/attempts/{sitter.code}/submit", [*fields, ("anyway", "1")], json=False)
    with exam.place.unit() as s:
        after = ended(s)
    return [
        f"{code} was closed twice: {before[code]} then {after[code]}" for code in before if before[code] != after[code]
    ]
