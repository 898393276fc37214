"""`make run`: prepare what is missing, start the web server and the worker, say where and how to sign in.

Everything it writes lies in LMS_HOME (default `instance/`). A second start finds it all there and changes no data.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from alembic import command as alembic

from lms.app import create_app
from lms.core.db import unit_of_work
from lms.core.errors import LmsError, StartupError
from lms.core.ids import new_token
from lms.core.settings import Settings
from lms.curriculum import service as curriculum
from lms.demo import service as demo
from lms.demo.cli import build_demo
from lms.records.cli import migrations

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Start the demonstration; every failure on the way is one sentence that says what to do."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    try:
        environment = _environment(host, _free(host, port))
        settings = Settings.from_env(environment)
        accounts = _prepare(settings)
    except (StartupError, LmsError) as refused:
        sys.exit(f"Groundwork did not start. {refused}")
    except PermissionError as refused:
        sys.exit(
            f"Groundwork did not start. It may not write to {refused.filename}; give LMS_HOME a folder of your own."
        )
    _serve(environment, host, port, accounts)


def _free(host: str, port: str) -> str:
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        raise StartupError(f"PORT is {port!r}; it must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as taken:
            raise StartupError(f"Port {port} is taken ({taken.strerror}). Choose another: make run PORT=8001") from None
    return port


def _environment(host: str, port: str) -> dict[str, str]:
    given = {
        "LMS_ENV": "demo",
        "LMS_HOME": str(ROOT / "instance"),
        "LMS_BASE_URL": f"http://{host}:{port}",
    } | os.environ
    home = Path(given["LMS_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    if "LMS_SECRET_KEY" not in given:
        given["LMS_SECRET_KEY"] = _secret(home / "secret_key")
    return given


def _secret(path: Path) -> str:
    """Return this installation's own secret, made on the first start; beside the database, never inside it."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(new_token())
    return path.read_text().strip()


def _prepare(settings: Settings) -> tuple[demo.Account, ...]:
    alembic.upgrade(migrations(settings.database), "head")
    app = create_app(settings)
    lms = app.extensions["lms"]
    try:
        with unit_of_work(lms.db) as s:
            cache = settings.home_path / "cache"
            curriculum.publish_files(
                s, settings.curriculum_path, settings.quizzes_path, now=lms.clock.now(), cache_dir=cache
            )
    except curriculum.Unfit as unfit:
        for problem in unfit.found:
            print(problem)
        raise StartupError(f"{unfit.sentence} `make check` lists them again.") from None
    if settings.env != "demo":
        return ()
    with app.test_request_context():
        return build_demo(lms).accounts


def _serve(environment: dict[str, str], host: str, port: str, accounts: tuple[demo.Account, ...]) -> None:
    binary = Path(sys.executable).parent
    web = [
        str(binary / "gunicorn"),
        "wsgi:app",
        "--bind",
        f"{host}:{port}",
        "--config",
        str(ROOT / "tools" / "gunicorn.py"),
    ]
    worker = [str(binary / "flask"), "--app", "wsgi", "lms", "worker"]
    started = [subprocess.Popen(command, cwd=ROOT, env=environment) for command in (web, worker)]

    def stop(number: int, frame: FrameType | None) -> None:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _wait(host, int(port), started)
    _greet(host, port, accounts)
    while all(process.poll() is None for process in started):
        time.sleep(0.5)
    stop(0, None)
    sys.exit(max(process.wait() for process in started) and 1)


def _wait(host: str, port: int, started: list[subprocess.Popen[bytes]]) -> None:
    for _attempt in range(200):
        if any(process.poll() is not None for process in started):
            return
        with contextlib.suppress(OSError), socket.create_connection((host, port), 0.2):
            return
        time.sleep(0.1)


def _greet(host: str, port: str, accounts: tuple[demo.Account, ...]) -> None:
    print(f"\nGroundwork is here: http://{host}:{port}/sign-in\n")
    for account in accounts:
        print(f"  {account.role:<12} {account.email:<28} {account.password}")
    print("\nStop it with Ctrl+C. What you do stays in instance/; delete that folder to begin again.", flush=True)


if __name__ == "__main__":
    main()
