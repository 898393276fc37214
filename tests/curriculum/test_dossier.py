"""The dossier of a pathway: whatever is taught, every column sums to the whole; what is shown is what was added up."""

import io
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.formats.dossier import dossier_pdf
from lms.curriculum.rules.dossier import (
    DAY_MINUTES,
    Booklet,
    Dossier,
    Facts,
    Material,
    Table,
    assemble,
    booklet,
    days,
    spreads,
)
from lms.curriculum.rules.shapes import (
    AgendaItem,
    Bank,
    Competency,
    CompetencyMap,
    Draw,
    Framework,
    FrameworkEntry,
    Homework,
    Lesson,
    MeetingGuide,
    Outline,
    Pathway,
    Quiz,
    Source,
)
from lms.curriculum.service.pieces import decoded
from tests import factories

OURS = ("a", "b", "c")
MAP = CompetencyMap(
    (
        Framework("f", "Framework F", "https://example.org/f", "2026-11-23", (FrameworkEntry("e1", "One"), FrameworkEntry("e2", "Two"))),
        Framework("g", "Framework G", "https://example.org/g", "2026-11-23", (FrameworkEntry("x", "All"),)),
    ),
    (
        Competency("c", "Crisis", "", {"f": "e2", "g": "x"}),
        Competency("a", "Asking", "", {"f": "e1", "g": "outside"}),
        Competency("b", "Being there", "", {"f": "outside", "g": "x"}),
    ),
)  # fmt: skip
AT = datetime(2026, 11, 28, tzinfo=UTC)


def meeting(key: str, *blocks: int, weights: dict[str, int] | None = None, rest: int = 10) -> MeetingGuide:
    """A meeting of these blocks with a break after the first."""
    agenda = [AgendaItem(minutes, f"Block {at}") for at, minutes in enumerate(blocks, 1)]
    agenda.insert(1, AgendaItem(rest, "Break", is_break=True))
    return MeetingGuide(
        key,
        key.partition("/")[0],
        f"Meeting {key}",
        "",
        "in_person",
        sum(blocks),
        weights or {"a": 100},
        2,
        (),
        tuple(agenda),
        "",
    )


def say(text: str, **figures: object) -> str:
    return text % figures if figures else text


def span(minutes: int) -> str:
    return f"{minutes} min"


# The agenda


@given(st.lists(st.integers(1, 600), max_size=30))
def test_days_keep_the_order_the_minutes_and_the_limit(minutes: list[int]) -> None:
    given_ = [meeting(f"m/meeting-{at}", one) for at, one in enumerate(minutes)]
    made = days(given_)
    assert [session.key for day in made for session in day.sessions] == [one.key for one in given_]
    assert sum(day.minutes for day in made) == sum(minutes)
    assert all(day.minutes <= DAY_MINUTES or len(day.sessions) == 1 for day in made)
    assert [day.number for day in made] == list(range(1, len(made) + 1))


@given(st.lists(st.integers(1, 420), min_size=2, max_size=20))
def test_a_new_day_begins_only_when_the_next_meeting_does_not_fit(minutes: list[int]) -> None:
    made = days(meeting(f"m/meeting-{at}", one) for at, one in enumerate(minutes))
    for one, following in pairwise(made):
        assert one.minutes + following.sessions[0].minutes > DAY_MINUTES


def test_breaks_are_shown_and_never_counted() -> None:
    (day,) = days([meeting("m/meeting-1", 60, 30), meeting("m/meeting-2", 100, 20, rest=15)])
    assert (day.minutes, day.breaks) == (210, 25)
    assert [(block.title, block.running) for block in day.sessions[1].blocks] == [
        ("Block 1", 190), ("Break", 190), ("Block 2", 210),
    ]  # fmt: skip


# The columns


UNITS = st.lists(
    st.tuples(
        st.integers(0, 600), st.dictionaries(st.sampled_from([*OURS, "stranger"]), st.integers(1, 100), min_size=1)
    ),
    max_size=8,
)


@given(UNITS, UNITS, UNITS, st.integers(0, 100))
def test_every_column_of_every_table_sums_to_the_whole(live: Any, homework: Any, lessons: Any, part: int) -> None:
    held = {"live": live, "homework": homework, "lessons": lessons}
    whole = {kind: sum(minutes for minutes, _weights in units) for kind, units in held.items()}
    counted = {kind: minutes * part // 100 for kind, minutes in whole.items()}
    for table in spreads(held, counted, MAP, {"a": "Asking", "b": "Being there", "c": "Crisis"}):
        assert table.sums == (whole["live"], whole["homework"], whole["lessons"], sum(counted.values()))
        assert all(figure >= 0 for row in table.rows for figure in row[2])


# The whole


def material(**rules: Any) -> Material:
    """Two modules of the factories' small release, weighed by our own map, with homework that is not asked for."""
    made = factories.pieces(modules=2, lessons=2)
    made["pathway:starter"] |= {"unconfirmed": ("Whether anybody counts this.",)} | rules
    outline = decoded(Outline, made["outline"])
    keys = {
        kind: [key for key in made if key.startswith(kind)]
        for kind in ("lesson:", "meeting:", "homework:", "quiz:", "bank:")
    }

    def held(kind: str, shape: Any) -> dict[str, Any]:
        return {key.partition(":")[2]: decoded(shape, made[key]) for key in keys[kind]}

    competencies = CompetencyMap(
        MAP.frameworks,
        (Competency("peer-role", "The peer role", "", {"f": "e1", "g": "x"}), Competency("ethics", "Ethics", "", {"f": "outside", "g": "x"})),
    )  # fmt: skip
    return Material(
        digest="0123456789abcdef" * 4, outline=outline, pathway=decoded(Pathway, made["pathway:starter"]), competencies=competencies,
        lessons=held("lesson:", Lesson), meetings=held("meeting:", MeetingGuide), homework=held("homework:", Homework),
        quizzes=held("quiz:", Quiz), banks=held("bank:", Bank),
    )  # fmt: skip


def sums(table: Table) -> list[int]:
    return [int(cell) for cell in table.lines[-1].cells[1:] if cell.isdigit()]


def printed(d: Dossier) -> Booklet:
    return booklet(d, say, span)


def tables(d: Dossier, section: str) -> list[Table]:
    leaves = next(one for one in printed(d).sections if one.id == section).leaves
    return [leaf for leaf in leaves if isinstance(leaf, Table)]


def test_the_parts_add_up_to_the_whole() -> None:
    d = assemble(material())
    assert (d.live, d.held, d.counted) == (240, 240 + 120 + 80, 240 + 120 + 80)
    assert all(table.sums == (240, 120, 80, 440) for table in d.spreads)
    assert [table.id for table in d.spreads] == ["ours", "f", "g"]


def test_what_is_over_a_maximum_or_needs_an_approval_is_in_no_sum_that_counts() -> None:
    rules = {
        "in_person": {"needs_approval": True},
        "homework": {"max_minutes": 50},
        "self_paced": {"counts": False},
    }
    d = assemble(material(modalities=rules))
    assert {one.modality: (one.held, one.counted) for one in d.kinds} == {
        "in_person": (240, 0), "homework": (120, 50), "self_paced": (80, 0),
    }  # fmt: skip
    assert all(table.sums == (240, 120, 80, 50) for table in d.spreads)
    assert {"with approval", "not counted", "50"} <= {line.cells[-1] for line in tables(d, "kinds")[0].lines}


def test_a_kind_the_pathway_does_not_name_counts_nothing() -> None:
    d = assemble(material(modalities={"in_person": {}}))
    assert d.counted == 240


def test_homework_that_is_not_asked_for_is_shown_apart() -> None:
    d = assemble(material(homework=("m1/homework-1",)))
    assert [work.asked for work in d.homework] == [True, False]
    assert d.spreads[0].sums[1] == 60
    lines = tables(d, "homework")[0].lines
    assert [line.tone for line in lines] == ["", "sum", "aside"]
    assert lines[1].cells[-1] == "60"


def test_without_a_list_every_homework_is_asked_for() -> None:
    assert all(work.asked for work in assemble(material(homework=())).homework)


def test_only_the_pathways_modules_are_in_it() -> None:
    d = assemble(material(modules=("m2",), quizzes=("quiz-m2",), exam="", homework=("m2/homework-1",)))
    assert (d.live, {lesson.module for lesson in d.lessons}) == (120, {"Module 2"})
    assert [bank.id for bank in d.banks] == ["m2"]
    assert d.exam is None


def test_a_lesson_shows_how_its_minutes_were_computed() -> None:
    made = material()
    lesson = Lesson("m1-l1", "m1", "L", "", 20, {"a": 100}, "", (), (), "check-m1-l1", 2000, 10, 3, "New words.")
    one = assemble(Material(**{**_fields(made), "lessons": {**made.lessons, "m1-l1": lesson}})).lessons[0]
    assert (one.words, one.questions, one.difficulty, one.practice, one.reason) == (2000, 4, 3, 10, "New words.")
    assert (one.formula, one.plain, one.cap, one.claimed) == (35, 42, 35, 20)


def _fields(made: Material) -> dict[str, Any]:
    return {name: getattr(made, name) for name in Material.__slots__}


def test_the_exam_is_counted_by_competency_and_by_domain() -> None:
    made = material()
    quiz = Quiz(
        "exam", "Exam", "exam", "p", 30, 2, 48, 75, True, True, "score", (),
        (Draw(("m1", "m2"), "peer-role", 5), Draw(("m1",), "ethics", 1)),
    )  # fmt: skip
    d = assemble(Material(**{**_fields(made), "quizzes": {**made.quizzes, "exam": quiz}}))
    assert d.exam is not None
    assert d.exam.drawn == {"peer-role": 5, "ethics": 1}
    assert d.exam.pool == {"peer-role": 12, "ethics": 0}
    assert [[(row[0], *row[2:]) for row in rows] for _id, _title, rows in d.exam.domains] == [
        [("e1", 5, 12), ("e2", 0, 0), ("outside", 1, 0)],
        [("x", 6, 12), ("outside", 0, 0)],
    ]
    assert [sums(table) for table in tables(d, "exam")] == [[6, 12]] * 3


def test_a_draw_over_whole_banks_is_shown_as_any_competency() -> None:
    d = assemble(material())
    assert tables(d, "exam")[0].lines[0].cells == ("Any competency", "4", "12")


def test_sources_stand_once_per_module() -> None:
    made = material()
    twice = tuple(Source("A book", "https://example.org/a") for _ in range(2))
    lessons = {
        id_: Lesson(id_, one.module, one.title, "", 20, {"a": 1}, "", (), twice, "")
        for id_, one in made.lessons.items()
    }
    d = assemble(Material(**{**_fields(made), "lessons": lessons}))
    assert [(title, len(sources)) for title, sources in d.sources] == [("Module 1", 1), ("Module 2", 1)]


# The words


def test_every_printed_table_ends_with_the_sum_of_what_stands_above_it() -> None:
    d = assemble(material())
    for section in ("kinds", "competencies", "frameworks", "exam"):
        for table in tables(d, section):
            width = len(table.head)
            for at in range(1, width):
                cells = [line.cells[at] for line in table.lines]
                if cells[-1].isdigit():
                    assert sum(int(cell) for cell in cells[:-1]) == int(cells[-1])


def test_each_day_and_all_days_end_with_their_sums() -> None:
    d = assemble(material())
    *each, whole = tables(d, "agenda")
    for table in each:
        counted = [int(line.cells[1]) for line in table.lines[:-1] if line.tone == "" and line.cells[1]]
        assert sum(counted) == int(table.lines[-1].cells[1])
    assert whole.lines[-1].cells == ("All days", "240", "0")


def test_no_approval_is_claimed_and_what_is_not_confirmed_stands_there() -> None:
    d = assemble(material())
    said = printed(d)
    facts = next(leaf for leaf in said.sections[0].leaves if isinstance(leaf, Facts))
    assert dict(facts.facts)["Approval"].startswith("None is recorded.")
    assert "Whether anybody counts this." in str(next(one for one in said.sections if one.id == "unconfirmed"))
    numbered = material(approval_number="NC-1", approval_from="2026-01-01", approval_to="2026-12-31")
    assert "NC-1, valid from 2026-01-01 to 2026-12-31" in str(printed(assemble(numbered)).sections[0])


def test_what_the_curriculum_does_not_hold_yet_is_said() -> None:
    made = material()
    outline = Outline(
        **{**{n: getattr(made.outline, n) for n in Outline.__slots__}, "unready": {"starter": ("In all: less.",)}}
    )
    d = assemble(Material(**{**_fields(made), "outline": outline}))
    assert "In all: less." in str(printed(d).sections[0])


@pytest.mark.parametrize(
    ("section", "rules"),
    [
        ("agenda", {"modules": ()}),
        ("lessons", {"modules": ()}),
        ("homework", {"modules": ()}),
        ("questions", {"quizzes": (), "exam": ""}),
        ("exam", {"exam": ""}),
        ("unconfirmed", {}),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(section: str, rules: dict[str, Any]) -> None:
    made = material(**rules)
    if section == "unconfirmed":
        made = Material(**{**_fields(made), "pathway": decoded(Pathway, factories.pieces()["pathway:starter"])})
    leaves = next(one for one in printed(assemble(made)).sections if one.id == section).leaves
    assert len(leaves) == 1


@pytest.mark.parametrize(("credit", "said"), [("completion", "at least 40 percent"), ("seat_time", "minutes measured")])
def test_how_lessons_are_credited_is_said(credit: str, said: str) -> None:
    assert said in str(printed(assemble(material(self_paced_credit=credit))))


# The paper


def paper(d: Dossier) -> bytes:
    return dossier_pdf(printed(d), at=AT)


def test_it_is_tagged_titled_and_the_same_each_time() -> None:
    d = assemble(material())
    made = paper(d)
    assert made == paper(d)
    reader = pypdf.PdfReader(io.BytesIO(made))
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"].startswith("en")
    assert reader.metadata is not None
    assert reader.metadata.title == "Course dossier: Starter"


def test_it_says_what_the_page_says() -> None:
    d = assemble(material())
    said = " ".join(
        "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper(d))).pages)
        .replace("\u200b", "")
        .split()
    )
    for section in printed(d).sections:
        assert section.title in said
        for leaf in section.leaves:
            if isinstance(leaf, Table):
                assert all(cell in said for line in leaf.lines for cell in line.cells if cell.isdigit())
    assert "0123456789ab" in said


def test_no_text_in_it_is_run_as_code() -> None:
    d = assemble(material(title='#read("/etc/passwd") *x* $y$', unconfirmed=("#panic() @nobody <tag>",)))
    said = " ".join("\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper(d))).pages).split())
    assert '#read("/etc/passwd") *x* $y$' in said
    assert "#panic() @nobody <tag>" in said
