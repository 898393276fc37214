from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from lms.core.db import Database
from lms.curriculum.rules import shapes
from tests import factories
from tests.factories import NOON, Cast

PAGES = [
    "/library",
    "/library/m1-l1/1",
    "/library/m1-l1/3",
    "/library/m1-l1/print",
    "/library/meetings/m1/meeting-1",
    "/library/homework/m1/homework-1",
    "/library/narratives/m1/story",
]


@pytest.fixture
def facilitator(cast: Cast, browsers: Any) -> Any:
    return browsers(cast.facilitator)


def newer(database: Database) -> None:
    """A newer release, with a guide for the module and another title for the first lesson."""
    made = factories.pieces()
    made["lesson:m1-l1"] |= {"title": "A newer lesson", "difficulty": 2, "difficulty_reason": "New words."}
    made["module:m1"] = asdict(shapes.ModuleGuide("m1", "Module 1", "<p>How to teach it.</p>"))
    with database.writer() as s:
        release = factories.release(s, made)
        release.compiled_at = NOON.replace(year=2027)
        s.commit()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["facilitator", "coordinator"])
def test_staff_read_everything(cast: Cast, browsers: Any, path: str, who: str) -> None:
    answer = browsers(getattr(cast, who)).get(path)
    assert answer.status_code == 200
    assert "{{" not in answer.text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["student", "funder"])
def test_nobody_else_does(cast: Cast, browsers: Any, path: str, who: str) -> None:
    assert browsers(getattr(cast, who)).get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/library/nowhere/1",
        "/library/m1-l1/0",
        "/library/m1-l1/4",
        "/library/nowhere/print",
        "/library/modules/m1",
        "/library/meetings/m1/meeting-9",
        "/library/homework/m1/homework-9",
        "/library/narratives/m1/nothing",
        "/library?cohort=NOBODY",
    ],
)
def test_what_is_not_there_is_not_found(facilitator: Any, path: str) -> None:
    assert facilitator.get(path).status_code == 404


def test_many_modules_are_folded_and_a_link_opens_its_own(cast: Cast, database: Database, browsers: Any) -> None:
    with database.writer() as s:
        factories.release(s, factories.pieces(modules=4)).compiled_at = NOON.replace(year=2027)
        s.commit()
    facilitator = browsers(cast.facilitator)
    assert "<details open>" not in facilitator.get("/library").text
    assert facilitator.get("/library?module=m3").text.count('<details open><summary><h3 id="m3">') == 1
    for path in ("/library/m3-l1/1", "/library/meetings/m3/meeting-1", "/library/homework/m3/homework-1"):
        assert 'href="/library?module=m3#m3"' in facilitator.get(path).text


def test_the_newest_version_is_shown_and_a_cohorts_own_on_request(
    facilitator: Any, cast: Cast, database: Database
) -> None:
    newer(database)
    assert "A newer lesson" in facilitator.get("/library/m1-l1/1").text
    own = facilitator.get(f"/library?cohort={cast.cohort.code}").text
    assert "What Autumn 2026 learns from" in own
    assert f"/library/m1-l1/1?cohort={cast.cohort.code}" in own
    older = facilitator.get(f"/library/m1-l1/1?cohort={cast.cohort.code}").text
    assert "<h1>Lesson 1 of m1</h1>" in older
    assert f"/library/m1-l1/2?cohort={cast.cohort.code}" in older


def test_a_cohorts_version_is_for_its_own_staff(cast: Cast, browsers: Any) -> None:
    assert browsers(cast.other_facilitator).get(f"/library?cohort={cast.cohort.code}").status_code == 404


def test_how_to_teach_a_module(facilitator: Any, database: Database) -> None:
    newer(database)
    assert "/library/modules/m1" in facilitator.get("/library").text
    html = facilitator.get("/library/modules/m1").text
    assert "How to teach it." in html
    assert "What students can do afterwards" in html


def test_a_meeting_guide_has_its_agenda(facilitator: Any) -> None:
    html = facilitator.get("/library/meetings/m1/meeting-1").text
    assert "120 minutes" in html
    assert "In person" in html
    assert "2 facilitators" in html


def test_the_questions_of_a_check_stand_after_the_last_part(facilitator: Any) -> None:
    assert "Question 1" not in facilitator.get("/library/m1-l1/1").text
    html = facilitator.get("/library/m1-l1/3").text
    assert html.count("(right)") == 4
    assert "<p>Because.</p>" in html


def test_a_narrative_shows_how_it_is_read(facilitator: Any) -> None:
    html = facilitator.get("/library/narratives/m1/story").text
    assert "Usually 300 to 900 words" in html
    assert "not yet on moment" in html


def test_before_anything_is_published_the_library_says_so(database: Database, browsers: Any) -> None:
    with database.writer() as s:
        someone = factories.person(s)
        factories.appointment(s, someone, "coordinator", provider_id=factories.provider(s).id)
        s.commit()
    browser = browsers(someone)
    assert "No curriculum is published yet." in browser.get("/library").text
    assert browser.get("/library/m1-l1/1").status_code == 404


def test_the_library_costs_the_same_however_large_the_curriculum(
    database: Database, browsers: Any, count_queries: Callable[[], Any]
) -> None:
    def asked(modules: int) -> list[int]:
        with database.writer() as s:
            release = factories.release(s, factories.pieces(modules))
            release.compiled_at = NOON.replace(year=2030 + modules)
            someone, provider = factories.person(s), factories.provider(s)
            for n in range(modules):
                factories.cohort(s, provider, release, name=f"Cohort {n}")
            factories.appointment(s, someone, "coordinator", provider_id=provider.id)
            s.commit()
        browser = browsers(someone)
        return [queries(browser, path, count_queries) for path in ("/library", "/library/m1-l1/1")]

    few, many = asked(3), asked(30)
    assert few == many
    assert max(few) <= 8


def queries(browser: Any, path: str, count_queries: Callable[[], Any]) -> int:
    browser.get(path)
    with count_queries() as counted:
        assert browser.get(path).status_code == 200
    return len(counted)
