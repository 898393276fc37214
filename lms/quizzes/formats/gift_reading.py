"""GIFT, read strictly: what two programs would read in two ways is a fault with its line, never a guess.

Moodle itself takes a file with a forgotten brace and makes one question of two; here that is refused.
"""

import re
from dataclasses import dataclass

from lms.curriculum.formats.yaml import Fault, decode
from lms.curriculum.rules.item_schema import FIGURE, SPAN
from lms.curriculum.rules.shapes import Option
from lms.curriculum.rules.tasks import Cloze, Gap, Matching, Numeric, ShortAnswer, ShortText
from lms.quizzes.formats.exchange import Defaults, Draft, Imported, Unreadable, finished
from lms.quizzes.formats.markup import from_html, from_plain, literal

# Escaped signs wait in the private use area while the rest is taken apart.
_SIGNS = dict(zip(("~", "=", "#", "{", "}", ":", "n", "\\"), map(chr, range(0xE000, 0xE008)), strict=True))
_BACK = str.maketrans({mark: "\n" if sign == "n" else sign for sign, mark in _SIGNS.items()})
_ESCAPE = re.compile(r"\\([~=#{}:n\\])")
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
_TAG = re.compile(r"\[tag:((?:\\.|[^\]\\])*)\]")
_NAMED = re.compile(r"\[id:((?:\\.|[^\]\\])*)\]")
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]+)?)%")


@dataclass(frozen=True, slots=True)
class _Choice:
    """One answer between the braces: its sign, weight, text and feedback, still escaped."""

    sign: str
    weight: float | None
    text: str
    feedback: str


def read(raw: bytes, defaults: Defaults) -> Imported:
    """Read a GIFT file; raise Unreadable with every fault."""
    drafts: list[Draft] = []
    lost: list[str] = []
    faults: list[Fault] = []
    try:
        blocks = _blocks(decode(raw))
    except Fault as fault:
        raise Unreadable([fault]) from None
    for line, text in blocks:
        try:
            draft = _Question(line, text).draft(lost)
        except Fault as fault:
            faults.append(fault)
            continue
        if draft is not None:
            drafts.append(draft)
    if not drafts and not faults:
        faults.append(Fault(1, "There is no question in this file.", "Check that it is GIFT."))
    if faults:
        raise Unreadable(faults)
    return Imported(finished(drafts, defaults), tuple(lost))


def _blocks(text: str) -> list[tuple[int, str]]:
    for at, line in enumerate(text.split("\n"), 1):
        if any("\ue000" <= letter <= "\uf8ff" for letter in line):
            raise Fault(at, "This line holds a private sign that no font shows.", "Delete it.")
    found: list[tuple[int, list[str]]] = []
    before_blank = True
    for at, line in enumerate(text.split("\n"), 1):
        if line.strip() and before_blank:
            found.append((at, []))
        if line.strip():
            found[-1][1].append(line)
        before_blank = not line.strip()
    return [(at, "\n".join(lines)) for at, lines in found]


class _Question:
    """One block of lines on its way to a question."""

    def __init__(self, line: int, block: str) -> None:
        self.line = line
        lines = block.split("\n")
        comments = [one for one in lines if one.lstrip().startswith("//")]
        # A comment keeps its line, so that every fault is counted on the line the author sees.
        self.text = "\n".join("" if one.lstrip().startswith("//") else one for one in lines)
        self.text = _ESCAPE.sub(lambda found: _SIGNS[found[1]], self.text)
        said = "\n".join(comments)
        self.tags = [re.sub(r"\\(.)", r"\1", tag) for tag in _TAG.findall(said)]
        self.id = next(iter(_NAMED.findall(said)), "")
        self.format = "moodle"

    def draft(self, lost: list[str]) -> Draft | None:
        """Return the question; None for what is none: a comment, a category, a text to read."""
        if not self.text.strip():
            return None
        if self.text.strip().startswith("$CATEGORY:"):
            lost.append(f"line {self.line}: categories are not kept; a bank is one list.")
            return None
        name, body = self._name()
        before, inside, after = self._braces(body)
        if inside is None:
            lost.append(f"line {self.line}: a text without answers is no question and is left out.")
            return None
        self.draft_ = Draft(self.line, name=name, id=self.id, tags=self.tags)
        answers, _mark, rationale = inside.rpartition("####") if "####" in inside else (inside, "", "")
        stem, self.format = self._formatted(before.lstrip(), lost)
        self.draft_.rationale = self._words(rationale, lost)
        gap = bool(after.strip()) or self.draft_.tagged("type") == "cloze"
        if gap:
            self.draft_.stem = f"{self._kept(stem)}[[1]]{self._kept(after.rstrip())}"
            self._missing_word(answers.strip(), lost)
        else:
            self.draft_.stem = self._words(stem, lost)
            self._answers(answers.strip(), lost)
        return self.draft_

    def _fault(self, what: str, how: str, at: int = 0) -> Fault:
        return Fault(self.line + self.text.count("\n", 0, at), what, how)

    def _name(self) -> tuple[str, str]:
        body = self.text.lstrip()
        if not body.startswith("::"):
            return "", self.text
        name, closed, rest = body[2:].partition("::")
        if not closed:
            raise self._fault("The name of this question does not end.", "Close it with `::`.")
        return name.translate(_BACK).strip(), rest

    def _braces(self, body: str) -> tuple[str, str | None, str]:
        opening, closing = body.count("{"), body.count("}")
        if not opening and not closing:
            return body, None, ""
        if (opening, closing) != (1, 1) or body.index("{") > body.index("}"):
            what = f"This question has {opening} opening and {closing} closing braces."
            how = "Give it one pair, put a blank line between two questions, and write \\{ and \\} in a text."
            offset = len(self.text) - len(body)
            raise self._fault(what, how, offset + max(body.rfind("{"), 0))
        before, _open, rest = body.partition("{")
        inside, _close, after = rest.partition("}")
        return before, inside, after

    def _formatted(self, text: str, lost: list[str]) -> tuple[str, str]:
        found = _FORMAT.match(text)
        return (text[found.end() :], found[1]) if found else (text, self.format)

    def _words(self, text: str, lost: list[str]) -> str:
        rest, kind = self._formatted(text.strip(), lost)
        words = rest.translate(_BACK).strip()
        if kind == "markdown":
            return words
        if kind == "plain":
            return from_plain(words)
        kept, dropped = from_html(words) if kind == "html" else (from_plain(words), ())
        if dropped:
            lost.append(f"line {self.line}: {', '.join(f'<{tag}>' for tag in dropped)} could not be kept.")
        return kept

    def _kept(self, text: str) -> str:
        words = text.translate(_BACK)
        return words if self.format == "markdown" else literal(words)

    # — what stands between the braces

    def _answers(self, text: str, lost: list[str]) -> None:
        if not text:
            self.draft_.kind, self.draft_.task = "short_answer", ShortAnswer("", 1)
            lost.append(f"line {self.line}: GIFT says nothing about a guide; write it, with its points.")
        elif text.startswith("#"):
            self._numeric(text[1:].strip(), lost)
        elif "~" not in text and "=" in text and "->" in text:
            self._matching(text)
        elif re.match(r"(T|TRUE|F|FALSE)\s*(#|\Z)", text):
            self._true_false(text, lost)
        elif "~" in text:
            self._choices(self._split(text), lost)
        else:
            self._short(self._split(text), lost)

    def _split(self, text: str) -> list[_Choice]:
        if text[:1] not in ("=", "~"):
            raise self._fault(
                "An answer begins with neither = nor ~.", "Put = before what is right, ~ before the rest."
            )
        found = []
        for sign, said in re.findall(r"([=~])([^=~]*)", text):
            weight = _WEIGHT.match(said.strip())
            words, _mark, feedback = said.strip()[weight.end() if weight else 0 :].partition("#")
            if "#" in feedback:
                raise self._fault("An answer has two feedbacks.", "Write \\# for the sign itself.")
            if not words.strip():
                raise self._fault("An answer is empty.", "Write it, or take its sign out.")
            found.append(_Choice(sign, float(weight[1]) if weight else None, words, feedback))
        return found

    def _choices(self, found: list[_Choice], lost: list[str]) -> None:
        right = [one for one in found if one.sign == "="]
        weights = [one.weight or 0.0 for one in found]
        if len(right) > 1:
            raise self._fault("Two answers are marked as the one that is right.", "Give them weights: ~%50%.")
        if right:
            self._one_right(found, weights, lost)
            return
        if not any(weight > 0 for weight in weights):
            raise self._fault("No answer is right.", "Mark one with =.")
        if 100 in weights:
            self._one_right(found, weights, lost)
            return
        if len({weight for weight in weights if weight > 0}) > 1:
            lost.append(f"line {self.line}: right answers had different weights; here each counts the same.")
        self.draft_.kind = "multiple"
        self.draft_.options = tuple(
            self._option(one, weight > 0, lost) for one, weight in zip(found, weights, strict=True)
        )

    def _one_right(self, found: list[_Choice], weights: list[float], lost: list[str]) -> None:
        best = [one.sign == "=" or weight == 100 for one, weight in zip(found, weights, strict=True)]
        weighed = any(weight for weight, top in zip(weights, best, strict=True) if not top)
        self.draft_.kind = "situational" if weighed or self.draft_.tagged("type") == "situational" else "single"
        if any(weight != int(weight) for weight in weights):
            lost.append(f"line {self.line}: weights were rounded to whole per cent.")
        self.draft_.options = tuple(
            self._option(one, top, lost, None if self.draft_.kind == "single" else 100 if top else round(weight))
            for one, top, weight in zip(found, best, weights, strict=True)
        )

    def _option(self, one: _Choice, right: bool, lost: list[str], weight: int | None = None) -> Option:
        return Option(self._words(one.text, lost), right, self._words(one.feedback, lost), weight)

    def _true_false(self, text: str, lost: list[str]) -> None:
        said, *feedback = text.split("#")
        if len(feedback) > 2:
            raise self._fault("A true-or-false question has three feedbacks.", "Write \\# for the sign itself.")
        wrong, right = ([self._words(one, lost) for one in feedback] + ["", ""])[:2]
        true = said.strip().startswith("T")
        self.draft_.kind = "true_false"
        self.draft_.options = (
            Option("True", true, right if true else wrong),
            Option("False", not true, wrong if true else right),
        )

    def _numeric(self, text: str, lost: list[str]) -> None:
        answer, _mark, feedback = text.removeprefix("=").partition("#")
        if "=" in answer or "~" in answer:
            raise self._fault("This number has several answers.", "Keep one, with a tolerance.")
        if ".." in answer:
            low, high = (self._figure(one, FIGURE) for one in answer.split("..", 1))
            value, tolerance = percent_of((low + high) / 2), percent_of((high - low) / 2)
        else:
            value, _mark, span = (part.strip() for part in answer.partition(":"))
            value, tolerance = value.removeprefix("%100%").strip(), span or "0"
            self._figure(value, FIGURE)
            self._figure(tolerance, SPAN)
        if feedback.strip():
            lost.append(f"line {self.line}: the feedback of a number is not kept; put it into the rationale.")
        self.draft_.kind, self.draft_.task = "numeric", Numeric(value, tolerance, "")

    def _figure(self, text: str, pattern: str) -> float:
        if not re.match(pattern, text.strip()):
            raise self._fault(f"`{text.strip()}` is not a number here.", "Write digits, with a point for decimals.")
        return float(text)

    def _matching(self, text: str) -> None:
        pairs = []
        for part in text.split("=")[1:]:
            prompt, arrow, answer = part.partition("->")
            if not arrow or not answer.strip():
                raise self._fault("A pair has no answer.", "Write `= prompt -> answer`.")
            pairs.append((self._words(prompt, []), answer.translate(_BACK).strip()))
        answers = tuple(dict.fromkeys([a for p, a in pairs if p] + [a for p, a in pairs if not p]))
        asked = [(prompt, answer) for prompt, answer in pairs if prompt]
        if len(asked) < 2:
            raise self._fault("There are fewer than two pairs.", "Write two or more.")
        key = tuple(answers.index(answer) for _prompt, answer in asked)
        self.draft_.kind = "matching"
        self.draft_.task = Matching(tuple(prompt for prompt, _answer in asked), answers, key)

    def _short(self, found: list[_Choice], lost: list[str]) -> None:
        full = [one for one in found if one.weight in (None, 100.0)]
        if len(full) < len(found):
            lost.append(f"line {self.line}: answers that gave a part of the points are left out.")
        if not full:
            raise self._fault("No answer gives all points.", "Mark one with = alone.")
        if any(one.feedback.strip() for one in found):
            lost.append(f"line {self.line}: the feedback of single answers is not kept; put it into the rationale.")
        self.draft_.kind, self.draft_.task = "short_text", ShortText(_plain(full))

    def _missing_word(self, text: str, lost: list[str]) -> None:
        found = self._split(text)
        right = [one for one in found if one.sign == "="]
        if any(one.sign == "~" for one in found):
            if len(right) != 1:
                raise self._fault("A gap with a list needs exactly one right entry.", "Mark it with =.")
            gap = Gap(_plain(right), _plain(found))
        else:
            gap = Gap(_plain(found), ())
        if any(one.feedback.strip() for one in found):
            lost.append(f"line {self.line}: the feedback of a gap is not kept; put it into the rationale.")
        self.draft_.kind, self.draft_.task = "cloze", Cloze((gap,))


def _plain(found: list[_Choice]) -> tuple[str, ...]:
    return tuple(one.text.translate(_BACK).strip() for one in found)


def percent_of(value: float) -> str:
    """Write a number that was computed from two others, without a tail of noughts."""
    return f"{value:.10f}".rstrip("0").rstrip(".")
