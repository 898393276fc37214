"""Moodle XML, read strictly: each question in a shape of ours, or a fault on the line where it begins."""

import re
from collections.abc import Callable

from lms.curriculum.formats.yaml import Fault
from lms.curriculum.rules.item_schema import FIGURE, SPAN
from lms.curriculum.rules.shapes import Option
from lms.curriculum.rules.tasks import Matching, Numeric, Ordering, ShortAnswer, ShortText
from lms.quizzes.formats import moodle_cloze
from lms.quizzes.formats.exchange import Defaults, Draft, Imported, Unreadable, finished
from lms.quizzes.formats.markup import from_html, from_plain
from lms.quizzes.formats.safe_xml import Node, parse


def read(raw: bytes, defaults: Defaults) -> Imported:
    """Read a Moodle XML file; raise Unreadable with every fault."""
    try:
        root = parse(raw)
        if root.tag != "quiz":
            raise Fault(root.line, f"This is `<{root.tag}>`, not a quiz.", "Export the questions as Moodle XML.")
    except Fault as fault:
        raise Unreadable([fault]) from None
    reader = _Reader()
    drafts = [draft for node in root.all("question") if (draft := reader.draft(node)) is not None]
    if not drafts and not reader.faults:
        reader.faults.append(Fault(root.line, "There is no question in this file.", "Export them as Moodle XML."))
    if reader.faults:
        raise Unreadable(reader.faults)
    return Imported(finished(drafts, defaults), tuple(reader.lost))


class _Reader:
    """Reads one question after another, and gathers what is lost and what is wrong."""

    def __init__(self) -> None:
        self.lost: list[str] = []
        self.faults: list[Fault] = []

    def draft(self, node: Node) -> Draft | None:
        """Read one question; None if it is none of ours."""
        kind = node.attributes.get("type", "")
        if kind in ("category", "description"):
            what = (
                "categories are not kept; a bank is one list"
                if kind == "category"
                else "a text without answers is left out"
            )
            self._lose(node, f"{what}.")
            return None
        try:
            return self._read(node, kind)
        except Fault as fault:
            self.faults.append(fault)
            return None

    def _read(self, node: Node, kind: str) -> Draft:
        read = _READERS.get(kind)
        if read is None:
            how = f"Take it out; {', '.join(sorted(_READERS))} are read."
            raise Fault(node.line, f"Questions of the type `{kind}` are not read.", how)
        tags = [tag.said("text").strip() for tag in (node.first("tags") or node).all("tag")]
        draft = Draft(node.line, node.said("name", "text").strip(), node.said("idnumber").strip(), tags)
        draft.stem = "" if kind == "cloze" else self.words(node, "questiontext")
        draft.rationale = self.words(node, "generalfeedback")
        read(self, node, draft)
        points = node.said("defaultgrade").strip() or "1"
        if kind != "essay" and not re.fullmatch(r"1(\.0*)?", points):
            self._lose(node, f"it gave {points} points; here every question gives one.")
        return draft

    def _lose(self, node: Node, what: str) -> None:
        self.lost.append(f"line {node.line}: {what}")

    def words(self, node: Node, tag: str) -> str:
        """Return a text inside as Markdown, whatever format it says."""
        inside = node.first(tag)
        return self.markdown(inside) if inside else ""

    def markdown(self, node: Node) -> str:
        """Return an element's own text as Markdown."""
        text, kind = node.said("text"), node.attributes.get("format", "html")
        if node.all("file"):
            self._lose(node, "pictures and files are not kept.")
        if kind == "markdown":
            return text.strip()
        if kind == "plain_text":
            return from_plain(text)
        kept, dropped = from_html(text)
        if dropped:
            self._lose(node, f"{', '.join(f'<{tag}>' for tag in dropped)} could not be kept.")
        return kept

    # — one reader for each type

    def choices(self, node: Node, draft: Draft) -> None:
        """Read a `multichoice`: one right answer, several, or weighed ones."""
        answers = node.all("answer")
        weights = [self._fraction(answer) for answer in answers]
        if len(answers) < 2:
            raise Fault(node.line, "This question has fewer than two answers.", "Add what is missing.")
        if node.said("single").strip() in ("false", "0"):
            self._several(node, draft, answers, weights)
        else:
            self._one(node, draft, answers, weights)

    def _several(self, node: Node, draft: Draft, answers: list[Node], weights: list[float]) -> None:
        if not any(weight > 0 for weight in weights):
            raise Fault(node.line, "No answer of this question is right.", "Give one a fraction above 0.")
        if len({weight for weight in weights if weight > 0}) > 1:
            self._lose(node, "right answers had different weights; here each counts the same.")
        draft.kind = "multiple"
        draft.options = tuple(self._option(a, w > 0) for a, w in zip(answers, weights, strict=True))

    def _one(self, node: Node, draft: Draft, answers: list[Node], weights: list[float]) -> None:
        if weights.count(100) != 1:
            raise Fault(node.line, "This question has not exactly one best answer.", "Give one a fraction of 100.")
        weighed = any(weight not in (0, 100) for weight in weights) or draft.tagged("type") == "situational"
        if any(weight != round(weight) for weight in weights):
            self._lose(node, "weights were rounded to whole per cent.")
        draft.kind = "situational" if weighed else "single"
        draft.options = tuple(
            self._option(answer, weight == 100, round(weight) if weighed else None)
            for answer, weight in zip(answers, weights, strict=True)
        )

    def _option(self, answer: Node, right: bool, weight: int | None = None) -> Option:
        return Option(self.markdown(answer), right, self.words(answer, "feedback"), weight)

    def _fraction(self, answer: Node) -> float:
        said = answer.attributes.get("fraction", "0")
        if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]+)?", said):
            raise Fault(answer.line, f"`{said}` is no fraction.", "Write per cent, from -100 to 100.")
        return float(said)

    def true_false(self, node: Node, draft: Draft) -> None:
        """Read a `truefalse`."""
        said = {answer.said("text").strip().casefold(): answer for answer in node.all("answer")}
        if set(said) != {"true", "false"}:
            raise Fault(node.line, "This question has not the answers true and false.", "Export it again.")
        if [self._fraction(answer) > 0 for answer in said.values()].count(True) != 1:
            raise Fault(node.line, "Exactly one of true and false must be right.", "Give it a fraction of 100.")
        draft.kind = "true_false"
        draft.options = tuple(
            Option(word.capitalize(), self._fraction(said[word]) > 0, self.words(said[word], "feedback"))
            for word in ("true", "false")
        )

    def matching(self, node: Node, draft: Draft) -> None:
        """Read a `matching`; a pair without a prompt is a distractor."""
        pairs = [(self.markdown(sub), sub.said("answer", "text").strip()) for sub in node.all("subquestion")]
        if any(not answer for _prompt, answer in pairs):
            raise Fault(node.line, "A pair has no answer.", "Write it, or take the pair out.")
        asked = [pair for pair in pairs if pair[0]]
        if len(asked) < 2:
            raise Fault(node.line, "There are fewer than two pairs.", "Write two or more.")
        answers = tuple(
            dict.fromkeys([answer for _p, answer in asked] + [answer for prompt, answer in pairs if not prompt])
        )
        key = tuple(answers.index(answer) for _prompt, answer in asked)
        draft.kind, draft.task = "matching", Matching(tuple(prompt for prompt, _answer in asked), answers, key)

    def ordering(self, node: Node, draft: Draft) -> None:
        """Read an `ordering`: the answers stand in the right order."""
        steps = tuple(self.markdown(answer) for answer in node.all("answer"))
        if len(steps) < 3 or not all(steps):
            raise Fault(node.line, "There are fewer than three steps.", "Write three or more.")
        draft.kind, draft.task = "ordering", Ordering(steps, tuple(range(1, len(steps) + 1)))

    def numeric(self, node: Node, draft: Draft) -> None:
        """Read a `numerical` with one answer."""
        right = [answer for answer in node.all("answer") if self._fraction(answer) == 100]
        if len(right) != 1 or len(node.all("answer")) > 1:
            raise Fault(node.line, "This number has not exactly one answer.", "Keep one, with a tolerance.")
        value, tolerance = right[0].said("text").strip(), right[0].said("tolerance").strip() or "0"
        for said, pattern in ((value, FIGURE), (tolerance, SPAN)):
            if not re.match(pattern, said):
                raise Fault(
                    right[0].line, f"`{said}` is not a number here.", "Write digits, with a point for decimals."
                )
        units = (node.first("units") or node).all("unit")
        if len(units) > 1:
            self._lose(node, "only the first unit is kept.")
        unit = units[0].said("unit_name").strip() if units else ""
        if self.words(right[0], "feedback"):
            self._lose(node, "the feedback of a number is not kept; put it into the rationale.")
        draft.kind, draft.task = "numeric", Numeric(value, tolerance, unit)

    def short_text(self, node: Node, draft: Draft) -> None:
        """Read a `shortanswer`: what gives all points counts."""
        answers = node.all("answer")
        accepted = tuple(a.said("text").strip() for a in answers if self._fraction(a) == 100 and a.said("text").strip())
        if not accepted:
            raise Fault(node.line, "No answer gives all points.", "Give one a fraction of 100.")
        if len(accepted) < len(answers):
            self._lose(node, "answers that gave a part of the points are left out.")
        if node.said("usecase").strip() == "1":
            self._lose(node, "capitals made a difference; here they do not.")
        if any("*" in text for text in accepted) and not draft.tags:
            self._lose(node, "a `*` stood for any letters; here it is a star.")
        draft.kind, draft.task = "short_text", ShortText(accepted)

    def cloze(self, node: Node, draft: Draft) -> None:
        """Read a `cloze`: a text with gaps in it."""
        asked = node.first("questiontext")
        if asked is None:
            raise Fault(node.line, "This question has no text.", "Export it again.")
        raw = asked.said("text")
        if asked.attributes.get("format", "html") == "markdown":
            draft.stem, draft.task = moodle_cloze.read(raw.strip(), node.line, self.lost)
        else:
            marked, draft.task = moodle_cloze.read(raw, node.line, self.lost)
            kept, _dropped = from_html(marked)
            draft.stem = re.sub(r"\\\[\\\[([0-9]+)\\\]\\\]", r"[[\1]]", kept)
        draft.kind = "cloze"

    def short_answer(self, node: Node, draft: Draft) -> None:
        """Read an `essay`; its information for graders is our guide."""
        guide = self.words(node, "graderinfo")
        points = node.said("defaultgrade").strip() or "1"
        most = round(float(points)) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", points) else 1
        if not 1 <= most <= 10:
            self._lose(node, f"it gave {points} points; here a guide gives 1 to 10.")
        draft.kind, draft.task = "short_answer", ShortAnswer(guide, min(max(most, 1), 10))


_READERS: dict[str, Callable[[_Reader, Node, Draft], None]] = {
    "multichoice": _Reader.choices,
    "truefalse": _Reader.true_false,
    "matching": _Reader.matching,
    "ordering": _Reader.ordering,
    "numerical": _Reader.numeric,
    "shortanswer": _Reader.short_text,
    "cloze": _Reader.cloze,
    "essay": _Reader.short_answer,
}
