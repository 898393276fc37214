"""A student on a small release, and a short way to pass a quiz."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

import lms.extension  # noqa: F401 - every room's tables are known before the database is made
from lms.cohorts.models import Enrolment
from lms.core.ids import new_code
from lms.curriculum import service as curriculum
from lms.quizzes.models import Attempt
from tests import factories
from tests.factories import NOON


@pytest.fixture(autouse=True)
def _fresh_memory() -> None:
    """Releases of other tests share ids, never hashes; queries are counted from an empty memory all the same."""
    curriculum.forget()


@pytest.fixture
def seat(s: Session) -> Enrolment:
    """A student's seat in a running cohort on a release of one module with two lessons of three parts, 20 minutes each."""
    return factories.enrolment(s, factories.cohort(s))


@pytest.fixture
def sat(s: Session) -> Callable[..., Attempt]:
    """Call it with a seat and a quiz for a closed attempt."""
    return lambda *given, **more: attempt(s, *given, **more)


def attempt(
    s: Session, seat: Enrolment, quiz: str, *, passed: bool = True, at: datetime = NOON, number: int = 1, **more: Any
) -> Attempt:
    """A closed attempt with no questions on its paper."""
    given = dict(
        code=new_code(), enrolment_id=seat.id, quiz=quiz, title=quiz, kind="lesson", number=number, release="r", seed=1,
        paper={"questions": []}, pass_percent=75, review="feedback", started_at=at, state="submitted", closed_at=at,
        points=400 if passed else 100, out_of=400, passed=passed,
    )  # fmt: skip
    made = Attempt(**(given | more))
    s.add(made)
    s.flush()
    return made
