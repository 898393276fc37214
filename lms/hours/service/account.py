"""One person's hours with everything that a page says about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.cohorts.models import Enrolment
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import HomeworkLine, ModuleLine, Outline, Pathway
from lms.hours import rules
from lms.hours.models import Attendance
from lms.hours.service.attendance import reason_of
from lms.hours.service.practice import answer_to, with_decisions
from lms.hours.service.statements import facts_for, newest_marks
from lms.learning import service as learning


@dataclass(frozen=True, slots=True)
class Account:
    """One person's hours with all that a page says about them."""

    pathway: Pathway
    outline: Outline
    statement: rules.Statement
    attendance: rules.AttendanceSum
    weeks: tuple[rules.Week, ...]
    homework: tuple[tuple[ModuleLine, HomeworkLine, str], ...]
    """Every homework of the pathway's modules, with where it stands."""
    notes: Mapping[str, str]
    """Why a mark or an answer is as it is, by the key of its evidence; empty for those who may not read it."""


def account_for(s: Session, enrolment: Enrolment, *, words: bool, now: datetime) -> Account:
    """Return one person's hours as a page shows them; `words` opens the reasons that staff wrote to the student."""
    facts = facts_for(s, [enrolment], now=now)[enrolment.id]
    pathway, cohort = learning.pathway_of(s, enrolment.cohort), enrolment.cohort
    outline = curriculum.outline(s, cohort.release)
    made = rules.statement(facts, pathway)
    today = now.astimezone(ZoneInfo(cohort.zone)).date()
    standing = {e.key: e.standing for e in facts.evidence if e.kind == "homework"}
    asked = [m for m in outline.modules if m.id in pathway.modules]
    return Account(
        pathway,
        outline,
        made,
        rules.attendance(facts),
        rules.weeks(made, facts.meetings, cohort.starts_on, cohort.ends_on, today),
        tuple((m, work, standing.get(work.key, "none")) for m in asked for work in m.homework),
        _notes(s, enrolment, now) if words else {},
    )


def _notes(s: Session, enrolment: Enrolment, now: datetime) -> dict[str, str]:
    """Open the reasons of the newest marks and answers, by the key of their evidence."""
    rows = sa.select(Attendance).where(Attendance.id.in_(newest_marks([enrolment.id], now)))
    marks = s.scalars(rows.options(joinedload(Attendance.meeting)))
    opened = {row.meeting.code: reason_of(s, row.meeting, row) for row in marks}
    answered = [(claim, row) for claim, row in s.execute(with_decisions([enrolment.id], now)) if row]
    return opened | {claim.code: answer_to(s, claim, row).reason for claim, row in answered}
