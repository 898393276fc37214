"""The shape of a paper says of every answer what the paper says of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.rules.shapes import Item
from lms.quizzes import rules
from lms.quizzes.rules import Given, Paper, Question, Shape, Slot, fitted, right_choice, slot_of, whole
from tests.quizzes import items

CELLS = st.lists(st.integers(-3, 12) | st.text(max_size=8) | st.sampled_from(["", "1", "7", "12 hours"]), max_size=8)


def shape_of(*drawn: Item) -> Shape:
    """A shape that has been in a database."""
    paper = Paper(tuple(Question(at, item) for at, item in enumerate(drawn, 1)))
    return Shape(json.loads(json.dumps(Shape.of(paper).to_json())))


@given(items.ITEMS, CELLS)
def test_whatever_arrives_fits_the_shape_as_it_fits_the_paper(item: Item, cells: list[Any]) -> None:
    question, slot = Question(1, item), shape_of(item).question(1)
    assert slot is not None
    for choice in (tuple(cells), right_choice(question)):
        assert fitted(slot, choice) == fitted(question, choice)
        assert whole(slot, choice) == whole(question, choice)
    assert (slot.fields, slot.by_person) == (question.fields, question.by_person)


@given(st.lists(items.ITEMS, min_size=1, max_size=5))
def test_a_shape_comes_back_from_storage_as_it_was(drawn: list[Item]) -> None:
    shape = shape_of(*drawn)
    assert [shape.question(at) for at in range(1, len(drawn) + 1)] == [
        slot_of(Question(at, item)) for at, item in enumerate(drawn, 1)
    ]
    assert shape.many == len(drawn)


def test_a_position_that_is_not_there_has_no_slot() -> None:
    shape = shape_of(items.CLOZE)
    assert [shape.question(at) for at in (-1, 0, 2)] == [None, None, None]
    assert rules.misfit(shape, Given(2, (), False, 1)) == "position"


@pytest.mark.parametrize(
    ("item", "stored"),
    [
        (items.SITUATIONAL, {"options": 4}),
        (items.MATCHING, {"cells": [[0, 4]] * 3}),
        (items.ORDERING, {"cells": [[1, 5]] * 4}),
        (items.CLOZE, {"cells": [None, [0, 3]]}),
        (items.NUMERIC, {"cells": [None], "unit": "hours"}),
        (items.SHORT_TEXT, {"cells": [None]}),
        (items.SHORT_ANSWER, {"cells": [None], "by_person": True}),
    ],
)
def test_a_shape_is_small_and_names_no_answer(item: Item, stored: dict[str, Any]) -> None:
    assert shape_of(item).to_json() == [stored]


def test_a_slot_is_its_own_slot() -> None:
    slot = Slot(3, options=4)
    assert slot_of(slot) is slot
