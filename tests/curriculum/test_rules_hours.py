from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.rules.hours import by_framework, cap, mergener, reach, reading, share, shortfalls
from lms.curriculum.rules.shapes import (
    Competency,
    CompetencyMap,
    Framework,
    FrameworkEntry,
    HomeworkLine,
    LessonLine,
    MeetingLine,
    ModalityRule,
    ModuleLine,
    Pathway,
)

COUNTS = st.integers(0, 60_000)


def test_the_worked_example_of_the_formula() -> None:
    # 3,774 words, 16 questions, difficulty 2.5 give 61.94; with 2 and 3 our whole levels stand on either side.
    assert mergener(3774, 16, 2) == 54
    assert mergener(3774, 16, 3) == 68
    exact = Decimal("0.9") * (
        Decimal("-22.3") + Decimal("0.00209") * 3774 + Decimal("2.78") * 16 + Decimal("15.5") * Decimal("2.5")
    )
    assert round(exact, 2) == Decimal("61.94")


@pytest.mark.parametrize(
    ("words", "questions", "difficulty", "practice", "formula", "plain"),
    [(2000, 5, 2, 10, 24, 45), (0, 0, 1, 0, 0, 0), (1999, 5, 3, 0, 38, 34), (100, 1, 5, 0, 52, 4)],
)
def test_the_cap_is_the_smaller_of_the_two(
    words: int, questions: int, difficulty: int, practice: int, formula: int, plain: int
) -> None:
    assert mergener(words, questions, difficulty) == formula
    assert reading(words, questions, practice) == plain
    assert cap(words, questions, difficulty, practice) == min(formula, plain)


@given(COUNTS, st.integers(0, 50), st.integers(1, 5), st.integers(0, 240))
def test_more_words_or_questions_never_lower_the_cap(
    words: int, questions: int, difficulty: int, practice: int
) -> None:
    least = cap(words, questions, difficulty, practice)
    assert least >= 0
    assert cap(words + 1, questions, difficulty, practice) >= least
    assert cap(words, questions + 1, difficulty, practice) >= least


WEIGHTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 100), min_size=1, max_size=8)


@given(COUNTS, WEIGHTS)
def test_shares_sum_to_the_whole_and_stay_within_a_minute(minutes: int, weights: dict[str, int]) -> None:
    parts = share(minutes, weights)
    assert sum(parts.values()) == minutes
    total = sum(weights.values())
    assert all(abs(parts[key] - Decimal(minutes * weight) / total) < 1 for key, weight in weights.items())


IDS = [f"c{at}" for at in range(6)]


@given(
    st.dictionaries(st.sampled_from([*IDS, "stranger"]), COUNTS),
    st.lists(st.sampled_from(["e1", "e2", "outside", "gone"]), min_size=6, max_size=6),
)
def test_every_column_of_a_framework_sums_to_the_whole(minutes: dict[str, int], maps: list[str]) -> None:
    framework = Framework("f", "F", "", "", (FrameworkEntry("e1", "One"), FrameworkEntry("e2", "Two")))
    competencies = tuple(Competency(id_, id_, "", {"f": entry}) for id_, entry in zip(IDS, maps, strict=True))
    column = by_framework(minutes, CompetencyMap((framework,), competencies), "f")
    assert sum(column.values()) == sum(minutes.values())
    assert list(column) == ["e1", "e2", "outside"]


def module(id_: str = "m", live: int = 60, homework: int = 30, lesson: int = 20) -> ModuleLine:
    return ModuleLine(
        id=id_,
        number=1,
        title=id_,
        summary="",
        objectives=(),
        competencies=(),
        content_note="",
        quiz="",
        lessons=(LessonLine("l", "L", "", lesson, 3, {"a": 50, "b": 50}, "", ""),),
        meetings=(MeetingLine(f"{id_}/meeting-1", "M", "in_person", live, {"a": 100}),),
        homework=(HomeworkLine(f"{id_}/homework-1", "H", homework, {"b": 100}),),
        narratives=(),
    )


def pathway(total: int = 0, competencies: dict[str, int] | None = None, **rules: ModalityRule) -> Pathway:
    return Pathway(
        id="p",
        title="P",
        jurisdiction="none",
        version=1,
        effective_from="",
        verified_on="",
        sources=(),
        unconfirmed=(),
        contact_hour_minutes=60,
        self_paced_credit="completion",
        reading_floor_percent=0,
        total_minutes=total,
        modalities=rules,  # type: ignore[arg-type]
        competency_minutes=competencies or {},
        attendance_percent=100,
        make_up=True,
        modules=("m",),
        quizzes=(),
        exam="",
        narratives=(),
        homework=(),
        practice_minutes=0,
        practice_day_minutes=480,
        certificate_title="",
        certificate_wording="",
        certificate_note="",
        valid_months=None,
    )


def test_only_the_modules_asked_for_are_added_up() -> None:
    held = reach([module(), module("other")], pathway(in_person=ModalityRule()))
    assert (held.live, held.homework, held.self_paced) == (60, 30, 20)
    assert held.competencies == {"a": 60}


@pytest.mark.parametrize(
    ("asked", "sentences"),
    [
        (pathway(110, in_person=ModalityRule(60), homework=ModalityRule(30), self_paced=ModalityRule(20)), 0),
        (pathway(0, live_virtual=ModalityRule(60)), 0),
        (pathway(0, in_person=ModalityRule(61)), 1),
        (pathway(0, in_person=ModalityRule(40), live_virtual=ModalityRule(40)), 1),
        (pathway(111, in_person=ModalityRule(), homework=ModalityRule(), self_paced=ModalityRule()), 1),
        (pathway(85, in_person=ModalityRule(), homework=ModalityRule(max_minutes=20)), 1),
        (pathway(90, in_person=ModalityRule(), homework=ModalityRule(), self_paced=ModalityRule(counts=False)), 0),
        (pathway(5000, in_person=ModalityRule(), practicum=ModalityRule()), 0),
        (pathway(5000, in_person=ModalityRule(), practicum=ModalityRule(max_minutes=10)), 1),
        (pathway(0, {"a": 60}, in_person=ModalityRule()), 0),
        (pathway(0, {"b": 40}, in_person=ModalityRule()), 1),
        (pathway(0, {"b": 40}, homework=ModalityRule(), self_paced=ModalityRule()), 0),
        (pathway(0, {"c": 1}, in_person=ModalityRule()), 1),
    ],
)
def test_what_cannot_be_filled_is_said(asked: Pathway, sentences: int) -> None:
    found = shortfalls([module()], asked, {"b": "Listening"})
    assert len(found) == sentences, found
    assert all(short.sentence.endswith(".") for short in found)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_a_longer_meeting_never_makes_more_missing(total: int, live: int, more: int) -> None:
    asked = pathway(total, {"a": 60}, in_person=ModalityRule(60), homework=ModalityRule(10))
    assert len(shortfalls([module(live=live + more)], asked, {})) <= len(shortfalls([module(live=live)], asked, {}))
