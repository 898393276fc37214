"""The demonstration, built twice at the same time: here, and by the command in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alembic import command as alembic
from sqlalchemy.orm import Session

from lms.certificates.service import PLAIN
from lms.core.crypto import Keyring
from lms.core.db import Database, open_database, unit_of_work
from lms.core.settings import Settings
from lms.curriculum import service as curriculum
from lms.demo import service as demo
from lms.records.cli import migrations
from tests.conftest import SECRET, _empty
from tests.factories import NOON

ROOT = Path(__file__).parents[2]
BASE = "http://lms.example"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Building takes its time: one process does it for all of these tests."""
    for item in items:
        if "demo" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("demo"))


@dataclass(frozen=True)
class Two:
    """Two demonstrations of the same day."""

    here: Database
    """Built in this process, on whatever the tests run on."""
    there: Database
    """Built by `lms demo --json --anchor 2026-11-23` in another process, on SQLite."""
    built: demo.Built
    printed: dict[str, Any]
    """What that command printed."""


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """The demonstration twice."""
    folder = tmp_path_factory.mktemp("there")
    other = _command(folder)
    for url in _empty(tmp_path_factory.mktemp("here")):
        alembic.upgrade(migrations(url), "head")
        here = open_database(url, Keyring.of([SECRET]))
        built = _build(here, folder.parent / "cache")
        printed = other.communicate(timeout=540)[0]
        assert other.returncode == 0
        there = open_database(f"sqlite:///{folder / 'lms.db'}", Keyring.of([SECRET]))
        yield Two(here, there, built, json.loads(printed.splitlines()[-1]))
        for database in (here, there):
            database.engine.dispose()


def _build(database: Database, cache: Path) -> demo.Built:
    settings = Settings()
    with unit_of_work(database) as s:
        curriculum.publish_files(s, settings.curriculum_path, settings.quizzes_path, now=NOON, cache_dir=cache)
    return demo.build(database, anchor=NOON, wording=PLAIN, base_url=BASE)


def _command(folder: Path) -> "subprocess.Popen[str]":
    flask = f"'{sys.executable}' -m flask --app wsgi lms"
    steps = f"{flask} migrate && {flask} curriculum compile && {flask} demo --json --anchor 2026-11-23"
    given = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
    given |= {"LMS_ENV": "demo", "LMS_HOME": str(folder), "LMS_SECRET_KEY": SECRET, "LMS_BASE_URL": BASE}
    return subprocess.Popen(["/bin/sh", "-c", steps], cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def shown(two: Two) -> Iterator[Session]:
    """A session that reads the demonstration."""
    with unit_of_work(two.here, write=False) as s:
        yield s
