"""What other rooms and the pages ask of quizzes: start, answer, send, close; how it went."""

from lms.quizzes.service.answers import answers_of, choices, has_answer, held_in, kept_aside
from lms.quizzes.service.attempts import (
    attempt_by_code,
    attempt_to_answer,
    attempts_of,
    hold,
    open_attempt,
    paper_of,
    shape_of,
    state_of,
    timing_of,
)
from lms.quizzes.service.closing import BATCH, close_expired, submit
from lms.quizzes.service.grades import Graded, grades_of
from lms.quizzes.service.grading import WAITING_ARM, Judged, OnDesk, ToGrade, desk_of, grade, waiting_for
from lms.quizzes.service.results import RESULT_ARMS, again_for, outcome_of, results_for, results_from
from lms.quizzes.service.saving import save_answer, save_answers
from lms.quizzes.service.starting import start_attempt

__all__ = [
    "BATCH",
    "RESULT_ARMS",
    "WAITING_ARM",
    "Graded",
    "Judged",
    "OnDesk",
    "ToGrade",
    "again_for",
    "answers_of",
    "attempt_by_code",
    "attempt_to_answer",
    "attempts_of",
    "choices",
    "close_expired",
    "desk_of",
    "grade",
    "grades_of",
    "has_answer",
    "held_in",
    "hold",
    "kept_aside",
    "open_attempt",
    "outcome_of",
    "paper_of",
    "results_for",
    "results_from",
    "save_answer",
    "save_answers",
    "shape_of",
    "start_attempt",
    "state_of",
    "submit",
    "timing_of",
    "waiting_for",
]
