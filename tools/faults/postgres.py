"""A PostgreSQL server of the run's own: its data in a temporary folder, on a port of 127.0.0.1, to be killed and started again.

PostgreSQL refuses to run as root, so root starts it as the user `postgres`. Nothing about durability is set: what is
tested is what a server does that nobody has tuned.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tools.bench.site import HOST, Failed, children, free_port, until

USER = "postgres"
PATIENCE = 90
PACKAGED = "/usr/lib/postgresql"


class NotHere(Exception):
    """This machine cannot run a server of the run's own; the message says why."""


@dataclass
class Postgres:
    """A server that may be killed: every process of it at once, as when a machine loses its power and keeps its disk."""

    folder: Path
    programs: Path
    identity: dict[str, Any]
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"postgresql://{USER}@{HOST}:{self.port}/postgres"

    def lay(self) -> None:
        """Make the data directory."""
        command = [str(self.programs / "initdb"), "-D", str(self.folder / "data"), "-U", USER, "-A", "trust"]
        made = subprocess.run(
            [*command, "-E", "UTF8", "--no-locale"], cwd=self.folder, capture_output=True, check=False, **self.identity
        )
        if made.returncode:
            raise NotHere(f"initdb did not work: {made.stderr.decode(errors='replace')[-300:].strip()}")

    def start(self, before: Sequence[str] = ()) -> None:
        """Start it and wait until it answers, recovery included; `before` stands in front of the command."""
        settings = {"listen_addresses": HOST, "unix_socket_directories": "", "shared_buffers": "32MB"}
        command = [*before, str(self.programs / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self.identity)
        process = self.process
        if not until(lambda: process.poll() is not None or self._answers(), PATIENCE) or process.poll() is not None:
            raise Failed(f"The PostgreSQL server of this run did not start.\n{self.said()}")

    def kill(self) -> None:
        """End every process of it with SIGKILL, at once: nothing is flushed, nothing is tidied up."""
        process = self.process
        if process is None:
            return
        # Stopped first, so that it forks nobody who is not on the list.
        os.kill(process.pid, signal.SIGSTOP)
        doomed = [*children(process.pid), process.pid]
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(PATIENCE)
        if not until(lambda: not any(_runs(pid) for pid in doomed), PATIENCE):
            raise Failed("A killed process of the PostgreSQL server still runs.")
        self.process = None

    def stop(self) -> None:
        """End it politely, at the latest after a while by force."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def said(self, most: int = 1500) -> str:
        """Return the last of what it wrote."""
        return (self.folder / "log").read_text(errors="replace")[-most:]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.Error:
            return False
        return True


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    """Make a server, laid and not started; at the end it is stopped and its folder removed. NotHere when it cannot be."""
    programs, identity = _programs(), _identity()
    with tempfile.TemporaryDirectory(prefix="groundwork-postgres-", ignore_cleanup_errors=True) as home:
        folder = Path(home)
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        server = Postgres(folder, programs, identity)
        server.lay()
        try:
            yield server
        finally:
            server.stop()


def _programs() -> Path:
    """Return the folder of `initdb` and `postgres`: the newest of Debian's, else the one on the path."""
    packaged = sorted(Path(PACKAGED).glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = packaged[-1] if packaged else shutil.which("initdb")
    if not found:
        raise NotHere("the programs initdb and postgres are not installed")
    return Path(found).resolve().parent


def _identity() -> dict[str, Any]:
    if os.geteuid():
        return {}
    try:
        user = pwd.getpwnam(USER)
    except KeyError:
        raise NotHere(f"PostgreSQL does not run as root, and there is no user {USER}") from None
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _runs(pid: int) -> bool:
    """Say whether a process still runs; one that is dead and not yet fetched by its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
