"""Reading a dossier out of a release: everything of its pathway, in few questions, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.core.errors import NotFound
from lms.curriculum import service
from lms.curriculum.rules.dossier import booklet
from lms.curriculum.rules.shapes import Lesson
from tests import factories
from tests.curriculum.conftest import Sample
from tests.factories import NOON


def published(s: Session, sample: Sample) -> Any:
    tree, _found = service.read_tree(*sample.folders)
    return service.publish(s, service.compile_tree(tree), now=NOON)


def say(text: str, **figures: object) -> str:
    return text % figures if figures else text


def test_a_compiled_pathway_adds_up(s: Session, sample: Sample) -> None:
    release = published(s, sample)
    made = service.dossier(s, release, "starter")
    assert made.material.digest == release.digest
    assert (made.live, [work.minutes for work in made.homework], [one.claimed for one in made.lessons]) == (
        60,
        [30],
        [10],
    )
    assert made.exam is not None
    assert made.narratives[0][1] is not None
    assert [source.url for _module, sources in made.sources for source in sources] == ["https://example.org/a"]


def test_a_pathway_that_is_not_there(s: Session, sample: Sample) -> None:
    with pytest.raises(NotFound):
        service.dossier(s, published(s, sample), "nowhere")


def test_a_release_without_a_map_still_has_a_dossier(s: Session) -> None:
    assert len(service.dossier(s, factories.release(s), "starter").spreads) == 1


def test_it_is_read_in_few_questions_however_many_lessons(s: Session, count_queries: Any) -> None:
    release = factories.release(s, factories.pieces(modules=6, lessons=5))
    service.forget()
    s.expire_all()
    with count_queries() as counted:
        made = service.dossier(s, release, "starter")
    assert len(made.lessons) == 30
    assert len(counted) <= 14, counted.statements


def test_the_paper_depends_on_the_content_alone(s: Session, sample: Sample) -> None:
    release = published(s, sample)
    made = service.dossier(s, release, "starter")
    first = service.paper(made, booklet(made, say, str))
    release.compiled_at += timedelta(days=99)
    again = service.dossier(s, release, "starter")
    assert service.paper(again, booklet(again, say, str)) == first


def test_several_pieces_come_in_the_order_asked_for_and_unknown_ones_are_left_out(s: Session) -> None:
    release = factories.release(s)
    service.forget()
    keys = ["lesson:m1-l2", "lesson:nowhere", "lesson:m1-l1"]
    assert list(service.several(s, release, keys, Lesson)) == ["lesson:m1-l2", "lesson:m1-l1"]
    assert list(service.several(s, release, [], Lesson)) == []
    assert service.several(s, release, keys[:1], Lesson)["lesson:m1-l2"] is service.lesson(s, release, "m1-l2")
