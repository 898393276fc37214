"""The readers' pages: one reader at a time, every opening logged first, nothing typed is lost."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from lms.core.clock import FixedClock
from lms.core.db import Database
from lms.curriculum import service as curriculum
from lms.narratives import service
from lms.narratives.models import Review, Submission
from lms.records import service as records
from lms.records.models import Audit, Kept, Reading
from tests import factories
from tests.conftest import Browser
from tests.factories import Cast
from tests.narratives.acting import answered, facilitator_of, sent

JSON = {"Accept": "application/json"}
FULL = {"level-moment": "3", "level-help": "2", "level-limits": "2", "feedback": "The back step is the heart of it."}
ZERO = {**FULL, "level-limits": "0"}

Browsers = Callable[..., Browser]


@pytest.fixture
def code(database: Database, cast: Cast) -> str:
    """A narrative that was sent."""
    with database.writer() as s:
        made = sent(s, s.get_one(type(cast.seat), cast.seat.id), note="A winter of depression.")
        s.commit()
    return made.code


@pytest.fixture
def reader(browsers: Browsers, cast: Cast) -> Browser:
    return browsers(cast.facilitator)


@pytest.fixture
def second(browsers: Browsers, cast: Cast, database: Database) -> Browser:
    """Another facilitator of the same cohort."""
    with database.writer() as s:
        person = factories.person(s, "Wren Castellanos")
        factories.appointment(s, person, "facilitator", cohort_id=cast.cohort.id)
        s.commit()
    return browsers(person)


@pytest.fixture
def holder(reader: Browser, code: str) -> Browser:
    """The facilitator, with the narrative claimed."""
    assert reader.post(f"/to-read/{code}/claim").location == f"/to-read/{code}"
    return reader


def state_of(database: Database, code: str) -> str:
    with database.reader() as s:
        return s.scalars(sa.select(Submission.state).where(Submission.code == code)).one()


def readings(database: Database) -> list[tuple[str, str]]:
    with database.reader() as s:
        return [(row.reader_role, row.kind) for row in s.scalars(sa.select(Reading).order_by(Reading.id))]


# The queue


def test_the_queue_hides_the_name(reader: Browser, code: str) -> None:
    page = reader.get("/to-read").text
    assert f"Narrative N-{code[:4]}" in page
    assert "Whitfield" not in page
    assert "1 narrative waits" in page


def test_an_empty_queue_says_so(reader: Browser) -> None:
    assert "Nothing waits to be read" in reader.get("/to-read").text


@pytest.mark.parametrize(("who", "status"), [("student", 403), ("funder", 403), ("coordinator", 200)])
def test_the_queue_is_for_staff(browsers: Browsers, cast: Cast, code: str, who: str, status: int) -> None:
    answer = browsers(getattr(cast, who)).get("/to-read")
    assert answer.status_code == status
    assert f"/to-read/{code}" not in answer.text


# Claiming and reading


def test_the_text_is_not_shown_before_it_is_claimed(reader: Browser, code: str, database: Database) -> None:
    page = reader.get(f"/to-read/{code}").text
    assert "peas" not in page
    assert "depression" not in page
    assert "Whitfield" not in page
    assert readings(database) == []


def test_a_reading_is_logged_and_the_name_stays_hidden(holder: Browser, code: str, database: Database) -> None:
    page = holder.get(f"/to-read/{code}").text
    assert "<p>She handed me half the peas.</p>" in page
    assert "A winter of depression." in page
    assert "Whitfield" not in page
    assert "Yours until 14:00" in page
    assert readings(database) == [("facilitator", "narrative")]


def test_without_the_log_the_story_is_not_shown(holder: Browser, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr(records, "log_reading", broken)
    answer = holder.get(f"/to-read/{code}")
    assert answer.status_code == 500
    assert "peas" not in answer.text


@pytest.mark.parametrize(
    ("who", "status"),
    [("student", 404), ("classmate", 404), ("coordinator", 403), ("funder", 404), ("other_facilitator", 404)],
)
@pytest.mark.parametrize("path", ["", "/claim", "/step-back", "/correct", "/writer"])
def test_nobody_else_opens_or_answers_it(
    browsers: Browsers, holder: Browser, cast: Cast, code: str, database: Database, who: str, status: int, path: str
) -> None:
    browser = browsers(getattr(cast, who))
    answers = [browser.post(f"/to-read/{code}{path}", FULL)]
    if not path:
        answers.append(browser.get(f"/to-read/{code}"))
    assert {answer.status_code for answer in answers} == {status}
    assert all("peas" not in answer.text for answer in answers)
    assert readings(database) == []


def test_signed_out_means_sign_in_first(browser: Browser, code: str) -> None:
    assert browser.get(f"/to-read/{code}").location.startswith("/sign-in")


def test_of_two_readers_one_holds_it(holder: Browser, second: Browser, code: str, database: Database) -> None:
    answer = second.post(f"/to-read/{code}/claim")
    assert answer.location == "/to-read"
    assert "Marcus Bell took this one a moment ago" in second.get("/to-read").text
    page = second.get(f"/to-read/{code}").text
    assert "Marcus Bell has this one" in page
    assert "peas" not in page
    assert readings(database) == []


def test_after_two_hours_it_is_free_again(holder: Browser, second: Browser, code: str, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=2))
    assert "peas" not in holder.get(f"/to-read/{code}").text
    assert second.post(f"/to-read/{code}/claim").location == f"/to-read/{code}"
    assert "peas" in second.get(f"/to-read/{code}").text


def test_stepping_back_closes_it_for_good(holder: Browser, second: Browser, code: str) -> None:
    assert holder.post(f"/to-read/{code}/step-back").location == "/to-read"
    assert "You stepped back" in holder.get("/to-read").text
    assert holder.get(f"/to-read/{code}").status_code == 403
    assert holder.post(f"/to-read/{code}/claim").status_code == 403
    assert second.post(f"/to-read/{code}/claim").location == f"/to-read/{code}"


def test_one_may_step_back_before_reading(reader: Browser, code: str, database: Database) -> None:
    assert f'action="/to-read/{code}/step-back"' in reader.get(f"/to-read/{code}").text
    reader.post(f"/to-read/{code}/step-back")
    assert reader.get(f"/to-read/{code}").status_code == 403
    assert readings(database) == []


# Grading


def test_a_review_is_autosaved_with_a_sequence(holder: Browser, code: str, database: Database) -> None:
    first = holder.post(f"/to-read/{code}", {"level-moment": "3", "sequence": "0", "do": "autosave"}, headers=JSON)
    assert first.json == {"version": 1, "said": "Saved 12:00:00", "points": 3}
    stale = holder.post(f"/to-read/{code}", {"level-moment": "1", "sequence": "0", "do": "autosave"}, headers=JSON)
    assert stale.status_code == 409
    assert stale.json is not None
    assert stale.json["newer"]["levels"] == {"moment": 3}
    with database.reader() as s:
        assert s.scalars(sa.select(Review)).one().levels == {"moment": 3}
        assert len(s.scalars(sa.select(Kept)).all()) == 1


def test_an_older_tab_without_scripts_gets_both(holder: Browser, code: str) -> None:
    holder.post(f"/to-read/{code}", {"feedback": "From the newer tab.", "sequence": "0"})
    answer = holder.post(f"/to-read/{code}", {"feedback": "From the older tab.", "sequence": "0"})
    assert answer.status_code == 409
    assert "From the newer tab." in answer.text
    assert "From the older tab.</textarea>" in answer.text
    assert 'name="sequence" type="hidden" value="1"' in answer.text


def test_a_zero_without_a_reason_is_asked_about(holder: Browser, code: str, database: Database) -> None:
    answer = holder.post(f"/to-read/{code}", {**ZERO, "sequence": "0", "do": "finish"})
    assert answer.status_code == 422
    assert answer.text.count("Write a short reason. The writer will read it.") == 2
    assert 'href="#reason-limits"' in answer.text
    assert "The back step is the heart of it.</textarea>" in answer.text
    assert "5 of 9" in answer.text
    assert state_of(database, code) == "waiting"
    assert readings(database) == [("facilitator", "narrative")]


def test_an_unfinished_review_is_named_piece_by_piece(holder: Browser, code: str) -> None:
    answer = holder.post(f"/to-read/{code}", {"level-moment": "3", "sequence": "0", "do": "finish"})
    assert answer.status_code == 422
    for anchor in ("#level-help", "#level-limits", "#feedback"):
        assert f'href="{anchor}"' in answer.text


@pytest.mark.parametrize(
    ("form", "outcome", "said"),
    [
        (FULL, "accepted", "7 of 9: the narrative is accepted."),
        ({**ZERO, "reason-limits": "None named."}, "returned", "5 of 9, with a criterion at 0"),
    ],
)
def test_finish_shows_the_outcome_and_release_does_it(
    holder: Browser, code: str, database: Database, form: dict[str, str], outcome: str, said: str
) -> None:
    page = holder.post(f"/to-read/{code}", {**form, "sequence": "0", "do": "finish"})
    assert page.status_code == 200
    assert said in page.text
    assert f'name="outcome" value="{outcome}"' in page.text
    assert state_of(database, code) == "waiting"
    done = holder.post(f"/to-read/{code}", {**form, "sequence": "1", "outcome": outcome, "do": "release"})
    assert done.location == "/to-read"
    assert state_of(database, code) == outcome
    page = holder.get(f"/to-read/{code}").text
    assert "written by Ṣadé Whitfield" in page
    assert "The back step is the heart of it." in page


def test_what_was_confirmed_must_still_be_so(holder: Browser, code: str, database: Database) -> None:
    poor = {**FULL, "level-moment": "1", "level-help": "1", "level-limits": "1"}
    page = holder.post(f"/to-read/{code}", {**poor, "sequence": "0", "outcome": "accepted", "do": "release"})
    assert page.status_code == 200
    assert "goes back to its writer" in page.text
    assert state_of(database, code) == "waiting"


def test_the_letter_says_only_that_there_is_an_answer(
    holder: Browser, code: str, database: Database, letters: list[EmailMessage], cast: Cast, clock: FixedClock
) -> None:
    holder.post(f"/to-read/{code}", {**FULL, "sequence": "0", "outcome": "accepted", "do": "release"})
    records.send_due(database, letters.append, "training@lms.example", now=clock.now())
    (letter,) = letters
    assert letter["To"] == cast.student.email
    assert letter.get_content() == "There is an answer to your narrative. Sign in to read it.\n"


def test_a_double_release_releases_once(holder: Browser, code: str, database: Database) -> None:
    for _twice in range(2):
        holder.post(f"/to-read/{code}", {**FULL, "sequence": "0", "outcome": "accepted", "do": "release"})
    with database.reader() as s:
        assert len(s.scalars(sa.select(Audit).where(Audit.verb == "narrative.released")).all()) == 1
        assert s.scalars(sa.select(Review.outcome)).all() == ["accepted"]


def test_whoever_lost_the_claim_keeps_their_words(
    holder: Browser, second: Browser, code: str, database: Database, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=2))
    second.post(f"/to-read/{code}/claim")
    form = {**FULL, "feedback": "From the slow one.", "sequence": "0", "outcome": "accepted", "do": "release"}
    assert holder.post(f"/to-read/{code}", form).location == f"/to-read/{code}"
    assert "Somebody else took this narrative on" in holder.get("/to-read").text
    with database.reader() as s:
        slow = s.scalars(sa.select(Review).order_by(Review.id).limit(1)).one()
        assert service.grades_of(s, slow).feedback == "From the slow one."
    assert state_of(database, code) == "waiting"


def test_words_for_a_closed_review_are_kept(holder: Browser, code: str, database: Database) -> None:
    holder.post(f"/to-read/{code}", {**FULL, "sequence": "0", "outcome": "accepted", "do": "release"})
    late = {"feedback": "One thing more.", "sequence": "1", "do": "autosave"}
    answer = holder.post(f"/to-read/{code}", late, headers=JSON)
    assert answer.status_code == 409
    assert holder.post(f"/to-read/{code}", late).location == f"/to-read/{code}"
    with database.reader() as s:
        assert len(s.scalars(sa.select(Kept)).all()) == 1


def test_feedback_that_is_too_long_comes_back(holder: Browser, code: str) -> None:
    answer = holder.post(f"/to-read/{code}", {"feedback": "ab" * 10_001, "sequence": "0", "do": "save"})
    assert answer.status_code == 422
    assert "under 20000 characters" in answer.text
    assert "ab" * 10_001 in answer.text
    as_data = holder.post(f"/to-read/{code}", {"feedback": "ab" * 10_001, "sequence": "0"}, headers=JSON)
    assert as_data.status_code == 422


def test_a_script_that_comes_back_gets_a_token_and_no_text(holder: Browser, code: str, database: Database) -> None:
    answer = holder.get(f"/to-read/{code}", headers=JSON)
    assert answer.json is not None
    assert answer.json["version"] == 0
    assert "peas" not in answer.text
    assert readings(database) == []


# Corrections, interviews, later rounds, worry


def test_a_correction_needs_a_reason_and_stands_beside_the_answer(
    holder: Browser, code: str, database: Database
) -> None:
    holder.post(f"/to-read/{code}", {**FULL, "sequence": "0", "outcome": "accepted", "do": "release"})
    bad = holder.post(f"/to-read/{code}/correct", {"reason": " "})
    assert bad.status_code == 422
    assert "Write why the answer is corrected." in bad.text
    assert holder.post(f"/to-read/{code}/correct", {"reason": "I read the wrong line."}).location == f"/to-read/{code}"
    page = holder.get(f"/to-read/{code}").text
    assert "Rubric, corrected" in page
    assert "I read the wrong line." in page
    form = {**ZERO, "reason-limits": "None named.", "sequence": "0", "outcome": "returned", "do": "release"}
    assert holder.post(f"/to-read/{code}", form).location == "/to-read"
    assert state_of(database, code) == "returned"
    page = holder.get(f"/to-read/{code}").text
    assert "This corrects an earlier answer" in page
    assert "7 of 9 points" in page
    assert "5 of 9 points" in page


def test_an_interview_is_held_by_name_and_graded_the_same(
    browsers: Browsers, reader: Browser, cast: Cast, database: Database
) -> None:
    with database.writer() as s:
        seat = s.get_one(type(cast.seat), cast.seat.id)
        code = sent(s, seat, "For me alone.", note="Mornings.", interview=True).code
        s.commit()
    assert "Interview with Ṣadé Whitfield" in reader.get("/to-read").text
    reader.post(f"/to-read/{code}/claim")
    page = reader.get(f"/to-read/{code}").text
    assert "An interview to hold" in page
    assert "Mornings." in page
    assert "For me alone." not in page
    reader.post(f"/to-read/{code}", {**FULL, "sequence": "0", "outcome": "accepted", "do": "release"})
    assert state_of(database, code) == "accepted"
    assert "is accepted" in browsers(cast.student).get("/narratives/m1/story").text


def test_the_second_round_stands_beside_the_first(reader: Browser, cast: Cast, code: str, database: Database) -> None:
    with database.writer() as s:
        actor = facilitator_of(cast.facilitator, cast.cohort.id)
        first = s.scalars(sa.select(Submission).where(Submission.code == code)).one()
        answered(s, first, actor, {"moment": 1, "help": 1, "limits": 1})
        later = sent(s, s.get_one(type(cast.seat), cast.seat.id), "She handed me half the peas. At the gate.").code
        s.commit()
    reader.post(f"/to-read/{later}/claim")
    page = reader.get(f"/to-read/{later}").text
    assert "Round 1 beside this version" in page
    assert "words added" in page
    assert "The winter I was nineteen" in page


def test_the_name_is_shown_to_whoever_worries_and_the_writer_sees_that(
    browsers: Browsers, holder: Browser, cast: Cast, code: str, database: Database
) -> None:
    bad = holder.post(f"/to-read/{code}/writer")
    assert bad.status_code == 422
    assert "Whitfield" not in bad.text
    page = holder.post(f"/to-read/{code}/writer", {"sure": "yes"}).text
    assert "Ṣadé Whitfield wrote it" in page
    assert readings(database) == [("facilitator", "narrative-name")]
    assert "out of worry" in browsers(cast.student).get("/narratives/m1/story").text


def test_the_name_is_not_for_whoever_does_not_hold_the_text(reader: Browser, code: str, database: Database) -> None:
    answer = reader.post(f"/to-read/{code}/writer", {"sure": "yes"})
    assert answer.status_code == 409
    assert "Whitfield" not in answer.text
    assert readings(database) == []


# Cost


@pytest.mark.parametrize("people", [15, 300])
def test_the_queue_page_costs_the_same_for_15_and_300(
    reader: Browser, cast: Cast, database: Database, count_queries: Any, people: int
) -> None:
    with database.writer() as s:
        cohort = s.get_one(type(cast.cohort), cast.cohort.id)
        for _n in range(people):
            sent(s, factories.enrolment(s, cohort))
        s.commit()
        curriculum.outline(s, cohort.release)
    with count_queries() as queries:
        page = reader.get("/to-read").text
    assert f"{people} narratives wait" in page
    assert len(queries) <= 7, queries.statements


def test_a_grade_page_takes_at_most_eight_queries(
    holder: Browser, code: str, cast: Cast, database: Database, count_queries: Any
) -> None:
    with database.reader() as s:
        service.instructions(s, cast.seat, "m1/story")
    with count_queries() as queries:
        holder.get(f"/to-read/{code}")
    assert len(queries) <= 8, queries.statements
