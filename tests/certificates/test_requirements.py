"""The words of each requirement in each of its states: a name, a sentence with its number and its person, a state word."""

import re
from datetime import date, datetime
from html import unescape
from typing import Any

import pytest
from flask import Flask, g

from lms.certificates.rules import Requirement
from lms.curriculum.rules.shapes import Outline
from lms.curriculum.service.pieces import decoded
from lms.web import tongue
from lms.web.gate import Visit
from tests.factories import NOON, pieces

OUTLINE = decoded(Outline, pieces()["outline"])
ON: datetime = NOON


def told(app: Flask, one: Requirement, **more: Any) -> str:
    """One requirement as its list shows it."""
    with app.test_request_context():
        tongue.choose()
        g.lms_visit = Visit(None, None, NOON, None, {}, zone="America/New_York")  # type: ignore[arg-type]
        words: Any = app.jinja_env.get_template("lms/certificates/_requirements.html").module
        made = words.met_list([one], OUTLINE, **more) if one.met else words.open_list([one], OUTLINE, **more)
        g.pop("lms_visit")
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", str(made))).split()).replace("\xa0", " ")


HOURS = {"counted": 100, "waiting": 20, "needed": 180}
CLASSES = {"held": 3, "attended": 2, "unrecorded": 0, "percent_needed": 100}
QUIZ = {"percent": None, "tries": 0, "open": False, "passed_at": None, "pass_percent": 75}
TEXT = {"state": "none", "at": None, "who": "", "interview": False}


@pytest.mark.parametrize(
    ("kind", "id_", "title", "state", "figures", "expected"),
    [
        ("seat", "seat", "", "met", {"status": "enrolled"}, "A seat in the cohort Enrolled."),
        ("seat", "seat", "", "met", {"status": "finished"}, "A seat in the cohort Finished."),
        ("seat", "seat", "", "to_come", {"status": "withdrawn"}, "You are no longer enrolled."),
        ("hours", "hours", "", "under_way", HOURS,
         "3 h of training 1 h 40 min counted. 20 min waiting for your facilitator. 1 h still to come. See your hours"),
        ("hours", "hours", "", "to_come", HOURS | {"counted": 0, "waiting": 0},
         "3 h of training Nothing is counted yet. 3 h still to come."),
        ("hours", "hours", "", "met", HOURS | {"counted": 200}, "3 h of training 3 h 20 min counted of the 3 h asked for."),
        ("modality", "in_person", "in_person", "under_way", HOURS | {"waiting": 0}, "In person: 3 h 1 h 40 min counted."),
        ("modality", "practicum", "practicum", "to_come", HOURS | {"counted": 0}, "Practice: 3 h Nothing is counted yet."),
        ("competency", "ethics", "Ethics", "met", HOURS | {"counted": 180}, "Ethics: 3 h 3 h counted of the 3 h asked for."),
        ("attendance", "attendance", "", "to_come", CLASSES | {"held": 0}, "Attendance No class has been held yet."),
        ("attendance", "attendance", "", "under_way", CLASSES,
         "2 of 3 classes attended. Every class is asked for; ask about making up one that was missed."),
        ("attendance", "attendance", "", "under_way", CLASSES | {"unrecorded": 1, "percent_needed": 80},
         "2 of 3 classes attended. 1 waits to be recorded by your facilitator. 80 % of the class time is asked for."),
        ("attendance", "attendance", "", "met", CLASSES | {"held": 1, "attended": 1}, "Attendance 1 of 1 class attended."),
        ("lessons", "lessons", "", "to_come", {"done": 0, "required": 2}, "Lessons 2 lessons to read. Open the lessons"),
        ("lessons", "lessons", "", "under_way", {"done": 1, "required": 2}, "Lessons 1 of 2 lessons done."),
        ("quiz", "quiz-m1", "Quiz m1", "to_come", QUIZ,
         "Quiz: Quiz m1 4 questions. The usual time is 30 minutes. The pass mark is 75 %. See what it asks"),
        ("quiz", "elsewhere", "Elsewhere", "to_come", QUIZ, "Quiz: Elsewhere Not begun yet. The pass mark is 75 %."),
        ("exam", "exam", "Exam", "under_way", QUIZ | {"tries": 2, "percent": 60}, "Exam: Exam Best so far 60 % in 2 tries."),
        ("exam", "exam", "Exam", "under_way", QUIZ | {"tries": 1, "percent": 0}, "Exam: Exam Tried 1 time."),
        ("exam", "exam", "Exam", "under_way", QUIZ | {"open": True}, "You have begun; what you answered is kept."),
        ("exam", "exam", "Exam", "met", QUIZ | {"percent": 84, "passed_at": ON}, "Passed on 23 November 2026 with 84 %."),
        ("exam", "exam", "Exam", "met", QUIZ, "Exam: Exam Passed."),
        ("narrative", "m1/story", "Your story", "to_come", TEXT,
         "Narrative: Your story Not begun yet. You may write it or ask for an interview; both count the same. Begin"),
        ("narrative", "m1/story", "Your story", "under_way", TEXT | {"state": "draft", "at": ON},
         "Draft saved on Monday 23 November, 12:00. Nobody else opens a draft. Carry on"),
        ("narrative", "m1/story", "Your story", "under_way", TEXT | {"state": "waiting", "at": ON},
         "Sent on Monday 23 November. It waits to be read by your facilitator. See what you sent"),
        ("narrative", "m1/story", "Your story", "under_way", TEXT | {"state": "waiting", "at": ON, "interview": True},
         "An interview was asked for on Monday 23 November. It waits for a time set by your facilitator."),
        ("narrative", "m1/story", "Your story", "returned", TEXT | {"state": "returned", "at": ON, "who": "Marcus Bell"},
         "Marcus Bell wrote back on Monday 23 November. You can change it and send it again. Carry on"),
        ("narrative", "m1/story", "Your story", "met", TEXT | {"state": "accepted", "at": ON, "who": "Marcus Bell"},
         "Narrative: Your story Accepted by Marcus Bell on 23 November 2026."),
        ("homework", "m1/homework-1", "Two talks", "to_come", TEXT, "Homework: Two talks Not handed in yet. See what to do"),
        ("homework", "m1/homework-1", "Two talks", "under_way", TEXT | {"state": "waiting", "at": date(2026, 11, 20)},
         "Handed in on Friday 20 November. It waits for your facilitator."),
        ("homework", "m1/homework-1", "Two talks", "returned", TEXT | {"state": "returned", "at": ON},
         "Returned on Monday 23 November, with what is still missing. You can hand it in again."),
        ("homework", "m1/homework-1", "Two talks", "met", TEXT | {"state": "accepted", "at": ON}, "Accepted on 23 November 2026."),
        ("agreement", "ethics", "What I will hold to", "to_come", {"at": None},
         "What I will hold to Read it and say whether you hold to it. Read it"),
        ("agreement", "ethics", "What I will hold to", "met", {"at": ON}, "What I will hold to Accepted on 23 November 2026."),
    ],
)  # fmt: skip
def test_what_a_student_reads(
    app: Flask, kind: Any, id_: str, title: str, state: Any, figures: dict[str, Any], expected: str
) -> None:
    assert expected in told(app, Requirement(kind, id_, title, state, figures))


@pytest.mark.parametrize(
    ("kind", "id_", "state", "figures", "expected"),
    [
        ("hours", "hours", "under_way", HOURS, "20 min waiting for Marcus Bell or Ada Prior."),
        ("attendance", "attendance", "under_way", CLASSES | {"unrecorded": 2}, "2 wait to be recorded by Marcus Bell or Ada Prior."),
        ("narrative", "m1/story", "under_way", TEXT | {"state": "draft", "at": ON}, "Begun, not sent yet."),
        ("narrative", "m1/story", "under_way", TEXT | {"state": "waiting", "at": ON}, "read by Marcus Bell or Ada Prior."),
        ("narrative", "m1/story", "returned", TEXT | {"state": "returned", "at": ON}, "A facilitator answered on Monday"),
        ("narrative", "m1/story", "to_come", TEXT, "Not begun yet."),
        ("homework", "m1/homework-1", "returned", TEXT | {"state": "returned", "at": ON}, "another round is to come."),
        ("agreement", "ethics", "to_come", {"at": None}, "Not accepted yet."),
        ("exam", "exam", "under_way", QUIZ | {"open": True}, "An attempt is under way."),
        ("seat", "seat", "to_come", {"status": "withdrawn"}, "A coordinator can give the seat back."),
    ],
)  # fmt: skip
def test_what_the_staff_read(
    app: Flask, kind: Any, id_: str, state: Any, figures: dict[str, Any], expected: str
) -> None:
    said = told(app, Requirement(kind, id_, "Title", state, figures), staff="Marcus Bell or Ada Prior", own=False)
    assert expected in said
    assert "You" not in said
    assert "your" not in said


@pytest.mark.parametrize(
    ("state", "word"), [("under_way", "Under way"), ("to_come", "To come"), ("returned", "Returned")]
)
def test_each_state_has_its_word(app: Flask, state: Any, word: str) -> None:
    assert told(app, Requirement("lessons", "lessons", "", state, {"done": 0, "required": 2})).endswith(word)


def test_names_are_escaped_once(app: Flask) -> None:
    hostile = Requirement(
        "narrative",
        "m1/story",
        "<b>O'Neil & Co</b>",
        "met",
        TEXT | {"state": "accepted", "at": ON, "who": "A & <i>B</i>"},
    )
    said = told(app, hostile)
    assert "Narrative: <b>O'Neil & Co</b> Accepted by A & <i>B</i> on" in said


def test_nothing_missing_is_a_sentence(app: Flask) -> None:
    with app.test_request_context():
        tongue.choose()
        words: Any = app.jinja_env.get_template("lms/certificates/_requirements.html").module
        assert "Nothing. Everything is met." in str(words.open_list([], OUTLINE))
