"""`full`: on a full disk a save says so and gives the answer back, and nothing acknowledged is lost."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count
from pathlib import Path

import click

from lms.core.clock import SystemClock
from tools.bench.browser import Answer
from tools.bench.page import hidden_fields
from tools.bench.seats import Sitter, parcel, seat_class, sit_down
from tools.bench.site import Failed, Server, Site, on_postgres, site
from tools.faults.journal import Save, compare
from tools.faults.kept import standing, taken

SIZE = "96m"
MOST = 4000
"""Saves after which a full disk must have been felt."""
CALM = 40
"""Saves before the room is taken."""
TRIES = 6


@dataclass
class Felt:
    """What was seen while the disk was full."""

    acknowledged: list[Save] = field(default_factory=list)
    refused: int = 0
    wrong: list[str] = field(default_factory=list)


def run() -> bool:
    """Fill the disk under a served application, save until it fails, look at the refusals, make room, go on."""
    if on_postgres():
        click.echo("full: not tried: on PostgreSQL the disk is the database server's")
        return True
    with _small_disk() as disk, site(disk) as place:
        place.prepare()
        seats = seat_class(place, 1)
        room = _Room(place.home, limited=disk is None)
        server = place.gunicorn(before=room.before(), more={"WEB_CONCURRENCY": "1"})
        (sitter,) = sit_down(server.port, seats.emails, seats.quiz)
        felt = Felt()
        after = _until_full(server, sitter, room, felt)
        if room.make():
            _goes_on(sitter, after, felt)
        return _verdict(place, room, felt)


class _Room:
    """Takes the room on a disk away and gives it back; where no disk may be mounted, files may not grow instead."""

    def __init__(self, home: Path, limited: bool) -> None:
        self.home, self.limited = home, limited
        self._filler = home / "filler"

    @property
    def how(self) -> str:
        """Say how the disk was full."""
        return "files that may not grow (no disk may be mounted here)" if self.limited else f"a disk of {SIZE}"

    def before(self) -> list[str]:
        """Return what stands in front of the server's command: a limit a little above its largest file."""
        if not self.limited:
            return []
        largest = max(path.stat().st_size for path in self.home.rglob("*") if path.is_file())
        return ["sh", "-c", f'ulimit -f {largest // 512 + 512}; exec "$0" "$@"']

    def take(self) -> None:
        """Fill what is free; the last bytes too."""
        if self.limited:
            return
        with contextlib.suppress(OSError), self._filler.open("ab", buffering=0) as out:
            for size in (1 << 20, 4096, 1):
                with contextlib.suppress(OSError):
                    while out.write(b"\0" * size):
                        pass

    def make(self) -> bool:
        """Give the room back; a limit on a running process stays."""
        if self.limited:
            return False
        self._filler.unlink()
        return True


def _until_full(server: Server, sitter: Sitter, room: _Room, felt: Felt) -> int:
    """Save until the disk is felt, then a few times more as a script and as a page; return the next count."""
    for sequence in count(1):
        if sequence > CALM:
            room.take()
        if sequence > MOST:
            raise Failed(f"{MOST} answers were saved on a disk without room.\n{server.said()}")
        answer = _save(sitter, sequence, felt, json=True)
        if answer is None or answer.status != 200:
            break
    for more in range(1, TRIES + 1):
        _save(sitter, sequence + more, felt, json=bool(more % 2))
    return sequence + TRIES + 1


def _save(sitter: Sitter, sequence: int, felt: Felt, *, json: bool) -> Answer | None:
    position = sequence % sitter.questions + 1
    sent = parcel(sitter, position, sequence % 2, sequence, SystemClock().now())
    try:
        answer = sitter.browser.post(sitter.answers, sent, json=json)
    except (OSError, HTTPException) as silent:
        felt.wrong.append(f"a save got no answer at all ({type(silent).__name__})")
        return None
    if answer.status == (200 if json else 303):
        felt.acknowledged.append(Save(sitter.attempt, position, sequence, (sequence % 2,)))
        return answer
    felt.refused += 1
    felt.wrong += _silence(answer, sent, json=json)
    return answer


def _silence(answer: Answer, sent: list[tuple[str, str]], *, json: bool) -> list[str]:
    """Name what is missing from a refusal: words, and on a page the answer itself."""
    if json:
        said = (
            answer.json.get("error", "")
            if answer.headers.get("content-type", "").startswith("application/json")
            else ""
        )
        return [] if said else [f"a refusal without words: {answer.status} {answer.text[:80]!r}"]
    carried, read = hidden_fields(answer.text), answer.text.replace("-", " ")
    missing = [
        name
        for name, value in sent
        if name != "csrf_token" and carried.get(name) != value and f"{name}: {value}".replace("-", " ") not in read
    ]
    wrong = (
        [f"a page of refusal that does not give the answer back: {answer.status}, without {missing}"] if missing else []
    )
    return (
        wrong if 'id="main"' in answer.text else [*wrong, f"a page without words: {answer.status} {answer.text[:80]!r}"]
    )


def _goes_on(sitter: Sitter, sequence: int, felt: Felt) -> None:
    answer = _save(sitter, sequence, felt, json=True)
    if answer is None or answer.status != 200:
        felt.wrong.append("with room on the disk again, a save still fails")


def _verdict(place: Site, room: _Room, felt: Felt) -> bool:
    place.close()
    with place.unit() as s:
        found = compare(felt.acknowledged, taken(s), standing(s))
    click.echo(f"full: {found.line}")
    click.echo(f"full: {felt.refused} saves refused on {room.how}, {len(felt.wrong)} of them not as they should be")
    for said in dict.fromkeys(felt.wrong):
        click.echo(f"full: {said}")
    return bool(found.acknowledged and felt.refused) and not (found.lost or found.doubled or felt.wrong)


@contextmanager
def _small_disk() -> Iterator[Path | None]:
    """Mount a small disk in memory where this machine allows it; None where not."""
    folder = Path(tempfile.mkdtemp(prefix="groundwork-disk-"))
    mounted = os.geteuid() == 0 and _done(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)])
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            _done(["umount", str(folder)])
        folder.rmdir()


def _done(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
