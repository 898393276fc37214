"""Lessons, meetings, homework, narratives and rubrics: minutes that can be defended, agendas that add up, levels that are whole."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lms.curriculum.rules import hours
from lms.curriculum.rules.known import repeated
from lms.curriculum.rules.schema import HomeworkIn, LessonIn, MeetingIn, NarrativeIn, RubricIn
from lms.curriculum.rules.tree import File, Problem, Tree

PARTS = range(3, 7)
CRITERIA = range(4, 7)
_POINTS = [3, 2, 1, 0]
_MEETING_PARTS = (
    "Room and video set-up",
    "Access notes",
    "Block by block",
    "Role-play cards",
    "Debrief",
    "If someone is distressed",
    "Closing and what to record",
)
_HOMEWORK_PARTS = ("What to do", "What to hand in", "Participant sheet")


def check(tree: Tree) -> Iterator[Problem]:
    """Report what the pieces of a module claim and cannot show."""
    questions = {file.data.subject: len(file.data.items) for file in tree.quizzes if file.data.kind == "lesson"}
    for module in tree.modules:
        for lesson in module.lessons:
            yield from _lesson(lesson, questions.get(lesson.id))
        for meeting in module.meetings:
            yield from _meeting(meeting)
        for homework in module.homework:
            yield from _homework(homework)
        for narrative in module.narratives:
            yield from _narrative(narrative)
    for rubric in tree.rubrics:
        yield from _rubric(rubric)


def _lesson(file: File[LessonIn], questions: int | None) -> Iterator[Problem]:
    if file.opening is not None:
        yield file.problem(file.body_line, "There is text before the first `## `.", "Move it under a part.")
    if not file.parts:
        yield file.problem(file.body_line, "The lesson has no part.", "Begin each part with a line `## Title`.")
        return
    yield from _parts(file)
    if len(file.parts) not in PARTS:
        how = f"{PARTS[0]} to {PARTS[-1]} parts read well on a phone."
        yield file.problem(file.parts[0].line, f"The lesson has {len(file.parts)} parts.", how, "warning")
    if questions is None:
        yield file.problem(
            1, "The lesson has no check.", f"Write a quiz with `kind: lesson` and `for: {file.id}`.", "warning"
        )
    yield from _minutes(file, questions or 0)


def _parts(file: File[Any]) -> Iterator[Problem]:
    for at, title in repeated(part.title for part in file.parts):
        yield file.problem(file.parts[at].line, f"Two parts are called “{title}”.", "Give each its own title.")
    for part in file.parts:
        if not part.title:
            yield file.problem(part.line, "This part has no title.", "Write one after `## `.")
        if part.page.words == 0:
            yield file.problem(part.line, f"The part “{part.title}” is empty.", "Write it, or take the heading out.")


def _minutes(file: File[LessonIn], questions: int) -> Iterator[Problem]:
    data, words = file.data, file.words
    formula = hours.mergener(words, questions, data.difficulty.level)
    reading = hours.reading(words, questions, data.practice_minutes)
    if data.minutes <= min(formula, reading):
        return
    what = (
        f"The lesson claims {data.minutes} minutes; with {words:,} words and {questions} questions the Mergener formula allows "
        f"{formula}, and reading, questions and practice come to {reading}."
    )
    yield file.problem(file.line("minutes"), what, f"Claim {min(formula, reading)} or fewer.")


def _meeting(file: File[MeetingIn]) -> Iterator[Problem]:
    agenda = file.data.agenda
    total = sum(block.minutes for block in agenda if not block.is_break)
    if total != file.data.minutes:
        what = f"The agenda has {total} minutes without its breaks, and `minutes` says {file.data.minutes}."
        yield file.problem(file.line("minutes"), what, "Make them equal.")
    yield from _parts_named(file, _MEETING_PARTS)
    headings = Counter(heading for part in file.parts for heading in part.page.headings)
    for at, block in enumerate(agenda):
        if not block.is_break and block.title not in headings:
            how = f"Under `## Block by block` write a heading `### {block.title}`."
            yield file.problem(file.line("agenda", at), f"The block “{block.title}” has no text.", how, "warning")


def _homework(file: File[HomeworkIn]) -> Iterator[Problem]:
    yield from _parts_named(file, _HOMEWORK_PARTS)


def _parts_named(file: File[Any], wanted: tuple[str, ...]) -> Iterator[Problem]:
    titles = {part.title for part in file.parts}
    for title in wanted:
        if title not in titles:
            yield file.problem(
                file.body_line, f"The part “{title}” is missing.", f"Add a line `## {title}`.", "warning"
            )
    yield from _parts(file)


def _narrative(file: File[NarrativeIn]) -> Iterator[Problem]:
    if file.data.words.low > file.data.words.high:
        yield file.problem(file.line("words"), "`from` is more than `to`.", "Turn them round.")
    if not file.body.strip():
        yield file.problem(file.body_line, "The narrative has no instructions.", "Write them under the head.")


def _rubric(file: File[RubricIn]) -> Iterator[Problem]:
    data = file.data
    most = 3 * len(data.criteria)
    if data.needed.points > most:
        how = f"{len(data.criteria)} criteria give at most {most} points."
        yield file.problem(file.line("pass", "points"), f"{data.needed.points} points can never be reached.", how)
    if len(data.criteria) not in CRITERIA:
        how = f"{CRITERIA[0]} to {CRITERIA[-1]} can be read fairly."
        yield file.problem(file.line("criteria"), f"The rubric has {len(data.criteria)} criteria.", how, "warning")
    for at, id_ in repeated(criterion.id for criterion in data.criteria):
        yield file.problem(
            file.line("criteria", at), f"The criterion `{id_}` stands here twice.", "Give each its own id."
        )
    for at, criterion in enumerate(data.criteria):
        line = file.line("criteria", at, "levels")
        if [level.points for level in criterion.levels] != _POINTS:
            yield file.problem(
                line,
                f"`{criterion.id}` must have four levels with 3, 2, 1 and 0 points, in this order.",
                "Mend the levels.",
            )
        elif not criterion.levels[-1].next.strip():
            yield file.problem(
                line, f"The lowest level of `{criterion.id}` does not say what to do next.", "Add `next:` to it."
            )
