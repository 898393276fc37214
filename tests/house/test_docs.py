"""What the documents promise is what the code does: settings, permissions, commands, targets, locks."""

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest
from flask import Flask

from lms.core.access import CORE_PERMISSIONS
from lms.core.settings import Settings
from lms.extension import ROOMS

ROOT = Path(__file__).parents[2]
OPERATING = ROOT / "docs" / "operating.md"


@pytest.mark.parametrize("name", [f"LMS_{f.name.upper()}" for f in fields(Settings)])
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in OPERATING.read_text()


def test_every_setting_says_what_it_is_for() -> None:
    assert all(len(f.metadata["about"]) > 20 for f in fields(Settings))


def test_every_permission_is_documented() -> None:
    used = {d.permission for room in ROOMS for d in room.doors.values()} | set(CORE_PERMISSIONS)
    text = (ROOT / "docs" / "permissions.md").read_text()
    assert [p.name for p in used if f"`{p.name}`" not in text or p.promise not in text] == []


def test_every_command_is_documented(app: Flask) -> None:
    group = app.cli.commands["lms"]
    names = group.list_commands(click.Context(group))  # type: ignore[attr-defined]
    assert names
    text = OPERATING.read_text()
    assert [n for n in names if f"lms {n}" not in text] == []


def test_every_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(
        re.findall(r"`make ([a-z]+)", (ROOT / "README.md").read_text() + (ROOT / "CONTRIBUTING.md").read_text())
    )
    assert named <= targets


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_locks_carry_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    asked = set(re.findall(r'^    "([a-z0-9-]+)', project, re.M))
    locked = set(re.findall(r"^([a-z0-9-]+)(?:\[[^]]*\])?==", (ROOT / "requirements-dev.txt").read_text(), re.M))
    assert {a for a in asked if a not in locked and not a.startswith("c4")} <= {"ignore"}


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda p: p.name)
def test_a_decision_fits_on_a_page(path: Path) -> None:
    assert re.fullmatch(r"\d{3}-[a-z0-9-]+\.md", path.name)
    assert len(path.read_text().splitlines()) <= 60
