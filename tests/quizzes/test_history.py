"""An attempt told again from what arrived: the same answers stand, whatever came in whatever order."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.core.db import Database
from lms.quizzes import rules, service
from lms.quizzes.models import AnswerEvent, Response
from lms.quizzes.rules import Given
from tests import factories
from tests.conftest import Browser
from tests.factories import NOON, Cast
from tests.quizzes.conftest import permit
from tests.quizzes.test_views import Sitting

SECOND = timedelta(seconds=1)
ANSWERS = st.builds(
    Given, st.integers(0, 5), st.lists(st.integers(-1, 4), max_size=2).map(tuple), st.booleans(), st.integers(0, 9)
)
STEPS = st.lists(
    st.tuples(
        st.integers(0, 700),  # seconds that pass
        st.sampled_from(["save", "save", "save", "submit", "tick", "extend", "reopen"]),
        st.lists(ANSWERS, max_size=4),
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_arrived_tells_the_answers_that_stand(database: Database, steps: Any) -> None:
    with database.writer() as s:
        attempt = service.start_attempt(s, permit(s, factories.enrolment(s, factories.cohort(s))), now=NOON)
        now = NOON
        for passed, what, answers in steps:
            now += passed * SECOND
            if what == "save":
                service.save_answers(s, attempt, answers, now=now)
            elif what == "submit":
                service.submit(s, attempt, now=now)
            elif what == "tick":
                service.close_expired(s, now)
            elif what == "extend":
                service.extend(s, attempt, minutes=5, base="now", by="M", now=now)
            elif attempt.state in ("expired", "abandoned") and service.may_reopen(attempt):
                service.reopen(s, attempt, minutes=5, reason="Why.", by="M", now=now)
            s.expire_all()
            rows = s.scalars(sa.select(Response).where(Response.attempt_id == attempt.id))
            told = {row.position: service.held_in(row) for row in rows}
            assert rules.replay(service.arrived_for(s, attempt)) == told
        s.rollback()


def test_the_page_tells_steps_and_saves_and_no_answer(database: Database, browsers: Any, cast: Cast) -> None:
    sitting = Sitting(database, browsers(cast.student), cast.seat, "quiz-m1")
    sitting.save((1, sitting.right[1]), (2, 0))
    sitting.save((1, 0), sequence=1)
    sitting.browser.post(sitting.page + "/submit", {"anyway": "1"})
    marcus: Browser = browsers(cast.facilitator)
    assert "See what happened to this attempt" in marcus.get(sitting.page + "/result").text
    page = marcus.get(sitting.page + "/history").text
    assert "the same answers stand" in page
    assert page.index("Begun") < page.rindex("Sent<")
    assert cast.student.name in page
    assert "From an older page" in page or sitting.right[1] == 0
    assert "way</" not in page
    assert "Question 1?" not in page
    with database.writer() as s:
        s.execute(sa.update(AnswerEvent).values(choice=[3]))
        s.commit()
    assert "Somebody should look at the database" in marcus.get(sitting.page + "/history").text
