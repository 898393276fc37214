"""Ruling on a question that was wrong: everybody who was asked it is marked again, beside the mark they had."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from lms.accounts.models import Person
from lms.cohorts.models import Cohort, Enrolment
from lms.core.errors import Conflict, Denied, Invalid
from lms.core.ids import new_code
from lms.quizzes import rules
from lms.quizzes.models import Attempt, Mark, Response, Ruling
from lms.quizzes.rules import Choice, Question
from lms.quizzes.service import grades, late, marks
from lms.quizzes.service.answers import held_in
from lms.quizzes.service.attempts import paper_of
from lms.quizzes.service.rulings import Ruled, ruled_about, rulings_of
from lms.records import service as records

CLOSED = ("submitted", "expired")
"""What counts; an abandoned attempt counts nothing, whatever is ruled."""
SENTENCES = {
    "seen": "Somebody ruled on this question since you opened the page. Look at their ruling first.",
    "own": "One of these attempts is your own. Please ask another coordinator.",
    "reason": "Write a short reason. Every student who was asked this question reads it.",
    "person": "A person grades this question. Correct the grades instead.",
    "type": "Another key can be set only where options are chosen. Let the question count for everybody.",
    "asked": "It counts as it was asked. There is nothing to undo.",
    "none": "Choose at least one option that is right.",
    "foreign": "Choose among the options of this question.",
    "all": "Not every option can be the right one. Let the question count for everybody instead.",
}
_FIELD = {
    "reason": "reason",
    "asked": "kind",
    "person": "kind",
    "type": "kind",
    "none": "right",
    "foreign": "right",
    "all": "right",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One question as a provider's students were shown it, who holds it in a closed attempt, and what was ruled about it."""

    provider_id: int
    quiz: str
    question: Question
    """With its options by their words, since everybody saw them in another order."""
    words: str
    attempts: tuple[Attempt, ...]
    rulings: tuple[Ruled, ...]
    """The newest first."""
    others: tuple[str, ...]
    """The words under which this quiz asked the same item otherwise."""

    @property
    def seen(self) -> int:
        """How many rulings there are."""
        return len(self.rulings)

    @property
    def overruled(self) -> bool:
        """Whether it counts otherwise than it was asked, so that there is something to undo."""
        return bool(self.rulings) and self.rulings[0].ruling.kind != "asked"


@dataclass(frozen=True, slots=True)
class Wish:
    """A ruling as somebody wants it; `seen` is how many rulings about the question their page showed."""

    kind: rules.RulingKind
    right: tuple[str, ...]
    reason: str
    seen: int


@dataclass(frozen=True, slots=True)
class Came:
    """What an attempt comes to."""

    points: int
    out_of: int
    passed: bool | None
    waits: bool
    """Whether a person has still to grade something."""


@dataclass(frozen=True, slots=True)
class Regraded:
    """An attempt that comes to something else."""

    attempt: Attempt
    before: Came
    after: Came

    @property
    def lost(self) -> bool:
        """Whether a pass is taken away."""
        return bool(self.before.passed) and not self.after.passed

    @property
    def won(self) -> bool:
        """Whether a pass is given."""
        return bool(self.after.passed) and not self.before.passed


def case_of(s: Session, provider_id: int, quiz: str, item: str, words: str = "") -> Case | None:
    """Return the question of an item as this quiz showed it, the newest wording unless `words` names one. Two queries."""
    held = list(s.scalars(_holding(provider_id, item, CLOSED)))
    shown: dict[str, Question] = {}
    for attempt in reversed(held):
        if attempt.quiz == quiz:
            shown |= {w: q for w, q in _questions(attempt, item) if w not in shown}
    wanted = words or next(iter(shown), "")
    if wanted not in shown:
        return None
    return Case(
        provider_id,
        quiz,
        _by_words(shown[wanted]),
        wanted,
        _with(held, item, wanted),
        tuple(ruled_about(s, provider_id, wanted)),
        tuple(one for one in shown if one != wanted),
    )


def rule(s: Session, case: Case, wish: Wish, *, by: Person, now: datetime) -> list[Regraded]:
    """Rule on a question and mark again every closed attempt that holds it; return those that come to something else.

    What is under way is marked by the ruling when it closes. The number of queries does not grow with the attempts.
    """
    case = replace(case, rulings=tuple(ruled_about(s, case.provider_id, case.words)))
    _check(case, wish)
    row = Ruling(
        code=new_code(),
        provider_id=case.provider_id,
        item=case.question.item.id,
        words=case.words,
        number=case.seen + 1,
        kind=wish.kind,
        right=sorted(set(wish.right)) if wish.kind == "key" else [],
        reason=wish.reason.strip(),
        by=by.code,
        at=now,
    )
    s.add(row)
    s.flush()
    held = _locked(s, case)
    if any(attempt.enrolment.person_id == by.id for attempt in held):
        raise Denied(SENTENCES["own"])
    changed = _mark_all(s, held, row)
    facts = {"quiz": case.quiz, "item": row.item, "kind": row.kind, "attempts": len(held), "changed": len(changed)}
    records.audit(s, by.code, "quizzes.ruled", row.code, now=now, facts=facts)
    s.flush()
    return changed


def _check(case: Case, wish: Wish) -> None:
    if wish.seen != case.seen:
        raise Conflict(SENTENCES["seen"])
    why = rules.misruled(case.question, wish.kind, wish.right) or ("" if wish.reason.strip() else "reason")
    if wish.kind == "asked" and not case.overruled:
        why = "asked"
    if why:
        raise Invalid(SENTENCES[why], {_FIELD[why]: SENTENCES[why]})


def _locked(s: Session, case: Case) -> tuple[Attempt, ...]:
    # An attempt that closes at this very moment: either it is closed before we have its row, and is marked again here, or
    # it waits for us and finds the ruling, which is written already, when it is marked.
    asked = _holding(case.provider_id, case.question.item.id, (*CLOSED, "in_progress")).with_for_update(of=Attempt)
    held = [one for one in s.scalars(asked.execution_options(populate_existing=True)) if one.state in CLOSED]
    return _with(held, case.question.item.id, case.words)


def _holding(provider_id: int, item: str, states: Sequence[str]) -> sa.Select[Attempt]:
    # The item's id in the text of the paper leaves few to read; whose words are the very same is then seen one by one.
    named = sa.cast(Attempt.paper, sa.Text).contains(f'"{item}"', autoescape=True)
    seat = contains_eager(Attempt.enrolment)
    cohort = seat.contains_eager(Enrolment.cohort)
    return (
        sa.select(Attempt)
        .join(Attempt.enrolment)
        .join(Enrolment.cohort)
        .where(Cohort.provider_id == provider_id, Attempt.state.in_(states), named)
        .order_by(Attempt.id)
        .options(
            seat.joinedload(Enrolment.person, innerjoin=True),
            cohort.joinedload(Cohort.release, innerjoin=True),
            cohort.joinedload(Cohort.provider, innerjoin=True),
        )
    )


def _questions(attempt: Attempt, item: str) -> Iterable[tuple[str, Question]]:
    return [(rules.words_of(q), q) for q in paper_of(attempt).questions if q.item.id == item]


def _with(held: Iterable[Attempt], item: str, words: str) -> tuple[Attempt, ...]:
    return tuple(one for one in held if words in dict(_questions(one, item)))


def _by_words(question: Question) -> Question:
    options = tuple(sorted(question.item.options, key=lambda option: option.text))
    return replace(question, item=replace(question.item, options=options))


def _mark_all(s: Session, held: Sequence[Attempt], ruling: Ruling) -> list[Regraded]:
    ids = [attempt.id for attempt in held]
    in_force = rulings_of(s, ruling.provider_id)
    answers, given, accepted = _answers(s, ids), grades.hundredths_for(s, ids), late.accepted_for(s, ids)
    before = marks.marks_for(s, ids)
    made = []
    for attempt in held:
        paper = rules.under(paper_of(attempt), in_force)
        mine = answers.get(attempt.id, {}), accepted.get(attempt.id, ()), given.get(attempt.id)
        score = rules.score(paper, *rules.counted(paper, *mine))
        was = _came(attempt, before.get(attempt.id))
        passed = rules.verdict(score, attempt.pass_percent, marks.passed(attempt, before.get(attempt.id)))
        made.append(Regraded(attempt, was, Came(score.points, score.out_of, passed, score.waiting)))
    changed = [one for one in made if one.after != one.before]
    if changed:
        s.execute(sa.insert(Mark), [_row(one, before.get(one.attempt.id), ruling) for one in changed])
    return changed


def _answers(s: Session, ids: Sequence[int]) -> dict[int, dict[int, Choice]]:
    found: dict[int, dict[int, Choice]] = {}
    for row in s.scalars(sa.select(Response).where(Response.attempt_id.in_(ids))):
        found.setdefault(row.attempt_id, {})[row.position] = held_in(row).choice
    return found


def _came(attempt: Attempt, mark: Mark | None) -> Came:
    one = mark or attempt
    return Came(one.points or 0, one.out_of or 0, one.passed, marks.waits(attempt, mark))


def _row(one: Regraded, before: Mark | None, ruling: Ruling) -> Mapping[str, object]:
    return {
        "attempt_id": one.attempt.id,
        "number": before.number + 1 if before else 1,
        "ruling_id": ruling.id,
        "by": ruling.by,
        "at": ruling.at,
        "points": one.after.points,
        "out_of": one.after.out_of,
        "passed": one.after.passed,
        "waits": one.after.waits,
    }
