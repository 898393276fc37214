"""A quiz on paper: the same number gives the same sheets, the key stands on the key alone, and only coordinators print."""

from dataclasses import asdict
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from lms.core.db import Database, unit_of_work
from lms.curriculum import service as curriculum
from lms.curriculum.models import Entry, Piece
from lms.curriculum.rules.shapes import Quiz
from tests.conftest import Browser
from tests.factories import Cast
from tests.quizzes import items

SHEETS = ("", "/answers", "/key")


@pytest.fixture
def coordinator(browsers: Any, cast: Cast) -> Browser:
    return browsers(cast.coordinator)


@pytest.fixture
def mixed(database: Database, cast: Cast) -> str:
    """Let the check of a lesson hold one question of each type."""
    with unit_of_work(database) as s:
        quiz = Quiz("check-m1-l1", "Mixed", "lesson", "m1-l1", 45, None, 0, 75, True, True, "feedback", items.ALL, ())
        s.add(Piece(digest="mixed", body=asdict(quiz)))
        s.flush()
        s.execute(sa.update(Entry).where(Entry.key == "quiz:check-m1-l1").values(digest="mixed"))
    curriculum.forget()
    return f"/on-paper/{cast.cohort.code}/check-m1-l1"


@pytest.fixture(autouse=True)
def _fresh_memory() -> Any:
    yield
    curriculum.forget()


def sheet(browser: Browser, address: str, seed: Any = 7) -> str:
    return str(unescape(browser.get(f"{address}?seed={seed}").text))


def test_the_list_offers_every_quiz_with_a_number(coordinator: Browser, cast: Cast) -> None:
    page = coordinator.get(f"/on-paper/{cast.cohort.code}").text
    assert page.count('name="seed"') == 4
    assert f"/on-paper/{cast.cohort.code}/exam" in page
    assert f"/on-paper/{cast.cohort.code}" in coordinator.get("/").text


def test_the_same_number_gives_the_same_sheets_and_stands_on_each(coordinator: Browser, cast: Cast) -> None:
    address = f"/on-paper/{cast.cohort.code}/quiz-m1"
    for part in SHEETS:
        first = sheet(coordinator, address + part)
        assert first.split("<main")[1] == sheet(coordinator, address + part).split("<main")[1]
        assert "Drawn by 7" in first
        assert f"Version {cast.cohort.release.digest[:12]}" in first
    assert sheet(coordinator, address) != sheet(coordinator, address, 8).replace("Drawn by 8", "Drawn by 7")


def test_the_key_is_on_the_key_alone(coordinator: Browser, mixed: str) -> None:
    keys = ("Because.", "1000.5", "warmline", "Names a step", "(right)", "It takes away.")
    for part in ("", "/answers"):
        page = sheet(coordinator, mixed + part)
        assert [key for key in keys if key in page] == []
    page = sheet(coordinator, mixed + "/key")
    assert [
        key for key in ("Because.", "1000.5 hours", "Warm line or warmline", "Names a step") if key not in page
    ] == []
    assert "Not for handing out." in page


def test_each_type_has_its_place_on_the_sheet(coordinator: Browser, mixed: str) -> None:
    page = sheet(coordinator, mixed + "/answers")
    assert page.count('class="bubble"') == 4
    assert page.count('class="ruled"') == 6
    assert page.count('class="spot"') == 2 + 3 + 4 + 1 + 1 + 2
    paper = sheet(coordinator, mixed)
    assert paper.count("<h2") == 7
    assert "45 minutes" in paper
    assert "Write the letters in the right order." in paper


@pytest.mark.parametrize("seed", ["", "seven", "-1", "9" * 40, "٣"])
def test_without_a_number_the_list_asks_for_one(coordinator: Browser, cast: Cast, seed: str) -> None:
    for part in SHEETS:
        away = coordinator.get(f"/on-paper/{cast.cohort.code}/quiz-m1{part}?seed={seed}")
        assert (away.status_code, away.location) == (303, f"/on-paper/{cast.cohort.code}")


def test_a_quiz_that_is_not_there_is_not_found(coordinator: Browser, cast: Cast) -> None:
    assert coordinator.get(f"/on-paper/{cast.cohort.code}/nothing?seed=1").status_code == 404
    assert coordinator.get("/on-paper/NOTHING").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("student", 403), ("facilitator", 403), ("funder", 404), ("stranger", 404), ("other_facilitator", 404)],
)
def test_only_a_coordinator_prints(browsers: Any, cast: Cast, who: str, status: int) -> None:
    browser = browsers(getattr(cast, who))
    assert browser.get(f"/on-paper/{cast.cohort.code}").status_code == status
    for part in SHEETS:
        assert browser.get(f"/on-paper/{cast.cohort.code}/quiz-m1{part}?seed=7").status_code == status
