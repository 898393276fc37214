"""The curriculum that comes with the product: no error, and its starter pathway can be offered."""

from datetime import date
from pathlib import Path

import pytest

from lms.curriculum import service

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def checked() -> service.Checked:
    return service.check(ROOT / "curriculum", ROOT / "quizzes", as_of=date(2026, 11, 23))


def test_it_has_no_error(checked: service.Checked) -> None:
    assert [str(problem) for problem in checked.errors] == []


def test_the_starter_pathway_can_be_filled_and_the_states_pathways_say_what_they_miss(checked: service.Checked) -> None:
    assert set(checked.missing) == {"us-nc-50", "us-ca-80"}


def test_it_compiles_and_every_support_line_named_in_it_exists(checked: service.Checked) -> None:
    pieces = service.compile_tree(checked.tree)
    assert {"outline", "pathway:starter", "quiz:starter-exam"} <= set(pieces)
    lines = service.compile_support_lines(checked.tree)["lines"]
    assert {"988", "nc-warmline"} <= {line["id"] for line in lines}
