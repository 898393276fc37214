"""Moodle XML, written: the richest way to Moodle. Texts go as Markdown, which Moodle renders itself."""

from collections.abc import Callable, Iterator

from lms.curriculum.rules.shapes import Item
from lms.curriculum.rules.tasks import Cloze, Matching, Numeric, Ordering, ShortAnswer, ShortText
from lms.quizzes.formats import moodle_cloze
from lms.quizzes.formats.exchange import Exported, Unfit, percent, tags_of
from lms.quizzes.formats.xml_text import element, text

# Moodle takes no other weights when it imports; any other stops the file, or is rounded, as its user chooses.
_FRACTIONS = (0, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 100)
_KINDS = {
    "single": "multichoice",
    "multiple": "multichoice",
    "situational": "multichoice",
    "true_false": "truefalse",
    "matching": "matching",
    "ordering": "ordering",
    "numeric": "numerical",
    "short_text": "shortanswer",
    "cloze": "cloze",
    "short_answer": "essay",
}


def write(items: tuple[Item, ...]) -> Exported:
    """Write questions as Moodle XML; whatever it cannot say is left out and named."""
    questions, lost = [], []
    for item in items:
        try:
            questions.append(_question(item))
            lost += [f"`{item.id}`: {what}" for what in _differs(item)]
        except Unfit as unfit:
            lost.append(f"`{item.id}` is left out: {unfit}")
    body = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", *questions, "</quiz>", ""])
    return Exported(body.encode(), tuple(lost))


def _differs(item: Item) -> Iterator[str]:
    odd = [o.weight for o in item.options if o.weight is not None and abs(o.weight) not in _FRACTIONS]
    if odd:
        yield f"Moodle knows no weight of {odd[0]} %; import it there with “nearest grade”."
    if isinstance(item.task, Ordering):
        yield "Moodle counts an order in its own way."


def _question(item: Item) -> str:
    stem = moodle_cloze.write(item.stem, item.task) if isinstance(item.task, Cloze) else item.stem
    points = item.task.most if isinstance(item.task, ShortAnswer) else 1
    tags = element("tags", *(element("tag", text("text", tag)) for tag in tags_of(item)))
    return element(
        "question",
        "\n",
        element("name", text("text", item.id)),
        _markdown("questiontext", stem),
        "\n",
        _markdown("generalfeedback", item.rationale),
        text("defaultgrade", str(points)),
        text("idnumber", item.id),
        "\n",
        _WRITERS[item.type](item),
        tags,
        "\n",
        type=_KINDS[item.type],
    )


def _markdown(tag: str, words: str, *more: str, **attributes: str) -> str:
    return element(tag, text("text", words), *more, format="markdown", **attributes)


def _answer(words: str, fraction: str, feedback: str = "", *more: str) -> str:
    said = _markdown("feedback", feedback) if feedback else ""
    return _markdown("answer", words, said, *more, fraction=fraction) + "\n"


def _choices(item: Item) -> str:
    right = sum(option.correct for option in item.options)
    share = percent(100 / max(1, right))
    shuffle = text("single", "false" if item.type == "multiple" else "true") + text("shuffleanswers", "true")
    answers = []
    for option in item.options:
        fraction = "100" if option.correct else str(option.weight or 0)
        if item.type == "multiple":
            fraction = share if option.correct else f"-{share}"
        answers.append(_answer(option.text, fraction, option.feedback))
    return shuffle + "\n" + "".join(answers)


def _true_false(item: Item) -> str:
    true, false = item.options
    return "".join(
        element(
            "answer",
            text("text", word),
            _markdown("feedback", option.feedback),
            fraction="100" if option.correct else "0",
        )
        + "\n"
        for word, option in (("true", true), ("false", false))
    )


def _matching(item: Item) -> str:
    task = item.task
    if not isinstance(task, Matching):
        return ""
    pairs = [(prompt, task.answers[at]) for prompt, at in zip(task.prompts, task.key, strict=True)]
    spare = [("", answer) for at, answer in enumerate(task.answers) if at not in task.key]
    return "".join(
        _markdown("subquestion", prompt, element("answer", text("text", answer))) + "\n"
        for prompt, answer in [*pairs, *spare]
    )


def _ordering(item: Item) -> str:
    if not isinstance(item.task, Ordering):
        return ""
    said = {
        "layouttype": "VERTICAL",
        "selecttype": "ALL",
        "selectcount": "0",
        "gradingtype": "RELATIVE_ALL_PREVIOUS_AND_NEXT",
    }
    steps = [step for _place, step in sorted(zip(item.task.places, item.task.steps, strict=True))]
    return "".join(text(tag, words) for tag, words in said.items()) + "\n" + "".join(_answer(s, "100") for s in steps)


def _numeric(item: Item) -> str:
    task = item.task
    if not isinstance(task, Numeric):
        return ""
    answer = element("answer", text("text", task.value), text("tolerance", task.tolerance), fraction="100") + "\n"
    if not task.unit:
        return answer + text("showunits", "3")
    unit = element("unit", text("multiplier", "1"), text("unit_name", task.unit))
    return answer + element("units", unit) + text("showunits", "0") + text("unitgradingtype", "0")


def _short_text(item: Item) -> str:
    accepted = item.task.accepted if isinstance(item.task, ShortText) else ()
    return text("usecase", "0") + "".join(
        element("answer", text("text", words), fraction="100", format="plain_text") + "\n" for words in accepted
    )


def _short_answer(item: Item) -> str:
    guide = item.task.guide if isinstance(item.task, ShortAnswer) else ""
    return text("responseformat", "plain") + _markdown("graderinfo", guide)


def _nothing(item: Item) -> str:
    return ""


_WRITERS: dict[str, Callable[[Item], str]] = {
    "single": _choices,
    "multiple": _choices,
    "situational": _choices,
    "true_false": _true_false,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": _numeric,
    "short_text": _short_text,
    "cloze": _nothing,
    "short_answer": _short_answer,
}
