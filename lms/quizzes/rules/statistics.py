"""What a quiz's questions did: how hard each was, whether it tells the able from the unsure, which options nobody takes.

Classical item analysis. Facility is the share of the points a question gave (Lord & Novick 1968, item difficulty);
discrimination is the correlation of a question's points with the points of the rest of the paper (corrected item-total
correlation, Henrysson 1963). Integers and exact fractions in, per cent and hundredths out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isqrt
from statistics import median

from lms.curriculum.rules.tasks import Cloze, Matching, Numeric, Ordering, ShortAnswer, ShortText, Task
from lms.quizzes.rules.marking import POINT, score
from lms.quizzes.rules.paper import Paper, Question

ENOUGH = 30
"""With fewer answers a figure says more about who happened to sit than about the question; it is not shown."""
EASY, HARD = 95, 30
"""Per cent of the points above and below which a question is worth a look."""
WEAK = 10
"""Hundredths of correlation below which a question does not tell the able from the unsure."""
RARE = 5
"""Per cent of answers below which a wrong option tempts nobody."""
LONGEST_PAUSE = 600
"""Seconds; a longer time between two answers is a break, not thought."""


@dataclass(frozen=True, slots=True)
class Sat:
    """One closed attempt as the analysis needs it: its paper, what was answered, and the seconds each answer took."""

    paper: Paper
    responses: dict[int, tuple[int | str, ...]]
    seconds: dict[int, int]


@dataclass(frozen=True, slots=True)
class OptionUse:
    """One option of a question by its words, and how many chose it."""

    text: str
    correct: bool
    chosen: int
    percent: int


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What is known of one question, pooled over everyone who was shown these very words. None: too few to judge."""

    key: str
    item: str
    stem: str
    type: str
    shown: int
    answered: int
    facility: int | None
    discrimination: int | None
    seconds: int | None
    options: tuple[OptionUse, ...]
    remarks: tuple[str, ...]
    """`easy`, `hard`, `weak`, `backwards`, `rare`: what is worth a look."""


@dataclass(frozen=True, slots=True)
class _One:
    question: Question
    points: int
    rest: int
    choice: tuple[int | str, ...]
    seconds: int | None


def seconds_of(started_at: datetime, saves: Sequence[tuple[int, datetime]], *, longest: int) -> dict[int, int]:
    """Return for each position the seconds from the save before (or the start) to its first save; breaks are left out."""
    taken: dict[int, int] = {}
    before = started_at
    for position, at in saves:
        passed = int((at - before).total_seconds())
        if position not in taken and 0 <= passed <= longest:
            taken[position] = passed
        before = at
    return taken


def key_of(question: Question) -> str:
    """Return what makes two questions the same: their words and keys, in whatever order the options were shown."""
    item = question.item
    options = sorted(
        f"{option.text}\x1f{option.correct}" + ("" if option.weight is None else f"\x1f{option.weight}")
        for option in item.options
    )
    return "\x1e".join((item.id, item.stem, *options, *_asked(item.task)))


def _asked(task: Task | None) -> list[str]:
    """Return what is asked for where no options are chosen, with its key, in whatever order it was shown."""
    if isinstance(task, Matching):
        pairs = [f"{prompt}\x1f{task.answers[at]}" for prompt, at in zip(task.prompts, task.key, strict=True)]
        return [*sorted(pairs), *sorted(task.answers)]
    if isinstance(task, Ordering):
        return [step for _place, step in sorted(zip(task.places, task.steps, strict=True))]
    if isinstance(task, Numeric):
        return [task.value, task.tolerance, task.unit]
    if isinstance(task, ShortText):
        return sorted(task.accepted)
    if isinstance(task, Cloze):
        return ["\x1f".join((*sorted(gap.accepted), "", *sorted(gap.choices))) for gap in task.gaps]
    return [task.guide, str(task.most)] if isinstance(task, ShortAnswer) else []


def figures(sat: Iterable[Sat], enough: int = ENOUGH) -> tuple[ItemFigures, ...]:
    """Analyse attempts; the questions that are worth a look come first, then by id."""
    pooled: dict[str, list[_One]] = defaultdict(list)
    for one in sat:
        for key, found in _of(one):
            pooled[key].append(found)
    made = [_figures(key, ones, enough) for key, ones in pooled.items()]
    return tuple(sorted(made, key=lambda one: (not one.remarks, one.item, one.key)))


def _of(sat: Sat) -> Iterable[tuple[str, _One]]:
    mark = score(sat.paper, sat.responses)
    for question, marked in zip(sat.paper.questions, mark.marked, strict=True):
        if question.by_person:
            continue
        choice = sat.responses.get(question.position, ())
        rest = mark.points - marked.points
        yield key_of(question), _One(question, marked.points, rest, choice, sat.seconds.get(question.position))


def _figures(key: str, ones: Sequence[_One], enough: int) -> ItemFigures:
    item, shown = ones[0].question.item, len(ones)
    judged = shown >= enough
    facility = sum(one.points for one in ones) * 100 // (shown * POINT) if judged else None
    discrimination = _correlation([(one.points, one.rest) for one in ones]) if judged else None
    options = _options(ones) if judged else ()
    times = [one.seconds for one in ones if one.seconds is not None]
    return ItemFigures(
        key=key,
        item=item.id,
        stem=item.stem,
        type=item.type,
        shown=shown,
        answered=sum(1 for one in ones if one.choice),
        facility=facility,
        discrimination=discrimination,
        seconds=int(median(times)) if judged and len(times) >= enough else None,
        options=options,
        remarks=tuple(_remarks(facility, discrimination, options)),
    )


def _correlation(pairs: Sequence[tuple[int, int]]) -> int | None:
    """Return Pearson's correlation in hundredths, rounded toward zero; None where one side never varies."""
    n = len(pairs)
    sum_x, sum_y = (sum(pair[at] for pair in pairs) for at in (0, 1))
    spread_x = n * sum(x * x for x, _ in pairs) - sum_x * sum_x
    spread_y = n * sum(y * y for _, y in pairs) - sum_y * sum_y
    if not spread_x or not spread_y:
        return None
    together = n * sum(x * y for x, y in pairs) - sum_x * sum_y
    size = isqrt(10_000 * together * together // (spread_x * spread_y))
    return min(size, 100) if together >= 0 else -min(size, 100)


def _options(ones: Sequence[_One]) -> tuple[OptionUse, ...]:
    chosen: Counter[str] = Counter()
    for one in ones:
        shown = one.question.item.options
        chosen.update(shown[at].text for at in one.choice if isinstance(at, int) and at < len(shown))
    return tuple(
        OptionUse(option.text, option.correct, chosen[option.text], chosen[option.text] * 100 // len(ones))
        for option in sorted(ones[0].question.item.options, key=lambda x: (not x.correct, x.text))
    )


def _remarks(facility: int | None, discrimination: int | None, options: Sequence[OptionUse]) -> Iterable[str]:
    if facility is not None and facility > EASY:
        yield "easy"
    if facility is not None and facility < HARD:
        yield "hard"
    if discrimination is not None and discrimination < 0:
        yield "backwards"
    elif discrimination is not None and discrimination < WEAK:
        yield "weak"
    if any(option.percent < RARE and not option.correct for option in options):
        yield "rare"
