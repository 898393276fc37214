"""What a ruling on a question does to people: tried first and undone, then done as it was looked at."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.certificates.models import Certificate
from lms.certificates.service.facts import verdicts_for
from lms.certificates.service.finding import certificates_for
from lms.cohorts.models import Enrolment
from lms.core.crypto import digest
from lms.core.errors import Conflict, Invalid
from lms.quizzes import service as quizzes


@dataclass(frozen=True, slots=True)
class Turn:
    """A person who could have a certificate and then could not, or the other way round."""

    seat: Enrolment
    granted: bool
    """Whether everything is met afterwards."""
    certificate: Certificate | None
    """The one they have, which stays as it is."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a ruling does. `mark` is the mark of exactly this."""

    attempts: int
    changes: tuple[quizzes.Regraded, ...]
    """What is lost first, then what is won, then scores alone."""
    turns: tuple[Turn, ...]
    mark: str

    @property
    def lost(self) -> tuple[quizzes.Regraded, ...]:
        """The passes that are taken away."""
        return tuple(one for one in self.changes if one.lost)

    @property
    def won(self) -> tuple[quizzes.Regraded, ...]:
        """The passes that are given."""
        return tuple(one for one in self.changes if one.won)


def preview(s: Session, case: quizzes.Case, wish: quizzes.Wish, *, by: Person, now: datetime) -> Outcome:
    """Return what a ruling would do: it is done inside a savepoint, judged, and undone. Nothing stays of it."""
    with s.begin_nested() as point:
        outcome = _done(s, case, wish, by, now)
        point.rollback()
    return outcome


def regrade(
    s: Session,
    case: quizzes.Case,
    wish: quizzes.Wish,
    *,
    mark: str,
    lose: Collection[str],
    by: Person,
    now: datetime,
) -> Outcome:
    """Rule, if it does what `mark` says somebody looked at, and `lose` names each attempt whose pass is taken away."""
    with s.begin_nested():  # a refusal leaves nothing behind, and the page can show again what would change
        outcome = _done(s, case, wish, by, now)
        if outcome.mark != mark:
            raise Conflict("This is not what you looked at. Nothing was changed; here is what would change now.")
        if not {one.attempt.code for one in outcome.lost} <= set(lose):
            sentence = "Tick each pass that is taken away, or rule otherwise."
            raise Invalid(sentence, {"lose": sentence})
    return outcome


def _done(s: Session, case: quizzes.Case, wish: quizzes.Wish, by: Person, now: datetime) -> Outcome:
    seats = list({attempt.enrolment_id: attempt.enrolment for attempt in case.attempts}.values())
    before = verdicts_for(s, seats, now=now)
    changes = quizzes.rule(s, case, wish, by=by, now=now)
    after = verdicts_for(s, seats, now=now)
    held = certificates_for(s, [seat.id for seat in seats])
    turned = [seat for seat in seats if before[seat.id].granted != after[seat.id].granted]
    turns = tuple(Turn(seat, after[seat.id].granted, _standing(held.get(seat.id))) for seat in turned)
    ordered = tuple(sorted(changes, key=lambda one: (not one.lost, not one.won, one.attempt.id)))
    return Outcome(len(case.attempts), ordered, turns, _mark(wish, ordered, turns))


def _standing(certificate: Certificate | None) -> Certificate | None:
    return certificate if certificate is not None and certificate.revoked_at is None else None


def _mark(wish: quizzes.Wish, changes: tuple[quizzes.Regraded, ...], turns: tuple[Turn, ...]) -> str:
    scores = [(one.attempt.code, one.before.points, one.after.points, one.after.passed) for one in changes]
    people = [(one.seat.code, one.granted) for one in turns]
    return digest(json.dumps([wish.kind, sorted(wish.right), wish.seen, scores, people]))
