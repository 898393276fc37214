import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts.models import Appointment, Cohort, Enrolment
from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.curriculum.models import SupportLines
from lms.quizzes import service
from lms.quizzes.models import AnswerEvent, Attempt, Response
from lms.quizzes.rules import TimeTerms, Window
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.conftest import permit

JSON = {"Accept": "application/json"}
MINUTE = timedelta(minutes=1)
KEYS = ("Because.", "About first", "About second", "This fits", "Your choice")


class Sitting:
    """A student's committed attempt, with the right answers at hand and a short way to send some."""

    def __init__(self, database: Database, browser: Browser, seat: Enrolment, quiz: str, **more: Any) -> None:
        self.database, self.browser = database, browser
        with database.writer() as s:
            attempt = service.start_attempt(s, permit(s, s.get_one(Enrolment, seat.id), quiz, **more), now=NOON)
            self.code = attempt.code
            self.right = {q.position: min(q.right) for q in service.paper_of(attempt).questions}
            s.commit()
        self.page = f"/attempts/{self.code}"

    def fields(self, *answers: tuple[int, int], sequence: int = 1) -> dict[str, Any]:
        """What the page's own form sends for some questions."""
        sent: dict[str, Any] = {"q": [str(position) for position, _choice in answers]}
        for position, choice in answers:
            sent |= {f"a-{position}": str(choice), f"s-{position}": str(sequence), f"w-{position}": ""}
        return sent

    def save(self, *answers: tuple[int, int], sequence: int = 1, **more: Any) -> Any:
        """Send answers as a script does."""
        return self.browser.post(self.page + "/answers", self.fields(*answers, sequence=sequence) | more, headers=JSON)

    def save_all(self) -> None:
        """Answer everything, rightly."""
        assert self.save(*self.right.items()).status_code == 200

    def row(self) -> Attempt:
        """The attempt as stored."""
        with self.session() as s:
            return s.scalars(sa.select(Attempt).where(Attempt.code == self.code)).one()

    def answers(self) -> dict[int, list[int]]:
        """The answers that stand."""
        with self.session() as s:
            return {row.position: row.choice for row in s.scalars(sa.select(Response))}

    def taken(self) -> list[str]:
        """What became of everything that arrived."""
        with self.session() as s:
            return list(s.scalars(sa.select(AnswerEvent.taken).order_by(AnswerEvent.id)))

    def session(self) -> Session:
        """A reading session of our own."""
        return self.database.reader()


@pytest.fixture
def student(browsers: Any, cast: Cast) -> Browser:
    return browsers(cast.student)


@pytest.fixture
def sitting(database: Database, student: Browser, cast: Cast) -> Sitting:
    return Sitting(database, student, cast.seat, "quiz-m1")


@pytest.fixture
def check(database: Database, student: Browser, cast: Cast) -> Sitting:
    return Sitting(database, student, cast.seat, "check-m1-l1")


# — the page of questions


def test_the_page_shows_its_questions_and_no_key(sitting: Sitting, student: Browser) -> None:
    page = student.get(sitting.page)
    assert page.status_code == 200
    assert page.text.count("<fieldset") == 2
    assert "Question 1 of 4" in page.text
    assert "0 of 4 answered" in page.text
    assert "30 minutes left" in page.text
    assert "of 30, until 12:30" in page.text
    assert [key for key in KEYS if key in page.text] == []
    assert "correct" not in page.text


def test_a_lesson_check_stands_on_one_page_without_a_clock(check: Sitting, student: Browser) -> None:
    page = student.get(check.page).text
    assert page.count("<fieldset") == 4
    assert "No time limit" in page
    assert "time-button" not in page
    assert "Save and leave" in page


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (TimeTerms(150), "of 45 (30 + your extra time), until 12:45"),
        (TimeTerms(untimed=True), "(usually 30 minutes; no limit for you)"),
    ],
)
def test_a_person_sees_that_their_arrangement_is_applied(
    database: Database, student: Browser, cast: Cast, terms: TimeTerms, words: str
) -> None:
    sitting = Sitting(database, student, cast.seat, "quiz-m1", terms=terms)
    assert words in student.get(sitting.page).text


@pytest.mark.parametrize(
    ("spent", "plain", "hidden"),
    [
        (0, "30 minutes left", "The time is hidden"),
        (26 * 60, "4 minutes left", "Less than 5 minutes left"),
        (28 * 60 + 40, "1 minute left", "Less than 5 minutes left"),
        (29 * 60 + 30, "Less than 1 minute left", "Less than 1 minute left"),
        (30 * 60 + 5, "The time is up", "The time is up"),
    ],
)
def test_the_time_in_words_and_hidden(
    sitting: Sitting, student: Browser, clock: FixedClock, spent: int, plain: str, hidden: str
) -> None:
    clock.advance(timedelta(seconds=spent))
    assert f'<strong id="time">{plain}</strong>' in student.get(sitting.page).text
    assert f'<strong id="time">{hidden}</strong>' in student.get(sitting.page + "?time=hidden").text


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x", "2%00", "٣"])
def test_a_foolish_page_number_is_the_nearest_page(sitting: Sitting, student: Browser, page: str) -> None:
    assert student.get(f"{sitting.page}?page={page}").status_code == 200


def test_a_text_that_names_a_support_line_gets_the_newest(
    sitting: Sitting, student: Browser, database: Database
) -> None:
    with database.writer() as s:
        attempt = s.scalars(sa.select(Attempt)).one()
        paper = dict(attempt.paper)
        paper["questions"][0]["item"]["stem"] = "<p>Give {{crisis:988}} first?</p>"
        attempt.paper = {**paper}
        line = {"id": "988", "name": "988", "display": "988, call or text", "call": "988"}
        s.add(SupportLines(digest="d", body={"lines": [line], "note": ""}, loaded_at=NOON))
        s.execute(sa.update(Attempt).values(paper=paper))
        s.commit()
    assert '<p>Give <a href="tel:988">988, call or text</a> first?</p>' in student.get(sitting.page).text


def test_a_script_learns_where_the_attempt_stands(sitting: Sitting, student: Browser, clock: FixedClock) -> None:
    found = student.get(sitting.page, headers=JSON).json
    assert found["attempt"] == "open"
    assert found["deadline"] - found["now"] == 30 * 60 * 1000
    clock.advance(31 * MINUTE)
    lapsed = student.get(sitting.page, headers=JSON).json
    assert (lapsed["attempt"], lapsed["open"]) == ("lapsed", False)
    assert sitting.row().state == "in_progress"  # computed, not written


def test_the_page_costs_a_constant_few_queries(sitting: Sitting, student: Browser, count_queries: Any) -> None:
    costs = []
    for _round in range(2):
        with count_queries() as counted:
            student.get(sitting.page)
        costs.append(len(counted))
        assert len([one for one in counted.statements if "lms_quiz" in one]) <= 4
        sitting.save_all()
    assert max(costs) <= 8


# — who may


@pytest.mark.parametrize(
    ("who", "page", "result"),
    [
        ("student", 200, 303),
        ("classmate", 404, 404),
        ("stranger", 404, 404),
        ("other_facilitator", 404, 404),
        ("funder", 404, 404),
        ("facilitator", 403, 200),
        ("coordinator", 403, 200),
    ],
)
def test_who_opens_what(sitting: Sitting, browsers: Any, cast: Cast, who: str, page: int, result: int) -> None:
    browser = browsers(getattr(cast, who))
    assert browser.get(sitting.page).status_code == page
    assert browser.get(sitting.page + "/result").status_code == result
    if who != "student":
        for address in ("/answers", "/submit"):
            assert browser.post(sitting.page + address, sitting.fields((1, 0))).status_code == page
        assert sitting.answers() == {}


def test_staff_see_no_key_before_the_attempt_is_closed(sitting: Sitting, browsers: Any, cast: Cast) -> None:
    page = browsers(cast.facilitator).get(sitting.page + "/result").text
    assert "is still at work on this quiz" in page
    assert [key for key in KEYS if key in page] == []


@pytest.mark.parametrize("also_a_student", [False, True])
def test_a_later_day_shows_no_key_of_an_attempt_under_way(
    sitting: Sitting, browsers: Any, cast: Cast, also_a_student: bool
) -> None:
    if also_a_student:
        with sitting.database.writer() as s:
            s.add(Appointment(person_id=cast.student.id, role="facilitator", cohort_id=cast.cohort.id, since=NOON))
            s.commit()
    browser = browsers(cast.student if also_a_student else cast.facilitator)
    with browser.client.session_transaction() as cookie:
        cookie["lms_at"] = (NOON + 600 * MINUTE).isoformat()
    page = browser.get(sitting.page + "/result")
    assert (page.status_code, [key for key in KEYS if key in page.text]) == (200, [])
    assert "is still at work on this quiz" in page.text


def test_nobody_signed_in_is_sent_to_sign_in(sitting: Sitting, browser: Browser) -> None:
    assert "/sign-in" in browser.get(sitting.page).location


def test_an_attempt_that_does_not_exist(student: Browser) -> None:
    assert student.get("/attempts/NOSUCHCODE").status_code == 404
    assert student.post("/attempts/NOSUCHCODE/answers", {}).status_code == 404


# — saving


def test_the_pages_own_form_saves_and_goes_on(sitting: Sitting, student: Browser) -> None:
    sent = student.post(sitting.page + "/answers", sitting.fields((1, 2), (2, 0)) | {"go": "next", "page": "1"})
    assert (sent.status_code, sent.location) == (303, f"{sitting.page}?page=2")
    assert sitting.answers() == {1: [2], 2: [0]}
    page = student.get(sitting.page).text
    assert "2 of 4 answered" in page
    assert "Saved 12:00:00" in page


@pytest.mark.parametrize(
    ("wish", "place"),
    [
        ({"go": "next", "page": "1"}, "?page=2"),
        ({"go": "next", "page": "2"}, "?page=3"),  # the page itself shows the nearest that exists
        ({"go": "back", "page": "2"}, "?page=1"),
        ({"go": "back", "page": "1"}, "?page=1"),
        ({"go": "stay", "page": "2"}, "?page=2"),
        ({"go": "4", "page": "1"}, "?page=2#q4"),
        ({"go": "hide", "page": "2"}, "?page=2&time=hidden"),
        ({"go": "show", "page": "2", "time": "hidden"}, "?page=2"),
        ({"go": "next", "page": "1", "time": "hidden"}, "?page=2&time=hidden"),
        ({"page": "rubbish"}, "?page=1"),
        ({"go": "//evil.example", "page": "1"}, "?page=1"),
    ],
)
def test_where_saving_leads(sitting: Sitting, student: Browser, wish: dict[str, str], place: str) -> None:
    assert student.post(sitting.page + "/answers", wish).location == sitting.page + place


def test_leaving_leads_to_the_lessons(check: Sitting, student: Browser) -> None:
    sent = student.post(check.page + "/answers", check.fields((1, 1)) | {"go": "leave"})
    assert sent.location == "/lessons"
    assert check.answers() == {1: [1]}


def test_a_question_left_as_shown_is_not_saved_over_another_tab(sitting: Sitting, student: Browser) -> None:
    sitting.save((1, 2), sequence=5)
    untouched = {"q": ["1", "2"], "s-1": "1", "w-1": "", "s-2": "1", "w-2": "", "a-2": "3"}
    assert student.post(sitting.page + "/answers", untouched | {"page": "1"}).status_code == 303
    assert sitting.answers() == {1: [2], 2: [3]}
    assert "on another page since" not in student.get(sitting.page).text


def test_a_script_saves_one_answer(sitting: Sitting) -> None:
    reply = sitting.save((3, 1), sequence=12)
    assert reply.status_code == 200
    assert (reply.json["state"], reply.json["sequence"]) == ("saved", 12)
    assert reply.json["saved_at"] == "2026-11-23T17:00:00+00:00"
    assert reply.json["answers"][0]["clock"] == "12:00:00"
    assert reply.json["deadline"] - reply.json["now"] == 30 * 60 * 1000


def test_a_stale_tab_is_told_and_overwrites_nothing(sitting: Sitting, student: Browser) -> None:
    sitting.save((1, 2), sequence=8)
    reply = sitting.save((1, 0), sequence=3)
    assert (reply.json["state"], reply.json["answers"][0]["choice"]) == ("stale", [2])
    assert "That answer stands" in reply.json["answers"][0]["said"]
    student.post(sitting.page + "/answers", sitting.fields((1, 0), sequence=3) | {"page": "1"})
    assert "Question 1: You answered it on another page since." in student.get(sitting.page).text
    assert sitting.answers() == {1: [2]}
    assert sitting.taken() == ["saved", "stale", "stale"]


@pytest.mark.parametrize(
    "fields",
    [
        {"q": "1", "a-1": "4", "s-1": "1"},
        {"q": "1", "a-1": ["0", "1"], "s-1": "1"},
        {"q": "1", "a-1": "it-003", "s-1": "1"},
        {"q": "9", "a-9": "0", "s-9": "1"},
        {"q": "0", "a-0": "0", "s-0": "1"},
        {"q": "1", "a-1": "0", "s-1": "0"},
        {"q": "1", "a-1": "0", "s-1": "-3"},
        {"q": "1", "a-1": "0", "s-1": "one"},
        {"q": "1", "a-1": "0", "s-1": "9007199254740993"},
        {"q": "1", "a-1": "0", "s-1": "9999999999"},
        {"q": "1", "a-1": "0"},
        {"q": "1", "a-1": "x" * 1_000_000, "s-1": "1"},
        {"q": "1", "a-1": "1" * 1_000_000, "s-1": "1"},
        {"q": "x" * 1_000_000, "a-1": "0", "s-1": "1"},
        {"q": "\x00", "a-\x00": "0", "s-1": "1"},
    ],
    ids=lambda fields: " ".join(f"{k}={str(v)[:12]}" for k, v in fields.items()),
)
def test_what_cannot_be_an_answer_is_refused_clearly(
    sitting: Sitting, student: Browser, fields: dict[str, Any]
) -> None:
    good = {"q": [fields["q"], "2"], "a-2": "3", "s-2": "1"}
    reply = student.post(sitting.page + "/answers", fields | good, headers=JSON)
    assert reply.status_code == 422
    said = [one["said"] for one in reply.json["answers"] if one["state"] == "refused"] + [reply.json.get("error", "")]
    assert "choose again" in "".join(said)
    assert sitting.answers() == {2: [3]}
    page = student.post(sitting.page + "/answers", fields | good | {"w-2": "3"})
    assert page.status_code == 303
    assert re.search(r'class="status".*(did not fit|does not fit|could not be read)', student.get(sitting.page).text)


def test_a_nul_among_digits_is_dropped_not_a_fault(sitting: Sitting, student: Browser) -> None:
    reply = student.post(sitting.page + "/answers", {"q": "1", "a-1": "2\x00", "s-1": "1"}, headers=JSON)
    assert (reply.status_code, sitting.answers()) == (200, {1: [2]})


@pytest.mark.parametrize("client_at", ["915148800000", "32472144000000", "-1", "soon", "9" * 300])
def test_a_device_clock_that_is_wrong_by_years_changes_nothing(sitting: Sitting, client_at: str) -> None:
    assert sitting.save((1, 1), **{"t-1": client_at}).json["state"] == "saved"
    assert sitting.row().state == "in_progress"


def test_a_stale_token_gives_the_script_a_fresh_one_and_the_page_its_answers_back(
    sitting: Sitting, student: Browser
) -> None:
    reply = student.post(sitting.page + "/answers", sitting.fields((1, 2)), token=False, headers=JSON)
    assert reply.status_code == 400
    assert reply.json["csrf_token"]
    page = student.post(sitting.page + "/answers", sitting.fields((1, 2)), token=False)
    assert 'name="a-1" value="2"' in page.text
    assert sitting.answers() == {}


def test_after_the_session_ended_the_script_is_told_and_the_answer_is_kept(sitting: Sitting, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=13))
    reply = sitting.save((1, 2))
    assert reply.status_code == 401
    assert reply.json["signed_out"] is True
    assert sitting.answers() == {}
    assert sitting.browser.get(sitting.page, headers=JSON).status_code == 401


# — the end


def test_sending_lists_what_is_open_first(sitting: Sitting, student: Browser) -> None:
    sent = student.post(sitting.page + "/submit", sitting.fields((1, 2)) | {"l-3": "1", "q": ["1", "3"], "s-3": "1"})
    assert sent.location == f"{sitting.page}?page=1&send=1"
    page = student.get(sent.location).text
    assert "Not sent yet: 3 questions to look at" in page
    assert '<a href="#q2">Question 2 has no answer</a>' in page
    assert f'<a href="{sitting.page}?page=2#q3">Question 3 is kept for later</a>' in page
    assert "Send anyway" in page
    assert (sitting.row().state, sitting.answers()) == ("in_progress", {1: [2], 3: []})


def test_sending_anyway_closes_with_what_is_there(sitting: Sitting, student: Browser) -> None:
    first = next(iter(sitting.right.items()))
    sent = student.post(sitting.page + "/submit", sitting.fields(first) | {"anyway": "1"})
    assert sent.location == f"{sitting.page}/result"
    assert (sitting.row().state, sitting.row().points) == ("submitted", 100)


def test_sending_saves_the_page_first(sitting: Sitting, student: Browser) -> None:
    sitting.save_all()
    wrong = (sitting.right[1] + 1) % 4
    student.post(sitting.page + "/submit", sitting.fields((1, wrong), sequence=2))
    assert (sitting.row().state, sitting.row().points, sitting.row().passed) == ("submitted", 300, True)


def test_an_answer_that_does_not_fit_is_shown_before_sending(sitting: Sitting, student: Browser) -> None:
    sitting.save_all()
    sent = student.post(sitting.page + "/submit", sitting.fields((1, 9), sequence=2))
    assert sent.location == f"{sitting.page}?page=1"
    assert "This answer does not fit the question" in student.get(sent.location).text
    assert sitting.row().state == "in_progress"


def test_sending_twice_is_sending_once(sitting: Sitting, student: Browser, clock: FixedClock) -> None:
    sitting.save_all()
    closed = []
    for _click in range(2):
        assert student.post(sitting.page + "/submit", {}).location == f"{sitting.page}/result"
        closed.append(sitting.row().closed_at)
        clock.advance(MINUTE)
    assert closed == [NOON, NOON]


def test_a_second_browser_cannot_go_on_after_sending(
    sitting: Sitting, student: Browser, browsers: Any, cast: Cast
) -> None:
    sitting.save_all()
    student.post(sitting.page + "/submit", {})
    second = browsers(cast.student)
    reply = second.post(sitting.page + "/answers", sitting.fields((1, 0), sequence=9), headers=JSON)
    assert (reply.json["state"], reply.json["open"]) == ("closed", False)
    assert "after the quiz was sent" in reply.json["answers"][0]["said"]
    assert second.get(sitting.page).location == f"{sitting.page}/result"
    assert sitting.row().points == 400
    assert "arrived too late" in second.get(sitting.page + "/result").text


@pytest.mark.parametrize(
    ("late", "state", "row", "points"),
    [(14, "saved", "in_progress", None), (16, "late", "expired", 0)],
)
def test_an_answer_at_the_very_end(
    sitting: Sitting, clock: FixedClock, late: int, state: str, row: str, points: int | None
) -> None:
    clock.advance(30 * MINUTE + timedelta(seconds=late))
    reply = sitting.save((1, sitting.right[1]))
    assert (reply.status_code, reply.json["state"]) == (200, state)
    assert (sitting.row().state, sitting.row().points) == (row, points)
    assert sitting.taken() == [state]


def test_the_browsers_time_up_counts_only_if_the_server_agrees(
    sitting: Sitting, student: Browser, clock: FixedClock
) -> None:
    early = student.post(sitting.page + "/submit", sitting.fields((1, 2)) | {"time_up": "1", "page": "1"})
    assert early.location == f"{sitting.page}?page=1"
    assert "there is still time" in student.get(early.location).text
    assert (sitting.row().state, sitting.answers()) == ("in_progress", {1: [2]})
    clock.advance(30 * MINUTE + timedelta(seconds=3))
    assert student.post(sitting.page + "/submit", {"time_up": "1"}).location == f"{sitting.page}/result"
    assert (sitting.row().state, sitting.row().closed_at) == ("submitted", NOON + 30 * MINUTE + timedelta(seconds=3))


def test_coming_back_after_the_time_shows_the_result_and_writes_nothing(
    sitting: Sitting, student: Browser, clock: FixedClock
) -> None:
    sitting.save_all()
    clock.advance(45 * MINUTE)
    for _refresh in range(2):
        assert student.get(sitting.page).location == f"{sitting.page}/result"
        page = student.get(sitting.page + "/result").text
        assert "Passed with 100 %" in page
        assert "The time was up on Monday 23 November, 12:30." in page
    assert sitting.row().state == "in_progress"
    student.post(sitting.page + "/submit", {})
    assert (sitting.row().state, sitting.row().closed_at, sitting.row().points) == ("expired", NOON + 30 * MINUTE, 400)


def test_saving_nothing_on_a_lapsed_attempt_writes_the_lapse(
    sitting: Sitting, student: Browser, clock: FixedClock
) -> None:
    clock.advance(45 * MINUTE)
    assert student.post(sitting.page + "/answers", {"go": "next"}).location == f"{sitting.page}/result"
    assert sitting.row().state == "expired"


# — the result


@pytest.fixture
def sent_quiz(sitting: Sitting, student: Browser) -> Sitting:
    (one, choice), *_others = sitting.right.items()
    sitting.save((one, choice), (2, (sitting.right[2] + 1) % 4))
    student.post(sitting.page + "/submit", {"anyway": "1"})
    return sitting


def test_the_result_teaches_and_says_when_to_try_again(sent_quiz: Sitting, student: Browser) -> None:
    page = student.get(sent_quiz.page + "/result").text
    assert "Not passed yet; the pass mark is 75 %" in page
    assert "1 of 4 points. That is 25 %." in page
    assert "You may try again from Tuesday 24 November, 00:00. 2 attempts are left." in page
    assert page.count("Because.") == 4
    assert page.count("Your choice; it fits.") == 1
    assert page.count("<strong>Your choice.</strong>") == 1
    assert page.count("You left this question open.") == 2


def test_when_the_wait_is_over_the_result_says_now(
    sent_quiz: Sitting, student: Browser, clock: FixedClock, later: Any
) -> None:
    clock.advance(later(hours=11, minutes=59))
    assert "You may try again from" in student.get(sent_quiz.page + "/result").text
    with sent_quiz.database.writer() as s:
        s.execute(sa.update(Attempt).values(closed_at=NOON - later(hours=1)))
        s.commit()
    assert (
        "You may try again whenever you are ready. 2 attempts are left." in student.get(sent_quiz.page + "/result").text
    )


def test_staff_see_whose_result_it_is(sent_quiz: Sitting, browsers: Any, cast: Cast) -> None:
    page = browsers(cast.facilitator).get(sent_quiz.page + "/result").text
    assert "Ṣadé Whitfield" in page
    assert "You may try again" not in page
    assert "Left open." in page


def test_a_quiz_that_shows_its_score_only_shows_no_key(
    sent_quiz: Sitting, student: Browser, browsers: Any, cast: Cast
) -> None:
    with sent_quiz.database.writer() as s:
        s.execute(sa.update(Attempt).values(review="score"))
        s.commit()
    for browser in (student, browsers(cast.facilitator)):
        page = browser.get(sent_quiz.page + "/result").text
        assert "shows its score only" in page
        assert [key for key in KEYS if key in page] == []


@pytest.mark.parametrize("review", ["when_done", "when_passed"])
def test_what_was_right_waits_for_its_phase(
    sent_quiz: Sitting, student: Browser, browsers: Any, cast: Cast, count_queries: Any, review: str
) -> None:
    def change(**values: Any) -> None:
        with sent_quiz.database.writer() as s:
            s.execute(sa.update(Attempt).values(**values))
            s.commit()

    def shown() -> list[bool]:
        pages = [browser.get(sent_quiz.page + "/result").text for browser in (student, browsers(cast.facilitator))]
        assert ["is shown here once the quiz is passed" in page for page in pages] == [
            KEYS[0] not in page for page in pages
        ]
        return [KEYS[0] in page for page in pages]

    change(review=review)
    assert shown() == [False, False], "another attempt may follow"
    with count_queries() as counted:
        student.get(sent_quiz.page + "/result")
    assert len(counted) <= 8
    with sent_quiz.database.writer() as s:
        window = Window(None, NOON - timedelta(hours=2))
        service.set_opening(s, s.get_one(Cohort, cast.cohort.id), "quiz-m1", window, by="RUTH", now=NOON)
        s.commit()
    assert shown() == [review == "when_done"] * 2, "its closing time is past"
    change(passed=True)
    assert shown() == [True, True]


def test_what_was_right_waits_until_nobody_of_the_cohort_sits_the_quiz(
    sent_quiz: Sitting, student: Browser, browsers: Any, cast: Cast, database: Database, count_queries: Any
) -> None:
    with database.writer() as s:
        s.execute(sa.update(Attempt).values(review="when_done"))
        window = Window(None, NOON - timedelta(hours=2))
        service.set_opening(s, s.get_one(Cohort, cast.cohort.id), "quiz-m1", window, by="RUTH", now=NOON)
        s.commit()
    other = Sitting(database, browsers(cast.classmate), cast.classmate_seat, "quiz-m1")
    student.get(sent_quiz.page + "/result")
    with count_queries() as counted:
        page = student.get(sent_quiz.page + "/result").text
    assert (KEYS[0] in page, len(counted) <= 8) == (False, True), "begun before the closing time, and still sat"
    other.browser.post(other.page + "/submit", {"anyway": "1"})
    assert KEYS[0] in student.get(sent_quiz.page + "/result").text
    Sitting(database, browsers(cast.stranger), cast.stranger_seat, "quiz-m1")
    assert KEYS[0] in student.get(sent_quiz.page + "/result").text, "another cohort closes by itself"


def test_who_looks_at_another_day_sees_no_key_before_its_time(
    sent_quiz: Sitting, browsers: Any, cast: Cast, database: Database
) -> None:
    staff = browsers(cast.facilitator)
    with database.writer() as s:
        s.execute(sa.update(Attempt).values(review="when_done"))
        window = Window(None, NOON + timedelta(hours=2))
        service.set_opening(s, s.get_one(Cohort, cast.cohort.id), "quiz-m1", window, by="RUTH", now=NOON)
        s.commit()
    with staff.client.session_transaction() as cookie:
        cookie["lms_at"] = (NOON + timedelta(days=1)).isoformat()
    page = staff.get(sent_quiz.page + "/result")
    assert "You are looking at" in page.text
    assert KEYS[0] not in page.text


def test_the_result_costs_a_constant_few_queries(sent_quiz: Sitting, student: Browser, count_queries: Any) -> None:
    student.get(sent_quiz.page + "/result")
    with count_queries() as counted:
        student.get(sent_quiz.page + "/result")
    assert len(counted) <= 8


def test_a_quiz_that_the_curriculum_dropped_still_has_its_result(sent_quiz: Sitting, student: Browser) -> None:
    with sent_quiz.database.writer() as s:
        s.execute(sa.update(Attempt).values(quiz="taken-out"))
        s.commit()
    page = student.get(sent_quiz.page + "/result")
    assert (page.status_code, "What comes next" in page.text) == (200, False)
