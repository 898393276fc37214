"""The room's places in the menu."""

from lms.core.access import STRANGER, Actor
from lms.narratives.views import room


def test_students_write_and_facilitators_read() -> None:
    student, facilitator = Actor(1, "A", seats={1: 1}), Actor(2, "B", facilitates=frozenset({1}))
    shown = {
        who: [e.endpoint for e in room.menu if e.shows(actor)] for who, actor in (("s", student), ("f", facilitator))
    }
    assert shown == {"s": ["lms_narratives.index"], "f": ["lms_narratives.queue"]}
    assert not any(e.shows(STRANGER) for e in room.menu)


def test_every_covered_page_exists() -> None:
    assert {name for e in room.menu for name in e.covers} <= {f"lms_narratives.{name}" for name in room.doors}


def test_every_form_writes_and_every_page_reads() -> None:
    assert {door.permission.writes for door in room.doors.values() if door.method == "POST"} == {True}
    assert {door.permission.writes for door in room.doors.values() if door.method == "GET"} == {False}
