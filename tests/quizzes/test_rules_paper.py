import json
from collections import Counter
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.errors import Conflict
from lms.core.ids import shuffled
from lms.curriculum.rules.shapes import Bank, Draw, Item, Quiz
from lms.quizzes.rules import Paper, Question, draw
from tests.factories import item
from tests.quizzes import items

SEEDS = st.integers(0, 2**31)


def quiz(items: tuple[Item, ...] = (), draws: tuple[Draw, ...] = (), shuffle: bool = True) -> Quiz:
    return Quiz("q", "Quiz", "module", "m1", 30, 3, 12, 75, shuffle, shuffle, "feedback", items, draws)


def bank(name: str, *items: Item) -> Bank:
    return Bank(name, name, name, items)


BANKS = {
    "a": bank("a", *(item(n, "peer-role") for n in range(10)), *(item(n, "ethics") for n in range(10, 20))),
    "b": bank("b", *(item(n, "ethics") for n in range(20, 26))),
}


@given(SEEDS)
def test_the_same_seed_gives_the_same_paper(seed: int) -> None:
    wanted = quiz(draws=(Draw(("a", "b"), "", 8),))
    assert draw(wanted, BANKS, seed, shuffled) == draw(wanted, BANKS, seed, shuffled)


@given(SEEDS)
def test_a_blueprint_is_kept_to_the_letter(seed: int) -> None:
    wanted = quiz(draws=(Draw(("a", "b"), "peer-role", 4), Draw(("a", "b"), "ethics", 7)))
    paper = draw(wanted, BANKS, seed, shuffled)
    drawn = [q.item for q in paper.questions]
    assert Counter(one.competencies[0] for one in drawn) == {"peer-role": 4, "ethics": 7}
    assert len({one.id for one in drawn}) == 11
    assert [q.position for q in paper.questions] == list(range(1, 12))


@given(SEEDS)
def test_a_blueprint_draws_each_difficulty_it_names(seed: int) -> None:
    mixed = {"c": bank("c", *(replace(item(n, "ethics"), difficulty=1 + n % 3) for n in range(15)))}
    wanted = quiz(draws=tuple(Draw(("c",), "ethics", count, level) for level, count in ((1, 4), (2, 2), (3, 5))))
    drawn = [q.item for q in draw(wanted, mixed, seed, shuffled).questions]
    assert Counter(one.difficulty for one in drawn) == {1: 4, 2: 2, 3: 5}
    assert draw(wanted, mixed, seed, shuffled).questions == draw(wanted, mixed, seed, shuffled).questions
    with pytest.raises(Conflict, match="Nothing was counted"):
        draw(quiz(draws=(Draw(("c",), "ethics", 6, 1),)), mixed, seed, shuffled)


@given(SEEDS)
def test_no_question_comes_twice_where_draws_overlap(seed: int) -> None:
    paper = draw(quiz(draws=(Draw(("b",), "", 3), Draw(("b",), "ethics", 3))), BANKS, seed, shuffled)
    assert len({q.item.id for q in paper.questions}) == 6


@given(SEEDS)
def test_shuffling_keeps_every_option_with_its_key(seed: int) -> None:
    paper = draw(quiz(items=tuple(item(n) for n in range(6))), {}, seed, shuffled)
    for question in paper.questions:
        original = item(int(question.item.id[-3:]))
        assert sorted(o.text for o in question.item.options) == sorted(o.text for o in original.options)
        assert {question.item.options[at].text for at in question.right} == {"Second way"}


def test_the_right_answer_is_not_in_the_same_place_all_over() -> None:
    paper = draw(quiz(items=tuple(item(n) for n in range(12))), {}, 7, shuffled)
    assert len({next(iter(q.right)) for q in paper.questions}) > 1


@given(SEEDS)
def test_true_stands_before_false(seed: int) -> None:
    paper = draw(quiz(items=(item(1, kind="true_false"),)), {}, seed, shuffled)
    assert [o.text for o in paper.questions[0].item.options] == ["True way", "False way"]


def test_without_shuffling_the_order_is_the_authors() -> None:
    items = tuple(item(n) for n in range(5))
    paper = draw(quiz(items=items, shuffle=False), {}, 3, shuffled)
    assert tuple(q.item for q in paper.questions) == items


@pytest.mark.parametrize(
    "wanted",
    [
        quiz(draws=(Draw(("b",), "", 7),)),
        quiz(draws=(Draw(("gone",), "", 1),)),
        quiz(),
        quiz(draws=(Draw(("b",), "crisis", 1),)),
    ],
)
def test_a_quiz_that_cannot_be_put_together_is_refused_with_a_sentence(wanted: Quiz) -> None:
    with pytest.raises(Conflict, match="Nothing was counted"):
        draw(wanted, BANKS, 1, shuffled)


@given(SEEDS)
def test_a_paper_comes_back_from_storage_as_it_was(seed: int) -> None:
    items = (item(1), item(2, kind="true_false"), replace(item(3, kind="multiple"), rationale="<p>ẹ ọ ṣ</p>"))
    paper = draw(quiz(items=items), {}, seed, shuffled)
    stored = json.loads(json.dumps(paper.to_json(), sort_keys=True))
    assert Paper.from_json(stored) == paper


@pytest.mark.parametrize("item", [*items.ALL, items.SITUATIONAL], ids=lambda item: item.id)
def test_what_is_stored_is_every_field_of_every_question(item: Item) -> None:
    paper = Paper((Question(1, item),))
    assert paper.to_json() == {"questions": [asdict(question) for question in paper.questions]}


def test_a_paper_with_more_fields_than_we_know_is_still_read() -> None:
    paper = draw(quiz(items=(item(1),)), {}, 1, shuffled)
    stored = paper.to_json()
    stored["questions"][0]["item"]["weight"] = 3
    assert Paper.from_json(stored) == paper


def test_a_question_is_found_by_its_position_only() -> None:
    paper = draw(quiz(items=(item(1), item(2))), {}, 1, shuffled)
    assert [paper.question(at) is not None for at in (-1, 0, 1, 2, 3)] == [False, False, True, True, False]


def test_a_paper_knows_whether_it_names_a_support_line() -> None:
    plain = draw(quiz(items=(item(1),)), {}, 1, shuffled)
    named = draw(quiz(items=(replace(item(1), rationale="<p>Call {{crisis:988}}.</p>"),)), {}, 1, shuffled)
    assert (plain.names_a_line, named.names_a_line) == (False, True)
