"""What reading is worth, what comes next for a student, and when a quiz opens: judgement with reasons."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from lms.curriculum.rules.shapes import Lesson, LessonLine, ModuleLine, Outline, Pathway, Quiz
from lms.quizzes.rules import ALWAYS, Again, QuizResult, Window, again

BEAT = timedelta(seconds=20)
"""How much visible reading one count of a browser tab stands for."""
SLOW_WORDS_A_MINUTE = 100
"""The pace up to which a page read without a script is believed; the lessons' own minutes rest on the same pace."""
LAG = timedelta(seconds=60)
"""How late a report may arrive without costing the reports after it."""
PATIENCE = 3
"""A lesson is measured up to this many times its minutes: room for a slow reader, none for a page left open at night."""


@dataclass(frozen=True, slots=True)
class LessonState:
    """What is recorded of one student in one lesson. `last_at` is the last sign of reading it."""

    opened: frozenset[int] = frozenset()
    measured_seconds: int = 0
    last_at: datetime | None = None
    done_at: datetime | None = None
    credited_seconds: int = 0


UNTOUCHED = LessonState()


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps a lesson from counting: parts to open, a check to pass, or seconds to read."""

    kind: Literal["parts", "check", "time"]
    have: int
    need: int


@dataclass(frozen=True, slots=True)
class Credit:
    """What a lesson is worth now; `seconds` count only when it is `earned`, and `missing` says why it is not."""

    seconds: int
    earned: bool
    missing: tuple[Missing, ...]


def credit(
    minutes: int,
    parts: int,
    opened: Collection[int],
    check_passed: bool,
    measured_seconds: int,
    rule: Literal["completion", "seat_time"],
    floor_percent: int,
) -> Credit:
    """Judge one lesson: `completion` gives its minutes once enough was read, `seat_time` what was measured, up to them."""
    whole = minutes * 60
    floor = whole * floor_percent // 100 if rule == "completion" else 0
    read = len({part for part in opened if 1 <= part <= parts})
    asked = (
        Missing("parts", read, parts),
        Missing("check", int(check_passed), 1),
        Missing("time", measured_seconds, floor),
    )
    missing = tuple(one for one in asked if one.have < one.need)
    return Credit(whole if rule == "completion" else min(measured_seconds, whole), not missing, missing)


def credit_of(
    line: LessonLine | Lesson, state: LessonState, results: Mapping[str, "Passed"], pathway: Pathway
) -> Credit:
    """Judge one lesson of a student, under the student's pathway."""
    parts = line.parts if isinstance(line.parts, int) else len(line.parts)
    return credit(
        line.minutes,
        parts,
        state.opened,
        not line.check or passed(results, line.check),
        state.measured_seconds,
        pathway.self_paced_credit,
        pathway.reading_floor_percent,
    )


class Passed(Protocol):
    """What is asked here of a quiz result."""

    @property
    def passed(self) -> bool:
        """Whether any attempt passed."""
        ...


def passed(results: Mapping[str, Passed], quiz: str) -> bool:
    """Say whether a quiz was passed."""
    return quiz in results and results[quiz].passed


@dataclass(frozen=True, slots=True)
class Known:
    """What the server knew before a report: the enrolment's frontier, this tab's last report, this lesson's total.

    The frontier is the end of the newest measured stretch of the whole enrolment, whichever tab or device it came from.
    """

    frontier: datetime | None = None
    reported_at: datetime | None = None
    reported: int = 0
    measured_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Measured reading that a report adds, in whole seconds; it begins at or after the frontier, so none counts twice."""

    started_at: datetime
    ended_at: datetime

    @property
    def seconds(self) -> int:
        """How long it is."""
        return whole_seconds(self.ended_at - self.started_at)


def beat(known: Known, sequence: int, budget_seconds: int, now: datetime) -> Stretch:
    """Take a tab's count of visible twenty-second beats (ever rising, so a repeated report adds nothing).

    What it newly claims is believed up to the server's own time since that tab last reported and one beat more, up to
    the time since the frontier, and up to what is left of the lesson's budget.
    """
    claimed = max(0, sequence - known.reported) * whole_seconds(BEAT)
    since = whole_seconds(now - known.reported_at) if known.reported_at else 0
    return _stretch(known, min(claimed, since + whole_seconds(BEAT)), budget_seconds, known.reported_at, now)


def page_read(known: Known, shown_at: datetime, words: int, budget_seconds: int, now: datetime) -> Stretch:
    """Take a page that was shown at `shown_at` and left by its button now, in a browser that runs no script.

    The server knows when it gave the page out; the time since then is believed as far as a slow reader needs it.
    """
    slow = words * 60 // SLOW_WORDS_A_MINUTE
    return _stretch(known, min(slow, whole_seconds(now - shown_at)), budget_seconds, shown_at, now)


def _stretch(known: Known, seconds: int, budget_seconds: int, since: datetime | None, now: datetime) -> Stretch:
    free = whole_seconds(now - known.frontier) if known.frontier else seconds
    taken = timedelta(seconds=max(0, min(seconds, free, budget_seconds - known.measured_seconds)))
    # The reading lies somewhere between `since` and now. It is put early, so that a report which a bad line held up
    # leaves room for the next one; and not much before now, so that the record says when somebody read.
    latest = now - taken
    start = latest if since is None else min(latest, max(known.frontier or since, since, latest - LAG))
    return Stretch(start, start + taken)


def is_known_again(known: Known, sequence: int, now: datetime) -> bool:
    """Say whether a report without anything new is worth a mark: the tab was silent long, so reading starts from now."""
    return known.reported_at is not None and sequence == known.reported and now - known.reported_at > LAG


def budget(minutes: int) -> int:
    """Return the most seconds that are measured for a lesson of so many minutes."""
    return minutes * 60 * PATIENCE


def whole_seconds(span: timedelta) -> int:
    """Return a span in whole seconds, rounded down; a clock that went back gives nothing."""
    return max(0, span // timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next. `part` opens a part; `check` passes a lesson's check; `time` reads on in a lesson whose time is short.

    `quiz` is set for `check`, `quiz` and `exam`; `lesson` for `part`, `check` and `time`.
    """

    kind: Literal["part", "check", "time", "quiz", "exam"]
    module: ModuleLine | None = None
    lesson: LessonLine | None = None
    part: int = 1
    quiz: str = ""


def next_step(
    outline: Outline,
    pathway: Pathway,
    states: Mapping[str, LessonState],
    results: Mapping[str, Passed],
    waiting: Collection[str] = frozenset(),
) -> Step | None:
    """Return the first thing a student can do now, or None when lessons, quizzes and exam are all behind them.

    Quizzes in `waiting` may not be tried yet; they are stepped over while there is something else to do.
    """
    first = None
    for step in _steps(outline, pathway, states, results):
        if step.quiz not in waiting:
            return step
        first = first or step
    return first


def _steps(
    outline: Outline, pathway: Pathway, states: Mapping[str, LessonState], results: Mapping[str, Passed]
) -> Iterator[Step]:
    asked = [module for module in outline.modules if module.id in pathway.modules]
    owed = [quiz for quiz in pathway.quizzes if not passed(results, quiz)]
    for module in asked:
        for lesson in module.lessons:
            state = states.get(lesson.id, UNTOUCHED)
            if not state.done_at and not credit_of(lesson, state, results, pathway).earned:
                yield _lesson_step(module, lesson, state, results)
        if module.quiz in owed:
            yield Step("quiz", module, quiz=module.quiz)
    yield from (Step("quiz", quiz=quiz) for quiz in owed if quiz not in {module.quiz for module in asked})
    if pathway.exam and not owed and not passed(results, pathway.exam):
        yield Step("exam", quiz=pathway.exam)


def _lesson_step(module: ModuleLine, lesson: LessonLine, state: LessonState, results: Mapping[str, Passed]) -> Step:
    unread = first_unread(lesson.parts, state)
    if unread:
        return Step("part", module, lesson, unread)
    if lesson.check and not passed(results, lesson.check):
        return Step("check", module, lesson, lesson.parts, lesson.check)
    return Step("time", module, lesson)


def first_unread(parts: int, state: LessonState) -> int | None:
    """Return the first part that was never opened."""
    return next((part for part in range(1, parts + 1) if part not in state.opened), None)


@dataclass(frozen=True, slots=True)
class Sitting:
    """What decides whether a student may start a quiz: their seat, their tries, and what has to come before it."""

    enrolled: bool
    quiz: Quiz
    result: QuizResult | None = None
    unread: tuple[str, ...] = ()
    """Lessons of the module with parts that were never opened."""
    unpassed: tuple[str, ...] = ()
    """Required quizzes that are not passed."""
    window: Window = ALWAYS
    """When the cohort may begin it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a quiz does not start: `seat`, `passed`, `lessons`, `quizzes`, `attempts`, `cooling`, `unopened` or `over`.

    `until` is set for `cooling` and `unopened`, and for `over` it says when the quiz closed.
    `lacking` names the lessons or quizzes that have to come first.
    """

    code: Literal["seat", "passed", "lessons", "quizzes", "attempts", "cooling", "unopened", "over"]
    until: datetime | None = None
    lacking: tuple[str, ...] = ()


def may_start(sitting: Sitting, now: datetime) -> Refusal | None:
    """Return why this quiz does not start now, or None if it does; an attempt in progress may always be gone back to."""
    tries = again(sitting.quiz, sitting.result, now)
    if not sitting.enrolled:
        return Refusal("seat")
    if tries.state == "open":
        return None
    if sitting.result and sitting.result.passed and sitting.quiz.kind != "lesson":
        return Refusal("passed")
    return _before(sitting) or _tries(tries) or _closed(sitting.window, now)


def _before(sitting: Sitting) -> Refusal | None:
    # A quiz that was open once stays open, also when its module grows a lesson.
    first = sitting.result is None or sitting.result.tries == 0
    if sitting.quiz.kind == "module" and sitting.unread and first:
        return Refusal("lessons", lacking=sitting.unread)
    if sitting.quiz.kind == "exam" and sitting.unpassed:
        return Refusal("quizzes", lacking=sitting.unpassed)
    return None


def _tries(tries: Again) -> Refusal | None:
    if tries.state == "used_up":
        return Refusal("attempts")
    return Refusal("cooling", until=tries.since) if tries.state == "later" else None


def _closed(window: Window, now: datetime) -> Refusal | None:
    stands = window.stands(now)
    if stands == "before":
        return Refusal("unopened", until=window.opens_at)
    return Refusal("over", until=window.closes_at) if stands == "after" else None


def unread_in(module: ModuleLine, states: Mapping[str, LessonState]) -> tuple[str, ...]:
    """Return the lessons of a module that have parts which were never opened."""
    return tuple(x.id for x in module.lessons if first_unread(x.parts, states.get(x.id, UNTOUCHED)))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a student is in one module: lessons done, whether any was touched, and whether all of it is behind them."""

    done: int
    begun: bool
    finished: bool
    """Whether every lesson is done and the module's quiz, if any, passed."""


def progress(module: ModuleLine, states: Mapping[str, LessonState], results: Mapping[str, Passed]) -> Progress:
    """Say how far a student is in one module."""
    touched = [states[lesson.id] for lesson in module.lessons if lesson.id in states]
    done = sum(1 for state in touched if state.done_at)
    quiz_passed = not module.quiz or passed(results, module.quiz)
    return Progress(done, bool(touched), done == len(module.lessons) and quiz_passed)


def earned_at(state: LessonState, passed_at: datetime | None, now: datetime) -> datetime:
    """Return the moment an earned lesson came together: its last reading or the passing of its check."""
    moments = [at for at in (state.last_at, passed_at) if at is not None]
    return max(moments, default=now)
