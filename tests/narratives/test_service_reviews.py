"""Reviews: sequence against two tabs, complete before release, released once, corrected by a new one."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.db import keys_of
from lms.core.errors import Conflict, Invalid
from lms.narratives import service
from lms.narratives.models import Review
from lms.records.models import Audit, Message
from tests import factories
from tests.factories import NOON, Cast
from tests.narratives.acting import GOOD, TEXT, answered, begun, facilitator_of, sent

HOUR = timedelta(hours=1)
POOR = {"moment": 1, "help": 1, "limits": 0}
FULL = service.Grades(GOOD, {}, "Thank you.")


@pytest.fixture
def cast(s: Session) -> Cast:
    return factories.cast(s)


def reviewed(s: Session, cast: Cast) -> Review:
    return begun(s, sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id))


def test_a_review_is_saved_and_opened_again(s: Session, cast: Cast) -> None:
    review = reviewed(s, cast)
    grades = service.Grades({"moment": 3, "limits": 0, "else": 2}, {"limits": "None named.", "else": "?"}, "Thank you.")
    saved = service.save_review(s, review, grades, sequence=0, now=NOON)
    kept = service.Grades({"moment": 3, "limits": 0}, {"limits": "None named."}, "Thank you.")
    assert (saved.state, saved.sequence, saved.standing) == ("saved", 1, kept)
    assert service.grades_of(s, review) == kept


def test_an_older_tab_is_refused(s: Session, cast: Cast) -> None:
    review = reviewed(s, cast)
    service.save_review(s, review, FULL, sequence=0, now=NOON)
    saved = service.save_review(s, review, service.Grades({}, {}, "Other words."), sequence=0, now=NOON)
    assert (saved.state, saved.sequence, saved.standing) == ("stale", 1, FULL)
    assert service.grades_of(s, review) == FULL


def test_the_same_again_is_taken_from_any_tab(s: Session, cast: Cast) -> None:
    review = reviewed(s, cast)
    service.save_review(s, review, FULL, sequence=0, now=NOON)
    assert service.save_review(s, review, FULL, sequence=0, now=NOON).state == "saved"
    assert review.sequence == 1


def test_a_save_that_landed_unheard_is_no_other_tab(s: Session, cast: Cast) -> None:
    review = reviewed(s, cast)
    service.save_review(s, review, FULL, sequence=0, now=NOON)
    more = service.Grades(GOOD, {}, "Thank you. And one thing more.")
    heard = service.fingerprint_of(FULL)
    assert service.save_review(s, review, more, sequence=0, now=NOON, last_sent=heard).state == "saved"


def test_saving_goes_on_with_the_claim(s: Session, cast: Cast) -> None:
    review = reviewed(s, cast)
    service.save_review(s, review, FULL, sequence=0, now=NOON + HOUR)
    s.expire_all()
    assert review.submission.claimed_until == NOON + 3 * HOUR


@pytest.mark.parametrize(
    ("grades", "missing"),
    [
        (service.Grades({"moment": 3, "help": 3}, {}, "Thanks."), {"level-limits"}),
        (service.Grades({"moment": 3, "help": 3, "limits": 0}, {}, "Thanks."), {"reason-limits"}),
        (service.Grades(GOOD, {}, "  "), {"feedback"}),
        (service.Grades(), {"level-moment", "level-help", "level-limits", "feedback"}),
    ],
)
def test_an_incomplete_answer_is_not_released(
    s: Session, cast: Cast, grades: service.Grades, missing: set[str]
) -> None:
    review = reviewed(s, cast)
    service.save_review(s, review, grades, sequence=0, now=NOON)
    with pytest.raises(Invalid) as refused:
        service.release_review(s, review, now=NOON)
    assert set(refused.value.problems) == missing
    assert (review.outcome, review.submission.state) == ("draft", "waiting")


@pytest.mark.parametrize(("levels", "state"), [(GOOD, "accepted"), (POOR, "returned")])
def test_release_does_what_the_rubric_says(s: Session, cast: Cast, levels: dict[str, int], state: str) -> None:
    submission = sent(s, cast.seat)
    review = answered(s, submission, facilitator_of(cast.facilitator, cast.cohort.id), levels)
    assert (submission.state, submission.claimed_by_id) == (state, None)
    assert (review.outcome, review.points, review.released_at) == (state, sum(levels.values()), NOON)
    (line,) = s.scalars(sa.select(Audit).where(Audit.verb == "narrative.released"))
    assert line.facts == {"outcome": state}


def test_the_letter_says_nothing_of_the_story_or_the_grade(s: Session, cast: Cast) -> None:
    answered(s, sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id))
    letter = s.scalars(sa.select(Message)).one()
    body = keys_of(s).open(letter.body, f"lms_message:{letter.code}:body")
    assert letter.recipient == cast.student.email
    assert body == "There is an answer to your narrative. Sign in to read it.\n"
    assert not {"accepted", "peas", "Whitfield", "7"} & set((letter.subject + " " + body).split())


def test_a_person_without_an_address_gets_no_letter(s: Session, cast: Cast) -> None:
    cast.student.email = None
    answered(s, sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id))
    assert s.scalars(sa.select(Message)).all() == []


def test_a_second_press_changes_nothing(s: Session, cast: Cast) -> None:
    submission = sent(s, cast.seat)
    review = answered(s, submission, facilitator_of(cast.facilitator, cast.cohort.id))
    assert service.release_review(s, review, now=NOON + HOUR) is submission
    assert review.released_at == NOON
    assert len(s.scalars(sa.select(Message)).all()) == 1


def test_what_was_confirmed_must_be_what_the_rubric_says(s: Session, cast: Cast) -> None:
    review = reviewed(s, cast)
    service.save_review(s, review, FULL, sequence=0, now=NOON)
    with pytest.raises(Conflict, match="total changed"):
        service.release_review(s, review, outcome="returned", now=NOON)
    assert service.release_review(s, review, outcome="accepted", now=NOON).state == "accepted"


def test_whoever_lost_the_claim_cannot_release_but_keeps_their_words(s: Session, cast: Cast) -> None:
    submission = sent(s, cast.seat)
    first, second = (facilitator_of(p, cast.cohort.id) for p in (cast.facilitator, cast.coordinator))
    slow = begun(s, submission, first)
    begun(s, submission, second, now=NOON + 2 * HOUR)
    assert service.save_review(s, slow, FULL, sequence=0, now=NOON + 2 * HOUR).state == "saved"
    with pytest.raises(Conflict, match="took this narrative on"):
        service.release_review(s, slow, now=NOON + 2 * HOUR)
    assert submission.claimed_by_id == second.person_id
    answered(s, submission, second, now=NOON + 2 * HOUR)
    with pytest.raises(Conflict, match="answered already"):
        service.release_review(s, slow, now=NOON + 3 * HOUR)
    assert service.grades_of(s, slow) == FULL


def test_a_lapsed_claim_nobody_else_took_still_releases(s: Session, cast: Cast) -> None:
    review = reviewed(s, cast)
    service.save_review(s, review, FULL, sequence=0, now=NOON)
    assert service.release_review(s, review, now=NOON + 9 * HOUR).state == "accepted"


def test_a_released_review_cannot_be_changed(s: Session, cast: Cast) -> None:
    review = answered(s, sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id))
    saved = service.save_review(s, review, FULL, sequence=review.sequence, now=NOON)
    assert saved.state == "closed"
    assert service.grades_of(s, review).feedback == "The back step is the heart of it."


def test_a_correction_is_a_new_review_with_a_reason(s: Session, cast: Cast) -> None:
    submission, reader = sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id)
    old = answered(s, submission, reader)
    with pytest.raises(Invalid, match="Write why"):
        service.begin_correction(s, submission, reader, "  ", now=NOON)
    new = service.begin_correction(s, submission, reader, "I read the wrong line.", now=NOON + HOUR)
    assert service.grades_of(s, new).levels == GOOD
    assert (new.number, old.outcome, submission.state) == (2, "accepted", "accepted")
    grades = service.Grades(POOR, {"limits": "None named."}, "Sorry.")
    service.save_review(s, new, grades, sequence=new.sequence, now=NOON + HOUR)
    service.release_review(s, new, now=NOON + HOUR)
    assert (old.outcome, new.outcome, submission.state) == ("accepted", "returned", "returned")
    case = service.case_by_code(s, submission.code, reader)
    assert case is not None
    newest, first = service.answers_of(s, case.this)
    assert (newest.correction, newest.word, first.correction, first.word) == (
        "I read the wrong line.", "returned", "", "accepted",
    )  # fmt: skip
    assert s.scalars(sa.select(Message.subject).order_by(Message.id.desc()).limit(1)).one().endswith("was corrected")


def test_a_correction_is_one_readers_at_a_time(s: Session, cast: Cast) -> None:
    submission = sent(s, cast.seat)
    first, second = (facilitator_of(p, cast.cohort.id) for p in (cast.facilitator, cast.coordinator))
    answered(s, submission, first)
    service.begin_correction(s, submission, first, "Wrong line.", now=NOON)
    with pytest.raises(Conflict):
        service.begin_correction(s, submission, second, "Wrong line.", now=NOON)


def test_a_round_that_was_followed_by_another_is_not_corrected(s: Session, cast: Cast) -> None:
    submission, reader = sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id)
    answered(s, submission, reader, POOR)
    begun_before = service.begin_correction(s, submission, reader, "Wrong line.", now=NOON)
    service.save_review(s, begun_before, FULL, sequence=begun_before.sequence, now=NOON)
    sent(s, cast.seat, "More.")
    with pytest.raises(Conflict, match="later round"):
        service.begin_correction(s, submission, reader, "Wrong line.", now=NOON)
    with pytest.raises(Conflict, match="later round"):
        service.release_review(s, begun_before, now=NOON)


def test_a_correction_goes_on_from_what_was_left_lying(s: Session, cast: Cast) -> None:
    submission = sent(s, cast.seat)
    first, second = (facilitator_of(p, cast.cohort.id) for p in (cast.facilitator, cast.coordinator))
    left = begun(s, submission, first)
    service.save_review(s, left, FULL, sequence=0, now=NOON)
    answered(s, submission, second, POOR, now=NOON + 2 * HOUR)
    review = service.begin_correction(s, submission, first, "Wrong line.", now=NOON + 3 * HOUR)
    assert review is left
    assert service.grades_of(s, review) == service.Grades(GOOD, {}, "Thank you.", "Wrong line.")


def test_feedback_and_reasons_are_not_readable_in_the_table(s: Session, cast: Cast) -> None:
    review = reviewed(s, cast)
    grades = service.Grades({"limits": 0}, {"limits": "The gate is never closed."}, "Thank you for " + TEXT)
    service.save_review(s, review, grades, sequence=0, now=NOON)
    reasons, feedback = s.execute(sa.select(Review.reasons, Review.feedback)).one()
    assert b"gate" not in reasons
    assert b"peas" not in feedback
