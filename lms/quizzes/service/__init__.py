"""What other rooms and the pages ask of quizzes: start, answer, send, close; how it went."""

from lms.quizzes.service.answers import answers_of, choices, held_in, shut_answers_of
from lms.quizzes.service.attempts import (
    attempt_by_code,
    attempt_to_answer,
    attempt_to_read,
    attempts_of,
    hold,
    open_attempt,
    paper_of,
    shape_of,
    state_of,
    timing_of,
)
from lms.quizzes.service.board import board_of, note_seen, running
from lms.quizzes.service.closing import submit
from lms.quizzes.service.events import arrived_for
from lms.quizzes.service.extending import Granted, extend, extend_all, follow_arrangement, terms_of
from lms.quizzes.service.grades import Graded, grades_of
from lms.quizzes.service.grading import WAITING_ARM, Judged, OnDesk, ToGrade, desk_of, grade, waiting_for
from lms.quizzes.service.history import Step, steps_of
from lms.quizzes.service.late import Decided, LateAnswer, Settled, accepted_of, decide, late_of
from lms.quizzes.service.marks import mark_of, marks_for, newest_marks, waits
from lms.quizzes.service.openings import move_opening, opening_of, openings_of, set_opening
from lms.quizzes.service.pauses import answer_pause, ask_pause, last_pause, pause_of, reason_of, resume
from lms.quizzes.service.printing import Printed, printed_paper, printed_quiz, proposed_seed
from lms.quizzes.service.regrading import Came, Case, Regraded, Wish, case_of, rule
from lms.quizzes.service.reopening import may_reopen, reopen
from lms.quizzes.service.results import RESULT_ARMS, After, after, counted, outcome_of, results_for, results_from
from lms.quizzes.service.rulings import Ruled, marked_paper, ruled_in, rulings_for
from lms.quizzes.service.saving import save_answers
from lms.quizzes.service.starting import start_attempt
from lms.quizzes.service.statistics import MOST as MOST_ATTEMPTS
from lms.quizzes.service.statistics import QuizLine, sat_attempts, sat_quizzes
from lms.quizzes.service.ticking import BATCH, close_expired

__all__ = [
    "BATCH",
    "MOST_ATTEMPTS",
    "RESULT_ARMS",
    "WAITING_ARM",
    "After",
    "Came",
    "Case",
    "Decided",
    "Graded",
    "Granted",
    "Judged",
    "LateAnswer",
    "OnDesk",
    "Printed",
    "QuizLine",
    "Regraded",
    "Ruled",
    "Settled",
    "Step",
    "ToGrade",
    "Wish",
    "accepted_of",
    "after",
    "answer_pause",
    "answers_of",
    "arrived_for",
    "ask_pause",
    "attempt_by_code",
    "attempt_to_answer",
    "attempt_to_read",
    "attempts_of",
    "board_of",
    "case_of",
    "choices",
    "close_expired",
    "counted",
    "decide",
    "desk_of",
    "extend",
    "extend_all",
    "follow_arrangement",
    "grade",
    "grades_of",
    "held_in",
    "hold",
    "last_pause",
    "late_of",
    "mark_of",
    "marked_paper",
    "marks_for",
    "may_reopen",
    "move_opening",
    "newest_marks",
    "note_seen",
    "open_attempt",
    "opening_of",
    "openings_of",
    "outcome_of",
    "paper_of",
    "pause_of",
    "printed_paper",
    "printed_quiz",
    "proposed_seed",
    "reason_of",
    "reopen",
    "results_for",
    "results_from",
    "resume",
    "rule",
    "ruled_in",
    "rulings_for",
    "running",
    "sat_attempts",
    "sat_quizzes",
    "save_answers",
    "set_opening",
    "shape_of",
    "shut_answers_of",
    "start_attempt",
    "state_of",
    "steps_of",
    "submit",
    "terms_of",
    "timing_of",
    "waiting_for",
    "waits",
]
