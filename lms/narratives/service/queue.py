"""The queue of texts to read: what waits, who holds it, claiming one and stepping back from one."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Person
from lms.cohorts.models import Cohort, Enrolment
from lms.core.access import Actor
from lms.core.together import COHORTS, Arm, arm
from lms.curriculum import service as curriculum
from lms.curriculum.models import Release
from lms.curriculum.rules.shapes import Outline
from lms.narratives import rules
from lms.narratives.models import Review, Submission

_Holder = aliased(Person)
_Writer = aliased(Person)


def queue(
    s: Session,
    cohort_ids: Collection[int],
    *,
    now: datetime,
    reader: Actor | None = None,
    provider_ids: Collection[int] = (),
) -> list[rules.QueueLine]:
    """Return what waits in these cohorts (and, by state alone, at these providers), the longest wait first."""
    rows = s.execute(_waiting(cohort_ids, provider_ids, reader)).all()
    outlines = _outlines(s, {row.release_id for row in rows})
    return [_line(row, outlines[row.release_id], reader, now) for row in rows]


def answered_by(s: Session, reader: Actor, *, limit: int = 20) -> list[Any]:
    """Return what a reader answered last: code, narrative, round, outcome and when, newest first."""
    answers = (
        sa.select(Submission.code, Submission.narrative, Submission.round, Review.outcome, Review.released_at)
        .join(Review, Review.submission_id == Submission.id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(Review.reader_id == reader.person_id, Review.outcome.in_(rules.RELEASED))
        .where(Enrolment.cohort_id.in_(reader.facilitates), Enrolment.status != "withdrawn")
    )
    return list(s.execute(answers.order_by(Review.released_at.desc(), Review.id.desc()).limit(limit)))


def _waiting(
    cohort_ids: Collection[int] | sa.BindParameter[int], provider_ids: Collection[int], reader: Actor | None
) -> sa.Select[*tuple[Any, ...]]:
    within = Enrolment.cohort_id.in_(cohort_ids) | Cohort.provider_id.in_(provider_ids)
    return (
        sa.select(
            Submission.code,
            Submission.narrative,
            Submission.round,
            Submission.interview,
            Submission.words,
            Submission.sent_at,
            Submission.claimed_by_id,
            Submission.claimed_until,
            _Holder.name.label("holder"),
            _Writer.name.label("writer"),
            Enrolment.person_id,
            Enrolment.cohort_id,
            Cohort.name.label("cohort"),
            Cohort.release_id,
            _stepped_back(reader.person_id if reader else None).label("stepped_back"),
        )
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(_Writer, _Writer.id == Enrolment.person_id)
        .outerjoin(_Holder, _Holder.id == Submission.claimed_by_id)
        .where(Submission.state == "waiting", Enrolment.status != "withdrawn", within)
        .order_by(Submission.sent_at, Submission.id)
    )


def _stepped_back(person_id: int | None) -> sa.ColumnElement[bool]:
    """Stepping back holds for every round of the same narrative: whoever knew the writer once knows them still."""
    earlier = aliased(Submission)
    return sa.exists().where(
        earlier.enrolment_id == Submission.enrolment_id,
        earlier.narrative == Submission.narrative,
        Review.submission_id == earlier.id,
        Review.reader_id == person_id,
        Review.outcome == "recused",
    )


def _line(row: Any, outline: Outline, reader: Actor | None, now: datetime) -> rules.QueueLine:
    me = reader.person_id if reader else None
    held = rules.hold(row.claimed_by_id, row.claimed_until, me, now)
    found = outline.narrative(row.narrative)
    hidden = rules.name_hidden(row.interview, "waiting")
    return rules.QueueLine(
        code=row.code,
        label=rules.label(row.code),
        narrative=row.narrative,
        title=found[1].title if found else row.narrative,
        cohort=row.cohort,
        round=row.round,
        sent_at=row.sent_at,
        days=rules.days_waiting(row.sent_at, now),
        words=row.words,
        interview=row.interview,
        writer="" if hidden else row.writer,
        hold=held,
        holder=row.holder if held == "taken" else "",
        until=None if held == "free" else row.claimed_until,
        stepped_back=row.stepped_back,
        readable=_readable(row, reader),
    )


def _readable(row: Any, reader: Actor | None) -> bool:
    if reader is None or row.stepped_back:
        return False
    return row.cohort_id in reader.facilitates and row.person_id != reader.person_id


def _outlines(s: Session, release_ids: Collection[int]) -> dict[int, Outline]:
    releases = s.scalars(sa.select(Release).where(Release.id.in_(release_ids)))
    return {release.id: curriculum.outline(s, release) for release in releases}


def _waiting_arm() -> Arm:
    rows = _waiting(COHORTS, (), None).order_by(None).subquery()
    return arm("to_read", 0, "", numbers=[sa.func.count()], instants=[sa.func.min(rows.c.sent_at)]).select_from(rows)


WAITING_ARM = _waiting_arm()
"""Asks how many texts wait in the cohorts, and since when: one fact `to_read` with a number and an instant."""
