"""What other rooms and the pages ask of narratives: drafts, sending, where they stand, the queue, cases and reviews."""

from lms.narratives.service.aside import Aside, keep_aside, kept_aside, settle_aside
from lms.narratives.service.cases import Case, Claimed, case_by_code, claim, open_review, recuse
from lms.narratives.service.desk import Desk, desk_for, instructions
from lms.narratives.service.drafts import (
    Earlier,
    SavedDraft,
    draft_for,
    draft_of,
    save_draft,
    version_of,
    versions,
)
from lms.narratives.service.queue import WAITING_ARM, answered_by, queue
from lms.narratives.service.readings import NAME, STORY, note_opening, openings_of, reveal_writer
from lms.narratives.service.results import RESULT_ARMS, results_for, results_from
from lms.narratives.service.reviews import (
    SavedReview,
    begin_correction,
    fingerprint_of,
    problems_of,
    release_review,
    save_review,
)
from lms.narratives.service.rounds import Answer, Round, answers_of
from lms.narratives.service.sealed import Grades, Words, grades_of, words_of
from lms.narratives.service.sending import send

__all__ = [
    "NAME",
    "RESULT_ARMS",
    "STORY",
    "WAITING_ARM",
    "Answer",
    "Aside",
    "Case",
    "Claimed",
    "Desk",
    "Earlier",
    "Grades",
    "Round",
    "SavedDraft",
    "SavedReview",
    "Words",
    "answered_by",
    "answers_of",
    "begin_correction",
    "case_by_code",
    "claim",
    "desk_for",
    "draft_for",
    "draft_of",
    "fingerprint_of",
    "grades_of",
    "instructions",
    "keep_aside",
    "kept_aside",
    "note_opening",
    "open_review",
    "openings_of",
    "problems_of",
    "queue",
    "recuse",
    "release_review",
    "results_for",
    "results_from",
    "reveal_writer",
    "save_draft",
    "save_review",
    "send",
    "settle_aside",
    "version_of",
    "versions",
    "words_of",
]
