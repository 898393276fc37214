"""What is asked and on what terms: banks counted by competency, the exam by domain, every quiz's limits."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lms.curriculum.rules.hours import by_framework
from lms.curriculum.rules.shapes import Bank, CompetencyMap, Quiz


@dataclass(frozen=True, slots=True)
class Bankful:
    """One bank: how many questions, and how many under each competency they are drawn by (a question's first)."""

    id: str
    title: str
    questions: int
    by_competency: dict[str, int]


@dataclass(frozen=True, slots=True)
class Exam:
    """The exam: per competency how many are drawn and from how many; per framework the same by its entries.

    The key "" holds what is drawn over whole banks, whatever the competency.
    """

    quiz: Quiz
    drawn: dict[str, int]
    pool: dict[str, int]
    domains: tuple[tuple[str, str, tuple[tuple[str, str, int, int], ...]], ...]
    """Framework id and title, and for each entry its id, title, drawn and pool; the last entry is `outside`."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one quiz."""

    title: str
    kind: str
    questions: int
    time_limit_minutes: int | None
    attempts: int | None
    retry_after_hours: int
    pass_percent: int
    review: str


def bankful(bank: Bank) -> Bankful:
    """Count one bank."""
    counted = Counter(item.competencies[0] for item in bank.items)
    return Bankful(bank.id, bank.title, len(bank.items), {key: counted[key] for key in sorted(counted)})


def terms(quiz: Quiz) -> Terms:
    """Return what a student meets in a quiz."""
    return Terms(
        quiz.title, quiz.kind, asked(quiz), quiz.time_limit_minutes, quiz.attempts, quiz.retry_after_hours,
        quiz.pass_percent, quiz.review,
    )  # fmt: skip


def asked(quiz: Quiz) -> int:
    """Return how many questions a quiz asks."""
    return len(quiz.items) or sum(draw.count for draw in quiz.draws)


def exam(quiz: Quiz, banks: Mapping[str, Bank], map_: CompetencyMap) -> Exam:
    """Return an exam's blueprint beside what its banks hold."""
    drawn, pool = Counter[str](), Counter[str]()
    for draw in quiz.draws:
        drawn[draw.competency] += draw.count
        held = [item for id_ in draw.banks if id_ in banks for item in banks[id_].items]
        pool[draw.competency] += sum(not draw.competency or item.competencies[0] == draw.competency for item in held)
    order = [one.id for one in map_.competencies if one.id in drawn]
    keys = [*order, *sorted(drawn.keys() - set(order))]
    return Exam(quiz, {key: drawn[key] for key in keys}, {key: pool[key] for key in keys}, _domains(drawn, pool, map_))


def _domains(
    drawn: Mapping[str, int], pool: Mapping[str, int], map_: CompetencyMap
) -> tuple[tuple[str, str, tuple[tuple[str, str, int, int], ...]], ...]:
    found = []
    for framework in map_.frameworks:
        asks, holds = by_framework(drawn, map_, framework.id), by_framework(pool, map_, framework.id)
        titles = {entry.id: entry.title for entry in framework.entries}
        rows = tuple((key, titles.get(key, ""), asks[key], holds[key]) for key in asks)
        found.append((framework.id, framework.title, rows))
    return tuple(found)


def checks_in(quizzes: Iterable[Quiz]) -> Sequence[Terms]:
    """Return the terms of lesson checks, each kind of terms once, however many checks have them."""
    return list(dict.fromkeys(_alike(quiz) for quiz in quizzes))


def _alike(quiz: Quiz) -> Terms:
    return Terms(
        "", quiz.kind, 0, quiz.time_limit_minutes, quiz.attempts, quiz.retry_after_hours, quiz.pass_percent, quiz.review
    )
