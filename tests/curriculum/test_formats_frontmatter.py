import pytest

from lms.curriculum.formats.frontmatter import split
from lms.curriculum.formats.yaml import Fault


def test_head_and_body_are_parted_and_know_their_lines() -> None:
    found = split("---\ntitle: A\nminutes: 3\n---\n## One\n")
    assert found.head.data == {"title": "A", "minutes": 3}
    assert found.head.lines[("minutes",)] == 3
    assert (found.body, found.body_line) == ("## One\n", 5)


def test_a_rule_in_the_body_stays_in_the_body() -> None:
    assert split("---\na: 1\n---\ntext\n\n---\n\nmore").body == "text\n\n---\n\nmore"


@pytest.mark.parametrize("text", ["", "title: A\n", "---\ntitle: A\n## One\n", "\n---\na: 1\n---\n"])
def test_a_file_without_a_whole_head_is_refused(text: str) -> None:
    with pytest.raises(Fault) as met:
        split(text)
    assert met.value.line == 1
    assert "---" in met.value.how


def test_a_fault_in_the_head_has_the_line_of_the_file() -> None:
    with pytest.raises(Fault) as met:
        split("---\na: 1\na: 2\n---\n")
    assert met.value.line == 3
