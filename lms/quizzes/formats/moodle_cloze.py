"""Moodle's own little language for gaps inside a text: `{1:SHORTANSWER:=one~=another}`."""

import re

from lms.curriculum.formats.yaml import Fault
from lms.curriculum.rules.tasks import GAP, Cloze, Gap
from lms.quizzes.formats.exchange import Unfit

_ANY = re.compile(r"\{[0-9]*:[A-Z_]+:")
_GAP = re.compile(r"\{[0-9]*:([A-Z_]+):((?:\\.|[^}\\])*)\}", re.DOTALL)
_TYPED = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}
_LISTED = {"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS"}
_ONE = re.compile(r"(=|%100%|%-?[0-9.]+%)?((?:\\.|[^~#\\])*)(?:#((?:\\.|[^~\\])*))?\Z", re.DOTALL)


def write(stem: str, task: Cloze) -> str:
    """Put the gaps into the stem as Moodle reads them."""
    if _ANY.search(stem):
        raise Unfit("Moodle would take a part of its text for a gap.")
    return GAP.sub(lambda mark: _written(task.gaps[int(mark[1]) - 1]), stem)


def _written(gap: Gap) -> str:
    if gap.choices:
        texts = [("=" if text in gap.accepted else "") + _escaped(text, text in gap.accepted) for text in gap.choices]
        return f"{{1:MULTICHOICE:{'~'.join(texts)}}}"
    return f"{{1:SHORTANSWER:{'~'.join('=' + _escaped(text, True) for text in gap.accepted)}}}"


def _escaped(text: str, right: bool) -> str:
    if "\\" in text or "&" in text:
        raise Unfit(f"a gap of Moodle cannot hold `{text}`.")
    if not right and text.startswith(("=", "%")):
        raise Unfit(f"Moodle would take the first sign of `{text}` for a mark.")
    return re.sub(r"([~#}])", r"\\\1", text)


def read(text: str, line: int, lost: list[str]) -> tuple[str, Cloze]:
    """Take the gaps out of a text, and put our marks there."""
    gaps: list[Gap] = []

    def taken(found: re.Match[str]) -> str:
        gaps.append(_read(found[1], found[2], line, lost))
        return f"[[{len(gaps)}]]"

    if GAP.search(text):
        raise Fault(line, "This text holds [[1]], which marks a gap here.", "Write it in another way.")
    stem = _GAP.sub(taken, text)
    if not gaps or _ANY.search(stem):
        raise Fault(line, "A gap of this question cannot be read.", "Check its braces, and write \\} in a text.")
    return stem, Cloze(tuple(gaps))


def _read(kind: str, body: str, line: int, lost: list[str]) -> Gap:
    if kind not in _TYPED | _LISTED:
        raise Fault(line, f"Gaps of the type {kind} are not read.", "Use SHORTANSWER or MULTICHOICE.")
    marked = []
    for part in re.findall(r"(?:\\.|[^~\\])+", body, re.DOTALL):
        found = _ONE.match(part)
        if found is None:
            raise Fault(line, "An answer of a gap cannot be read.", "Write \\~, \\# and \\} for these signs.")
        if (found[3] or "").strip():
            lost.append(f"line {line}: the feedback of a gap is not kept; put it into the rationale.")
        if found[1] not in (None, "=", "%100%", "%0%"):
            lost.append(f"line {line}: a gap's answer that gave a part of the points counts as wrong here.")
        marked.append((found[1] in ("=", "%100%"), re.sub(r"\\(.)", r"\1", found[2]).strip()))
    right = tuple(text for is_right, text in marked if is_right and text)
    if not right or (kind in _LISTED and len(right) > 1):
        raise Fault(line, "A gap needs one right answer.", "Mark it with =.")
    return Gap(right, tuple(text for _is_right, text in marked) if kind in _LISTED else ())
