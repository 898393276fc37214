"""What other rooms and the pages ask of quizzes: start, answer, send, close; how it went."""

from lms.quizzes.service.answers import answers_of, choices, has_answer, held_in, kept_aside
from lms.quizzes.service.attempts import (
    attempt_by_code,
    attempts_of,
    hold,
    open_attempt,
    paper_of,
    state_of,
    timing_of,
)
from lms.quizzes.service.closing import BATCH, close_expired, submit
from lms.quizzes.service.extending import Granted, extend, extend_all, follow_arrangement, terms_of
from lms.quizzes.service.grades import Graded, grades_of
from lms.quizzes.service.grading import WAITING_ARM, Judged, OnDesk, ToGrade, desk_of, grade, waiting_for
from lms.quizzes.service.history import Step, steps_of
from lms.quizzes.service.openings import move_opening, opening_of, openings_of, set_opening
from lms.quizzes.service.reopening import may_reopen, reopen
from lms.quizzes.service.results import RESULT_ARMS, again_for, outcome_of, results_for, results_from
from lms.quizzes.service.saving import save_answer, save_answers
from lms.quizzes.service.starting import start_attempt
from lms.quizzes.service.statistics import MOST as MOST_ATTEMPTS
from lms.quizzes.service.statistics import QuizLine, sat_attempts, sat_quizzes

__all__ = [
    "BATCH",
    "MOST_ATTEMPTS",
    "RESULT_ARMS",
    "WAITING_ARM",
    "Graded",
    "Granted",
    "Judged",
    "OnDesk",
    "QuizLine",
    "Step",
    "ToGrade",
    "again_for",
    "answers_of",
    "attempt_by_code",
    "attempts_of",
    "choices",
    "close_expired",
    "desk_of",
    "extend",
    "extend_all",
    "follow_arrangement",
    "grade",
    "grades_of",
    "has_answer",
    "held_in",
    "hold",
    "kept_aside",
    "may_reopen",
    "move_opening",
    "open_attempt",
    "opening_of",
    "openings_of",
    "outcome_of",
    "paper_of",
    "reopen",
    "results_for",
    "results_from",
    "sat_attempts",
    "sat_quizzes",
    "save_answer",
    "save_answers",
    "set_opening",
    "start_attempt",
    "state_of",
    "steps_of",
    "submit",
    "terms_of",
    "timing_of",
    "waiting_for",
]
