"""Rounds: which answer counts, in the words of the rubric that was sent."""

from datetime import timedelta

from lms.narratives.models import Review, Submission
from lms.narratives.service.rounds import Round, grouped
from tests.factories import NOON


def review(id_: int, outcome: str, hours: int = 0) -> Review:
    return Review(id=id_, outcome=outcome, saved_at=NOON, released_at=NOON + timedelta(hours=hours))


def test_rows_become_rounds_in_their_order() -> None:
    first, second = Submission(id=1, round=1), Submission(id=2, round=2)
    one, other = review(1, "returned"), review(2, "draft")
    rounds = grouped([(first, one), (first, other), (second, None), (None, None)])
    assert [(r.submission, r.reviews) for r in rounds] == [(first, [one, other]), (second, [])]


def test_the_answer_released_last_stands_last_and_drafts_do_not_count() -> None:
    early, late = review(9, "returned", hours=1), review(3, "accepted", hours=2)
    one = Round(Submission(id=1), [late, review(4, "draft"), review(5, "recused"), early])
    assert one.released == [early, late]
