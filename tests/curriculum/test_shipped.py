"""The curriculum that comes with the product: no error, every pathway can be offered, and their sums are as their comments say."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lms.curriculum import service
from lms.curriculum.rules.hours import share
from lms.curriculum.rules.shapes import Outline, Pathway
from lms.curriculum.service.pieces import decoded

ROOT = Path(__file__).parents[2]
HEALING = {"ancestral-healing", "ecological-healing"}
CARE = {"ethics", "boundaries", "confidentiality", "duty-to-report"}


@pytest.fixture(scope="module")
def checked() -> service.Checked:
    return service.check(ROOT / "curriculum", ROOT / "quizzes", as_of=date(2026, 11, 23))


@pytest.fixture(scope="module")
def pieces(checked: service.Checked) -> dict[str, dict[str, Any]]:
    return service.compile_tree(checked.tree)


def test_it_has_no_error(checked: service.Checked) -> None:
    assert [str(problem) for problem in checked.errors] == []


def test_every_pathway_can_be_filled(checked: service.Checked, pieces: dict[str, dict[str, Any]]) -> None:
    assert checked.missing == {}
    assert set(pieces["outline"]["pathways"]) == {"starter", "us-nc-50", "us-nc-70", "us-ca-80", "healing-60"}


def test_it_compiles_and_every_support_line_named_in_it_exists(
    checked: service.Checked, pieces: dict[str, dict[str, Any]]
) -> None:
    assert {"outline", "pathway:starter", "quiz:starter-exam"} <= set(pieces)
    lines = service.compile_support_lines(checked.tree)["lines"]
    assert {"988", "nc-warmline"} <= {line["id"] for line in lines}


# In minutes: meetings, homework asked for, what counts of lessons, all together.
SUMS = {
    "us-nc-50": (2400, 600, 0, 3000),
    "us-nc-70": (2400, 600, 1200, 4200),
    "us-ca-80": (2700, 1050, 1050, 4800),
    "healing-60": (2700, 690, 210, 3600),
}


@pytest.mark.parametrize("id_", SUMS)
def test_the_sums_of_a_pathway_are_what_its_comment_says(pieces: dict[str, dict[str, Any]], id_: str) -> None:
    live, homework, lessons, whole = SUMS[id_]
    pathway = decoded(Pathway, pieces[f"pathway:{id_}"])
    outline = decoded(Outline, pieces["outline"])
    asked = [module for module in outline.modules if module.id in pathway.modules]
    assert sum(meeting.minutes for module in asked for meeting in module.meetings) == live
    minutes = {work.key: work.minutes for module in asked for work in module.homework}
    assert sum(minutes[key] for key in pathway.homework) == homework
    held = sum(lesson.minutes for module in asked for lesson in module.lessons)
    counted = pathway.modalities["self_paced"]
    assert lessons == (counted.min_minutes if counted.counts else 0) <= held
    assert live + homework + lessons == whole == pathway.total_minutes


@pytest.mark.parametrize("id_", SUMS)
def test_a_pathway_asks_for_the_quiz_of_each_of_its_modules_and_an_exam_on_what_it_teaches(
    pieces: dict[str, dict[str, Any]], id_: str
) -> None:
    pathway = decoded(Pathway, pieces[f"pathway:{id_}"])
    assert set(pathway.quizzes) == {f"module-{module}" for module in pathway.modules}
    exam = pieces[f"quiz:{pathway.exam}"]
    assert {bank for draw in exam["draws"] for bank in draw["banks"]} == set(pathway.modules)
    assert pathway.approval_number == ""


def test_the_states_paths_leave_the_healing_modules_out_or_say_that_they_are_in(
    pieces: dict[str, dict[str, Any]],
) -> None:
    for id_ in ("us-nc-50", "us-nc-70"):
        assert not HEALING & set(pieces[f"pathway:{id_}"]["modules"])
    for id_ in ("us-ca-80", "healing-60"):
        assert set(pieces[f"pathway:{id_}"]["modules"]) >= HEALING


@pytest.mark.parametrize("id_", SUMS)
def test_what_a_competency_asks_for_is_filled_by_meetings_and_asked_homework_alone(
    pieces: dict[str, dict[str, Any]], id_: str
) -> None:
    """Minutes over a maximum are left out in the order they are done, so no floor may lean on what a maximum can cut."""
    pathway = decoded(Pathway, pieces[f"pathway:{id_}"])
    outline = decoded(Outline, pieces["outline"])
    asked = [module for module in outline.modules if module.id in pathway.modules]
    cut = pathway.modalities["homework"].max_minutes != sum(
        work.minutes for module in asked for work in module.homework
    )
    held: dict[str, int] = {}
    for module in asked:
        for unit in (*module.meetings, *(() if cut else module.homework)):
            for key, minutes in share(unit.minutes, unit.competencies).items():
                held[key] = held.get(key, 0) + minutes
    assert {key: least for key, least in pathway.competency_minutes.items() if held.get(key, 0) < least} == {}


def test_children_and_families_stay_under_eight_hours(pieces: dict[str, dict[str, Any]]) -> None:
    assert sum(pieces[f"lesson:{id_}"]["minutes"] for id_ in ("whose-peer-am-i", "those-who-served")) < 90


@pytest.mark.parametrize("id_", ["programme-exam", "course-exam"])
def test_an_exam_asks_120_questions_in_150_minutes_a_quarter_of_them_on_ethics(
    pieces: dict[str, dict[str, Any]], id_: str
) -> None:
    exam = pieces[f"quiz:{id_}"]
    counts = {draw["competency"]: draw["count"] for draw in exam["draws"]}
    assert (sum(counts.values()), exam["time_limit_minutes"], exam["attempts"], exam["retry_after_hours"]) == (
        120,
        150,
        3,
        168,
    )
    assert sum(counts[one] for one in CARE) * 4 >= 120
    banks = [pieces[f"bank:{bank}"] for bank in exam["draws"][0]["banks"]]
    assert {item["competencies"][0] for bank in banks for item in bank["items"]} == set(counts)
