"""GIFT, written: Moodle's text format. Our own ids, competencies and lessons travel in the comments Moodle reads as tags."""

from collections.abc import Callable, Iterator

from lms.curriculum.rules.shapes import Item
from lms.curriculum.rules.tasks import Cloze, Gap, Matching, Numeric, ShortAnswer, ShortText
from lms.quizzes.formats.exchange import Exported, Unfit, percent, tags_of

_ESCAPED = {sign: "\\" + sign for sign in "\\~=#{}:"} | {"\n": "\\n"}


def write(items: tuple[Item, ...]) -> Exported:
    """Write questions as GIFT; whatever GIFT cannot say is left out and named."""
    blocks, lost = [], []
    for item in items:
        try:
            blocks.append(_question(item))
            lost += [f"`{item.id}`: {what}" for what in _loses(item)]
        except Unfit as unfit:
            lost.append(f"`{item.id}` is left out: {unfit}")
    return Exported(("\n\n".join(blocks) + "\n").encode(), tuple(lost))


def _loses(item: Item) -> Iterator[str]:
    task = item.task
    if isinstance(task, ShortAnswer):
        yield "GIFT has no place for the guide and its points."
    if isinstance(task, Numeric) and task.unit:
        yield "GIFT has no place for the unit."


def _question(item: Item) -> str:
    tags = " ".join(f"[tag:{_tag(tag)}]" for tag in tags_of(item))
    head = f"// [id:{_tag(item.id)}] {tags}\n::{_text(item.id)}::[markdown]"
    feedback = f"####{_shown(item.rationale)}" if item.rationale else ""
    if isinstance(item.task, Cloze):
        return head + _missing_word(item.stem, item.task, feedback)
    return f"{head}{_text(item.stem)}{{{_WRITERS[item.type](item)}{feedback}}}"


def _tag(text: str) -> str:
    return text.replace("\\", "\\\\").replace("]", "\\]")


def _text(text: str) -> str:
    return "".join(_ESCAPED.get(letter, letter) for letter in text.strip())


def _shown(text: str) -> str:
    # A text that begins like a format or a weight would be read as one; saying the format again keeps it a text.
    written = _text(text)
    return "[markdown]" + written if written.startswith(("[", "%")) else written


def _bare(text: str) -> str:
    # Accepted texts and answers carry no format, so there is no way to say that a percent sign is only a sign.
    if "->" in text or text.strip().startswith(("%", "[")):
        raise Unfit(f"GIFT would read `{text}` as something else.")
    return _text(text)


def _single(item: Item) -> str:
    return "".join(
        f"\n{'=' if option.correct else _weighed(option.weight or 0)}{_shown(option.text)}#{_shown(option.feedback)}"
        for option in item.options
    )


def _weighed(weight: int) -> str:
    return f"~%{weight}%" if weight else "~"


def _multiple(item: Item) -> str:
    share = percent(100 / max(1, sum(option.correct for option in item.options)))
    return "".join(
        f"\n~%{'' if option.correct else '-'}{share}%{_shown(option.text)}#{_shown(option.feedback)}"
        for option in item.options
    )


def _true_false(item: Item) -> str:
    true, false = item.options
    right, wrong = (true, false) if true.correct else (false, true)
    return f"{'TRUE' if true.correct else 'FALSE'}#{_shown(wrong.feedback)}#{_shown(right.feedback)}"


def _matching(item: Item) -> str:
    task = item.task
    if not isinstance(task, Matching):
        return ""
    if any("->" in prompt for prompt in task.prompts):
        raise Unfit("GIFT cannot hold an arrow in a prompt.")
    pairs = [f"\n={_shown(p)} -> {_bare(task.answers[at])}" for p, at in zip(task.prompts, task.key, strict=True)]
    spare = [f"\n= -> {_bare(text)}" for at, text in enumerate(task.answers) if at not in task.key]
    return "".join(pairs + spare)


def _numeric(item: Item) -> str:
    return f"#{item.task.value}:{item.task.tolerance}" if isinstance(item.task, Numeric) else ""


def _short_text(item: Item) -> str:
    return "".join(f"\n={_bare(text)}" for text in item.task.accepted) if isinstance(item.task, ShortText) else ""


def _nothing(item: Item) -> str:
    return ""


def _ordering(item: Item) -> str:
    raise Unfit("GIFT has no question that asks for an order; Moodle XML has one.")


def _missing_word(stem: str, task: Cloze, feedback: str) -> str:
    if len(task.gaps) > 1:
        raise Unfit("GIFT holds one gap, and this has more; Moodle XML holds them.")
    before, _mark, after = stem.partition("[[1]]")
    # Only ends may be trimmed: the space before a gap belongs to the sentence.
    joined = _text("|" + before.lstrip() + "|")[1:-1], _text("|" + after.rstrip() + "|")[1:-1]
    return f"{joined[0]}{{{_gap(task.gaps[0])}{feedback}}}{joined[1]}"


def _gap(gap: Gap) -> str:
    texts = gap.choices or gap.accepted
    return " ".join(f"{'=' if text in gap.accepted else '~'}{_bare(text)}" for text in texts)


_WRITERS: dict[str, Callable[[Item], str]] = {
    "single": _single,
    "situational": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": _numeric,
    "short_text": _short_text,
    "short_answer": _nothing,
}
