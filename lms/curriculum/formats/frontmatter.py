"""A Markdown file with a YAML head between two `---` lines."""

from dataclasses import dataclass

from lms.curriculum.formats.yaml import Fault, Loaded, load

_FENCE = "---"


@dataclass(frozen=True, slots=True)
class Split:
    """A file's head as data, its body as text, and the line on which the body begins."""

    head: Loaded
    body: str
    body_line: int


def split(text: str) -> Split:
    """Part a file into head and body; raise Fault when the head is missing or has no end."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        raise Fault(
            1, "The file must begin with a line `---`.", "Put the head (title, minutes …) between two lines `---`."
        )
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        raise Fault(1, "The head has no end.", "Close it with a second line `---`.")
    return Split(load("\n".join(lines[1:end]), first_line=2), "\n".join(lines[end + 1 :]), end + 2)
