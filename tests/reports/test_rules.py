from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.reports import rules
from lms.reports.rules import HIDDEN, Figure, Quarter, Report, Seat, Span, Terms, band, exactly

Q1, Q2, Q3, Q4 = (Quarter(2026, number) for number in (1, 2, 3, 4))
START = datetime(2026, 1, 5, 12, tzinfo=UTC)
TERMS = Terms(agreement=True, shared=False, hours_each=40)


def end_of(quarter: Quarter) -> datetime:
    return datetime.combine(quarter.end, datetime.min.time(), UTC)


def inside(quarter: Quarter, days: int = 20) -> datetime:
    return datetime.combine(quarter.start, datetime.min.time(), UTC) + timedelta(days=days)


def seat(person: int = 1, enrolled: datetime = START, **more: Any) -> Seat:
    given: dict[str, Any] = {"person": person, "enrolled_at": enrolled, "funded_at": enrolled}
    return Seat(**(given | more))


def seats(count: int, **more: Any) -> list[Seat]:
    return [seat(person, **more) for person in range(1, count + 1)]


def first(people: list[Seat], quarter: Quarter = Q1, agreement: bool = True, shared: bool = False) -> Report:
    made = rules.release([], quarter, people, end_of(quarter), Terms(agreement, shared, 40))
    assert made is not None
    return made


def people_of(report: Report) -> list[Figure]:
    return [step.people for step in report.steps]


# Quarters


@pytest.mark.parametrize(
    ("day", "quarter", "last"),
    [
        (date(2026, 1, 1), Q1, date(2026, 3, 31)),
        (date(2026, 3, 31), Q1, date(2026, 3, 31)),
        (date(2024, 2, 29), Quarter(2024, 1), date(2024, 3, 31)),
        (date(2026, 4, 1), Q2, date(2026, 6, 30)),
        (date(2026, 12, 31), Q4, date(2026, 12, 31)),
    ],
)
def test_a_day_lies_in_a_quarter(day: date, quarter: Quarter, last: date) -> None:
    assert rules.quarter_of(day) == quarter
    assert quarter.last_day == last


def test_a_quarter_is_over_on_the_day_after_its_last() -> None:
    assert rules.finished_quarters(date(2026, 1, 15), date(2026, 3, 31)) == []
    assert rules.finished_quarters(date(2026, 1, 15), date(2026, 4, 1)) == [Q1]
    assert rules.finished_quarters(date(2025, 12, 31), date(2026, 7, 1)) == [Quarter(2025, 4), Q1, Q2]


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.integers(0, 2000))
def test_quarters_follow_each_other_without_gap(day: date, days: int) -> None:
    found = rules.finished_quarters(day, day + timedelta(days=days))
    assert all(one.end == after.start for one, after in pairwise(found))
    assert all(one.end <= day + timedelta(days=days) for one in found)


# Bands


@pytest.mark.parametrize(
    ("value", "low", "high"), [(0, 0, 5), (1, 0, 5), (5, 0, 5), (6, 6, 10), (10, 6, 10), (11, 11, 15), (300, 296, 300)]
)
def test_a_band_of_five(value: int, low: int, high: int) -> None:
    assert band(value) == Figure("band", low, high)


@given(st.integers(0, 10_000), st.sampled_from([5, 200, 230]))
def test_a_band_has_at_least_five_values_and_no_zero_of_its_own(value: int, width: int) -> None:
    found = band(value, width)
    assert found.low <= value <= found.high
    assert found.high - found.low + 1 >= 5
    assert found.high > 0
    assert all(band(other, width) == found for other in range(found.low, found.high + 1)), "bands do not overlap"


def test_a_bar_says_no_more_than_the_words() -> None:
    assert [f.bar for f in (exactly(12), Figure("band", 6, 10), HIDDEN)] == [12, 8, 0]


# What may be exact


@pytest.mark.parametrize(
    ("people", "agreement", "shared", "exact"),
    [(11, True, False, True), (10, True, False, False), (300, False, False, False), (300, True, True, False)],
)
def test_exact_only_for_a_whole_population_of_eleven_under_an_agreement(
    people: int, agreement: bool, shared: bool, exact: bool
) -> None:
    assert rules.may_be_exact(people, agreement, shared) is exact
    report = first(seats(people), agreement=agreement, shared=shared)
    assert report.mode == ("exact" if exact else "bands")
    assert [figure.kind for figure in people_of(report)] == ["exact" if exact else "band"] * 3


def test_two_seats_of_one_person_are_one_person() -> None:
    twice = [*seats(10), seat(1, inside(Q1))]
    assert first(twice).mode == "bands"
    assert people_of(first([*twice, seat(11)]))[0] == exactly(11)


def test_nothing_is_released_before_the_first_seat() -> None:
    assert rules.release([], Q1, [], end_of(Q1), TERMS) is None
    late = seats(15, enrolled=end_of(Q1))
    assert rules.release([], Q1, late, end_of(Q1), TERMS) is None


def test_a_seat_counts_from_the_day_it_was_paid() -> None:
    paid_late = [seat(person, funded_at=inside(Q2)) for person in range(1, 13)]
    assert rules.release([], Q1, paid_late, end_of(Q1), TERMS) is None
    assert people_of(first(paid_late, Q2))[0] == exactly(12)


# The funnel


def test_certified_never_counts_what_was_revoked_and_counts_what_was_issued_again() -> None:
    issued, revoked, again = inside(Q1), inside(Q2), inside(Q3)
    people = [seat(n, certificates=((issued, revoked), (again, None))) for n in range(1, 13)]
    counted = [people_of(first(people, quarter))[2].low for quarter in (Q1, Q2, Q3)]
    assert counted == [12, 0, 12]


def test_whoever_holds_a_certificate_has_finished() -> None:
    people = [seat(n, certificates=((inside(Q1), None),)) for n in range(1, 13)]
    assert people_of(first(people))[1] == exactly(12)


moments = st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
any_seat = st.builds(
    Seat,
    person=st.integers(1, 40),
    enrolled_at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 9, 30), timezones=st.just(UTC)),
    funded_at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 9, 30), timezones=st.just(UTC)),
    finished_at=moments,
    certificates=st.lists(st.tuples(moments.filter(bool), moments), max_size=2).map(tuple),
    seconds=st.integers(0, 300_000),
)


@settings(deadline=None)
@given(st.lists(any_seat, min_size=1, max_size=40), st.booleans())
def test_each_step_of_the_funnel_is_part_of_the_one_above(people: list[Seat], agreement: bool) -> None:
    report = rules.release([], Q3, people, end_of(Q3), Terms(agreement, False, 40))
    if report is None:
        return
    enrolled, finished, certified = people_of(report)
    assert certified.high <= finished.high <= enrolled.high
    assert certified.low <= finished.low <= enrolled.low
    assert [f.kind for f in (enrolled, finished, certified)] == sorted(
        (f.kind for f in (enrolled, finished, certified)), reverse=True
    ), "nothing below a band is exact"


@settings(deadline=None)
@given(st.lists(any_seat, max_size=40), st.lists(any_seat, max_size=20), st.booleans())
def test_what_is_recorded_later_changes_no_earlier_report(
    people: list[Seat], later: list[Seat], agreement: bool
) -> None:
    end = end_of(Q2)
    shift = timedelta(days=200)
    after = [replace(one, enrolled_at=max(one.enrolled_at, end)) for one in later]
    after += [replace(one, funded_at=max(one.funded_at, end)) for one in later]
    went_on = [
        replace(
            one,
            finished_at=one.finished_at if one.finished_at and one.finished_at < end else end + shift,
            certificates=(
                *((at, revoked if revoked and revoked < end else end) for at, revoked in one.certificates if at < end),
                (end, None),
            ),
        )
        for one in people
    ]
    before = rules.release([], Q2, people, end, Terms(agreement, False, 40))
    assert rules.release([], Q2, [*went_on, *after], end, Terms(agreement, False, 40)) == before


# Rates


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 0, None),
        (0, 15, rules.Rate(0, 0, 21)),
        (15, 15, rules.Rate(100, 79, 100)),
        (12, 15, rules.Rate(80, 54, 93)),
        (50, 100, rules.Rate(50, 40, 60)),
    ],
)
def test_a_share_with_its_likely_range(part: int, whole: int, expected: rules.Rate | None) -> None:
    assert rules.rate(part, whole) == expected


@given(st.integers(1, 2000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_range_lies_inside_0_to_100_and_around_the_share(both: tuple[int, int]) -> None:
    part, whole = both
    found = rules.rate(part, whole)
    assert found is not None
    assert 0 <= found.low <= found.percent <= found.high <= 100


@given(st.integers(1, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole - 1), st.just(whole))))
def test_one_more_never_lowers_the_range(both: tuple[int, int]) -> None:
    less, more = rules.rate(*both), rules.rate(both[0] + 1, both[1])
    assert less is not None
    assert more is not None
    assert less.low <= more.low
    assert less.percent <= more.percent
    assert less.high <= more.high


def test_no_share_is_said_beside_a_band() -> None:
    assert [step.rate for step in first(seats(15), agreement=False).steps] == [None, None, None]
    assert [step.rate is None for step in first(seats(15)).steps] == [True, False, False]


# From quarter to quarter


def run(*years: tuple[list[Seat], dict[str, bool]], quarters: tuple[Quarter, ...] = (Q1, Q2, Q3, Q4)) -> list[Report]:
    made: list[Report] = []
    for quarter, (people, more) in zip(quarters, years, strict=False):
        report = rules.release(made, quarter, people, end_of(quarter), replace(TERMS, **more))
        made += [report] if report else []
    return made


def finishing(count: int, of: int, at: datetime = START) -> list[Seat]:
    return [seat(n, finished_at=at if n <= count else None) for n in range(1, of + 1)]


def test_a_band_stays_until_the_count_has_left_it() -> None:
    made = run((finishing(2, 8), {}), (finishing(3, 12), {}), (finishing(5, 12), {}), (finishing(6, 12), {}))
    assert [people_of(report)[0] for report in made] == [Figure("band", 6, 10), *[exactly(12)] * 3]
    assert [people_of(report)[1] for report in made] == [*[Figure("band", 0, 5)] * 3, exactly(6)]


def test_an_agreement_that_comes_late_does_not_pin_what_was_a_band() -> None:
    later = [seat(n) for n in range(1, 17)]
    made = run((seats(13), {"agreement": False}), (seats(13), {}), (seats(15), {}), (later, {}))
    assert [people_of(report)[0] for report in made] == [*[Figure("band", 11, 15)] * 3, exactly(16)]


def test_what_was_exact_is_not_said_at_all_once_it_could_be_subtracted_or_the_agreement_ends() -> None:
    made = run((seats(15), {}), (seats(15), {"shared": True}), (seats(15), {"agreement": False}), (seats(16), {}))
    assert [report.mode for report in made] == ["exact", "none", "none", "exact"]
    assert made[1].steps == ()
    assert made[1].hours == HIDDEN


def test_weeks_are_said_of_eleven_certificates_or_more() -> None:
    def certified(count: int) -> list[Seat]:
        return [
            seat(n, certificates=((START + timedelta(weeks=n % 3, days=1), None),) if n <= count else ())
            for n in range(1, 16)
        ]

    assert first(certified(10)).weeks_to_certificate == HIDDEN
    assert first(certified(11)).weeks_to_certificate == exactly(1)
    assert first(certified(15), agreement=False).weeks_to_certificate == HIDDEN


def test_weeks_are_not_said_where_a_count_was_a_band() -> None:
    """Six people of spring, five of autumn, all certified in autumn, half a year in the middle: nobody was before."""
    spring = [seat(n, certificates=((inside(Q4), None),)) for n in range(1, 7)]
    autumn = [seat(n, inside(Q4), certificates=((inside(Q4), None),)) for n in range(7, 12)]
    made = run((spring, {}), (spring, {}), (spring, {}), ([*spring, *autumn], {}))
    assert people_of(made[3])[2] == exactly(11)
    assert made[3].weeks_to_certificate == HIDDEN


# Hours


def with_hours(*pairs: tuple[int, int]) -> list[Seat]:
    """People with (hours by now, hours when the total was last said)."""
    return [seat(n, seconds=now * 3600, seconds_before=before * 3600) for n, (now, before) in enumerate(pairs, 1)]


def test_hours_of_a_quarter_are_the_difference_of_two_totals() -> None:
    made = run((with_hours(*[(10, 0)] * 12), {}), (with_hours(*[(25, 10)] * 12), {}))
    assert [report.hours for report in made] == [exactly(120), exactly(300)]
    assert made[1].trend == (Span(Q1, Q1, exactly(120)), Span(Q2, Q2, exactly(180)))
    assert rules.said_until(made) == Q2


def test_the_hours_of_one_to_ten_people_wait_until_more_have_moved() -> None:
    made = run(
        (with_hours(*[(10, 0)] * 12), {}),
        (with_hours(*[(20, 10)] * 3, *[(10, 10)] * 9), {}),
        (with_hours(*[(20, 10)] * 11, (10, 10)), {}),
    )
    assert made[1].hours == exactly(120)
    assert made[1].hours_to == Q1
    assert made[1].trend[-1] == Span(Q2, Q2, HIDDEN)
    assert rules.said_until(made[:2]) == Q1
    assert made[2].hours == exactly(230)
    assert made[2].trend[1:] == (Span(Q2, Q3, exactly(110)),)


def test_a_first_quarter_of_a_few_is_not_the_whole() -> None:
    [report] = run((with_hours(*[(10, 0)] * 4, *[(0, 0)] * 8), {}))
    assert report.hours == Figure("band", 0, 200)
    assert report.trend == (Span(Q1, Q1, HIDDEN),)


def test_a_quarter_without_any_hours_is_a_zero_of_everybody() -> None:
    still = with_hours(*[(10, 10)] * 12)
    made = run((with_hours(*[(10, 0)] * 12), {}), (still, {}), (still, {}))
    assert [span.hours for span in made[2].trend] == [exactly(120), exactly(0), exactly(0)]


def test_hours_said_together_leave_room_for_each_quarter() -> None:
    made = run(
        (with_hours(*[(10, 0)] * 12), {}),
        (with_hours((11, 10), *[(10, 10)] * 11), {}),
        ([replace(one, seconds=one.seconds + 900) for one in with_hours(*[(10, 10)] * 12)], {}),
    )
    assert made[2].trend[-1] == Span(Q2, Q3, HIDDEN), "three hours of two quarters would leave four values"


def test_hours_leave_their_band_before_they_are_exact() -> None:
    made = run((with_hours(*[(10, 0)] * 8), {}), (with_hours(*[(15, 0)] * 12), {}), (with_hours(*[(20, 0)] * 12), {}))
    assert [report.hours for report in made] == [band(80, 200), band(180, 200), band(240, 200)], (
        "nor does the funnel yet"
    )
    finished = [replace(one, certificates=((START, None),)) for one in with_hours(*[(20, 0)] * 12)]
    made = run((with_hours(*[(10, 0)] * 8), {}), (with_hours(*[(15, 0)] * 12), {}), (finished, {}))
    assert [report.hours for report in made] == [band(80, 200), band(180, 200), exactly(240)]
    assert made[2].trend == (Span(Q1, Q3, exactly(240)),)


def test_hours_never_bound_how_many_finished_more_than_the_band_does() -> None:
    """Whoever finished has all the hours: within a band of hours, each number of the band of people must fit."""
    for each in (1, 40, 46, 80):
        for people in range(60):
            for total in range(people * each, people * each + 3 * each, max(1, each // 3)):
                assert band(total, 5 * each).high // each >= band(people).high


@given(st.integers(0, 3000), st.integers(1, 80), st.integers(1, 80))
def test_bands_of_hours_keep_the_width_they_began_with(total: int, then: int, now: int) -> None:
    people = [replace(one, seconds=total * 3600 // 3) for one in seats(3)]
    made: list[Report] = []
    for quarter, each in ((Q1, then), (Q2, now)):
        report = rules.release(made, quarter, people, end_of(quarter), Terms(False, False, each))
        assert report is not None
        made.append(report)
    assert made[0].hours == made[1].hours == band(sum(p.seconds for p in people) // 3600, 5 * then)


def test_bands_come_without_a_trend() -> None:
    report = first(with_hours(*[(10, 0)] * 12), agreement=False)
    assert (report.hours, report.trend) == (Figure("band", 0, 200), ())


def test_a_correction_that_takes_hours_back_is_not_said_as_less_than_nothing() -> None:
    made = run((with_hours(*[(10, 0)] * 12), {}), (with_hours(*[(9, 10)] * 12), {}))
    assert made[1].hours == exactly(120)
    assert made[1].trend[-1].hours == HIDDEN


# Keeping


@settings(deadline=None)
@given(st.lists(any_seat, min_size=1, max_size=40), st.booleans())
def test_a_report_is_read_back_as_it_was_kept(people: list[Seat], agreement: bool) -> None:
    import json

    report = rules.release([], Q3, people, end_of(Q3), Terms(agreement, False, 40))
    if report:
        assert rules.report_from(json.loads(json.dumps(rules.stored(report)))) == report
