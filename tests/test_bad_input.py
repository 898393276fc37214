"""Every form of the product is sent what no form would send, by everybody: a clear answer, never a fault of ours."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import lms
from lms.core.db import Database, unit_of_work
from lms.extension import ROOMS
from lms.hours import service as hours
from lms.learning import service as learning
from lms.narratives import service as narratives
from lms.quizzes import service as quizzes
from lms.quizzes.rules import Permit
from lms.records import service as records
from lms.web.forms import Form
from tests import factories
from tests.factories import NOON, Cast

FORMS = sorted((room.name, name) for room in ROOMS for name, door in room.doors.items() if door.method == "POST")
PEOPLE = ("student", "facilitator", "coordinator", "funder", "stranger", None)
# More than a form holds: names that pages, scripts and rules make up for themselves.
MADE_UP = (
    "q1",
    "q2",
    "seq1",
    "sequence",
    "client",
    "version",
    "round",
    "past",
    "shown",
    "words",
    "mark",
    "next",
    "outcome",
    "go",
)
BAD = {
    "nothing": "",
    "no such day": "2026-13-45",
    "the year zero": "0000-00-00",
    "too large": "9" * 400,
    "below zero": "-1",
    "not a number": "NaN",
    "a NUL": "before\x00after",
    "letters of all kinds": "Ṣ\u202e😀'\"<script>;--%s{{7*7}}",
}


def _fields() -> Iterator[str]:
    for found in pkgutil.walk_packages(lms.__path__, "lms."):
        if found.name.endswith(".forms"):
            module = importlib.import_module(found.name)
            for _name, kind in inspect.getmembers(module, inspect.isclass):
                if issubclass(kind, Form):
                    yield from (field for field in dir(kind) if type(getattr(kind, field)).__name__ == "UnboundField")


FIELDS = sorted({*_fields(), *MADE_UP})


@pytest.fixture
def codes(cast: Cast, database: Database) -> dict[str, dict[str, Any]]:
    """What stands in an address, by endpoint or else by name: one real thing of each kind, all of the student's."""
    with unit_of_work(database) as s:
        seat = s.get_one(factories.Enrolment, cast.seat.id)
        permit = learning.permit_for(s, seat, "check-m1-l1", now=NOON)
        assert isinstance(permit, Permit)
        attempt = quizzes.start_attempt(s, permit, now=NOON)
        draft = narratives.draft_for(s, seat, "m1/story", now=NOON)
        narratives.save_draft(s, draft, "What helped.", version=draft.version, now=NOON)
        sent = narratives.send(s, draft, now=NOON)
        claim = hours.claim_practice(
            s, seat, on=NOON.date(), minutes=30, competency="ethics", supervisor="M", what="Listened.", now=NOON
        )
        handed = hours.hand_in(s, seat, "m1/homework-1", "One page.", now=NOON)
        kept = records.keep(s, cast.student.code, "/hours", "Signed out.", {"a": ["b"]}, now=NOON)
        meeting = factories.meeting(s, seat.cohort)
        by_name: dict[str, dict[str, Any]] = {
            "": {
                "module": "m1",
                "name": "story",
                "lesson": "m1-l1",
                "part": 1,
                "quiz": "check-m1-l1",
                "token": "forged",
                "number": 1,
                "position": 1,
            },
            "lms_quizzes": {"code": attempt.code},
            "lms_quizzes.set_arrangement": {"code": cast.seat.code},
            "lms_quizzes.set_opening": {"code": cast.cohort.code, "quiz": "quiz-m1"},
            "lms_quizzes.later": {"code": cast.cohort.code, "quiz": "quiz-m1"},
            "lms_narratives": {"code": sent.code},
            "lms_hours.answer_homework": {"code": handed.code},
            "lms_hours.answer_practice": {"code": claim.code},
            "lms_hours.take_attendance": {"code": meeting.code},
            "lms_hours.send_homework": {"name": "homework-1"},
            "lms_cohorts.cancel": {"code": meeting.code},
            "lms_certificates": {"code": cast.seat.code},
            "lms_home.put_away": {"code": kept.code},
        }
    people = ("come_back", "finish", "pay", "withdraw")
    grants, providers = (
        ("change_grant", "invite_funder", "fund_cohort"),
        ("change_provider", "invite_coordinator", "make_cohort", "make_grant"),
    )
    by_name |= {f"lms_cohorts.{one}": {"code": cast.seat.code} for one in people}
    by_name |= {f"lms_cohorts.{one}": {"code": cast.grant.code} for one in grants}
    by_name |= {f"lms_cohorts.{one}": {"code": cast.provider.code} for one in providers}
    by_name["lms_cohorts"] = {"code": cast.cohort.code, "person": cast.facilitator.code}
    return by_name


def address(app: Any, room: str, name: str, codes: dict[str, dict[str, Any]], forged: bool) -> str:
    known = {"code": "FORGED"} | codes[""] | codes.get(room, {}) | codes.get(f"{room}.{name}", {})
    rule = next(r for r in app.url_map.iter_rules() if r.endpoint == f"{room}.{name}")
    values = {key: known.get(key, "forged") for key in rule.arguments}
    if forged:
        values = {key: value if isinstance(value, int) else "N0SUCHTH1NG" for key, value in values.items()}
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(f"{room}.{name}", values)
    return str(built)


@pytest.mark.parametrize(("room", "name"), FORMS, ids=lambda part: str(part))
def test_no_form_breaks_whatever_is_sent_by_whomever(
    app: Any, cast: Cast, codes: dict[str, dict[str, Any]], browsers: Any, browser: Any, room: str, name: str
) -> None:
    broken = []
    for forged in (True, False):
        where = address(app, room, name, codes, forged)
        for who in PEOPLE:
            visitor = browsers(getattr(cast, who)) if who else browser
            for kind, value in BAD.items():
                answer = visitor.post(where, dict.fromkeys(FIELDS, value) if kind != "nothing" else {})
                if answer.status_code >= 500:
                    broken.append((who, kind, forged, answer.status_code))
    assert broken == []


@pytest.mark.parametrize(("room", "name"), FORMS, ids=lambda part: str(part))
def test_a_megabyte_in_one_field_is_answered(
    app: Any, cast: Cast, codes: dict[str, dict[str, Any]], browsers: Any, room: str, name: str
) -> None:
    where, big = address(app, room, name, codes, False), "x" * 1_000_000
    for who, field in (("student", "text"), ("facilitator", "feedback"), ("coordinator", "reason")):
        answer = browsers(getattr(cast, who)).post(where, {**dict.fromkeys(FIELDS, "1"), field: big})
        assert answer.status_code < 500, (who, field)
