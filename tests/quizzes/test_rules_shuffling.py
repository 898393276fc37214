"""What is shown is moved, what is right stays right, and an order that is the key never stands."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.ids import shuffled
from lms.curriculum.rules.shapes import Item, Quiz
from lms.quizzes import rules
from lms.quizzes.rules import Paper, Question, right_choice
from tests.quizzes import items


def points(item: Item, choice: Any) -> int:
    return rules.score(Paper((Question(1, item),)), {1: choice}).points


@given(items.ITEMS, st.integers(0, 2**31))
def test_shuffling_moves_what_is_shown_and_never_what_is_right(item: Item, seed: int) -> None:
    quiz = Quiz("q", "Q", "module", "m1", None, None, 0, 75, True, True, "feedback", (item,), ())
    (question,) = rules.draw(quiz, {}, seed, shuffled).questions
    assert points(question.item, right_choice(question)) == 100
    assert _pairs(question.item) == _pairs(item)


def _pairs(item: Item) -> set[Any]:
    task: Any = item.task
    if item.type == "matching":
        return {(prompt, task.answers[key]) for prompt, key in zip(task.prompts, task.key, strict=True)}
    if item.type == "ordering":
        return set(zip(task.steps, task.places, strict=True))
    if item.type == "cloze":
        return {(gap.accepted, frozenset(gap.choices)) for gap in task.gaps}
    return {(o.text, o.weight, o.correct) for o in item.options} or {task}


@pytest.mark.parametrize("seed", range(40))
def test_an_authors_order_that_is_the_key_never_stands(seed: int) -> None:
    quiz = Quiz("q", "Q", "module", "m1", None, None, 0, 75, False, False, "feedback", (items.ORDERING,), ())
    (question,) = rules.draw(quiz, {}, seed, shuffled).questions
    assert right_choice(question) != (1, 2, 3, 4)
