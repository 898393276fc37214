from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from lms.curriculum.rules import shapes
from lms.learning import rules
from lms.learning.rules import Known, LessonState, Missing, Refusal, Sitting, Stretch
from lms.quizzes.rules import QuizResult
from tests.factories import NOON, pieces


@dataclass(frozen=True)
class Result:
    passed: bool


PASSED, OPEN = Result(True), Result(False)
SECOND = timedelta(seconds=1)


def shape(kind: type, made: dict[str, Any]) -> Any:
    return TypeAdapter(kind).validate_python(made)


def world(**pathway: Any) -> tuple[shapes.Outline, shapes.Pathway]:
    made = pieces(2)
    made["pathway:starter"] |= pathway
    return shape(shapes.Outline, made["outline"]), shape(shapes.Pathway, made["pathway:starter"])


def quiz(kind: str, **more: Any) -> shapes.Quiz:
    name = {"lesson": "quiz:check-m1-l1", "module": "quiz:quiz-m1", "exam": "quiz:exam"}[kind]
    return replace(shape(shapes.Quiz, pieces()[name]), **more)


# Credit


@pytest.mark.parametrize(
    ("opened", "check", "measured", "missing"),
    [
        ({1, 2, 3}, True, 480, ()),
        ({1, 2, 3}, True, 479, (Missing("time", 479, 480),)),
        ({1, 3}, True, 480, (Missing("parts", 2, 3),)),
        ({1, 2, 3, 4, 0}, True, 480, ()),
        ({1, 2, 4}, True, 480, (Missing("parts", 2, 3),)),
        ({1, 2, 3}, False, 480, (Missing("check", 0, 1),)),
        (set(), False, 0, (Missing("parts", 0, 3), Missing("check", 0, 1), Missing("time", 0, 480))),
    ],
)
def test_completion_asks_for_every_part_the_check_and_the_floor(
    opened: set[int], check: bool, measured: int, missing: tuple[Missing, ...]
) -> None:
    judged = rules.credit(20, 3, opened, check, measured, "completion", 40)
    assert judged == rules.Credit(1200, not missing, missing)


@pytest.mark.parametrize(("measured", "seconds"), [(0, 0), (30, 30), (1200, 1200), (5000, 1200)])
def test_seat_time_gives_what_was_measured_up_to_the_minutes(measured: int, seconds: int) -> None:
    assert rules.credit(20, 3, {1, 2, 3}, True, measured, "seat_time", 40) == rules.Credit(seconds, True, ())


def test_seat_time_still_asks_for_the_parts_and_the_check() -> None:
    assert rules.credit(20, 3, {1}, False, 1200, "seat_time", 40).missing == (
        Missing("parts", 1, 3),
        Missing("check", 0, 1),
    )


def test_thirty_seconds_never_complete_a_lesson() -> None:
    assert not rules.credit(20, 3, {1, 2, 3}, True, 30, "completion", 40).earned


lessons = st.fixed_dictionaries(
    {
        "minutes": st.integers(1, 120),
        "parts": st.integers(1, 8),
        "opened": st.sets(st.integers(-1, 10)),
        "check_passed": st.booleans(),
        "measured_seconds": st.integers(0, 20_000),
        "rule": st.sampled_from(["completion", "seat_time"]),
        "floor_percent": st.integers(0, 100),
    }
)


@given(lessons)
def test_a_lesson_never_gives_more_than_its_minutes_and_is_earned_when_nothing_is_missing(
    facts: dict[str, Any],
) -> None:
    judged = rules.credit(**facts)
    assert 0 <= judged.seconds <= facts["minutes"] * 60
    assert judged.earned is (not judged.missing)
    assert all(one.have < one.need for one in judged.missing)


@given(lessons, st.integers(0, 5000), st.sets(st.integers(1, 8)))
def test_reading_more_never_takes_anything_away(facts: dict[str, Any], more: int, also: set[int]) -> None:
    before = rules.credit(**facts)
    grown = facts | {"measured_seconds": facts["measured_seconds"] + more, "opened": facts["opened"] | also}
    after = rules.credit(**grown)
    assert after.seconds >= before.seconds
    assert after.earned or not before.earned


def test_a_lesson_without_a_check_asks_for_none() -> None:
    outline, pathway = world()
    line = replace(outline.modules[0].lessons[0], check="")
    state = LessonState(frozenset({1, 2, 3}), 480)
    assert rules.credit_of(line, state, {}, pathway).earned


def test_a_lesson_and_its_line_are_judged_alike() -> None:
    outline, pathway = world()
    whole = shape(shapes.Lesson, pieces()["lesson:m1-l1"])
    state = LessonState(frozenset({1, 3}), 100)
    judged = rules.credit_of(whole, state, {"check-m1-l1": PASSED}, pathway)
    assert judged == rules.credit_of(outline.modules[0].lessons[0], state, {"check-m1-l1": PASSED}, pathway)
    assert judged.missing == (Missing("parts", 2, 3), Missing("time", 100, 480))


# Beats


def after(seconds: float) -> Any:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("known", "sequence", "now", "gained"),
    [
        pytest.param(Known(), 1, 0, 20, id="the first report of a tab: one beat"),
        pytest.param(Known(), 900, 0, 20, id="a first report cannot claim hours"),
        pytest.param(Known(), 0, 0, 0, id="a tab that only says hello"),
        pytest.param(Known(NOON, NOON, 1, 20), 2, 20, 20, id="the next beat"),
        pytest.param(Known(NOON, NOON, 1, 20), 2, 20.7, 20, id="a beat that travelled slowly"),
        pytest.param(Known(NOON, NOON, 1, 20), 1, 20, 0, id="the same report again"),
        pytest.param(Known(NOON, NOON, 5, 20), 3, 60, 0, id="an older report"),
        pytest.param(Known(NOON, NOON, 1, 20), 16, 300, 300, id="five minutes without a line, all kept"),
        pytest.param(Known(NOON, NOON, 1, 20), 500, 300, 300, id="no more than has passed"),
        pytest.param(Known(NOON, NOON, 1, 20), 2, 10_800, 20, id="three hours asleep count as one beat"),
        pytest.param(Known(after(15), NOON, 1, 20), 2, 20, 5, id="another tab was measured meanwhile"),
        pytest.param(Known(after(20), NOON, 1, 20), 2, 20, 0, id="another tab was measured until now"),
        pytest.param(Known(after(90), NOON, 1, 20), 2, 20, 0, id="the clock went back"),
        pytest.param(Known(NOON, NOON, 1, 3590), 2, 20, 10, id="the budget is used up"),
        pytest.param(Known(NOON, NOON, 1, 9999), 2, 20, 0, id="and never below nothing"),
    ],
)
def test_a_beat_adds_what_the_servers_clock_allows(known: Known, sequence: int, now: float, gained: int) -> None:
    assert rules.beat(known, sequence, rules.budget(20), after(now)).seconds == gained


@pytest.mark.parametrize(
    ("known", "sequence", "now", "stretch"),
    [
        pytest.param(Known(None, NOON, 0), 1, 20, (0, 20), id="the first beat begins where the tab said hello"),
        pytest.param(Known(NOON, NOON, 1, 20), 2, 20.7, (0, 20), id="a late report goes on from the frontier"),
        pytest.param(Known(NOON, NOON, 1, 20), 2, 55, (0, 20), id="a very late one too, so that the next finds room"),
        pytest.param(Known(after(20), after(20), 2, 40), 3, 55, (20, 40), id="which it then does"),
        pytest.param(Known(NOON, NOON, 1, 20), 2, 600, (520, 540), id="after a pause it lies near now"),
        pytest.param(Known(NOON, after(595), 1, 20), 2, 600, (580, 600), id="and never after now"),
        pytest.param(Known(), 1, 0, (-20, 0), id="a tab that was never heard of"),
    ],
)
def test_where_a_beat_is_put(known: Known, sequence: int, now: float, stretch: tuple[float, float]) -> None:
    assert rules.beat(known, sequence, 3600, after(now)) == Stretch(after(stretch[0]), after(stretch[1]))


@given(st.lists(st.integers(0, 60), min_size=1, max_size=60))
def test_a_bad_line_costs_nothing_while_reports_come_within_a_minute(delays: list[int]) -> None:
    """One visible tab, every report held up for up to a minute: all that was read is measured in the end."""
    frontier, reported_at, reported, total, heard = None, NOON, 0, 0, NOON
    for count, delay in enumerate(delays, 1):
        heard = max(heard, NOON + count * rules.BEAT + delay * SECOND)
        taken = rules.beat(Known(frontier, reported_at, reported, total), count, 100_000, heard)
        total += taken.seconds
        frontier, reported_at, reported = taken.ended_at, taken.ended_at, count
    assert total == len(delays) * 20


@pytest.mark.parametrize(
    ("sequence", "now", "worth"), [(3, 61, True), (3, 60, False), (2, 900, False), (4, 900, False)]
)
def test_a_tab_that_was_silent_says_that_it_is_back(sequence: int, now: float, worth: bool) -> None:
    assert rules.is_known_again(Known(NOON, NOON, 3), sequence, after(now)) is worth
    assert not rules.is_known_again(Known(), sequence, after(now))


reports = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 400), st.integers(0, 40)), min_size=1, max_size=40)


@given(reports, st.integers(0, 4000))
def test_tabs_and_devices_never_add_up(sent: list[tuple[int, int, int]], budget: int) -> None:
    """Any tabs may claim anything at any time: stretches never overlap, and the total stays within real time."""
    now, frontier, total = NOON, None, 0
    tabs: dict[int, tuple[Any, int]] = {}
    for tab, wait, claim in sent:
        now += wait * SECOND
        at, count = tabs.get(tab, (None, 0))
        known = Known(frontier, at, count, total)
        taken = rules.beat(known, count + claim, budget, now)
        assert frontier is None or taken.seconds == 0 or taken.started_at >= frontier
        assert taken.ended_at <= max(now, frontier or now)
        assert taken.seconds <= claim * 20
        frontier = taken.ended_at if taken.seconds else frontier
        total += taken.seconds
        tabs[tab] = (now, count + claim)
    assert total <= (now - NOON).total_seconds() + 20
    assert total <= budget


@given(st.integers(1, 200))
def test_one_visible_tab_is_measured_to_the_second(beats: int) -> None:
    now, known, total = NOON, Known(), 0
    for sequence in range(1, beats + 1):
        now += rules.BEAT
        total += rules.beat(known, sequence, 100_000, now).seconds
        known = Known(now, now, sequence, total)
    assert total == beats * 20


@pytest.mark.parametrize(
    ("frontier", "shown", "words", "now", "gained"),
    [
        pytest.param(None, 0, 200, 60, 60, id="a minute on the page"),
        pytest.param(None, 0, 200, 600, 120, id="two hundred words are believed for two minutes"),
        pytest.param(None, 0, 200, 86_400, 120, id="and no more after a night"),
        pytest.param(50, 0, 200, 60, 10, id="another page was measured meanwhile"),
        pytest.param(None, 90, 200, 60, 0, id="a page from the future"),
        pytest.param(None, 0, 0, 60, 0, id="an empty page"),
    ],
)
def test_a_page_left_by_its_button_earns_its_reading_time(
    frontier: float | None, shown: float, words: int, now: float, gained: int
) -> None:
    known = Known(after(frontier) if frontier is not None else None)
    taken = rules.page_read(known, after(shown), words, 3600, after(now))
    assert taken.seconds == gained
    assert taken.ended_at <= after(now)


@given(st.integers(0, 10_000), st.integers(0, 3000), st.integers(0, 3600))
def test_a_page_never_earns_more_than_was_spent_on_it(spent: int, words: int, measured: int) -> None:
    taken = rules.page_read(Known(measured_seconds=measured), NOON, words, 3600, after(spent))
    assert taken.seconds <= min(spent, words * 60 // 100, 3600 - measured)


# What comes next


READ = LessonState(frozenset({1, 2, 3}), 480)
DONE = LessonState(frozenset({1, 2, 3}), 480, done_at=NOON)
ALL_DONE = {f"m{m}-l{n}": DONE for m in (1, 2) for n in (1, 2)}


@pytest.mark.parametrize(
    ("states", "results", "expected"),
    [
        pytest.param({}, {}, ("part", "m1-l1", 1, ""), id="the very first part"),
        pytest.param({"m1-l1": LessonState(frozenset({1}))}, {}, ("part", "m1-l1", 2, ""), id="the next part"),
        pytest.param({"m1-l1": LessonState(frozenset({1, 3}))}, {}, ("part", "m1-l1", 2, ""), id="the part left out"),
        pytest.param({"m1-l1": READ}, {}, ("check", "m1-l1", 3, "check-m1-l1"), id="then the check"),
        pytest.param(
            {"m1-l1": replace(READ, measured_seconds=1)},
            {"check-m1-l1": PASSED},
            ("time", "m1-l1", 1, ""),
            id="more time",
        ),
        pytest.param({"m1-l1": READ}, {"check-m1-l1": PASSED}, ("part", "m1-l2", 1, ""), id="earned, not yet written"),
        pytest.param({"m1-l1": DONE}, {}, ("part", "m1-l2", 1, ""), id="done stays done"),
        pytest.param({"m1-l1": DONE, "m1-l2": DONE}, {}, ("quiz", None, 1, "quiz-m1"), id="then the module quiz"),
        pytest.param(
            ALL_DONE, {"quiz-m1": PASSED, "quiz-m2": OPEN}, ("quiz", None, 1, "quiz-m2"), id="the second quiz"
        ),
        pytest.param(ALL_DONE, {"quiz-m1": PASSED, "quiz-m2": PASSED}, ("exam", None, 1, "exam"), id="then the exam"),
    ],
)
def test_what_comes_next(states: dict[str, LessonState], results: dict[str, Result], expected: tuple[Any, ...]) -> None:
    step = rules.next_step(*world(), states, results)
    assert step is not None
    assert (step.kind, step.lesson and step.lesson.id, step.part, step.quiz) == expected


def test_nothing_comes_next_when_all_is_passed() -> None:
    results = {"quiz-m1": PASSED, "quiz-m2": PASSED, "exam": PASSED}
    assert rules.next_step(*world(), ALL_DONE, results) is None


def test_a_quiz_that_cannot_be_tried_yet_is_stepped_over() -> None:
    states = {"m1-l1": DONE, "m1-l2": DONE}
    step = rules.next_step(*world(), states, {}, waiting={"quiz-m1"})
    assert step is not None
    assert (step.kind, step.lesson and step.lesson.id) == ("part", "m2-l1")


def test_a_quiz_that_cannot_be_tried_yet_is_still_next_when_nothing_else_is_left() -> None:
    step = rules.next_step(*world(), ALL_DONE, {"quiz-m1": PASSED}, waiting={"quiz-m2"})
    assert step is not None
    assert step.quiz == "quiz-m2"


def test_what_the_pathway_does_not_ask_for_never_comes_next() -> None:
    outline, pathway = world(modules=("m2",), quizzes=(), exam="")
    first = rules.next_step(outline, pathway, {}, {})
    assert first is not None
    assert first.lesson is not None
    assert first.lesson.id == "m2-l1"
    assert rules.next_step(outline, pathway, {"m2-l1": DONE, "m2-l2": DONE}, {}) is None


def test_a_required_quiz_outside_the_required_modules_comes_after_them() -> None:
    outline, pathway = world(modules=("m2",), quizzes=("quiz-m1",), exam="")
    step = rules.next_step(outline, pathway, {"m2-l1": DONE, "m2-l2": DONE}, {})
    assert step == rules.Step("quiz", quiz="quiz-m1")


# When a quiz starts


def result(tries: int = 0, passed: bool = False, going: bool = False, closed: datetime | None = None) -> QuizResult:
    return QuizResult(
        "any", tries, 0, 400, 0, passed, closed if passed else None, "CODE" if going else None, None, closed
    )


@pytest.mark.parametrize(
    ("sitting", "expected"),
    [
        (Sitting(True, quiz("lesson")), None),
        (Sitting(True, quiz("lesson"), result(40, True, closed=NOON)), None),
        (Sitting(False, quiz("lesson")), Refusal("seat")),
        (Sitting(False, quiz("module"), result(going=True)), Refusal("seat")),
        (Sitting(True, quiz("module")), None),
        (Sitting(True, quiz("module"), unread=("m1-l2",)), Refusal("lessons", lacking=("m1-l2",))),
        (Sitting(True, quiz("module"), result(1), unread=("m1-l2",)), None),
        (Sitting(True, quiz("module"), unpassed=("quiz-m2",)), None),
        (Sitting(True, quiz("module"), result(going=True), unread=("m1-l2",)), None),
        (Sitting(True, quiz("module"), result(1, True)), Refusal("passed")),
        (Sitting(True, quiz("module"), result(3)), Refusal("attempts")),
        (Sitting(True, quiz("module"), result(2, going=True)), None),
        (Sitting(True, quiz("module", attempts=None), result(99)), None),
        (Sitting(True, quiz("exam")), None),
        (Sitting(True, quiz("exam"), unread=("m1-l1",)), None),
        (Sitting(True, quiz("exam"), unpassed=("quiz-m1",)), Refusal("quizzes", lacking=("quiz-m1",))),
    ],
)
def test_when_a_quiz_starts(sitting: Sitting, expected: Refusal | None) -> None:
    assert rules.may_start(sitting, NOON) == expected


@pytest.mark.parametrize(("hours", "refused"), [(0, True), (11.99, True), (12, False), (13, False)])
def test_the_next_try_opens_when_the_waiting_is_over(hours: float, refused: bool) -> None:
    sitting = Sitting(True, quiz("module"), result(1, closed=NOON))
    answer = rules.may_start(sitting, NOON + timedelta(hours=hours))
    assert answer == (Refusal("cooling", until=NOON + timedelta(hours=12)) if refused else None)


@given(
    st.booleans(), st.integers(0, 5), st.booleans(), st.booleans(), st.sampled_from(["lesson", "module", "exam"]),
    st.sampled_from([(), ("m1-l1",)]), st.sampled_from([(), ("quiz-m1",)]), st.integers(0, 30),
)  # fmt: skip
def test_a_refusal_that_names_a_time_is_over_at_that_time(
    enrolled: bool, tries: int, passed: bool, going: bool, kind: str, unread: Any, unpassed: Any, hours: int
) -> None:
    closed = NOON - timedelta(hours=hours) if tries else None
    sitting = Sitting(enrolled, quiz(kind), result(tries, passed, going, closed), unread, unpassed)
    answer = rules.may_start(sitting, NOON)
    if answer and answer.until:
        assert answer.until > NOON
        assert rules.may_start(sitting, answer.until) is None
    if not enrolled:
        assert answer == Refusal("seat")


def test_the_lessons_of_a_module_that_were_not_opened_through() -> None:
    module = world()[0].modules[0]
    assert rules.unread_in(module, {}) == ("m1-l1", "m1-l2")
    assert rules.unread_in(module, {"m1-l1": READ, "m1-l2": LessonState(frozenset({1, 2}))}) == ("m1-l2",)
    assert rules.unread_in(module, {"m1-l1": READ, "m1-l2": DONE}) == ()


def test_a_lesson_is_earned_with_the_last_thing_it_took() -> None:
    earlier, latest = NOON - timedelta(hours=2), NOON - timedelta(hours=1)
    assert rules.earned_at(LessonState(last_at=earlier), latest, NOON) == latest
    assert rules.earned_at(LessonState(last_at=latest), earlier, NOON) == latest
    assert rules.earned_at(LessonState(last_at=earlier), None, NOON) == earlier
    assert rules.earned_at(LessonState(), None, NOON) == NOON


@pytest.mark.parametrize(
    ("states", "results", "far"),
    [
        ({}, {}, (0, False, False)),
        ({"m1-l1": READ}, {}, (0, True, False)),
        ({"m1-l1": DONE, "m1-l2": READ}, {"quiz-m1": PASSED}, (1, True, False)),
        ({"m1-l1": DONE, "m1-l2": DONE}, {"quiz-m1": OPEN}, (2, True, False)),
        ({"m1-l1": DONE, "m1-l2": DONE}, {"quiz-m1": PASSED}, (2, True, True)),
        ({"m2-l1": DONE}, {}, (0, False, False)),
    ],
)
def test_how_far_somebody_is_in_a_module(
    states: dict[str, LessonState], results: dict[str, Result], far: tuple[int, bool, bool]
) -> None:
    module = world()[0].modules[0]
    assert rules.progress(module, states, results) == rules.Progress(*far)
