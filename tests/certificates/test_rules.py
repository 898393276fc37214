"""The one rule, by table and by property; dates that certificates end on; what stands on the face."""

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from lms.certificates import rules
from lms.certificates.rules import (
    AgreementFacts,
    Facts,
    Fold,
    LessonFacts,
    QuizFacts,
    Requirement,
    Verdict,
    WritingFacts,
    in_brief,
    judge,
)
from lms.curriculum.rules.shapes import MODALITIES, Agreement, ModalityRule, Pathway
from lms.hours.rules import Evidence, HourFacts, MeetingFact, attendance, statement
from tests.factories import NOON, pieces

STATES = ("none", "draft", "waiting", "accepted", "returned")
COMPETENCIES = ("peer-role", "ethics", "crisis")


def pathway(**more: Any) -> Pathway:
    plain = TypeAdapter(Pathway).validate_python(pieces()["pathway:starter"])
    return replace(plain, **more)


def class_of(minutes: int = 120, number: int = 1) -> Evidence:
    on = date(2026, 10, 5) + timedelta(days=number)
    weights = {"peer-role": 60, "ethics": 40}
    return Evidence("meeting", f"MT{number}", "Meeting", on, "in_person", minutes * 60, "counted", weights, NOON)


def homework(minutes: int = 60, standing: Any = "counted") -> Evidence:
    on = date(2026, 10, 9)
    return Evidence("homework", "m1/homework-1", "Homework", on, "homework", minutes * 60, standing, {}, NOON)


def hours(*evidence: Evidence, held: int = 1, attended: int = 1, marked: int | None = None) -> HourFacts:
    """`held` classes of two hours; `attended` of them in full, the rest absent (or unmarked beyond `marked`)."""
    marked = held if marked is None else marked
    meetings = tuple(
        MeetingFact(
            f"MT{n}", "Meeting", date(2026, 10, 6), 120, True,
            "present" if n < attended else "absent" if n < marked else None, 120 if n < attended else 0,
        )
        for n in range(held)
    )  # fmt: skip
    return HourFacts(tuple(evidence), meetings)


def facts(asked: Pathway, made: HourFacts | None = None, **more: Any) -> Facts:
    """A person who has everything, by the plain pathway."""
    made = made if made is not None else hours(class_of(), homework())
    done: dict[str, Any] = dict(
        enrolment="SEAT", enrolment_status="enrolled", statement=statement(made, asked), attendance=attendance(made),
        lessons=LessonFacts(2, 2), quizzes=(QuizFacts("quiz-m1", "Quiz m1", True, 100, 1, False, NOON, 75),),
        exam=QuizFacts("exam", "Exam", True, 80, 2, False, NOON, 75),
        narratives=(WritingFacts("m1/story", "Your story", "accepted", NOON, "Marcus Bell"),),
        homework=(WritingFacts("m1/homework-1", "Homework", "accepted", NOON),),
    )  # fmt: skip
    return Facts(**(done | more))


def found(verdict: rules.Verdict, kind: str, id_: str | None = None) -> Requirement:
    [one] = [r for r in verdict.all if r.kind == kind and id_ in (None, r.id)]
    return one


def test_who_has_everything_is_granted() -> None:
    verdict = judge(facts(pathway()), pathway())
    assert verdict.granted
    assert {r.kind for r in verdict.met} == {
        "seat", "hours", "modality", "attendance", "lessons", "quiz", "exam", "narrative", "homework",
    }  # fmt: skip


QUIZ = QuizFacts("quiz-m1", "Quiz m1", False, None, 0, False)
STORY = WritingFacts("m1/story", "Your story", "none")


@pytest.mark.parametrize(
    ("change", "kind", "state"),
    [
        ({"enrolment_status": "withdrawn"}, "seat", "to_come"),
        ({"lessons": LessonFacts(0, 2)}, "lessons", "to_come"),
        ({"lessons": LessonFacts(1, 2)}, "lessons", "under_way"),
        ({"quizzes": (QUIZ,)}, "quiz", "to_come"),
        ({"quizzes": (replace(QUIZ, tries=1, percent=60),)}, "quiz", "under_way"),
        ({"quizzes": (replace(QUIZ, open=True),)}, "quiz", "under_way"),
        ({"exam": replace(QUIZ, id="exam")}, "exam", "to_come"),
        ({"narratives": (STORY,)}, "narrative", "to_come"),
        ({"narratives": (replace(STORY, state="draft"),)}, "narrative", "under_way"),
        ({"narratives": (replace(STORY, state="waiting"),)}, "narrative", "under_way"),
        ({"narratives": (replace(STORY, state="returned"),)}, "narrative", "returned"),
        ({"homework": (replace(STORY, state="returned"),)}, "homework", "returned"),
        ({"homework": (replace(STORY, state="a word from the future"),)}, "homework", "to_come"),
        ({"agreements": (AgreementFacts("ethics", "What I will hold to", "h"),)}, "agreement", "to_come"),
    ],
)
def test_one_thing_missing_is_named_and_nothing_else(change: dict[str, Any], kind: str, state: str) -> None:
    verdict = judge(facts(pathway(), **change), pathway())
    assert not verdict.granted
    assert [(r.kind, r.state) for r in verdict.missing] == [(kind, state)]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (hours(class_of(), homework(59)), {"hours": "under_way"}),
        (hours(class_of(), homework(60, "waiting")), {"hours": "under_way"}),
        (hours(class_of(), homework(60, "returned")), {"hours": "under_way"}),
        (hours(class_of(119), homework(61)), {"modality": "under_way"}),
        (hours(homework(400)), {"modality": "to_come"}),
        (hours(), {"hours": "to_come", "modality": "to_come"}),
        (hours(class_of(), homework(), held=2), {"attendance": "under_way"}),
        (hours(class_of(), homework(), held=2, marked=1), {"attendance": "under_way"}),
        (hours(class_of(), homework(), held=0), {"attendance": "to_come"}),
    ],
)
def test_hours_kinds_and_attendance(made: HourFacts, expected: dict[str, str]) -> None:
    verdict = judge(facts(pathway(), made), pathway())
    assert {r.kind: r.state for r in verdict.missing} == expected


def test_figures_say_how_much() -> None:
    verdict = judge(
        facts(pathway(), hours(class_of(), homework(30, "waiting"), held=3, attended=1, marked=2)), pathway()
    )
    assert found(verdict, "hours").figures == {"counted": 120, "waiting": 30, "needed": 180}
    assert found(verdict, "modality", "in_person").figures == {"counted": 120, "waiting": 0, "needed": 120}
    assert found(verdict, "attendance").figures == {"held": 3, "attended": 1, "unrecorded": 1, "percent_needed": 100}
    assert found(verdict, "exam").figures == {
        "percent": 80, "tries": 2, "open": False, "passed_at": NOON, "pass_percent": 75,
    }  # fmt: skip


def test_a_competency_is_called_by_its_title() -> None:
    asked = pathway(competency_minutes={"ethics": 48, "crisis": 10})
    verdict = judge(facts(asked, competencies={"ethics": "Ethics", "crisis": "Crisis"}), asked)
    assert [(r.title, r.state) for r in verdict.all if r.kind == "competency"] == [
        ("Crisis", "to_come"),
        ("Ethics", "met"),
    ]


def test_what_is_not_asked_is_no_requirement() -> None:
    asked = pathway(attendance_percent=0, modalities={}, total_minutes=0)
    bare = facts(asked, hours(held=0), lessons=LessonFacts(0, 0), quizzes=(), exam=None, narratives=(), homework=())
    assert [r.kind for r in judge(bare, asked).all] == ["seat", "hours"]


def test_missing_comes_first() -> None:
    verdict = judge(facts(pathway(), lessons=LessonFacts(1, 2)), pathway())
    assert [r.met for r in verdict.all] == sorted(r.met for r in verdict.all)


# Properties


_evidence = st.builds(
    lambda number, modality, minutes, standing, weight, at: Evidence(
        "meeting" if modality in ("in_person", "live_virtual") else "practice" if modality == "practicum" else "homework",
        f"E{number}", "", date(2026, 10, 5) + timedelta(days=number % 20), modality, minutes * 60, standing,
        {"peer-role": weight, "ethics": 100 - weight}, NOON + timedelta(minutes=at),
    ),
    st.integers(0, 10_000), st.sampled_from(MODALITIES), st.integers(0, 300),
    st.sampled_from(["counted", "counted", "waiting", "returned", "none"]), st.integers(0, 100), st.integers(0, 1000),
)  # fmt: skip
_rule = st.builds(
    ModalityRule, st.sampled_from([0, 0, 60, 120]), st.sampled_from([None, None, 90, 600]), st.booleans(), st.booleans()
)
_modalities = st.dictionaries(st.sampled_from(MODALITIES), _rule)
_quiz = st.builds(
    lambda n, passed, percent, tries, going: QuizFacts(f"q{n}", f"Quiz {n}", passed, percent, tries, going),
    st.integers(0, 3), st.booleans(), st.none() | st.integers(0, 100), st.integers(0, 3), st.booleans(),
)  # fmt: skip
_writing = st.builds(
    lambda n, state: WritingFacts(f"w{n}", f"Text {n}", state), st.integers(0, 3), st.sampled_from(STATES)
)
_agreement = st.builds(
    lambda n, at: AgreementFacts(f"a{n}", f"Agreement {n}", "words", at), st.integers(0, 2), st.none() | st.just(NOON)
)
_attended = st.lists(st.tuples(st.sampled_from([60, 120]), st.sampled_from([None, "absent", "present"])), max_size=4)


def _named(ids: Any) -> Any:
    return st.lists(ids, max_size=3, unique_by=lambda one: getattr(one, "id", None) or one.key).map(tuple)


@st.composite
def cases(draw: Any) -> tuple[Facts, Pathway, HourFacts]:
    asked = pathway(
        total_minutes=draw(st.sampled_from([0, 60, 300])),
        modalities=draw(_modalities),
        competency_minutes=draw(st.dictionaries(st.sampled_from(COMPETENCIES), st.sampled_from([0, 30, 90]))),
        attendance_percent=draw(st.sampled_from([0, 80, 100])),
        practice_minutes=draw(st.sampled_from([0, 60])),
    )
    meetings = tuple(
        MeetingFact(f"M{n}", "", date(2026, 10, 6), minutes, True, mark, minutes if mark == "present" else 0)
        for n, (minutes, mark) in enumerate(draw(_attended))
    )
    made = HourFacts(tuple(draw(st.lists(_evidence, max_size=6))), meetings, draw(st.booleans()))
    quizzes, exam = draw(_named(_quiz)), draw(st.none() | _quiz)
    return (
        Facts(
            "SEAT", draw(st.sampled_from(["enrolled", "finished", "withdrawn"])), statement(made, asked),
            attendance(made), draw(st.builds(LessonFacts, st.integers(0, 3), st.integers(0, 3))), quizzes, exam,
            draw(_named(_writing)), draw(_named(_writing)), draw(_named(_agreement)),
        ),
        asked,
        made,
    )  # fmt: skip


@given(cases())
def test_granted_is_exactly_nothing_missing(case: tuple[Facts, Pathway, HourFacts]) -> None:
    verdict = judge(case[0], case[1])
    assert verdict.granted == (verdict.missing == ())
    assert all(r.state == "met" for r in verdict.met)
    assert all(r.state != "met" for r in verdict.missing)


@given(cases())
def test_everything_the_pathway_asks_for_appears_exactly_once(case: tuple[Facts, Pathway, HourFacts]) -> None:
    facts, asked, _made = case
    listed = sorted((r.kind, r.id) for r in judge(facts, asked).all)
    needs = {key for key, rule in asked.modalities.items() if rule.min_minutes}
    needs |= {"practicum"} if asked.practice_minutes else set()
    expected = [("seat", "seat"), ("hours", "hours")]
    expected += [("modality", key) for key in needs]
    expected += [("competency", key) for key, minutes in asked.competency_minutes.items() if minutes]
    expected += [("attendance", "attendance")] if asked.attendance_percent else []
    expected += [("lessons", "lessons")] if facts.lessons.required else []
    expected += [("quiz", one.id) for one in facts.quizzes] + ([("exam", facts.exam.id)] if facts.exam else [])
    expected += [("narrative", one.key) for one in facts.narratives] + [("homework", one.key) for one in facts.homework]
    expected += [("agreement", one.id) for one in facts.agreements]
    assert listed == sorted(expected)


def _met(facts: Facts, asked: Pathway) -> set[tuple[str, str]]:
    return {(r.kind, r.id) for r in judge(facts, asked).met}


@given(cases(), _evidence)
def test_an_hour_more_takes_nothing_away(case: tuple[Facts, Pathway, HourFacts], more: Evidence) -> None:
    facts, asked, made = case
    late = replace(more, key="LATER", settled_at=NOON + timedelta(days=1))
    after = replace(made, evidence=(*made.evidence, late))
    assert _met(facts, asked) <= _met(replace(facts, statement=statement(after, asked)), asked)


@given(cases())
def test_a_class_attended_takes_nothing_away(case: tuple[Facts, Pathway, HourFacts]) -> None:
    facts, asked, made = case
    there = tuple(replace(m, mark="present", attended=m.minutes) for m in made.meetings)
    one_more = MeetingFact("MX", "", date(2026, 10, 7), 60, True, "present", 60)
    for meetings in (there, (*made.meetings, one_more)):
        after = replace(facts, attendance=attendance(replace(made, meetings=meetings)))
        assert _met(facts, asked) <= _met(after, asked)


@given(cases(), st.integers(0, 2))
def test_a_pass_or_an_acceptance_takes_nothing_away(case: tuple[Facts, Pathway, HourFacts], at: int) -> None:
    facts, asked, _made = case
    before = _met(facts, asked)

    def better(rows: tuple[Any, ...], **change: Any) -> tuple[Any, ...]:
        return tuple(replace(row, **change) if n == at else row for n, row in enumerate(rows))

    for after in (
        replace(facts, quizzes=better(facts.quizzes, passed=True, passed_at=NOON)),
        replace(facts, exam=facts.exam and replace(facts.exam, passed=True)),
        replace(facts, narratives=better(facts.narratives, state="accepted")),
        replace(facts, homework=better(facts.homework, state="accepted")),
        replace(facts, agreements=better(facts.agreements, accepted_at=NOON)),
        replace(facts, lessons=LessonFacts(facts.lessons.done + 1, facts.lessons.required)),
    ):
        assert before <= _met(after, asked)


@given(cases())
def test_the_same_facts_give_the_same_verdict(case: tuple[Facts, Pathway, HourFacts]) -> None:
    assert judge(case[0], case[1]) == judge(case[0], case[1])


def test_an_agreement_is_met_by_its_own_acceptance() -> None:
    text = Agreement("ethics", "What I will hold to", "I stay.")
    asked = pathway(agreements=(text,))
    kept = AgreementFacts("ethics", text.title, "words", NOON)
    assert judge(facts(asked, agreements=(kept,)), asked).granted
    assert not judge(facts(asked, agreements=(replace(kept, accepted_at=None),)), asked).granted


# The days a certificate ends on


@pytest.mark.parametrize(
    ("issued", "months", "expected"),
    [
        ("2026-04-03", 24, "2028-04-03"),
        ("2026-04-03", None, None),
        ("2026-04-03", 0, "2026-04-03"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-30", 1, "2026-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2096-02-29", 48, "2100-02-28"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-11-15", 1, "2026-12-15"),
        ("2026-12-15", 12, "2027-12-15"),
    ],
)
def test_valid_until(issued: str, months: int | None, expected: str | None) -> None:
    ends = rules.valid_until(date.fromisoformat(issued), months)
    assert ends == (date.fromisoformat(expected) if expected else None)


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(0, 240))
def test_an_end_lies_that_many_months_ahead_and_never_past_the_month(issued: date, months: int) -> None:
    ends = rules.valid_until(issued, months)
    assert ends is not None
    assert (ends.year * 12 + ends.month) - (issued.year * 12 + issued.month) == months
    assert ends.day == issued.day or (ends.day < issued.day and (ends + timedelta(days=1)).day == 1)


EARLIER, LATER = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("valid_to", "revoked_at", "expected"),
    [
        (None, None, "valid"),
        (LATER, None, "valid"),
        (NOON, None, "ended"),
        (EARLIER, None, "ended"),
        (LATER, NOON, "revoked"),
        (EARLIER, EARLIER, "revoked"),
        (None, EARLIER, "revoked"),
        (LATER, LATER, "valid"),
        (EARLIER, LATER, "ended"),
    ],
)
def test_standing(valid_to: datetime | None, revoked_at: datetime | None, expected: str) -> None:
    assert rules.standing(valid_to, revoked_at, NOON) == expected


@pytest.mark.parametrize(
    ("number", "since", "to", "expected"),
    [
        ("", "", "", ""),
        ("NC-1", "2026-01-01", "", "NC-1"),
        ("NC-1", "2026-10-05", "2026-12-20", "NC-1"),
        ("NC-1", "2026-10-06", "", ""),
        ("NC-1", "2026-01-01", "2026-12-19", ""),
    ],
)
def test_an_approval_covers_all_class_days_or_is_not_named(number: str, since: str, to: str, expected: str) -> None:
    asked = pathway(approval_number=number, approval_from=since, approval_to=to)
    assert rules.approved_on(asked, date(2026, 10, 5), date(2026, 12, 20)) == expected


def test_a_face_comes_back_from_its_storage_as_it_was() -> None:
    face = rules.Face(
        "Certificate", "Ṣadé", "POEM", "Training", "has completed", 180, (("in_person", 120), ("homework", 60)), "2026-10-06",
        "2026-10-09", "Starter", 1, "2026-11-01", "Quiet Creek", "Nowhere", "office", ("Marcus Bell",), "Ruth Okafor",
        "", "", "2026-11-23", "2028-11-23", "digest",
    )  # fmt: skip
    stored = TypeAdapter(dict[str, Any]).validate_json(TypeAdapter(rules.Face).dump_json(face))
    assert rules.face_from(stored) == face
    assert rules.face_from(asdict(face)) == face


# In brief


def asked(state: str, number: int, kind: str = "homework") -> Requirement:
    return Requirement(kind, f"{kind}-{number}", f"Piece {number}", state)  # type: ignore[arg-type]


def test_what_waits_for_a_person_is_not_among_those_that_are_met() -> None:
    states = ["met", "met", "met", "under_way", "to_come", "to_come"]
    every = [asked(state, number) for number, state in enumerate(states)]
    verdict = Verdict(tuple(every[:3]), tuple(every[3:]))
    waiting, ahead = in_brief(verdict.missing, verdict)
    assert waiting is every[3]
    assert isinstance(ahead, Fold)
    assert (ahead.state, ahead.these, ahead.met, ahead.all) == ("to_come", tuple(every[4:]), 3, 6)
    (behind,) = in_brief(verdict.met, verdict)
    assert isinstance(behind, Fold)
    assert (behind.state, behind.met, behind.all) == ("met", 3, 6)


@given(
    st.lists(
        st.tuples(st.sampled_from(["met", "under_way", "to_come", "returned"]), st.sampled_from(["quiz", "narrative"]))
    )
)
def test_a_fold_counts_what_the_verdict_counts_and_loses_nothing(made: list[tuple[str, str]]) -> None:
    every = [asked(state, number, kind) for number, (state, kind) in enumerate(made)]
    verdict = Verdict(tuple(x for x in every if x.met), tuple(x for x in every if not x.met))
    for these in (verdict.met, verdict.missing):
        lines = in_brief(these, verdict)
        said = [one for line in lines for one in (line.these if isinstance(line, Fold) else (line,))]
        assert sorted(x.id for x in said) == sorted(x.id for x in these)
        folds = [line for line in lines if isinstance(line, Fold)]
        assert all(fold.met == sum(x.kind == fold.kind for x in verdict.met) for fold in folds)
