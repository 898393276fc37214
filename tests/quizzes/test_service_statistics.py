"""Attempts of one's own cohorts, pooled, in a constant number of queries; and the two pages that show them."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment
from lms.core.db import Database
from lms.quizzes import rules, service
from lms.quizzes.models import Attempt
from lms.quizzes.rules import Given, right_choice
from tests import factories
from tests.factories import NOON, Cast
from tests.quizzes.conftest import permit


def sit(s: Session, seat: Enrolment, quiz: str = "quiz-m1", *, right: bool = True, send: bool = True) -> None:
    attempt = service.start_attempt(s, permit(s, seat, quiz), now=NOON)
    for question in service.paper_of(attempt).questions:
        key = right_choice(question)
        options = enumerate(question.item.options)
        # The same wrong words each time, wherever they stand: the order of options is left to chance.
        wrong = min((option.text, at) for at, option in options if at not in key)[1]
        chosen = key if right else (wrong,)
        at = NOON + timedelta(seconds=30 * question.position)
        service.save_answers(s, attempt, [Given(question.position, chosen, False, 1)], now=at)
    if send:
        service.submit(s, attempt, now=NOON + timedelta(minutes=9))


@pytest.fixture
def house(s: Session) -> Cast:
    return factories.cast(s)


def test_only_sent_attempts_of_one_s_own_cohorts_are_pooled(s: Session, house: Cast) -> None:
    sit(s, house.seat)
    sit(s, house.classmate_seat, send=False)
    sit(s, house.stranger_seat)
    for person in (house.facilitator, house.coordinator):
        actor = cohorts.actor_for(s, person, now=NOON)
        [line] = service.sat_quizzes(s, actor)
        assert (line.quiz, line.kind, line.attempts) == ("quiz-m1", "module", 1)
        [sat] = service.sat_attempts(s, actor, "quiz-m1")
        assert set(sat.seconds.values()) == {30}
        assert len(sat.responses) == len(sat.paper.questions)
    assert service.sat_attempts(s, cohorts.actor_for(s, house.student, now=NOON), "quiz-m1") == []


def test_the_same_words_are_pooled_over_cohorts_and_releases(s: Session, house: Cast) -> None:
    spring = factories.cohort(s, house.provider, house.cohort.release, name="Spring")
    sit(s, house.seat, "check-m1-l1")
    sit(s, factories.enrolment(s, spring), "check-m1-l1", right=False)
    # The second was sat under a later release: the same four questions, and one of them mended.
    later = s.scalars(sa.select(Attempt).order_by(Attempt.id.desc())).first()
    assert later is not None
    first, *others = later.paper["questions"]
    mended = first | {"item": first["item"] | {"stem": "Mended"}}
    later.release, later.paper = "b" * 64, later.paper | {"questions": [mended, *others]}
    s.flush()
    figures = rules.figures(service.sat_attempts(s, cohorts.actor_for(s, house.coordinator, now=NOON), "check-m1-l1"))
    assert sorted(one.shown for one in figures) == [1, 1, 2, 2, 2]
    assert {one.shown for one in figures if one.item == first["item"]["id"]} == {1}


def test_the_cost_does_not_grow_with_the_attempts(s: Session, house: Cast, count_queries: Any) -> None:
    actor = cohorts.actor_for(s, house.coordinator, now=NOON)
    costs = []
    for _round in range(2):
        for _one in range(4):
            sit(s, factories.enrolment(s, house.cohort))
        s.expire_all()
        with count_queries() as counted:
            service.sat_attempts(s, actor, "quiz-m1")
        costs.append(len(counted))
    assert costs[0] == costs[1] <= 4


def test_staff_see_the_questions_and_others_do_not(database: Database, browsers: Any, cast: Cast) -> None:
    with database.writer() as s:
        sit(s, s.get_one(Enrolment, cast.seat.id))
        s.commit()
    facilitator = browsers(cast.facilitator)
    assert "1 attempt was sent" in facilitator.get("/items/quiz-m1").text
    listed = facilitator.get("/items").text
    assert 'href="/items/quiz-m1"' in listed
    page = facilitator.get("/items/quiz-m1").text
    assert "Too few answers to judge" in page
    assert cast.student.name not in page
    assert facilitator.get("/items/unheard-of").status_code == 404
    assert "No quiz was sent yet" in browsers(cast.other_facilitator).get("/items").text
    assert browsers(cast.other_facilitator).get("/items/quiz-m1").status_code == 404
    assert browsers(cast.student).get("/items").status_code == 403
    assert browsers(cast.student).get("/items/quiz-m1").status_code == 403


def test_with_enough_answers_a_question_is_judged_on_the_page(database: Database, browsers: Any, cast: Cast) -> None:
    with database.writer() as s:
        cohort = s.get_one(Enrolment, cast.seat.id).cohort
        cohort.seats = 40
        for number in range(30):
            sit(s, factories.enrolment(s, cohort), "check-m1-l1", right=number % 3 > 0)
        s.commit()
    page = browsers(cast.coordinator).get("/items/check-m1-l1").text
    assert "66 %" in page
    assert ">100<" in page
    assert "A wrong option tempts nobody." in page
