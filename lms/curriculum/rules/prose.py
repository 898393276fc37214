"""Is the text fit to be read: links that lead somewhere, pictures described, support lines that exist, plain words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lms.curriculum.rules.known import Known
from lms.curriculum.rules.schema import LessonIn
from lms.curriculum.rules.text import CALLOUT, CRISIS, outside_code
from lms.curriculum.rules.tree import File, Memo, Problem, Rendered, Severity, Tree

TOO_EASY, LEAST, MOST, TOO_HARD = 6.5, 7.0, 9.5, 10.0
"""The reading grade of a lesson: between the inner two nothing is said, outside the outer two it must be changed."""
HARD, MUCH_TOO_HARD = 9.0, 10.0
"""For what stands around the lessons: above the first it is reported, above the last it must be changed."""

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")
_KEPT_TAGS = {"i", "br", "sup", "sub", "abbr"}
_BRACES = re.compile(r"\{\{.*?(?:\}\}|$)")
_DIGITS = re.compile(r"(?<![\w.-])\+?\d[\d ().-]*\d(?![\w])")
_WHOLE = 11
"""The digits of a number with the country's `1` in front; 1988 is a year."""
_ADDRESS = re.compile(r"\]\([^)]*\)|<?https?://\S+")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]*)")
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
            first, overview = module.head.line("overview") + 1, module.head.data.overview
            yield from _lines(module.head, first, overview, names)
            yield from _typed_links(module.head, first, overview)
    for holder, at, item in tree.items():
        for text in (
            item.stem,
            item.rationale,
            item.guide,
            *(t for one in item.options for t in (one.text, one.feedback)),
        ):
            yield from _typed_links(holder, holder.line("items", at), text)
    for file in _documents(tree):
        yield from _fields(file)
        yield from _grade(file, tree.memo)


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
    for typed in _DIGITS.findall(_ADDRESS.sub("", _BRACES.sub("", line))):
        digits = re.sub(r"\D", "", typed)
        id_ = names.numbers.get(digits if len(digits) < _WHOLE else digits.removeprefix("1")[-10:])
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


def _typed_links(file: File[Any], first: int, text: str) -> Iterator[Problem]:
    """Report links of a text that is no page of its own, where a heading of the same part cannot be meant."""
    for found in _LINK.finditer(text) if "](" in text else ():
        if not _OUT.match(found[1]):
            line = first + text.count("\n", 0, found.start())
            how = "Write the whole address, beginning with https://."
            yield file.problem(line, f"The link `{found[1]}` leads nowhere.", how)


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


def _grade(file: File[Any], memo: Memo) -> Iterator[Problem]:
    blocks = [block for part in file.parts for block in part.page.prose]
    grade = memo.grade(blocks)
    if not isinstance(file.data, LessonIn):
        yield from too_hard(file, file.body_line, grade)
    elif grade is not None and not LEAST <= grade <= MOST:
        severity: Severity = "warning" if TOO_EASY <= grade <= TOO_HARD else "error"
        yield file.problem(file.body_line, f"The reading grade is {grade}.", _how(grade), severity)


def _how(grade: float) -> str:
    if grade > MOST:
        return f"A lesson reads at {LEAST:g} to {MOST:g}: shorten sentences and choose shorter words."
    return f"A lesson reads at {LEAST:g} to {MOST:g}: join some sentences so that reasons and steps hang together."


def too_hard(file: File[Any], line: int, grade: float | None) -> Iterator[Problem]:
    """Report a text around the lessons (a guide, homework, questions) that is hard to read; plain words are no fault there."""
    if grade is not None and grade > HARD:
        how = f"It should be {HARD:g} or less: shorten sentences and choose shorter words."
        what = f"The reading grade is {grade}."
        yield file.problem(line, what, how, "error" if grade > MUCH_TOO_HARD else "warning")
