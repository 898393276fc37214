"""Everything a student of the small release needs for the certificate, as the rooms below leave it behind."""

from datetime import timedelta

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts.models import Cohort, Enrolment, Meeting
from lms.core.db import keys_of
from lms.core.ids import new_code
from lms.hours.models import Attendance, HomeworkHandIn
from lms.learning.models import LessonDone, PartOpened
from lms.narratives.models import Review, Submission
from lms.quizzes.models import Attempt
from tests.factories import NOON, meeting

LATER = NOON + timedelta(hours=1)
BEFORE = NOON - timedelta(days=3)


def held(s: Session, cohort: Cohort) -> Meeting:
    """The one class of the release, held this morning."""
    return meeting(s, cohort)


def complete(s: Session, seat: Enrolment, on: Meeting, reader: Person, *, but: str = "") -> None:
    """Leave everything the pathway asks for, except what `but` names."""
    made = {
        "attendance": lambda: attend(s, seat, on),
        "lessons": lambda: read(s, seat),
        "homework": lambda: hand_in(s, seat),
        "quiz": lambda: pass_quiz(s, seat, "quiz-m1", "module"),
        "exam": lambda: pass_quiz(s, seat, "exam", "exam"),
        "narrative": lambda: tell(s, seat, reader),
    }
    for name, make in made.items():
        if name != but:
            make()
    s.flush()


def attend(s: Session, seat: Enrolment, on: Meeting, mark: str = "present", minutes: int = 120) -> None:
    s.add(Attendance(meeting=on, enrolment=seat, mark=mark, minutes=minutes, recorded_at=NOON, recorded_by="test"))


def read(s: Session, seat: Enrolment) -> None:
    for lesson in ("m1-l1", "m1-l2"):
        for part in (1, 2, 3):
            s.add(PartOpened(enrolment_id=seat.id, lesson=lesson, part=part, at=BEFORE))
        s.add(
            LessonDone(
                enrolment_id=seat.id, lesson=lesson, at=BEFORE, credited_seconds=1200, measured_seconds=1200,
                release=seat.cohort.release.digest, rule="completion",
            )
        )  # fmt: skip


def hand_in(s: Session, seat: Enrolment, state: str = "accepted") -> HomeworkHandIn:
    code = new_code(12)
    text = keys_of(s).seal("What I did.", f"lms_homework_hand_in:{code}:text")
    row = HomeworkHandIn(
        code=code, enrolment=seat, homework="m1/homework-1", round=1, text=text, sent_at=BEFORE, state=state, minutes=60,
        decided_at=None if state == "waiting" else BEFORE, decided_by="test",
    )  # fmt: skip
    s.add(row)
    return row


def pass_quiz(s: Session, seat: Enrolment, quiz: str, kind: str, points: int = 400) -> None:
    s.add(
        Attempt(
            code=new_code(), enrolment=seat, quiz=quiz, title=quiz, kind=kind, number=1, release=seat.cohort.release.digest,
            seed=1, paper={}, pass_percent=75, review="feedback", started_at=BEFORE, deadline=None, state="submitted",
            closed_at=BEFORE + timedelta(minutes=9), points=points, out_of=400, passed=points >= 300,
        )
    )  # fmt: skip


def tell(s: Session, seat: Enrolment, reader: Person, state: str = "accepted") -> Submission:
    code = new_code(12)
    text = keys_of(s).seal("The winter I was nineteen.", f"lms_narrative_submission:{code}:text")
    sent = Submission(
        code=code, enrolment=seat, narrative="m1/story", round=1, text=text, words=5, sent_at=BEFORE, state=state,
        release=seat.cohort.release.digest, rubric={},
    )  # fmt: skip
    s.add(sent)
    if state in ("accepted", "returned"):
        s.add(
            Review(
                code=new_code(), submission=sent, reader=reader, levels={}, points=9, outcome=state, saved_at=BEFORE,
                released_at=BEFORE + timedelta(hours=1),
            )
        )  # fmt: skip
    s.flush()
    return sent
