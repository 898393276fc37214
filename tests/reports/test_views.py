import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from lms.cohorts.models import FundedSeat
from lms.core.clock import FixedClock
from lms.core.db import Database, unit_of_work
from lms.reports import rules, service
from lms.reports.rules import Figure, Quarter, Span, exactly
from lms.reports.views import figure, span_name
from tests import factories
from tests.conftest import Browser
from tests.factories import Cast
from tests.reports.conftest import JANUARY, attend, fund

Open = Callable[[Any], Browser]
MAY, AUGUST = (datetime(2026, month, 12, 15, tzinfo=UTC) for month in (5, 8))


@pytest.fixture
def money(cast: Cast, database: Database, clock: FixedClock) -> Cast:
    """The cast after a year in which their grant paid for twelve people more."""
    clock.at = JANUARY
    with unit_of_work(database) as s:
        grant, cohort = s.merge(cast.grant), s.merge(cast.cohort)
        grant.data_agreement = "DUA 7"
        seats = fund(s, grant, cohort, 12, at=MAY)
        attend(s, seats, MAY)
        attend(s, seats[:4], AUGUST)
    return cast


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (exactly(1020), "1,020"),
        (exactly(0), "0"),
        (Figure("band", 0, 5), "0–5"),
        (rules.HIDDEN, "hidden"),
        (Figure("band", 1001, 1200), "1,001–1,200"),
    ],
)
def test_a_figure_in_words(app: Any, number: Figure, said: str) -> None:
    with app.test_request_context():
        assert figure(number) == said


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (Quarter(2026, 3), Quarter(2026, 3), "Jul–Sep 2026"),
        (Quarter(2026, 1), Quarter(2026, 4), "Jan–Dec 2026"),
        (Quarter(2026, 4), Quarter(2027, 1), "Oct 2026–Mar 2027"),
    ],
)
def test_a_span_has_a_name(app: Any, first: Quarter, last: Quarter, name: str) -> None:
    with app.test_request_context():
        assert span_name(Span(first, last, rules.HIDDEN)) == name


def test_a_funder_reads_the_report_of_their_grant(money: Cast, browsers: Open) -> None:
    text = browsers(money.funder).get(f"/grants/{money.grant.code}").text
    assert "Of 13 people who took a seat, 0 finished the training" in text
    assert "As of 31 December 2026" in text
    assert "Whitfield" not in text
    assert "up to 30 June 2026; since then those of a few people only" in text
    assert 'class="hide-n">hidden' in text
    assert "Under a data agreement" in text


@pytest.mark.parametrize(
    ("who", "status"),
    [("funder", 200), ("coordinator", 200), ("facilitator", 404), ("student", 404), ("stranger", 404)],
)
def test_who_may_open_a_report(money: Cast, browsers: Open, who: str, status: int) -> None:
    browser = browsers(getattr(money, who))
    for path in (f"/grants/{money.grant.code}", f"/grants/{money.grant.code}.csv"):
        assert browser.get(path).status_code == status
    assert browser.get("/grants").status_code == (200 if status == 200 else 403)


def test_another_funder_and_another_coordinator_see_nothing_of_it(
    money: Cast, database: Database, browsers: Open
) -> None:
    with unit_of_work(database) as s:
        there = factories.provider(s, "Elsewhere")
        other = factories.grant(s, there, name="Not theirs")
        funder, coordinator = factories.person(s), factories.person(s)
        factories.appointment(s, funder, "funder", grant_id=other.id)
        factories.appointment(s, coordinator, "coordinator", provider_id=there.id)
        s.flush()
        s.expunge_all()
    for person in (funder, coordinator):
        browser = browsers(person)
        assert browser.get(f"/grants/{money.grant.code}").status_code == 404
        listed = browser.get("/grants").text
        assert "Not theirs" in listed
        assert money.grant.name not in listed


def test_a_visitor_signs_in_first(money: Cast, browser: Browser) -> None:
    assert browser.get(f"/grants/{money.grant.code}").location.startswith("/sign-in?next=")


def test_a_grant_that_is_not_there(money: Cast, browsers: Open) -> None:
    assert browsers(money.funder).get("/grants/NOSUCH").status_code == 404


@pytest.mark.parametrize(
    "as_of",
    ["yesterday", "2026-13-01", "2026-02-30", "20260930", "2026-W39-3", "٢٠٢٦-٠٩-٣٠", "2026-06-30 ", "0000-00-00"],
)
def test_a_day_that_is_none_is_a_sentence(money: Cast, browsers: Open, as_of: str) -> None:
    answer = browsers(money.funder).get(f"/grants/{money.grant.code}", query_string={"as_of": as_of})
    assert answer.status_code == 404
    assert "written like 2026-09-30" in answer.text


def test_a_day_before_the_first_report(money: Cast, browsers: Open) -> None:
    answer = browsers(money.funder).get(f"/grants/{money.grant.code}?as_of=2026-03-31")
    assert answer.status_code == 404


def test_each_earlier_quarter_has_its_page(money: Cast, browsers: Open) -> None:
    browser = browsers(money.funder)
    text = browser.get(f"/grants/{money.grant.code}").text
    for day in ("2026-06-30", "2026-09-30"):
        assert f"?as_of={day}" in text
    earlier = browser.get(f"/grants/{money.grant.code}?as_of=2026-06-30").text
    assert "Of 12 people who took a seat" in earlier
    assert "?as_of=2026-12-31" in earlier


def test_before_the_first_quarter_is_over_the_page_says_when(cast: Cast, browsers: Open) -> None:
    answer = browsers(cast.funder).get(f"/grants/{cast.grant.code}")
    assert answer.status_code == 200
    assert "There is no report yet" in answer.text
    assert "31 December 2026" in answer.text
    file = browsers(cast.funder).get(f"/grants/{cast.grant.code}.csv")
    assert file.data.count(b"\r\n") == 1, "a header and nothing else"


def test_bands_say_so_and_draw_no_line(cast: Cast, clock: FixedClock, browsers: Open) -> None:
    clock.at = JANUARY
    with_one = browsers(cast.funder).get(f"/grants/{cast.grant.code}").text
    assert "Of 0–5 people who took a seat" in with_one
    assert "line-chart" not in with_one
    assert "In bands of five" in with_one


def test_what_cannot_be_said_any_more_says_why(money: Cast, database: Database, browsers: Open) -> None:
    with unit_of_work(database) as s:
        second = factories.grant(s, s.merge(money.provider), name="Second")
        s.add(FundedSeat(enrolment_id=money.seat.id, grant=second, since=factories.NOON))
    answer = browsers(money.funder).get(f"/grants/{money.grant.code}")
    assert "There are no figures as of this day" in answer.text
    assert "another grant has begun to pay" in answer.text
    assert "?as_of=2026-09-30" in answer.text
    assert browsers(money.funder).get(f"/grants/{money.grant.code}.csv").data.count(b"\r\n") == 1 + 2


def test_the_file_says_what_the_page_says(money: Cast, browsers: Open) -> None:
    browser = browsers(money.funder)
    for query in ("", "?as_of=2026-06-30", "?as_of=2026-09-30"):
        page = browser.get(f"/grants/{money.grant.code}{query}").text
        answer = browser.get(f"/grants/{money.grant.code}.csv{query}")
        assert answer.mimetype == "text/csv"
        assert answer.headers["Cache-Control"] == "no-store"
        assert re.fullmatch(
            r'attachment; filename="report-\w+-2026-\d\d-\d\d\.csv"', answer.headers["Content-Disposition"]
        )
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
        in_page = re.findall(r'<td class="r"[^>]*>(?:<span[^>]*>)?([^<]+)', page)
        in_file = [row[1] for row in rows[1:]]
        steps, trend = in_file[:3], in_file[4:-1]
        assert in_page == [*steps, *trend]
        assert f"<dd>{in_file[3]}</dd>" in page
        assert rows[-1][1] == "hidden"
        assert all(row[3] for row in rows), "each figure comes with its definition"


def test_a_page_asks_as_often_for_three_hundred_seats(
    money: Cast, database: Database, browsers: Open, count_queries: Any
) -> None:
    browser = browsers(money.funder)
    with unit_of_work(database) as s:
        service.release_due(s, JANUARY)
    with count_queries() as few:
        browser.get(f"/grants/{money.grant.code}")
    with unit_of_work(database) as s:
        fund(s, s.merge(money.grant), s.merge(money.cohort), 285, at=AUGUST)
    with count_queries() as many:
        assert browser.get(f"/grants/{money.grant.code}").status_code == 200
    assert len(many) == len(few) <= 8


def test_the_list_asks_once_however_many_grants(
    money: Cast, database: Database, browsers: Open, count_queries: Any
) -> None:
    browser = browsers(money.coordinator)
    with count_queries() as one:
        browser.get("/grants")
    with unit_of_work(database) as s:
        for number in range(20):
            factories.grant(s, s.merge(money.provider), name=f"Grant {number}")
    with count_queries() as many:
        assert "Grant 19" in browser.get("/grants").text
    assert len(many) == len(one) <= 8


def test_a_coordinator_without_a_grant_reads_what_to_do(cast: Cast, database: Database, browsers: Open) -> None:
    with unit_of_work(database) as s:
        person = factories.person(s)
        factories.appointment(s, person, "coordinator", provider_id=factories.provider(s, "New").id)
        s.flush()
        s.expunge_all()
    assert "No grant yet" in browsers(person).get("/grants").text
