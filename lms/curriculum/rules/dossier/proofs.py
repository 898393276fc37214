"""What the figures rest on, in words: lessons and their formula, questions, the exam, the terms of assessment."""

from lms.curriculum.rules.dossier.figures import Dossier
from lms.curriculum.rules.dossier.leaves import Facts, Heading, Leaf, Line, Points, Say, Table, Words
from lms.curriculum.rules.dossier.questions import Exam, Terms
from lms.curriculum.rules.dossier.questions import terms as terms_of
from lms.curriculum.rules.shapes import Narrative, Rubric


def lessons(d: Dossier, _: Say) -> tuple[Leaf, ...]:
    """Each lesson: words, questions, difficulty, formula, plain reading and the claim; then why each difficulty."""
    if not d.lessons:
        return (Words(_("This pathway has no lesson.")),)
    rows = []
    for one in d.lessons:
        figures = (one.words, one.questions, one.difficulty, one.practice, one.formula, one.plain, one.cap, one.claimed)
        rows.append(Line((one.title, *map(str, figures))))
    sums = [sum(one.cap for one in d.lessons), sum(one.claimed for one in d.lessons)]
    rows.append(Line((_("Together"), "", "", "", "", "", "", *map(str, sums)), "sum"))
    head = (
        _("Lesson"), _("Words"), _("Questions"), _("Level"), _("Practice"), _("Formula"), _("Plain"), _("At most"), _("Claimed"),
    )  # fmt: skip
    reasons = [
        Line((f"{one.module}: {one.title}", str(one.difficulty), one.reason))
        for one in d.lessons
    ]  # fmt: skip
    return (
        Words(
            _("Formula: the Mergener formula, 0.9 × (−22.3 + 0.00209 × words + 2.78 × questions + 15.5 × level), rounded down. Plain: a "
              "hundred words a minute, three minutes a question, and the practice in the lesson. At most: the smaller of the two. A "
              "lesson that claims more cannot be published.")
        ),
        Table(_("Lessons and their minutes"), head, tuple(rows), (1, 0, 0, 0, 0, 0, 0, 0, 0)),
        Heading(_("Why each level, from 1 to 5")),
        Table(_("Level of difficulty and its reason"), (_("Lesson"), _("Level"), _("Reason")), tuple(reasons), (3, 0, 4)),
    )  # fmt: skip


def questions(d: Dossier, _: Say) -> tuple[Leaf, ...]:
    """How many questions each bank holds, and under which competencies they are drawn."""
    if not d.banks:
        return (Words(_("This pathway draws from no bank.")),)
    titles = d.material.titles
    rows = [
        Line((one.title, "; ".join(f"{titles.get(key, key)} {count}" for key, count in one.by_competency.items()), str(one.questions)))
        for one in d.banks
    ]  # fmt: skip
    rows.append(Line((_("Together"), "", str(sum(one.questions for one in d.banks))), "sum"))
    by: dict[str, int] = {}
    for bank in d.banks:
        for key, count in bank.by_competency.items():
            by[key] = by.get(key, 0) + count
    ours = [Line((titles.get(key, key), str(by[key]))) for key in [*titles, *sorted(by.keys() - titles)] if key in by]
    ours.append(Line((_("Together"), str(sum(by.values()))), "sum"))
    return (
        Words(_("A question is counted once, under the first of its competencies; that is where an exam draws it.")),
        Table(_("Questions by bank"), (_("Bank"), _("By competency"), _("Questions")), tuple(rows), (3, 6, 0)),
        Table(_("Questions by competency"), (_("Competency"), _("Questions")), tuple(ours), (1, 0)),
    )


def exam(d: Dossier, _: Say) -> tuple[Leaf, ...]:
    """The exam's terms, its blueprint, and its questions by the entries of each framework."""
    one = d.exam
    if one is None:
        return (Words(_("This pathway asks for no exam.")),)
    facts = [(label, value) for label, value in _terms(terms_of(one.quiz), _) if value]
    leaves: list[Leaf] = [Facts(((_("Exam"), one.quiz.title), *facts))]
    leaves.append(
        Words(
            _(
                "Each attempt draws anew. Drawn: how many questions of a competency an attempt asks. In the banks: from how many."
            )
        )
    )
    titles = d.material.titles
    rows = [Line((titles.get(key, _("Any competency")), str(one.drawn[key]), str(one.pool[key]))) for key in one.drawn]
    leaves.append(_drawn(_("Blueprint"), _("Competency"), rows, one, _))
    for _id, title, entries in one.domains:
        lines = [
            Line((name or _("Outside this framework"), str(asks), str(holds))) for _key, name, asks, holds in entries
        ]
        leaves += [Heading(title), _drawn(_("Questions by %(framework)s", framework=title), _("Entry"), lines, one, _)]
    return tuple(leaves)


def _drawn(caption: str, name: str, rows: list[Line], one: Exam, _: Say) -> Table:
    sums = (str(sum(one.drawn.values())), str(sum(one.pool.values())))
    head = (name, _("Drawn"), _("In the banks"))
    return Table(caption, head, (*rows, Line((_("Together"), *sums), "sum")), (1, 0, 0))


def _terms(one: Terms, _: Say) -> list[tuple[str, str]]:
    return [
        (_("Questions"), str(one.questions) if one.questions else ""),
        (_("Time"), _limit(one, _)),
        (_("Tries"), _("no limit") if one.attempts is None else str(one.attempts)),
        (_("Wait before the next try"), _wait(one, _)),
        (_("To pass"), _("%(percent)s percent", percent=one.pass_percent)),
        (_("Shown afterwards"), _review(one, _)),
    ]


def _limit(one: Terms, _: Say) -> str:
    return _("no limit") if one.time_limit_minutes is None else _("%(count)s minutes", count=one.time_limit_minutes)


def _wait(one: Terms, _: Say) -> str:
    return _("%(count)s hours", count=one.retry_after_hours) if one.retry_after_hours else _("none")


def _review(one: Terms, _: Say) -> str:
    said = {
        "score": _("the score"),
        "when_passed": _("the score; what was right, and why, once it is passed"),
        "when_done": _("the score; what was right, and why, once it is passed or no attempt is left"),
    }
    return said.get(one.review) or _("what was right, and why")


def terms(d: Dossier, _: Say) -> tuple[Leaf, ...]:
    """Attendance, quizzes, checks, narratives and what is agreed to."""
    pathway = d.material.pathway
    makeup = _("A missed class may be made up, which staff record with its reason.") if pathway.make_up else ""
    attendance = _(
        "Attendance: %(percent)s percent of the minutes of class offered.", percent=pathway.attendance_percent
    )
    leaves: list[Leaf] = [Words(f"{attendance} {makeup}".strip())]
    leaves.append(Words(_("More time is a standing, private arrangement: it holds for every quiz and for the exam.")))
    leaves += _quizzes(d, _)
    for narrative, rubric in d.narratives:
        leaves += [Heading(narrative.title), *_narrative(narrative, rubric, _)]
    for agreement in pathway.agreements:
        leaves += [Heading(_("Agreed to before a certificate: %(title)s", title=agreement.title))]
        leaves += [Points(tuple(line for line in agreement.text.splitlines() if line.strip()))]
    return tuple(leaves)


def _quizzes(d: Dossier, _: Say) -> list[Leaf]:
    leaves: list[Leaf] = []
    if d.quizzes:
        head = (_("Module quiz"), _("Questions"), _("Minutes"), _("Tries"), _("Wait, hours"), _("Percent to pass"))
        rows = tuple(
            Line((one.title, str(one.questions), _figure(one.time_limit_minutes), _figure(one.attempts),
                  str(one.retry_after_hours), str(one.pass_percent)))
            for one in d.quizzes
        )  # fmt: skip
        leaves.append(Table(_("Module quizzes"), head, rows, (1, 0, 0, 0, 0, 0)))
    for one in d.checks:
        said = "; ".join(f"{label}: {value}" for label, value in _terms(one, _) if value)
        leaves.append(Words(_("Checks inside lessons: %(terms)s.", terms=said)))
    return leaves


def _figure(value: int | None) -> str:
    return "–" if value is None else str(value)


def _narrative(one: Narrative, rubric: Rubric | None, _: Say) -> list[Leaf]:
    told = _("Written, or told in an interview that counts the same.") if one.interview else _("Written.")
    usual = _("Usual length: %(low)s to %(high)s words.", low=one.words_from, high=one.words_to)
    leaves: list[Leaf] = [Words(f"{one.summary} {told} {usual}")]
    if rubric is not None:
        most = 3 * len(rubric.criteria)
        zero = _("no criterion at 0") if rubric.no_zero else _("a criterion may be at 0")
        points = _("Read with a rubric by a person: ready from %(points)s of %(most)s points, %(zero)s. Criteria: %(criteria)s.",
                   points=rubric.pass_points, most=most, zero=zero,
                   criteria="; ".join(criterion.title for criterion in rubric.criteria))  # fmt: skip
        leaves.append(Words(points))
    return leaves
