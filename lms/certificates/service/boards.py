"""Who is ready, issued, revoked or on the way, cohort by cohort."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.certificates.models import Certificate
from lms.certificates.rules import Verdict
from lms.certificates.service.facts import verdicts_for
from lms.certificates.service.finding import of_cohorts
from lms.cohorts import service as cohorts
from lms.cohorts.models import Cohort, Enrolment
from lms.core.access import Actor


@dataclass(frozen=True, slots=True)
class Board:
    """One cohort: who can be issued a certificate now, who has one, whose was revoked, who is on the way."""

    cohort: Cohort
    ready: tuple[Enrolment, ...]
    on_the_way: tuple[tuple[Enrolment, Verdict], ...]
    issued: tuple[Certificate, ...]
    revoked: tuple[Certificate, ...]


def boards_of(s: Session, actor: Actor, *, now: datetime) -> list[Board]:
    """Return the boards of every cohort a person coordinates, the newest first, in a constant number of queries."""
    mine = [cohort for cohort in cohorts.cohorts_of(s, actor) if cohort.provider_id in actor.coordinates]
    ids = [cohort.id for cohort in mine]
    made = of_cohorts(s, ids)
    holding = {one.enrolment_id for one in made if one.revoked_at is None}
    seats = [seat for seat in cohorts.people_of(s, ids) if seat.id not in holding]
    verdicts = verdicts_for(s, seats, now=now)
    return [_board(cohort, seats, verdicts, made) for cohort in mine]


def _board(
    cohort: Cohort, seats: Sequence[Enrolment], verdicts: Mapping[int, Verdict], made: Sequence[Certificate]
) -> Board:
    here = [(seat, verdicts[seat.id]) for seat in seats if seat.cohort_id == cohort.id]
    certificates = [one for one in made if one.enrolment.cohort_id == cohort.id]
    return Board(
        cohort=cohort,
        ready=tuple(seat for seat, verdict in here if verdict.granted),
        on_the_way=tuple((seat, verdict) for seat, verdict in here if not verdict.granted),
        issued=tuple(one for one in certificates if one.revoked_at is None),
        revoked=tuple(one for one in certificates if one.revoked_at is not None),
    )
