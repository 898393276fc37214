"""A quiz on paper: drawn as an attempt is drawn, by a seed that stands on every sheet."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.cohorts.models import Cohort
from lms.core import ids
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Quiz
from lms.quizzes import rules
from lms.quizzes.rules import Paper


@dataclass(frozen=True, slots=True)
class Printed:
    """One quiz of a cohort's release."""

    cohort: Cohort
    quiz: Quiz


def printed_quiz(s: Session, cohort: Cohort, quiz: str) -> Printed | None:
    """Find a quiz in the release a cohort is pinned to."""
    found = curriculum.quiz(s, cohort.release, quiz)
    return Printed(cohort, found) if found else None


def printed_paper(s: Session, printed: Printed, seed: int) -> Paper:
    """Draw the paper that `seed` decides; the same release, quiz and seed give the same sheets for ever."""
    release, quiz = printed.cohort.release, printed.quiz
    names = sorted({name for draw in quiz.draws for name in draw.banks})
    banks = {name: found for name in names if (found := curriculum.bank(s, release, name))}
    return rules.draw(quiz, banks, seed, ids.shuffled)


def proposed_seed() -> int:
    """Return a seed nobody has used, for a coordinator who has none of their own in mind."""
    return ids.new_seed()
