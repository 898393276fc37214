"""A place of one's own to measure in: a temporary home, an empty database, servers on free ports; all of it goes away."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import command as alembic
from sqlalchemy.engine import make_url

from lms.core.clock import SystemClock
from lms.core.crypto import Keyring
from lms.core.db import Database, open_database, unit_of_work
from lms.core.ids import new_code, new_token
from lms.core.settings import Settings
from lms.curriculum import service as curriculum
from lms.records.cli import migrations

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
BINARIES = Path(sys.executable).parent
SERVER = "LMS_TEST_DATABASE_URL"
"""Names a PostgreSQL server on which a database is made and dropped; empty: SQLite."""
POLL = 0.02


class Failed(Exception):
    """The run itself cannot go on; the message is one sentence and what the servers said."""


@dataclass
class Server:
    """A process of ours that answers on a port."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    def workers(self) -> list[int]:
        """Return the process ids of gunicorn's workers."""
        return children(self.process.pid)

    def stop(self) -> None:
        """End the process, politely first."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def said(self, most: int = 2000) -> str:
        """Return the last of what it wrote."""
        return self.log.read_text(errors="replace")[-most:] if self.log.exists() else ""


@dataclass
class Site:
    """A home folder, a database and the environment in which servers of the product run on them."""

    home: Path
    database: str
    environment: dict[str, str]
    servers: list[Server] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The settings that the servers read."""
        return Settings.from_env(self.environment)

    def open(self) -> Database:
        """Open the database as the product does."""
        return open_database(self.database, Keyring.of(self.settings.secrets))

    def close(self) -> None:
        """Stop every server that was started here."""
        for server in self.servers:
            server.stop()

    def prepare(self) -> None:
        """Migrate, and publish the curriculum that came with the product."""
        alembic.upgrade(migrations(self.database), "head")
        settings = self.settings
        with self.unit() as s:
            curriculum.publish_files(
                s,
                settings.curriculum_path,
                settings.quizzes_path,
                now=SystemClock().now(),
                cache_dir=self.home / "cache",
            )

    @contextmanager
    def unit(self) -> Iterator["sa.orm.Session"]:
        """One committed transaction on the database."""
        database = self.open()
        try:
            with unit_of_work(database) as s:
                yield s
        finally:
            database.engine.dispose()

    def gunicorn(
        self,
        target: str = "wsgi:app",
        *,
        before: list[str] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Server:
        """Serve an application with the product's own gunicorn settings; `before` stands in front of the command."""
        port = free_port()
        command = [
            *(before or []), str(BINARIES / "gunicorn"), target, "--bind", f"{HOST}:{port}",
            "--config", str(ROOT / "tools" / "gunicorn.py"),
        ]  # fmt: skip
        return self.start(command, port, more=more)

    def start(
        self,
        command: list[str],
        port: int,
        *,
        more: Mapping[str, str] | None = None,
        within: float = 60,
        path: str = "/healthz",
    ) -> Server:
        """Start a process and wait until it answers; it is ended with the site at the latest."""
        log = self.home / f"server-{port}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment | dict(more or {}), stdout=out, stderr=out
            )
        server = Server(process, port, log)
        self.servers.append(server)
        if not until(lambda: process.poll() is not None or answers(port, path), within) or process.poll() is not None:
            raise Failed(f"{command[0]} did not answer on port {port}.\n{server.said()}")
        return server


@contextmanager
def site(home: Path | None = None, *, server: str = "", **settings: str) -> Iterator[Site]:
    """Make a site; at the end its servers are stopped, its database dropped and its folder removed.

    `server` is the address of a PostgreSQL server to make the database on, in place of the one that the run names.
    """
    with contextlib.ExitStack() as left:
        folder = home or Path(
            left.enter_context(tempfile.TemporaryDirectory(prefix="groundwork-", ignore_cleanup_errors=True))
        )
        address = left.enter_context(_database(folder, server or os.environ.get(SERVER, "")))
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LMS_")}
        environment |= {
            "LMS_ENV": "demo",
            "LMS_HOME": str(folder),
            "LMS_SECRET_KEY": new_token(),
            "LMS_BASE_URL": f"http://{HOST}",
            "LMS_DATABASE_URL": address,
            **settings,
        }
        made = Site(folder, address, environment)
        left.callback(made.close)
        yield made


@contextmanager
def _database(folder: Path, server: str) -> Iterator[str]:
    if not server:
        yield f"sqlite:///{folder / 'lms.db'}"
        return
    name = f"lms_bench_{new_code(8).lower()}"
    url = make_url(server).set(drivername="postgresql+psycopg")
    # No connection is kept: the server may have been killed and started again before the database is dropped.
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with admin.connect() as c:
        c.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as c:
            c.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def children(parent: int) -> list[int]:
    """Return the process ids of a process's children; none when it is gone."""
    try:
        tasks = Path(f"/proc/{parent}/task").iterdir()
        return sorted(int(pid) for task in tasks for pid in (task / "children").read_text().split())
    except OSError:
        return []


def on_postgres() -> bool:
    """Say whether this run is on PostgreSQL."""
    return bool(os.environ.get(SERVER))


def free_port() -> int:
    """Return a port on loopback that nobody listens on at this moment."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def answers(port: int, path: str) -> bool:
    """Say whether a page is served on a port."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", urlsplit(path).path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until something is so, at most so long; say whether it came."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(POLL)
    return True
