"""What a person ruled about a question that was wrong: it counts for everybody, or other options are right.

A ruling is about words: whoever was shown the same question, in whatever order its options stood, is marked by it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from lms.core.crypto import digest
from lms.quizzes.rules.paper import Paper, Question
from lms.quizzes.rules.statistics import key_of

RulingKind = Literal["key", "void", "asked"]
"""`asked`: it counts by the key it was asked with, which undoes what was ruled before."""
KEYED = ("single", "multiple", "true_false")
"""The types of which another key can be ruled."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """One ruling about the question of these words; of several the one with the highest number holds."""

    words: str
    kind: RulingKind
    right: tuple[str, ...] = ()
    """The texts of the options that are right from now on; empty for any other kind."""
    number: int = 1


Rulings = Mapping[str, Ruling]
"""The rulings in force, by the words they are about."""
NO_RULINGS: Rulings = {}


def words_of(question: Question) -> str:
    """Return the mark of a question's words and key."""
    return digest(key_of(question))


def in_force(rulings: Iterable[Ruling]) -> dict[str, Ruling]:
    """Return the newest ruling about each question."""
    return {one.words: one for one in sorted(rulings, key=lambda one: one.number)}


def under(paper: Paper, rulings: Rulings) -> Paper:
    """Return a paper as it is marked: with the keys that were ruled, and the positions that count for everybody.

    Which question a ruling is about is told by the words as shown, so it is always asked of the paper as it was kept.
    """
    if not rulings:
        return paper
    about = {q.position: rulings[words] for q in paper.questions if (words := words_of(q)) in rulings}
    questions = tuple(_keyed(q, about[q.position]) if q.position in about else q for q in paper.questions)
    void = frozenset(position for position, ruling in about.items() if ruling.kind == "void")
    return replace(paper, questions=questions, void=void)


def _keyed(question: Question, ruling: Ruling) -> Question:
    if ruling.kind != "key":
        return question
    options = tuple(replace(option, correct=option.text in ruling.right) for option in question.item.options)
    return replace(question, item=replace(question.item, options=options))


def misruled(question: Question, kind: RulingKind, right: Iterable[str]) -> str:
    """Say why a question cannot be ruled so: `person`, `type`, `none`, `foreign`, `all`; empty if it can."""
    texts, chosen = {option.text for option in question.item.options}, set(right)
    if question.by_person:
        return "person"
    if kind != "key":
        return ""
    if question.item.type not in KEYED:
        return "type"
    if not chosen:
        return "none"
    if not chosen <= texts:
        return "foreign"
    # Where one option is chosen, a key of all of them would say that the question asks nothing.
    return "all" if question.item.type != "multiple" and chosen == texts else ""
