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
from tools.bench.speed import engine
from tools.faults.postgres import NotHere, Postgres, own_postgres
from tools.faults.trace import Reply, commits, replies

STUDENTS = 8
SAVES = 6
WANTED = ("on", "on", "on")
CALLS = "trace=recvfrom,sendto,sendmsg,write,pwrite64,fsync,fdatasync"


def run() -> bool:
    """Ask every connection of a served application, then trace system calls, on this run's engine and on a PostgreSQL of our own."""
    with site() as place:
        place.prepare()
        seats = seat_class(place, STUDENTS)
        sure = _connections(place, seats.emails, seats.quiz, engine())
        if not on_postgres():
            sure = _traced(place, seats.emails[:2], seats.quiz) and sure
    return _on_own_postgres() and sure


def _on_own_postgres() -> bool:
    try:
        with own_postgres() as server:
            server.start()
            with site(server=server.url) as place:
                place.prepare()
                seats = seat_class(place, STUDENTS)
                sure = _connections(place, seats.emails, seats.quiz, "PostgreSQL of this run")
                return _traced_postgres(server, place, seats.emails[:2], seats.quiz) and sure
    except NotHere as why:
        click.echo(f"durable: no PostgreSQL server was started and traced: {why}")
        return True


def _connections(place: Site, emails: tuple[str, ...], quiz: str, name: str) -> bool:
    heard = place.home / "witness.txt"
    server = place.gunicorn("tools.faults.witness:app", more={"FAULTS_WITNESS": str(heard)})
    sitters = sit_down(server.port, emails, quiz)
    pages = [request("GET", f"/attempts/{sitter.attempt}", sitter.browser.headers()) for sitter in sitters]
    drive(server.port, [lambda page=page: page for page in pages], 1)  # type: ignore[misc]
    for sitter in sitters:
        _save(sitter)
    server.stop()
    found = dict(line.split(" ", 1) for line in heard.read_text().splitlines())
    postgres = not place.database.startswith("sqlite")
    wanted = " ".join(WANTED) if postgres else "wal 2"
    odd = {settings for settings in found.values() if settings != wanted}
    names = "fsync, synchronous_commit, full_page_writes" if postgres else "journal_mode, synchronous"
    said = f"not so: {sorted(odd)}" if odd else f"all {wanted} ({names})"
    click.echo(f"durable: {name}: {len(found)} connections, {said}")
    return bool(found) and not odd


def _save(sitter: Sitter, first: int = 1, saves: int = SAVES) -> None:
    for number in range(first, first + saves):
        sent = parcel(sitter, number % sitter.questions + 1, number % 2, number, SystemClock().now())
        answer = sitter.browser.post(sitter.answers, sent, json=True)
        if answer.status != 200 or answer.json["state"] != "saved":
            raise Failed(f"An answer was not saved: {answer.status} {answer.text[:300]}")


def _traced(place: Site, emails: tuple[str, ...], quiz: str) -> bool:
    strace, out = _strace(), place.home / "trace.txt"
    if not strace:
        return _untraced()
    # -D: the server stays the process that was started, and the tracer ends with it.
    before = [strace, "-D", "-f", "-y", "-s", "120", "-e", CALLS, "-o", str(out)]
    server = place.gunicorn(before=before, more={"WEB_CONCURRENCY": "1"})
    for sitter in sit_down(server.port, emails, quiz):
        _save(sitter, first=SAVES + 1)
    server.stop()
    until(lambda: len(_saves_in(out)) >= 2 * SAVES, 10)  # the tracer writes its last lines after the server has ended
    found = [reply.durable for reply in _saves_in(out)]
    return _judged("SQLite", "saved answers", found, 2 * SAVES)


def _traced_postgres(server: Postgres, place: Site, emails: tuple[str, ...], quiz: str) -> bool:
    """Trace every process of the database server while one answer after the other is saved: one commit for each."""
    strace, out = _strace(), server.folder / "trace.txt"
    if not strace:
        return _untraced()
    server.stop()
    server.start([strace, "-D", "-f", "-y", "-s", "60", "-e", CALLS, "-o", str(out)])
    sitters = sit_down(place.gunicorn(more={"WEB_CONCURRENCY": "1"}).port, emails, quiz)
    begun = out.stat().st_size
    for sitter in sitters:
        _save(sitter, first=SAVES + 1)
    until(lambda: len(_commits_in(out, begun)) >= 2 * SAVES, 10)
    return _judged("PostgreSQL of this run", "commits", _commits_in(out, begun), 2 * SAVES)


def _commits_in(trace: Path, begun: int) -> list[bool]:
    with trace.open(errors="replace") as lines:
        lines.seek(begun)
        return [reply.durable for reply in commits(lines)]


def _saves_in(trace: Path) -> list[Reply]:
    with trace.open(errors="replace") as lines:
        return [reply for reply in replies(lines, ("lms.db-wal", "lms.db")) if _is_save(reply)]


def _judged(engine: str, what: str, found: list[bool], wanted: int) -> bool:
    click.echo(f"durable: {engine}: {len(found)} {what} traced, {sum(found)} forced to the disk before their reply")
    return len(found) == wanted == sum(found)


def _is_save(reply: Reply) -> bool:
    return reply.asked.startswith("POST /attempts/") and reply.asked.endswith("/answers") and reply.status == 200


def _strace() -> str:
    """Return where strace is, after an attempt to get it; empty when it is not here or may not trace."""
    subprocess.run([str(ROOT / "tools" / "faults" / "strace")], check=False)
    strace = shutil.which("strace")
    if not strace:
        return ""
    tried = subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True, check=False)
    return "" if tried.returncode else strace


def _untraced() -> bool:
    click.echo("durable: not traced: strace is not here, or this machine does not allow it")
    return True
