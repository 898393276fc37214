from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.cohorts import rules
from lms.cohorts.rules import Scope, TimeTerms
from tests.factories import NOON

EAST = "America/New_York"
OCT, DEC = date(2026, 10, 5), date(2026, 12, 20)


@pytest.mark.parametrize(
    ("seats", "taken", "status", "why"),
    [
        (15, 0, "", ""),
        (15, 14, "", ""),
        (15, 15, "", "full"),
        (15, 16, "", "full"),
        (15, 3, "enrolled", "already"),
        (15, 15, "enrolled", "already"),
        (15, 3, "finished", "finished"),
        (15, 3, "withdrawn", ""),
        (15, 15, "withdrawn", "full"),
    ],
)
def test_may_enrol(seats: int, taken: int, status: str, why: str) -> None:
    answer = rules.may_enrol(seats, taken, status)
    assert (answer.allowed, answer.why) == (why == "", why)
    assert bool(answer.sentence) == (why != "")


@given(st.integers(1, 500), st.integers(0, 500))
def test_seats_never_overflow(seats: int, taken: int) -> None:
    assert rules.may_enrol(seats, taken).allowed == (taken + 1 <= seats)


@given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 50))
def test_a_promise_is_always_kept(seats: int, taken: int, promised: int) -> None:
    if rules.may_promise(seats, taken, promised).allowed:
        assert taken + promised + 1 <= seats


def test_full_and_promised_are_told_apart() -> None:
    assert rules.may_promise(15, 15, 0).why == "full"
    assert rules.may_promise(15, 10, 5).why == "promised"


@pytest.mark.parametrize(
    ("starts", "ends", "seats", "taken", "problems"),
    [
        (OCT, DEC, 15, 0, {}),
        (OCT, DEC, 15, 15, {}),
        (OCT, OCT, 15, 0, {"ends_on": "ends-before"}),
        (DEC, OCT, 15, 0, {"ends_on": "ends-before"}),
        (OCT, date(2036, 1, 1), 15, 0, {"ends_on": "too-long"}),
        (OCT, DEC, 0, 0, {"seats": "seats"}),
        (OCT, DEC, 501, 0, {"seats": "seats"}),
        (OCT, DEC, 14, 15, {"seats": "seats-taken"}),
        (DEC, OCT, 0, 0, {"ends_on": "ends-before", "seats": "seats"}),
    ],
)
def test_cohort_problems(starts: date, ends: date, seats: int, taken: int, problems: dict[str, str]) -> None:
    assert rules.cohort_problems(starts, ends, seats, taken) == problems
    assert all(rules.sentences(problems).values())


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (OCT, ""),
        (DEC, ""),
        (OCT - timedelta(days=14), ""),
        (OCT - timedelta(days=15), "early"),
        (DEC + timedelta(days=14), ""),
        (DEC + timedelta(days=15), "late"),
    ],
)
def test_meeting_day(day: date, why: str) -> None:
    assert rules.meeting_day(day, OCT, DEC).why == why


def test_a_class_can_be_cancelled_once_and_before_it_is_over() -> None:
    assert rules.may_cancel(NOON, None, NOON - timedelta(minutes=1)).allowed
    assert rules.may_cancel(NOON, None, NOON).why == "held"
    assert rules.may_cancel(NOON, NOON, NOON - timedelta(hours=1)).why == "cancelled"


def test_a_time_that_the_clocks_skip_is_no_instant() -> None:
    assert rules.instant(datetime(2027, 3, 14, 2, 30), EAST) is None
    assert rules.instant(datetime(2027, 3, 14, 3, 0), EAST) == datetime(2027, 3, 14, 7, 0, tzinfo=UTC)


def test_a_time_that_happens_twice_is_the_first() -> None:
    assert rules.instant(datetime(2026, 11, 1, 1, 30), EAST) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_class_in_the_night_the_clocks_change_lasts_as_long_as_ever() -> None:
    spring = rules.meeting_end(datetime(2027, 3, 14, 1, 0), 120, 10, EAST)
    assert spring == datetime(2027, 3, 14, 8, 10, tzinfo=UTC)
    autumn = rules.meeting_end(datetime(2026, 11, 1, 0, 30, tzinfo=ZoneInfo(EAST)), 120, 0, EAST)
    assert autumn == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),
    st.integers(1, 600),
    st.integers(0, 120),
    st.sampled_from([EAST, "America/Phoenix", "Pacific/Honolulu", "Europe/London"]),
)
def test_a_class_lasts_its_minutes_and_breaks(local: datetime, minutes: int, breaks: int, zone: str) -> None:
    begins = rules.instant(local, zone)
    if begins is not None:
        assert rules.meeting_end(local, minutes, breaks, zone) - begins == timedelta(minutes=minutes + breaks)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)))
def test_every_instant_has_a_time_on_the_wall(at: datetime) -> None:
    local = at.astimezone(ZoneInfo(EAST)).replace(tzinfo=None)
    found = rules.instant(local, EAST)
    assert found is not None
    assert found <= at


@pytest.mark.parametrize(
    ("role", "scope", "allowed"),
    [
        ("student", Scope(cohort=1), True),
        ("student", Scope(provider=1), False),
        ("student", Scope(), False),
        ("facilitator", Scope(cohort=1), True),
        ("facilitator", Scope(grant=1), False),
        ("coordinator", Scope(provider=1), True),
        ("coordinator", Scope(), True),
        ("coordinator", Scope(cohort=1), False),
        ("funder", Scope(grant=1), True),
        ("funder", Scope(), False),
        ("funder", Scope(grant=1, cohort=1), False),
        ("verifier", Scope(cohort=1), False),
    ],
)
def test_fits_office(role: str, scope: Scope, allowed: bool) -> None:
    assert rules.fits_office(role, scope).allowed is allowed


def test_invitation_state() -> None:
    assert rules.invitation_state(None, NOON, NOON - timedelta(seconds=1)).allowed
    assert rules.invitation_state(None, NOON, NOON).why == "expired"
    assert rules.invitation_state(NOON, NOON, NOON).why == "used"


@pytest.mark.parametrize(
    ("terms", "seconds", "limit"),
    [
        (TimeTerms(), 1800, 1800),
        (TimeTerms(150), 1800, 2700),
        (TimeTerms(100, 20), 1800, 3000),
        (TimeTerms(150, 10), 1800, 3300),
        (TimeTerms(untimed=True), 1800, None),
    ],
)
def test_time_terms(terms: TimeTerms, seconds: int, limit: int | None) -> None:
    assert terms.limit_seconds(seconds) == limit
    assert terms.usual == (terms == TimeTerms())


@given(st.integers(100, 400), st.integers(0, 600), st.integers(1, 20_000))
def test_terms_never_take_time_away(factor: int, extra: int, seconds: int) -> None:
    limit = TimeTerms(factor, extra).limit_seconds(seconds)
    assert limit is not None
    assert limit >= seconds + extra * 60


@pytest.mark.parametrize(
    ("factor", "extra", "fields"),
    [(100, 0, set()), (99, 0, {"factor_percent"}), (401, 0, {"factor_percent"}), (150, -1, {"extra_minutes"}), (0, 601, {"factor_percent", "extra_minutes"})],
)  # fmt: skip
def test_accommodation_problems(factor: int, extra: int, fields: set[str]) -> None:
    assert set(rules.accommodation_problems(factor, extra)) == fields


def test_grant_problems() -> None:
    assert rules.grant_problems(OCT, DEC) == {}
    assert rules.grant_problems(DEC, OCT) == {"ends_on": "ends-before"}


@pytest.mark.parametrize(
    ("same", "cohort", "why"),
    [
        (True, (OCT, DEC), ""),
        (False, (OCT, DEC), "other-provider"),
        (True, (date(2027, 1, 1), date(2027, 2, 1)), "other-time"),
        (True, (date(2025, 12, 1), date(2026, 1, 1)), ""),
        (True, (date(2025, 12, 1), date(2025, 12, 31)), "other-time"),
    ],
)
def test_may_fund(same: bool, cohort: tuple[date, date], why: str) -> None:
    assert rules.may_fund(same, (date(2026, 1, 1), date(2026, 12, 31)), cohort).why == why


def test_every_no_has_a_sentence() -> None:
    assert all(sentence.endswith(".") for why, sentence in rules.SENTENCES.items() if why)


@pytest.mark.parametrize(
    ("today", "state"),
    [(OCT - timedelta(days=1), "coming"), (OCT, "running"), (DEC, "running"), (DEC + timedelta(days=1), "over")],
)
def test_cohort_state(today: date, state: str) -> None:
    assert rules.cohort_state(OCT, DEC, today) == state


@pytest.mark.parametrize(
    ("minutes", "cancelled", "state"),
    [
        (-1, False, "coming"),
        (0, False, "now"),
        (59, False, "now"),
        (60, False, "held"),
        (-1, True, "cancelled"),
        (99, True, "cancelled"),
    ],
)
def test_meeting_state(minutes: int, cancelled: bool, state: str) -> None:
    now, ends = NOON + timedelta(minutes=minutes), NOON + timedelta(hours=1)
    assert rules.meeting_state(NOON, ends, NOON if cancelled else None, now) == state
