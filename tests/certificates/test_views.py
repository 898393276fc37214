"""Each page: welcomed, refused, a bad form; and what the public check tells."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from lms.certificates import service
from lms.certificates.models import AgreementAccepted, Certificate
from lms.cohorts.models import Cohort, Enrolment
from lms.core.clock import FixedClock
from lms.core.db import Database, unit_of_work
from lms.core.ids import group
from lms.records.models import Audit, Message, Throttle
from tests import factories
from tests.certificates.complete import complete, held
from tests.conftest import Browser
from tests.factories import Cast, Person, pieces


@pytest.fixture
def ready(cast: Cast, database: Database, clock: FixedClock) -> Cast:
    """The cast, in which the student has everything; an hour later."""
    with database.writer() as s:
        seat = s.get_one(Enrolment, cast.seat.id)
        complete(s, seat, held(s, seat.cohort), s.get_one(Person, cast.facilitator.id))
        s.commit()
    clock.advance(timedelta(hours=1))
    return cast


@pytest.fixture
def issued(ready: Cast, database: Database, clock: FixedClock) -> str:
    """The code of the student's certificate."""
    with database.writer() as s:
        seat, by = s.get_one(Enrolment, ready.seat.id), s.get_one(Person, ready.coordinator.id)
        code = service.issue(s, seat, by=by, base_url="http://lms.example", now=clock.now()).code
        s.commit()
    return code


def words(answer: Any) -> str:
    """The visible words of a page."""
    body = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def certificates(database: Database) -> list[Certificate]:
    with unit_of_work(database, write=False) as s:
        found = list(s.scalars(sa.select(Certificate).order_by(Certificate.id)))
        s.expunge_all()
    return found


def use(database: Database, cast: Cast, made: dict[str, Any]) -> None:
    with database.writer() as s:
        s.get_one(Cohort, cast.cohort.id).release = factories.release(s, made)
        s.commit()


def change(database: Database, person: Person, **to: Any) -> None:
    with database.writer() as s:
        for name, value in to.items():
            setattr(s.get_one(Person, person.id), name, value)
        s.commit()


# The student


def test_a_student_sees_every_requirement_with_its_number(cast: Cast, browsers: Any) -> None:
    said = words(browsers(cast.student).get("/certificate"))
    assert "8 things stand between you and your certificate" in said
    for part in (
        "3 h of training Nothing is counted yet. 3 h still to come.", "In person: 2 h", "No class has been held yet.",
        "2 lessons to read.", "Quiz: Quiz m1", "Exam: Exam", "The pass mark is 75 %.", "Narrative: Your story",
        "You may write it or ask for an interview", "Homework: Homework Not handed in yet.", "A seat in the cohort Enrolled.",
    ):  # fmt: skip
        assert part in said, part


def test_a_student_who_has_everything_is_told_who_acts(ready: Cast, browsers: Any) -> None:
    said = words(browsers(ready.student).get("/certificate"))
    assert "Everything is met Ruth Okafor issues the certificate. You do not have to do anything." in said
    assert "Accepted by Marcus Bell on 20 November 2026." in said
    assert "Passed on 20 November 2026 with 100 %." in said


def test_a_student_with_a_certificate_can_show_it(ready: Cast, issued: str, browsers: Any) -> None:
    answer = browsers(ready.student).get("/certificate")
    said = words(answer)
    assert "Issued on 23 November 2026 by Ruth Okafor. Valid until 23 November 2028." in said
    assert f"http://lms.example/verify/{issued}" in said
    assert f'href="/certificates/{issued}.pdf"' in answer.text


def test_an_ended_and_a_revoked_certificate_are_told_as_such(
    ready: Cast, issued: str, browsers: Any, clock: FixedClock, database: Database
) -> None:
    clock.advance(timedelta(days=3 * 366))
    assert "Your certificate has ended" in words(browsers(ready.student).get("/certificate"))
    with database.writer() as s:
        found = service.find(s, issued)
        assert found is not None
        by = s.get_one(Person, ready.coordinator.id)
        service.revoke(s, found, reason="The hours were not theirs.", by=by, now=clock.now())
        s.commit()
    said = words(browsers(ready.student).get("/certificate"))
    assert "Your certificate was revoked on" in said
    assert "not theirs" not in said


def test_who_has_no_seat_has_no_such_page(cast: Cast, browsers: Any, browser: Browser) -> None:
    assert browsers(cast.coordinator).get("/certificate").status_code == 404
    assert browser.get("/certificate").status_code == 303


def test_an_agreement_is_read_and_accepted(ready: Cast, browsers: Any, database: Database) -> None:
    use(
        database,
        ready,
        pieces(agreements=[{"id": "ethics", "title": "What I will hold to", "text": "I stay.\nI ask."}]),
    )
    student = browsers(ready.student)
    page = student.get("/certificate")
    assert "1 thing stands between you and your certificate" in words(page)
    mark = re.search(r'name="words" value="([0-9a-f]{64})"', page.text)
    assert mark
    sent = {"agreement": "ethics", "words": mark[1]}
    refused = student.post("/certificate/agreement", sent)
    assert refused.status_code == 422
    assert "Tick the box if you hold to this." in words(refused)
    assert 'href="#accepted"' in refused.text
    assert 'id="accepted"' in refused.text
    assert student.post("/certificate/agreement", sent | {"accepted": "y"}).status_code == 303
    assert "Everything is met" in words(student.get("/certificate"))
    with unit_of_work(database, write=False) as s:
        assert [row.agreement for row in s.scalars(sa.select(AgreementAccepted))] == ["ethics"]


@pytest.mark.parametrize(
    ("sent", "status"), [({"agreement": "ethics", "words": "0" * 64}, 409), ({"agreement": "none", "words": ""}, 404)]
)
def test_an_agreement_in_other_words_is_not_taken(
    ready: Cast, browsers: Any, database: Database, sent: dict[str, str], status: int
) -> None:
    use(database, ready, pieces(agreements=[{"id": "ethics", "title": "Ethics", "text": "I stay."}]))
    assert browsers(ready.student).post("/certificate/agreement", sent | {"accepted": "y"}).status_code == status


def test_nobody_accepts_for_somebody_else(ready: Cast, browsers: Any, browser: Browser) -> None:
    assert browsers(ready.facilitator).post("/certificate/agreement", {"accepted": "y"}).status_code == 404
    assert browser.post("/certificate/agreement", {"accepted": "y"}).status_code == 401


def test_a_transcript_says_what_was_done_and_no_score(ready: Cast, browsers: Any) -> None:
    for person in (ready.student, ready.coordinator):
        said = words(browsers(person).get(f"/certificates/of/{ready.seat.code}/transcript"))
        for part in (
            "Ṣadé Whitfield", "Quiet Creek Training", "Together 3 h 40 min", "Lesson: Lesson 1 of m1", "Class: Meeting",
            "Quiz m1, 20 November 2026", "Your story, 20 November 2026",
        ):  # fmt: skip
            assert part in said, part
        assert "%" not in said
        assert "winter" not in said


def test_a_transcript_is_for_the_person_and_the_coordinator(ready: Cast, browsers: Any, browser: Browser) -> None:
    path = f"/certificates/of/{ready.seat.code}/transcript"
    assert browsers(ready.facilitator).get(path).status_code == 403
    for person in (ready.classmate, ready.stranger, ready.funder, ready.other_facilitator):
        assert browsers(person).get(path).status_code == 404
    assert browser.get(path).status_code == 303


def test_an_empty_transcript_says_so(cast: Cast, browsers: Any) -> None:
    said = words(browsers(cast.student).get(f"/certificates/of/{cast.seat.code}/transcript"))
    assert "No hours are counted yet." in said
    assert "Not issued yet." in said


# The staff


def test_the_coordinator_sees_who_is_ready(ready: Cast, browsers: Any) -> None:
    said = words(browsers(ready.coordinator).get("/certificates"))
    assert "1 person is ready for their certificate" in said
    assert "Ready to be issued Ṣadé Whitfield" in said
    assert "1 person is on the way" in said
    assert "Tomás Rivera-Lund 1 of 9" in said


def test_the_coordinator_sees_what_was_issued_and_revoked(
    ready: Cast, issued: str, browsers: Any, clock: FixedClock
) -> None:
    coordinator = browsers(ready.coordinator)
    said = words(coordinator.get("/certificates"))
    assert f"Ṣadé Whitfield {group(issued)} 23 November 2026 23 November 2028" in said
    coordinator.post(f"/certificates/{issued}/revoke", {"reason": "The name was wrong."})
    said = words(coordinator.get("/certificates"))
    assert (
        f"Revoked Ṣadé Whitfield {group(issued)}" in said
        or f"Revoked Name on it Code Revoked Ṣadé Whitfield {group(issued)}" in said
    )
    assert "Ready to be issued Ṣadé Whitfield" in said


def test_the_list_is_the_coordinators(cast: Cast, browsers: Any, browser: Browser) -> None:
    for person in (cast.facilitator, cast.student, cast.funder):
        answer = browsers(person).get("/certificates")
        assert answer.status_code == 403
        assert 'href="/certificates"' not in answer.text
    assert browser.get("/certificates").status_code == 303


def test_the_staff_see_a_persons_verdict(ready: Cast, browsers: Any) -> None:
    path = f"/certificates/of/{ready.seat.code}"
    coordinator = browsers(ready.coordinator).get(path)
    assert "Ṣadé Whitfield has met everything" in words(coordinator)
    assert f'href="{path}/issue"' in coordinator.text
    facilitator = browsers(ready.facilitator).get(path)
    assert "The coordinator issues the certificate." in words(facilitator)
    assert f'href="{path}/issue"' not in facilitator.text


def test_a_person_on_the_way_is_told_with_names_and_numbers(cast: Cast, browsers: Any, database: Database) -> None:
    with database.writer() as s:
        seat = s.get_one(Enrolment, cast.seat.id)
        complete(s, seat, held(s, seat.cohort), s.get_one(Person, cast.facilitator.id), but="narrative")
        s.commit()
    said = words(browsers(cast.facilitator).get(f"/certificates/of/{cast.seat.code}"))
    assert "1 thing is still open for Ṣadé Whitfield" in said
    assert "Narrative: Your story Not begun yet." in said


def test_a_verdict_is_not_for_others(ready: Cast, browsers: Any, browser: Browser) -> None:
    path = f"/certificates/of/{ready.seat.code}"
    assert browsers(ready.student).get(path).status_code == 403
    for person in (ready.classmate, ready.funder, ready.stranger, ready.other_facilitator):
        assert browsers(person).get(path).status_code == 404
    assert browsers(ready.coordinator).get("/certificates/of/NOBODY").status_code == 404
    assert browser.get(path).status_code == 303


def test_what_is_read_is_what_is_issued(ready: Cast, browsers: Any, database: Database) -> None:
    coordinator = browsers(ready.coordinator)
    path = f"/certificates/of/{ready.seat.code}/issue"
    page = coordinator.get(path)
    said = words(page)
    for part in ("Ṣadé Whitfield", "completed the training", "Groundwork, Peer Support Specialist Training", "3 h 40 min",
                 "in person 2 h", "20 November 2026 to 23 November 2026", "Starter, version 1", "23 November 2028"):  # fmt: skip
        assert part in said, part
    mark = re.search(r'name="mark"[^>]*value="([0-9a-f]{64})"', page.text)
    assert mark
    assert certificates(database) == []
    answer = coordinator.post(path, {"mark": mark[1]})
    assert (answer.status_code, answer.location) == (303, f"/certificates/of/{ready.seat.code}")
    [made] = certificates(database)
    assert made.face["programme"] == "Groundwork"
    assert "Ṣadé Whitfield has a certificate" in words(coordinator.get(answer.location))
    assert coordinator.post(path, {"mark": mark[1]}).status_code == 303
    assert len(certificates(database)) == 1
    with unit_of_work(database, write=False) as s:
        [letter] = s.scalars(sa.select(Message).where(Message.kind == "certificate"))
        assert letter.recipient == ready.student.email
        [line] = s.scalars(sa.select(Audit).where(Audit.verb == "certificate.issued"))
        assert line.actor == ready.coordinator.code


def test_the_address_on_the_sheet_is_the_public_check(ready: Cast, browsers: Any, database: Database) -> None:
    import io

    import pypdf

    coordinator = browsers(ready.coordinator)
    path = f"/certificates/of/{ready.seat.code}/issue"
    mark = re.search(r'name="mark"[^>]*value="([0-9a-f]{64})"', coordinator.get(path).text)
    assert mark
    coordinator.post(path, {"mark": mark[1]})
    [made] = certificates(database)
    sheet = pypdf.PdfReader(io.BytesIO(coordinator.get(f"/certificates/{made.code}.pdf").data))
    [link, *_more] = [note.get_object()["/A"]["/URI"] for note in sheet.pages[0]["/Annots"]]
    assert link == f"http://lms.example/verify/{made.code}"
    assert coordinator.get(link.removeprefix("http://lms.example")).status_code == 200


@pytest.mark.parametrize("mark", ["", "x" * 65])
def test_without_having_read_it_nothing_is_issued(ready: Cast, browsers: Any, database: Database, mark: str) -> None:
    path = f"/certificates/of/{ready.seat.code}/issue"
    answer = browsers(ready.coordinator).post(path, {"mark": mark})
    assert (answer.status_code, answer.location) == (303, path)
    assert certificates(database) == []


def test_a_name_changed_in_between_is_read_again(ready: Cast, browsers: Any, database: Database) -> None:
    coordinator, path = browsers(ready.coordinator), f"/certificates/of/{ready.seat.code}/issue"
    mark = re.search(r'name="mark"[^>]*value="([0-9a-f]{64})"', coordinator.get(path).text)
    assert mark
    change(database, ready.student, legal_name="Ṣadé Ọládélé")
    answer = coordinator.post(path, {"mark": mark[1]})
    assert answer.status_code == 409
    assert "has changed since you read it" in words(answer)
    assert certificates(database) == []


def test_a_name_that_cannot_be_printed_is_told_before(ready: Cast, browsers: Any, database: Database) -> None:
    change(database, ready.student, name="김하늘")
    answer = browsers(ready.coordinator).get(f"/certificates/of/{ready.seat.code}/issue")
    assert answer.status_code == 422
    assert "no letter 김" in words(answer)
    assert certificates(database) == []


def test_who_lacks_something_is_not_offered_one(cast: Cast, browsers: Any, database: Database) -> None:
    coordinator, path = browsers(cast.coordinator), f"/certificates/of/{cast.seat.code}/issue"
    page = coordinator.get(path)
    assert "It cannot be issued yet" in words(page)
    assert "<button>Issue" not in page.text
    assert coordinator.post(path, {"mark": "0" * 64}).status_code == 409
    assert certificates(database) == []


def test_only_the_coordinator_issues(ready: Cast, browsers: Any, browser: Browser, database: Database) -> None:
    path = f"/certificates/of/{ready.seat.code}/issue"
    for person, status in (
        (ready.facilitator, 403),
        (ready.student, 403),
        (ready.classmate, 404),
        (ready.stranger, 404),
    ):
        assert browsers(person).get(path).status_code == status
        assert browsers(person).post(path, {"mark": "0" * 64}).status_code == status
    assert browser.post(path, {"mark": "0" * 64}).status_code == 401
    assert certificates(database) == []


def test_a_coordinator_revokes_with_a_reason(ready: Cast, issued: str, browsers: Any, database: Database) -> None:
    coordinator, path = browsers(ready.coordinator), f"/certificates/{issued}/revoke"
    assert "Revoke the certificate of Ṣadé Whitfield" in words(coordinator.get(path))
    refused = coordinator.post(path, {"reason": "  "})
    assert refused.status_code == 422
    assert "Write the reason." in words(refused)
    assert coordinator.post(path, {"reason": "x" * 2001}).status_code == 422
    assert coordinator.post(path, {"reason": "The name was wrong."}).location == f"/certificates/of/{ready.seat.code}"
    [made] = certificates(database)
    assert made.revoked_at is not None
    assert "The name was wrong." in words(coordinator.get(f"/certificates/of/{ready.seat.code}"))
    assert "The name was wrong." not in browsers(ready.facilitator).get(f"/certificates/of/{ready.seat.code}").text
    assert coordinator.post(path, {"reason": "Once more."}).status_code == 409
    assert "It was revoked on" in words(coordinator.get(path))


def test_only_the_coordinator_revokes(
    ready: Cast, issued: str, browsers: Any, browser: Browser, database: Database
) -> None:
    path = f"/certificates/{issued}/revoke"
    for person, status in (
        (ready.facilitator, 403),
        (ready.student, 403),
        (ready.classmate, 404),
        (ready.stranger, 404),
    ):
        assert browsers(person).get(path).status_code == status
        assert browsers(person).post(path, {"reason": "No."}).status_code == status
    assert browser.post(path, {"reason": "No."}).status_code == 401
    assert browsers(ready.coordinator).post("/certificates/NONE/revoke", {"reason": "No."}).status_code == 404
    [made] = certificates(database)
    assert made.revoked_at is None


def test_the_sheet_is_for_its_holder_and_the_coordinator(
    ready: Cast, issued: str, browsers: Any, browser: Browser
) -> None:
    path = f"/certificates/{issued}.pdf"
    for person in (ready.student, ready.coordinator):
        answer = browsers(person).get(path)
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF")
        assert f"certificate-{group(issued)}.pdf" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
    for person, status in (
        (ready.facilitator, 403),
        (ready.classmate, 404),
        (ready.stranger, 404),
        (ready.funder, 404),
    ):
        assert browsers(person).get(path).status_code == status
    assert browser.get(path).status_code == 303


def test_a_revoked_sheet_is_no_longer_handed_out(ready: Cast, issued: str, browsers: Any) -> None:
    browsers(ready.coordinator).post(f"/certificates/{issued}/revoke", {"reason": "The name was wrong."})
    assert browsers(ready.student).get(f"/certificates/{issued}.pdf").status_code == 403
    assert browsers(ready.coordinator).get(f"/certificates/{issued}.pdf").status_code == 200


def test_the_packet_is_a_page_for_the_coordinator(ready: Cast, issued: str, browsers: Any, browser: Browser) -> None:
    coordinator = browsers(ready.coordinator)
    said = words(coordinator.get(f"/certificates/{issued}/packet"))
    for part in ("Unchanged", "everything is met", "Class: Meeting", "Lesson: Lesson 2 of m1", "Accepted by Marcus Bell",
                 "Starter, version 1"):  # fmt: skip
        assert part in said, part
    [made] = certificates_of(coordinator, issued)
    assert made in said
    for person, status in ((ready.facilitator, 403), (ready.student, 403), (ready.stranger, 404)):
        assert browsers(person).get(f"/certificates/{issued}/packet").status_code == status
        assert browsers(person).get(f"/certificates/{issued}/packet.json").status_code == status
    assert browser.get(f"/certificates/{issued}/packet").status_code == 303


def certificates_of(browser: Browser, code: str) -> list[str]:
    """The SHA-256 of the downloaded packet, as the public page shows it."""
    from lms.core.crypto import digest

    body = browser.get(f"/certificates/{code}/packet.json").data
    shown = re.findall(r"<code>([0-9a-f]{64})</code>", browser.get(f"/verify/{code}").text)
    assert shown == [digest(body)]
    return shown


# The public


def test_anyone_may_check(ready: Cast, issued: str, browser: Browser) -> None:
    answer = browser.get(f"/verify/{issued}")
    said = words(answer)
    assert answer.status_code == 200
    for part in (
        "This certificate is real and valid today", group(issued), "Ṣadé Whitfield", "Peer Support Specialist Training",
        "3 h 40 min: in person 2 h , homework 1 h , self-paced lessons 40 min", "20 November 2026 to 23 November 2026",
        "Starter, version 1, in force from 1 November 2026", "Issued 23 November 2026", "Valid until 23 November 2028",
        "Quiet Creek Training, Nowhere, North Carolina", "Evidence (SHA-256)",
    ):  # fmt: skip
        assert part in said, part
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    for private in (ready.student.email, ready.seat.code, "100 %", "winter"):
        assert str(private) not in answer.text


def test_an_ended_one_is_real_but_over(issued: str, browser: Browser, clock: FixedClock) -> None:
    clock.advance(timedelta(days=800))
    said = words(browser.get(f"/verify/{issued}"))
    assert "This certificate is real; its time has ended" in said
    assert "It was valid until 23 November 2028." in said


def test_it_is_valid_to_the_end_of_its_last_day(issued: str, browser: Browser, clock: FixedClock) -> None:
    from datetime import UTC, datetime

    clock.at = datetime(2028, 11, 24, 4, 59, 59, tzinfo=UTC)
    assert "valid today" in words(browser.get(f"/verify/{issued}"))
    clock.at = datetime(2028, 11, 24, 5, 0, tzinfo=UTC)
    assert "its time has ended" in words(browser.get(f"/verify/{issued}"))


def test_a_revoked_one_says_so_when_and_nothing_else(
    ready: Cast, issued: str, browsers: Any, browser: Browser, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=10))
    browsers(ready.coordinator).post(f"/certificates/{issued}/revoke", {"reason": "The name was wrong."})
    answer = browser.get(f"/verify/{issued}")
    said = words(answer)
    assert "This certificate was revoked Revoked on 3 December 2026." in said
    assert "mark is-bad" in answer.text
    for hidden in ("Whitfield", "3 h", "Quiet Creek", "Starter", "SHA-256", "name was wrong"):
        assert hidden not in said


@pytest.mark.parametrize("code", ["ABCDEFGHJKMN", "short", "A" * 300, "%D0%B6%D0%B6", "--", "'%20OR%201=1"])
def test_an_unknown_or_malformed_code_gets_the_same_calm_answer(issued: str, browser: Browser, code: str) -> None:
    answer = browser.get(f"/verify/{code}")
    said = words(answer)
    assert answer.status_code == 404
    assert "We know no certificate with this code" in said
    assert "Code on the certificate" in said
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert len(said) == len(words(browser.get("/verify/ZZZZZZZZZZZZ")))


def test_guessing_ends_after_thirty_misses(
    issued: str, browser: Browser, database: Database, clock: FixedClock
) -> None:
    answers = [browser.get(f"/verify/WRNG{n:08d}").status_code for n in range(31)]
    assert answers == [404] * 30 + [429]
    assert browser.get(f"/verify/{issued}").status_code == 429
    with unit_of_work(database, write=False) as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 30
    clock.advance(timedelta(hours=1, seconds=1))
    assert browser.get(f"/verify/{issued}").status_code == 200


@pytest.mark.parametrize("write", [str, group, str.lower])
def test_the_form_leads_to_the_page(issued: str, browser: Browser, write: Any) -> None:
    answer = browser.get("/verify", query_string={"code": f" {write(issued)} "})
    assert (answer.status_code, answer.location) == (303, f"/verify/{issued}")


def test_the_form_is_open_to_all_and_asks_for_a_code(app: Any, browser: Browser) -> None:
    assert "Check a certificate" in words(browser.get("/verify"))
    for code in ("", "   ", "---", "x" * 61):
        answer = browser.get("/verify", query_string={"code": code})
        assert answer.status_code == 422
        assert "Not sent yet." in words(answer)


# How much a page costs


def _cost(count_queries: Any, browser: Browser, path: str) -> int:
    browser.get(path)
    with count_queries() as counted:
        assert browser.get(path).status_code == 200
    return len(counted)


def test_pages_cost_the_same_however_large_the_cohort(
    ready: Cast, issued: str, browsers: Any, browser: Browser, count_queries: Any, database: Database
) -> None:
    coordinator, student = browsers(ready.coordinator), browsers(ready.student)
    asked = [
        (coordinator, "/certificates"), (coordinator, f"/certificates/of/{ready.seat.code}"), (student, "/certificate"),
        (coordinator, f"/certificates/of/{ready.seat.code}/issue"), (browser, f"/verify/{issued}"),
    ]  # fmt: skip
    small = [_cost(count_queries, who, path) for who, path in asked]
    with database.writer() as s:
        cohort = s.get_one(Cohort, ready.cohort.id)
        for _ in range(40):
            factories.enrolment(s, cohort)
        second = factories.cohort(s, cohort.provider, cohort.release, name="Spring 2027")
        for _ in range(20):
            factories.enrolment(s, second)
        s.commit()
    assert [_cost(count_queries, who, path) for who, path in asked] == small
    assert max(small) <= 8
    assert small[-1] <= 3


def test_a_student_without_a_language_of_their_own_reads_english(cast: Cast, browsers: Any) -> None:
    assert '<html lang="en">' in browsers(cast.student).get("/certificate").text
