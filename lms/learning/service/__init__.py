"""The student's path as other rooms and pages ask for it."""

from lms.learning.service.reading import (
    Beat,
    beat,
    leave_part,
    open_part,
    read_through,
    settle,
    settle_due,
    shown_mark,
)
from lms.learning.service.sitting import Standing, permit_for, standing
from lms.learning.service.states import (
    STATE_ARMS,
    Path,
    lesson_states,
    on_lesson,
    path_of,
    pathway_of,
    states_as_of,
    states_for,
)

__all__ = [
    "STATE_ARMS",
    "Beat",
    "Path",
    "Standing",
    "beat",
    "leave_part",
    "lesson_states",
    "on_lesson",
    "open_part",
    "path_of",
    "pathway_of",
    "permit_for",
    "read_through",
    "settle",
    "settle_due",
    "shown_mark",
    "standing",
    "states_as_of",
    "states_for",
]
