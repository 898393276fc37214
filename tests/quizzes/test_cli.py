"""The commands that take questions away and bring them: nothing overwritten unasked, every loss named, every fault by line."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from lms.curriculum import service as curriculum

ROOT = Path(__file__).parents[2]
BANK = "crisis-response"


@pytest.fixture
def run(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command in an empty folder, with the product's curriculum and quizzes in folders of our own."""
    for name in ("curriculum", "quizzes"):
        (tmp_path / name).mkdir()
        for path in (ROOT / name).rglob("*.*"):
            copy = tmp_path / name / path.relative_to(ROOT / name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("lms.quizzes.cli._folders", lambda: (tmp_path / "curriculum", tmp_path / "quizzes"))

    def invoke(*words: str) -> Result:
        return app.test_cli_runner().invoke(args=["lms", "quizzes", *words])

    return invoke


@pytest.mark.parametrize("kind", ["gift", "moodle"])
def test_a_bank_goes_out_and_comes_back_as_it_was(run: Any, tmp_path: Path, kind: str) -> None:
    sent = run("export", BANK, "--format", kind, "--output", "out")
    assert sent.exit_code == 0, sent.output
    many = len(curriculum.questions(tmp_path / "curriculum", tmp_path / "quizzes", BANK).authored)
    assert f"{many} questions in out." in sent.output
    assert run("import", "out", "--format", kind, "--bank", "copy", "--module", BANK).exit_code == 0
    both = [curriculum.questions(tmp_path / "curriculum", tmp_path / "quizzes", id_).authored for id_ in (BANK, "copy")]
    assert both[0] == both[1]


def test_a_package_and_a_text_are_written(run: Any, tmp_path: Path) -> None:
    assert run("export", BANK, "--format", "qti").exit_code == 0
    with zipfile.ZipFile(tmp_path / f"{BANK}.qti.zip") as package:
        assert "imsmanifest.xml" in package.namelist()
        assert len(package.namelist()) > 10
    assert run("export", "lesson-walking-beside", "--format", "text2qti").exit_code == 0
    assert (tmp_path / "lesson-walking-beside.text2qti.txt").read_text().startswith("Quiz title: ")


def test_nothing_is_overwritten_unasked(run: Any, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    refused = run("export", BANK, "--format", "gift", "--output", "out")
    assert (refused.exit_code, (tmp_path / "out").read_text()) == (1, "mine")
    assert "--force overwrites it" in refused.output
    assert run("export", BANK, "--format", "gift", "--output", "out", "--force").exit_code == 0
    before = (tmp_path / "quizzes" / "banks" / f"{BANK}.yaml").read_bytes()
    assert run("import", "out", "--format", "gift", "--bank", BANK).exit_code == 1
    assert (tmp_path / "quizzes" / "banks" / f"{BANK}.yaml").read_bytes() == before
    assert run("export", BANK, "--format", "gift", "--output", "no/such/folder").exit_code == 1


def test_a_bank_may_be_printed_and_then_checked(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in.gift").write_text("Is it so?{T}\n\nWhat helps?{=asking =to ask}\n")
    printed = run("import", "in.gift", "--format", "gift", "--bank", "new", "--stdout")
    assert printed.exit_code == 0
    assert "lesson: not-said" in printed.output
    assert not (tmp_path / "quizzes" / "banks" / "new.yaml").exists()
    assert run("import", "in.gift", "--format", "gift", "--bank", "new").exit_code == 0
    said = [str(p) for p in curriculum.check(tmp_path / "curriculum", tmp_path / "quizzes").problems]
    assert any(one.startswith("quizzes/banks/new.yaml:") and "feedback" in one for one in said), said


def test_a_fault_is_said_with_its_line_and_nothing_is_written(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in.gift").write_text("Fine?{T}\n\nWho?{~a ~b}\n")
    refused = run("import", "in.gift", "--format", "gift", "--bank", "new")
    assert refused.exit_code == 1
    assert "in.gift:3: No answer is right." in refused.output
    assert not (tmp_path / "quizzes" / "banks" / "new.yaml").exists()


def test_what_is_asked_wrongly_is_refused_with_a_sentence(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in.gift").write_text("Fine?{T}\n")
    assert "No file below quizzes holds" in run("export", "nothing", "--format", "gift").output
    assert "begins with a letter" in run("import", "in.gift", "--format", "gift", "--bank", "../x").output
    (tmp_path / "quizzes" / "banks" / f"{BANK}.yaml").write_text("title: [")
    assert f"quizzes/banks/{BANK}.yaml:" in run("export", BANK, "--format", "gift").output
