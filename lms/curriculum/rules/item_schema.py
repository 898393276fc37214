"""The keys of a question, as an author writes it. Which of them a type needs is judged in `item_types`."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from lms.curriculum.rules.sheet import Id, Sheet, Words
from lms.curriculum.rules.tasks import ItemType

FIGURE = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?$"
SPAN = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?$"


def _as_text(value: Any) -> Any:
    # YAML reads 0.1 as a binary fraction; its shortest text is what the author typed.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return format(Decimal(repr(value)), "f")


_EITHER = WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": FIGURE}]})
Figure = Annotated[str, BeforeValidator(_as_text), Field(pattern=FIGURE), _EITHER]
Span = Annotated[str, BeforeValidator(_as_text), Field(pattern=SPAN), _EITHER]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class OptionIn(Sheet):
    """One answer to choose from; a `situational` one has a weight and, as feedback, the reason for it."""

    text: Words
    correct: bool = False
    weight: Annotated[int, Field(ge=-100, le=100)] | None = None
    feedback: Words


class PairIn(Sheet):
    """One prompt of a `matching` and the answer that belongs to it."""

    prompt: Words
    answer: Line


class NumberIn(Sheet):
    """What a `numeric` asks for."""

    value: Figure
    tolerance: Span = "0"
    unit: Annotated[str, Field(max_length=40)] = ""


class GapIn(Sheet):
    """One gap of a `cloze`: texts that are accepted, or a list with its right entry."""

    accepted: list[Line] | None = None
    choices: list[Line] | None = None
    answer: Line | None = None


class ItemIn(Sheet):
    """One question."""

    id: Id
    type: ItemType
    competencies: Annotated[list[Id], Field(min_length=1)]
    difficulty: Annotated[int, Field(ge=1, le=3)]
    lesson: Id
    stem: Words
    options: list[OptionIn] = Field(default_factory=list)
    pairs: list[PairIn] = Field(default_factory=list)
    distractors: list[Line] = Field(default_factory=list)
    steps: list[Words] = Field(default_factory=list)
    number: NumberIn | None = None
    accepted: list[Line] = Field(default_factory=list)
    gaps: list[GapIn] = Field(default_factory=list)
    guide: str = ""
    points: Annotated[int, Field(ge=1, le=10)] | None = None
    rationale: Words
