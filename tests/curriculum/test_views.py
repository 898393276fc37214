from lms.core.db import Database, unit_of_work
from lms.curriculum import service
from tests.conftest import Browser
from tests.factories import NOON

LINES = {
    "note": "",
    "lines": [
        {"id": "988", "name": "988 Lifeline", "display": "988 Lifeline (call or text 988)", "call": "988", "text": "988", "strip": True, "foot": True,
         "scope": "Anybody, at any hour.", "police": "Rarely.", "hours": "Day and night", "verified_on": "2026-11-23", "source": "https://example.org"},
    ],
}  # fmt: skip


def test_anybody_finds_somebody_to_talk_to(browser: Browser, database: Database) -> None:
    with unit_of_work(database) as s:
        service.publish_support_lines(s, LINES, now=NOON)
    answer = browser.get("/support-lines")
    assert answer.status_code == 200
    assert 'href="tel:988"' in answer.text
    assert "Day and night" in answer.text


def test_before_the_list_is_loaded_the_page_still_helps(browser: Browser) -> None:
    answer = browser.get("/support-lines")
    assert answer.status_code == 200
    assert "nine, eight, eight" in answer.text
