"""Plays one event of a plan through the service that the page for it would use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.certificates import service as certificates
from lms.certificates.service import Wording
from lms.cohorts import service as cohorts
from lms.cohorts.models import Cohort, Enrolment, Meeting
from lms.core.access import Actor
from lms.core.errors import Conflict
from lms.curriculum import service as curriculum
from lms.demo.rules import texts
from lms.demo.rules.plan import Event
from lms.hours import service as hours
from lms.learning import service as learning
from lms.narratives import service as narratives
from lms.narratives.models import Submission
from lms.quizzes import service as quizzes
from lms.quizzes.rules import Given, Permit, Question, right_choice


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a cohort's events are played: the moment the demonstration shows, and who is on the staff."""

    anchor: datetime
    wording: Wording
    base_url: str
    cohort: Cohort | None = None
    facilitators: tuple[Person, ...] = ()
    readers: tuple[Actor, ...] = ()
    coordinator: Person | None = None
    meetings: tuple[str, ...] = ()

    def of(
        self, s: Session, cohort: Cohort, staff: Sequence[Person], coordinator: Person, meetings: tuple[str, ...]
    ) -> "Stage":
        """Return the stage set for one cohort."""
        readers = tuple(cohorts.actor_for(s, one, now=cohort.created_at + timedelta(days=1)) for one in staff)
        return replace(
            self, cohort=cohort, facilitators=tuple(staff), readers=readers, coordinator=coordinator, meetings=meetings
        )

    @property
    def lead(self) -> Person:
        """The facilitator who answers homework and practice."""
        return self.facilitators[0]

    @property
    def office(self) -> Person:
        """The coordinator."""
        if self.coordinator is None:
            raise Conflict("The stage is not set.")
        return self.coordinator


Act = Callable[[Session, Stage, Enrolment, Event], object]


def play(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    """Let one event happen, at its own moment."""
    _ACTS[event.verb](s, stage, enrolment, event)


def _agree(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    asked = {one.agreement.id: one for one in certificates.agreements_of(s, enrolment, now=event.at)}
    certificates.accept_agreement(s, enrolment, event.key, words=asked[event.key].words, now=event.at)


def _extra_time(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    cohorts.set_accommodation(
        s,
        enrolment.person,
        factor_percent=event.figure,
        extra_minutes=0,
        untimed=False,
        reason=texts.EXTRA_TIME_REASON,
        by=stage.office,
        now=event.at,
    )


def _read(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    """Read `figure` parts at a steady pace, leaving each page by its button; pass the check when the lesson is whole."""
    lesson = curriculum.lesson(s, enrolment.cohort.release, event.key)
    if lesson is None:
        raise Conflict(f"The release holds no lesson {event.key}.")
    at, mark = event.at, ""
    for part in range(1, event.figure + 1):
        learning.open_part(s, enrolment, event.key, part, now=at, shown=mark)
        mark = learning.shown_mark(s, enrolment, event.key, part, now=at)
        at += timedelta(seconds=max(60, lesson.parts[part - 1].words * 60 // 100))
    learning.open_part(s, enrolment, event.key, event.figure, now=at, shown=mark)
    if event.figure == len(lesson.parts) and lesson.check:
        _sit(s, enrolment, lesson.check, wrong=0, now=at + timedelta(minutes=1))
        learning.settle(s, enrolment, event.key, now=at + timedelta(minutes=5))


def _quiz(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    wrong = enrolment.id % 3 if event.good else 99
    _sit(s, enrolment, event.key, wrong=wrong, now=event.at)


def _sit(s: Session, enrolment: Enrolment, quiz: str, *, wrong: int, now: datetime) -> None:
    """Sit a quiz: `wrong` questions wrong (99: half of them), every half minute or so an answer."""
    permit = learning.permit_for(s, enrolment, quiz, now=now)
    if not isinstance(permit, Permit):
        raise Conflict(f"{enrolment.person.name} may not start {quiz} at {now}: {permit.code}.")
    attempt = quizzes.start_attempt(s, permit, now=now)
    questions = quizzes.paper_of(attempt).questions
    miss = len(questions) // 2 if wrong == 99 else min(wrong, len(questions) // 6)
    given = [
        _answer(number, question, right=number > miss, at=now + timedelta(seconds=20 + 35 * number))
        for number, question in enumerate(questions, 1)
    ]
    sent = now + timedelta(seconds=90 + 35 * len(questions))
    quizzes.save_answers(s, attempt, given, now=sent)
    quizzes.submit(s, attempt, now=sent)


def _answer(number: int, question: Question, *, right: bool, at: datetime) -> Given:
    keys = right_choice(question)
    others = tuple(place for place, option in enumerate(question.item.options) if not option.correct)
    chosen = keys if right else others[:1]
    return Given(question.position, chosen, False, number, at)


def _draft(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    draft = narratives.draft_for(s, enrolment, event.key, now=event.at)
    text = _story(event)
    half = text[: text.index("\n\n")]
    narratives.save_draft(s, draft, half, note="", interview=False, version=draft.version, now=event.at)


def _send(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    draft = narratives.draft_for(s, enrolment, event.key, now=event.at)
    interview = not event.good
    narratives.save_draft(
        s, draft, _story(event), note=texts.NOTE, interview=interview, version=draft.version, now=event.at
    )
    narratives.send(s, draft, now=event.at)


def _story(event: Event) -> str:
    choices = texts.NARRATIVES[event.key.rpartition("/")[2]]
    return choices[event.figure % len(choices)]


def _review(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    newest = (
        sa.select(Submission)
        .where(
            Submission.enrolment_id == enrolment.id, Submission.narrative == event.key, Submission.state == "waiting"
        )
        .order_by(Submission.round.desc())
    )
    submission = s.scalars(newest).first()
    if submission is None:
        return
    reader = stage.readers[event.figure % len(stage.readers)]
    narratives.claim(s, submission, reader, now=event.at - timedelta(minutes=25))
    review = narratives.open_review(s, submission, reader)
    if review is None:
        raise Conflict("The review was not begun.")
    criteria = [criterion["id"] for criterion in submission.rubric["criteria"]]
    levels = {name: 3 if (event.figure + at) % 3 else 2 for at, name in enumerate(criteria)}
    reasons = {}
    if not event.good:
        levels[criteria[-1]] = 0
        reasons = {criteria[-1]: texts.REASON_BACK}
    feedback = texts.FEEDBACK_GOOD if event.good else texts.FEEDBACK_BACK
    grades = narratives.Grades(levels, reasons, feedback)
    narratives.save_review(s, review, grades, sequence=review.sequence, now=event.at - timedelta(minutes=2))
    narratives.release_review(s, review, now=event.at)


def _hand_in(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    hours.hand_in(s, enrolment, event.key, texts.HOMEWORK[event.figure % len(texts.HOMEWORK)], now=event.at)


def _accept_homework(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    for row in hours.hand_ins_of(s, enrolment.id, event.key)[:1]:
        hours.decide_homework(s, row, accepted=True, reply=texts.HOMEWORK_REPLY, by=stage.lead, now=event.at)


def _claim(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    hours.claim_practice(
        s,
        enrolment,
        on=event.at.astimezone(ZoneInfo(enrolment.cohort.zone)).date(),
        minutes=event.figure,
        competency="practical-support",
        supervisor=stage.lead.name,
        what=texts.PRACTICE,
        now=event.at,
    )


def _approve(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    for claim in hours.waiting_claims(s, [enrolment.cohort_id]):
        if claim.enrolment_id == enrolment.id:
            hours.decide_practice(
                s, claim, outcome="approved", minutes=claim.minutes, reason="", by=stage.lead, now=event.at
            )


def _attend(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    if event.figure >= len(stage.meetings):
        return
    meeting = s.scalars(sa.select(Meeting).where(Meeting.code == stage.meetings[event.figure])).one()
    reason = "Made up with the facilitator, one evening at the long room." if event.key == "made_up" else ""
    hours.take_attendance(s, meeting, {enrolment.id: hours.Mark(event.key, 0, reason)}, by=stage.lead, now=event.at)


def _withdraw(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    cohorts.withdraw(s, enrolment, reason=texts.WITHDRAW_REASON, by=stage.office, now=event.at)


def _issue(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    certificates.issue(s, enrolment, by=stage.office, base_url=stage.base_url, wording=stage.wording, now=event.at)


def _revoke(s: Session, stage: Stage, enrolment: Enrolment, event: Event) -> None:
    standing = certificates.certificates_for(s, [enrolment.id]).get(enrolment.id)
    if standing is not None:
        certificates.revoke(s, standing, reason=texts.REVOKE_REASON, by=stage.office, now=event.at)


_ACTS: dict[str, Act] = {
    "agree": _agree,
    "extra_time": _extra_time,
    "read": _read,
    "quiz": _quiz,
    "draft": _draft,
    "send": _send,
    "review": _review,
    "hand_in": _hand_in,
    "accept_homework": _accept_homework,
    "claim": _claim,
    "approve": _approve,
    "attend": _attend,
    "withdraw": _withdraw,
    "issue": _issue,
    "revoke": _revoke,
}
