"""A student with a seat, and permits for the small release's quizzes."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

import lms.extension  # noqa: F401 - every room's tables are known before the database is made
from lms.cohorts.models import Enrolment
from lms.curriculum import service as curriculum
from lms.quizzes.rules import Permit, TimeTerms
from tests import factories

MakePermit = Callable[..., Permit]


def permit(
    s: Session, seat: Enrolment, quiz: str = "quiz-m1", number: int = 1, terms: TimeTerms | None = None
) -> Permit:
    """Leave to start a quiz of the seat's release, as the student's path would give it."""
    release = seat.cohort.release
    wanted = curriculum.quiz(s, release, quiz)
    assert wanted is not None
    banks = {name: bank for draw in wanted.draws for name in draw.banks if (bank := curriculum.bank(s, release, name))}
    return Permit(seat.id, wanted, banks, release.digest, number, terms or TimeTerms())


@pytest.fixture
def seat(s: Session) -> Enrolment:
    """A seat in a running cohort."""
    return factories.enrolment(s, factories.cohort(s))


@pytest.fixture
def make_permit(s: Session, seat: Enrolment) -> MakePermit:
    """Call it with a quiz's id for leave to start it."""
    return lambda quiz="quiz-m1", **more: permit(s, more.pop("seat", seat), quiz, **more)
