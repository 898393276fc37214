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
    try:
        return _Builder(text, first_line).document()
    except yaml.YAMLError as bad:
        raise _fault(bad, first_line) from None


class _Builder:
    """Builds the data straight from what the parser meets, so that a file is gone through once."""

    def __init__(self, text: str, first_line: int) -> None:
        self.events = yaml.parse(text, Loader=yaml.CSafeLoader)
        self.first_line = first_line
        self.lines: Lines = {}

    def document(self) -> Loaded:
        """Return the only document; an empty text holds none."""
        found = Loaded(None, {(): self.first_line})
        begun = False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if begun:
                    raise Fault(self.line(event), "A second document begins here.", "Take the line `---` out.")
                begun = True
            elif isinstance(event, yaml.DocumentEndEvent):
                if event.explicit:
                    raise Fault(self.line(event), "`...` ends the document early.", "Leave the line out.")
            elif not isinstance(event, (yaml.StreamStartEvent, yaml.StreamEndEvent)):
                found = Loaded(self.value(event, ()), self.lines)
        return found

    def line(self, event: yaml.Event) -> int:
        """Return the line of the file on which something begins."""
        return int(event.start_mark.line) + self.first_line if event.start_mark else self.first_line

    def value(self, event: yaml.Event, path: Path) -> Any:
        """Return the value that begins with `event`, and note its line."""
        line = self.line(event)
        self.lines.setdefault(path, line)
        self.refuse(event, line)
        if isinstance(event, yaml.ScalarEvent):
            return event.value if event.style else _scalar(event.value)
        if len(path) > _MAX_DEPTH:
            raise Fault(line, f"This is nested more than {_MAX_DEPTH} levels deep.", "Flatten it.")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        found: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.value(event, (*path, len(found))))
        return found

    def mapping(self, path: Path) -> dict[str, Any]:
        """Return the keys and values up to the end of the mapping."""
        found: dict[str, Any] = {}
        while not isinstance(key := next(self.events), yaml.MappingEndEvent):
            line = self.line(key)
            self.refuse(key, line)
            if not isinstance(key, yaml.ScalarEvent):
                raise Fault(line, "A key must be a word.", "Put a word before the colon.")
            here = (*path, key.value)
            if key.value in found:
                how = f"Keep one of them; the other is on line {self.lines[here]}."
                raise Fault(line, f"`{key.value}` stands here twice.", how)
            self.lines[here] = line
            found[key.value] = self.value(next(self.events), here)
        return found

    def refuse(self, event: yaml.Event, line: int) -> None:
        """Refuse names for values, which could fill the memory from a small file, and tags."""
        # Ten aliases of ten aliases … would fill the memory from a file of a few hundred bytes, so none is ever expanded.
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            how = "Write the value out, or put the text in quotes."
            raise Fault(line, "`&` and `*` names are not allowed here.", how)
        if getattr(event, "tag", None):
            raise Fault(line, "`!` tags are not allowed here.", "Leave the tag out, or put the text in quotes.")


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
