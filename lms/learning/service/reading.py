"""Reading: parts opened, time measured, lessons earned. One student is written for at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from lms.cohorts.models import Cohort, Enrolment
from lms.core.db import keys_of
from lms.core.errors import NotFound
from lms.curriculum import service as curriculum
from lms.curriculum.rules.shapes import Lesson
from lms.learning import rules
from lms.learning.models import LessonDone, PartOpened, ReadingSpan
from lms.learning.rules import Credit, Known, Stretch
from lms.learning.service.states import SECONDS, due, lesson_states, pathway_of
from lms.quizzes import service as quizzes

PAGE = "page"
"""Stands for the browser tab when a page without a script is left by its button."""
_PURPOSE = "learning.shown"


@dataclass(frozen=True, slots=True)
class Beat:
    """The answer to a report: what is measured of this lesson in all, and the count that is known of this tab."""

    measured_seconds: int
    sequence: int
    done_at: datetime | None


def beat(s: Session, seat: Enrolment, lesson_id: str, *, client: str, sequence: int, now: datetime) -> Beat:
    """Take a tab's report: `sequence` counts its visible twenty-second beats and only ever rises.

    A repeated report adds nothing, and a higher `sequence` in the answer than was ever sent means that another tab
    uses the same `client`.
    """
    lesson = _lesson(s, seat, lesson_id)
    hold(s, seat)
    own = _last_of(s, seat, client)
    known = _known(s, seat, lesson_id, own)
    gained = rules.beat(known, sequence, rules.budget(lesson.minutes), now)
    if own is None or sequence > own.sequence or rules.is_known_again(known, sequence, now):
        _write(s, seat, lesson_id, own, client, sequence, gained, now)
    done = settle(s, seat, lesson_id, now=now)
    heard = max(sequence, own.sequence) if own else sequence
    return Beat(known.measured_seconds + gained.seconds, heard, done.at if done else None)


def open_part(
    s: Session,
    seat: Enrolment,
    lesson_id: str,
    part: int,
    *,
    now: datetime,
    past: int = 0,
    shown: str = "",
    scripted: bool = False,
) -> None:
    """Record that a part was opened; `shown` is the mark of the page that was left for it (see `leave_part`).

    `past` is a part that a content note lets a student step over: the one before, or the last itself. It counts as
    opened, and nothing tells that it was stepped over.
    """
    lesson = _lesson(s, seat, lesson_id)
    last = len(lesson.parts)
    steps_over = past and lesson.content_note and (past == part - 1 or past == part == last)
    if not 1 <= part <= last or past < 0 or (past and not steps_over):
        raise NotFound()
    hold(s, seat)
    _opened(s, seat, lesson_id, {part, past or part}, now)
    _leave(s, seat, lesson, shown, scripted, now)
    settle(s, seat, lesson_id, now=now)


def read_through(
    s: Session, seat: Enrolment, lesson_id: str, pages: Sequence[tuple[int, datetime]], *, now: datetime
) -> LessonDone | None:
    """Record parts that were opened in a row, each at its moment, each left by its button for the next, the last one now.

    The same as `open_part` with the mark of the page before, page by page, and `leave_part` at the end; but the student
    is held once, and whether the lesson is earned is judged once, when all of it is written.
    """
    lesson = _lesson(s, seat, lesson_id)
    if not all(1 <= part <= len(lesson.parts) for part, _at in pages):
        raise NotFound()
    hold(s, seat)
    _once(s, PartOpened, [_opening(seat, lesson_id, part, at) for part, at in pages])
    _write_all(s, seat, lesson, pages, now)
    return settle(s, seat, lesson_id, now=now)


def _write_all(
    s: Session, seat: Enrolment, lesson: Lesson, pages: Sequence[tuple[int, datetime]], now: datetime
) -> None:
    known, rows = _known(s, seat, lesson.id, None), []
    left_at = [*(at for _part, at in pages[1:]), now]
    for (part, shown_at), left in zip(pages, left_at, strict=True):
        shown = shown_at.replace(microsecond=0)  # a mark is made in whole seconds
        gained = rules.page_read(known, shown, lesson.parts[part - 1].words, rules.budget(lesson.minutes), left)
        if gained.seconds:
            rows.append(_span(seat, lesson.id, part, gained))
            known = replace(known, frontier=gained.ended_at, measured_seconds=known.measured_seconds + gained.seconds)
    if rows:
        s.execute(_NEW_SPAN, rows)


def _span(seat: Enrolment, lesson_id: str, part: int, gained: Stretch) -> dict[str, Any]:
    return {
        "enrolment_id": seat.id,
        "lesson": lesson_id,
        "client": PAGE,
        "sequence": part,
        "started_at": gained.started_at,
        "ended_at": gained.ended_at,
    }


_NEW_SPAN = sa.insert(cast(sa.Table, ReadingSpan.__table__))


def leave_part(
    s: Session, seat: Enrolment, lesson_id: str, *, shown: str, scripted: bool = False, now: datetime
) -> None:
    """Take the mark that a page of a lesson carried: the part was given out, so it was opened.

    In a browser without a script the page also earns the time since it was shown, as far as a slow reader needs it.
    A mark that was not made for this student and lesson does nothing.
    """
    lesson = _lesson(s, seat, lesson_id)
    hold(s, seat)
    _leave(s, seat, lesson, shown, scripted, now)
    settle(s, seat, lesson_id, now=now)


def _leave(s: Session, seat: Enrolment, lesson: Lesson, shown: str, scripted: bool, now: datetime) -> None:
    part, shown_at = _read_mark(s, seat, lesson.id, shown) or (0, now)
    if not 1 <= part <= len(lesson.parts):
        return
    _opened(s, seat, lesson.id, {part}, now)
    if not scripted:
        _page_read(s, seat, lesson, part, shown_at, now)


def _opened(s: Session, seat: Enrolment, lesson_id: str, parts: Iterable[int], now: datetime) -> None:
    _once(s, PartOpened, [_opening(seat, lesson_id, part, now) for part in sorted(parts)])


def _opening(seat: Enrolment, lesson_id: str, part: int, at: datetime) -> dict[str, Any]:
    return {"enrolment_id": seat.id, "lesson": lesson_id, "part": part, "at": at}


def shown_mark(s: Session, seat: Enrolment, lesson_id: str, part: int, *, now: datetime) -> str:
    """Return a mark for the form on a page: that this part was given out to this student at this moment.

    Signed, because a page without a script is believed for the time since; a GET writes nothing.
    """
    at = int(now.timestamp())
    return f"{part}.{at}.{keys_of(s).sign(_PURPOSE, f'{seat.code} {lesson_id} {part} {at}')}"


def _read_mark(s: Session, seat: Enrolment, lesson_id: str, shown: str) -> tuple[int, datetime] | None:
    part, _, rest = shown.partition(".")
    at, _, signature = rest.partition(".")
    if not keys_of(s).signed(_PURPOSE, f"{seat.code} {lesson_id} {part} {at}", signature):
        return None
    return int(part), datetime.fromtimestamp(int(at), UTC)


def _page_read(s: Session, seat: Enrolment, lesson: Lesson, part: int, shown_at: datetime, now: datetime) -> None:
    known = _known(s, seat, lesson.id, None)
    gained = rules.page_read(known, shown_at, lesson.parts[part - 1].words, rules.budget(lesson.minutes), now)
    if gained.seconds:
        _write(s, seat, lesson.id, None, PAGE, part, gained, now)


def hold(s: Session, seat: Enrolment) -> None:
    """Let one request at a time write for this student, until it commits.

    Two tabs or devices that report at once would read the same frontier and be measured for the same seconds; two tabs
    that start a quiz would both have one attempt left.
    """
    s.execute(_HELD, {"seat": seat.id})


_HELD = sa.select(Enrolment.id).where(Enrolment.id == sa.bindparam("seat")).with_for_update()


def _last_of(s: Session, seat: Enrolment, client: str) -> ReadingSpan | None:
    return s.scalars(_NEWEST_OF, {"seat": seat.id, "client": client}).first()


_NEWEST_OF = (
    sa.select(ReadingSpan)
    .where(ReadingSpan.enrolment_id == sa.bindparam("seat"), ReadingSpan.client == sa.bindparam("client"))
    .order_by(ReadingSpan.sequence.desc(), ReadingSpan.id.desc())
    .limit(1)
    .execution_options(populate_existing=True)
)


def _known(s: Session, seat: Enrolment, lesson_id: str, own: ReadingSpan | None) -> Known:
    row = s.execute(_MEASURED, {"seat": seat.id, "lesson": lesson_id}).one()
    return Known(row[0], own.ended_at if own else None, own.sequence if own else 0, int(row[1] or 0))


_MEASURED = sa.select(
    sa.func.max(ReadingSpan.ended_at), SECONDS.filter(ReadingSpan.lesson == sa.bindparam("lesson"))
).where(ReadingSpan.enrolment_id == sa.bindparam("seat"), ReadingSpan.ended_at > ReadingSpan.started_at)


def _write(
    s: Session,
    seat: Enrolment,
    lesson_id: str,
    own: ReadingSpan | None,
    client: str,
    sequence: int,
    gained: Stretch,
    now: datetime,
) -> None:
    """Let the tab's stretch grow while it goes on; begin another after a pause or in another lesson.

    A report that gains nothing leaves an empty stretch at its moment: from then on the server knows the tab.
    """
    start, end = (gained.started_at, gained.ended_at) if gained.seconds else (now, now)
    same = own is not None and own.lesson == lesson_id
    if own is not None and same and own.started_at == own.ended_at:
        own.started_at, own.ended_at, own.sequence = start, end, sequence
    elif own is not None and same and own.ended_at == start:
        own.ended_at, own.sequence = end, sequence
    else:
        s.add(
            ReadingSpan(
                enrolment_id=seat.id, lesson=lesson_id, client=client, sequence=sequence, started_at=start, ended_at=end
            )
        )
    s.flush()


def settle(s: Session, seat: Enrolment, lesson_id: str, *, now: datetime) -> LessonDone | None:
    """Write a lesson down as done once it is earned, and return that row; None while something is missing.

    Written once and never moved. Only under `seat_time` the credited seconds still grow with what is measured, up to
    the lesson's minutes.
    """
    outline, pathway = curriculum.outline(s, seat.cohort.release), pathway_of(s, seat.cohort)
    line = outline.lesson(lesson_id)
    state = lesson_states(s, [seat.id], lesson_id)[seat.id].get(lesson_id)
    if line is None or state is None:
        return None
    if state.done_at is None:
        if any(one.kind != "check" for one in rules.credit_of(line[1], state, {}, pathway).missing):
            return None
        results = quizzes.results_for(s, [seat.id], now=now, quiz=line[1].check).get(seat.id, {})
        for key, made, at in due(outline, pathway, {lesson_id: state}, results, now):
            _once(s, LessonDone, [_done(seat, key, state.measured_seconds, made, at, pathway.self_paced_credit)])
    elif pathway.self_paced_credit == "seat_time":
        _grow(s, seat, lesson_id, state.measured_seconds, min(state.measured_seconds, line[1].minutes * 60))
    return s.get(LessonDone, (seat.id, lesson_id), populate_existing=True)


def settle_due(s: Session, now: datetime) -> int:
    """Write down every lesson that is earned and not written yet; return how many. For the tick, in a few queries.

    A check is passed in the room below, which cannot write here.
    """
    both = sa.and_(LessonDone.enrolment_id == PartOpened.enrolment_id, LessonDone.lesson == PartOpened.lesson)
    going = sa.select(PartOpened.enrolment_id).outerjoin(LessonDone, both).where(LessonDone.lesson.is_(None))
    seats = s.scalars(
        sa.select(Enrolment)
        .where(Enrolment.id.in_(going), Enrolment.status == "enrolled")
        .options(joinedload(Enrolment.cohort, innerjoin=True).joinedload(Cohort.release, innerjoin=True))
    ).all()
    ids = [seat.id for seat in seats]
    states, results = lesson_states(s, ids), quizzes.results_for(s, ids, now=now)
    rows = []
    for seat in seats:
        outline = curriculum.outline(s, seat.cohort.release)
        pathway = curriculum.pathway(s, seat.cohort.release, seat.cohort.pathway)
        if pathway is None:
            continue  # one cohort that cannot be judged must not keep the others waiting
        for key, made, at in due(outline, pathway, states[seat.id], results.get(seat.id, {}), now):
            measured = states[seat.id][key].measured_seconds
            rows.append(_done(seat, key, measured, made, at, pathway.self_paced_credit))
    return _once(s, LessonDone, rows)


def _done(seat: Enrolment, lesson: str, measured: int, made: Credit, at: datetime, rule: str) -> dict[str, Any]:
    return {
        "enrolment_id": seat.id,
        "lesson": lesson,
        "at": at,
        "credited_seconds": made.seconds,
        "measured_seconds": measured,
        "release": seat.cohort.release.digest,
        "rule": rule,
    }


def _grow(s: Session, seat: Enrolment, lesson_id: str, measured: int, credited: int) -> None:
    mine = sa.update(LessonDone).where(LessonDone.enrolment_id == seat.id, LessonDone.lesson == lesson_id)
    more = mine.where(LessonDone.rule == "seat_time", LessonDone.credited_seconds < credited)
    s.execute(
        more.values(credited_seconds=credited, measured_seconds=measured).execution_options(synchronize_session=False)
    )


def _once(s: Session, table: type[LessonDone] | type[PartOpened], rows: list[dict[str, Any]]) -> int:
    # A double click, two tabs, the student and the tick: the first row stands and the second is not an error.
    insert = _ONCE[s.get_bind().dialect.name, table]
    return len(s.execute(insert, rows).all()) if rows else 0


_ONCE = {
    (name, table): insert(cast(sa.Table, table.__table__)).on_conflict_do_nothing().returning(table.enrolment_id)
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
    for table in (LessonDone, PartOpened)
}


def _lesson(s: Session, seat: Enrolment, lesson_id: str) -> Lesson:
    found = curriculum.lesson(s, seat.cohort.release, lesson_id)
    if found is None:
        raise NotFound()
    return found
