"""The commands: check works without a database, compile refuses or publishes, diff and schemas."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from lms.core.clock import FixedClock
from lms.core.db import Database, unit_of_work
from lms.core.settings import Settings
from lms.curriculum import service
from lms.curriculum.cli import COMMANDS, schema_text
from lms.curriculum.rules.schema import FILES
from tests.curriculum.conftest import LESSON, PATHWAY, Sample
from tests.factories import NOON

ROOT = Path(__file__).parents[2]


def run(sample: Sample, *words: str, db: Any = None) -> Result:
    app = Flask("test")
    settings = Settings(
        home=str(sample.root / "home"), curriculum_dir=str(sample.folders[0]), quizzes_dir=str(sample.folders[1])
    )
    app.extensions["lms"] = SimpleNamespace(settings=settings, db=db, clock=FixedClock(NOON))
    app.cli.add_command(COMMANDS[0])
    return app.test_cli_runner().invoke(args=["curriculum", *words])


def test_a_sound_curriculum_passes_without_a_database(sample: Sample) -> None:
    done = run(sample, "check")
    assert (done.exit_code, done.output) == (0, "0 errors, 0 warnings.\n")


def test_every_problem_is_printed_with_file_and_line(sample: Sample) -> None:
    sample.swap(LESSON, "peer-role: 70", "peer-role: 60")
    done = run(sample, "check")
    assert done.exit_code == 1
    assert (
        f"{LESSON}:7: The competencies weigh 90 together. They must sum to 100.\n1 error, 0 warnings.\n" == done.output
    )


def test_warnings_and_what_a_pathway_still_misses_do_not_fail_the_check(sample: Sample) -> None:
    sample.swap(PATHWAY, "min_minutes: 60, max", "min_minutes: 70, max")
    sample.swap(PATHWAY, "version: 1", "version: 1\noffered: false")
    done = run(sample, "check", "--as-of", "2028-01-01")
    assert done.exit_code == 0
    assert "crisis-lines.yaml:17: warning: `988` was last checked on 2026-11-23" in done.output
    assert "missing for starter: In person: 1 h 10 min asked for, 1 h in the curriculum.\n" in done.output
    assert "0 errors, 2 warnings. Not offered yet: 1 pathway.\n" in done.output


def test_the_check_speaks_json(sample: Sample) -> None:
    sample.swap(LESSON, "peer-role: 70", "peer-role: 60")
    found = json.loads(run(sample, "check", "--json").output)
    assert found["problems"] == [
        {
            "file": LESSON,
            "line": 7,
            "what": "The competencies weigh 90 together.",
            "how": "They must sum to 100.",
            "severity": "error",
        }
    ]
    assert found["missing"] == {}
    assert (found["summary"]["errors"], found["summary"]["warnings"]) == (1, 0)


def test_the_json_sums_the_curriculum_up(sample: Sample) -> None:
    found = json.loads(run(sample, "check", "--json").output)["summary"]
    minutes = {"live": 60, "in_person": 60, "live_virtual": 60, "homework": 30, "self_paced": 10, "practicum": None}
    assert found == {
        "errors": 0,
        "warnings": 0,
        "modules": 1,
        "lessons": 1,
        "words": 1429,
        "minutes": minutes,
        "pathways": {
            "starter": {
                "offered": True,
                "asked": 100,
                "reachable": minutes,
                "competencies": {"peer-role": {"asked": 60, "reachable": 67}},
            }
        },
        "banks": {"first-steps": 25},
        "checks": {"lesson-walking-beside": 4},
        "exams": {"small-exam": {"questions": 2, "pool": 25}},
        "crosswalks": {
            "samhsa": {"entries": 1, "covered": 1, "uncovered": [], "minutes": {"s1": 67, "outside": 33}},
        },
    }


def test_without_a_programme_the_json_counts_the_problems(sample: Sample) -> None:
    sample.swap("curriculum/programme.yaml", "title:", "titel:")
    found = json.loads(run(sample, "check", "--json").output)["summary"]
    assert found == {"errors": 2, "warnings": 0}


def test_compile_publishes_and_prints_the_hash(sample: Sample, database: Database) -> None:
    done = run(sample, "compile", db=database)
    assert done.exit_code == 0
    with unit_of_work(database, write=False) as s:
        release = service.newest(s)
        assert release is not None
        assert done.output == release.digest + "\n"
        assert len(service.support_lines(s).lines) == 2
    assert run(sample, "compile", db=database).output == done.output


def test_compile_refuses_in_one_sentence_with_the_list(sample: Sample, database: Database) -> None:
    sample.swap(LESSON, "peer-role: 70", "peer-role: 60")
    done = run(sample, "compile", db=database)
    assert done.exit_code == 1
    assert f"{LESSON}:7: The competencies weigh 90 together." in done.output
    assert "Error: Nothing was published: the curriculum has one error." in done.output
    with unit_of_work(database, write=False) as s:
        assert service.newest(s) is None
        assert service.support_lines(s).lines == ()


def test_diff_says_what_changes_for_students(sample: Sample, database: Database) -> None:
    first = run(sample, "compile", db=database).output.strip()
    assert run(sample, "diff", first, "newest", db=database).output == "Nothing changes for students.\n"
    sample.swap(LESSON, "title: Walking beside", "title: Walking along")
    run(sample, "compile", db=database)
    done = run(sample, "diff", first[:10], "newest", db=database)
    assert done.output == "Lesson Walking along: title Walking beside → Walking along.\n"


@pytest.mark.parametrize(
    ("old", "says"), [("nothing", "There is no release 'nothing'."), ("", "More than one release begins")]
)
def test_diff_refuses_what_it_cannot_find(sample: Sample, database: Database, old: str, says: str) -> None:
    run(sample, "compile", db=database)
    sample.swap(LESSON, "title: Walking beside", "title: Walking along")
    run(sample, "compile", db=database)
    done = run(sample, "diff", old, "newest", db=database)
    assert done.exit_code == 1
    assert says in done.output


def test_schemas_are_written(sample: Sample, tmp_path: Path) -> None:
    done = run(sample, "schemas", "--to", str(tmp_path / "schemas"))
    assert done.exit_code == 0
    assert sorted(path.stem for path in (tmp_path / "schemas").iterdir()) == sorted(FILES)


@pytest.mark.parametrize("kind", FILES)
def test_the_schemas_in_the_documents_are_current(kind: str) -> None:
    assert (ROOT / "docs" / "schemas" / f"{kind}.json").read_text() == schema_text(kind)


def test_a_schema_names_the_keys_as_authors_write_them() -> None:
    quiz = json.loads(schema_text("quiz"))
    assert "for" in quiz["properties"]
    assert quiz["additionalProperties"] is False


def test_a_dossier_is_written_from_the_newest_release_and_says_its_sums(
    sample: Sample, database: Database, tmp_path: Path
) -> None:
    run(sample, "compile", db=database)
    target = tmp_path / "first.pdf"
    done = run(sample, "dossier", "--pathway", "starter", "--output", str(target), db=database)
    assert done.exit_code == 0
    assert done.output.startswith(f"{target}: 1 days of class with 1 h, 1 h 40 min count, curriculum ")
    again = tmp_path / "again.pdf"
    run(sample, "dossier", "--pathway", "starter", "--output", str(again), db=database)
    assert target.read_bytes() == again.read_bytes()
    assert target.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--pathway", "nowhere"), "This version of the curriculum has no such pathway."),
        (("--pathway", "starter", "--release", "zzz"), "There is no release 'zzz'."),
        (("--pathway", "starter", "--output", "/nowhere/at/all.pdf"), "/nowhere/at/all.pdf cannot be written"),
    ],
)
def test_a_dossier_that_cannot_be_written_says_why(
    sample: Sample, database: Database, words: tuple[str, ...], says: str
) -> None:
    run(sample, "compile", db=database)
    done = run(sample, "dossier", *words, db=database)
    assert done.exit_code == 1
    assert says in done.output


def test_a_dossier_names_letters_our_paper_lacks(sample: Sample, database: Database, tmp_path: Path) -> None:
    sample.swap(PATHWAY, "title: Starter path", "title: Starter 한 path")
    run(sample, "compile", db=database)
    done = run(sample, "dossier", "--pathway", "starter", "--output", str(tmp_path / "x.pdf"), db=database)
    assert done.exit_code == 1
    assert "The typeface has no 한" in done.output
