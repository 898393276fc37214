"""Questions: from what an author typed to the shape that is published, exported and drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lms.core.errors import Invalid
from lms.curriculum.formats.markdown import Pages
from lms.curriculum.rules import shapes
from lms.curriculum.rules.item_schema import ItemIn
from lms.curriculum.rules.tasks import Cloze, Gap, Matching, Numeric, Ordering, ShortAnswer, ShortText, Task
from lms.curriculum.service.reading import read_tree

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


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of one file, as their author wrote them and as they are shown."""

    id: str
    title: str
    authored: tuple[shapes.Item, ...]
    rendered: tuple[shapes.Item, ...]


def questions(curriculum: Path, quizzes: Path, id_: str) -> Questions:
    """Return the questions of a bank, or of a quiz that holds its own; raise Invalid with what is wrong with the file."""
    tree, problems = read_tree(curriculum, quizzes)
    found = next((file for file in reversed(tree.holders()) if file.id == id_ and file.data.items), None)
    if found is None:
        names = (f"quizzes/banks/{id_}.yaml", f"quizzes/{id_}.yaml")
        wrong = [str(problem) for problem in problems if problem.file in names]
        raise Invalid("\n".join(wrong) or f"No file below quizzes holds questions under the name {id_!r}.")
    pages = Pages(tree.memo, tree.programme.data.language if tree.programme else "en")

    def block(text: str) -> str:
        return pages.block(text).html

    def inline(text: str) -> str:
        return pages.inline(text).html

    return Questions(
        id=id_,
        title=found.data.title,
        authored=tuple(item_of(item, str.strip, str.strip) for item in found.data.items),
        rendered=tuple(item_of(item, block, inline) for item in found.data.items),
    )
