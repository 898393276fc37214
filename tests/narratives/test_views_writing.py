"""The writer's pages: welcomed, refused, and nothing typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.db import Database
from lms.curriculum import service as curriculum
from lms.narratives import service
from lms.narratives.models import Draft, Submission
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.narratives.acting import KEY, TEXT, answered, facilitator_of, sent, write

HERE = "/narratives/m1/story"
JSON = {"Accept": "application/json"}
POOR = {"moment": 1, "help": 1, "limits": 0}

Browsers = Callable[..., Browser]


@pytest.fixture
def student(browsers: Browsers, cast: Cast) -> Browser:
    return browsers(cast.student)


@pytest.fixture
def seated(database: Database, cast: Cast) -> Any:
    """Call it with a function of session and seat; what it does is committed."""

    def run(do: Callable[[Session, Any], Any]) -> Any:
        with database.writer() as s:
            done = do(s, s.get_one(type(cast.seat), cast.seat.id))
            s.commit()
        return done

    return run


def draft_in(database: Database) -> tuple[str, str, bool, int]:
    with database.reader() as s:
        row = s.scalars(sa.select(Draft)).one()
        words = service.words_of(s, row)
        return words.text, words.note, row.interview, row.version


# Lists


def test_the_list_leads_to_the_next_thing(student: Browser, seated: Any, cast: Cast) -> None:
    assert "Begin" in student.get("/narratives").text
    seated(write)
    assert "Carry on writing" in student.get("/narratives").text
    submission = seated(sent)
    assert "It waits for a facilitator" in student.get("/narratives").text
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    seated(lambda s, seat: answered(s, s.get_one(Submission, submission.id), reader, POOR))
    page = student.get("/narratives").text
    assert "Marcus Bell answered on" in page
    assert "Read the answer and go on" in page


def test_the_list_is_for_people_with_a_seat(browsers: Browsers, browser: Browser, cast: Cast) -> None:
    assert browsers(cast.facilitator).get("/narratives").status_code == 404
    assert browser.get("/narratives").status_code == 302 or browser.get("/narratives").status_code == 303


# Writing


def test_the_page_says_who_reads_before_the_box(student: Browser) -> None:
    page = student.get(HERE).text
    assert page.index("Who will read this") < page.index("<textarea")
    assert "Until you send it, only you." in page
    assert "Marcus Bell" in page
    assert "Nobody watches this page at night" in page
    assert "{{crisis" not in page


@pytest.mark.parametrize("who", ["classmate", "facilitator", "coordinator", "funder", "stranger"])
def test_nobody_else_ever_sees_a_draft(browsers: Browsers, cast: Cast, seated: Any, who: str) -> None:
    seated(write)
    browser = browsers(getattr(cast, who))
    for path in (HERE, HERE + "/send", HERE + "/versions", HERE + "/versions/1"):
        assert "peas" not in browser.get(path).text


def test_a_narrative_the_release_does_not_hold_is_not_here(student: Browser) -> None:
    assert student.get("/narratives/m1/other").status_code == 404
    assert student.get(HERE + "/versions/99999999999999999999").status_code == 404
    assert student.get(HERE + "/versions/7").status_code == 404
    assert student.post("/narratives/m1/other", {"text": "x"}).status_code == 404


def test_save_and_leave(student: Browser, database: Database) -> None:
    answer = student.post(HERE, {"text": "One\r\n\r\ntwo", "note": "A winter.", "version": "0", "do": "leave"})
    assert (answer.status_code, answer.location) == (303, "/narratives")
    assert draft_in(database) == ("One\n\ntwo", "A winter.", False, 1)
    page = student.get(HERE).text
    assert "\nOne\n\ntwo</textarea>" in page
    assert "Saved 12:00:00" in page


def test_pause_closes_to_a_page_without_the_story(student: Browser, database: Database) -> None:
    answer = student.post(HERE, {"text": TEXT, "version": "0", "do": "pause"})
    assert answer.location == "/narratives/pause"
    page = student.get("/narratives/pause").text
    assert "Take the time you need" in page
    assert "peas" not in page
    assert "Your story" not in page
    assert draft_in(database)[0] == TEXT


def test_an_empty_first_save_begins_nothing(student: Browser, database: Database) -> None:
    assert student.post(HERE, {"text": "", "version": "0", "do": "leave"}).status_code == 303
    with database.reader() as s:
        assert s.scalars(sa.select(Draft)).all() == []


def test_autosave_answers_with_the_next_version(student: Browser, database: Database) -> None:
    first = student.post(HERE, {"text": "One", "version": "0", "do": "autosave"}, headers=JSON)
    assert first.json == {"version": 1, "said": "Saved 12:00:00. Earlier versions are kept."}
    second = student.post(HERE, {"text": "One two", "version": "1", "do": "autosave"}, headers=JSON)
    assert second.json is not None
    assert second.json["version"] == 2
    assert draft_in(database)[0] == "One two"


def test_an_older_tab_gets_both_texts_as_data(student: Browser, database: Database) -> None:
    student.post(HERE, {"text": "From the newer tab.", "version": "0"}, headers=JSON)
    answer = student.post(HERE, {"text": "From the older tab.", "version": "0"}, headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["newer"]["text"] == "From the newer tab."
    assert answer.json["yours"]["text"] == "From the older tab."
    assert (answer.json["state"], answer.json["version"]) == ("stale", 1)
    assert draft_in(database)[0] == "From the newer tab."


def test_an_older_tab_gets_both_texts_as_a_page(student: Browser, database: Database) -> None:
    student.post(HERE, {"text": "From the newer tab.", "version": "0"})
    answer = student.post(HERE, {"text": "From the older tab.", "version": "0", "do": "leave"})
    assert answer.status_code == 409
    assert "\nFrom the older tab.</textarea>" in answer.text
    assert "\nFrom the newer tab.</textarea>" in answer.text
    assert 'name="version" type="hidden" value="1"' in answer.text
    assert draft_in(database)[0] == "From the newer tab."


def test_what_an_older_tab_brought_waits_on_the_page_until_it_is_put_away(student: Browser) -> None:
    student.post(HERE, {"text": "From the newer tab.", "version": "0"})
    for _again in range(2):
        student.post(HERE, {"text": "From the older tab.", "version": "0"}, headers=JSON)
    page = student.get(HERE).text
    assert page.count("From an older page of this narrative") == 1
    assert "From the older tab." in page


def test_a_form_that_was_signed_out_is_kept_for_its_writer(student: Browser, database: Database, cast: Cast) -> None:
    with database.writer() as s:
        s.execute(sa.text("UPDATE lms_login_session SET ended_at = created_at"))
        s.commit()
    answer = student.post(HERE, {"text": TEXT, "version": "0", "do": "autosave"}, headers=JSON)
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["kept"] is True
    with database.reader() as s:
        (aside,) = service.kept_aside(s, cast.student.code, HERE)
    assert aside.words.text == TEXT


def test_what_was_kept_is_put_away_once_it_is_saved(student: Browser, database: Database, cast: Cast) -> None:
    with database.writer() as s:
        service.keep_aside(s, cast.student.code, HERE, "You were signed out.", {"text": [TEXT]}, now=NOON)
        s.commit()
    assert "You were signed out." in student.get(HERE).text
    student.post(HERE, {"text": TEXT + " And more.", "version": "0", "do": "autosave"}, headers=JSON)
    assert "You were signed out." not in student.get(HERE).text


def test_a_stale_token_gives_the_text_back(student: Browser) -> None:
    answer = student.post(HERE, {"text": TEXT, "version": "0"}, token=False)
    assert answer.status_code == 400
    assert "She handed me half the peas." in answer.text


def test_a_script_that_comes_back_asks_for_a_fresh_token_and_gets_no_text(student: Browser, seated: Any) -> None:
    seated(write)
    answer = student.get(HERE, headers=JSON)
    assert answer.json is not None
    assert (answer.json["version"], answer.json["open"]) == (1, True)
    assert answer.json["csrf_token"]
    assert "peas" not in answer.text


def test_a_million_letters_come_back_with_a_sentence(student: Browser, database: Database) -> None:
    long = "á" * 500_000
    answer = student.post(HERE, {"text": long, "version": "0", "do": "leave"})
    assert answer.status_code == 422
    assert "under 200000 characters" in answer.text
    assert long in answer.text
    as_data = student.post(HERE, {"text": long, "version": "0"}, headers=JSON)
    assert as_data.status_code == 422
    assert as_data.json is not None
    assert "under 200000 characters" in as_data.json["error"]
    with database.reader() as s:
        assert s.scalars(sa.select(Draft)).all() == []


def test_a_text_at_the_limit_is_saved(student: Browser, database: Database) -> None:
    assert student.post(HERE, {"text": "á" * 200_000, "version": "0"}).status_code == 303
    assert len(draft_in(database)[0]) == 200_000


def test_a_nul_is_left_out_and_the_rest_is_saved(student: Browser, database: Database) -> None:
    assert student.post(HERE, {"text": "a\x00b", "version": "0"}).status_code == 303
    assert draft_in(database)[0] == "ab"


def test_markup_is_text(student: Browser) -> None:
    student.post(HERE, {"text": "</textarea><script>alert(1)</script>", "note": "<b>x</b>", "version": "0"})
    assert "<script>alert" not in student.get(HERE).text
    assert "<script>alert" not in student.get(HERE + "/send").text


# Earlier versions


def test_an_earlier_version_can_be_read_and_put_back(student: Browser, database: Database) -> None:
    student.post(HERE, {"text": "The first.", "note": "n", "version": "0"})
    student.post(HERE, {"text": "The second.", "version": "1"})
    assert "/versions/1" in student.get(HERE + "/versions").text
    assert "The first." in student.get(HERE + "/versions/1").text
    assert student.post(HERE + "/versions/1", {"version": "2"}).location == HERE
    assert draft_in(database)[:2] == ("The first.", "n")
    assert "The second." in student.get(HERE + "/versions/2").text


def test_putting_back_from_an_old_page_changes_nothing(student: Browser, database: Database) -> None:
    student.post(HERE, {"text": "The first.", "version": "0"})
    student.post(HERE, {"text": "The second.", "version": "1"})
    student.post(HERE + "/versions/1", {"version": "1"})
    assert draft_in(database)[0] == "The second."
    assert "Nothing was put back" in student.get("/narratives").text


# Sending


def test_read_once_more_then_send(student: Browser, database: Database) -> None:
    answer = student.post(HERE, {"text": TEXT, "note": "A winter.", "version": "0", "do": "preview"})
    assert answer.location == HERE + "/send"
    page = student.get(HERE + "/send").text
    assert "<p>She handed me half the peas.</p>" in page
    assert "A winter." in page
    assert "Marcus Bell" in page
    for _twice in range(2):
        assert student.post(HERE + "/send", {"version": "1", "round": "1"}).location == HERE
    with database.reader() as s:
        assert s.scalars(sa.select(Submission.round)).all() == [1]
    page = student.get(HERE).text
    assert "is sent" in page
    assert "<textarea" not in page


def test_what_changed_after_the_preview_is_not_sent(student: Browser, database: Database) -> None:
    student.post(HERE, {"text": TEXT, "version": "0"})
    student.post(HERE, {"text": "Changed in another tab.", "version": "1"})
    assert student.post(HERE + "/send", {"version": "1", "round": "1"}).location == HERE + "/send"
    assert "Nothing was sent" in student.get(HERE + "/send").text
    with database.reader() as s:
        assert s.scalars(sa.select(Submission)).all() == []


def test_nothing_is_not_sent(student: Browser) -> None:
    assert student.get(HERE + "/send").location == HERE
    assert student.post(HERE + "/send", {"version": "0", "round": "1"}).location == HERE
    student.post(HERE, {"text": " ", "note": "n", "version": "0"})
    assert "no text to send yet" in student.get(HERE + "/send").text
    student.post(HERE + "/send", {"version": "1", "round": "1"})
    assert "There is no text to send yet" in student.get(HERE).text


def test_an_interview_is_asked_for_in_the_same_way(student: Browser, database: Database) -> None:
    student.post(HERE, {"text": "For me alone.", "note": "Mornings.", "how": "interview", "version": "0"})
    page = student.get(HERE + "/send").text
    assert "Ask for an interview" in page
    assert "For me alone." not in page
    student.post(HERE + "/send", {"version": "1", "round": "1"})
    assert "You asked for an interview" in student.get(HERE).text
    with database.reader() as s:
        submission = s.scalars(sa.select(Submission)).one()
        assert service.words_of(s, submission) == service.Words("", "Mornings.")


def test_what_arrives_after_sending_is_kept_and_said(student: Browser, seated: Any) -> None:
    seated(sent)
    answer = student.post(HERE, {"text": TEXT + " And more.", "version": "1", "do": "autosave"}, headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["state"] == "locked"
    page = student.post(HERE, {"text": TEXT + " And more.", "version": "1", "do": "leave"})
    assert page.status_code == 409
    assert "And more." in page.text
    assert "Written after you had sent this narrative" in student.get(HERE).text


def test_a_returned_text_comes_back_with_the_answer_in_view(student: Browser, seated: Any, cast: Cast) -> None:
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    seated(lambda s, seat: answered(s, sent(s, seat), reader, POOR))
    page = student.get(HERE).text
    assert "What Marcus Bell wrote last time" in page
    assert "The back step is the heart of it." in page
    assert "It is not there yet." in page
    assert "Do this next." in page
    assert "She handed me half the peas.</textarea>" in page
    assert "Round 2" in page
    student.post(HERE, {"text": TEXT + " At the gate.", "version": "1", "do": "preview"})
    student.post(HERE + "/send", {"version": "2", "round": "2"})
    assert "Round 2" in student.get(HERE).text


def test_an_accepted_narrative_says_so_with_its_answer(student: Browser, seated: Any, cast: Cast) -> None:
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    seated(lambda s, seat: answered(s, sent(s, seat), reader))
    page = student.get(HERE).text
    assert "is accepted" in page
    assert "7 of 9 points" in page


def test_who_has_read_it_by_role_then_by_name(student: Browser, browsers: Browsers, seated: Any, cast: Cast) -> None:
    submission = seated(sent)
    assert "Nobody has opened it yet" in student.get(HERE).text
    reader = browsers(cast.facilitator)
    reader.post(f"/to-read/{submission.code}/claim")
    assert "peas" in reader.get(f"/to-read/{submission.code}").text
    page = student.get(HERE).text
    assert "A facilitator" in page
    assert "Marcus Bell" not in page
    actor = facilitator_of(cast.facilitator, cast.cohort.id)
    seated(lambda s, seat: answered(s, s.get_one(Submission, submission.id), actor))
    assert '<th scope="row">Marcus Bell</th>' in student.get(HERE).text


@pytest.mark.parametrize("path", ["/narratives", HERE, HERE + "/send", HERE + "/versions", HERE + "/versions/1"])
def test_a_page_takes_at_most_eight_queries(
    student: Browser, seated: Any, cast: Cast, database: Database, count_queries: Any, path: str
) -> None:
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    seated(lambda s, seat: answered(s, sent(s, seat), reader, POOR))
    student.post(HERE, {"text": "Once more.", "version": "1"})
    with database.reader() as s:
        release = cast.cohort.release
        curriculum.outline(s, release)
        service.instructions(s, cast.seat, KEY)
        curriculum.pathway(s, release, "starter")
    with count_queries() as queries:
        assert student.get(path).status_code == 200
    assert len(queries) <= 8, queries.statements


def test_time_is_the_cohorts(student: Browser, seated: Any) -> None:
    seated(lambda s, seat: setattr(seat.cohort, "zone", "America/Los_Angeles"))
    seated(lambda s, seat: write(s, seat, now=NOON))
    assert "Saved 09:00:00" in student.get(HERE).text
