"""What other rooms ask of the curriculum: read the authors' files, publish a release, read its pieces, fill support lines."""

from lms.curriculum.service.checking import Checked, Unfit, check, publish_files
from lms.curriculum.service.comparing import difference
from lms.curriculum.service.compiling import compile_support_lines, compile_tree, outline_of
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
)
from lms.curriculum.service.questions import Questions, questions
from lms.curriculum.service.reading import read_tree, remember
from lms.curriculum.service.releases import by_digest, newest, publish, release_digest, releases, starting_with
from lms.curriculum.service.support import fill_lines, link, publish_support_lines, support_lines

__all__ = [
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
    "outline",
    "outline_of",
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
    "starting_with",
    "support_lines",
]
