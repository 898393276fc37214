from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.curriculum import service as curriculum
from lms.learning.views.frame import filler, my_lesson, my_seat, room
from tests import factories
from tests.factories import NOON


def test_the_seat_is_the_persons_own(s: Session, seat: Any) -> None:
    factories.enrolment(s, seat.cohort)
    assert my_seat(s, Actor(seat.person_id, seats={seat.id: seat.cohort_id})) is seat
    assert my_seat(s, Actor(seat.person_id)) is None


@pytest.mark.parametrize(
    ("lesson", "part", "found"),
    [("m1-l1", 1, True), ("m1-l1", 3, True), ("m1-l1", 4, False), ("m1-l1", 0, False), ("nowhere", 1, False)],
)
def test_a_lesson_and_a_part_of_it_are_found_together(
    s: Session, seat: Any, lesson: str, part: int, found: bool
) -> None:
    loaded = my_lesson(s, Actor(seat.person_id, seats={seat.id: seat.cohort_id}), lesson=lesson, part=part)
    assert (loaded is not None) is found


def test_support_lines_are_asked_for_only_where_one_is_named(s: Session, count_queries: Any) -> None:
    curriculum.publish_support_lines(
        s, {"lines": [{"id": "988", "name": "988", "display": "988 Lifeline", "call": "988"}], "note": ""}, now=NOON
    )
    with count_queries() as counted:
        assert filler(s, ["<p>No line.</p>"])("<p>No line.</p>") == Markup("<p>No line.</p>")
    assert len(counted) == 0
    text = "<p>{{crisis:988}}</p>"
    assert filler(s, [text])(text) == Markup('<p><a href="tel:988">988 Lifeline</a></p>')


def test_students_have_lessons_and_staff_a_library(app: Flask) -> None:
    def menu(actor: Actor) -> list[tuple[str, int]]:
        with app.test_request_context():
            return [(str(entry.label), entry.order) for entry in room.menu if entry.shows(actor)]

    assert menu(Actor(1, seats={1: 1})) == [("Lessons", 20)]
    assert menu(Actor(1, facilitates=frozenset({1}))) == [("Library", 55)]
    assert menu(Actor(1, coordinates=frozenset({1}))) == [("Library", 55)]
    assert menu(Actor(1, funds=frozenset({1}))) == []
