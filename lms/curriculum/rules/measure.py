"""How much there is: lessons of a length that can be read, modules with all they need, and a programme that is not too hard."""

from collections import Counter
from collections.abc import Iterator
from statistics import median

from lms.curriculum.rules.tree import Module, Problem, Tree

LESSON_WORDS = range(1200, 2301)
BANK_ITEMS = 25
MEDIAN_DIFFICULTY = 3


def check(tree: Tree) -> Iterator[Problem]:
    """Report what is too short, too long, too hard or not there."""
    held: Counter[str] = Counter()
    for bank in tree.banks:
        held[bank.data.module] += len(bank.data.items)
    unread = {name.partition(":")[0] for name in tree.broken}
    for module in tree.modules:
        yield from _lessons(module)
        yield from _module(module, held[module.id], unread)
    yield from _difficulty(tree)


def _lessons(module: Module) -> Iterator[Problem]:
    for lesson in module.lessons:
        if lesson.words not in LESSON_WORDS:
            what = f"The lesson has {lesson.words:,} words."
            how = (
                f"{LESSON_WORDS[0]:,} to {LESSON_WORDS[-1]:,} are read in one sitting: add what is missing, or part it."
            )
            yield lesson.problem(lesson.body_line, what, how, "warning")


def _module(module: Module, questions: int, unread: set[str]) -> Iterator[Problem]:
    # What is there but could not be read has been reported already; it is not missing.
    if module.head is None or not module.lessons:
        return
    if not module.meetings and "meeting" not in unread:
        yield module.head.problem(1, "This module has no meeting.", "Add `meeting-1.md`.", "warning")
    if not module.homework and "homework" not in unread:
        yield module.head.problem(1, "This module has no homework.", "Add `homework-1.md`.", "warning")
    if questions < BANK_ITEMS and "bank" not in unread:
        what = f"The banks of this module hold {questions} questions."
        how = f"Write {BANK_ITEMS} or more, so that two attempts rarely meet the same ones."
        yield module.head.problem(1, what, how, "warning")


def _difficulty(tree: Tree) -> Iterator[Problem]:
    levels = [lesson.data.difficulty.level for _, lesson in tree.lessons()]
    if tree.programme is not None and levels and median(levels) > MEDIAN_DIFFICULTY:
        what = f"Half of the lessons have a difficulty of {median(levels):g} or more."
        how = f"The median of a programme is {MEDIAN_DIFFICULTY} or less: make lessons plainer, or judge their difficulty again."
        yield tree.programme.problem(tree.programme.line("modules"), what, how)
