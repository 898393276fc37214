"""Who is in the demonstration, what becomes of them, and when: the same for the same day."""

import unicodedata
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from lms.curriculum.rules.shapes import Outline, Pathway
from lms.demo.rules import people, texts
from lms.demo.rules.people import Fate, finished_fate, running_fate
from lms.demo.rules.plan import WEEKS, Event, Verb, meeting_day, meeting_keys, moment, plan
from tests import factories

START = date(2026, 1, 5)
ZONE = "America/New_York"


def path() -> tuple[Outline, Pathway]:
    """Three modules of two lessons, a quiz each, an exam, three stories, three homeworks."""
    made = factories.pieces(modules=3, lessons=2)
    outline, pathway = made["outline"], made["pathway:starter"]
    return TypeAdapter(Outline).validate_python(outline), Pathway(**pathway)


OUTLINE, PATHWAY = path()


def events(fate: Fate, seat: int = 0, start: date = START) -> list[Event]:
    return plan(fate, seat, start, ZONE, OUTLINE, PATHWAY)


def keys(made: list[Event], verb: str) -> list[str]:
    return [event.key for event in made if event.verb == verb]


def test_three_finished_cohorts_and_one_running_of_fifteen_with_no_name_twice() -> None:
    assert (len(people.FINISHED), len(people.RUNNING)) == (45, 15)
    everybody = (*people.FINISHED, *people.RUNNING, *people.FACILITATORS, people.COORDINATOR, *people.FUNDERS)
    assert len(set(everybody)) == len(everybody)


def test_names_have_the_letters_that_real_names_have_and_are_written_in_one_way() -> None:
    marks = {mark for name in people.FINISHED for mark in unicodedata.normalize("NFD", name) if ord(mark) > 0x2FF}
    assert {"\u0323", "\u0301", "\u0300", "\u0306"} & marks, "dot below, acute, grave: Yorùbá, Spanish, Vietnamese"
    assert any("ọ̀" in name or "Ọ" in name for name in people.FINISHED)
    assert [n for n in (*people.FINISHED, *people.RUNNING) if unicodedata.normalize("NFC", n) != n] == []


@pytest.mark.parametrize(
    ("promise", "holds"),
    [
        ("somebody withdraws", lambda fate: fate.withdraws),
        ("somebody fails the exam for good", lambda fate: fate.exam == "fail"),
        ("somebody passes the second time", lambda fate: fate.exam == "second"),
        ("somebody has extra time", lambda fate: fate.extra_time),
        ("a story comes back and is accepted then", lambda fate: fate.returned),
        ("a story comes back and stays away", lambda fate: fate.stuck is not None),
        ("a class is missed and made up", lambda fate: fate.absent is not None and fate.made_up),
        ("somebody chooses the interview", lambda fate: fate.interview),
        ("a module quiz takes two tries", lambda fate: 2 in fate.quiz_tries),
    ],
)
@pytest.mark.parametrize("cohort", [0, 1, 2])
def test_every_finished_cohort_has_one_of_each(cohort: int, promise: str, holds: object) -> None:
    assert any(holds(finished_fate(cohort, seat)) for seat in range(15)), promise  # type: ignore[operator]


def test_exactly_one_certificate_is_revoked() -> None:
    assert [(c, n) for c in range(3) for n in range(15) if finished_fate(c, n).revoked] == [(1, 3)]


def test_the_running_cohort_shows_every_stage() -> None:
    fates = [running_fate(seat) for seat in range(15)]
    assert (fates[0].halfway, fates[0].extra_time) == (True, True), "the student whose page is shown first"
    assert fates[1].stuck == 0, "the classmate has a story to write again"
    assert any(fate.withdraws for fate in fates)
    assert any(fate.absent is not None and not fate.made_up for fate in fates)
    assert len({fate.lessons for fate in fates}) >= 6


def test_everything_is_planned_for_somebody_who_goes_through() -> None:
    made = events(Fate())
    assert keys(made, "read") == [line.id for module in OUTLINE.modules for line in module.lessons]
    assert keys(made, "quiz") == ["quiz-m1", "quiz-m2", "quiz-m3", "exam"]
    assert keys(made, "send") == list(PATHWAY.narratives)
    assert keys(made, "accept_homework") == list(PATHWAY.homework)
    assert [event.figure for event in made if event.verb == "attend"] == [0, 1, 2]
    assert len(meeting_keys(OUTLINE, PATHWAY)) == 3
    assert made[-1].verb == "issue"
    assert not [event for event in made if not event.good]


@pytest.mark.parametrize(
    ("fate", "verb", "expected"),
    [
        (Fate(lessons=1), "read", ["m1-l1"]),
        (Fate(lessons=1, halfway=True), "read", ["m1-l1", "m1-l2"]),
        (Fate(lessons=1), "quiz", []),
        (Fate(lessons=2, quiz_tries=(2,)), "quiz", ["quiz-m1", "quiz-m1"]),
        (Fate(exam="second"), "quiz", ["quiz-m1", "quiz-m2", "quiz-m3", "exam", "exam"]),
        (Fate(exam="none"), "quiz", ["quiz-m1", "quiz-m2", "quiz-m3"]),
        (Fate(exam="fail"), "issue", []),
        (Fate(stuck=1), "issue", []),
        (Fate(returned=(1,)), "send", ["m1/story", "m2/story", "m3/story", "m2/story"]),
        (Fate(absent=1), "attend", ["present", "absent", "present", "made_up"]),
        (Fate(absent=1, made_up=False), "attend", ["present", "absent", "present"]),
        (Fate(extra_time=True), "extra_time", [""]),
        (Fate(revoked=True), "revoke", [""]),
    ],
)
def test_a_fate_becomes_events(fate: Fate, verb: str, expected: list[str]) -> None:
    assert keys(events(fate), verb) == expected


def test_a_failed_exam_is_sat_as_often_as_it_may_be_and_never_well() -> None:
    line = OUTLINE.quiz("exam")
    assert line is not None
    assert line.attempts
    assert [event.good for event in events(Fate(exam="fail")) if event.key == "exam"] == [False] * line.attempts


def test_the_exam_comes_after_every_meeting_and_its_second_try_more_than_a_week_later() -> None:
    sat = [event.at for event in events(Fate(exam="second")) if event.key == "exam"]
    assert sat[0] > moment(START, ZONE, meeting_day(18), 19), "nineteen meetings are the most that a pathway asks for"
    assert (sat[1] - sat[0]).days >= 8


def test_a_modules_lessons_are_read_in_the_days_before_its_meeting() -> None:
    made = events(Fate(), seat=14)
    for at, module in enumerate(OUTLINE.modules):
        held = next(event.at for event in made if event.verb == "attend" and event.figure == at)
        read = [event.at for event in made if event.verb == "read" and event.key in {x.id for x in module.lessons}]
        assert len(set(read)) == len(module.lessons)
        assert max(read) < held
        quiz = next(event.at for event in made if event.key == module.quiz)
        assert held < quiz


@pytest.mark.parametrize(("at", "day"), [(0, 5), (1, 8), (2, 12), (9, 36), (18, 68)])
def test_meetings_are_twice_a_week(at: int, day: int) -> None:
    assert meeting_day(at) == day


def test_half_a_lesson_is_half_its_parts() -> None:
    read = [event for event in events(Fate(lessons=1, halfway=True)) if event.verb == "read"]
    assert [event.figure for event in read] == [3, 1]


def test_whoever_withdraws_does_nothing_afterwards() -> None:
    made = events(Fate(withdraws=True))
    assert made[-1].verb == "withdraw"
    assert keys(made, "issue") == []
    assert len(made) < len(events(Fate()))


@given(cohort=st.integers(0, 2), seat=st.integers(0, 14), start=st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_any_day_gives_one_person_the_same_ordered_days(cohort: int, seat: int, start: date) -> None:
    made = events(finished_fate(cohort, seat), seat, start)
    assert made == events(finished_fate(cohort, seat), seat, start)
    assert all(before.at <= after.at for before, after in pairwise(made))
    assert {event.verb for event in made} <= set(get_args(Verb))
    first, last = made[0].at, made[-1].at
    assert first >= datetime.combine(start, datetime.min.time(), UTC)
    assert (last - first).days <= 7 * WEEKS + 60


@given(start=st.dates(date(2020, 1, 1), date(2035, 1, 1)), seat=st.integers(0, 14))
def test_a_story_is_drafted_then_sent_then_answered(start: date, seat: int) -> None:
    made = events(Fate(returned=(0,)), seat, start)
    for key in PATHWAY.narratives:
        verbs = [event.verb for event in made if event.key == key]
        rounds = 2 if key == PATHWAY.narratives[0] else 1
        assert verbs == ["draft", *["send", "review"] * rounds]


@pytest.mark.parametrize(
    ("day", "utc"), [(date(2026, 3, 7), 19), (date(2026, 3, 8), 18), (date(2026, 11, 1), 19), (date(2026, 10, 31), 18)]
)
def test_two_in_the_afternoon_stays_two_in_the_afternoon_when_the_clocks_change(day: date, utc: int) -> None:
    assert moment(day, ZONE, 0, 14).hour == utc


def test_what_people_write_is_long_enough_and_names_nobody_real() -> None:
    for choices in texts.NARRATIVES.values():
        assert len(choices) >= 2
        assert all("\n\n" in text for text in choices)
    assert {k: len(v) for k, v in texts.NOTES.items()} == {k: len(v) for k, v in texts.NARRATIVES.items()}
    everything = " ".join([*(t for c in texts.NARRATIVES.values() for t in c), *texts.HOMEWORK, texts.PRACTICE])
    assert [name for name in (*people.FINISHED, *people.RUNNING) if name.split()[-1] in everything] == []
