"""Every page and form of this room: welcomed once, refused once, badly filled once."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lms.accounts import service as accounts
from lms.accounts.models import Person
from lms.cohorts import service
from lms.cohorts.models import (
    Accommodation,
    Appointment,
    Cohort,
    Enrolment,
    FundedSeat,
    Grant,
    Invitation,
    Meeting,
    Provider,
)
from lms.cohorts.views.releases import _words
from lms.core.clock import FixedClock
from lms.core.db import Database, keys_of, unit_of_work
from lms.curriculum import service as curriculum
from lms.curriculum.rules.difference import LABELS, label
from lms.records.models import Message, Reading
from tests import factories
from tests.conftest import Browser
from tests.factories import NOON, Cast

DAY = timedelta(days=1)


def body(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def one(database: Database, table: Any, *where: Any) -> Any:
    with database.reader() as s:
        return s.scalars(sa.select(table).where(*where)).one()


def count(database: Database, table: Any, *where: Any) -> int:
    with database.reader() as s:
        return s.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0


def link_in_letter(database: Database) -> str:
    with database.reader() as s:
        row = s.scalars(sa.select(Message).order_by(Message.id.desc())).first()
        assert row is not None
        text = keys_of(s).open(row.body, f"lms_message:{row.code}:body")
    found = re.search(r"http://lms\.example(/\S+)", text)
    assert found is not None
    return found.group(1)


@pytest.fixture
def ruth(browsers: Any, cast: Cast) -> Browser:
    """The coordinator's browser."""
    return browsers(cast.coordinator)


@pytest.fixture
def marcus(browsers: Any, cast: Cast) -> Browser:
    """The facilitator's browser."""
    return browsers(cast.facilitator)


@pytest.fixture
def founder(database: Database, browsers: Any, app: Any) -> Browser:
    """A browser of somebody who may found a provider."""
    with unit_of_work(database) as s:
        person = factories.person(s, "Fola Founder")
        service.appoint(s, person, "coordinator", now=NOON)
    return browsers(person)


PAGES = [
    "/cohorts", "/cohorts/providers/{provider}", "/cohorts/providers/{provider}/new-cohort", "/cohorts/providers/{provider}/new-grant",
    "/cohorts/{cohort}", "/cohorts/{cohort}/change", "/cohorts/{cohort}/new-meeting", "/cohorts/{cohort}/release",
    "/cohorts/people/{seat}", "/cohorts/grants/{grant}", "/calendar", "/cohorts/dossiers/starter",
]  # fmt: skip
FORMS = [
    "/cohorts/providers/{provider}", "/cohorts/providers/{provider}/invite", "/cohorts/providers/{provider}/new-cohort",
    "/cohorts/providers/{provider}/new-grant", "/cohorts/{cohort}/invite", "/cohorts/{cohort}/change",
    "/cohorts/{cohort}/new-meeting", "/cohorts/{cohort}/release", "/cohorts/people/{seat}/accommodation",
    "/cohorts/people/{seat}/withdraw", "/cohorts/people/{seat}/finish", "/cohorts/people/{seat}/come-back",
    "/cohorts/people/{seat}/grant", "/cohorts/grants/{grant}", "/cohorts/grants/{grant}/invite", "/cohorts/grants/{grant}/seats",
]  # fmt: skip


def address(rule: str, cast: Cast) -> str:
    return rule.format(provider=cast.provider.code, cohort=cast.cohort.code, seat=cast.seat.code, grant=cast.grant.code)


@pytest.mark.parametrize("rule", PAGES)
def test_a_coordinator_is_welcome_and_nobody_from_elsewhere(
    rule: str, ruth: Browser, browsers: Any, browser: Browser, cast: Cast
) -> None:
    path = address(rule, cast)
    assert ruth.get(path).status_code == 200
    assert browser.get(path).location.startswith("/sign-in?next=")
    if cast.provider.code in path or cast.cohort.code in path or cast.seat.code in path or cast.grant.code in path:
        for person in (cast.stranger, cast.other_facilitator):
            assert browsers(person).get(path).status_code == 404


@pytest.mark.parametrize("rule", FORMS)
def test_nobody_else_sends_a_coordinators_forms(
    rule: str, browsers: Any, browser: Browser, cast: Cast, database: Database
) -> None:
    path = address(rule, cast)
    sent = {"left_reason": "x", "email": "a@b.example", "role": "student", "reason": "x", "name": "x"}
    assert browser.post(path, sent).status_code == 401
    for person in (cast.stranger, cast.other_facilitator, cast.funder):
        assert browsers(person).post(path, sent).status_code == 404
    assert browsers(cast.student).post(path, sent).status_code in (403, 404)
    assert one(database, Enrolment, Enrolment.id == cast.seat.id).status == "enrolled"
    assert count(database, Invitation) == 0


@pytest.mark.parametrize("code", ["NOSUCH", "nosuch"])
def test_what_is_not_there(ruth: Browser, code: str) -> None:
    for path in ("/cohorts/", "/cohorts/people/", "/cohorts/grants/", "/cohorts/providers/"):
        assert ruth.get(path + code).status_code == 404


def test_a_facilitator_may_look_and_schedule_but_not_run(marcus: Browser, cast: Cast) -> None:
    assert marcus.get(f"/cohorts/{cast.cohort.code}").status_code == 200
    assert marcus.get("/people").status_code == 200
    assert marcus.get(f"/cohorts/{cast.cohort.code}/new-meeting").status_code == 200
    assert marcus.get(f"/cohorts/{cast.cohort.code}/change").status_code == 403
    assert marcus.get("/cohorts").status_code == 403
    assert marcus.post(f"/cohorts/people/{cast.seat.code}/withdraw", {"left_reason": "x"}).status_code == 403


# The first steps: founder, provider, cohort


def test_a_founder_sets_up_a_provider(founder: Browser, database: Database) -> None:
    assert "Begin with your provider" in body(founder.get("/cohorts"))
    assert founder.get("/cohorts/providers/new").status_code == 200
    sent = {"name": "Quiet Creek", "place": "Nowhere, NC", "contact": "office@qc.example", "zone": "America/New_York"}
    assert founder.post("/cohorts/providers", sent).location == "/cohorts"
    provider = one(database, Provider)
    assert (provider.name, provider.place) == ("Quiet Creek", "Nowhere, NC")
    page = body(founder.get("/cohorts"))
    assert "Quiet Creek is ready" in page
    assert "Make the first cohort" in page
    assert "No grant is recorded" in page


def test_a_provider_without_a_name_comes_back(founder: Browser, database: Database) -> None:
    answer = founder.post("/cohorts/providers", {"name": " ", "place": "Nowhere, NC", "zone": "America/New_York"})
    assert answer.status_code == 422
    assert "Nowhere, NC" in body(answer)
    assert count(database, Provider) == 0


def test_only_a_founder_founds(ruth: Browser, browsers: Any, cast: Cast) -> None:
    for browser in (ruth, browsers(cast.student)):
        assert browser.get("/cohorts/providers/new").status_code == 403
        assert browser.post("/cohorts/providers", {"name": "x", "zone": "UTC"}).status_code == 403


def test_a_provider_changes(ruth: Browser, cast: Cast, database: Database) -> None:
    sent = {
        "name": "New name",
        "place": "",
        "contact": "",
        "zone": "America/Chicago",
        "live_virtual_approval": "LV-1, 2026",
    }
    assert ruth.post(f"/cohorts/providers/{cast.provider.code}", sent).status_code == 303
    assert one(database, Provider, Provider.id == cast.provider.id).live_virtual_approval == "LV-1, 2026"
    answer = ruth.post(f"/cohorts/providers/{cast.provider.code}", sent | {"name": ""})
    assert answer.status_code == 422
    assert "LV-1, 2026" in body(answer)


def test_another_coordinator(ruth: Browser, cast: Cast, database: Database) -> None:
    path = f"/cohorts/providers/{cast.provider.code}"
    assert ruth.post(path + "/invite", {"email": "new@b.example", "role": "coordinator"}).status_code == 303
    assert "new@b.example" in body(ruth.get(path))
    bad = ruth.post(path + "/invite", {"email": "new@", "role": "coordinator"})
    assert bad.status_code == 422
    row = one(database, Invitation)
    assert (row.role, row.provider_id) == ("coordinator", cast.provider.id)


COHORT = {
    "name": "Spring 2027", "pathway": "starter", "zone": "America/New_York", "starts_on": "2027-01-04", "ends_on": "2027-04-01", "seats": "15",
}  # fmt: skip


def test_a_new_cohort(ruth: Browser, cast: Cast, database: Database) -> None:
    answer = ruth.post(f"/cohorts/providers/{cast.provider.code}/new-cohort", COHORT)
    made = one(database, Cohort, Cohort.name == "Spring 2027")
    assert answer.location == f"/cohorts/{made.code}"
    assert (made.release_id, made.starts_on, made.seats) == (cast.cohort.release_id, date(2027, 1, 4), 15)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"ends_on": "2027-01-01"}, "after the first day"),
        ({"starts_on": "soon"}, "Write the date like 2026-11-23"),
        ({"starts_on": ""}, "Give the first day."),
        ({"seats": "0"}, "from 1 to 500"),
        ({"seats": "many"}, "Write a whole number, in digits."),
        ({"name": ""}, "Write a name, such as"),
        ({"pathway": "nowhere"}, "Not a valid choice"),
    ],
)
def test_a_new_cohort_that_does_not_fit(
    ruth: Browser, cast: Cast, database: Database, sent: dict[str, str], said: str
) -> None:
    answer = ruth.post(f"/cohorts/providers/{cast.provider.code}/new-cohort", COHORT | sent)
    assert answer.status_code == 422
    assert said in body(answer)
    assert count(database, Cohort, Cohort.name.startswith("Spring")) == 0


def test_without_a_curriculum_no_cohort_can_be_made(founder: Browser, database: Database) -> None:
    founder.post("/cohorts/providers", {"name": "Quiet Creek", "zone": "America/New_York"})
    path = f"/cohorts/providers/{one(database, Provider).code}/new-cohort"
    assert "There is no curriculum yet" in body(founder.get(path))
    assert founder.post(path, COHORT).status_code == 422
    assert count(database, Cohort) == 0


# The board


def test_the_board(ruth: Browser, marcus: Browser, cast: Cast, database: Database) -> None:
    with unit_of_work(database) as s:
        cohort = s.get_one(Cohort, cast.cohort.id)
        factories.meeting(s, cohort, title="Listening", starts_at=NOON + DAY, ends_at=NOON + DAY + timedelta(hours=2))
        factories.enrolment(s, cohort, factories.person(s, "Mia Gone"), status="withdrawn")
        service.invite(s, email="new@b.example", role="student", cohort=cohort, invited_by="X", now=NOON)
    page = body(ruth.get(f"/cohorts/{cast.cohort.code}"))
    assert "2 of 15 seats are taken" in page
    assert "The next class is Listening, Tuesday 24 November, 12:00." in page
    for name in ("Ṣadé Whitfield", "Tomás Rivera-Lund", "Mia Gone", "Marcus Bell", "new@b.example"):
        assert name in page
    seen = body(marcus.get(f"/cohorts/{cast.cohort.code}"))
    assert "Ṣadé Whitfield" in seen
    assert "new@b.example" not in seen
    assert "Send the invitation" not in seen


def test_inviting(ruth: Browser, cast: Cast, database: Database) -> None:
    path = f"/cohorts/{cast.cohort.code}"
    for role in ("student", "facilitator", "coordinator"):
        assert ruth.post(path + "/invite", {"email": f"{role}@b.example", "role": role}).location == path
    with database.reader() as s:
        found = {row.role: (row.cohort_id, row.provider_id) for row in s.scalars(sa.select(Invitation))}
    here, there = cast.cohort.id, cast.provider.id
    assert found == {"student": (here, None), "facilitator": (here, None), "coordinator": (None, there)}
    assert link_in_letter(database).startswith("/invitations/")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"email": "new@"}, "like name@example.org"),
        ({"email": "{student}"}, "already has a seat"),
        ({"role": "king"}, "Not a valid choice"),
    ],
)
def test_inviting_badly(ruth: Browser, cast: Cast, database: Database, sent: dict[str, str], said: str) -> None:
    given = {
        k: v.format(student=cast.student.email) for k, v in ({"email": "a@b.example", "role": "student"} | sent).items()
    }
    answer = ruth.post(f"/cohorts/{cast.cohort.code}/invite", given)
    assert answer.status_code == 422
    assert said in body(answer)
    assert given["email"] in body(answer)
    assert count(database, Invitation) == 0


def test_ending_an_invitation(ruth: Browser, marcus: Browser, browser: Browser, cast: Cast, database: Database) -> None:
    ruth.post(f"/cohorts/{cast.cohort.code}/invite", {"email": "a@b.example", "role": "student"})
    link, row = link_in_letter(database), one(database, Invitation)
    path = f"/cohorts/invitations/{row.code}/end"
    assert marcus.post(path).status_code == 404
    assert ruth.post(path).location == f"/cohorts/{cast.cohort.code}"
    assert browser.get(link).status_code == 410
    for more in (f"/cohorts/providers/{cast.provider.code}", f"/cohorts/grants/{cast.grant.code}"):
        role = "funder" if "grants" in more else "coordinator"
        ruth.post(more + "/invite", {"email": "b@b.example", "role": role})
        code = one(database, Invitation, Invitation.role == role).code
        assert ruth.post(f"/cohorts/invitations/{code}/end").location == more


def test_ending_a_facilitator(ruth: Browser, marcus: Browser, cast: Cast, database: Database) -> None:
    path = f"/cohorts/{cast.cohort.code}/facilitators/{cast.facilitator.code}/end"
    assert marcus.post(path).status_code == 403
    assert ruth.post(path).status_code == 303
    assert marcus.get(f"/cohorts/{cast.cohort.code}").status_code == 404
    assert ruth.post(path).status_code == 404
    assert count(database, Appointment, Appointment.ended_at.is_not(None)) == 1


def test_ending_a_coordinator(ruth: Browser, marcus: Browser, browsers: Any, cast: Cast, database: Database) -> None:
    here = f"/cohorts/providers/{cast.provider.code}"
    assert "/coordinators/" not in ruth.get(here).text
    alone = ruth.post(f"{here}/coordinators/{cast.coordinator.code}/end")
    assert alone.status_code == 409
    assert "is the only coordinator of" in alone.text
    with unit_of_work(database) as s:
        second = factories.person(s, name="Hanne Birch")
        service.appoint(s, second, "coordinator", provider=s.merge(cast.provider), now=NOON)
    hanne, path = browsers(second), f"{here}/coordinators/{second.code}/end"
    assert f'action="{path}"' in ruth.get(here).text
    assert marcus.post(path).status_code == 404
    assert ruth.post(f"{here}/coordinators/NOBODY/end").status_code == 404
    assert ruth.post(path).location == here
    assert "Hanne Birch no longer coordinates this provider." in ruth.get(here).text
    assert hanne.get(here).status_code == 404
    assert ruth.post(path).location == here, "pressed twice is pressed once"
    assert count(database, Appointment, Appointment.ended_at.is_not(None)) == 1


def test_a_coordinator_may_end_their_own_office(ruth: Browser, cast: Cast, database: Database) -> None:
    with unit_of_work(database) as s:
        service.appoint(s, factories.person(s), "coordinator", provider=s.merge(cast.provider), now=NOON)
    here = f"/cohorts/providers/{cast.provider.code}"
    assert ruth.post(f"{here}/coordinators/{cast.coordinator.code}/end").location == "/"
    assert "You no longer coordinate" in ruth.get("/").text
    assert ruth.get(here).status_code == 404


CHANGE = {"name": "Autumn, later", "starts_on": "2026-10-12", "ends_on": "2027-01-31", "seats": "12"}


def test_changing_a_cohort(ruth: Browser, cast: Cast, database: Database) -> None:
    assert ruth.post(f"/cohorts/{cast.cohort.code}/change", CHANGE).status_code == 303
    made = one(database, Cohort, Cohort.id == cast.cohort.id)
    assert (made.name, made.starts_on, made.ends_on, made.seats) == (
        "Autumn, later",
        date(2026, 10, 12),
        date(2027, 1, 31),
        12,
    )


@pytest.mark.parametrize(
    ("sent", "said"), [({"seats": "1"}, "already have a seat"), ({"ends_on": "2026-02-30"}, "Write the date like")]
)
def test_changing_a_cohort_badly(ruth: Browser, cast: Cast, sent: dict[str, str], said: str) -> None:
    answer = ruth.post(f"/cohorts/{cast.cohort.code}/change", CHANGE | sent)
    assert answer.status_code == 422
    assert said in body(answer)
    assert "Autumn, later" in body(answer)


@pytest.fixture
def board_of(database: Database, cast: Cast) -> Any:
    def fill(people: int) -> str:
        with unit_of_work(database) as s:
            cohort = factories.cohort(
                s, s.get_one(Provider, cast.provider.id), s.get_one(Cohort, cast.cohort.id).release
            )
            for number in range(people):
                factories.enrolment(s, cohort, factories.person(s, f"Person {number:03d}"))
            for number in range(people // 3):
                starts = NOON + number * DAY
                factories.meeting(s, cohort, starts_at=starts, ends_at=starts + timedelta(hours=2))
                s.add(
                    Invitation(
                        code=f"I{people}{number}", token_hash=f"{people}.{number}", email=f"i{number}@b.example", role="student",
                        cohort_id=cohort.id, invited_by="X", created_at=NOON, expires_at=NOON + DAY,
                    )
                )  # fmt: skip
            return cohort.code

    return fill


def test_the_board_asks_as_much_for_300_people_as_for_15(ruth: Browser, board_of: Any, count_queries: Any) -> None:
    asked = []
    for people in (15, 300):
        code = board_of(people)
        ruth.get("/cohorts/" + code)
        with count_queries() as counted:
            assert "Person 014" in body(ruth.get("/cohorts/" + code))
        asked.append(len(counted))
    assert asked[0] == asked[1]
    assert asked[1] <= 8


@pytest.mark.parametrize("rule", PAGES)
def test_every_page_asks_few_questions(rule: str, ruth: Browser, cast: Cast, count_queries: Any) -> None:
    path = address(rule, cast)
    ruth.get(path)
    with count_queries() as counted:
        assert ruth.get(path).status_code == 200
    assert len(counted) <= 8, counted.statements


def test_the_people_page_asks_as_much_for_many(
    browsers: Any, cast: Cast, database: Database, board_of: Any, count_queries: Any
) -> None:
    marcus = browsers(cast.facilitator)
    code = board_of(60)
    with unit_of_work(database) as s:
        cohort = s.scalars(sa.select(Cohort).where(Cohort.code == code)).one()
        service.appoint(s, s.get_one(Person, cast.facilitator.id), "facilitator", cohort=cohort, now=NOON)
    with count_queries() as counted:
        page = body(marcus.get("/people"))
    assert "62 people learn with you" in page
    assert len(counted) <= 5


# Classes

MEETING = {"guide": "m1/meeting-1", "day": "2026-11-24", "time": "18:00", "modality": "", "place": "The barn"}


def test_a_class_in_the_calendar(marcus: Browser, cast: Cast, database: Database) -> None:
    assert marcus.post(f"/cohorts/{cast.cohort.code}/new-meeting", MEETING).location == f"/cohorts/{cast.cohort.code}"
    made = one(database, Meeting)
    assert made.starts_at == NOON + timedelta(hours=30)
    assert (made.modality, made.place, made.minutes) == ("in_person", "The barn", 120)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"day": "2028-01-01"}, "two weeks after"),
        ({"day": "2025-01-01"}, "two weeks before"),
        ({"day": "2026-13-01"}, "Write the date like"),
        ({"time": "six"}, "Write the time like 18:00."),
        ({"time": ""}, "Give the time."),
        ({"guide": "m9/meeting-1"}, "Not a valid choice"),
        ({"day": "2027-03-14", "time": "02:30"}, "clocks go forward"),
    ],
)
def test_a_class_that_does_not_fit(
    marcus: Browser, cast: Cast, database: Database, sent: dict[str, str], said: str
) -> None:
    answer = marcus.post(f"/cohorts/{cast.cohort.code}/new-meeting", MEETING | sent)
    assert answer.status_code == 422
    assert said in body(answer)
    assert "The barn" in body(answer)
    assert count(database, Meeting) == 0


@pytest.fixture
def tomorrow(database: Database, cast: Cast) -> Meeting:
    with unit_of_work(database) as s:
        cohort = s.get_one(Cohort, cast.cohort.id)
        return factories.meeting(
            s, cohort, title="Listening", starts_at=NOON + DAY, ends_at=NOON + DAY + timedelta(hours=2)
        )


def test_cancelling_tells_everybody(
    marcus: Browser, browsers: Any, cast: Cast, tomorrow: Meeting, database: Database
) -> None:
    path = f"/meetings/{tomorrow.code}/cancel"
    assert browsers(cast.student).post(path).status_code == 403
    assert browsers(cast.stranger).post(path).status_code == 404
    assert marcus.post(path).location == f"/cohorts/{cast.cohort.code}"
    assert count(database, Message, Message.kind == "meeting-cancelled") == 3
    assert marcus.post(path).status_code == 409
    assert count(database, Message, Message.kind == "meeting-cancelled") == 3


def test_the_calendar(browsers: Any, browser: Browser, cast: Cast, tomorrow: Meeting, count_queries: Any) -> None:
    for person in (cast.student, cast.facilitator, cast.coordinator):
        page = body(browsers(person).get("/calendar"))
        assert "Listening" in page
        assert "Tuesday 24 November, 12:00" in page
    assert "No class is planned" in body(browsers(cast.stranger).get("/calendar"))
    assert browsers(cast.funder).get("/calendar").status_code == 403
    student = browsers(cast.student)
    with count_queries() as counted:
        student.get("/calendar")
    assert len(counted) <= 4


def test_a_cancelled_class_stays_in_the_calendar_and_is_not_the_next(
    marcus: Browser, cast: Cast, tomorrow: Meeting
) -> None:
    marcus.post(f"/meetings/{tomorrow.code}/cancel")
    page = body(marcus.get("/calendar"))
    assert "Cancelled" in page
    assert "No class is planned" in page


# Another release


@pytest.fixture
def newer(database: Database, cast: Cast) -> str:
    with unit_of_work(database) as s:
        made = factories.release(s, factories.pieces(modules=2))
        made.compiled_at = NOON + DAY
        return made.digest


def test_the_page_says_what_changes_in_the_words_of_the_command(
    ruth: Browser, cast: Cast, newer: str, database: Database, app: Any
) -> None:
    shown = body(ruth.get(f"/cohorts/{cast.cohort.code}/release"))
    with unit_of_work(database, write=False) as s:
        old, new = s.get_one(Cohort, cast.cohort.id).release, curriculum.by_digest(s, newer)
        assert new is not None
        changes = curriculum.difference(s, old, new)
    assert changes
    for change in changes:
        assert f"{label(change.subject)}: {change.title}" in shown
        assert label(change.what) in shown
    with app.test_request_context():
        assert _words() == LABELS


def test_moving_to_the_newest_release(ruth: Browser, cast: Cast, newer: str, database: Database) -> None:
    path = f"/cohorts/{cast.cohort.code}/release"
    page = body(ruth.get(path))
    assert "Module 2" in page
    assert newer in page
    assert (
        ruth.post(path, {"release": newer, "reason": "A module was added."}).location == f"/cohorts/{cast.cohort.code}"
    )
    assert one(database, Cohort, Cohort.id == cast.cohort.id).release_id != cast.cohort.release_id
    assert "learns from the newest version" in body(ruth.get(path))


def test_moving_needs_a_reason_and_what_was_seen(ruth: Browser, cast: Cast, newer: str, database: Database) -> None:
    path = f"/cohorts/{cast.cohort.code}/release"
    answer = ruth.post(path, {"release": newer, "reason": " "})
    assert answer.status_code == 422
    assert "Write a short reason." in body(answer)
    assert ruth.post(path, {"release": "elsewhere", "reason": "What I typed"}).status_code == 409
    assert one(database, Cohort, Cohort.id == cast.cohort.id).release_id == cast.cohort.release_id


def test_a_cohort_cannot_move_where_its_pathway_is_not(
    ruth: Browser, cast: Cast, newer: str, database: Database
) -> None:
    with unit_of_work(database) as s:
        s.execute(sa.update(Cohort).values(pathway="elsewhere"))
    assert "cannot move" in body(ruth.get(f"/cohorts/{cast.cohort.code}/release"))


def test_nothing_newer(ruth: Browser, cast: Cast) -> None:
    assert "learns from the newest version" in body(ruth.get(f"/cohorts/{cast.cohort.code}/release"))


# A person's place

TERMS = {"factor_percent": "150", "extra_minutes": "5", "break_minutes": "0", "reason": "Reads slowly after an injury"}


def test_an_arrangement(ruth: Browser, marcus: Browser, cast: Cast, database: Database) -> None:
    path = f"/cohorts/people/{cast.seat.code}"
    assert ruth.post(path + "/accommodation", TERMS).location == path
    row = one(database, Accommodation)
    assert (row.factor_percent, row.extra_minutes, row.untimed) == (150, 5, False)
    assert "after an injury" in body(ruth.get(path))
    page = body(marcus.get(path))
    assert "injury" not in page
    assert "150" not in page
    assert cast.student.email not in page


def test_reading_a_reason_is_logged_for_its_person(
    ruth: Browser, marcus: Browser, cast: Cast, database: Database
) -> None:
    path = f"/cohorts/people/{cast.seat.code}"
    ruth.get(path)
    marcus.get(path)
    assert count(database, Reading) == 0
    ruth.post(path + "/accommodation", TERMS)
    ruth.get(path)
    marcus.get(path)
    row = one(database, Reading)
    assert (row.reader, row.author, row.subject) == (cast.coordinator.code, cast.student.code, cast.seat.code)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"factor_percent": "50"}, "from 100 to 400"),
        ({"extra_minutes": "9999"}, "from 0 to 600"),
        ({"factor_percent": "double"}, "Write a whole number, in digits."),
        ({"extra_minutes": ""}, "0 is none"),
        ({"break_minutes": "999"}, "from 0 to 240"),
        ({"factor_percent": "9" * 400}, "Write a whole number, in digits."),
    ],
)
def test_an_arrangement_that_does_not_fit(
    ruth: Browser, cast: Cast, database: Database, sent: dict[str, str], said: str
) -> None:
    answer = ruth.post(f"/cohorts/people/{cast.seat.code}/accommodation", TERMS | sent)
    assert answer.status_code == 422
    assert said in body(answer)
    assert "Reads slowly after an injury" in body(answer)
    assert count(database, Accommodation) == 0


def test_leaving_and_coming_back(ruth: Browser, browsers: Any, cast: Cast, database: Database) -> None:
    path = f"/cohorts/people/{cast.seat.code}"
    empty = ruth.post(path + "/withdraw", {"left_reason": ""})
    assert empty.status_code == 422
    assert "Write a short reason." in body(empty)
    assert ruth.post(path + "/withdraw", {"left_reason": "A death in the family"}).status_code == 303
    assert "A death in the family" in body(ruth.get(path))
    assert browsers(cast.student).get("/calendar").status_code == 403
    assert ruth.post(path + "/withdraw", {"left_reason": "Again"}).status_code == 409
    assert ruth.post(path + "/come-back").status_code == 303
    assert browsers(cast.student).get("/calendar").status_code == 200


def test_finishing(ruth: Browser, browsers: Any, cast: Cast, database: Database) -> None:
    path = f"/cohorts/people/{cast.seat.code}"
    assert ruth.post(path + "/finish").location == path
    assert one(database, Enrolment, Enrolment.id == cast.seat.id).status == "finished"
    assert browsers(cast.student).get("/calendar").status_code == 200
    assert ruth.post(path + "/finish").status_code == 409


def test_paying_one_seat(ruth: Browser, cast: Cast, database: Database) -> None:
    path = f"/cohorts/people/{cast.classmate_seat.code}"
    assert ruth.post(path + "/grant", {"pick": cast.grant.code}).location == path
    assert count(database, FundedSeat) == 2
    assert ruth.post(path + "/grant", {"pick": "NOSUCH"}).status_code == 409
    with unit_of_work(database) as s:
        elsewhere = factories.grant(s, factories.provider(s, "Elsewhere"))
    assert ruth.post(path + "/grant", {"pick": elsewhere.code}).status_code == 422
    assert count(database, FundedSeat) == 2


# Grants

GRANT = {
    "name": "Grant 7", "funder": "Fund", "starts_on": "2026-01-01", "ends_on": "2027-12-31", "data_agreement": "DA-7",
}  # fmt: skip


def test_a_new_grant(ruth: Browser, cast: Cast, database: Database) -> None:
    answer = ruth.post(f"/cohorts/providers/{cast.provider.code}/new-grant", GRANT)
    made = one(database, Grant, Grant.name == "Grant 7")
    assert answer.location == f"/cohorts/grants/{made.code}"
    assert made.data_agreement == "DA-7"


@pytest.mark.parametrize("sent", [{"ends_on": "2025-01-01"}, {"name": ""}, {"starts_on": "now"}])
def test_a_grant_that_does_not_fit(ruth: Browser, cast: Cast, database: Database, sent: dict[str, str]) -> None:
    for path in (f"/cohorts/providers/{cast.provider.code}/new-grant", f"/cohorts/grants/{cast.grant.code}"):
        answer = ruth.post(path, GRANT | sent)
        assert answer.status_code == 422
        assert "DA-7" in body(answer)
    assert count(database, Grant) == 1


def test_changing_a_grant(ruth: Browser, cast: Cast, database: Database) -> None:
    assert ruth.post(f"/cohorts/grants/{cast.grant.code}", GRANT).status_code == 303
    assert one(database, Grant).name == "Grant 7"


def test_paying_a_whole_cohort(ruth: Browser, cast: Cast, database: Database) -> None:
    path = f"/cohorts/grants/{cast.grant.code}"
    assert ruth.post(path + "/seats", {"pick": cast.cohort.code}).location == path
    assert count(database, FundedSeat) == 2
    assert "This grant pays 2 seats" in body(ruth.get(path))
    assert ruth.post(path + "/seats", {"pick": "NOSUCH"}).status_code == 422


def test_a_cohort_outside_a_grants_dates_is_not_paid(ruth: Browser, cast: Cast, database: Database) -> None:
    with unit_of_work(database) as s:
        late = factories.cohort(
            s, s.get_one(Provider, cast.provider.id), s.get_one(Cohort, cast.cohort.id).release,
            starts_on=date(2030, 1, 1), ends_on=date(2030, 3, 1),
        )  # fmt: skip
        factories.enrolment(s, late)
    answer = ruth.post(f"/cohorts/grants/{cast.grant.code}/seats", {"pick": late.code})
    assert answer.status_code == 422
    assert "dates do not meet" in body(answer)


def test_a_funder_is_invited_to_one_grant(ruth: Browser, browser: Browser, cast: Cast, database: Database) -> None:
    path = f"/cohorts/grants/{cast.grant.code}"
    assert ruth.post(path + "/invite", {"email": "fund@b.example", "role": "funder"}).status_code == 303
    assert ruth.post(path + "/invite", {"email": "fund@", "role": "funder"}).status_code == 422
    assert "fund@b.example" in body(ruth.get(path))
    browser.post(link_in_letter(database), {"name": "Alma", "password": "a quiet creek in May"})
    person = one(database, Person, Person.email == "fund@b.example")
    assert one(database, Appointment, Appointment.person_id == person.id).grant_id == cast.grant.id


# Invitations


@pytest.fixture
def link(database: Database, cast: Cast) -> str:
    with unit_of_work(database) as s:
        cohort = s.get_one(Cohort, cast.cohort.id)
        by = s.get_one(Person, cast.coordinator.id)
        return (
            "/invitations/"
            + service.invite(s, email="new@b.example", role="student", cohort=cohort, invited_by=by, now=NOON)[1]
        )


JOIN = {"name": "Noor Haddad", "password": "a quiet creek in May"}


def test_somebody_new_joins_and_is_signed_in(browser: Browser, link: str, database: Database, cast: Cast) -> None:
    page = body(browser.get(link))
    assert "You are invited to learn in the cohort Autumn 2026 at Quiet Creek Training" in page
    assert "Ruth Okafor invites you." in page
    assert browser.post(link, JOIN).location == "/"
    assert browser.get("/calendar").status_code == 200
    person = one(database, Person, Person.email == "new@b.example")
    assert one(database, Enrolment, Enrolment.person_id == person.id).cohort_id == cast.cohort.id
    again = browser.post(link, JOIN)
    assert again.status_code == 410
    assert "used before" in body(again)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": " "}, "Write the name you go by."),
        ({"password": "short"}, "at least 10"),
        ({"password": "NEW@b.example"}, "too easy to guess"),
        ({"password": ""}, "Choose a password."),
    ],
)
def test_joining_badly(browser: Browser, link: str, database: Database, sent: dict[str, str], said: str) -> None:
    answer = browser.post(link, JOIN | sent)
    assert answer.status_code == 422
    assert said in body(answer)
    assert count(database, Person, Person.email == "new@b.example") == 0
    assert browser.post(link, JOIN).status_code == 303


def test_somebody_signed_in_just_accepts(browsers: Any, link: str, database: Database, cast: Cast) -> None:
    browser = browsers(cast.stranger)
    assert f"Accept as {cast.stranger.name}" in body(browser.get(link))
    assert browser.post(link).location == "/"
    assert count(database, Enrolment, Enrolment.person_id == cast.stranger.id) == 2


def test_somebody_registered_signs_in_first(browser: Browser, link: str, database: Database, cast: Cast) -> None:
    with unit_of_work(database) as s:
        accounts.register(s, email="new@b.example", name="N", password="a quiet creek in May", now=NOON)
    assert f"/sign-in?next={link}" in body(browser.get(link))
    assert browser.post(link, JOIN).location == link
    assert count(database, Enrolment, Enrolment.cohort_id == cast.cohort.id) == 2
    sent = {"email": "new@b.example", "password": "a quiet creek in May", "next": link}
    assert browser.post("/sign-in", sent).location == link
    assert browser.post(link).location == "/"
    assert count(database, Enrolment, Enrolment.cohort_id == cast.cohort.id) == 3


def test_a_link_that_has_ended(browser: Browser, link: str, clock: FixedClock) -> None:
    clock.advance(15 * DAY)
    for answer in (browser.get(link), browser.post(link, JOIN)):
        assert answer.status_code == 410
        assert "Ask the person who invited you" in body(answer)


def test_a_link_nobody_knows(browser: Browser, ruth: Browser) -> None:
    for who in (browser, ruth):
        assert who.get("/invitations/nothing").status_code == 404
        assert who.post("/invitations/nothing", JOIN).status_code == 404
        assert "not a link we know" in body(who.get("/invitations/nothing"))


def test_a_cohort_that_filled_up_meanwhile(browser: Browser, link: str, database: Database, cast: Cast) -> None:
    with unit_of_work(database) as s:
        s.execute(sa.update(Cohort).where(Cohort.id == cast.cohort.id).values(seats=2))
    answer = browser.post(link, JOIN)
    assert answer.status_code == 409
    assert "Every seat of this cohort is taken." in body(answer)
    assert count(database, Person, Person.email == "new@b.example") == 0
    assert one(database, Invitation).accepted_at is None


def test_a_student_of_the_cohort_gets_a_sentence(browsers: Any, link: str, cast: Cast, database: Database) -> None:
    answer = browsers(cast.student).post(link)
    assert answer.status_code == 409
    assert one(database, Invitation).accepted_at is None


# Menus


def test_menus(browsers: Any, cast: Cast, ruth: Browser, marcus: Browser) -> None:
    assert 'href="/cohorts"' in body(ruth.get("/calendar"))
    page = body(marcus.get("/calendar"))
    assert 'href="/people"' in page
    assert 'href="/cohorts"' not in page
    assert 'aria-current="page">Calendar' in page
    assert 'href="/people"' not in body(browsers(cast.student).get("/calendar"))


# The dossier of a pathway


def test_a_dossier_adds_up_on_the_page_and_prints_whole(ruth: Browser) -> None:
    page = body(ruth.get("/cohorts/dossiers/starter"))
    assert "Course dossier: Starter" in page
    assert "None is recorded. Nothing here says that a state or board has accepted this course." in page
    for heading in (
        "Hours by kind",
        "Daily agenda",
        "Hours by competency",
        "The exam",
        "What is not confirmed",
        "Sources",
    ):
        assert f">{heading}</h2>" in page
    assert 'style="' not in page


def test_a_dossier_comes_as_a_file(ruth: Browser, cast: Cast) -> None:
    answer = ruth.get("/cohorts/dossiers/starter.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert f"dossier-starter-{cast.cohort.release.digest[:12]}.pdf" in answer.headers["Content-Disposition"]
    assert answer.get_data().startswith(b"%PDF")


def test_a_cohort_links_to_the_dossier_of_its_own_version(ruth: Browser, cast: Cast, newer: str) -> None:
    own = cast.cohort.release.digest
    board = body(ruth.get(f"/cohorts/{cast.cohort.code}"))
    assert f"/cohorts/dossiers/starter?version={own}" in board
    assert own[:12] in body(ruth.get(f"/cohorts/dossiers/starter?version={own}"))
    assert newer[:12] in body(ruth.get("/cohorts/dossiers/starter"))


def test_the_form_for_a_cohort_links_to_what_each_pathway_holds(ruth: Browser, cast: Cast) -> None:
    page = body(ruth.get(f"/cohorts/providers/{cast.provider.code}/new-cohort"))
    assert 'href="/cohorts/dossiers/starter"' in page


@pytest.mark.parametrize(
    "path", ["/cohorts/dossiers/nowhere", "/cohorts/dossiers/nowhere.pdf", "/cohorts/dossiers/starter?version=zz"]
)
def test_a_dossier_that_is_not_there(ruth: Browser, path: str) -> None:
    assert ruth.get(path).status_code == 404


def test_only_coordinators_read_dossiers(browsers: Any, browser: Browser, cast: Cast) -> None:
    for path in ("/cohorts/dossiers/starter", "/cohorts/dossiers/starter.pdf"):
        for person in (cast.student, cast.facilitator, cast.funder):
            assert browsers(person).get(path).status_code == 403
        assert browser.get(path).location.startswith("/sign-in?next=")


def test_a_letter_our_paper_lacks_is_named(ruth: Browser, database: Database) -> None:
    made = factories.pieces(title="Starter 한")
    with unit_of_work(database) as s:
        factories.release(s, made).compiled_at = NOON + DAY
    answer = ruth.get("/cohorts/dossiers/starter.pdf")
    assert answer.status_code == 422
    assert "Our paper has no letter for 한." in body(answer)
