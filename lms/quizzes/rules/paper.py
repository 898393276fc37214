"""The paper of one attempt: which questions were drawn, in which order, and how it is kept for ever."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Protocol, TypeVar

from lms.core.errors import Conflict
from lms.curriculum.rules.shapes import Bank, Draw, Item, Option, Quiz
from lms.curriculum.rules.tasks import Cloze, Matching, Ordering, ShortAnswer, task_from
from lms.quizzes.rules import shuffling
from lms.quizzes.rules.timing import TimeTerms

T = TypeVar("T")


class Shuffle(Protocol):
    """Puts values in the order that a seed decides, the same order for ever."""

    def __call__(self, values: Sequence[T], seed: int, /) -> list[T]:
        """Return the values in another order."""
        ...


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to start attempt `number` of a quiz, given by the room that knows the student's path."""

    enrolment_id: int
    quiz: Quiz
    banks: Mapping[str, Bank]
    """Every bank the quiz draws from; empty when it holds its own questions."""
    release: str
    """The digest of the release the questions come from."""
    number: int
    accommodation: TimeTerms = field(default_factory=TimeTerms)


@dataclass(frozen=True, slots=True)
class Question:
    """One question as shown: `position` from 1, the item's options in the order the student sees."""

    position: int
    item: Item

    @property
    def right(self) -> frozenset[int]:
        """The numbers of the right options, in shown order from 0."""
        return frozenset(at for at, option in enumerate(self.item.options) if option.correct)

    @property
    def fields(self) -> int:
        """How many fields are filled in to answer; 0 where options are chosen."""
        task = self.item.task
        if isinstance(task, Matching):
            return len(task.prompts)
        if isinstance(task, Ordering):
            return len(task.steps)
        return len(task.gaps) if isinstance(task, Cloze) else int(task is not None)

    @property
    def by_person(self) -> bool:
        """Whether a person grades it."""
        return isinstance(self.item.task, ShortAnswer)

    @property
    def most(self) -> int:
        """The most points that a person may give; 0 where nobody grades."""
        return self.item.task.most if isinstance(self.item.task, ShortAnswer) else 0


@dataclass(frozen=True, slots=True)
class Paper:
    """All questions of one attempt. Once drawn it never changes, whatever happens to the files."""

    questions: tuple[Question, ...]
    void: frozenset[int] = frozenset()
    """The positions that give every point to everybody, by a ruling; never stored with the paper."""

    def question(self, position: int) -> Question | None:
        """Find a question by its position."""
        return self.questions[position - 1] if 1 <= position <= len(self.questions) else None

    @property
    def names_a_line(self) -> bool:
        """Whether some text asks for a support line."""
        return any("{{" in text for question in self.questions for text in _texts(question.item))

    def to_json(self) -> dict[str, Any]:
        """Return what is stored with the attempt."""
        return {"questions": [_plain(question) for question in self.questions]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Paper":
        """Read what was stored; fields that later versions add are not asked for."""
        return cls(tuple(Question(raw["position"], _item(raw["item"])) for raw in stored["questions"]))


def draw(quiz: Quiz, banks: Mapping[str, Bank], seed: int, shuffled: Shuffle) -> Paper:
    """Put a paper together; the same quiz, banks and seed give the same paper."""
    items = list(quiz.items) or list(_drawn(quiz, banks, seed, shuffled))
    if quiz.shuffle_questions:
        items = shuffled(items, _sub(seed, 500))
    if not items:
        raise Conflict("This quiz holds no questions yet. Nothing was counted; please tell your coordinator.")
    shown = (_shown(item, quiz, _sub(seed, 500 + at), shuffled) for at, item in enumerate(items, 1))
    return Paper(tuple(Question(at, item) for at, item in enumerate(shown, 1)))


def _drawn(quiz: Quiz, banks: Mapping[str, Bank], seed: int, shuffled: Shuffle) -> Iterator[Item]:
    used: set[str] = set()
    for at, wanted in enumerate(quiz.draws):
        pool = [item for item in _pool(wanted, banks) if item.id not in used]
        if len(pool) < wanted.count:
            raise Conflict(
                "This quiz asks for more questions than its bank holds. Nothing was counted; please tell your coordinator."
            )
        taken = shuffled(pool, _sub(seed, at))[: wanted.count]
        used.update(item.id for item in taken)
        yield from taken


def _pool(wanted: Draw, banks: Mapping[str, Bank]) -> Iterator[Item]:
    for name in wanted.banks:
        for item in banks[name].items if name in banks else ():
            if wanted.takes(item):
                yield item


def _shown(item: Item, quiz: Quiz, seed: int, shuffled: Shuffle) -> Item:
    def order(many: int, which: int) -> list[int]:
        return shuffled(range(many), seed * 100 + which if which else seed)

    return shuffling.shown(item, order, options=quiz.shuffle_options)


def _sub(seed: int, step: int) -> int:
    # One shuffle per purpose: the same seed on lists of equal length would put every right answer in the same place.
    return seed * 1000 + step


_ITEM, _OPTION = ([field.name for field in fields(kind)] for kind in (Item, Option))


def _plain(question: Question) -> dict[str, Any]:
    # What `asdict` would make of it: an exam of 120 questions copied field by field, without looking for what is not there.
    item = {name: getattr(question.item, name) for name in _ITEM}
    item["options"] = tuple({name: getattr(option, name) for name in _OPTION} for option in question.item.options)
    item["task"] = asdict(question.item.task) if question.item.task else None
    return {"position": question.position, "item": item}


def _item(raw: Mapping[str, Any]) -> Item:
    return Item(
        id=raw["id"],
        type=raw["type"],
        competencies=tuple(raw["competencies"]),
        difficulty=raw["difficulty"],
        lesson=raw["lesson"],
        stem=raw["stem"],
        options=tuple(
            Option(one["text"], one["correct"], one["feedback"], one.get("weight")) for one in raw["options"]
        ),
        rationale=raw["rationale"],
        task=task_from(raw.get("task")),
    )


def _texts(item: Item) -> Iterator[str]:
    yield from (item.stem, item.rationale, *(option.text + option.feedback for option in item.options))
    if isinstance(item.task, Matching):
        yield from item.task.prompts
    elif isinstance(item.task, Ordering):
        yield from item.task.steps
    elif isinstance(item.task, ShortAnswer):
        yield item.task.guide
