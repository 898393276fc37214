"""The plain text that text2qti turns into a file for Canvas. Texts are Markdown, which it renders itself."""

from collections.abc import Callable, Iterator

from lms.curriculum.rules.shapes import Item
from lms.curriculum.rules.tasks import Numeric, ShortAnswer, ShortText
from lms.quizzes.formats.exchange import Exported, Unfit


def write(title: str, items: tuple[Item, ...]) -> Exported:
    """Write questions for Canvas; whatever it cannot say is left out and named."""
    blocks: list[str] = []
    lost: list[str] = []
    for item in items:
        try:
            blocks.append(_question(item, len(blocks) + 1))
            lost += [f"`{item.id}`: {what}" for what in _loses(item)]
        except Unfit as unfit:
            lost.append(f"`{item.id}` is left out: {unfit}")
    return Exported("\n\n".join([f"Quiz title: {_line(title)}", *blocks, ""]).encode(), tuple(lost))


def _loses(item: Item) -> Iterator[str]:
    if item.type == "situational":
        yield "Canvas has no weights here; the best answer counts, every other gives nothing."
    if isinstance(item.task, ShortAnswer):
        yield "there is no place for the guide."
    if isinstance(item.task, Numeric) and item.task.unit:
        yield "there is no place for the unit."
    if isinstance(item.task, ShortText):
        yield "Canvas compares accents."


def _question(item: Item, number: int) -> str:
    answers = _WRITERS.get(item.type)
    if answers is None:
        raise Unfit(f"the format has no `{item.type}`.")
    points = item.task.most if isinstance(item.task, ShortAnswer) else 1
    head = [f"Title: {item.id}", f"Points: {points}", _hung(f"{number}.", item.stem), _hung("...", item.rationale)]
    return "\n".join([*head, *answers(item)])


def _hung(mark: str, words: str) -> str:
    """Put a mark before a text whose further lines are indented, so that none of them is read as a mark."""
    wide = 8
    first, *rest = words.strip().split("\n")
    return "\n".join([f"{mark:<{wide}}{first}", *(" " * wide + line if line.strip() else "" for line in rest)])


def _line(words: str) -> str:
    return " ".join(words.split())


def _choices(item: Item) -> Iterator[str]:
    for at, option in enumerate(item.options):
        letter = "abcdefghijklmnopqrstuvwxyz"[at]
        yield _hung(f"{'*' if option.correct else ''}{letter})", option.text)
        if option.feedback:
            yield _hung("...", option.feedback)


def _several(item: Item) -> Iterator[str]:
    for option in item.options:
        yield _hung("[*]" if option.correct else "[ ]", option.text)
        if option.feedback:
            yield _hung("...", option.feedback)


def _short_text(item: Item) -> Iterator[str]:
    accepted = item.task.accepted if isinstance(item.task, ShortText) else ()
    yield from (_hung("*", words) for words in accepted)


def _numeric(item: Item) -> Iterator[str]:
    if isinstance(item.task, Numeric):
        yield f"=       {item.task.value} +- {item.task.tolerance}"


def _essay(item: Item) -> Iterator[str]:
    yield "____"


_WRITERS: dict[str, Callable[[Item], Iterator[str]]] = {
    "single": _choices,
    "true_false": _choices,
    "situational": _choices,
    "multiple": _several,
    "short_text": _short_text,
    "numeric": _numeric,
    "short_answer": _essay,
}
