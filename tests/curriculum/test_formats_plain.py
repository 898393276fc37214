"""The short way gives what the renderer gives, for every text that it takes on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.curriculum.formats import plain
from lms.curriculum.formats.markdown import Pages
from lms.curriculum.rules.tree import Memo

PAGES = Pages(Memo())
SIGNS = st.sampled_from(list("aZé8 .,:;!?'\"()-–—…“’‘#+=~^@$%/*_`[]<>&\\{}|\n\n\t\u00a0\u2028\x02\u200b１"))
WORDS = st.sampled_from(
    ["You", "ask.", "a.", "1.", "1)", "-", "+", "#", ":", "---", "===", "!!!", "http://a.b/c", "me@a.b", "\n", "\n\n",
     "\n    ", "  \n", "A", "“No”", "it's", "www.a.b", "(see", "~~~", "^", "$x$", "Über", "…", "—"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.text(SIGNS, max_size=60), st.lists(WORDS, max_size=14).map(" ".join))


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_what_is_taken_for_plain_renders_the_same(text: str) -> None:
    for mode, short in (("block", plain.block), ("inline", plain.inline)):
        found = short(text)
        assert found is None or found == PAGES._render(mode, text)


@pytest.mark.parametrize(
    "text",
    ["You ask first.", "“Not today,” they say (again).\n", "One line\nand the next.", "One thing.\n\nAnother: 8–10, it's - fine!"],
)  # fmt: skip
def test_ordinary_sentences_go_the_short_way(text: str) -> None:
    assert plain.block(text) == PAGES._render("block", text)


@pytest.mark.parametrize(
    "text",
    ["", "**Ask** first", "- one", "1. one", "# One", "    code", "a\n---", ": told", "{{crisis:988}}", "a & b", "x  \ny", "a\u00a0b"],
)  # fmt: skip
def test_what_may_be_markup_is_left_to_the_renderer(text: str) -> None:
    assert plain.block(text) is None
    assert plain.inline(text) is None


def test_two_paragraphs_are_no_line() -> None:
    assert plain.inline("One.\n\nTwo.") is None
