"""One question as a QTI 2.1 item: what is shown, what may be answered, and how the score comes about."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lms.curriculum.rules.shapes import Item
from lms.curriculum.rules.tasks import GAP, Cloze, Gap, Matching, Numeric, Ordering, ShortAnswer, ShortText
from lms.quizzes.formats.qti_markup import xhtml
from lms.quizzes.formats.xml_text import element, escaped, text

_NAMES = (
    'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.imsglobal.org/xsd/imsqti_v2p1 '
    'http://www.imsglobal.org/xsd/qti/qti_v2p1/imsqti_v2p1.xsd"'
)


@dataclass(slots=True)
class _Parts:
    """The pieces an item is put together from; `rules` add up to SCORE, `feedback` are texts by what was chosen."""

    declared: list[str] = field(default_factory=list)
    body: str = ""
    rules: list[str] = field(default_factory=list)
    feedback: dict[str, str] = field(default_factory=dict)
    most: str = "1"


def write(item: Item) -> str:
    """Return an item whose texts are HTML as QTI 2.1."""
    parts = _Parts()
    _WRITERS[item.type](item, parts)
    why = xhtml(item.rationale)
    shown = "".join(_modal(identifier, words) for identifier, words in [("WHY", why), *parts.feedback.items()])
    outcomes = [
        element(
            "outcomeDeclaration",
            element("defaultValue", text("value", "0")),
            identifier="SCORE", cardinality="single", baseType="float", normalMaximum=parts.most,
        ),
        element("outcomeDeclaration", identifier="FEEDBACK", cardinality="multiple", baseType="identifier"),
    ]  # fmt: skip
    head = f'identifier="{escaped(item.id)}" title="{escaped(item.id)}" adaptive="false" timeDependent="false"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem {_NAMES} {head}>'
        + "\n".join(["", *parts.declared, *outcomes, element("itemBody", parts.body), _processing(parts)])
        + f"{shown}</assessmentItem>\n"
    )


def _processing(parts: _Parts) -> str:
    chosen = [element("variable", identifier="RESPONSE")] if parts.feedback else []
    why = element("baseValue", "WHY", baseType="identifier")
    said = element("setOutcomeValue", element("multiple", why, *chosen), identifier="FEEDBACK")
    return element("responseProcessing", *parts.rules, said) if parts.rules else element("responseProcessing", said)


def _modal(identifier: str, words: str) -> str:
    return element("modalFeedback", words, outcomeIdentifier="FEEDBACK", identifier=identifier, showHide="show")


def _declared(right: list[str], cardinality: str, kind: str, mapped: str = "", name: str = "RESPONSE") -> str:
    correct = element("correctResponse", *(text("value", one) for one in right))
    return element("responseDeclaration", correct, mapped, identifier=name, cardinality=cardinality, baseType=kind)


def _mapping(entries: list[tuple[str, float]], *, folded: bool = False) -> str:
    sort = {"caseSensitive": "false"} if folded else {}
    inside = [element("mapEntry", mapKey=key, mappedValue=_share(value), **sort) for key, value in entries]
    return element("mapping", *inside, lowerBound="0", upperBound="1", defaultValue="0")


def _share(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"


def _added(name: str = "RESPONSE") -> str:
    """Add what a mapping gives; an answer left open gives nothing."""
    asked = element("not", element("isNull", element("variable", identifier=name)))
    total = element("sum", element("variable", identifier="SCORE"), element("mapResponse", identifier=name))
    given = element("setOutcomeValue", total, identifier="SCORE")
    return element("responseCondition", element("responseIf", asked, given))


def _all_or_nothing(condition: str) -> str:
    one = element("setOutcomeValue", element("baseValue", "1", baseType="float"), identifier="SCORE")
    return element("responseCondition", element("responseIf", condition, one))


def _stem(item: Item) -> str:
    return element("div", xhtml(item.stem))


# — one writer for each type


def _choices(item: Item, parts: _Parts) -> None:
    right = [f"C{at}" for at, option in enumerate(item.options) if option.correct]
    many, share = item.type == "multiple", 1 / max(1, len(right))
    worth = [
        (o.weight or 0) / 100 if item.type == "situational" else share * (1 if o.correct else -many)
        for o in item.options
    ]
    entries = [(f"C{at}", value) for at, value in enumerate(worth)]
    parts.declared = [_declared(right, "multiple" if many else "single", "identifier", _mapping(entries))]
    offered = [element("simpleChoice", xhtml(o.text), identifier=f"C{at}") for at, o in enumerate(item.options)]
    shuffle = "false" if item.type == "true_false" else "true"
    parts.body = _stem(item) + element(
        "choiceInteraction", *offered, responseIdentifier="RESPONSE", shuffle=shuffle, maxChoices="0" if many else "1"
    )
    parts.rules = [_added()]
    parts.feedback = {f"C{at}": xhtml(o.feedback) for at, o in enumerate(item.options) if o.feedback}


def _matching(item: Item, parts: _Parts) -> None:
    task = item.task
    if not isinstance(task, Matching):
        return
    pairs = [f"P{at} A{answer}" for at, answer in enumerate(task.key)]
    parts.declared = [_declared(pairs, "multiple", "directedPair", _mapping([(one, 1 / len(pairs)) for one in pairs]))]
    many = str(len(task.prompts))
    left = [_associable(f"P{at}", xhtml(prompt), "1") for at, prompt in enumerate(task.prompts)]
    right = [_associable(f"A{at}", escaped(answer), many) for at, answer in enumerate(task.answers)]
    sets = [element("simpleMatchSet", *left), element("simpleMatchSet", *right)]
    parts.body = _stem(item) + element(
        "matchInteraction", *sets, responseIdentifier="RESPONSE", shuffle="true", maxAssociations=many
    )
    parts.rules = [_added()]


def _associable(identifier: str, words: str, most: str) -> str:
    return element("simpleAssociableChoice", words, identifier=identifier, matchMax=most)


def _ordering(item: Item, parts: _Parts) -> None:
    task = item.task
    if not isinstance(task, Ordering):
        return
    right = [f"C{at}" for _place, at in sorted((place, at) for at, place in enumerate(task.places))]
    parts.declared = [_declared(right, "ordered", "identifier")]
    offered = [element("simpleChoice", xhtml(step), identifier=f"C{at}") for at, step in enumerate(task.steps)]
    parts.body = _stem(item) + element("orderInteraction", *offered, responseIdentifier="RESPONSE", shuffle="true")
    fits = element("match", element("variable", identifier="RESPONSE"), element("correct", identifier="RESPONSE"))
    parts.rules = [_all_or_nothing(fits)]


def _numeric(item: Item, parts: _Parts) -> None:
    task = item.task
    if not isinstance(task, Numeric):
        return
    parts.declared = [_declared([task.value], "single", "float")]
    box = element("textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="10")
    parts.body = _stem(item) + element("p", box, f" {escaped(task.unit)}" if task.unit else "")
    both = element("variable", identifier="RESPONSE") + element("correct", identifier="RESPONSE")
    mode = {"toleranceMode": "absolute", "tolerance": f"{task.tolerance} {task.tolerance}"}
    parts.rules = [_all_or_nothing(element("equal", both, **mode))]


def _short_text(item: Item, parts: _Parts) -> None:
    accepted = item.task.accepted if isinstance(item.task, ShortText) else ()
    mapped = _mapping([(words, 1) for words in accepted], folded=True)
    parts.declared = [_declared([accepted[0]], "single", "string", mapped)]
    box = element("textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="30")
    parts.body = _stem(item) + element("p", box)
    parts.rules = [_added()]


def _cloze(item: Item, parts: _Parts) -> None:
    gaps = item.task.gaps if isinstance(item.task, Cloze) else ()
    for at, gap in enumerate(gaps, 1):
        name, share = f"RESPONSE{at}", 1 / len(gaps)
        if gap.choices:
            right = f"C{gap.choices.index(gap.accepted[0])}"
            parts.declared.append(_declared([right], "single", "identifier", _mapping([(right, share)]), name))
        else:
            mapped = _mapping([(words, share) for words in gap.accepted], folded=True)
            parts.declared.append(_declared([gap.accepted[0]], "single", "string", mapped, name))
        parts.rules.append(_added(name))
    parts.body = element("div", GAP.sub(lambda mark: _box(int(mark[1]), gaps[int(mark[1]) - 1]), xhtml(item.stem)))


def _box(at: int, gap: Gap) -> str:
    name = f"RESPONSE{at}"
    if not gap.choices:
        return element("textEntryInteraction", responseIdentifier=name, expectedLength="20")
    offered = [text("inlineChoice", words, identifier=f"C{number}") for number, words in enumerate(gap.choices)]
    return element("inlineChoiceInteraction", *offered, responseIdentifier=name, shuffle="true")


def _short_answer(item: Item, parts: _Parts) -> None:
    task = item.task
    if not isinstance(task, ShortAnswer):
        return
    parts.most = str(task.most)
    parts.declared = [element("responseDeclaration", identifier="RESPONSE", cardinality="single", baseType="string")]
    guide = element("rubricBlock", xhtml(task.guide), view="scorer")
    box = element("extendedTextInteraction", responseIdentifier="RESPONSE", expectedLines="7")
    parts.body = guide + _stem(item) + box


_WRITERS: dict[str, Callable[[Item, _Parts], None]] = {
    "single": _choices,
    "multiple": _choices,
    "true_false": _choices,
    "situational": _choices,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": _numeric,
    "short_text": _short_text,
    "cloze": _cloze,
    "short_answer": _short_answer,
}
