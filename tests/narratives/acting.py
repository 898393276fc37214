"""Actors and short ways to write, send and answer, for tests of this room."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import TypeVar

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts.models import Enrolment
from lms.core.access import Actor
from lms.core.db import Database
from lms.narratives import service
from lms.narratives.models import Draft, Review, Submission
from tests.factories import NOON

T = TypeVar("T")
KEY = "m1/story"
TEXT = "The winter I was nineteen I stopped answering the phone.\n\nShe handed me half the peas."
GOOD = {"moment": 3, "help": 2, "limits": 2}


def student_of(seat: Enrolment) -> Actor:
    return Actor(seat.person_id, seat.person.code, seat.person.name, seats={seat.id: seat.cohort_id})


def facilitator_of(person: Person, *cohorts: int) -> Actor:
    return Actor(person.id, person.code, person.name, facilitates=frozenset(cohorts))


def coordinator_of(person: Person, *providers: int) -> Actor:
    return Actor(person.id, person.code, person.name, coordinates=frozenset(providers))


def write(s: Session, seat: Enrolment, text: str = TEXT, *, now: datetime = NOON, **more: object) -> Draft:
    draft = service.draft_for(s, seat, KEY, now=now)
    service.save_draft(s, draft, text, version=draft.version, now=now, **more)  # type: ignore[arg-type]
    return draft


def sent(s: Session, seat: Enrolment, text: str = TEXT, *, now: datetime = NOON, **more: object) -> Submission:
    return service.send(s, write(s, seat, text, now=now, **more), now=now)


def begun(s: Session, submission: Submission, reader: Actor, *, now: datetime = NOON) -> Review:
    assert service.claim(s, submission, reader, now=now).mine
    review = service.open_review(s, submission, reader)
    assert review is not None
    return review


def answered(
    s: Session, submission: Submission, reader: Actor, levels: dict[str, int] | None = None, *, now: datetime = NOON
) -> Review:
    review = begun(s, submission, reader, now=now)
    chosen = levels or GOOD
    reasons = {name: "It is not there yet." for name, points in chosen.items() if points == 0}
    grades = service.Grades(chosen, reasons, "The back step is the heart of it.")
    assert service.save_review(s, review, grades, sequence=review.sequence, now=now).state == "saved"
    service.release_review(s, review, now=now)
    return review


def together(database: Database, *jobs: Callable[[Session], T]) -> list[T]:
    """Run each job in a writing transaction of its own, started at the same moment, and commit it."""
    start = Barrier(len(jobs))

    def run(job: Callable[[Session], T]) -> T:
        start.wait(10)
        with database.writer() as s:
            done = job(s)
            s.commit()
        return done

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))
