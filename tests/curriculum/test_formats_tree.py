from typing import Any

import pytest

from lms.curriculum.formats.markdown import Pages
from lms.curriculum.formats.tree import read_markdown, read_yaml
from lms.curriculum.rules.schema import BankIn, CompetenciesIn, LessonIn, ProgrammeIn, QuizIn
from lms.curriculum.rules.tree import Memo, Problem

PROGRAMME = "id: small\ntitle: A small programme\nlanguage: en\nmodules: [one, two]\n"


def problems(text: str, model: Any = ProgrammeIn) -> list[Problem]:
    found: list[Problem] = []
    read = read_yaml(model, text.encode(), "x.yaml", "x", found)
    assert (read is None) == bool(found)
    return found


def test_a_sound_file_becomes_its_data_with_lines() -> None:
    found: list[Problem] = []
    file = read_yaml(ProgrammeIn, PROGRAMME.encode(), "x.yaml", "x", found)
    assert file is not None
    assert file.data.modules == ["one", "two"]
    assert (file.line("title"), file.line("modules", 7), file.line("nowhere")) == (2, 4, 1)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("title:", "titel:", 2, "Did you mean `title`?"),
        ("title: A small programme\n", "", 1, "`title` is missing."),
        ("title: A small programme", 'title: ""', 2, "is empty"),
        ("title: A small programme", "title: 12", 2, "must be text"),
        ("[one, two]", "one", 4, "must be a list"),
        ("[one, two]", "[]", 4, "needs at least 1"),
        ("[one, two]", "[One]", 4, "is not an id"),
        ("language: en", "language: xx", 3, "Use 'en' or 'es'."),
        ("id: small", "id: " + "x" * 61, 1, "is not an id"),
    ],
)
def test_what_does_not_fit_is_said_in_plain_words(old: str, new: str, line: int, says: str) -> None:
    found = problems(PROGRAMME.replace(old, new))
    assert any(problem.line == line and says in str(problem) for problem in found), list(map(str, found))


def test_every_problem_of_a_file_is_named_at_once() -> None:
    assert len(problems("id: Small\ntitle: 3\nlanguage: xx\nmodules: {}\nmore: 1\n")) == 5


@pytest.mark.parametrize("text", ["", "- one\n", "just words", "42"])
def test_a_file_that_holds_something_else_is_refused(text: str) -> None:
    assert problems(text)


def test_a_whole_number_is_no_truth_and_no_text() -> None:
    quiz = (
        "title: T\nkind: module\nfor: m\ntime_limit_minutes: {}\nattempts: 3\npass_percent: {}\n"
        "draw: {{bank: b, count: 1}}\nreview: score\n"
    )
    assert problems(quiz.format("true", '"80"'), QuizIn)[0].what == "`time_limit_minutes` must be a whole number."
    assert len(problems(quiz.format("1.5", "101"), QuizIn)) == 2
    assert problems(quiz.format("null", "80"), QuizIn) == []


def test_a_problem_deep_inside_has_its_own_line() -> None:
    bank = "title: B\nmodule: m\nitems:\n  - id: q\n    type: single\n    competencies: [c]\n    difficulty: 9\n"
    bank += "    lesson: l\n    stem: S\n    options: [{text: A, corect: true, feedback: F}]\n    rationale: R\n"
    found = problems(bank, BankIn)
    assert [(p.line, p.what) for p in sorted(found)] == [
        (7, "`items.0.difficulty` is too big."),
        (10, "`items.0.options.0.corect` is not a key here."),
    ]
    assert sorted(found)[1].how == "Did you mean `correct`?"


def test_a_lesson_is_parted_and_rendered() -> None:
    head = "title: T\nsummary: S\nminutes: 3\ncompetencies: {c: 100}\ndifficulty: {level: 1, reason: R}\nsources: [{title: A, url: https://a.example}]"
    found: list[Problem] = []
    file = read_markdown(
        LessonIn, f"---\n{head}\n---\n## One\nHello **you**.\n".encode(), "x.md", "x", found, Pages(Memo())
    )
    assert found == []
    assert file is not None
    assert [(part.title, part.line, part.page.html) for part in file.parts] == [
        ("One", 9, "<p>Hello <strong>you</strong>.</p>")
    ]
    assert file.words == 2


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//a.example", "ftp://a.example", "https://a b", "https://a<b"])
def test_a_source_has_a_web_address(url: str) -> None:
    head = f'title: T\nsummary: S\nminutes: 3\ncompetencies: {{c: 100}}\ndifficulty: {{level: 1, reason: R}}\nsources: [{{title: A, url: "{url}"}}]'
    found: list[Problem] = []
    assert read_markdown(LessonIn, f"---\n{head}\n---\n## One\n".encode(), "x.md", "x", found, Pages(Memo())) is None
    assert found[0].what == "`sources.0.url` is not a web address."


@pytest.mark.parametrize("day", ["2026-02-30", "23.11.2026", "2026-1-1"])
def test_a_date_exists(day: str) -> None:
    text = f"frameworks: [{{id: f, title: F, source: https://a.example, verified_on: {day}, entries: [{{id: e, title: E}}]}}]\n"
    text += "competencies: [{id: c, title: C, gist: G, maps: {f: e}}]\n"
    from_schema = problems(text, CompetenciesIn)
    assert len(from_schema) == 1
    assert "2026-11-23" in from_schema[0].how
