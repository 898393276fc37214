"""Who opened a story: shown to its writer, by role until the answer is released, then by name."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.narratives import rules
from lms.narratives.service.cases import Case
from lms.narratives.service.desk import Desk
from lms.records import service as records

STORY = "narrative"
NAME = "narrative-name"


def openings_of(s: Session, desk: Desk) -> tuple[rules.Opening, ...]:
    """Return who opened what of this narrative, newest first; nothing is asked while nothing was sent."""
    if not desk.codes:
        return ()
    rounds = {one.submission.code: one.submission for one in desk.rounds}
    found = []
    for row in records.readings_of(s, desk.codes):
        sent = rounds[row.subject]
        named = rules.names_reader(rules.standing(True, sent.state))
        name = row.reader_name if named else ""
        found.append(rules.Opening(sent.round, row.reader, name, row.reader_role, row.kind, (row.at,)))
    return rules.sittings(found)


def note_opening(s: Session, case: Case, reader: Actor, *, now: datetime) -> None:
    """Log that the text is shown again as the answer to a form; committed before the page leaves."""
    records.log_reading(s, reader, STORY, case.submission.code, case.enrolment.person.code, now=now)


def reveal_writer(s: Session, case: Case, reader: Actor, *, now: datetime) -> str:
    """Say who wrote a text, because its reader fears for somebody's safety; the writer sees that it was asked."""
    writer = case.enrolment.person
    records.log_reading(s, reader, NAME, case.submission.code, writer.code, now=now)
    records.audit(s, reader.code, "narrative.writer-named", case.submission.code, now=now)
    s.flush()
    return writer.name
