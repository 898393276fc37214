"""Questions: from what an author typed to the shape that is published, exported and drawn."""

from collections.abc import Callable

from lms.curriculum.rules import shapes
from lms.curriculum.rules.item_schema import ItemIn
from lms.curriculum.rules.tasks import Cloze, Gap, Matching, Numeric, Ordering, ShortAnswer, ShortText, Task

Render = Callable[[str], str]


def item_of(item: ItemIn, block: Render, inline: Render) -> shapes.Item:
    """Return a question with its texts rendered; an exporter that keeps Markdown hands in functions that do nothing."""
    options = tuple(
        shapes.Option(inline(one.text), one.correct or one.weight == 100, inline(one.feedback), one.weight)
        for one in item.options
    )
    return shapes.Item(
        id=item.id,
        type=item.type,
        competencies=tuple(item.competencies),
        difficulty=item.difficulty,
        lesson=item.lesson,
        stem=block(item.stem),
        options=options,
        rationale=block(item.rationale),
        task=_task(item, block, inline),
    )


def _task(item: ItemIn, block: Render, inline: Render) -> Task | None:
    if item.type == "matching":
        return _matching(item, inline)
    if item.type == "ordering":
        return Ordering(tuple(inline(step) for step in item.steps), tuple(range(1, len(item.steps) + 1)))
    if item.type == "numeric" and item.number:
        return Numeric(item.number.value, item.number.tolerance, item.number.unit.strip())
    if item.type == "short_text":
        return ShortText(tuple(item.accepted))
    if item.type == "cloze":
        gaps = (Gap(tuple(g.accepted or ()) or (g.answer or "",), tuple(g.choices or ())) for g in item.gaps)
        return Cloze(tuple(gaps))
    return ShortAnswer(block(item.guide), item.points or 1) if item.type == "short_answer" else None


def _matching(item: ItemIn, inline: Render) -> Matching:
    answers = tuple(dict.fromkeys([*(pair.answer for pair in item.pairs), *item.distractors]))
    key = tuple(answers.index(pair.answer) for pair in item.pairs)
    return Matching(tuple(inline(pair.prompt) for pair in item.pairs), answers, key)
