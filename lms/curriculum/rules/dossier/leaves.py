"""The pieces of a booklet: what a page and a sheet of paper are both made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Say = Callable[..., str]
"""gettext or the like: a text with `%(name)s` places, and what goes into them."""


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str
    kind: Literal["words"] = "words"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    points: tuple[str, ...]
    kind: Literal["points"] = "points"


@dataclass(frozen=True, slots=True)
class Links:
    """Titles with their addresses, printed whole."""

    links: tuple[tuple[str, str], ...]
    kind: Literal["links"] = "links"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values."""

    facts: tuple[tuple[str, str], ...]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: a break of an agenda is `aside`, a sum of what stands above is `sum`."""

    cells: tuple[str, ...]
    tone: Literal["", "aside", "sum"] = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `shares` parts the width among the columns on paper; 0: a column of figures, as narrow as it can be."""

    caption: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]
    shares: tuple[int, ...]
    kind: Literal["table"] = "table"


Leaf = Words | Heading | Points | Links | Facts | Table


@dataclass(frozen=True, slots=True)
class Section:
    """One section with its heading."""

    id: str
    title: str
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Booklet:
    """The whole, in words."""

    lang: str
    title: str
    programme: str
    lead: str
    foot: str
    """What stands at the foot of each sheet: which release this is."""
    contents: str
    """The heading of the table of contents."""
    sections: tuple[Section, ...]
