"""A bank that was written by us is read as one that an author wrote."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.curriculum.formats.tree import read_yaml
from lms.curriculum.rules.schema import BankIn
from lms.curriculum.service.written import item_of
from lms.quizzes.formats import bank
from tests.quizzes import items
from tests.quizzes.written import KINDS, written


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25)
@given(data=st.data())
def test_any_question_comes_back_from_the_file_as_it_was(kind: str, data: Any) -> None:
    item = data.draw(written(kind))
    raw = bank.write("Title: “yes” # no", "m1", (item,))
    found: list[Any] = []
    file = read_yaml(BankIn, raw, "bank.yaml", "bank", found)
    assert found == []
    assert file is not None
    assert item_of(file.data.items[0], str.strip, str.strip) == item


def test_long_texts_stand_as_blocks() -> None:
    item = replace(items.SHORT_TEXT, stem="Two lines.\nOf a scene.")
    text = bank.write("B", "m1", (item,)).decode()
    assert "    stem: |-\n      Two lines.\n      Of a scene.\n" in text
    assert "    competencies: [peer-role]\n" in text
