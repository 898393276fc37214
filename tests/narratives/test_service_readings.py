"""Who opened a story: by role until release, then by name."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.narratives import service
from lms.narratives.rules import Opening
from lms.records.models import Audit
from tests import factories
from tests.factories import NOON, Cast
from tests.narratives.acting import KEY, answered, facilitator_of, sent

MINUTE = timedelta(minutes=1)


def openings(s: Session, cast: Cast) -> tuple[Opening, ...]:
    narrative, _rubric = service.instructions(s, cast.seat, KEY)
    return service.openings_of(s, service.desk_for(s, cast.seat, narrative))


def opened(s: Session, cast: Cast, at: datetime) -> None:
    narrative, _rubric = service.instructions(s, cast.seat, KEY)
    code = service.desk_for(s, cast.seat, narrative).codes[-1]
    reader = facilitator_of(cast.facilitator, cast.cohort.id)
    case = service.case_by_code(s, code, reader)
    assert case is not None
    service.note_opening(s, case, reader, now=at)
    s.flush()


def test_nothing_sent_is_nothing_opened(s: Session) -> None:
    assert openings(s, factories.cast(s)) == ()


def test_the_name_comes_with_the_answer(s: Session) -> None:
    cast = factories.cast(s)
    submission = sent(s, cast.seat)
    opened(s, cast, NOON)
    (before,) = openings(s, cast)
    assert (before.name, before.role, before.times, before.round) == ("", "facilitator", (NOON,), 1)
    answered(s, submission, facilitator_of(cast.facilitator, cast.cohort.id))
    assert [one.name for one in openings(s, cast)] == ["Marcus Bell"]


def test_one_sitting_is_one_line(s: Session) -> None:
    cast = factories.cast(s)
    sent(s, cast.seat)
    for minutes in (0, 1, 30, 24 * 60):
        opened(s, cast, NOON + minutes * MINUTE)
    later, earlier = openings(s, cast)
    assert later.times == (NOON + timedelta(days=1),)
    assert earlier.times == (NOON + 30 * MINUTE, NOON + MINUTE, NOON)


def test_asking_for_the_name_is_seen_and_audited(s: Session) -> None:
    cast = factories.cast(s)
    submission, reader = sent(s, cast.seat), facilitator_of(cast.facilitator, cast.cohort.id)
    case = service.case_by_code(s, submission.code, reader)
    assert case is not None
    assert service.reveal_writer(s, case, reader, now=NOON) == "Ṣadé Whitfield"
    assert [(one.kind, one.name) for one in openings(s, cast)] == [("narrative-name", "")]
    (line,) = s.scalars(sa.select(Audit).where(Audit.verb == "narrative.writer-named"))
    assert "Whitfield" not in line.note + repr(line.facts) + line.subject
