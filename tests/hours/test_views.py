"""The pages of hours: each welcomed, refused and sent badly once; what is typed comes back; queries stay few."""

import re
from datetime import date, timedelta
from email.message import EmailMessage
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from lms.accounts.models import Person
from lms.cohorts.models import Cohort, Meeting
from lms.core.clock import FixedClock
from lms.core.db import Database, unit_of_work
from lms.hours import service
from lms.hours.models import Attendance, HomeworkCorrection, HomeworkHandIn, PracticeClaim, PracticeDecision
from lms.hours.service import Mark
from lms.records import service as records
from lms.records.models import Message, Reading
from tests import factories
from tests.factories import NOON, Cast

KEY = "m1/homework-1"
CLAIM = {
    "on": "2026-11-20", "hours": "1", "minutes": "30", "competency": "ethics", "supervisor": "Alma Lindqvist",
    "what": "I sat with a man at the gate.",
}  # fmt: skip


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.get_data(as_text=True))


def rows(database: Database, model: Any) -> list[Any]:
    with unit_of_work(database, write=False) as s:
        found = list(s.scalars(sa.select(model).order_by(model.id)))
        s.expunge_all()
    return found


@pytest.fixture
def held(database: Database, cast: Cast) -> Meeting:
    """A class of the cast that ended a moment ago."""
    with unit_of_work(database) as s:
        return factories.meeting(s, s.get_one(Cohort, cast.cohort.id))


@pytest.fixture
def handed(database: Database, cast: Cast) -> HomeworkHandIn:
    """The student's homework, waiting."""
    with unit_of_work(database) as s:
        return service.hand_in(s, s.merge(cast.seat), KEY, "I listened to my aunt.", now=NOON)


@pytest.fixture
def claimed(database: Database, cast: Cast) -> PracticeClaim:
    """An hour and a half of the student's practice, waiting."""
    with unit_of_work(database) as s:
        return service.claim_practice(
            s, s.merge(cast.seat), on=date(2026, 11, 20), minutes=90, competency="ethics", supervisor="Alma Lindqvist",
            what="I sat with a man at the gate.", now=NOON,
        )  # fmt: skip


class TestWhoSeesWhat:
    PAGES = (
        ("/hours", {"student": 200, "facilitator": 404, "funder": 404, None: 303}),
        ("/hours/practice", {"student": 200, "facilitator": 404, None: 303}),
        ("/homework/m1/homework-1", {"student": 200, "facilitator": 404, "stranger": 200, None: 303}),
        ("/homework/m1/homework-9", {"student": 404}),
        (
            "/hours/of/{seat}",
            {
                "student": 200,
                "classmate": 404,
                "facilitator": 200,
                "coordinator": 200,
                "funder": 404,
                "other_facilitator": 404,
            },
        ),
        ("/hours/of/NOBODYHERE", {"facilitator": 404}),
        ("/attendance", {"facilitator": 200, "student": 403, "coordinator": 403, "funder": 403, None: 303}),
        (
            "/meetings/{meeting}/attendance",
            {"facilitator": 200, "coordinator": 200, "student": 403, "stranger": 404, "funder": 404, None: 303},
        ),
        ("/meetings/NOCLASS/attendance", {"facilitator": 404}),
        ("/to-decide", {"facilitator": 200, "student": 403, "coordinator": 403, None: 303}),
        (
            "/to-decide/homework/{homework}",
            {
                "facilitator": 200,
                "student": 403,
                "classmate": 404,
                "coordinator": 403,
                "funder": 404,
                "other_facilitator": 404,
            },
        ),
        (
            "/to-decide/practice/{claim}",
            {
                "facilitator": 200,
                "student": 403,
                "classmate": 404,
                "coordinator": 403,
                "funder": 404,
                "other_facilitator": 404,
            },
        ),
        ("/to-decide/homework/NOTHING", {"facilitator": 404}),
    )

    @pytest.mark.parametrize(
        ("path", "who", "status"), [(path, who, status) for path, cast in PAGES for who, status in cast.items()]
    )
    def test_a_page(
        self, browsers: Any, browser: Any, cast: Cast, held: Meeting, handed: HomeworkHandIn, claimed: PracticeClaim,
        path: str, who: str | None, status: int,
    ) -> None:  # fmt: skip
        visitor = browsers(getattr(cast, who)) if who else browser
        codes = {"seat": cast.seat.code, "meeting": held.code, "homework": handed.code, "claim": claimed.code}
        assert visitor.get(path.format(**codes)).status_code == status

    def test_the_menu_shows_what_a_role_does(self, browsers: Any, cast: Cast) -> None:
        student, facilitator = (
            text(browsers(cast.student).get("/hours")),
            text(browsers(cast.facilitator).get("/attendance")),
        )
        assert 'href="/hours" aria-current="page"' in student
        assert "/to-decide" not in student
        assert 'href="/attendance" aria-current="page"' in facilitator
        assert 'href="/to-decide">' in facilitator

    @pytest.mark.parametrize("path", ["/hours/practice", "/homework/m1/homework-1"])
    def test_nobody_sends_for_somebody_else(self, browsers: Any, cast: Cast, path: str) -> None:
        assert browsers(cast.facilitator).post(path, CLAIM | {"text": "x"}).status_code == 404

    @pytest.mark.parametrize("who", ["student", "coordinator", "classmate", "other_facilitator"])
    def test_only_a_facilitator_answers(
        self, browsers: Any, database: Database, cast: Cast, handed: HomeworkHandIn, claimed: PracticeClaim, who: str
    ) -> None:
        visitor = browsers(getattr(cast, who))
        for path in (f"/to-decide/homework/{handed.code}", f"/to-decide/practice/{claimed.code}"):
            sent = {"outcome": "accepted" if "homework" in path else "approved", "minutes": "90"}
            assert visitor.post(path, sent).status_code in (403, 404)
        assert rows(database, HomeworkHandIn)[0].state == "waiting"
        assert rows(database, PracticeDecision) == []


class TestStatement:
    def test_an_empty_one_says_what_will_come(self, browsers: Any, cast: Cast) -> None:
        found = text(browsers(cast.student).get("/hours"))
        assert "<strong>0 min</strong> of 3 h are counted." in found
        assert "A class appears here once attendance is taken" in found

    def test_it_says_what_counts_what_waits_and_for_whom(
        self, browsers: Any, database: Database, cast: Cast, held: Meeting, claimed: PracticeClaim
    ) -> None:
        with unit_of_work(database) as s:
            by = s.get_one(Person, cast.facilitator.id)
            service.take_attendance(s, s.merge(held), {cast.seat.id: Mark("present")}, by=by, now=NOON)
        found = text(browsers(cast.student).get("/hours"))
        assert "<strong>2 h</strong> of 3 h are counted. 1 h 30 min wait for Marcus Bell." in found
        assert "Class: Meeting" in found
        assert "Practice: Ethics" in found
        assert found.count("Waiting for Marcus Bell") == 1
        assert '<td class="is-done">2:00</td>' in found
        assert "As of Monday 23 November, 12:00" in found

    def test_each_line_that_does_not_count_says_why(
        self, browsers: Any, database: Database, cast: Cast, held: Meeting, claimed: PracticeClaim
    ) -> None:
        with unit_of_work(database) as s:
            by = s.get_one(Person, cast.facilitator.id)
            service.take_attendance(s, s.merge(held), {cast.seat.id: Mark("absent")}, by=by, now=NOON)
            service.decide_practice(
                s, s.merge(claimed), outcome="returned", minutes=0, reason="Who was with you?", by=by, now=NOON
            )
        found = text(browsers(cast.student).get("/hours"))
        assert "Recorded as absent. If that is wrong, tell your facilitator." in found
        assert "“Who was with you?”" in found
        facilitators = text(browsers(cast.facilitator).get(f"/hours/of/{cast.seat.code}"))
        assert "“Who was with you?”" in facilitators
        assert f"/to-decide/practice/{claimed.code}" in facilitators
        coordinators = text(browsers(cast.coordinator).get(f"/hours/of/{cast.seat.code}"))
        assert "Hours of Ṣadé Whitfield" in coordinators
        assert "Who was with you" not in coordinators
        assert "/to-decide/practice" not in coordinators

    def test_a_class_nobody_has_recorded_is_no_absence(self, browsers: Any, cast: Cast, held: Meeting) -> None:
        found = text(browsers(cast.student).get("/hours"))
        assert "Attendance of 1 class is not recorded yet." in found
        assert "once Marcus Bell has recorded it" in found
        assert "Recorded as absent" not in found

    def test_the_ledger_turns_pages_and_prints_whole(self, browsers: Any, database: Database, cast: Cast) -> None:
        with unit_of_work(database) as s:
            seat, by = s.merge(cast.seat), s.get_one(Person, cast.facilitator.id)
            for number in range(45):
                made = service.claim_practice(
                    s, seat, on=date(2026, 10, 5) + timedelta(days=number), minutes=number + 1, competency="ethics",
                    supervisor="Alma", what="Did.", now=NOON,
                )  # fmt: skip
                service.decide_practice(s, made, outcome="approved", minutes=number + 1, reason="", by=by, now=NOON)
        student = browsers(cast.student)
        first, last, whole = student.get("/hours"), student.get("/hours?page=3"), student.get("/hours?all=1")
        assert [text(page).count("Practice: Ethics") for page in (first, last, whole)] == [20, 5, 45]
        assert 'aria-current="page" aria-label="Page 3"' in text(last)
        for odd in ("0", "99", "-1", "x", "٣", "9" * 5000):
            assert student.get("/hours", query_string={"page": odd}).status_code == 200

    def test_it_asks_the_database_little(
        self, browsers: Any, count_queries: Any, cast: Cast, held: Meeting, claimed: Any
    ) -> None:
        student = browsers(cast.student)
        student.get("/hours")
        with count_queries() as counted:
            student.get("/hours")
        assert len(counted) <= 8, counted.statements


class TestPractice:
    def test_a_claim_goes_to_the_facilitator(self, browsers: Any, database: Database, cast: Cast) -> None:
        student = browsers(cast.student)
        sent = student.post("/hours/practice", CLAIM)
        assert (sent.status_code, sent.location) == (303, "/hours/practice")
        found = text(student.get("/hours/practice"))
        assert "Your practice hours went to Marcus Bell." in found
        assert "Friday 20 November, 1 h 30 min" in found
        row = rows(database, PracticeClaim)[0]
        assert (row.on, row.minutes, row.competency) == (date(2026, 11, 20), 90, "ethics")
        student.post("/hours/practice", CLAIM)
        assert len(rows(database, PracticeClaim)) == 1

    def test_sending_it_again_later_says_so(self, browsers: Any, cast: Cast, clock: FixedClock) -> None:
        student = browsers(cast.student)
        student.post("/hours/practice", CLAIM)
        student.get("/hours/practice")
        clock.advance(timedelta(minutes=5))
        student.post("/hours/practice", CLAIM)
        assert "so they were not sent twice" in text(student.get("/hours/practice"))

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"on": "2026-11-24"}, "That day is still to come."),
            ({"on": "2026-10-04"}, "Your cohort began on 5 October 2026."),
            ({"on": "yesterday"}, "Write the day like 2026-11-23."),
            ({"on": ""}, "Write the day on which it was."),
            ({"hours": "", "minutes": ""}, "Write between 1 minute and 24 hours."),
            ({"hours": "25"}, "Write between 1 minute and 24 hours."),
            ({"hours": "1.5"}, "Write a whole number, in digits."),
            ({"minutes": "-5"}, "Write a whole number, in digits."),
            ({"hours": "9" * 5000}, "Write a whole number, in digits."),
            ({"competency": "juggling"}, "Choose what you practised from the list."),
            ({"competency": ""}, "Choose what you practiced from the list."),
            ({"supervisor": " "}, "Write who supervised you, with their role."),
            ({"what": ""}, "Write what you did, in a sentence or two."),
            ({"what": "x" * 20001}, "Please keep this under 20000 characters."),
        ],
    )
    def test_what_does_not_fit_comes_back_with_a_sentence(
        self, browsers: Any, database: Database, cast: Cast, wrong: dict[str, str], said: str
    ) -> None:
        sent = browsers(cast.student).post("/hours/practice", CLAIM | {"supervisor": "Alma <Lind>"} | wrong)
        found = text(sent)
        assert sent.status_code == 422
        assert said in found
        assert 'aria-invalid="true"' in found
        if "supervisor" not in wrong:
            assert "Alma &lt;Lind&gt;" in found
        assert rows(database, PracticeClaim) == []

    def test_an_empty_form_is_refused_kindly(self, browsers: Any, cast: Cast) -> None:
        assert browsers(cast.student).post("/hours/practice", {}).status_code == 422

    def test_the_author_sees_who_opened_it_and_the_answer(
        self, browsers: Any, database: Database, cast: Cast, claimed: PracticeClaim
    ) -> None:
        browsers(cast.facilitator).get(f"/to-decide/practice/{claimed.code}")
        with unit_of_work(database) as s:
            by = s.get_one(Person, cast.facilitator.id)
            service.decide_practice(
                s, s.merge(claimed), outcome="approved", minutes=60, reason="Without the drive.", by=by, now=NOON
            )
        found = text(browsers(cast.student).get("/hours/practice"))
        assert "Marcus Bell, Monday 23 November, 12:00" in found
        assert "Marcus Bell counted 1 h on Monday 23 November. “Without the drive.”" in found


class TestHomework:
    def test_it_is_handed_in_and_waits(self, browsers: Any, database: Database, cast: Cast) -> None:
        student = browsers(cast.student)
        assert "Do it." in text(student.get("/homework/m1/homework-1"))
        sent = student.post("/homework/m1/homework-1", {"text": "I listened.\n\nThen I did not."})
        assert sent.status_code == 303
        found = text(student.get("/homework/m1/homework-1"))
        assert "Your homework is with Marcus Bell." in found
        assert "With Marcus Bell since Monday 23 November" in found
        assert "<p>I listened.</p><p>Then I did not.</p>" in found
        assert "<textarea" not in found
        assert rows(database, HomeworkHandIn)[0].round == 1

    @pytest.mark.parametrize("typed", ["", "  \n ", "x" * 20001])
    def test_what_does_not_fit_comes_back(self, browsers: Any, database: Database, cast: Cast, typed: str) -> None:
        sent = browsers(cast.student).post("/homework/m1/homework-1", {"text": typed})
        assert sent.status_code == 422
        assert typed in sent.get_data(as_text=True)
        assert rows(database, HomeworkHandIn) == []

    def test_other_words_while_it_waits_are_given_back(self, browsers: Any, cast: Cast, handed: HomeworkHandIn) -> None:
        sent = browsers(cast.student).post(
            "/homework/m1/homework-1", {"text": "Another text, much longer than the first one was."}
        )
        assert sent.status_code == 409
        assert "Another text" in text(sent)

    def test_rounds_and_replies_stand_on_the_page(
        self, browsers: Any, database: Database, cast: Cast, handed: HomeworkHandIn
    ) -> None:
        facilitator, student = browsers(cast.facilitator), browsers(cast.student)
        facilitator.get(f"/to-decide/homework/{handed.code}")
        facilitator.post(f"/to-decide/homework/{handed.code}", {"outcome": "returned", "reply": "What did you notice?"})
        found = text(student.get("/homework/m1/homework-1"))
        assert "Returned. You can hand in again." in found
        assert "What did you notice?" in found
        assert "Marcus Bell, Monday 23 November, 12:00" in found
        assert "I listened to my aunt.</textarea>" in found
        student.post("/homework/m1/homework-1", {"text": "My hurry."})
        second = rows(database, HomeworkHandIn)[1]
        page = text(facilitator.get(f"/to-decide/homework/{second.code}"))
        assert f'href="/to-decide/homework/{handed.code}">Open round 1' in page
        assert "my aunt" not in page
        facilitator.post(f"/to-decide/homework/{second.code}", {"outcome": "accepted", "reply": ""})
        assert "Accepted. Its 1 h are counted." in text(student.get("/homework/m1/homework-1"))

    def test_it_asks_the_database_little(
        self, browsers: Any, count_queries: Any, cast: Cast, handed: HomeworkHandIn
    ) -> None:
        student = browsers(cast.student)
        student.get("/homework/m1/homework-1")
        with count_queries() as counted:
            student.get("/homework/m1/homework-1")
        assert len(counted) <= 8, counted.statements


class TestAttendance:
    def fields(self, cast: Cast, student: str, classmate: str, **more: str) -> dict[str, str]:
        sent = {f"{cast.seat.code}-mark": student, f"{cast.classmate_seat.code}-mark": classmate}
        return sent | {f"{cast.seat.code}-{name}": value for name, value in more.items()}

    def test_everyone_is_set_to_present_and_nothing_is_saved(
        self, browsers: Any, database: Database, cast: Cast, held: Meeting
    ) -> None:
        found = text(browsers(cast.facilitator).get(f"/meetings/{held.code}/attendance"))
        assert "Not saved yet. Everyone is set to present to begin with" in found
        assert found.count('value="present"') == found.count("checked") == 2
        assert "Who was here?" in found
        assert rows(database, Attendance) == []

    def test_one_tap_saves_it(self, browsers: Any, database: Database, cast: Cast, held: Meeting) -> None:
        facilitator = browsers(cast.facilitator)
        path = f"/meetings/{held.code}/attendance"
        sent = facilitator.post(path, self.fields(cast, "part", "present", minutes="45"))
        assert (sent.status_code, sent.location) == (303, path)
        found = text(facilitator.get(path))
        assert "Saved for 2 people." in found
        assert "Attendance is recorded" in found
        assert "Ṣadé Whitfield: There for 45 min. Marcus Bell, Monday 23 November, 12:00" in found
        assert "Everyone is set to present" not in found
        assert {(row.enrolment_id, row.minutes) for row in rows(database, Attendance)} == {
            (cast.seat.id, 45),
            (cast.classmate_seat.id, 120),
        }
        facilitator.post(path, self.fields(cast, "part", "present", minutes="45"))
        assert "Nothing was changed." in text(facilitator.get(path))

    def test_a_change_without_a_reason_comes_back_as_it_was_chosen(
        self, browsers: Any, database: Database, cast: Cast, held: Meeting
    ) -> None:
        facilitator, path = browsers(cast.facilitator), f"/meetings/{held.code}/attendance"
        facilitator.post(path, self.fields(cast, "present", "present"))
        sent = facilitator.post(path, self.fields(cast, "part", "absent", minutes="30", reason="Left for the <bus>."))
        found = text(sent)
        assert sent.status_code == 422
        assert "Tomás Rivera-Lund: Write why you change a mark that is already saved." in found
        assert f'href="#{cast.classmate_seat.code}-reason"' in found
        assert "Left for the &lt;bus&gt;." in found
        assert 'value="30"' in found
        assert len(rows(database, Attendance)) == 2
        ok = self.fields(cast, "part", "absent", minutes="30", reason="Left for the bus.")
        facilitator.post(path, ok | {f"{cast.classmate_seat.code}-reason": "Wrong line."})
        assert "“Left for the bus.”" in text(facilitator.get(path))
        assert len(rows(database, Attendance)) == 4
        assert "“Left for the bus.”" in text(browsers(cast.student).get("/hours"))
        assert "Left for the bus" not in text(browsers(cast.coordinator).get(f"/hours/of/{cast.seat.code}"))

    @pytest.mark.parametrize(
        ("mark", "more", "said"),
        [
            ("part", {}, "Write how many of the 120 minutes"),
            ("part", {"minutes": "many"}, "Write a whole number, in digits."),
            ("made_up", {}, "Write how and when the class was made up."),
            ("asleep", {}, "Choose how this person was there."),
            ("absent", {"reason": "x" * 501}, "Please keep this under 500 characters."),
        ],
    )
    def test_what_does_not_fit_is_said_beside_the_name(
        self, browsers: Any, database: Database, cast: Cast, held: Meeting, mark: str, more: dict[str, str], said: str
    ) -> None:
        sent = browsers(cast.facilitator).post(
            f"/meetings/{held.code}/attendance", self.fields(cast, mark, "absent", **more)
        )
        assert sent.status_code == 422
        assert f"Ṣadé Whitfield: {said}" in text(sent)
        assert 'value="absent"' in text(sent)
        assert rows(database, Attendance) == []

    def test_two_facilitators_with_the_same_page_open(
        self, browsers: Any, database: Database, cast: Cast, held: Meeting
    ) -> None:
        path = f"/meetings/{held.code}/attendance"
        browsers(cast.facilitator).post(path, self.fields(cast, "absent", "present"))
        second = browsers(cast.coordinator).post(path, self.fields(cast, "present", "present"))
        assert second.status_code == 422
        assert "Ṣadé Whitfield: Write why you change" in text(second)
        assert len(rows(database, Attendance)) == 2

    def test_nobody_outside_the_cohort_gets_in_by_the_form(
        self, browsers: Any, database: Database, cast: Cast, held: Meeting
    ) -> None:
        sent = {f"{cast.stranger_seat.code}-mark": "present", f"{cast.seat.code}-mark": "present"}
        browsers(cast.facilitator).post(f"/meetings/{held.code}/attendance", sent)
        assert [row.enrolment_id for row in rows(database, Attendance)] == [cast.seat.id]

    def test_a_class_to_come_takes_none(self, browsers: Any, database: Database, cast: Cast) -> None:
        with unit_of_work(database) as s:
            cohort = s.get_one(Cohort, cast.cohort.id)
            code = factories.meeting(
                s, cohort, starts_at=NOON + timedelta(days=1), ends_at=NOON + timedelta(days=1)
            ).code
        facilitator = browsers(cast.facilitator)
        assert "Attendance can be taken from Tuesday 24 November, 12:00." in text(
            facilitator.get(f"/meetings/{code}/attendance")
        )
        assert (
            facilitator.post(f"/meetings/{code}/attendance", self.fields(cast, "present", "present")).status_code == 409
        )

    def test_a_form_without_a_choice_changes_nothing(
        self, browsers: Any, database: Database, cast: Cast, held: Meeting
    ) -> None:
        assert browsers(cast.facilitator).post(f"/meetings/{held.code}/attendance", {}).status_code == 303
        assert rows(database, Attendance) == []

    def test_students_cannot_take_it(self, browsers: Any, database: Database, cast: Cast, held: Meeting) -> None:
        sent = self.fields(cast, "present", "present")
        assert browsers(cast.student).post(f"/meetings/{held.code}/attendance", sent).status_code == 403
        assert rows(database, Attendance) == []

    def test_the_list_says_what_is_left(self, browsers: Any, database: Database, cast: Cast, held: Meeting) -> None:
        with unit_of_work(database) as s:
            cohort = s.get_one(Cohort, cast.cohort.id)
            old = NOON - timedelta(days=7)
            factories.meeting(s, cohort, title="Last week", starts_at=old, ends_at=old + timedelta(hours=2))
        found = text(browsers(cast.facilitator).get("/attendance"))
        assert "Attendance of 1 class is not complete" in found
        assert (
            found.index(">Today<")
            < found.index("0 of 2 recorded.")
            < found.index(">Not complete yet<")
            < found.index("Last week")
        )

    def test_an_empty_list_says_what_comes_next(self, browsers: Any, database: Database, cast: Cast) -> None:
        facilitator = browsers(cast.facilitator)
        assert "No class today, and none is planned." in text(facilitator.get("/attendance"))
        with unit_of_work(database) as s:
            soon = NOON + timedelta(days=2)
            factories.meeting(s, s.get_one(Cohort, cast.cohort.id), starts_at=soon, ends_at=soon)
        assert "The next is Meeting, Wednesday 25 November, 12:00." in text(facilitator.get("/attendance"))


class TestAnswering:
    def test_the_list_is_oldest_first_and_holds_no_text(
        self, browsers: Any, cast: Cast, handed: HomeworkHandIn, claimed: PracticeClaim
    ) -> None:
        facilitator = browsers(cast.facilitator)
        found = text(facilitator.get("/to-decide"))
        assert "2 pieces wait for an answer" in found
        assert f"/to-decide/homework/{handed.code}" in found
        assert f"/to-decide/practice/{claimed.code}" in found
        assert "aunt" not in found
        assert "gate" not in found
        other = text(browsers(cast.other_facilitator).get("/to-decide"))
        assert "Nothing waits for you" in other
        assert handed.code not in other

    @pytest.mark.parametrize("kind", ["homework", "practice"])
    def test_opening_is_logged_for_the_author(
        self, browsers: Any, database: Database, cast: Cast, handed: HomeworkHandIn, claimed: PracticeClaim, kind: str
    ) -> None:
        code = handed.code if kind == "homework" else claimed.code
        browsers(cast.facilitator).get(f"/to-decide/{kind}/{code}")
        browsers(cast.coordinator).get(f"/to-decide/{kind}/{code}")
        assert [(r.kind, r.subject, r.author, r.reader) for r in rows(database, Reading)] == [
            (kind, code, cast.student.code, cast.facilitator.code)
        ]

    def test_an_accepted_homework_counts_and_the_student_hears_of_it(
        self,
        browsers: Any,
        database: Database,
        cast: Cast,
        handed: HomeworkHandIn,
    ) -> None:
        facilitator, letters = browsers(cast.facilitator), list[EmailMessage]()
        sent = facilitator.post(
            f"/to-decide/homework/{handed.code}", {"outcome": "accepted", "reply": "The aunt is there."}
        )
        assert (sent.status_code, sent.location) == (303, "/to-decide")
        assert "Sent. Ṣadé Whitfield gets a letter" in text(facilitator.get("/to-decide"))
        records.send_due(database, letters.append, "training@lms.example", now=NOON)
        assert [(m["To"], m["Subject"]) for m in letters] == [(cast.student.email, "An answer to your homework")]
        body = letters[0].get_content()
        assert "http://lms.example/homework/m1/homework-1" in body
        assert "aunt" not in body
        assert "<strong>1 h</strong> of 3 h are counted." in text(browsers(cast.student).get("/hours"))

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"outcome": "returned", "reply": " "}, "Write what the student can do next."),
            ({"reply": "Kept words."}, "Choose whether it is complete."),
            ({"outcome": "x", "reply": "Kept words."}, "Choose whether it is complete."),
            ({"outcome": "accepted", "reply": "x" * 20001}, "Please keep this under"),
        ],
    )
    def test_a_homework_answer_that_lacks_something(
        self, browsers: Any, database: Database, cast: Cast, handed: HomeworkHandIn, sent: dict[str, str], said: str
    ) -> None:
        answer = browsers(cast.facilitator).post(f"/to-decide/homework/{handed.code}", sent)
        assert answer.status_code == 422
        assert said in text(answer)
        assert sent["reply"].strip() in text(answer)
        assert rows(database, HomeworkHandIn)[0].state == "waiting"

    def test_an_answered_homework_has_no_second_answer(self, browsers: Any, cast: Cast, handed: HomeworkHandIn) -> None:
        facilitator, path = browsers(cast.facilitator), f"/to-decide/homework/{handed.code}"
        facilitator.post(path, {"outcome": "accepted", "reply": "Good."})
        again = facilitator.post(
            path, {"outcome": "returned", "reply": "On second thoughts, please write about what you noticed."}
        )
        assert again.status_code == 409
        assert "On second thoughts" in text(again)
        assert "Accepted</h2>" in text(facilitator.get(path))

    def test_the_answer_to_a_homework_can_be_changed_with_a_reason(
        self, browsers: Any, database: Database, cast: Cast, handed: HomeworkHandIn
    ) -> None:
        facilitator, path = browsers(cast.facilitator), f"/to-decide/homework/{handed.code}"
        changed = {"outcome": "returned", "reply": "It was <for> another class.", "change": "1"}
        early = facilitator.post(path, changed)
        assert early.status_code == 409
        assert "It was &lt;for&gt; another class." in text(early)
        facilitator.post(path, {"outcome": "accepted", "reply": "Good."})
        page = text(facilitator.get(path))
        assert "Change the answer</h2>" in page
        assert 'name="change" value="1"' in page
        for lacking, said in (({"reply": " "}, "Write why you change it."), ({"outcome": ""}, "Choose whether")):
            answer = facilitator.post(path, changed | lacking)
            assert answer.status_code == 422
            assert said in text(answer)
        assert browsers(cast.coordinator).post(path, changed).status_code == 403
        assert rows(database, HomeworkCorrection) == []
        assert facilitator.post(path, changed).status_code == 303
        assert [row.outcome for row in rows(database, HomeworkCorrection)] == ["returned"]
        found = text(browsers(cast.student).get("/homework/m1/homework-1"))
        assert "Returned. You can hand in again." in found
        assert "It was &lt;for&gt; another class." in found
        assert "The answer before" in found
        assert "Marcus Bell accepted it on" in found
        assert len(rows(database, Message)) == 2

    def test_an_older_round_has_no_form(
        self, browsers: Any, database: Database, cast: Cast, handed: HomeworkHandIn
    ) -> None:
        facilitator, path = browsers(cast.facilitator), f"/to-decide/homework/{handed.code}"
        facilitator.post(path, {"outcome": "returned", "reply": "More, please."})
        browsers(cast.student).post("/homework/m1/homework-1", {"text": "More."})
        page = text(facilitator.get(path))
        assert "More, please." in page
        assert 'name="outcome"' not in page
        late = facilitator.post(path, {"outcome": "accepted", "reply": "Enough after all.", "change": "1"})
        assert late.status_code == 409
        assert "newer round" in text(late)

    def test_homework_that_the_path_does_not_ask_for_stands_apart_until_it_is_handed_in(
        self, browsers: Any, database: Database, cast: Cast
    ) -> None:
        with unit_of_work(database) as s:
            made = factories.pieces(modules=2)
            made["pathway:starter"]["homework"] = ("m2/homework-1",)
            s.get_one(Cohort, cast.cohort.id).release = factories.release(s, made)
        student = browsers(cast.student)
        asked, _summary, other = text(student.get("/hours")).partition("1 more that is not asked for")
        assert "/homework/m2/homework-1" in asked
        assert "/homework/m1/homework-1" not in asked
        assert "Your path does not ask for it." in other
        with unit_of_work(database) as s:
            service.hand_in(s, s.merge(cast.seat), KEY, "I listened to my aunt.", now=NOON)
        page = text(student.get("/hours"))
        assert "not asked for" not in page
        assert "/homework/m1/homework-1" in page

    def test_a_path_that_does_not_count_practice_says_so_before_and_after(
        self, browsers: Any, database: Database, cast: Cast, claimed: PracticeClaim
    ) -> None:
        page = text(browsers(cast.student).get("/hours/practice"))
        assert "It counts once" in page
        with unit_of_work(database) as s:
            made = factories.pieces()
            made["pathway:starter"]["modalities"] |= {"practicum": {"counts": False}}
            s.get_one(Cohort, cast.cohort.id).release = factories.release(s, made)
        facilitator = browsers(cast.facilitator)
        approved = {"outcome": "approved", "minutes": "90", "reason": ""}
        assert facilitator.post(f"/to-decide/practice/{claimed.code}", approved).status_code == 303
        page = text(browsers(cast.student).get("/hours/practice"))
        assert "Your path does not count it toward its hours." in page
        assert "It counts once" not in page
        assert "Confirmed" in page
        assert "Counted" not in page

    def test_practice_is_counted_in_part_with_a_reason(
        self, browsers: Any, database: Database, cast: Cast, claimed: PracticeClaim
    ) -> None:
        facilitator, path = browsers(cast.facilitator), f"/to-decide/practice/{claimed.code}"
        assert "I sat with a man at the gate." in text(facilitator.get(path))
        short = facilitator.post(path, {"outcome": "approved", "minutes": "60", "reason": ""})
        assert short.status_code == 422
        assert "Write a short reason. The student will read it." in text(short)
        assert 'value="60"' in text(short)
        assert (
            facilitator.post(path, {"outcome": "approved", "minutes": "60", "reason": "No drive."}).status_code == 303
        )
        assert len(rows(database, Message)) == 1
        assert "<strong>1 h</strong> of 3 h are counted." in text(browsers(cast.student).get("/hours"))

    def test_an_answer_can_be_changed_with_a_reason(
        self, browsers: Any, database: Database, cast: Cast, claimed: PracticeClaim
    ) -> None:
        facilitator, path = browsers(cast.facilitator), f"/to-decide/practice/{claimed.code}"
        first = {"outcome": "approved", "minutes": "90", "reason": ""}
        assert [facilitator.post(path, first).status_code for _click in (1, 2)] == [303, 303]
        clash = facilitator.post(
            path, {"outcome": "returned", "minutes": "90", "reason": "Her supervisor knows nothing of it, sadly."}
        )
        assert clash.status_code == 409
        page = text(facilitator.get(path))
        assert "Change the answer" in page
        assert 'name="change" value="1"' in page
        changed = {"outcome": "returned", "minutes": "90", "change": "1"}
        assert facilitator.post(path, changed).status_code == 422
        assert facilitator.post(path, changed | {"reason": "Her supervisor knows nothing of it."}).status_code == 303
        assert [row.outcome for row in rows(database, PracticeDecision)] == ["approved", "returned"]

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"minutes": "90", "reason": "Kept words."}, "Choose whether these hours count."),
            ({"outcome": "approved", "minutes": "91", "reason": "Kept words."}, "Write between 1 and 90 minutes"),
            ({"outcome": "approved", "minutes": "ninety", "reason": "Kept words."}, "Write a whole number, in digits."),
            ({"outcome": "returned", "minutes": "90", "reason": ""}, "Write a short reason."),
        ],
    )
    def test_a_practice_answer_that_lacks_something(
        self, browsers: Any, database: Database, cast: Cast, claimed: PracticeClaim, sent: dict[str, str], said: str
    ) -> None:
        answer = browsers(cast.facilitator).post(f"/to-decide/practice/{claimed.code}", sent)
        assert answer.status_code == 422
        assert said in text(answer)
        assert sent["reason"] in text(answer)
        assert rows(database, PracticeDecision) == []


def grow(database: Database, cast: Cast, people: int) -> list[str]:
    """Fill the cohort; everybody has a mark, a homework and a claim that wait. Returns the codes of the newest."""
    with unit_of_work(database) as s:
        cohort, by = s.get_one(Cohort, cast.cohort.id), s.get_one(Person, cast.facilitator.id)
        meeting = s.scalars(sa.select(Meeting).where(Meeting.cohort_id == cohort.id)).first() or factories.meeting(
            s, cohort
        )
        for _ in range(people):
            seat = factories.enrolment(s, cohort)
            service.take_attendance(s, meeting, {seat.id: Mark("present")}, by=by, now=NOON)
            work = service.hand_in(s, seat, KEY, "Here.", now=NOON)
            claim = service.claim_practice(
                s, seat, on=date(2026, 11, 20), minutes=30, competency="ethics", supervisor="A", what="Did.", now=NOON
            )
        return [meeting.code, work.code, claim.code]


def test_pages_for_a_facilitator_do_not_grow_with_the_cohort(
    browsers: Any, database: Database, cast: Cast, count_queries: Any
) -> None:
    facilitator, spent = browsers(cast.facilitator), []
    for people in (15, 285):
        meeting, work, claim = grow(database, cast, people)
        paths = [
            "/attendance", f"/meetings/{meeting}/attendance", "/to-decide", f"/to-decide/homework/{work}",
            f"/to-decide/practice/{claim}", f"/hours/of/{cast.seat.code}",
        ]  # fmt: skip
        counts = []
        for path in paths:
            facilitator.get(path)
            with count_queries() as counted:
                assert facilitator.get(path).status_code == 200
            counts.append(len(counted))
        spent.append(counts)
    assert spent[0] == spent[1]
    assert max(spent[0]) <= 8, spent


@pytest.mark.parametrize("path", ["/hours", "/hours/practice", "/homework/m1/homework-1"])
def test_headings_stand_in_order(browsers: Any, cast: Cast, handed: Any, claimed: Any, held: Any, path: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", text(browsers(cast.student).get(path)))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
