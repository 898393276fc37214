"""Every type of question: what fits, what it gives, and that no order, no garbage and no luck changes that."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.rules.shapes import Item
from lms.quizzes import rules
from lms.quizzes.rules import Given, Paper, Question, fitted, right_choice, whole
from tests.quizzes import items

CELLS = st.lists(
    st.integers(-3, 12) | st.text(max_size=8) | st.sampled_from(["", "1", "٣", "²", "99999999"]), max_size=8
)


def points(item: Item, choice: Any) -> int:
    return rules.score(Paper((Question(1, item),)), {1: choice}).points


@pytest.mark.parametrize(
    ("item", "choice", "given"),
    [
        (items.MATCHING, (0, 1, 2), 100),
        (items.MATCHING, (0, 1, 3), 66),
        (items.MATCHING, ("0", "1", ""), 66),
        (items.MATCHING, (0, 0, 0), 33),
        (items.MATCHING, (3, 3, 3), 0),
        (items.ORDERING, (1, 2, 3, 4), 100),
        (items.ORDERING, (2, 1, 3, 4), 66),  # one pair of six the wrong way round
        (items.ORDERING, (4, 1, 2, 3), 0),
        (items.ORDERING, (1, 1, 1, 1), 0),  # the same place for all says nothing
        (items.ORDERING, (1, "", "", 4), 16),
        (items.ORDERING, (4, 3, 2, 1), 0),
        (items.NUMERIC, ("1,000.5",), 100),
        (items.NUMERIC, ("1001 hours",), 100),
        (items.NUMERIC, ("1001.01",), 0),
        (items.NUMERIC, (" +1000 ",), 100),
        (items.NUMERIC, ("one thousand",), 0),
        (items.SHORT_TEXT, ("  WARM   line ",), 100),
        (items.SHORT_TEXT, ("wärmlíne",), 100),
        (items.SHORT_TEXT, ("hotline",), 0),
        (items.CLOZE, ("Hope", 1), 100),
        (items.CLOZE, ("hope", 0), 50),
        (items.CLOZE, ("", 1), 50),
        (items.CLOZE, ("must", "2"), 0),
        (items.SITUATIONAL, (0,), 100),
        (items.SITUATIONAL, (1,), 60),
        (items.SITUATIONAL, (2,), 0),
        (items.SITUATIONAL, (3,), 0),
        (items.SHORT_ANSWER, ("I would ask.",), 0),
        *[(item, (), 0) for item in items.ALL],
    ],
)
def test_the_points_of_one_answer(item: Item, choice: Any, given: int) -> None:
    assert points(item, choice) == given


@pytest.mark.parametrize(
    ("item", "choice"),
    [
        (items.MATCHING, (0, 1)),
        (items.MATCHING, (0, 1, 4)),
        (items.MATCHING, (0, 1, -1)),
        (items.MATCHING, (0, 1, "two")),
        (items.ORDERING, (0, 1, 2, 3)),
        (items.ORDERING, (1, 2, 3, 5)),
        (items.NUMERIC, (5,)),
        (items.NUMERIC, ("5", "6")),
        (items.SHORT_TEXT, ("a" * 201,)),
        (items.CLOZE, ("hope", 3)),
        (items.CLOZE, ("hope", "may")),
        (items.CLOZE, (1, 1)),
        (items.SITUATIONAL, (0, 1)),
        (items.SITUATIONAL, (4,)),
        (items.SITUATIONAL, ("0",)),
        (items.SHORT_ANSWER, ("a" * 10_001,)),
    ],
)
def test_what_cannot_be_an_answer_is_refused_and_named(item: Item, choice: Any) -> None:
    paper = Paper((Question(1, item),))
    assert fitted(paper.questions[0], choice) is None
    assert rules.misfit(paper, Given(1, choice, False, 1)) == "choice"
    assert rules.score(paper, {1: choice}).points == 0


@given(items.ITEMS)
def test_a_right_answer_gets_the_whole_point(item: Item) -> None:
    question = Question(1, item)
    right = right_choice(question)
    assert points(item, right) == 100
    assert fitted(question, right) == right
    assert whole(question, right)


@given(items.ITEMS, CELLS)
def test_whatever_arrives_gives_between_nothing_and_one_point_or_is_refused(item: Item, cells: list[Any]) -> None:
    question = Question(1, item)
    choice = fitted(question, cells)
    assert 0 <= points(item, cells) <= 100
    assert choice is not None or points(item, cells) == 0
    if choice is not None:
        assert fitted(question, choice) == choice
        assert points(item, choice) == points(item, cells)


@given(st.lists(items.ITEMS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_score_is_the_same_in_whatever_order_answers_come(drawn: list[Item], random: Any) -> None:
    paper = Paper(tuple(Question(at, item) for at, item in enumerate(drawn, 1)))
    answers = [(q.position, right_choice(q)) for q in paper.questions if random.random() < 0.7]
    mixed = random.sample(answers, len(answers))
    assert rules.score(paper, dict(mixed)) == rules.score(paper, dict(answers))
    assert rules.score(paper, dict(answers)).points == 100 * len(answers)


@given(st.lists(items.ITEMS | st.just(items.SHORT_ANSWER), min_size=1, max_size=4))
def test_a_paper_of_any_types_comes_back_from_storage(drawn: list[Item]) -> None:
    paper = Paper(tuple(Question(at, item) for at, item in enumerate(drawn, 1)))
    assert Paper.from_json(json.loads(json.dumps(paper.to_json(), sort_keys=True))) == paper


def test_a_paper_from_before_there_were_types_is_still_read() -> None:
    stored = Paper((Question(1, items.SITUATIONAL),)).to_json()
    del stored["questions"][0]["item"]["task"]
    for option in stored["questions"][0]["item"]["options"]:
        del option["weight"]
    stored["questions"][0]["item"]["type"] = "single"
    paper = Paper.from_json(stored)
    assert paper.questions[0].item.task is None
    assert rules.score(paper, {1: (0,)}).points == 100


@pytest.mark.parametrize("item", items.ALL, ids=lambda item: item.type)
def test_what_a_page_carries_along_is_what_comes_back(item: Item) -> None:
    question = Question(1, item)
    choice = right_choice(question) or ("Words “said”\nof mine",)
    sent = tuple(str(one) for one in choice) if question.fields else choice
    assert rules.as_shown(choice, True, bool(question.fields)) == rules.as_shown(sent, True, bool(question.fields))
    assert rules.as_shown((), False, True) == rules.as_shown(("", ""), False, True) == ""
    assert rules.same(sent, choice)
    assert not rules.same(sent, ())


def test_order_tells_two_answers_apart_where_it_means_something() -> None:
    assert not rules.same(("1", "2"), (2, 1))
    assert rules.same((2, 0), (0, 2))
    assert rules.same(("", ""), ())


def test_a_number_that_cannot_be_read_keeps_its_question_open() -> None:
    question = Question(1, items.NUMERIC)
    assert [whole(question, (typed,)) for typed in ("1,000", "12,5")] == [True, False]
    assert not whole(Question(1, items.MATCHING), (0, "", 1))


def test_a_person_s_grade_is_the_points_of_a_written_answer() -> None:
    paper = Paper((Question(1, items.SHORT_ANSWER), Question(2, items.SHORT_TEXT)))
    answers = {1: ("I would ask.",), 2: ("warmline",)}
    waiting = rules.score(paper, answers)
    assert (waiting.points, waiting.out_of, waiting.waiting) == (100, 200, True)
    assert rules.verdict(waiting, 50) is None
    graded = rules.score(paper, answers, {1: 66})
    assert (graded.points, graded.waiting, rules.verdict(graded, 83), rules.verdict(graded, 84)) == (
        166,
        False,
        True,
        False,
    )
    assert rules.review(paper, answers, {1: 66})[0].points == 66
    nobody = rules.score(paper, {2: ("warmline",)})
    assert (nobody.waiting, rules.verdict(nobody, 50)) == (False, True)


def test_the_parts_of_a_stem_with_gaps() -> None:
    assert rules.stem_parts(items.CLOZE.stem) == (
        ("<p>Recovery needs ", 1),
        (", and a person ", 2),
        (" choose.</p>", 0),
    )
    assert rules.stem_parts("<p>None</p>") == (("<p>None</p>", 0),)


def test_a_support_line_is_seen_wherever_it_is_named() -> None:
    named = replace(items.MATCHING, task=replace(items.MATCHING.task, prompts=("{{crisis:988}}", "b", "c")))  # type: ignore[type-var]
    assert Paper((Question(1, named),)).names_a_line
    assert not Paper(tuple(Question(at, item) for at, item in enumerate(items.ALL, 1))).names_a_line
