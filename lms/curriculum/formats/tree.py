"""One file of an author, from bytes to checked data; what does not fit becomes a problem in plain words."""

import difflib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lms.curriculum.formats.frontmatter import split
from lms.curriculum.formats.markdown import Pages, sections
from lms.curriculum.formats.yaml import Fault, decode, load
from lms.curriculum.rules.item_schema import FIGURE, SPAN
from lms.curriculum.rules.sheet import Sheet
from lms.curriculum.rules.tree import File, Lines, Part, Path, Problem, nearest

Data = TypeVar("Data", bound=Sheet)


def read_yaml(
    model: type[Data], raw: bytes, file: str, id_: str, found: list[Problem], number: int = 0
) -> File[Data] | None:
    """Read a YAML file as `model`; every problem goes to `found`, and None comes back when there is one."""
    return _guarded(file, found, lambda: _sheet(model, raw, file, id_, number))


def read_markdown(
    model: type[Data], raw: bytes, file: str, id_: str, found: list[Problem], pages: Pages, number: int = 0
) -> File[Data] | None:
    """Read a Markdown file with a head as `model`; every problem goes to `found`."""
    return _guarded(file, found, lambda: _document(model, raw, file, id_, number, pages))


def _guarded(file: str, found: list[Problem], read: Callable[[], File[Data]]) -> File[Data] | None:
    try:
        return read()
    except Fault as fault:
        found.append(Problem(file, fault.line, fault.what, fault.how))
    except _Misfit as misfit:
        found.extend(Problem(file, line, what, how) for line, what, how in misfit.faults)
    return None


def _sheet(model: type[Data], raw: bytes, file: str, id_: str, number: int) -> File[Data]:
    loaded = load(decode(raw))
    return File(file, id_, _fit(model, loaded.data, loaded.lines), loaded.lines, number)


def _document(model: type[Data], raw: bytes, file: str, id_: str, number: int, pages: Pages) -> File[Data]:
    text = split(decode(raw))
    data = _fit(model, text.head.data, text.head.lines)
    before, found = sections(text.body, text.body_line)
    parts = tuple(Part(s.title, s.line, s.text, pages.block(s.text)) for s in found)
    opening = pages.block(before) if before else None
    return File(file, id_, data, text.head.lines, number, parts, opening, text.body, text.body_line)


class _Misfit(Exception):
    """The data does not fit its model."""

    def __init__(self, faults: list[tuple[int, str, str]]) -> None:
        super().__init__()
        self.faults = faults


def _fit(model: type[Data], data: Any, lines: Lines) -> Data:
    try:
        return model.model_validate(data if data is not None else {})
    except ValidationError as bad:
        raise _Misfit([_explain(model, error, lines) for error in bad.errors(include_url=False)]) from None


def _explain(model: type[Sheet], error: ErrorDetails, lines: Lines) -> tuple[int, str, str]:
    path = tuple(step for step in error["loc"] if step != "[key]")
    name = ".".join(str(step) for step in path) or "the file"
    line = nearest(lines, path)
    if error["type"] == "missing":
        return line, f"`{name}` is missing.", "Add it."
    if error["type"] == "extra_forbidden":
        return line, f"`{name}` is not a key here.", _meant(model, path)
    what, how = _said(error)
    return line, f"`{name}` {what}.", how


def _said(error: ErrorDetails) -> tuple[str, str]:
    context = error.get("ctx", {})
    if error["type"] == "string_pattern_mismatch":
        return _pattern(str(context.get("pattern")))
    if error["type"] not in _WORDS:
        return "does not fit", error["msg"] + "."
    what, how = _WORDS[error["type"]]
    return what.format(**context), how.format(**context)


def _meant(model: type[Sheet], path: Path) -> str:
    known = {f.alias or name for m in (model, *_models(model)) for name, f in m.model_fields.items()}
    near = difflib.get_close_matches(str(path[-1]), known, 1)
    return f"Did you mean `{near[0]}`?" if near else "Take it out; docs/authoring.md lists the keys."


def _models(model: type[Sheet]) -> Iterator[type[Sheet]]:
    pending: list[Any] = [field.annotation for field in model.model_fields.values()]
    while pending:
        one = pending.pop()
        if isinstance(one, type) and issubclass(one, Sheet):
            yield one
            yield from _models(one)
        pending.extend(get_args(one))


def _pattern(pattern: str) -> tuple[str, str]:
    if pattern == r"\S":
        return "is empty", "Write something there."
    if "https?" in pattern:
        return "is not a web address", "Begin with https:// and leave no spaces."
    if pattern in (FIGURE, SPAN):
        return "is not a number here", "Write digits, with a point for decimals: 12 or 0.5."
    if r"\d{4}" in pattern:
        return "is not a date", "Write it as 2026-11-23."
    return "is not an id", "Use lower-case letters, digits and dashes, beginning with a letter, at most 60."


_WORDS = {
    "string_type": ("must be text", "Put it in quotes."),
    "string_too_short": ("is empty", "Write something there."),
    "string_too_long": ("is too long", "The most is {max_length} characters."),
    "int_type": ("must be a whole number", "Write digits only, without quotes."),
    "bool_type": ("must be true or false", "Write true or false, in small letters and without quotes."),
    "list_type": ("must be a list", "Write it as [one, two] or one per line after a dash."),
    "dict_type": ("must hold keys", "Write it as {{key: value}} or one key per line."),
    "model_type": ("must hold keys", "Write it as {{key: value}} or one key per line."),
    "too_short": ("needs at least {min_length}", "Add what is missing."),
    "literal_error": ("is none of the allowed words", "Use {expected}."),
    "greater_than_equal": ("is too small", "The least is {ge}."),
    "less_than_equal": ("is too big", "The most is {le}."),
    "value_error": ("is not a date that exists", "Write it as 2026-11-23."),
}
