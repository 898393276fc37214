"""What other rooms ask of the curriculum: read the authors' files, publish a release, read its pieces, fill support lines."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lms.curriculum.service.comparing import difference
from lms.curriculum.service.dossiers import dossier, paper
from lms.curriculum.service.pieces import (
    bank,
    competency_map,
    contents,
    forget,
    homework,
    items_for,
    lesson,
    meeting_guide,
    module_guide,
    narrative,
    outline,
    pathway,
    piece,
    quiz,
    rubric,
    several,
)
from lms.curriculum.service.releases import by_digest, newest, publish, release_digest, releases, starting_with
from lms.curriculum.service.support import (
    SUPPORT_ARM,
    fill_lines,
    link,
    note_support_lines,
    publish_support_lines,
    support_lines,
)

if TYPE_CHECKING:
    from lms.curriculum.service.checking import Checked, Unfit, check, publish_files
    from lms.curriculum.service.compiling import compile_support_lines, compile_tree, outline_of
    from lms.curriculum.service.reading import read_tree, remember
    from lms.curriculum.service.written import Questions, questions

# Reading and compiling the authors' files takes a Markdown renderer and a schema for each kind of file, which a web server
# that serves releases never needs: these are read when somebody asks for them.
_AUTHORING = {
    "checking": ("Checked", "Unfit", "check", "publish_files"),
    "compiling": ("compile_support_lines", "compile_tree", "outline_of"),
    "written": ("Questions", "questions"),
    "reading": ("read_tree", "remember"),
}


def __getattr__(name: str) -> Any:
    for module, names in _AUTHORING.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "SUPPORT_ARM",
    "Checked",
    "Questions",
    "Unfit",
    "bank",
    "by_digest",
    "check",
    "competency_map",
    "compile_support_lines",
    "compile_tree",
    "contents",
    "difference",
    "dossier",
    "fill_lines",
    "forget",
    "homework",
    "items_for",
    "lesson",
    "link",
    "meeting_guide",
    "module_guide",
    "narrative",
    "newest",
    "note_support_lines",
    "outline",
    "outline_of",
    "paper",
    "pathway",
    "piece",
    "publish",
    "publish_files",
    "publish_support_lines",
    "questions",
    "quiz",
    "read_tree",
    "release_digest",
    "releases",
    "remember",
    "rubric",
    "several",
    "starting_with",
    "support_lines",
]
