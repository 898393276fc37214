from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from lms.core.access import STRANGER, Actor
from lms.core.errors import Conflict, Denied, Invalid, LmsError, NotFound, TooMany
from lms.web import pages
from lms.web.state import Line
from tests.conftest import Browser
from tests.factories import NOON, Cast

LATE = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
"""Half past ten on Monday evening in New York, Tuesday in London."""


@pytest.fixture
def inside(app: Flask) -> Iterator[SimpleNamespace]:
    """A request in New York, at noon of Monday 23 November 2026."""
    with app.test_request_context("/nowhere"):
        g.lms_visit = SimpleNamespace(now=NOON, zone="America/New_York")
        yield g.lms_visit


# Days and times


@pytest.mark.parametrize(
    ("name", "at", "written"),
    [
        ("day", LATE, "Monday 23 November"),
        ("day", date(2026, 11, 24), "Tuesday 24 November"),
        ("day", datetime(2027, 1, 1, 4, 59, tzinfo=UTC), "Thursday 31 December"),
        ("day", datetime(2027, 1, 1, 5, 0, tzinfo=UTC), "Friday 1 January 2027"),
        ("short_day", LATE, "Mon 23 Nov"),
        ("full_date", LATE, "23 November 2026"),
        ("full_date", date(2026, 4, 3), "3 April 2026"),
        ("clock_time", LATE, "22:30"),
        ("clock_time", datetime(2026, 7, 1, 4, 5, tzinfo=UTC), "00:05"),
        ("clock_seconds", LATE.replace(second=7), "22:30:07"),
        ("moment", LATE, "Monday 23 November, 22:30"),
    ],
)
def test_days_and_times_are_those_of_the_page_s_zone(inside: Any, name: str, at: datetime | date, written: str) -> None:
    assert getattr(pages, name)(at) == written


@pytest.mark.parametrize(
    ("zone", "written"),
    [("UTC", "Tuesday 24 November, 03:30"), ("Pacific/Honolulu", "Monday 23 November, 17:30")],
)
def test_a_zone_may_be_named(inside: Any, zone: str, written: str) -> None:
    assert pages.moment(LATE, zone) == written


def test_an_hour_that_comes_twice_is_written_as_the_clock_on_the_wall(inside: Any) -> None:
    first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))
    assert pages.clock_time(first) == pages.clock_time(second) == "01:30"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_local_instant_is_the_same_instant(at: datetime) -> None:
    # Compared in one zone: Python calls two zones unequal in the hour that comes twice.
    assert pages.local(at, "America/New_York").astimezone(UTC) == at


@pytest.mark.parametrize(
    ("minutes", "written"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h"), (65, "1 h 05 min"), (1880, "31 h 20 min"), (-5, "0 min")],
)
def test_minutes_as_people_say_them(minutes: int, written: str) -> None:
    assert pages.hours_minutes(minutes) == written


# A person's own words


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""),
        ("   \n\n ", ""),
        ("One.", "<p>One.</p>"),
        ("One.\n\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("One.\r\n\r\nTwo,\r\nstill two.", "<p>One.</p><p>Two,<br>still two.</p>"),
        ("One.\n\n\n\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ('a & b "c" {{ d }} %(e)s {f}', "<p>a &amp; b &#34;c&#34; {{ d }} %(e)s {f}</p>"),
        ("Ẹ káàbọ̀ Ṣadé", "<p>Ẹ káàbọ̀ Ṣadé</p>"),
    ],
)
def test_a_person_s_text_as_paragraphs(text: str, written: str) -> None:
    assert pages.paragraphs(text) == Markup(written)


@given(st.text())
def test_nothing_a_person_writes_is_markup(text: str) -> None:
    rest = str(pages.paragraphs(text)).replace("<p>", "").replace("</p>", "").replace("<br>", "")
    assert "<" not in rest
    assert ">" not in rest


@given(st.lists(st.text(st.characters(exclude_characters="\r\n"), min_size=1).filter(str.strip), min_size=1))
def test_every_word_stays_and_in_its_order(blocks: list[str]) -> None:
    written = str(pages.paragraphs("\n\n".join(blocks)))
    assert Markup(written.replace("</p><p>", "\n\n")).striptags().split() == " ".join(blocks).split() or "<" in "".join(
        blocks
    )


# Pages


def test_every_page_has_its_frame(app: Flask, browser: Browser) -> None:
    text = browser.get("/privacy").text
    for piece in ('<html lang="en">', 'class="skip" href="#main"', 'aria-label="Support now"', '<main id="main"'):
        assert piece in text
    assert "style=" not in text
    assert "<script" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")


def test_the_menu_holds_what_is_for_this_person_and_marks_where_they_are(cast: Cast, browsers: Any) -> None:
    text = browsers(cast.funder).get("/grants").text
    menu = text[text.index('class="nav"') : text.index("</nav>", text.index('class="nav"'))]
    assert 'aria-current="page">Grants' in menu
    assert "To read" not in menu
    assert "Lessons" not in menu


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        (NotFound(), 404, "This page is not here"),
        (Denied(), 403, "This is not yours to open"),
        (Conflict(), 409, "Something changed in between"),
        (Invalid("That does not fit."), 422, "Something does not fit"),
        (TooMany(), 429, "Please try again later"),
    ],
)
def test_each_refusal_is_a_page_or_an_answer_to_a_script(
    app: Flask, error: LmsError, status: int, heading: str
) -> None:
    state = app.extensions["lms"]
    with app.test_request_context("/nowhere"), state.db.reader() as s:
        g.lms_visit = visit = SimpleNamespace(
            s=s, actor=STRANGER, now=NOON, zone="UTC", state=state, travelling=False, wants_json=False
        )
        page = app.make_response(pages.refusal(error))
        assert (page.status_code, page.headers["Cache-Control"]) == (status, "no-store")
        assert f"<h1>{heading}</h1>" in page.get_data(as_text=True)
        visit.wants_json = True
        told = app.make_response(pages.refusal(error))
        assert told.status_code == status
        assert told.json is not None
        assert told.json["error"] == error.sentence or not error.sentence


def test_a_file_is_saved_and_never_guessed_at(app: Flask) -> None:
    with app.test_request_context("/nowhere"):
        answer = pages.download(b"a,b", "text/csv; charset=utf-8", "report.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_production_asks_for_https_from_then_on(app: Flask) -> None:
    with app.test_request_context("/nowhere"):
        assert "Strict-Transport-Security" not in pages.data({}).headers


def test_the_national_line_is_there_when_nothing_could_be_read(app: Flask) -> None:
    state = app.extensions["lms"]
    before = list(state.last_lines)
    state.last_lines[:] = []
    try:
        with app.test_request_context("/nowhere"), state.db.reader() as s:
            g.lms_visit = SimpleNamespace(
                s=s, actor=Actor(), now=NOON, zone="UTC", state=state, travelling=False, wants_json=False
            )
            page = app.make_response(pages.unavailable({"text": ["typed"]}))
    finally:
        state.last_lines[:] = before
    assert 'href="tel:988"' in page.get_data(as_text=True)
    assert 'href="sms:988"' in page.get_data(as_text=True)
    assert "text: typed" in page.get_data(as_text=True)


def test_a_page_remembers_the_lines_it_read(app: Flask) -> None:
    line = Line("Here", "Here: 1", "1", "", "", strip=True, foot=False)
    state = SimpleNamespace(support_lines=lambda s: (line,), last_lines=[])
    assert pages._support(SimpleNamespace(state=state, s=None)) == (line,)
    assert state.last_lines == [line]


def test_time_stands_still_within_a_page(inside: Any) -> None:
    assert pages.day(NOON + timedelta(days=60)) == "Friday 22 January 2027"
