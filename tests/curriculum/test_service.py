"""Reading folders, publishing by hash, readers that cost nothing when warm, support lines beside every release."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lms.core.db import Database, unit_of_work
from lms.core.errors import Conflict, Invalid, NotFound
from lms.curriculum import service
from lms.curriculum.models import Entry, Piece, Release, SupportLines
from lms.curriculum.rules import difference as rules
from lms.curriculum.rules.shapes import SupportLine, SupportLineSet
from lms.curriculum.service.pieces import Memory
from lms.records.models import Audit
from tests.curriculum.conftest import (
    BANK,
    EXAM,
    FILES,
    HOMEWORK,
    LESSON,
    MEETING,
    MODULE,
    NARRATIVE,
    PATHWAY,
    QUIZ,
    RUBRIC,
    Sample,
    item,
)
from tests.factories import NOON

CRISIS = "curriculum/crisis-lines.yaml"


def rows(s: Session) -> list[int]:
    return [
        s.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in (Piece, Release, Entry, SupportLines)
    ]


def published(s: Session, sample: Sample, **later: int) -> Release:
    return service.publish_files(s, *sample.folders, now=NOON + timedelta(**later))


# reading


def test_a_missing_folder_is_one_clear_problem(tmp_path: Path) -> None:
    tree, found = service.read_tree(tmp_path / "curriculum", tmp_path / "quizzes")
    assert tree.programme is None
    assert [str(problem) for problem in found] == [
        "curriculum:1: This folder is not there. Check the setting that says where it lies."
    ]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("curriculum/modules/01-first-steps/walking.md", "This file is none that a module has."),
        ("curriculum/modules/01-first-steps/02-Walking.md", "This file is none that a module has."),
        ("curriculum/modules/01-first-steps/notes/x.md", "This folder is not read."),
        ("curriculum/modules/more/module.yaml", "A module is a folder `NN-<id>`."),
        ("curriculum/pathways/Starter.yaml", "A pathway is a file `<id>.yaml`."),
        ("curriculum/rubrics/x.yml", "A rubric is a file `<id>.yaml`."),
        ("curriculum/programm.yaml", "This file is not read."),
        ("curriculum/old/x.yaml", "This folder is not read."),
        ("quizzes/old/x.yaml", "This folder is not read."),
        ("quizzes/banks/x.txt", "A bank is a file `<id>.yaml`."),
    ],
)
def test_a_file_in_the_wrong_place_is_never_silently_left_out(sample: Sample, name: str, says: str) -> None:
    sample.write(name, "x: 1\n")
    assert sample.one().what == says


@pytest.mark.parametrize(
    "name", ["curriculum/.DS_Store", "quizzes/README.md", "curriculum/modules/01-first-steps/.x.swp"]
)
def test_hidden_files_and_readmes_do_not_matter(sample: Sample, name: str) -> None:
    sample.write(name, "x")
    assert sample.problems() == ()


@pytest.mark.parametrize("name", ["programme.yaml", "competencies.yaml", "crisis-lines.yaml"])
def test_without_a_file_that_must_be_there_nothing_is_published(s: Session, sample: Sample, name: str) -> None:
    sample.remove(f"curriculum/{name}")
    assert sample.one().what == "This file is missing."
    with pytest.raises(service.Unfit):
        published(s, sample)


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a: \0", b"a: &a [*a, *a]\n", b"x" * 1_000_001, b"- [", b""])
@pytest.mark.parametrize(
    "name", [LESSON, MODULE, BANK, PATHWAY, "curriculum/programme.yaml", "curriculum/competencies.yaml"]
)
def test_a_spoiled_file_is_a_problem_and_never_a_traceback(sample: Sample, name: str, raw: bytes) -> None:
    sample.write(name, raw)
    found = [problem for problem in sample.problems() if problem.file == name]
    assert found
    assert all(problem.severity == "error" for problem in found)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(FILES)), st.integers(0, 4000), st.integers(0, 30), st.text(max_size=12))
def test_any_edit_is_checked_without_a_traceback_and_compiles_when_it_has_no_error(
    sample: Sample, name: str, at: int, cut: int, typed: str
) -> None:
    text = FILES[name]
    at %= len(text)
    sample.write(name, (text[:at] + typed + text[at + cut :]).encode("utf-8", "surrogatepass"))
    checked = service.check(*sample.folders)
    sample.write(name, text)
    if not checked.errors:
        assert json.loads(json.dumps(service.compile_tree(checked.tree)))


def test_a_file_that_may_not_be_read_is_a_problem(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "This file cannot be read: Permission denied." in [problem.what for problem in sample.problems()]


def test_rendered_text_is_kept_between_runs_and_a_changed_file_is_rendered_again(
    sample: Sample, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    first = service.check(*sample.folders, cache_dir=cache)
    pieces = service.compile_tree(first.tree)
    service.remember(first.tree, cache)
    sample.swap(LESSON, "### A limit", "### Another limit")
    second = service.check(*sample.folders, cache_dir=cache)
    changed = service.compile_tree(second.tree)
    new = second.tree.memo.used.pages.keys() - second.tree.memo.known.pages.keys()
    assert len(new) == 1
    assert {key for key in pieces if pieces[key] != changed[key]} == {"lesson:walking-beside"}
    assert service.compile_tree(service.read_tree(*sample.folders)[0]) == changed


@pytest.mark.parametrize("spoiled", [b"", b"{", b"[]", b'{"a": {"html": 1}}', b"\xff"])
def test_a_spoiled_cache_is_left_aside(sample: Sample, tmp_path: Path, spoiled: bytes) -> None:
    cache = tmp_path / "cache"
    service.remember(service.read_tree(*sample.folders)[0], cache)
    for path in cache.iterdir():
        path.write_bytes(spoiled)
    assert service.check(*sample.folders, cache_dir=cache).problems == ()


# publishing


def test_the_same_content_is_the_same_release_and_adds_no_row(s: Session, sample: Sample) -> None:
    first = published(s, sample)
    before = rows(s)
    assert published(s, sample, hours=1) is first
    assert rows(s) == before
    assert service.newest(s) is first
    assert service.by_digest(s, first.digest) is first


def test_a_change_makes_a_new_release_and_shares_what_did_not_change(s: Session, sample: Sample) -> None:
    first = published(s, sample)
    pieces = rows(s)[0]
    sample.swap(LESSON, "### A limit", "### Another limit")
    second = published(s, sample, hours=1)
    assert second.digest != first.digest
    assert rows(s)[0] == pieces + 1
    assert service.newest(s) is second
    kept = service.lesson(s, first, "walking-beside")
    assert kept is not None
    assert "Another" not in kept.parts[1].html


def test_going_back_makes_the_older_release_the_newest_again(s: Session, sample: Sample) -> None:
    first = published(s, sample)
    sample.swap(LESSON, "### A limit", "### Another limit")
    published(s, sample)
    sample.swap(LESSON, "### Another limit", "### A limit")
    before = rows(s)
    assert published(s, sample) is first
    assert service.newest(s) is first
    assert rows(s) == before
    assert next(row.digest for row in service.releases(s)) == first.digest


def test_the_hash_does_not_depend_on_the_order_of_keys(sample: Sample) -> None:
    pieces = service.compile_tree(service.read_tree(*sample.folders)[0])
    turned = {key: json.loads(json.dumps(pieces[key], sort_keys=True)) for key in reversed(pieces)}
    assert service.release_digest(pieces) == service.release_digest(turned)


def test_with_errors_nothing_is_published_and_all_of_them_are_told(s: Session, sample: Sample) -> None:
    sample.swap(LESSON, "peer-role: 70", "peer-role: 60")
    sample.swap(BANK, "module: first-steps", "module: first")
    before = rows(s)
    with pytest.raises(service.Unfit) as met:
        published(s, sample)
    assert met.value.sentence == "Nothing was published: the curriculum has 2 errors."
    assert len(met.value.found) == 2
    assert rows(s) == before


def test_a_tree_without_a_programme_does_not_compile(sample: Sample) -> None:
    sample.write("curriculum/programme.yaml", "x")
    tree, _ = service.read_tree(*sample.folders)
    with pytest.raises(Invalid):
        service.compile_tree(tree)


def test_two_machines_publish_at_once_and_there_is_one_release(database: Database, sample: Sample) -> None:
    tree, _ = service.read_tree(*sample.folders)
    pieces, lines = service.compile_tree(tree), service.compile_support_lines(tree)

    def machine(number: int) -> str:
        with unit_of_work(database) as s:
            service.publish_support_lines(s, lines, now=NOON)
            return service.publish(s, pieces, now=NOON + timedelta(seconds=number)).digest

    with ThreadPoolExecutor(4) as machines:
        digests = set(machines.map(machine, range(8)))
    with unit_of_work(database, write=False) as s:
        assert rows(s)[1:] == [1, len(pieces), 1]
        assert digests == {service.releases(s)[0].digest}


def test_the_trail_says_what_was_published(s: Session, sample: Sample) -> None:
    release = published(s, sample)
    published(s, sample, hours=1)
    trail = [(row.verb, row.subject) for row in s.scalars(sa.select(Audit).order_by(Audit.id))]
    assert trail[1] == ("curriculum.published", release.digest[:12])
    assert [verb for verb, _ in trail] == ["support-lines.published", "curriculum.published"]


# readers


def test_every_piece_is_read_as_it_was_written(s: Session, sample: Sample) -> None:
    release = published(s, sample)
    outline = service.outline(s, release)
    assert (outline.id, outline.title, outline.language) == ("small", "A small programme", "en")
    assert outline.pathways == {"starter": "Starter path"}
    assert outline.unready == {}
    module = outline.modules[0]
    assert (module.quiz, module.lessons[0].check, module.lessons[0].parts) == (
        "module-first-steps",
        "lesson-walking-beside",
        3,
    )
    assert [quiz.questions for quiz in outline.quizzes] == [4, 2, 2]
    lesson = service.lesson(s, release, "walking-beside")
    assert lesson is not None
    assert lesson.competencies == {"listening": 30, "peer-role": 70}
    assert "{{crisis:988}}" in lesson.parts[0].html
    assert lesson.sources[0].url == "https://example.org/a"
    meeting = service.meeting_guide(s, release, "first-steps/meeting-1")
    assert meeting is not None
    assert [block.is_break for block in meeting.agenda] == [False, True, False]
    assert '<h2 id="s-debrief">Debrief</h2>' in meeting.html
    guide = service.module_guide(s, release, "first-steps")
    assert guide is not None
    assert guide.html == "<p>Read this <strong>first</strong>.</p>"
    homework = service.homework(s, release, "first-steps/homework-1")
    assert homework is not None
    assert homework.minutes == 30
    narrative = service.narrative(s, release, "first-steps/turning-point")
    assert narrative is not None
    assert (narrative.words_from, narrative.words_to, narrative.rubric) == (500, 900, "turning-point")
    rubric = service.rubric(s, release, "turning-point")
    assert rubric is not None
    assert rubric.criteria[0].levels[-1].next == "Tell one moment."
    pathway = service.pathway(s, release, "starter")
    assert pathway is not None
    assert pathway.modalities["homework"].max_minutes == 30
    assert pathway.agreements[0].text == "I stay.\nI ask."
    quiz = service.quiz(s, release, "lesson-walking-beside")
    assert quiz is not None
    assert [option.correct for option in quiz.items[0].options] == [False, True, False, False]
    competencies = service.competency_map(s, release)
    assert competencies is not None
    assert competencies.competencies[1].maps == {"samhsa": "outside"}


@pytest.mark.parametrize(
    "reader", ["lesson", "quiz", "bank", "pathway", "rubric", "narrative", "homework", "meeting_guide", "module_guide"]
)
def test_what_is_not_there_is_none(s: Session, sample: Sample, reader: str) -> None:
    assert getattr(service, reader)(s, published(s, sample), "nothing") is None


def test_a_release_without_an_outline_is_not_found(s: Session) -> None:
    release = service.publish(s, {"outline": {"title": "T"}}, now=NOON)
    s.execute(sa.delete(Entry).where(Entry.release_id == release.id))
    service.forget()
    with pytest.raises(NotFound):
        service.outline(s, release)


def test_a_warm_reader_asks_the_database_nothing(s: Session, sample: Sample, count_queries: Any) -> None:
    release = published(s, sample)
    service.forget()
    with count_queries() as cold:
        service.lesson(s, release, "walking-beside")
    with count_queries() as warm:
        for _ in range(3):
            service.lesson(s, release, "walking-beside")
    assert len(cold) == 2
    assert len(warm) == 0


def test_support_lines_cost_one_query(s: Session, sample: Sample, count_queries: Any) -> None:
    published(s, sample)
    service.support_lines(s)
    s.info.clear()
    with count_queries() as counted:
        service.support_lines(s)
        assert len(counted) == 1
        service.support_lines(s)
    assert len(counted) == 1


def test_a_draw_takes_each_question_once(s: Session, sample: Sample) -> None:
    release = published(s, sample)
    exam, check, module = (
        service.quiz(s, release, id_) for id_ in ("small-exam", "lesson-walking-beside", "module-first-steps")
    )
    assert exam is not None
    assert check is not None
    assert module is not None
    pools = service.items_for(s, release, exam)
    assert [(draw.competency, draw.count, [item.id for item in items]) for draw, items in pools] == [
        ("peer-role", 1, ["fs-001", *(f"fs-b{at:02}" for at in range(23))]),
        ("listening", 1, ["fs-002"]),
    ]
    assert [len(items) for _, items in service.items_for(s, release, check)] == [4]
    sample.swap(EXAM, "competency: listening, count", "competency: listening, difficulty: 2, count")
    harder = service.quiz(s, published(s, sample), "small-exam")
    assert harder is not None
    assert [draw.difficulty for draw in harder.draws] == [None, 2]
    assert [(draw.count, len(items)) for draw, items in service.items_for(s, release, module)] == [(2, 25)]


def test_a_pathway_that_cannot_be_filled_is_refused_on_the_line_that_asks(s: Session, sample: Sample) -> None:
    sample.swap(PATHWAY, "min_minutes: 60, max", "min_minutes: 70, max")
    found = sample.one()
    assert (found.severity, found.what) == ("error", "In person: 1 h 10 min asked for, 1 h in the curriculum.")
    assert "min_minutes: 70" in (sample.root / PATHWAY).read_text().splitlines()[found.line - 1]
    with pytest.raises(service.Unfit):
        published(s, sample)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("total_minutes: 100", "total_minutes: 500", "total_minutes: 500"),
        ("{peer-role: {min_minutes: 60}}", "{listening: {min_minutes: 90}}", "listening: {min_minutes: 90}"),
    ],
)
def test_hours_in_all_and_by_competency_are_refused_too(sample: Sample, old: str, new: str, line: str) -> None:
    sample.swap(PATHWAY, old, new)
    found = sample.one()
    assert found.severity == "error"
    assert line in (sample.root / PATHWAY).read_text().splitlines()[found.line - 1]


def test_a_pathway_that_is_still_being_written_is_not_offered_but_can_be_read(s: Session, sample: Sample) -> None:
    sample.swap(PATHWAY, "min_minutes: 60, max", "min_minutes: 70, max")
    sample.swap(PATHWAY, "version: 1", "version: 1\noffered: false")
    assert sample.problems() == ()
    release = published(s, sample)
    outline = service.outline(s, release)
    assert outline.pathways == {}
    assert outline.unready == {"starter": ("In person: 1 h 10 min asked for, 1 h in the curriculum.",)}
    assert service.pathway(s, release, "starter") is not None


def test_a_whole_pathway_is_not_offered_before_its_file_says_so(s: Session, sample: Sample) -> None:
    sample.swap(PATHWAY, "version: 1", "version: 1\noffered: false")
    outline = service.outline(s, published(s, sample))
    assert outline.pathways == {}
    assert outline.unready == {"starter": ("Nothing is missing; its file says `offered: false`.",)}


def test_support_lines_that_nobody_checked_for_years_stop_no_publication_and_no_page(
    s: Session, sample: Sample
) -> None:
    release = service.publish_files(s, *sample.folders, now=NOON + timedelta(days=2000))
    assert any("more than half a year ago" in p.what for p in sample.problems((NOON + timedelta(days=2000)).date()))
    found = service.lesson(s, release, "walking-beside")
    assert found is not None
    assert "tel:988" in service.fill_lines(found.parts[0].html, service.support_lines(s))


def test_a_release_costs_what_is_new_in_it_and_a_first_lesson_does_not_wait_for_the_others(
    s: Session, sample: Sample
) -> None:
    first = published(s, sample)
    size, asked = rows(s), _asked(s, first)
    for at in range(1, 13):
        sample.swap(LESSON, "You do not have to fix it.", "You do not have to fix it. So.")
        last = published(s, sample, minutes=at)
    pieces, releases, entries, _lines = (now - before for now, before in zip(rows(s), size, strict=True))
    assert (pieces, releases, entries) == (12, 12, 12 * size[2])
    assert _asked(s, last) == asked


def _asked(s: Session, release: Release) -> int:
    """How many statements a lesson of this release takes in a process that has read nothing yet."""
    service.forget()
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(s.get_bind(), "before_cursor_execute", note)
    try:
        assert service.lesson(s, release, "walking-beside") is not None
    finally:
        sa.event.remove(s.get_bind(), "before_cursor_execute", note)
    return len(seen)


def test_the_beginning_of_a_hash_finds_its_release(s: Session, sample: Sample) -> None:
    release = published(s, sample)
    assert service.starting_with(s, release.digest[:8]) is release
    assert service.starting_with(s, "%") is None
    sample.swap(LESSON, "### A limit", "### Another limit")
    published(s, sample)
    with pytest.raises(Conflict):
        service.starting_with(s, "")


def test_memory_is_bounded_and_keeps_what_was_used_last() -> None:
    memory: Memory[str] = Memory(2)
    made: list[str] = []

    def make(value: str) -> str:
        return memory.get(str, value, lambda: made.append(value) or value)  # type: ignore[func-returns-value]

    for value in ("a", "b", "a", "c", "a", "b"):
        assert make(value) == value
    assert made == ["a", "b", "c", "b"]


def test_memory_is_shared_by_threads() -> None:
    memory: Memory[int] = Memory(5)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda at: memory.get(int, str(at % 20), lambda: at % 20), range(2000)))
    assert found == [at % 20 for at in range(2000)]


# support lines


def test_a_corrected_line_reaches_everybody_at_once_and_is_in_the_trail(s: Session, sample: Sample) -> None:
    release = published(s, sample)
    sample.swap(CRISIS, "HOME to 741741", "HELLO to 741741")
    assert published(s, sample, hours=1) is release
    lesson = service.lesson(s, release, "walking-beside")
    assert lesson is not None
    line = service.support_lines(s).line("texting")
    assert line is not None
    assert "HELLO" in line.display
    facts = s.scalars(sa.select(Audit.facts).where(Audit.verb == "support-lines.published").order_by(Audit.id)).all()
    assert facts == [{"lines": ["988", "texting"]}, {"lines": ["texting"]}]


def test_earlier_lines_can_come_back(s: Session, sample: Sample) -> None:
    published(s, sample)
    sample.swap(CRISIS, "HOME to 741741", "HELLO to 741741")
    published(s, sample)
    sample.swap(CRISIS, "HELLO to 741741", "HOME to 741741")
    published(s, sample)
    line = service.support_lines(s).line("texting")
    assert line is not None
    assert "HOME" in line.display
    assert rows(s)[3] == 2


def test_without_any_lines_there_is_an_empty_set(s: Session) -> None:
    assert service.support_lines(s) == SupportLineSet()


LINES = SupportLineSet(
    (
        SupportLine("988", "988", "988 Lifeline (call <or> text)", call="988"),
        SupportLine("texting", "Text", "Text Line", text="741741"),
        SupportLine("chat", "Chat", "Chat Line", chat='https://chat.example/"x'),
        SupportLine("words", "Words", "Words only"),
    )
)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("<p>{{crisis:988}}.</p>", '<p><a href="tel:988">988 Lifeline (call &lt;or&gt; text)</a>.</p>'),
        ("{{ crisis:texting }}", '<a href="sms:741741">Text Line</a>'),
        ("{{crisis:chat}}", '<a href="https://chat.example/&quot;x">Chat Line</a>'),
        ("{{crisis:words}}", "Words only"),
        ("{{crisis:gone}}", '<a href="tel:988">988 Lifeline (call &lt;or&gt; text)</a>'),
        ('<a title="{{crisis:988}}">x</a>', '<a title="{{crisis:988}}">x</a>'),
        ("nothing", "nothing"),
    ],
)
def test_a_mark_becomes_a_line_a_person_can_call(text: str, filled: str) -> None:
    assert service.fill_lines(text, LINES) == filled


def test_no_mark_is_ever_left_for_a_reader() -> None:
    assert "{{" not in service.fill_lines("<p>Call {{crisis:988}} now.</p>", SupportLineSet())


# comparing


def said(s: Session, old: Release, new: Release) -> list[str]:
    return [rules.sentence(change) for change in service.difference(s, old, new)]


def test_nothing_changed_is_no_change(s: Session, sample: Sample) -> None:
    release = published(s, sample)
    assert service.difference(s, release, release) == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            LESSON,
            "title: Walking beside",
            "title: Walking along",
            "Lesson Walking along: title Walking beside → Walking along.",
        ),
        (LESSON, "minutes: 10\npractice", "minutes: 11\npractice", "Lesson Walking beside: minutes 10 → 11."),
        (
            LESSON,
            "peer-role: 70, listening: 30",
            "peer-role: 80, listening: 20",
            "Lesson Walking beside: competencies by weight listening 30, peer-role 70 → listening 20, peer-role 80.",
        ),
        (
            LESSON,
            "modality: self_paced",
            "content_note: A hard week.\nmodality: self_paced",
            "Lesson reworded: Walking beside, content note.",
        ),
        (MODULE, "can say what you do", "can show what you do", "Module reworded: First steps, summary."),
        (HOMEWORK, "Talk.", "Talk twice.", "Homework reworded: Two conversations."),
        (
            HOMEWORK,
            "hand_in: One page.",
            "hand_in: Two pages.",
            "Homework reworded: Two conversations, what is handed in.",
        ),
        (MEETING, "Say hello.", "Say good morning.", "Class reworded: Saying what we are not."),
        (
            MEETING,
            "minutes: 20, title: Arriving}\n  - {minutes: 10",
            "minutes: 20, title: Arriving}\n  - {minutes: 15",
            "Class Saying what we are not: agenda Arriving 20, Break 10, Limits 40 → Arriving 20, Break 15, Limits 40.",
        ),
        (NARRATIVE, "Tell **one**", "Write **one**", "Narrative reworded: A turning point."),
        (NARRATIVE, "from: 500", "from: 400", "Narrative A turning point: usual words at least 500 → 400."),
        (
            NARRATIVE,
            "interview: true",
            "interview: false",
            "Narrative A turning point: may be told in an interview true → false.",
        ),
        (RUBRIC, "points: 6, no_zero", "points: 7, no_zero", "Rubric A turning point: points to pass 6 → 7."),
        (RUBRIC, "title: Tells choice", "title: Names choice", "Rubric reworded: A turning point, criteria."),
        (EXAM, "attempts: 2", "attempts: 3", "Quiz The exam: tries 2 → 3."),
        (EXAM, "retry_after_hours: 48", "retry_after_hours: 24", "Quiz The exam: hours between tries 48 → 24."),
        (EXAM, "review: score", "review: feedback", "Quiz The exam: shown after sending score → feedback."),
        (
            EXAM,
            "{questions: true, options: true}",
            "{questions: false, options: true}",
            "Quiz The exam: questions in another order each time true → false.",
        ),
        (LESSON, "### A limit", "### Another", "Lesson reworded: Walking beside."),
        (HOMEWORK, "minutes: 30", "minutes: 40", "Homework Two conversations: minutes 30 → 40."),
        (
            MEETING,
            "modality: in_person",
            "modality: live_virtual",
            "Class Saying what we are not: how it is held in_person → live_virtual.",
        ),
        (EXAM, "pass_percent: 75", "pass_percent: 80", "Quiz The exam: percent to pass 75 → 80."),
        (EXAM, "time_limit_minutes: 45", "time_limit_minutes: null", "Quiz The exam: time limit in minutes 45 → none."),
        (
            PATHWAY,
            "has completed the small programme.",
            "has finished the small programme.",
            "Pathway Starter path: wording of the certificate has completed the small programme. → has finished the small programme.",
        ),
        (PATHWAY, "      I stay.", "      I stay near.", "Pathway reworded: Starter path, agreements."),
        (PATHWAY, "min_percent: 100", "min_percent: 90", "Pathway Starter path: percent to attend 100 → 90."),
        (PATHWAY, "version: 1", "version: 2", "Pathway Starter path: version 1 → 2."),
        (PATHWAY, "version: 1", "version: 1\noffered: false", "Pathway Starter path: offered true → false."),
        (
            PATHWAY,
            "self_paced: {min",
            "self_paced: {needs_approval: true, min",
            "Pathway Starter path: self paced needs approval false → true.",
        ),
        (BANK, "Esi brings", "Uma brings", "First steps: 1 question reworded."),
        (PATHWAY, "exam: {quiz: small-exam}", "exam: null", "Pathway Starter path: exam small-exam → none."),
        (PATHWAY, "min_minutes: 30, max", "min_minutes: 20, max", "Pathway Starter path: homework least 30 → 20."),
        (
            PATHWAY,
            "peer-role: {min_minutes: 60}",
            "peer-role: {min_minutes: 30}",
            "Pathway Starter path: competency peer-role 60 → 30.",
        ),
    ],
)
def test_a_change_is_said_once(s: Session, sample: Sample, file: str, old: str, new: str, sentence: str) -> None:
    before = published(s, sample)
    sample.swap(file, old, new)
    assert said(s, before, published(s, sample)) == [sentence]


def test_a_blueprint_is_said_question_by_question(s: Session, sample: Sample) -> None:
    before = published(s, sample)
    sample.swap(EXAM, "{competency: peer-role, count: 1}", "{competency: peer-role, count: 3}")
    assert said(s, before, published(s, sample)) == [
        "Quiz The exam: questions 2 → 4.",
        "Quiz The exam: questions drawn 1 of peer-role, 1 of listening → 3 of peer-role, 1 of listening.",
    ]


def test_grace_is_said(s: Session, sample: Sample) -> None:
    before = published(s, sample)
    sample.swap(QUIZ, "draw:", "overdue: grace\ngrace_minutes: 5\ndraw:")
    assert said(s, before, published(s, sample)) == [
        "Quiz First steps: when it is not sent in time submit → grace.",
        "Quiz First steps: minutes of grace 0 → 5.",
    ]


def test_a_new_bank_is_said_with_its_questions(s: Session, sample: Sample) -> None:
    before = published(s, sample)
    sample.write(
        "quizzes/banks/more.yaml", "title: More\nmodule: first-steps\nitems:" + item("m-1", "Uri waits.") + "\n"
    )
    after = published(s, sample)
    assert said(s, before, after) == ["More: 1 question added."]
    assert said(s, after, before) == ["More: 1 question removed."]


def test_what_is_added_and_removed_is_said(s: Session, sample: Sample) -> None:
    before = published(s, sample)
    sample.move(LESSON, LESSON.replace("01-walking-beside", "01-walking-along"))
    for name in ("quizzes/lesson-walking-beside.yaml", BANK):
        sample.swap(name, "walking-beside", "walking-along")
    after = published(s, sample)
    assert "Lesson added: Walking beside." in said(s, before, after)
    assert "Lesson removed: Walking beside." in said(s, before, after)
    assert len(said(s, after, before)) == len(said(s, before, after))
