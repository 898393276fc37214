"""Every entry of every framework is covered by something that is taught, or the check fails."""

from pathlib import Path

from lms.curriculum import service
from lms.curriculum.rules import coverage
from tests.curriculum.conftest import HOMEWORK, LESSON, MEETING, PATHWAY, Sample

COMPETENCIES = "curriculum/competencies.yaml"
ROOT = Path(__file__).parents[2]


def test_an_entry_that_nothing_maps_to_is_an_error_with_its_line(sample: Sample) -> None:
    sample.swap(
        COMPETENCIES, "title: Caring relationships}", "title: Caring relationships}\n      - {id: s2, title: Support}"
    )
    found = sample.one()
    assert (found.file, found.line, found.severity) == (COMPETENCIES, 8, "error")
    assert found.what == "No lesson, meeting or homework covers `s2` (Support) of `samhsa`."
    assert found.how == "Map a competency of ours to it."


def test_an_entry_whose_competency_is_taught_nowhere_names_it(sample: Sample) -> None:
    sample.swap(COMPETENCIES, "gist: Hears what is said., maps: {samhsa: outside}", "gist: Hears., maps: {samhsa: s2}")
    sample.swap(
        COMPETENCIES, "title: Caring relationships}", "title: Caring relationships}\n      - {id: s2, title: Hearing}"
    )
    assert sample.problems() == ()
    sample.swap(HOMEWORK, "{listening: 100}", "{peer-role: 100}")
    sample.swap(LESSON, "{peer-role: 70, listening: 30}", "{peer-role: 100}")
    assert "Teach `listening` somewhere" in sample.one().how


def test_one_kind_of_teaching_is_enough(sample: Sample) -> None:
    sample.swap(LESSON, "{peer-role: 70, listening: 30}", "{listening: 100}")
    assert sample.problems() == ()
    sample.swap(MEETING, "{peer-role: 100}", "{listening: 100}")
    sample.swap(PATHWAY, "competencies: {peer-role: {min_minutes: 60}}", "competencies: {}")
    assert "covers `s1`" in sample.one().what


def test_a_file_that_cannot_be_read_is_reported_once(sample: Sample) -> None:
    sample.swap(MEETING, "facilitators: 2", "facilitators: many")
    sample.swap(LESSON, "{peer-role: 70, listening: 30}", "{listening: 100}")
    assert all("covers" not in problem.what for problem in sample.problems())


def test_without_competencies_nothing_is_said(sample: Sample) -> None:
    sample.remove(COMPETENCIES)
    tree, _found = service.read_tree(*sample.folders)
    assert list(coverage.check(tree)) == []


def test_the_shipped_frameworks_are_the_four_that_reviewers_name() -> None:
    tree, _found = service.read_tree(ROOT / "curriculum", ROOT / "quizzes")
    assert tree.competencies is not None
    assert {one.id: len(one.entries) for one in tree.competencies.data.frameworks} == {
        "samhsa": 12, "nc": 9, "ca": 17, "icrc": 4,
    }  # fmt: skip
    assert list(coverage.check(tree)) == []
