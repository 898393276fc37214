"""A ruling is about words: it reaches its question and no other, and voiding never lowers anybody."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.rules.shapes import Item
from lms.quizzes import rules
from lms.quizzes.rules import Paper, Question, Ruling, shuffling
from tests.factories import item
from tests.quizzes import items

TEXTS = ("First way", "Second way", "Third way", "Fourth way")
PAPER = Paper(
    (
        Question(1, item(1)),
        Question(2, item(2, kind="multiple")),
        Question(3, item(3, correct=0, kind="true_false")),
        Question(4, items.MATCHING),
        Question(5, items.SHORT_ANSWER),
    )
)
CHOICES = st.dictionaries(st.integers(1, 3), st.lists(st.integers(0, 1), unique=True, max_size=1).map(tuple))
KINDS = st.sampled_from(["single", "multiple"])
RIGHT = st.lists(st.sampled_from(TEXTS), unique=True, min_size=1, max_size=3).map(tuple)


def about(position: int, kind: Any = "void", right: tuple[str, ...] = (), number: int = 1) -> Ruling:
    return Ruling(rules.words_of(PAPER.questions[position - 1]), kind, right, number)


def points(paper: Paper, responses: Any, *rulings: Ruling) -> list[int]:
    return [one.points for one in rules.score(rules.under(paper, rules.in_force(rulings)), responses).marked]


def test_a_void_gives_every_point_answered_or_not() -> None:
    for answer in ({}, {1: (0,)}, {1: (1,)}):
        assert points(PAPER, answer, about(1))[0] == 100
    assert points(PAPER, {}, about(4))[3] == 100


def test_what_is_void_waits_for_nobody() -> None:
    written = {5: ("I would ask.",)}
    assert rules.score(PAPER, written).waiting
    assert not rules.score(rules.under(PAPER, rules.in_force([about(5)])), written).waiting


def test_another_key_moves_the_points() -> None:
    new = about(1, "key", ("Third way",))
    assert points(PAPER, {1: (2,)}, new)[0] == 100
    assert points(PAPER, {1: (1,)}, new)[0] == 0
    assert points(PAPER, {}, new)[0] == 0


def test_of_two_right_options_of_a_single_either_counts() -> None:
    new = about(1, "key", ("Second way", "Third way"))
    assert [points(PAPER, {1: (at,)}, new)[0] for at in range(4)] == [0, 100, 100, 0]


def test_the_newest_ruling_holds_whatever_order_they_come_in() -> None:
    old, new = about(1), about(1, "key", ("Third way",), number=2)
    for both in ((old, new), (new, old)):
        assert points(PAPER, {1: (0,)}, *both)[0] == 0


@pytest.mark.parametrize("one", items.ALL, ids=lambda one: one.type)
def test_a_void_is_undone_for_every_type(one: Item) -> None:
    paper = Paper((Question(1, one),))
    words = rules.words_of(paper.questions[0])
    void, undone = Ruling(words, "void"), Ruling(words, "asked", number=2)
    assert rules.under(paper, rules.in_force([void])).void == {1}
    assert rules.under(paper, rules.in_force([undone, void])) == paper


def test_other_words_are_another_question() -> None:
    mended = Paper((Question(1, item(1, correct=3)),))
    assert points(mended, {1: (0,)}, about(1)) == [0]


@pytest.mark.parametrize("one", items.ALL, ids=lambda one: one.type)
def test_a_mended_key_is_another_question_for_every_type(one: Item) -> None:
    changed = {
        "matching": lambda task: replace(task, key=task.key[::-1]),
        "ordering": lambda task: replace(task, places=task.places[::-1]),
        "numeric": lambda task: replace(task, value="3"),
        "short_text": lambda task: replace(task, accepted=("other",)),
        "cloze": lambda task: replace(task, gaps=task.gaps[::-1]),
        "short_answer": lambda task: replace(task, guide="Other."),
    }
    weighed = tuple(replace(option, weight=1) for option in one.options)
    mended = replace(one, options=weighed, task=changed[one.type](one.task) if one.task else None)
    assert rules.words_of(Question(1, one)) != rules.words_of(Question(1, mended))


@given(items.ITEMS, st.integers(0, 2**31))
def test_the_order_in_which_it_was_shown_is_no_part_of_the_words(one: Item, seed: int) -> None:

    chance = Random(seed)
    shown = shuffling.shown(one, lambda many, _which: chance.sample(range(many), many), options=True)
    assert rules.words_of(Question(1, shown)) == rules.words_of(Question(7, one))


@given(CHOICES, st.integers(1, 3), RIGHT, st.sampled_from(["key", "void", "asked"]))
def test_a_ruling_never_touches_other_questions(
    answers: dict[int, tuple[int, ...]], position: int, right: tuple[str, ...], kind: Any
) -> None:
    before, after = points(PAPER, answers), points(PAPER, answers, about(position, kind, right))
    assert [x for at, x in enumerate(after, 1) if at != position] == [
        x for at, x in enumerate(before, 1) if at != position
    ]


@given(CHOICES, st.integers(1, 4))
def test_a_void_never_lowers_anybody(answers: dict[int, tuple[int, ...]], position: int) -> None:
    assert points(PAPER, answers, about(position))[position - 1] == 100
    assert sum(points(PAPER, answers, about(position))) >= sum(points(PAPER, answers))


@given(KINDS, st.sets(st.integers(0, 3)), RIGHT, st.permutations(range(4)))
def test_the_order_of_options_is_irrelevant(
    kind: Any, chosen: set[int], right: tuple[str, ...], order: list[int]
) -> None:
    if kind == "single":
        chosen = set(sorted(chosen)[:1])
    straight = item(1, kind=kind)
    turned = replace(straight, options=tuple(straight.options[at] for at in order))
    ruling = Ruling(rules.words_of(Question(1, straight)), "key", right)
    here = points(Paper((Question(1, straight),)), {1: tuple(sorted(chosen))}, ruling)
    there = points(Paper((Question(1, turned),)), {1: tuple(sorted(order.index(at) for at in chosen))}, ruling)
    backwards = replace(ruling, right=right[::-1])
    assert here == there == points(Paper((Question(1, straight),)), {1: tuple(sorted(chosen))}, backwards)


@given(st.integers(1, 3))
def test_the_present_key_changes_nothing(position: int) -> None:
    right = tuple(option.text for option in PAPER.questions[position - 1].item.options if option.correct)
    assert rules.under(PAPER, rules.in_force([about(position, "key", right)])) == PAPER


def test_a_ruling_is_never_stored_with_the_paper() -> None:
    ruled = rules.under(PAPER, rules.in_force([about(1)]))
    assert ruled.void == {1}
    assert ruled.to_json() == PAPER.to_json()


@pytest.mark.parametrize(
    ("position", "kind", "right", "why"),
    [
        (1, "key", ("First way",), ""),
        (1, "key", ("First way", "Third way"), ""),
        (1, "key", TEXTS, "all"),
        (2, "key", TEXTS, ""),
        (3, "key", ("True way",), ""),
        (1, "key", (), "none"),
        (1, "key", ("Fifth way",), "foreign"),
        (1, "void", (), ""),
        (4, "key", ("first",), "type"),
        (4, "void", (), ""),
        (1, "asked", (), ""),
        (4, "asked", (), ""),
        (5, "asked", (), "person"),
        (5, "void", (), "person"),
    ],
)
def test_what_can_be_ruled(position: int, kind: Any, right: tuple[str, ...], why: str) -> None:
    assert rules.misruled(PAPER.questions[position - 1], kind, right) == why
