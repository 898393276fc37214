"""Quizzes and banks: each for something that exists, and enough questions for what is drawn."""

from collections import Counter
from collections.abc import Iterator

from lms.curriculum.rules.item_schema import ItemIn
from lms.curriculum.rules.known import Known, repeated, unknown
from lms.curriculum.rules.schema import BankIn, BlueprintIn, DrawIn, QuizIn
from lms.curriculum.rules.tree import File, Problem, Tree

CHECK_QUESTIONS = range(4, 7)


def check(tree: Tree, names: Known) -> Iterator[Problem]:
    """Report quizzes that could not be given."""
    banks = {file.id: file for file in tree.banks}
    for bank in tree.banks:
        yield from unknown(bank, ("module",), [bank.data.module], names.modules, "module")
    for file in tree.quizzes:
        yield from _subject(tree, file, names)
        yield from _draw(file, banks, names)
        yield from _overdue(file)
    # A programme may have several exams: each pathway names its own. A lesson or module has one quiz.
    single = [file for file in tree.quizzes if file.data.kind != "exam"]
    for at, (kind, subject) in repeated((file.data.kind, file.data.subject) for file in single):
        file = single[at]
        yield file.problem(file.line("for"), f"`{subject}` has two quizzes of kind {kind}.", "Keep one.")


def _subject(tree: Tree, file: File[QuizIn], names: Known) -> Iterator[Problem]:
    data = file.data
    if data.kind == "lesson":
        yield from unknown(file, ("for",), [data.subject], names.lessons, "lesson")
        for at, item in enumerate(data.items):
            if item.lesson != data.subject:
                what = f"`{item.id}` is taught in `{item.lesson}`, and this check is for `{data.subject}`."
                yield file.problem(
                    file.line("items", at, "lesson"), what, "Ask only what the lesson teaches.", "warning"
                )
    elif data.kind == "module":
        yield from unknown(file, ("for",), [data.subject], names.modules, "module")
    elif tree.programme is not None:
        yield from unknown(file, ("for",), [data.subject], frozenset({tree.programme.data.id}), "programme")


def _overdue(file: File[QuizIn]) -> Iterator[Problem]:
    data = file.data
    if data.overdue != "submit" and data.time_limit_minutes is None:
        yield file.problem(
            file.line("overdue"), f"`overdue: {data.overdue}` stands beside no time limit.", "Leave it out."
        )
    if (data.overdue == "grace") != bool(data.grace_minutes):
        how = "Write both `overdue: grace` and `grace_minutes:` from 1 to 120, or neither."
        yield file.problem(
            file.line("grace_minutes" if data.grace_minutes else "overdue"), "Grace is said by halves.", how
        )


def _draw(file: File[QuizIn], banks: dict[str, File[BankIn]], names: Known) -> Iterator[Problem]:
    draw, line = file.data.draw, file.line("draw")
    if draw.items is not None:
        yield from _own(file)
        return
    if file.data.items:
        yield file.problem(
            file.line("items"), "This quiz draws from banks and has questions of its own.", "Move them into a bank."
        )
    if file.data.kind == "lesson":
        yield file.problem(
            line,
            "A lesson check holds its own questions.",
            "Write `draw: {items: all}` and the questions under `items`.",
        )
    if not _whole(draw):
        how = "Write {items: all}, {bank: …, count: …} or {banks: […], blueprint: […]}."
        yield file.problem(line, "The draw does not say where questions come from.", how)
        return
    listed = draw.banks if draw.banks is not None else [draw.bank or ""]
    yield from unknown(file, ("draw", "banks" if draw.banks is not None else "bank"), listed, names.banks, "bank")
    for at, id_ in repeated(listed):
        yield file.problem(file.line("draw", "banks", at), f"The bank `{id_}` is listed twice.", "Keep one.")
    if all(id_ in banks for id_ in listed):
        yield from _enough(file, [banks[id_] for id_ in dict.fromkeys(listed)], names)


def _whole(draw: DrawIn) -> bool:
    one = draw.bank is not None and draw.count is not None and draw.banks is None and draw.blueprint is None
    many = bool(draw.banks) and draw.bank is None and (bool(draw.blueprint) != (draw.count is not None))
    return one or many


def _own(file: File[QuizIn]) -> Iterator[Problem]:
    draw, held = file.data.draw, len(file.data.items)
    if (draw.bank, draw.count, draw.banks, draw.blueprint) != (None, None, None, None):
        yield file.problem(file.line("draw"), "`items: all` stands beside a draw from banks.", "Keep one of them.")
    if file.data.kind != "lesson":
        yield file.problem(file.line("draw"), "Only a lesson check holds its own questions.", "Draw from a bank.")
    elif held not in CHECK_QUESTIONS:
        how = f"Write {CHECK_QUESTIONS[0]} to {CHECK_QUESTIONS[-1]}."
        yield file.problem(file.line("items"), f"This check has {held} questions.", how)


def _enough(file: File[QuizIn], banks: list[File[BankIn]], names: Known) -> Iterator[Problem]:
    draw = file.data.draw
    items = [item for bank in banks for item in bank.data.items]
    if draw.count is not None and draw.count > len(items):
        what = f"{draw.count} questions are drawn from {len(items)}."
        yield file.problem(file.line("draw", "count"), what, "Write more questions, or draw fewer.")
    yield from _blueprint(file, items, names)


def _blueprint(file: File[QuizIn], items: list[ItemIn], names: Known) -> Iterator[Problem]:
    lines = file.data.draw.blueprint or []
    whole = {line.competency for line in lines if line.difficulty is None}
    for at, (id_, difficulty) in repeated((line.competency, line.difficulty) for line in lines):
        said = f"`{id_}`" if difficulty is None else f"`{id_}` of difficulty {difficulty}"
        yield file.problem(
            file.line("draw", "blueprint", at), f"{said} is drawn twice.", "Add the counts up in one line."
        )
    for at, line in enumerate(lines):
        where = ("draw", "blueprint", at)
        yield from unknown(file, (*where, "competency"), [line.competency], names.competencies, "competency")
        if line.difficulty is not None and line.competency in whole:
            what = f"`{line.competency}` is drawn with a difficulty here and without one elsewhere."
            yield file.problem(
                file.line(*where), what, "Say the difficulty in each of its lines, so that no question fits two."
            )
        yield from _short(file, at, line, items)


def _short(file: File[QuizIn], at: int, line: BlueprintIn, items: list[ItemIn]) -> Iterator[Problem]:
    alike = [item for item in items if item.competencies[0] == line.competency]
    held = Counter(item.difficulty for item in alike)
    have = len(alike) if line.difficulty is None else held[line.difficulty]
    if line.count <= have:
        return
    of, spread = "", ""
    if line.difficulty is not None:
        of = f" of difficulty {line.difficulty}"
        spread = f" ({', '.join(f'{held[one]} of difficulty {one}' for one in (1, 2, 3))})"
    what = (
        f"{line.count} questions of `{line.competency}`{of} are drawn; "
        f"the banks have {have} with it as first competency{spread}."
    )
    yield file.problem(file.line("draw", "blueprint", at), what, "Write more of them, or draw fewer.")
