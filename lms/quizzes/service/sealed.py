"""Words that a person typed for a `short_answer`: sealed wherever they are stored, opened only to be shown."""

import base64
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from lms.core.db import keys_of
from lms.quizzes.models import Attempt
from lms.quizzes.rules import Choice, Question, Slot

SHUT = "…"
"""What stands for sealed words where nobody has to read them: there is an answer, and that is all it says."""


def stored(s: Session, attempt: Attempt, question: Question | Slot | None, choice: Choice) -> list[Any]:
    """Return a choice as it is stored: the words of a person are sealed for this attempt and question, the rest is plain."""
    if question is None or not question.by_person:
        return list(choice)
    return [{"sealed": _seal(s, attempt, question.position, str(words))} for words in choice]


def shut(row: list[Any]) -> Choice:
    """Return a stored choice without opening it, which is all that marking needs."""
    return tuple(SHUT if isinstance(one, Mapping) else one for one in row)


def opened(s: Session, attempt: Attempt, position: int, row: list[Any]) -> Choice:
    """Return a stored choice with its words opened."""
    return tuple(_open(s, attempt, position, one["sealed"]) if isinstance(one, Mapping) else one for one in row)


def _seal(s: Session, attempt: Attempt, position: int, words: str) -> str:
    return base64.b64encode(keys_of(s).seal(words, _place(attempt, position))).decode()


def _open(s: Session, attempt: Attempt, position: int, sealed: str) -> str:
    return keys_of(s).open(base64.b64decode(sealed), _place(attempt, position))


def _place(attempt: Attempt, position: int) -> str:
    # The answer that stands and the record of its arrival hold the same words, and may hold the same bytes.
    return f"lms_quiz_response:{attempt.code}/{position}:choice"
