import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.formats.markdown import Pages, clean, sections
from lms.curriculum.rules.tree import Memo


def html(text: str, language: str = "en") -> str:
    return Pages(Memo(), language).block(text).html


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=https://evil.example></iframe>",
    "<form action=https://evil.example><input name=password></form>",
    "<a href='x' style='position:fixed' onclick='alert(1)'>y</a>",
    "<style>body{display:none}</style>",
    "<meta http-equiv=refresh content=0>",
    "<base href=https://evil.example>",
    "![x](javascript:alert(1))",
    "<section class='note masthead' id=main>x</section>",
    "<p class='skip' id='csrf_token'>x</p>",
    '## a <img src=x onerror="alert(1)">',
    '!!! practice "<script>alert(1)</script>"\n    x',
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_or_imitates_the_page_comes_through(attack: str) -> None:
    found = html(attack)
    assert not re.search(r"<(script|img[^>]+onerror|iframe|form|input|style|svg|math|meta|base)", found)
    assert not re.search(r"\s(on\w+|style)\s*=", re.sub(r'"[^"]*"', '""', found))
    # A browser drops tabs and line ends inside an address, and nothing else.
    assert not re.search(r'(href|src)="\s*(javascript|data|vbscript):', re.sub(r"[\t\r\n]", "", found))
    assert not re.search(r'id="(?!s-)', found)
    assert "masthead" not in found
    assert 'class="skip"' not in found


@pytest.mark.parametrize("address", ["//evil.example/x", "/\\evil.example", "\\\\evil.example", " //evil.example"])
def test_a_link_without_a_scheme_does_not_leave_the_site(address: str) -> None:
    assert "evil.example" not in re.sub(r">[^<]*<", "><", clean(f'<a href="{address}">x</a>'))


def test_a_callout_has_the_markup_of_the_look() -> None:
    found = html('!!! practice "One slow minute"\n    Set a **minute**.\n\n    - Breathe.\n')
    assert '<section aria-labelledby="s-one-slow-minute" class="note practice">' in found
    assert '<p class="kind">Practice</p><h3 id="s-one-slow-minute">One slow minute</h3>' in found
    assert "<strong>minute</strong>" in found
    assert "<li>Breathe.</li>" in found
    assert "admonition" not in found


def test_a_callout_without_a_title_is_named_by_its_kind_once() -> None:
    found = html("!!! keep\n    - You walk beside.\n")
    assert '<section aria-labelledby="s-to-keep" class="note keep">' in found
    assert '<p class="kind" id="s-to-keep">To keep</p>' in found
    assert "<h3" not in found


def test_callouts_speak_the_language_of_the_programme() -> None:
    assert "Práctica" in html('!!! practice "Un minuto"\n    Respira.\n', "es")


def test_two_callouts_of_one_name_have_two_ids() -> None:
    found = html('!!! practice "Again"\n    a\n\n!!! practice "Again"\n    b\n')
    assert re.findall(r'h3 id="([^"]+)"', found) == ["s-again", "s-again-2"]
    assert re.findall(r'labelledby="([^"]+)"', found) == ["s-again", "s-again-2"]


def test_a_dialogue_is_one_paragraph_a_turn() -> None:
    found = html("> **Dana:** No.\n>\n> **You:** Then I stay.\n")
    assert found.count("<p>") == 2
    assert "<strong>Dana:</strong> No." in found


def test_a_table_scrolls_in_a_named_region_that_a_keyboard_reaches() -> None:
    found = html("| Who | What |\n|---|---|\n| You | Stay |\n")
    frame = re.search(r"<div[^>]*>", found)
    assert frame
    for attribute in ('class="scroll"', 'role="region"', 'tabindex="0"', 'aria-label="Who, What"'):
        assert attribute in frame[0]
    assert '<th scope="col">Who</th>' in found


def test_the_empty_corner_of_a_table_is_no_heading() -> None:
    found = html("| | Monday |\n|---|---|\n| Dana | Stays |\n")
    assert found.count("<th") == 2  # thead and the one heading
    assert "<td></td>" in found


def test_a_table_without_headings_is_named_by_what_stands_before_it_and_its_rows_by_their_first_cell() -> None:
    form = "| | |\n|---|---|\n| Opening question | |\n| | |\n"
    found = html(f"**2. Your plan** ({{{{crisis:988}}}})\n\n{form}\nThen:\n\n{form}\n{form}")
    assert re.findall(r'aria-label="([^"]*)"', found) == ["2. Your plan ()", "Then:", "Then: (2)"]
    assert found.count('<th scope="row">Opening question</th>') == found.count("<th ") == 3
    assert "<thead>" not in found
    assert re.findall(r'aria-label="([^"]*)"', html(form)) == ["Opening question"]


def test_two_tables_with_the_same_headings_have_names_of_their_own() -> None:
    table = "| Who | What |\n|---|---|\n| You | Stay |\n\n"
    assert re.findall(r'aria-label="([^"]*)"', html(table * 2)) == ["Who, What", "Who, What (2)"]


def test_a_support_line_mark_is_kept_for_later() -> None:
    assert html("Call {{crisis:988}} or\n\n- {{crisis:nc-warmline}}\n").count("{{crisis:") == 2


def test_foreign_words_keep_their_language() -> None:
    assert html('<i lang="yo">ìfarabalẹ̀</i>') == '<p><i lang="yo">ìfarabalẹ̀</i></p>'


def test_links_lead_to_headings_of_the_same_text() -> None:
    page = Pages(Memo()).block("### A limit\n\n[see](#a-limit)")
    assert page.ids == ("s-a-limit",)
    assert page.links == ("#s-a-limit",)


def test_inline_text_has_no_paragraph() -> None:
    assert Pages(Memo()).inline("Ask **first**.").html == "Ask <strong>first</strong>."
    assert "<ul>" not in Pages(Memo()).inline("- one\n- two").html


def test_words_are_counted_as_a_reader_would() -> None:
    page = Pages(Memo()).block(
        "Don't hurry, well-known you: {{crisis:988}}.\n\n| Who | What |\n|---|---|\n| You | Stay |"
    )
    assert page.words == 5 + 4
    assert page.prose == ("Don't hurry, well-known you: {{crisis:988}}.",)


def test_parts_begin_at_their_headings_but_not_inside_code() -> None:
    before, found = sections("hello\n## One\ntext\n```\n## not a part\n```\n## Two ##\n", 10)
    assert before == "hello"
    assert [(part.title, part.line) for part in found] == [("One", 11), ("Two", 16)]


def test_the_same_text_is_rendered_once() -> None:
    memo = Memo()
    assert Pages(memo).block("x") is Pages(memo).block("x")
    assert len(memo.used.pages) == 1


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x02\x03"), max_size=120))
def test_any_text_renders_to_safe_html_and_cleaning_again_changes_nothing(text: str) -> None:
    found = html(text)
    assert clean(found) == found
    assert "<script" not in found
