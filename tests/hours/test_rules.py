"""What counts, by table and by property."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.curriculum.rules.shapes import MODALITIES, ModalityRule, Pathway
from lms.hours import rules
from lms.hours.rules import Evidence, HourFacts, MeetingFact

unhurried = settings(deadline=None)
DAY = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 18, 0, tzinfo=UTC)
OPEN = ModalityRule()


def pathway(**more: Any) -> Pathway:
    given: dict[str, Any] = dict(
        id="p", title="P", jurisdiction="none", version=1, effective_from="2026-01-01", verified_on="2026-01-01", sources=(),
        unconfirmed=(), contact_hour_minutes=60, self_paced_credit="completion", reading_floor_percent=40, total_minutes=600,
        modalities=dict.fromkeys(MODALITIES, OPEN), competency_minutes={}, attendance_percent=100, make_up=True, modules=(),
        quizzes=(), exam="", narratives=(), homework=(), practice_minutes=0, practice_day_minutes=480, certificate_title="C",
        certificate_wording="w", certificate_note="", valid_months=None,
    )  # fmt: skip
    return Pathway(**(given | more))


def lesson(key: str = "l", minutes: int = 20, **more: Any) -> Evidence:
    given: dict[str, Any] = dict(seconds=minutes * 60, standing="counted", competencies={"a": 100}, on=DAY)
    return Evidence(kind="lesson", key=key, title=key, modality="self_paced", **(given | more))


def practice(key: str = "p", minutes: int = 60, **more: Any) -> Evidence:
    given: dict[str, Any] = dict(seconds=minutes * 60, standing="counted", competencies={"a": 100}, on=DAY)
    return Evidence(kind="practice", key=key, title=key, modality="practicum", **(given | more))


def meeting(key: str = "m", minutes: int = 120, modality: Any = "in_person", **more: Any) -> Evidence:
    given: dict[str, Any] = dict(seconds=minutes * 60, standing="counted", competencies={"a": 60, "b": 40}, on=DAY)
    return Evidence(kind="meeting", key=key, title=key, modality=modality, **(given | more))


def made(*evidence: Evidence, path: Pathway | None = None, approved: bool = False) -> rules.Statement:
    return rules.statement(HourFacts(evidence, (), approved), path or pathway())


def line(statement: rules.Statement, key: str) -> rules.Line:
    return next(x for x in statement.lines if x.evidence.key == key)


class TestWhatCounts:
    def test_nothing_yet(self) -> None:
        empty = made()
        assert (empty.counted, empty.waiting, empty.to_come, empty.met, empty.lines) == (0, 0, 600, False, ())
        assert (empty.first_on, empty.last_on, empty.by_modality) == (None, None, ())

    def test_a_meeting_a_lesson_and_practice_add_up(self) -> None:
        sums = made(meeting(), lesson(on=DAY + timedelta(days=3)), practice())
        assert sums.counted == 200
        assert {x.key: x.minutes for x in sums.by_modality} == {"in_person": 120, "self_paced": 20, "practicum": 60}
        assert {x.key: x.minutes for x in sums.by_competency} == {"a": 152, "b": 48}
        assert (sums.first_on, sums.last_on) == (DAY, DAY + timedelta(days=3))

    @pytest.mark.parametrize(
        ("evidence", "state", "why"),
        [
            (practice(standing="waiting"), "waiting", ""),
            (practice(standing="returned"), "returned", "returned"),
            (meeting(minutes=0, standing="none"), "not_counted", "nothing"),
            (lesson(minutes=0), "not_counted", "nothing"),
            (meeting(modality="live_virtual"), "not_counted", "approval"),
            (practice(minutes=481), "counted", "day_cap"),
        ],
    )
    def test_each_line_says_why(self, evidence: Evidence, state: str, why: str) -> None:
        modalities = dict.fromkeys(MODALITIES, OPEN) | {"live_virtual": ModalityRule(needs_approval=True)}
        found = made(evidence, path=pathway(modalities=modalities)).lines[0]
        assert (found.state, found.why) == (state, why)

    def test_what_was_asked_is_shown_where_nothing_counts(self) -> None:
        returned, cut = made(practice(minutes=75, standing="returned")), made(practice(minutes=500))
        assert (returned.lines[0].minutes, returned.lines[0].seconds) == (75, 0)
        assert (cut.lines[0].minutes, cut.counted) == (480, 480)

    @pytest.mark.parametrize(
        "rule", [None, ModalityRule(counts=False), ModalityRule(counts=False, needs_approval=True)]
    )
    def test_a_kind_the_pathway_does_not_count_stays_in_the_ledger(self, rule: ModalityRule | None) -> None:
        modalities: Any = {"in_person": OPEN} | ({"self_paced": rule} if rule else {})
        sums = made(lesson(), meeting(), path=pathway(modalities=modalities), approved=True)
        assert sums.counted == 120
        assert (line(sums, "l").state, line(sums, "l").why, line(sums, "l").minutes) == ("not_counted", "modality", 20)

    @pytest.mark.parametrize(("approved", "counted"), [(False, 0), (True, 120)])
    def test_live_video_counts_under_the_recorded_approval(self, approved: bool, counted: int) -> None:
        path = pathway(modalities={"live_virtual": ModalityRule(needs_approval=True)})
        assert made(meeting(modality="live_virtual"), path=path, approved=approved).counted == counted

    def test_the_approval_for_video_covers_nothing_else(self) -> None:
        path = pathway(modalities={"practicum": ModalityRule(needs_approval=True)})
        assert made(practice(), path=path, approved=True).counted == 0

    def test_seconds_are_rounded_down_once(self) -> None:
        sums = made(lesson("one", seconds=90), lesson("two", seconds=90))
        assert sums.counted == 3
        assert [x.minutes for x in sums.lines] == [1, 1]
        assert sums.rounded
        assert not made(lesson()).rounded

    def test_lines_stand_newest_first(self) -> None:
        sums = made(lesson("old"), lesson("new", on=DAY + timedelta(days=1)), lesson("also-old"))
        assert [x.evidence.key for x in sums.lines] == ["new", "also-old", "old"]


class TestCaps:
    def test_a_day_of_practice_has_an_end(self) -> None:
        later = practice("other-day", 60, on=DAY + timedelta(days=1))
        sums = made(practice("one", 300), practice("two", 300), later)
        assert (line(sums, "one").minutes, line(sums, "two").minutes) == (300, 180)
        assert (line(sums, "two").why, sums.counted) == ("day_cap", 540)

    def test_a_kind_has_an_end(self) -> None:
        path = pathway(modalities={"homework": OPEN, "self_paced": ModalityRule(max_minutes=30)})
        sums = made(lesson("one"), lesson("two"), lesson("three"), path=path)
        assert [line(sums, key).seconds // 60 for key in ("one", "three", "two")] == [20, 10, 0]
        assert line(sums, "two").state == "not_counted"
        assert line(sums, "two").why == "modality_cap"

    def test_what_waits_uses_up_no_cap(self) -> None:
        first, second = practice("waits", 400, standing="waiting"), practice("counts", 400, on=DAY)
        sums = made(first, second)
        assert (line(sums, "counts").minutes, sums.counted, sums.waiting) == (400, 400, 80)

    def test_what_waits_behind_a_full_cap_still_waits(self) -> None:
        path = pathway(modalities={"practicum": ModalityRule(max_minutes=60)})
        found = line(made(practice(), practice("waits", 45, standing="waiting"), path=path), "waits")
        assert (found.state, found.seconds, found.minutes, found.why) == ("waiting", 0, 45, "modality_cap")

    def test_an_older_day_that_is_approved_later_takes_nothing_back(self) -> None:
        path = pathway(modalities={"practicum": ModalityRule(max_minutes=60)}, competency_minutes={"b": 60})
        known = practice("known", 60, competencies={"b": 100}, settled_at=AT)
        late = practice("late", 60, on=DAY - timedelta(days=7), settled_at=AT + timedelta(days=1))
        assert line(made(known, late, path=path), "known").minutes == 60
        assert made(known, late, path=path).by_competency[0].met


class TestNeeds:
    def test_met_asks_for_the_total_and_every_row(self) -> None:
        path = pathway(total_minutes=180, modalities={"in_person": ModalityRule(min_minutes=120), "self_paced": OPEN})
        assert not made(lesson(minutes=180), path=path).met
        assert not made(meeting(), path=path).met
        assert made(meeting(), lesson(minutes=60), path=path).met
        assert not made(meeting(), lesson(minutes=60), path=replace(path, competency_minutes={"b": 49})).met

    def test_practice_beyond_the_practicum_is_asked_for(self) -> None:
        path = pathway(modalities={"practicum": ModalityRule(min_minutes=30)}, practice_minutes=90)
        assert made(path=path).by_modality[0].needed == 90

    def test_a_row_that_misses_seconds_does_not_look_met(self) -> None:
        path = pathway(competency_minutes={"a": 60})
        sums = made(lesson("x", seconds=3599), lesson("y", seconds=61, competencies={"b": 100}), path=path)
        assert {x.key: (x.minutes, x.met) for x in sums.by_competency} == {"a": (59, False), "b": (2, True)}

    def test_what_waits_has_its_row_too(self) -> None:
        sums = made(lesson(), practice(standing="waiting", competencies={"z": 100}))
        assert {x.key: x.waiting for x in sums.by_competency} == {"a": 0, "z": 60}

    def test_hours_without_a_competency_have_a_row_of_their_own(self) -> None:
        assert [(x.key, x.minutes) for x in made(lesson(), practice(competencies={})).by_competency] == [
            ("a", 20),
            ("", 60),
        ]

    def test_one_kind_by_name(self) -> None:
        assert (made(meeting()).modality("in_person"), made(meeting()).modality("homework")) == (120, 0)


# Each kind of evidence has its own modality, as the service makes it; keys are unique within a kind.
KINDS: dict[str, list[Any]] = {
    "meeting": ["in_person", "live_virtual"], "lesson": ["self_paced"], "homework": ["homework"], "practice": ["practicum"],
}  # fmt: skip
WEIGHTS = st.sampled_from([{}, {"a": 100}, {"a": 60, "b": 40}, {"a": 33, "b": 33, "c": 34}, {"c": 100}])


@st.composite
def pieces(draw: st.DrawFn) -> Evidence:
    kind: Any = draw(st.sampled_from(sorted(KINDS)))
    settled = draw(st.integers(0, 40))
    return Evidence(
        kind, f"{draw(st.integers(0, 10**9))}", "t", DAY + timedelta(days=draw(st.integers(0, 3))),
        draw(st.sampled_from(KINDS[kind])), draw(st.integers(0, 30_000)),
        draw(st.sampled_from(["counted", "waiting", "returned", "none"])), draw(WEIGHTS), AT + timedelta(hours=settled),
    )  # fmt: skip


MANY = st.lists(pieces(), max_size=12, unique_by=lambda e: (e.kind, e.key))
LIMIT = st.one_of(st.none(), st.integers(0, 900))
MODALITY = st.builds(ModalityRule, st.integers(0, 60), LIMIT, st.booleans(), st.booleans())
PATHS = st.builds(
    pathway,
    modalities=st.dictionaries(st.sampled_from(MODALITIES), MODALITY),
    competency_minutes=st.dictionaries(st.sampled_from("abc"), st.integers(0, 300)),
    practice_day_minutes=st.integers(1, 600),
)


class TestProperties:
    @unhurried
    @given(MANY, pieces(), PATHS, st.booleans())
    def test_more_evidence_never_lowers_the_sum(
        self, known: list[Evidence], more: Evidence, path: Pathway, approved: bool
    ) -> None:
        if (more.kind, more.key) in {(e.kind, e.key) for e in known}:
            return
        before, after = made(*known, path=path, approved=approved), made(*known, more, path=path, approved=approved)
        assert after.counted >= before.counted

    @unhurried
    @given(MANY, pieces(), PATHS)
    def test_what_comes_later_takes_nothing_back(self, known: list[Evidence], more: Evidence, path: Pathway) -> None:
        late = replace(more, key="late", settled_at=AT + timedelta(days=30))
        before, after = made(*known, path=path), made(*known, late, path=path)
        settled = {_figures(x) for x in before.lines if x.evidence.standing != "waiting"}
        assert settled <= set(map(_figures, after.lines))
        assert {x.key for x in before.by_modality if x.met} <= {x.key for x in after.by_modality if x.met}
        assert {x.key for x in before.by_competency if x.met} <= {x.key for x in after.by_competency if x.met}
        assert after.met or not before.met

    @unhurried
    @given(MANY, PATHS, st.booleans())
    def test_rows_of_a_split_add_up_to_the_whole(self, known: list[Evidence], path: Pathway, approved: bool) -> None:
        sums = made(*known, path=path, approved=approved)
        for rows in (sums.by_modality, sums.by_competency):
            assert sum(x.minutes for x in rows) == sums.counted
            assert sum(x.waiting for x in rows) == sums.waiting

    @unhurried
    @given(MANY, PATHS)
    def test_no_cap_is_ever_passed(self, known: list[Evidence], path: Pathway) -> None:
        lines = made(*known, path=path).lines
        for modality, rule in path.modalities.items():
            used = [x.seconds for x in lines if x.evidence.modality == modality and x.state in ("counted", "waiting")]
            assert rule.max_minutes is None or sum(used) <= rule.max_minutes * 60
        for on in {x.evidence.on for x in lines}:
            day = [x.seconds for x in lines if x.evidence.kind == "practice" and x.evidence.on == on]
            assert sum(day) <= path.practice_day_minutes * 60
        assert all(0 <= x.seconds <= x.evidence.seconds for x in lines)

    @unhurried
    @given(MANY, PATHS, st.randoms(use_true_random=False))
    def test_the_order_of_evidence_does_not_matter(self, known: list[Evidence], path: Pathway, dice: Any) -> None:
        mixed = list(known)
        dice.shuffle(mixed)
        assert made(*mixed, path=path) == made(*known, path=path)

    @unhurried
    @given(MANY, PATHS)
    def test_what_waits_is_never_counted(self, known: list[Evidence], path: Pathway) -> None:
        without = made(*(e for e in known if e.standing != "waiting"), path=path)
        sums = made(*known, path=path)
        assert sums.counted == without.counted
        assert all(x.state in ("waiting", "not_counted") for x in sums.lines if x.evidence.standing == "waiting")

    @unhurried
    @given(MANY, PATHS)
    def test_the_sum_is_the_floor_of_the_seconds(self, known: list[Evidence], path: Pathway) -> None:
        sums = made(*known, path=path)
        assert sums.counted == sum(x.seconds for x in sums.lines if x.state == "counted") // 60
        assert len(sums.lines) == len(known)

    @unhurried
    @given(st.integers(0, 10**6), st.dictionaries(st.text(max_size=3), st.integers(1, 100)))
    def test_a_split_loses_no_second(self, seconds: int, weights: dict[str, int]) -> None:
        parts = rules.split(seconds, weights)
        assert sum(parts.values()) == seconds
        assert all(
            abs(parts[k] * sum(weights.values()) - seconds * w) < sum(weights.values()) for k, w in weights.items()
        )

    @unhurried
    @given(
        st.dictionaries(st.text(max_size=3), st.integers(0, 10**5)),
        st.dictionaries(st.text(max_size=3), st.integers(0, 99)),
    )
    def test_minutes_lie_within_one_of_their_seconds(self, seconds: dict[str, int], needs: dict[str, int]) -> None:
        minutes = rules.floored(seconds, needs)
        assert sum(minutes.values()) == sum(seconds.values()) // 60
        assert all(seconds[k] // 60 <= m <= -(-seconds[k] // 60) for k, m in minutes.items())


def _figures(one: rules.Line) -> tuple[str, str, str, int, str]:
    return one.evidence.kind, one.evidence.key, one.state, one.seconds, one.why


class TestAttendance:
    @pytest.mark.parametrize(
        ("mark", "given_", "credited"),
        [
            ("present", 5, 120),
            ("made_up", 0, 120),
            ("part", 45, 45),
            ("part", 500, 120),
            ("part", -3, 0),
            ("absent", 60, 0),
        ],
    )
    def test_what_a_mark_credits(self, mark: str, given_: int, credited: int) -> None:
        assert rules.credited_minutes(mark, given_, 120) == credited

    @pytest.mark.parametrize(
        ("mark", "minutes", "reason", "make_up", "field"),
        [
            ("present", 0, "", True, None),
            ("absent", 0, "", True, None),
            ("part", 1, "", True, None),
            ("part", 119, "", True, None),
            ("made_up", 0, "With the other cohort on Friday.", True, None),
            ("", 0, "", True, "mark"),
            ("asleep", 0, "", True, "mark"),
            ("part", 0, "", True, "minutes"),
            ("part", 120, "", True, "minutes"),
            ("made_up", 0, " ", True, "reason"),
            ("made_up", 0, "With the other cohort.", False, "mark"),
        ],
    )
    def test_what_a_mark_needs(self, mark: str, minutes: int, reason: str, make_up: bool, field: str | None) -> None:
        found = rules.mark_problem(mark, minutes, reason, 120, make_up)
        assert (found and found[0]) == field

    def test_only_classes_that_were_held_are_added_up(self) -> None:
        facts = HourFacts(
            (), (_held("present", 120), _held("part", 60), _held(None, 0), _held("absent", 0), _planned())
        )
        sums = rules.attendance(facts)
        assert (sums.held, sums.attended, sums.unrecorded, sums.minutes_held, sums.minutes_attended) == (
            4,
            2,
            1,
            480,
            180,
        )

    @pytest.mark.parametrize(
        ("attended", "percent", "reached"), [(90, 75, True), (89, 75, False), (0, 0, True), (120, 100, True)]
    )
    def test_a_share_is_reached_exactly(self, attended: int, percent: int, reached: bool) -> None:
        assert rules.attendance(HourFacts((), (_held("part", attended),))).reaches(percent) is reached

    def test_nothing_held_reaches_nothing(self) -> None:
        assert not rules.attendance(HourFacts((), (_planned(),))).reaches(0)


def _held(mark: str | None, attended: int) -> MeetingFact:
    return MeetingFact("m", "Meeting", DAY, 120, True, mark, attended)


def _planned(on: date = DAY) -> MeetingFact:
    return MeetingFact("m", "Meeting", on, 120, False, None, 0)


class TestPractice:
    @pytest.mark.parametrize(
        ("on", "minutes", "claimed", "known", "fields"),
        [
            (DAY, 60, 0, True, set()),
            (DAY, 1440, 0, True, set()),
            (DAY + timedelta(days=1), 60, 0, True, {"on"}),
            (DAY - timedelta(days=30), 60, 0, True, set()),
            (DAY - timedelta(days=31), 60, 0, True, {"on"}),
            (DAY, 0, 0, True, {"minutes"}),
            (DAY, -5, 0, True, {"minutes"}),
            (DAY, 1441, 0, True, {"minutes"}),
            (DAY, 60, 1381, True, {"minutes"}),
            (DAY, 60, 1380, True, set()),
            (DAY + timedelta(days=1), 0, 0, False, {"on", "minutes", "competency"}),
        ],
    )
    def test_a_claim_fits_its_day(self, on: date, minutes: int, claimed: int, known: bool, fields: set[str]) -> None:
        starts = DAY - timedelta(days=30)
        found = rules.claim_problems(on, minutes, claimed=claimed, starts_on=starts, today=DAY, competency_known=known)
        assert set(found) == fields

    def test_the_first_day_is_written_out(self) -> None:
        found = rules.claim_problems(
            DAY, 60, claimed=0, starts_on=date(2026, 11, 5), today=date(2026, 11, 9), competency_known=True
        )
        assert found["on"].startswith("Your cohort began on 5 November 2026.")

    @pytest.mark.parametrize(
        ("outcome", "minutes", "reason", "correction", "fields"),
        [
            ("approved", 60, "", False, set()),
            ("approved", 60, "", True, {"reason"}),
            ("approved", 60, "Checked with her supervisor.", True, set()),
            ("approved", 45, "", False, {"reason"}),
            ("approved", 45, "The drive is not practice.", False, set()),
            ("approved", 61, "Why not.", False, {"minutes"}),
            ("approved", 0, "", False, {"minutes", "reason"}),
            ("returned", 0, "  ", False, {"reason"}),
            ("returned", 0, "No supervisor named.", False, set()),
            ("", 60, "", False, {"outcome"}),
        ],
    )
    def test_an_answer_says_why(
        self, outcome: str, minutes: int, reason: str, correction: bool, fields: set[str]
    ) -> None:
        assert set(rules.answer_problems(outcome, minutes, reason, asked=60, correction=correction)) == fields


class TestWeeks:
    def test_a_week_runs_from_monday_and_holds_what_happened(self) -> None:
        sums = made(meeting(on=date(2026, 11, 3)), practice(on=date(2026, 11, 4), standing="waiting"))
        found = rules.weeks(
            sums, [_planned(date(2026, 11, 12))], date(2026, 11, 2), date(2026, 12, 20), date(2026, 11, 5)
        )
        assert [w.monday for w in found] == [date(2026, 11, 2), date(2026, 11, 9)]
        assert (found[0].days[1].counted, found[0].days[2].waiting, found[1].days[3].planned) == (120, 60, 120)

    def test_a_class_that_was_held_is_no_plan(self) -> None:
        held = replace(_planned(), held=True)
        found = rules.weeks(made(), [held], DAY, DAY, DAY)
        assert all(day.planned == 0 for week in found for day in week.days)

    def test_a_cohort_that_ended_long_ago_has_no_empty_years(self) -> None:
        found = rules.weeks(made(meeting()), [], DAY, DAY + timedelta(days=20), DAY + timedelta(days=900))
        assert len(found) == 3

    def test_a_cohort_to_come_shows_its_first_week(self) -> None:
        assert len(rules.weeks(made(), [], DAY, DAY + timedelta(days=60), DAY - timedelta(days=90))) == 1

    @unhurried
    @given(MANY, st.integers(-30, 30), st.integers(0, 90), st.integers(-30, 120))
    def test_no_hour_falls_outside(self, known: list[Evidence], start: int, length: int, today: int) -> None:
        sums = made(*(replace(e, seconds=e.seconds // 60 * 60) for e in known))
        first = DAY + timedelta(days=start)
        found = rules.weeks(sums, [], first, first + timedelta(days=length), DAY + timedelta(days=today))
        assert sum(d.counted for w in found for d in w.days) == sums.counted
        assert sum(d.waiting for w in found for d in w.days) == sums.waiting
        days = [d.on for w in found for d in w.days]
        assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
        assert days[0].weekday() == 0


class TestLedger:
    @pytest.mark.parametrize(
        ("lines", "asked", "number", "pages", "shown"),
        [(0, 1, 1, 1, 0), (20, 1, 1, 1, 20), (21, 2, 2, 2, 1), (45, 9, 3, 3, 5), (45, -4, 1, 3, 20)],
    )
    def test_pages_of_twenty(self, lines: int, asked: int, number: int, pages: int, shown: int) -> None:
        found = rules.ledger([rules.Line(lesson(str(n)), "counted", 60) for n in range(lines)], asked)
        assert (found.number, found.pages, len(found.lines)) == (number, pages, shown)

    @unhurried
    @given(st.integers(0, 99))
    def test_pages_together_are_the_whole(self, count: int) -> None:
        lines = [rules.Line(lesson(str(n)), "counted", 60) for n in range(count)]
        pages = [rules.ledger(lines, n) for n in range(1, rules.ledger(lines, 1).pages + 1)]
        assert [x for page in pages for x in page.lines] == lines


class TestCalls:
    NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)

    def call(self, code: str, hours: int, recorded: int = 0, zone: str = "America/New_York") -> rules.Call:
        return rules.Call(code, "Class", "Autumn", zone, self.NOW + timedelta(hours=hours), 15, recorded)

    def sorted_codes(self, calls: Sequence[rules.Call]) -> list[list[str]]:
        found = rules.calls(calls, self.NOW)
        return [[c.code for c in group] for group in (found.today, found.open, found.past)]

    def test_today_then_open_then_past(self) -> None:
        mixed = [
            self.call("past-old", -400, 15), self.call("open-new", -48, 14), self.call("tonight", 6), self.call("soon", 72),
            self.call("this-morning", -3, 15), self.call("open-old", -200), self.call("past-new", -100, 15), self.call("far", 900),
        ]  # fmt: skip
        assert self.sorted_codes(mixed) == [
            ["this-morning", "tonight"], ["open-old", "open-new"], ["past-new", "past-old"],
        ]  # fmt: skip
        found = rules.calls(mixed, self.NOW)
        assert found.next is not None
        assert found.next.code == "soon"

    def test_the_day_is_the_cohorts_own(self) -> None:
        evening = self.call("x", 10)
        assert [c.code for c in rules.calls([evening], self.NOW).today] == ["x"]
        assert rules.calls([replace(evening, zone="Europe/London")], self.NOW).today == ()

    def test_nothing_planned(self) -> None:
        assert rules.calls([], self.NOW) == rules.Calls((), (), (), None)
