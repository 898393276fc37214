"""Every type of question on its pages: answered by a plain form and by a script, kept, marked and shown afterwards."""

from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from lms.cohorts.models import Enrolment
from lms.core.db import Database
from lms.curriculum.rules.shapes import Quiz
from lms.quizzes import service
from lms.quizzes.models import AnswerEvent, Attempt, Response
from lms.quizzes.rules import Permit, Question, right_choice
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes import items

JSON = {"Accept": "application/json"}
STORY = "I would sit down first.\nThen I would ask."
QUIZ = Quiz("mixed", "Mixed", "lesson", "m1-l1", None, None, 0, 75, True, True, "feedback", items.ALL, ())


class Mixed:
    """An attempt that holds one question of each type, and a short way to answer it."""

    def __init__(self, database: Database, browser: Browser, seat: Enrolment) -> None:
        self.database, self.browser = database, browser
        with database.writer() as s:
            own = s.get_one(Enrolment, seat.id)
            permit = Permit(own.id, QUIZ, {}, own.cohort.release.digest, 1)
            attempt = service.start_attempt(s, permit, now=NOON)
            self.code, self.questions = attempt.code, service.paper_of(attempt).questions
            s.commit()
        self.page = f"/attempts/{self.code}"

    def question(self, kind: str) -> Question:
        return next(q for q in self.questions if q.item.type == kind)

    def fields(self, question: Question, choice: Any, sequence: int = 1) -> dict[str, Any]:
        n = question.position
        name = f"x-{n}" if question.fields else f"a-{n}"
        return {"q": [str(n)], name: [str(one) for one in choice], f"s-{n}": str(sequence), f"w-{n}": ""}

    def save(self, kind: str, choice: Any, sequence: int = 1) -> Any:
        fields = self.fields(self.question(kind), choice, sequence)
        fields = {name: value for name, value in fields.items() if not name.startswith("w-")}  # as a script does
        return self.browser.post(self.page + "/answers", fields, headers=JSON).json["answers"][0]

    def answer_all(self) -> None:
        for question in self.questions:
            self.save(question.item.type, right_choice(question) or (STORY,))

    def send(self) -> str:
        self.browser.post(self.page + "/submit", {"anyway": "1"})
        return str(unescape(self.browser.get(self.page + "/result").text))

    def row(self) -> Attempt:
        with self.database.reader() as s:
            return s.scalars(sa.select(Attempt).where(Attempt.code == self.code)).one()

    def answers(self) -> dict[int, Any]:
        with self.database.reader() as s:
            return service.answers_of(s, s.scalars(sa.select(Attempt)).one())


@pytest.fixture
def student(browsers: Any, cast: Cast) -> Browser:
    return browsers(cast.student)


@pytest.fixture
def mixed(database: Database, student: Browser, cast: Cast) -> Mixed:
    return Mixed(database, student, cast.seat)


def test_the_page_asks_each_type_in_a_plain_form_and_shows_no_key(mixed: Mixed, student: Browser) -> None:
    page = student.get(mixed.page).text
    assert page.count("<fieldset") == 7
    assert page.count("<select") == 3 + 4 + 1
    assert page.count('type="radio"') == 4
    assert page.count("<textarea") == 1
    assert page.count("maxlength=") == 4
    for rule in (
        "Each right pair counts",
        "Every two steps in the right order count",
        "with a point for decimals",
        "hours",
    ):
        assert rule in page
    for key in ("1000.5", "warmline", "Names a step", "Because.", "of 100", "It takes away"):
        assert key not in page


@pytest.mark.parametrize("item", items.ALL, ids=lambda item: item.type)
def test_an_answer_is_saved_by_a_form_and_shown_again(mixed: Mixed, student: Browser, item: Any) -> None:
    question = mixed.question(item.type)
    choice = right_choice(question) or (STORY.replace("\n", "\r\n"),)
    sent = student.post(mixed.page + "/answers", mixed.fields(question, choice) | {"go": "stay"})
    assert sent.status_code == 303
    page = unescape(student.get(mixed.page).text)
    assert f"Question {question.position}, answered" in page
    assert mixed.answers()[question.position].choice == (right_choice(question) or (STORY,))
    untouched = {f"w-{question.position}": _carried(page, question.position)}
    again = mixed.fields(question, choice, 2) | untouched | {"go": "stay"}
    student.post(mixed.page + "/answers", again)
    assert mixed.answers()[question.position].sequence == 1, "what nobody touched is no answer"


def _carried(page: str, position: int) -> str:
    return page.split(f'name="w-{position}" value="', 1)[1].split('">', 1)[0]


def test_a_script_is_told_what_is_still_open(mixed: Mixed) -> None:
    said = mixed.save("matching", ("0", "", "1"))
    assert (said["state"], said["whole"], said["choice"]) == ("saved", False, [0, "", 1])
    said = mixed.save("numeric", ("12,5",))
    assert (said["state"], said["whole"]) == ("saved", False)
    page = mixed.browser.get(mixed.page).text
    assert "This cannot be read as a number yet." in page
    assert 'value="12,5"' in page
    assert "Something here is still open." in page
    sent = mixed.browser.post(mixed.page + "/submit", {})
    assert "send=1" in sent.location
    assert mixed.save("matching", ("0", "2", "1"), 2)["whole"]


def test_what_does_not_fit_costs_no_other_answer(mixed: Mixed) -> None:
    assert mixed.save("ordering", ("1", "2", "3"))["state"] == "refused"
    assert mixed.save("ordering", ("1", "2", "3", "9"))["state"] == "refused"
    assert mixed.save("short_text", ("warmline",))["state"] == "saved"


def test_a_cleared_answer_is_none(mixed: Mixed) -> None:
    mixed.save("short_text", ("warmline",))
    said = mixed.save("short_text", ("",), 2)
    assert (said["state"], said["choice"], said["whole"]) == ("saved", [], False)


def test_words_for_a_person_are_sealed_wherever_they_stand(mixed: Mixed) -> None:
    mixed.answer_all()
    mixed.send()
    late = mixed.save("short_answer", ("Too late, my words.",), 5)
    assert late["state"] == "closed"
    with mixed.database.reader() as s:
        kept = [*s.scalars(sa.select(Response.choice)), *s.scalars(sa.select(AnswerEvent.choice))]
    written = [choice for choice in kept if choice and isinstance(choice[0], dict)]
    assert len(written) == 3
    assert not any("sit down" in str(choice) or "Too late" in str(choice) for choice in kept)
    assert mixed.answers()[mixed.question("short_answer").position].choice == (STORY,)


def test_the_result_waits_for_a_person_and_says_so(mixed: Mixed, browsers: Any, cast: Cast) -> None:
    mixed.answer_all()
    page = mixed.send()
    assert "Your result waits for a person" in page
    assert "6 of 7 points so far." in page
    assert "Not passed" not in page
    assert "I would sit down first." in page
    assert (mixed.row().passed, mixed.row().points, mixed.row().out_of) == (None, 600, 700)
    staff = browsers(cast.facilitator).get(mixed.page + "/result").text
    assert "The result waits for a person" in staff
    assert "sit down" not in staff


def test_without_words_nobody_is_waited_for(mixed: Mixed) -> None:
    mixed.save("situational", right_choice(mixed.question("situational")))
    page = mixed.send()
    assert "Not passed yet" in page
    assert (mixed.row().passed, mixed.row().points) == (False, 100)


def test_the_result_shows_what_fits_beside_what_was_answered(mixed: Mixed) -> None:
    mixed.save("matching", ("0", "", "0"))
    mixed.save("ordering", ("1", "1", "2", ""))
    mixed.save("numeric", ("3",))
    mixed.save("short_text", ("hotline",))
    mixed.save("cloze", ("hope", "0"))
    mixed.save("situational", ("0",))
    page = mixed.send()
    assert "What fits: 1000.5 hours, give or take 0.5" in page
    assert "What fits: Warm line or warmline" in page
    assert "You gave it place" in page
    assert "Weighed 60 of 100." in page
    assert "It takes away." in page, "a situational shows every reason"
    assert "Gap 1: hope <strong>It fits.</strong>" in page
    assert "left open" in page


def test_a_learner_who_never_answers_still_has_a_result(mixed: Mixed) -> None:
    assert "0 of 7 points." in mixed.send()
