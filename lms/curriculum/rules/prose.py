"""Is the text fit to be read: links that lead somewhere, pictures described, support lines that exist, plain words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lms.curriculum.rules import reading
from lms.curriculum.rules.known import Known
from lms.curriculum.rules.schema import LessonIn
from lms.curriculum.rules.text import CALLOUT, CRISIS, outside_code
from lms.curriculum.rules.tree import File, Problem, Rendered, Tree

EASY, HARD, TOO_HARD = 5.0, 10.5, 11.5
"""Below and above, a text is reported; above the last it must be changed. Plain words are never an error."""

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")
_KEPT_TAGS = {"i", "br", "sup", "sub", "abbr"}
_BRACES = re.compile(r"\{\{.*?(?:\}\}|$)")
_DIGITS = re.compile(r"\+?\d[\d ().-]{3,}\d")
_OUT = re.compile(r"(?:https?://|mailto:|tel:|sms:)\S+\Z")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some Markdown as written, the line it begins on, and how it renders."""

    file: File[Any]
    line: int
    text: str
    page: Rendered


def check(tree: Tree, names: Known) -> Iterator[Problem]:
    """Report what a reader would stumble over."""
    for stretch in _stretches(tree):
        yield from _lines(stretch.file, stretch.line, stretch.text, names)
        yield from _links(stretch)
        yield from _pictures(stretch)
    for module in tree.modules:
        if module.head is not None:
            yield from _lines(module.head, module.head.line("overview") + 1, module.head.data.overview, names)
    for file in _documents(tree):
        yield from _fields(file)
        yield from _grade(file)


def _documents(tree: Tree) -> Iterator[File[Any]]:
    for module in tree.modules:
        yield from module.documents


def _stretches(tree: Tree) -> Iterator[Stretch]:
    for file in _documents(tree):
        if file.opening is not None:
            before = file.body.split("\n## ", 1)[0]
            yield Stretch(file, file.body_line, before, file.opening)
        for part in file.parts:
            yield Stretch(file, part.line + 1, part.text, part.page)


def _lines(file: File[Any], first: int, text: str, names: Known) -> Iterator[Problem]:
    for number, line in outside_code(text, first):
        bare = line.strip()
        if bare.startswith("!!!") and not CALLOUT.match(bare):
            how = 'Write `!!! kind "Title"` with practice, reflection, grounding, example or keep, and straight quotes.'
            yield file.problem(number, "This callout is not understood.", how)
        if re.match(r"#\s", bare):
            yield file.problem(number, "`# ` is the title's own heading.", "Use `## ` for a part and `###` inside it.")
        for tag in _TAG.finditer(re.sub(r"`[^`]*`", "", line)):
            if tag[1].lower() not in _KEPT_TAGS:
                yield file.problem(
                    number, f"`<{tag[1]}>` is HTML and is taken out.", "Write it in Markdown.", "warning"
                )
        yield from _marks(file, number, line, names)
        yield from _numbers(file, number, line, names)


def _marks(file: File[Any], number: int, line: str, names: Known) -> Iterator[Problem]:
    for braces in _BRACES.finditer(line):
        mark = CRISIS.fullmatch(braces[0])
        if mark is None:
            yield file.problem(number, f"`{braces[0]}` is not understood.", "A support line is written {{crisis:988}}.")
        elif names.crisis is not None and mark[1] not in names.crisis:
            how = f"Use one of {', '.join(sorted(names.crisis))}, or add it to crisis-lines.yaml."
            yield file.problem(number, f"There is no support line `{mark[1]}`.", how)


def _numbers(file: File[Any], number: int, line: str, names: Known) -> Iterator[Problem]:
    for typed in _DIGITS.findall(line):
        id_ = names.numbers.get(re.sub(r"\D", "", typed).removeprefix("1")[-10:])
        if id_ is not None:
            how = f"Write {{{{crisis:{id_}}}}}, so that a corrected number reaches every reader."
            yield file.problem(number, f"The number of the support line `{id_}` is typed here.", how)


def _links(stretch: Stretch) -> Iterator[Problem]:
    for link in stretch.page.links:
        line = _find(stretch, link.removeprefix("#s-"))
        if CRISIS.search(link) or "%7B%7B" in link:
            yield stretch.file.problem(line, "A support line stands inside an address.", "Write {{crisis:…}} as text.")
        elif link.startswith("#"):
            if link[1:] not in stretch.page.ids:
                what = f"Nothing on this page is called `#{link.removeprefix('#s-')}`."
                yield stretch.file.problem(
                    line, what, "Link to a heading of the same part: its words in small letters, joined by dashes."
                )
        elif not _OUT.match(link):
            yield stretch.file.problem(
                line, f"The link `{link}` leads nowhere.", "Write the whole address, beginning with https://."
            )


def _pictures(stretch: Stretch) -> Iterator[Problem]:
    for source, words in stretch.page.images:
        line = _find(stretch, source)
        if not words.strip():
            yield stretch.file.problem(
                line, f"The picture `{source}` has no words.", "Say between the brackets what it shows."
            )
        yield stretch.file.problem(
            line, "Pictures are not part of a release yet.", "Say it in words, or draw it as a table."
        )


def _find(stretch: Stretch, needle: str) -> int:
    at = stretch.text.find(needle)
    return stretch.line + stretch.text.count("\n", 0, at) if at >= 0 and needle else stretch.line


def _fields(file: File[Any]) -> Iterator[Problem]:
    for name, value in file.data.model_dump(by_alias=True).items():
        if isinstance(value, str) and "{{" in value:
            yield file.problem(
                file.line(name),
                f"`{name}` holds a mark in braces, which is only filled in the text.",
                "Say it in words.",
            )


def _grade(file: File[Any]) -> Iterator[Problem]:
    blocks = [block for part in file.parts for block in part.page.prose]
    yield from graded(file, file.body_line, blocks, easy=EASY if isinstance(file.data, LessonIn) else None)


def graded(file: File[Any], line: int, blocks: list[str], easy: float | None = None) -> Iterator[Problem]:
    """Report a text that is hard to read; a lesson, which explains, is also told when it has become a list of short lines."""
    grade = reading.grade(blocks)
    if grade is None:
        return
    what = f"The reading grade is {grade}."
    if grade > HARD:
        how = f"It should be {HARD:g} or less: shorten sentences and choose shorter words."
        yield file.problem(line, what, how, "error" if grade > TOO_HARD else "warning")
    elif easy is not None and grade < easy:
        how = f"It should be {easy:g} or more: join some sentences so that reasons and steps hang together."
        yield file.problem(line, what, how, "warning")
