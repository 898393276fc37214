"""What a choice may look like for each type of question, whether it is whole, and which one is right.

A choice is a tuple. Where options are chosen it holds their numbers, in order. Where fields are filled in it holds one
entry for each field: the number chosen in a list, the words typed in a box, or "" for a field left open.
"""

from collections.abc import Sequence

from lms.curriculum.rules.tasks import GAP, Cloze, Gap, Matching, Numeric, Ordering, ShortAnswer, ShortText
from lms.quizzes.rules.numbers import read_number
from lms.quizzes.rules.paper import Question
from lms.quizzes.rules.slots import Listed, Slot, slot_of

Choice = tuple[int | str, ...]

LONGEST_LINE = 200
LONGEST_ANSWER = 10_000
"""Characters of one typed line, and of a `short_answer`; the boxes of the page stop there."""


def fitted(asked: Question | Slot, given: Sequence[int | str]) -> Choice | None:
    """Return a choice in its one form, or None if it cannot be an answer to this question; () is no answer."""
    slot = slot_of(asked)
    if slot.fields:
        return _fields(slot, given)
    numbers = [one for one in given if isinstance(one, int) and 0 <= one < slot.options]
    if len(numbers) != len(given) or len(set(numbers)) != len(numbers):
        return None
    if len(numbers) > 1 and not slot.several:
        return None
    return tuple(sorted(numbers))


def _fields(slot: Slot, given: Sequence[int | str]) -> Choice | None:
    if not given:
        return ()
    if len(given) != slot.fields:
        return None
    read = [_field(slot, cell, one) for cell, one in zip(slot.cells, given, strict=True)]
    if any(one is None for one in read):
        return None
    cells = tuple(one for one in read if one is not None)
    return cells if any(cell != "" for cell in cells) else ()


def _field(slot: Slot, among: Listed | None, given: int | str) -> int | str | None:
    if isinstance(given, str) and not given.strip():
        return ""
    if among is None:
        longest = LONGEST_ANSWER if slot.by_person else LONGEST_LINE
        return given if isinstance(given, str) and len(given) <= longest else None
    if isinstance(given, str):
        given = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else -1
    return given if given in range(*among) else None


def whole(asked: Question | Slot, choice: Choice) -> bool:
    """Say whether nothing of an answer is missing: every field is filled, and a number can be read as one."""
    unit = slot_of(asked).unit
    if unit is not None:
        return bool(choice) and read_number(str(choice[0]), unit) is not None
    return bool(choice) and "" not in choice


def right_choice(question: Question) -> Choice:
    """Return the choice that gets every point; empty for a `short_answer`, which a person judges."""
    task = question.item.task
    if isinstance(task, Matching):
        return task.key
    if isinstance(task, Ordering):
        return task.places
    if isinstance(task, Numeric):
        return (task.value,)
    if isinstance(task, ShortText):
        return task.accepted[:1]
    if isinstance(task, Cloze):
        return tuple(_right_cell(gap) for gap in task.gaps)
    return () if isinstance(task, ShortAnswer) else tuple(sorted(question.right))


def _right_cell(gap: Gap) -> int | str:
    return gap.choices.index(gap.accepted[0]) if gap.choices else gap.accepted[0]


def same(given: Choice, held: Choice) -> bool:
    """Say whether what arrived is what stands, however a form or a script wrote it down."""
    plain = sorted(given, key=str) if all(isinstance(one, int) for one in given) else given
    stands = sorted(held, key=str) if plain is not given else held
    return _texts(plain) == _texts(stands)


def _texts(cells: Sequence[int | str]) -> tuple[str, ...]:
    texts = tuple(str(cell) for cell in cells)
    return texts if any(text.strip() for text in texts) else ()


def stem_parts(stem: str) -> tuple[tuple[str, int], ...]:
    """Cut the stem of a `cloze` at its gaps: each piece of HTML with the number of the gap after it, the last with 0."""
    cut = GAP.split(stem)
    return tuple((cut[at], int(cut[at + 1]) if at + 1 < len(cut) else 0) for at in range(0, len(cut), 2))
