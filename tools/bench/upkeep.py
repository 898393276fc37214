"""What is not about load: bytes over the wire, memory, checking and compiling the curriculum, starting."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from alembic import command as alembic

from lms.records.cli import migrations
from tools.bench.browser import Browser
from tools.bench.load import CONNECTIONS, drive, request
from tools.bench.report import Found, bounded
from tools.bench.seats import PASSWORD
from tools.bench.site import BINARIES, HOST, ROOT, Failed, Server, Site, free_port, site

Say = Callable[[Found], None]
KB = 1000
FIRST_BYTES, FIRST_REQUESTS, NEXT_BYTES = 60, 5, 25
MEMORY = 120
COLD, CHANGED, START = 6.0, 1.0, 5.0
TRIES = 3
"""How often what takes a moment is timed; the quickest counts, because the machine may have other work."""


def weigh(port: int, signed_in: Browser, lesson: str, say: Say) -> None:
    """Count what a browser fetches on its first visit of the home page, and for a lesson after it."""
    fresh = Browser(port)
    fresh.cookies = dict(signed_in.cookies)
    first = fresh.visit("/")
    say(bounded("first-visit", first.wire / KB, FIRST_BYTES, "KB", 1))
    say(bounded("first-requests", first.requests, FIRST_REQUESTS, ""))
    say(bounded("next-lesson", fresh.visit(lesson).wire / KB, NEXT_BYTES, "KB", 1))


def memory(server: Server, browser: Browser, emails: Sequence[str], paths: Sequence[str], say: Say) -> None:
    """Let people sign in, load each page for a moment, and read what the largest worker holds (shared pages included)."""
    for email in emails:
        Browser(server.port).sign_in(email, PASSWORD)
    for path in paths:
        asked = request("GET", path, browser.headers())
        drive(server.port, [lambda asked=asked: asked] * CONNECTIONS, 2)  # type: ignore[misc]
    most = max(_resident(pid) for pid in server.workers())
    say(bounded("memory", most, MEMORY, "MB"))


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise Failed(f"The memory of process {pid} cannot be read.")


def compile_curriculum(say: Say) -> None:
    """Time check and publication of the whole curriculum: nothing kept from before, then with one lesson changed."""
    with site() as place:
        alembic.upgrade(migrations(place.database), "head")
        settings = place.settings
        for name, source in (("curriculum", settings.curriculum_path), ("quizzes", settings.quizzes_path)):
            shutil.copytree(source, place.home / name)
        place.environment |= {
            "LMS_CURRICULUM_DIR": str(place.home / "curriculum"),
            "LMS_QUIZZES_DIR": str(place.home / "quizzes"),
        }
        say(bounded("compile-cold", _publish(place), COLD, "s", 2))
        lessons = sorted((place.home / "curriculum").glob("modules/*/[0-9][0-9]-*.md"))
        say(bounded("compile-changed", min(_changed(place, lesson) for lesson in lessons[:TRIES]), CHANGED, "s", 2))


def _changed(place: Site, lesson: Path) -> float:
    lesson.write_text(lesson.read_text().rstrip() + "\n\nTake a slow breath before you go on.\n")
    return _publish(place)


def _publish(place: Site) -> float:
    """Publish in a new process, which times itself: starting Python is not compiling."""
    asked = [sys.executable, "-m", "tools.bench.publish"]
    done = subprocess.run(
        asked, cwd=ROOT, env=place.environment, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise Failed(f"The curriculum was not published.\n{done.stderr[-2000:]}")
    return float(done.stdout.strip())


def run_once(place: Site) -> tuple[Server, float]:
    """Start the demonstration as `make run` does; return it and the seconds until the sign-in page came."""
    port = free_port()
    settings = {"PORT": str(port), "HOST": HOST, "LMS_BASE_URL": f"http://{HOST}:{port}"}
    begun = time.perf_counter()
    command = [str(BINARIES / "python"), "-m", "tools.run"]
    server = place.start(command, port, more=settings, within=300, path="/sign-in")
    return server, time.perf_counter() - begun


def second_start(place: Site, say: Say) -> None:
    """Time starts that find everything there already."""
    taken = []
    for _try in range(TRIES - 1):
        server, seconds = run_once(place)
        server.stop()
        taken.append(seconds)
    say(bounded("start", min(taken), START, "s", 2))
