"""Every check, one slip at a time: the slip is found, on its line, and nothing else is reported."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.curriculum.conftest import (
    BANK,
    CHECK,
    EXAM,
    HOMEWORK,
    LESSON,
    MEETING,
    MODULE,
    MORE,
    NAMES,
    NARRATIVE,
    PATHWAY,
    QUIZ,
    RUBRIC,
    SCENE,
    STEMS,
    THINGS,
    WORDS,
    Sample,
    item,
)

PROGRAMME = "curriculum/programme.yaml"
COMPETENCIES = "curriculum/competencies.yaml"
CRISIS = "curriculum/crisis-lines.yaml"


def test_the_sample_is_sound(sample: Sample) -> None:
    assert sample.problems(as_of=date(2026, 11, 23)) == ()


SLIPS: list[tuple[str, str, str, str]] = [
    # structure
    (PROGRAMME, "[first-steps]", "[first-steps, first-steps]", "The module `first-steps` is listed twice."),
    (COMPETENCIES, "samhsa: s1}", "samhsa: s9}", "`samhsa` has no entry `s9`."),
    (COMPETENCIES, "samhsa: s1}", "samhsa: s1, nc: x}", "There is no framework `nc`."),
    (COMPETENCIES, "maps: {samhsa: outside}", "maps: {}", "`listening` has no place in `samhsa`."),
    (MODULE, "[peer-role]", "[peer-rol]", "There is no competency `peer-rol`. Did you mean `peer-role`?"),
    (LESSON, "peer-role: 70", "peer-role: 60", "The competencies weigh 90 together."),
    (LESSON, "{peer-role: 70, listening: 30}", "{peer-role: 70, hearing: 30}", "There is no competency `hearing`."),
    (NARRATIVE, "rubric: turning-point", "rubric: turning", "There is no rubric `turning`."),
    # prose
    (LESSON, "{{crisis:988}}", "{{crisis:989}}", "There is no support line `989`."),
    (LESSON, "{{crisis:988}}", "{{ line 988 }}", "`{{ line 988 }}` is not understood."),
    (LESSON, "### A limit", "# A limit", "`# ` is the title's own heading."),
    (LESSON, '!!! practice "One slow minute"', "!!! practise “One slow minute”", "This callout is not understood."),
    (LESSON, "### A limit", "### A limit\n\n[Back](#nowhere)\n", "Nothing on this page is called `#nowhere`."),
    (LESSON, "### A limit", "### A limit\n\n[Back](../other.md)\n", "The link `../other.md` leads nowhere."),
    (LESSON, "### A limit", "### A limit\n\n<b>Hello</b> there.\n", "`<b>` is HTML and is taken out."),
    (LESSON, "### A limit", "### A limit\n\n<script>alert(1)</script>\n", "`<script>` is HTML and is taken out."),
    (LESSON, "summary: What the role is.", "summary: Call {{crisis:988}}.", "`summary` holds a mark in braces"),
    (
        LESSON,
        "### A limit",
        "### A limit\n\nText HOME to 741-741.\n",
        "The number of the support line `texting` is typed here.",
    ),
    (MODULE, "Read this **first**.", "Read this {{crisis:989}} first.", "There is no support line `989`."),
    # units
    (LESSON, "minutes: 10\npractice", "minutes: 40\npractice", "The lesson claims 40 minutes; with"),
    (LESSON, "---\n## A bus stop", "---\nHello.\n\n## A bus stop", "There is text before the first `## `."),
    (LESSON, "## To keep", "## What you do", "Two parts are called “What you do”."),
    (LESSON, "## To keep", "## Empty\n\n## To keep", "The part “Empty” is empty."),
    (
        MEETING,
        "minutes: 40, title: Limits",
        "minutes: 45, title: Limits",
        "The agenda has 65 minutes without its breaks",
    ),
    (MEETING, "### Limits", "### Edges", "The block “Limits” has no text."),
    (MEETING, "## Debrief", "## After", "The part “Debrief” is missing."),
    (HOMEWORK, "## What to do", "## Doing", "The part “What to do” is missing."),
    (NARRATIVE, "{from: 500, to: 900}", "{from: 900, to: 500}", "`from` is more than `to`."),
    (NARRATIVE, "Tell **one** moment.\n", "", "The narrative has no instructions."),
    (RUBRIC, "pass: {points: 6", "pass: {points: 13", "13 points can never be reached."),
    (RUBRIC, "- id: choice", "- id: moment", "The criterion `moment` stands here twice."),
    # quizzes
    (QUIZ, "draw:", "overdue: grace\ndraw:", "Grace is said by halves."),
    (QUIZ, "draw:", "grace_minutes: 5\ndraw:", "Grace is said by halves."),
    (CHECK, "draw:", "overdue: abandon\ndraw:", "`overdue: abandon` stands beside no time limit."),
    (QUIZ, "count: 2", "count: 26", "26 questions are drawn from 25."),
    (QUIZ, "bank: first-steps", "bank: first-stepps", "There is no bank `first-stepps`."),
    (QUIZ, "{bank: first-steps, count: 2}", "{bank: first-steps}", "The draw does not say where questions come from."),
    (QUIZ, "{bank: first-steps, count: 2}", "{items: all}", "Only a lesson check holds its own questions."),
    (QUIZ, "for: first-steps", "for: second-steps", "There is no module `second-steps`."),
    (EXAM, "for: small", "for: smaller", "There is no programme `smaller`."),
    (
        EXAM,
        "{competency: listening, count: 1}",
        "{competency: listening, count: 2}",
        "2 questions of `listening` are drawn; the banks have 1",
    ),
    (EXAM, "{competency: listening, count: 1}", "{competency: peer-role, count: 1}", "`peer-role` is drawn twice."),
    (
        EXAM,
        "{competency: listening, count: 1}",
        "{competency: listening, difficulty: 3, count: 1}",
        "1 questions of `listening` of difficulty 3 are drawn; the banks have 0 with it as first competency "
        "(0 of difficulty 1, 1 of difficulty 2, 0 of difficulty 3).",
    ),
    (
        EXAM,
        "- {competency: peer-role, count: 1}",
        "- {competency: peer-role, difficulty: 2, count: 1}\n    - {competency: peer-role, difficulty: 2, count: 1}",
        "`peer-role` of difficulty 2 is drawn twice.",
    ),
    (
        EXAM,
        "- {competency: peer-role, count: 1}",
        "- {competency: peer-role, difficulty: 2, count: 1}\n    - {competency: peer-role, count: 1}",
        "`peer-role` is drawn with a difficulty here and without one elsewhere.",
    ),
    (EXAM, "banks: [first-steps]", "banks: [first-steps, first-steps]", "The bank `first-steps` is listed twice."),
    (
        CHECK,
        "draw: {items: all}",
        "draw: {items: all, bank: first-steps, count: 1}",
        "`items: all` stands beside a draw from banks.",
    ),
    # pathways
    (
        PATHWAY,
        "quizzes: {required: [module-first-steps]}",
        "quizzes: {required: [module-first]}",
        "There is no quiz `module-first`.",
    ),
    (
        PATHWAY,
        "quizzes: {required: [module-first-steps]}",
        "quizzes: {required: [small-exam]}",
        "`small-exam` is not a module quiz.",
    ),
    (PATHWAY, "exam: {quiz: small-exam}", "exam: {quiz: module-first-steps}", "`module-first-steps` is not an exam."),
    (PATHWAY, "exam: {quiz: small-exam}", "exam: {quiz: exam}", "There is no quiz `exam`."),
    (PATHWAY, "[first-steps/turning-point]", "[first-steps/turning]", "There is no narrative `first-steps/turning`."),
    (PATHWAY, "[first-steps/homework-1]", "[first-steps/homework-2]", "There is no homework `first-steps/homework-2`."),
    (PATHWAY, "{peer-role: {min_minutes: 60}}", "{peer: {min_minutes: 60}}", "There is no competency `peer`."),
    (PATHWAY, "modules: [first-steps]", "modules: [first-steps, first-steps]", "`first-steps` is listed twice."),
    (PATHWAY, "max_minutes: 30}", "max_minutes: 20}", "`homework` asks for more minutes than it lets count."),
    (
        PATHWAY,
        "{min_minutes: 30, max",
        "{counts: false, min_minutes: 30, max",
        "`homework` asks for minutes that do not count.",
    ),
    (
        PATHWAY,
        "total_minutes: 100",
        "total_minutes: 80",
        "The kinds of hour ask for 90 minutes together, and the total for 80.",
    ),
    (
        PATHWAY,
        "has completed the small",
        "has completed the state-approved small",
        "“state-approved” claims an approval",
    ),
    (
        PATHWAY,
        "approval: null",
        'approval: {number: "7", valid_from: 2027-01-01, valid_to: 2026-01-01}',
        "The approval ends before it begins.",
    ),
    # support lines
    (CRISIS, "strip: true", "strip: false", "No line is on the strip at the top of every page."),
    (CRISIS, 'text: "741741"', "text: null", "`texting` can be neither called, texted nor written to."),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), SLIPS, ids=[says[:50] for *_, says in SLIPS])
def test_one_slip_is_one_problem_on_its_line(sample: Sample, file: str, old: str, new: str, says: str) -> None:
    sample.swap(file, old, new)
    found = sample.one()
    assert str(found).startswith(f"{file}:{found.line}: ")
    assert says in str(found)
    assert found.how
    text = (sample.root / file).read_text().splitlines()
    assert 1 <= found.line <= len(text) + 1


CONSEQUENCES: list[tuple[str, str, str, str]] = [
    (BANK, "module: first-steps", "module: first", "There is no module `first`."),
    (PROGRAMME, "[first-steps]", "[first-step]", "There is no module folder `first-step`. Did you mean `first-steps`?"),
    (COMPETENCIES, "- {id: listening,", "- {id: peer-role,", "The competency `peer-role` stands here twice."),
    (CHECK, "for: walking-beside", "for: walking-besides", "There is no lesson `walking-besides`."),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), CONSEQUENCES, ids=[says[:50] for *_, says in CONSEQUENCES])
def test_a_slip_with_consequences_is_among_the_problems(
    sample: Sample, file: str, old: str, new: str, says: str
) -> None:
    sample.swap(file, old, new)
    found = sample.problems()
    assert any(problem.file == file and says in str(problem) for problem in found), list(map(str, found))


def test_the_line_is_the_line_of_the_slip(sample: Sample) -> None:
    sample.swap(LESSON, "{{crisis:988}}", "{{crisis:989}}")
    text = (sample.root / LESSON).read_text().splitlines()
    assert "{{crisis:989}}" in text[sample.one().line - 1]


def test_both_numbers_of_the_minutes_are_said(sample: Sample) -> None:
    sample.swap(LESSON, "minutes: 10\npractice", "minutes: 600\npractice")
    words = str(sample.one())
    assert "the Mergener formula allows 20" in words
    assert "reading, questions and practice come to 36" in words
    assert "Claim 20 or fewer." in words


OPTION = "correct: true, "
ITEM_SLIPS: list[tuple[Callable[[str], str], str]] = [
    (lambda text: text.replace(OPTION, "", 1), "`fs-001` has 0 right answers."),
    (
        lambda text: text.replace('{text: "Explain', '{correct: true, text: "Explain', 1),
        "`fs-001` has 2 right answers.",
    ),
    (lambda text: text.replace("type: single", "type: multiple", 1), "`fs-001` has 1 right answers."),
    (lambda text: text.replace("type: single", "type: true_false", 1), "`fs-001` must have the options True and False"),
    (
        lambda text: text.replace("Pass on to staff fs-001", "Ask them first about FS-001"),
        "Two options of `fs-001` say the same.",
    ),
    (lambda text: text.replace("Explain at length fs-001", "All of the above"), "`fs-001` points at other options."),
    (lambda text: text.replace("Esi brings", "{{crisis:988}} brings"), "`fs-001` holds a support line mark"),
    (lambda text: text.replace("lesson: walking-beside", "lesson: walking", 1), "There is no lesson `walking`."),
    (
        lambda text: text.replace("id: fs-002", "id: fs-001"),
        "The question `fs-001` stands in quizzes/banks/first-steps.yaml already.",
    ),
    (
        lambda text: text.replace("id: fs-002", "id: fs-c1-1"),
        "The question `fs-c1-1` stands in quizzes/lesson-walking-beside.yaml already.",
    ),
]


@pytest.mark.parametrize(("spoil", "says"), ITEM_SLIPS, ids=[says for _, says in ITEM_SLIPS])
def test_a_broken_question_is_named(sample: Sample, spoil: Callable[[str], str], says: str) -> None:
    sample.write(BANK, spoil((sample.root / BANK).read_text()))
    assert any(says in str(problem) for problem in sample.problems()), list(map(str, sample.problems()))


def test_a_question_needs_four_options(sample: Sample) -> None:
    text = (sample.root / BANK).read_text()
    line = next(line for line in text.splitlines() if "Explain at length fs-001" in line)
    sample.write(BANK, text.replace(line + "\n", ""))
    assert sample.one().what == "`fs-001` has 3 options."


def test_true_and_false_make_a_sound_question(sample: Sample) -> None:
    text = (
        (sample.root / BANK).read_text().rstrip()
        + """
  - id: fs-003
    type: true_false
    competencies: [listening]
    difficulty: 1
    lesson: walking-beside
    stem: You decide for the person.
    options:
      - {text: "True", feedback: They decide.}
      - {text: "False", correct: true, feedback: They decide.}
    rationale: The person decides.
"""
    )
    sample.write(BANK, text)
    assert sample.problems() == ()


def test_the_same_stem_twice_and_a_near_one_are_errors(sample: Sample) -> None:
    stem = "Esi brings bread and asks you to keep it secret from the others in the house."
    bank = "title: B\nmodule: first-steps\nitems:" + MORE + item("fs-001", stem) + item("fs-002", stem, 2, "listening")
    sample.write(BANK, bank + "\n")
    assert [(p.severity, p.what) for p in sample.problems()] == [("error", "`fs-002` asks the same as `fs-001`.")]
    sample.write(BANK, bank.replace(stem, stem.replace("Esi", "Uma"), 1) + "\n")
    assert [(p.severity, p.what) for p in sample.problems()] == [("error", "`fs-002` is nearly the same as `fs-001`.")]


def test_a_check_may_not_give_away_a_question_of_the_bank(sample: Sample) -> None:
    sample.swap(BANK, STEMS[4], STEMS[0])
    assert [(p.file, p.what) for p in sample.problems()] == [(BANK, "`fs-001` asks the same as `fs-c1-1`.")]


def bank(rights: list[int], longer: int = 0) -> str:
    rows = []
    for at, right in enumerate(rights):
        stem = f"{NAMES[at]} speaks about the {THINGS[at]} and number {at} of {at * 7}."
        row = item(f"fs-{at:03}", stem, right, "peer-role" if at else "listening")
        rows.append(row.replace(OPTION, OPTION, 1) if at >= longer else _lengthened(row))
    return "title: B\nmodule: first-steps\nitems:" + "".join(rows) + "\n"


def _lengthened(row: str) -> str:
    lines = row.split("\n")
    return "\n".join(line.replace('", correct', ' and then wait for as long as it takes", correct') for line in lines)


SPREAD = [0, 1, 2, 3] * 4


@pytest.mark.parametrize(
    ("rights", "severity"),
    [(SPREAD, None), ([0] * 4 + SPREAD[:12], "warning"), ([0] * 10 + SPREAD[:6], "error"), ([2] * 16, "error")],
)
def test_a_favourite_place_for_the_right_answer_is_reported(
    sample: Sample, rights: list[int], severity: str | None
) -> None:
    sample.write(BANK, bank(rights))
    found = [p for p in sample.problems() if "The right answer is option" in p.what]
    assert [p.severity for p in found] == ([severity] if severity else [])


@pytest.mark.parametrize(("longer", "severity"), [(0, None), (6, None), (8, "warning"), (12, "error")])
def test_a_right_answer_that_is_often_the_longest_is_reported(
    sample: Sample, longer: int, severity: str | None
) -> None:
    sample.write(BANK, bank([1, 2, 3, 1] * 4, longer))
    found = [p for p in sample.problems() if "the longest" in p.what]
    assert [p.severity for p in found] == ([severity] if severity else [])


def test_a_short_check_may_not_keep_one_place_throughout(sample: Sample) -> None:
    text = "title: C\nkind: lesson\nfor: walking-beside\ntime_limit_minutes: null\nattempts: null\npass_percent: 80\n"
    text += "draw: {items: all}\nreview: feedback\nitems:"
    rows = [item(f"c-{at}", f"{NAMES[at]} speaks about {THINGS[at]}.", 1) for at in range(5)]
    sample.write(CHECK, text + "".join(rows) + "\n")
    assert sample.one().what == "The right answer is always in the same place."


@pytest.mark.parametrize("count", [3, 7])
def test_a_check_has_four_to_six_questions(sample: Sample, count: int) -> None:
    text = (sample.root / CHECK).read_text().split("\nitems:")[0] + "\nitems:"
    rows = [item(f"c-{at}", f"{NAMES[at]} speaks about {THINGS[at]}.", at % 4) for at in range(count)]
    sample.write(CHECK, text + "".join(rows) + "\n")
    assert sample.one().what == f"This check has {count} questions."


def test_a_lesson_without_a_check_is_a_warning(sample: Sample) -> None:
    sample.remove(CHECK)
    found = sample.one()
    assert (found.severity, found.what) == ("warning", "The lesson has no check.")


def test_two_quizzes_for_one_subject_are_one_too_many(sample: Sample) -> None:
    sample.write("quizzes/second.yaml", (sample.root / QUIZ).read_text())
    assert sample.one().what == "`first-steps` has two quizzes of kind module."


def test_a_programme_may_have_several_exams(sample: Sample) -> None:
    sample.write("quizzes/other-exam.yaml", (sample.root / EXAM).read_text())
    assert sample.problems() == ()


def test_a_picture_needs_words_and_a_release_has_no_room_for_it(sample: Sample) -> None:
    sample.swap(LESSON, "### A limit", "### A limit\n\n![](chair.png)\n")
    assert [p.what for p in sample.problems()] == [
        "Pictures are not part of a release yet.",
        "The picture `chair.png` has no words.",
    ]


def test_a_support_line_inside_an_address_is_refused(sample: Sample) -> None:
    sample.swap(LESSON, "### A limit", "### A limit\n\n[call](tel:{{crisis:988}})\n")
    assert [p.what for p in sample.problems()] == ["A support line stands inside an address."]


HARD = (
    "Institutional accountability necessitates interdisciplinary collaboration regarding psychiatric hospitalization. "
)
SHORT = "You stay. You ask. You wait. "


@pytest.mark.parametrize(
    ("more", "severity"),
    [("", None), (HARD * 7, None), (HARD * 9, "warning"), (HARD * 11, "error"), (SHORT * 6, "warning"), (SHORT * 20, "error")],
)  # fmt: skip
def test_a_lesson_that_is_harder_or_choppier_than_its_readers_need_is_reported(
    sample: Sample, more: str, severity: str | None
) -> None:
    sample.swap(LESSON, "### A limit", "### A limit\n\n" + more)
    found = [p for p in sample.problems() if "The reading grade is" in p.what]
    assert [p.severity for p in found] == ([severity] if severity else [])
    assert all("7 to 9.5" in p.how for p in found)


@pytest.mark.parametrize(("times", "severity"), [(11, "warning"), (14, "error")])
def test_a_guide_may_be_plain_but_not_hard(sample: Sample, times: int, severity: str) -> None:
    sample.swap(MEETING, "Chairs.", SHORT * 40)
    assert sample.problems() == ()
    sample.swap(MEETING, "Say hello.", HARD * times)
    assert [p.severity for p in sample.problems()] == [severity]


@pytest.mark.parametrize("count", [3, 7])
def test_a_lesson_of_another_length_is_a_warning(sample: Sample, count: int) -> None:
    sample.write(LESSON, (sample.root / LESSON).read_text().replace(WORDS, "\n\n".join([SCENE] * count)))
    assert [(p.severity, "1,200 to 2,300" in p.how) for p in sample.problems()] == [("warning", True)]


def test_a_module_without_meeting_homework_or_a_large_bank_is_a_warning(sample: Sample) -> None:
    sample.remove(MEETING)
    sample.remove(HOMEWORK)
    sample.swap(BANK, MORE, "")
    sample.swap(PATHWAY, "homework: {required: [first-steps/homework-1]}", "homework: {required: []}")
    sample.swap(PATHWAY, "version: 1", "version: 1\noffered: false")
    assert [(p.file, p.severity, p.what) for p in sample.problems()] == [
        (MODULE, "warning", "The banks of this module hold 2 questions."),
        (MODULE, "warning", "This module has no homework."),
        (MODULE, "warning", "This module has no meeting."),
    ]


def test_a_programme_whose_median_lesson_is_too_hard_is_an_error(sample: Sample) -> None:
    sample.swap(LESSON, "level: 2", "level: 3")
    assert sample.problems() == ()
    sample.swap(LESSON, "level: 3", "level: 4")
    found = sample.one()
    assert (found.file, found.severity) == (PROGRAMME, "error")
    assert found.what == "Half of the lessons have a difficulty of 4 or more."


def second_lesson(sample: Sample, text: str) -> None:
    """Write a lesson that is sound but for a paragraph."""
    head, _, body = (sample.root / LESSON).read_text().partition("\n---\n")
    words = " ".join(
        f"Then they tell you about the {thing} at home, and {name} listens."
        for name, thing in zip(NAMES, THINGS, strict=True)
    )
    body = body.replace(WORDS, words + "\n").replace("## To keep\n", f"## To keep\n\n{text}\n")
    sample.write(LESSON.replace("01-walking-beside", "02-second"), f"{head}\n---\n{body}")


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (SCENE, "error"),
        (SCENE.replace("**", "").replace("letter", "note"), "warning"),
        ("You do not have to fix it.", None),
    ],
)
def test_two_lessons_share_no_paragraph(sample: Sample, text: str, severity: str | None) -> None:
    second_lesson(sample, text)
    found = [p for p in sample.problems() if "in the lesson `walking-beside` too" in p.what]
    assert [p.severity for p in found] == ([severity] if severity else [])
    for problem in found:
        lines = (sample.root / problem.file).read_text().splitlines()
        assert lines[problem.line - 1].startswith("You sit beside a person")


@pytest.mark.parametrize(
    ("url", "severity"),
    [
        ("https://example.org/a_(b)", None), ("https://example.org/a...", None), ("http://example.org/a", "warning"),
        ("https://example/a", "error"), ("https://example.org/a.", "error"), ("https://a@example.org/", "error"),
        ("https://example..org/", "error"), ("https://example.org:99999/", "error"),
    ],
)  # fmt: skip
def test_the_address_of_a_source_is_whole_and_https(sample: Sample, url: str, severity: str | None) -> None:
    for file, old in (
        (LESSON, "https://example.org/a"),
        (PATHWAY, "https://example.org/rule"),
        (CRISIS, "https://example.org/text"),
        (COMPETENCIES, "https://example.org/framework"),
    ):
        sample.swap(file, old, url)
        found = sample.problems()
        assert [(p.file, p.severity) for p in found] == ([(file, severity)] if severity else [])
        assert all(url in (sample.root / p.file).read_text().splitlines()[p.line - 1] for p in found)
        sample.swap(file, url, old)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("Call 988 now.", True), ("In 1988 it began.", False), ("See [them](https://988lifeline.org/988).", False), ("Text 741-741.", True), ("Room 9881.", False)],
)  # fmt: skip
def test_the_number_of_a_line_is_never_typed(sample: Sample, text: str, wrong: bool) -> None:
    sample.swap(LESSON, "### A limit", f"### A limit\n\n{text}\n")
    assert ["is typed here" in p.what for p in sample.problems()] == ([True] if wrong else [])


@pytest.mark.parametrize("file", [MODULE, BANK])
def test_a_dead_link_outside_lessons_is_found(sample: Sample, file: str) -> None:
    sample.swap(file, {MODULE: "Read this", BANK: "Esi brings"}[file], "See [it](../x.md) and")
    assert sample.one().what == "The link `../x.md` leads nowhere."


@pytest.mark.parametrize(("shorter", "severity"), [(6, None), (8, "warning"), (12, "error")])
def test_a_right_answer_that_is_often_the_shortest_is_reported(
    sample: Sample, shorter: int, severity: str | None
) -> None:
    rows = bank([1, 0, 3, 1] * 4).split("\n  - id:")
    short = [
        row.replace('", correct', '", correct') if at > shorter else _shortened(row) for at, row in enumerate(rows)
    ]
    sample.write(BANK, "\n  - id:".join(short))
    found = [p for p in sample.problems() if "the shortest" in p.what]
    assert [p.severity for p in found] == ([severity] if severity else [])


def _shortened(row: str) -> str:
    return "\n".join(
        '      - {text: "No.", correct: true, feedback: "So."}' if "correct" in line else line
        for line in row.split("\n")
    )


@pytest.mark.parametrize(("right", "word"), [(0, "longest"), (2, "shortest")])
def test_a_short_check_whose_right_answers_all_stand_out_by_length_is_a_warning(
    sample: Sample, right: int, word: str
) -> None:
    text = (sample.root / CHECK).read_text().split("\nitems:")[0] + "\nitems:"
    rows = [item(f"c-{at}", f"{NAMES[at]} asks about {THINGS[at]}.", right) for at in range(4)]
    sample.write(CHECK, text + "".join(rows) + "\n")
    assert f"The right answer is always the {word}." in [p.what for p in sample.problems() if p.severity == "warning"]


@pytest.mark.parametrize(
    ("as_of", "stale"),
    [(None, 0), (date(2026, 11, 23), 0), (date(2027, 5, 22), 0), (date(2027, 5, 23), 2)],
)
def test_a_support_line_grows_stale_after_half_a_year_and_only_warns(
    sample: Sample, as_of: date | None, stale: int
) -> None:
    found = sample.problems(as_of)
    assert len(found) == stale
    assert all(problem.severity == "warning" for problem in found)


def test_a_line_nobody_checked_is_a_warning(sample: Sample) -> None:
    sample.swap(CRISIS, "verified_on: 2026-11-23", "verified_on: null")
    assert [p.severity for p in sample.problems(date(2026, 11, 23))] == ["warning", "warning"]


def test_two_lines_of_one_id_are_an_error(sample: Sample) -> None:
    sample.swap(CRISIS, "id: texting", 'id: "988"')
    assert sample.one().what == "The line `988` stands here twice."


def test_the_order_of_modules_is_the_order_of_folders(sample: Sample) -> None:
    sample.write("curriculum/modules/00-before/module.yaml", (sample.root / MODULE).read_text())
    sample.swap(PROGRAMME, "[first-steps]", "[first-steps, before]")
    assert "The order of modules differs from the numbers of their folders." in [p.what for p in sample.problems()]


def test_a_folder_outside_the_programme_is_reported(sample: Sample) -> None:
    sample.write("curriculum/modules/02-more/module.yaml", (sample.root / MODULE).read_text())
    assert "The module `more` is not in the programme." in [p.what for p in sample.problems()]


def test_one_id_has_one_folder_and_one_number_one_module(sample: Sample) -> None:
    sample.write("curriculum/modules/02-first-steps/module.yaml", (sample.root / MODULE).read_text())
    assert "The module `first-steps` has two folders." in [p.what for p in sample.problems()]
    sample.write("curriculum/modules/01-more/module.yaml", (sample.root / MODULE).read_text())
    assert "Two modules have the number 01." in [p.what for p in sample.problems()]


def test_a_lesson_id_is_used_once_in_the_programme(sample: Sample) -> None:
    sample.write(LESSON.replace("01-walking", "02-walking"), (sample.root / LESSON).read_text())
    assert "There are two lessons `walking-beside`." in [p.what for p in sample.problems()]
    sample.write(LESSON.replace("01-walking-beside", "01-other"), (sample.root / LESSON).read_text())
    assert "Two files of this module have the number 1." in [p.what for p in sample.problems()]


def test_a_level_order_and_a_missing_next_step_are_reported(sample: Sample) -> None:
    text = (sample.root / RUBRIC).read_text()
    sample.write(RUBRIC, text.replace(", next: Tell one moment.", "", 1))
    assert sample.one().what == "The lowest level of `moment` does not say what to do next."
    sample.write(RUBRIC, text.replace("points: 3, name: strong", "points: 2, name: strong", 1))
    assert "must have four levels" in sample.one().what


def test_work_of_a_module_that_is_not_asked_for_is_reported(sample: Sample) -> None:
    sample.write("curriculum/modules/02-more/module.yaml", (sample.root / MODULE).read_text())
    sample.swap(PROGRAMME, "[first-steps]", "[first-steps, more]")
    sample.swap(PATHWAY, "modules: [first-steps]", "modules: [more]")
    found = [p.what for p in sample.problems()]
    assert "`first-steps/homework-1` belongs to a module that this pathway does not ask for." in found


def test_a_broken_file_is_reported_once_and_not_again_by_those_who_name_it(sample: Sample) -> None:
    for name in (LESSON, BANK, RUBRIC, NARRATIVE, HOMEWORK):
        sample.swap(name, "title:", "titel:")
    found = sample.problems()
    assert {problem.file for problem in found} == {LESSON, BANK, RUBRIC, NARRATIVE, HOMEWORK}
    assert all("titel" in problem.what or "title" in problem.what for problem in found if problem.file != BANK)


def test_everything_is_reported_at_once(sample: Sample) -> None:
    sample.swap(LESSON, "peer-role: 70", "peer-role: 60")
    sample.swap(QUIZ, "count: 2", "count: 26")
    sample.swap(CRISIS, "strip: true", "strip: false")
    assert [problem.file for problem in sample.problems()] == [CRISIS, LESSON, QUIZ]
