"""`durable`: an acknowledged answer is on the disk before its reply, on every connection."""

import os
import shutil
import subprocess
from pathlib import Path

import click

from lms.core.clock import SystemClock
from tools.bench.load import drive, request
from tools.bench.seats import Sitter, parcel, seat_class, sit_down
from tools.bench.site import ROOT, Failed, Site, on_postgres, site, until
from tools.faults.trace import Reply, replies

STUDENTS = 8
SAVES = 6
WANTED = ("on", "on", "on")
CALLS = "trace=recvfrom,sendto,sendmsg,write,pwrite64,fsync,fdatasync"


def run() -> bool:
    """Ask every connection of a served application, then trace a worker's system calls; say what was found."""
    with site() as place:
        place.prepare()
        seats = seat_class(place, STUDENTS)
        sure = _connections(place, seats.emails, seats.quiz)
        return _traced(place, seats.emails[:2], seats.quiz) and sure


def _connections(place: Site, emails: tuple[str, ...], quiz: str) -> bool:
    heard = place.home / "witness.txt"
    server = place.gunicorn("tools.faults.witness:app", more={"FAULTS_WITNESS": str(heard)})
    sitters = sit_down(server.port, emails, quiz)
    pages = [request("GET", f"/attempts/{sitter.attempt}", sitter.browser.headers()) for sitter in sitters]
    drive(server.port, [lambda page=page: page for page in pages], 1)  # type: ignore[misc]
    for sitter in sitters:
        _save(sitter)
    server.stop()
    found = dict(line.split(" ", 1) for line in heard.read_text().splitlines())
    wanted = " ".join(WANTED) if on_postgres() else "wal 2"
    odd = {settings for settings in found.values() if settings != wanted}
    names = "fsync, synchronous_commit, full_page_writes" if on_postgres() else "journal_mode, synchronous"
    said = f"not so: {sorted(odd)}" if odd else f"all {wanted} ({names})"
    click.echo(f"durable: {len(found)} connections, {said}")
    return bool(found) and not odd


def _save(sitter: Sitter, first: int = 1, saves: int = SAVES) -> None:
    for number in range(first, first + saves):
        sent = parcel(sitter, number % sitter.questions + 1, number % 2, number, SystemClock().now())
        answer = sitter.browser.post(sitter.answers, sent, json=True)
        if answer.status != 200 or answer.json["state"] != "saved":
            raise Failed(f"An answer was not saved: {answer.status} {answer.text[:300]}")


def _traced(place: Site, emails: tuple[str, ...], quiz: str) -> bool:
    if on_postgres():
        click.echo("durable: not traced: on PostgreSQL it is the database server that writes")
        return True
    subprocess.run([str(ROOT / "tools" / "faults" / "strace")], check=False)
    strace = shutil.which("strace")
    out = place.home / "trace.txt"
    if not strace or not _may_trace(strace):
        click.echo("durable: not traced: strace is not here, or this machine does not allow it")
        return True
    # -D: the server stays the process that was started, and the tracer ends with it.
    before = [strace, "-D", "-f", "-y", "-s", "120", "-e", CALLS, "-o", str(out)]
    server = place.gunicorn(before=before, more={"WEB_CONCURRENCY": "1"})
    for sitter in sit_down(server.port, emails, quiz):
        _save(sitter, first=SAVES + 1)
    server.stop()
    until(lambda: len(_saves_in(out)) >= 2 * SAVES, 10)  # the tracer writes its last lines after the server has ended
    return _judged(_saves_in(out), 2 * SAVES)


def _saves_in(trace: Path) -> list[Reply]:
    with trace.open(errors="replace") as lines:
        return [reply for reply in replies(lines, ("lms.db-wal", "lms.db")) if _is_save(reply)]


def _judged(found: list[Reply], wanted: int) -> bool:
    durable = sum(reply.durable for reply in found)
    click.echo(f"durable: {len(found)} saved answers traced, {durable} forced to the disk before their reply")
    return len(found) == wanted == durable


def _is_save(reply: Reply) -> bool:
    return reply.asked.startswith("POST /attempts/") and reply.asked.endswith("/answers") and reply.status == 200


def _may_trace(strace: str) -> bool:
    tried = subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True, check=False)
    return tried.returncode == 0
