"""A strict YAML: what you typed is what you get, with the line of every value.

Stock YAML reads `NO` as false and `12:30` as 750 and keeps the last of two equal keys. Here only true, false, null,
whole numbers and decimals are read as such; everything else is text, and a repeated key is an error.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from lms.curriculum.rules.tree import Lines, Path

MAX_BYTES = 1_000_000
_MAX_DEPTH = 40
_INT = re.compile(r"-?(0|[1-9][0-9]{0,15})\Z")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,15}\Z")
_WORDS = {"true": True, "false": False, "null": None, "": None, "~": None}


class Fault(Exception):
    """Something in a file that cannot be read: its line, what is wrong, and how to mend it."""

    def __init__(self, line: int, what: str, how: str) -> None:
        super().__init__(what)
        self.line, self.what, self.how = line, what, how


@dataclass(frozen=True, slots=True)
class Loaded:
    """The data of one YAML text, and on which line each value stands."""

    data: Any
    lines: Lines = field(default_factory=dict)


def decode(raw: bytes) -> str:
    """Turn a file's bytes into text; refuse what is too big, not UTF-8, or holds a NUL byte."""
    if len(raw) > MAX_BYTES:
        raise Fault(1, f"This file has {len(raw):,} bytes; the most is {MAX_BYTES:,}.", "Split it into smaller files.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = raw.count(b"\n", 0, bad.start) + 1
        raise Fault(
            line, "This line is not valid UTF-8.", "Save the file as UTF-8 and type the letter again."
        ) from None
    if "\0" in text:
        raise Fault(
            text.count("\n", 0, text.index("\0")) + 1, "This line holds a NUL byte.", "Delete the invisible character."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def load(text: str, first_line: int = 1) -> Loaded:
    """Read one YAML document; `first_line` is the line of the file on which `text` begins."""
    lines: Lines = {}
    try:
        _refuse_aliases(text, first_line)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as bad:
        raise _fault(bad, first_line) from None
    if node is None:
        return Loaded(None, {(): first_line})
    return Loaded(_build(node, (), lines, first_line), lines)


def _refuse_aliases(text: str, first_line: int) -> None:
    # Ten aliases of ten aliases … would fill the memory from a file of a few hundred bytes, so none is ever expanded.
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = (event.start_mark.line if event.start_mark else 0) + first_line
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Fault(
                line, "`&` and `*` names are not allowed here.", "Write the value out, or put the text in quotes."
            )
        if getattr(event, "tag", None):
            raise Fault(line, "`!` tags are not allowed here.", "Leave the tag out, or put the text in quotes.")
        if isinstance(event, yaml.DocumentEndEvent) and event.explicit:
            raise Fault(line, "`...` ends the document early.", "Leave the line out.")


def _build(node: yaml.Node, path: Path, lines: Lines, first_line: int) -> Any:
    lines.setdefault(path, node.start_mark.line + first_line)
    if len(path) > _MAX_DEPTH:
        raise Fault(lines[path], f"This is nested more than {_MAX_DEPTH} levels deep.", "Flatten it.")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, first_line)
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, (*path, at), lines, first_line) for at, child in enumerate(node.value)]
    return node.value if getattr(node, "style", None) else _scalar(node.value)


def _mapping(node: yaml.MappingNode, path: Path, lines: Lines, first_line: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + first_line
        if not isinstance(key, yaml.ScalarNode):
            raise Fault(line, "A key must be a word.", "Put a word before the colon.")
        if key.value in found:
            raise Fault(
                line,
                f"`{key.value}` stands here twice.",
                f"Keep one of them; the other is on line {lines[(*path, key.value)]}.",
            )
        lines[(*path, key.value)] = line
        found[key.value] = _build(value, (*path, key.value), lines, first_line)
    return found


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text


def _fault(bad: yaml.YAMLError, first_line: int) -> Fault:
    mark = getattr(bad, "problem_mark", None)
    line = (mark.line if mark else 0) + first_line
    problem = getattr(bad, "problem", None) or str(bad).splitlines()[0]
    how = "Check the indentation and the colons; put text that holds `: ` or starts with a special sign in quotes."
    return Fault(line, f"This is not YAML: {problem}.", how)
