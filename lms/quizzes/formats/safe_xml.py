"""XML from a stranger, read without any of its dangers, with the line of every element."""

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from lms.curriculum.formats.yaml import Fault
from lms.quizzes.formats.exchange import MAX_BYTES

_MAX_DEPTH = 40


@dataclass(slots=True)
class Node:
    """One element: its name, attributes, the text directly in it, and what stands inside."""

    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text directly in this element."""
        return "".join(self.pieces)

    def all(self, tag: str) -> list["Node"]:
        """Return every child of a name."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> "Node | None":
        """Return the first child of a name."""
        return next(iter(self.all(tag)), None)

    def said(self, *path: str) -> str:
        """Return the text at a path of names; empty if there is none."""
        node: Node | None = self
        for tag in path:
            node = node.first(tag) if node else None
        return node.text if node else ""


def parse(raw: bytes) -> Node:
    """Read XML in UTF-8; a document type or an entity of its own is refused.

    That is where a file reaches for more memory than there is, for other files, and for other machines.
    """
    if len(raw) > MAX_BYTES:
        raise Fault(1, f"This file has {len(raw):,} bytes; the most is {MAX_BYTES:,}.", "Split it into smaller files.")
    tree = _Tree()
    try:
        tree.parser.Parse(raw, True)
    except expat.ExpatError as bad:
        said = expat.ErrorString(bad.code)
        raise Fault(
            bad.lineno, f"This is not XML: {said}.", "Export it again; do not edit it in a word processor."
        ) from None
    if tree.root is None:
        raise Fault(1, "There is no element in this file.", "Check that it is the right one.")
    return tree.root


class _Tree:
    """Takes the parser's calls and builds nodes; every handler that would let a file reach outside refuses."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.UnparsedEntityDeclHandler = self._refuse
        self.parser.ExternalEntityRefHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.root: Node | None = None
        self.open: list[Node] = []

    def _refuse(self, *_given: Any) -> int:
        raise Fault(
            self.parser.CurrentLineNumber,
            "This file declares a document type or entities, which are not read.",
            "Take the `<!DOCTYPE …>` out.",
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self.open) >= _MAX_DEPTH:
            raise Fault(line, f"This is nested more than {_MAX_DEPTH} levels deep.", "Check that it is the right file.")
        node = Node(tag, line, attributes)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def _end(self, _tag: str) -> None:
        self.open.pop()

    def _data(self, text: str) -> None:
        if self.open:
            self.open[-1].pieces.append(text)
