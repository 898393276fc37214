"""What every exchange shares: ids of their own, defaults, markup that stays what it was; the formats have files of theirs."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.formats.markdown import Pages
from lms.curriculum.rules.tree import Memo
from lms.quizzes.formats.exchange import MAX_BYTES, UNSAID, Defaults, Draft, Unfit, finished, percent, tags_of
from lms.quizzes.formats.markup import from_html, from_plain
from lms.quizzes.formats.safe_xml import Fault, parse
from lms.quizzes.formats.xml_text import escaped, text
from tests.quizzes import items

PAGES = Pages(Memo())


def test_every_question_gets_an_id_of_its_own() -> None:
    drafts = [Draft(1, name="Ask directly!", kind="single") for _twice in range(2)]
    drafts += [
        Draft(1, name="42", kind="single"),
        Draft(1, id="kept", kind="single"),
        Draft(1, name="ẹ" * 90, kind="single"),
    ]
    assert [item.id for item in finished(drafts, Defaults("b"))] == [
        "ask-directly",
        "ask-directly-2",
        "b-003",
        "kept",
        "b-005",
    ]


def test_what_a_file_does_not_say_is_the_default_and_what_it_says_stands() -> None:
    said = Draft(1, kind="single", tags=["competency:crisis", "competency:hope", "difficulty:3", "lesson:l1", "other"])
    one, other = finished([said, Draft(1, kind="single", tags=["difficulty:9"])], Defaults("b", difficulty=1))
    assert (one.competencies, one.difficulty, one.lesson) == (("crisis", "hope"), 3, "l1")
    assert (other.competencies, other.difficulty, other.lesson) == ((UNSAID,), 1, UNSAID)
    assert tags_of(items.MATCHING) == ["type:matching", "competency:peer-role", "difficulty:2", "lesson:walking-beside"]


@pytest.mark.parametrize(("weight", "said"), [(50, "50"), (100 / 3, "33.33333"), (100, "100"), (-25.5, "-25.5")])
def test_a_weight_is_written_as_others_write_it(weight: float, said: str) -> None:
    assert percent(weight) == said


@given(st.text("ab *_`[]<>\\#&;lt", min_size=1, max_size=20).map(lambda t: "x" + " ".join(t.split()) + "x"))
def test_plain_text_shows_the_same_letters_as_markdown(typed: str) -> None:
    assert unescape(PAGES.inline(from_plain(typed)).html) == typed


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>two</p>", "One\n\ntwo"),
        ("a<br>b", "a  \nb"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n1. b"),
        ('<a href="https://a.example">b</a> &amp; <code>c</code>', "[b](https://a.example) & `c`"),
        ("2 * 3 < 7", "2 \\* 3 &lt; 7"),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert from_html(html) == (markdown, ())


def test_what_markdown_cannot_hold_is_named() -> None:
    assert from_html('<p>a<img src="x"><script>b</script></p>')[1] == ("img", "script")


def test_text_cannot_break_out_of_xml() -> None:
    assert text("a", '<b> & "c"', d="]]>") == '<a d="]]&gt;">&lt;b&gt; &amp; &quot;c&quot;</a>'
    with pytest.raises(Unfit):
        escaped("\x0b")


def test_a_file_that_is_too_big_is_not_read() -> None:
    with pytest.raises(Fault, match="the most is"):
        parse(b" " * (MAX_BYTES + 1))
