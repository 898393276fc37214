"""`lms demo`: what it prints for people and for programs, and when it refuses."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command as alembic
from click.testing import Result
from flask import Flask

from lms.app import create_app
from lms.core.db import Base, Database, unit_of_work
from lms.core.settings import Settings
from lms.curriculum import service as curriculum
from lms.demo import service
from lms.demo.cli import as_data
from lms.records.cli import migrations
from tests import factories
from tests.conftest import SECRET, _empty
from tests.demo.conftest import BASE, ROOT, Two
from tests.factories import NOON


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Flask]:
    settings = Settings(env="production", home=str(tmp_path), secret_key=SECRET, base_url="https://training.example")
    app = create_app(settings)
    with app.extensions["lms"].db.engine.execution_options(write=True).begin() as c:
        Base.metadata.create_all(c)
    yield app
    app.extensions["lms"].db.engine.dispose()


def run(app: Flask, *words: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["lms", "demo", *words])


def test_json_has_exactly_the_shape_that_other_programs_read(two: Two) -> None:
    assert set(two.printed) == {"accounts", "certificate_url", "revoked_certificate_url"}
    assert [account["role"] for account in two.printed["accounts"]] == [
        "student",
        "classmate",
        "facilitator",
        "coordinator",
        "funder",
    ]
    assert all(set(account) == {"role", "email", "password"} for account in two.printed["accounts"])
    assert two.printed["certificate_url"].startswith(f"{BASE}/verify/")
    assert two.printed["revoked_certificate_url"].startswith(f"{BASE}/verify/")
    assert two.printed["certificate_url"] != two.printed["revoked_certificate_url"]


def test_a_base_address_with_a_slash_at_its_end_makes_no_double_slash() -> None:
    made = service.Built((service.Account("student", "s@demo.example", "pw"),), "ABCD-EFGH-JKLM", "NPQR-STUV-WXYZ")
    assert as_data(made, "https://training.example/")["certificate_url"] == (
        "https://training.example/verify/ABCD-EFGH-JKLM"
    )


def test_production_builds_no_demonstration(production: Flask) -> None:
    result = run(production)
    assert result.exit_code == 1
    assert "LMS_ENV=demo" in result.output


def test_real_people_are_one_sentence(app: Flask, database: Database) -> None:
    with unit_of_work(database) as s:
        factories.person(s)
    result = run(app)
    assert result.exit_code == 1
    assert "real people" in result.output
    assert "Traceback" not in result.output


def test_a_demonstration_that_was_cut_off_is_never_taken_for_built(tmp_path: Path) -> None:
    """The command is killed as soon as it has committed anything; the next start says in a sentence what to do."""
    for url in _empty(tmp_path):
        given = {"LMS_ENV": "demo", "LMS_HOME": str(tmp_path), "LMS_SECRET_KEY": SECRET, "LMS_DATABASE_URL": url}
        app = create_app(Settings.from_env(given))
        database = app.extensions["lms"].db
        _publish(url, database, tmp_path)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "lms", "demo"]
        with subprocess.Popen(command, cwd=ROOT, env=kept | given, stdout=subprocess.DEVNULL) as building:
            while building.poll() is None and not _begun(database):
                time.sleep(0.02)
            building.kill()
        assert building.returncode == -signal.SIGKILL
        result = run(app)
        database.engine.dispose()
        start = [sys.executable, "-m", "tools.run"]
        more = {"PORT": str(_free_port()), "HOST": "127.0.0.1"}
        started = subprocess.run(start, check=False, cwd=ROOT, env=kept | given | more, capture_output=True, text=True)
        assert started.returncode == 1
        assert "Groundwork did not start. The demonstration here has" in started.stderr
        assert "Traceback" not in started.stderr
        assert result.exit_code == 1
        assert "of its 4 cohorts" in result.output
        assert "start again" in result.output
        assert "Traceback" not in result.output


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _publish(url: str, database: Database, folder: Path) -> None:
    alembic.upgrade(migrations(url), "head")
    shipped = Settings()
    with unit_of_work(database) as s:
        cache = folder.parent / "cache"
        curriculum.publish_files(s, shipped.curriculum_path, shipped.quizzes_path, now=NOON, cache_dir=cache)


def _begun(database: Database) -> bool:
    with unit_of_work(database, write=False) as s:
        return service.is_built(s)


def test_a_second_run_prints_the_same_people(two: Two, tmp_path: Path) -> None:
    """The command finds the demonstration that is there, whatever day is asked for."""
    url = two.there.engine.url.render_as_string(hide_password=False)
    settings = Settings(env="demo", home=str(tmp_path), secret_key=SECRET, base_url=BASE, database_url=url)
    app = create_app(replace(settings, insecure_cookies=True))
    result = run(app, "--anchor", "2030-01-01")
    app.extensions["lms"].db.engine.dispose()
    assert result.exit_code == 0
    assert [line.split()[1] for line in result.output.splitlines()] == [a["email"] for a in two.printed["accounts"]]
