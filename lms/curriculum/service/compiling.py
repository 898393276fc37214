"""Compiling: a checked tree becomes the pieces of a release."""

from dataclasses import asdict
from typing import Any

from lms.core.errors import Invalid
from lms.curriculum.formats.markdown import Pages
from lms.curriculum.rules import hours, schema, shapes
from lms.curriculum.rules.item_schema import ItemIn
from lms.curriculum.rules.pathway_schema import PathwayIn
from lms.curriculum.rules.tree import File, Module, Tree
from lms.curriculum.service.written import item_of

Body = dict[str, Any]


def compile_tree(tree: Tree) -> dict[str, Body]:
    """Turn a tree without errors into pieces by key, ready to publish; the same files give the same pieces."""
    if tree.programme is None or tree.competencies is None:
        raise Invalid("The curriculum has no programme or no competencies; run the check and mend what it names.")
    return {key: asdict(shape, dict_factory=_as_before) for key, shape in sorted(_shapes(tree).items())}


def _as_before(pairs: list[tuple[str, Any]]) -> Body:
    # A key that came later and says what was always so is left out: the same files keep the hash they had.
    return {key: value for key, value in pairs if key not in _LATER or value != _LATER[key]}


_LATER = {"task": None, "weight": None, "difficulty": None, "overdue": "submit", "grace_minutes": 0}


def compile_support_lines(tree: Tree) -> Body:
    """Turn the support lines into what is published beside the releases."""
    if tree.crisis is None:
        raise Invalid("The support lines cannot be read; run the check and mend what it names.")
    data = tree.crisis.data
    return asdict(shapes.SupportLineSet(tuple(_support_line(line) for line in data.lines), data.note or ""))


def outline_of(tree: Tree) -> shapes.Outline:
    """Return the whole programme at a glance, with the pathways that its hours can fill and those they cannot."""
    if tree.programme is None or tree.competencies is None:
        raise Invalid("The curriculum has no programme or no competencies; run the check and mend what it names.")
    programme = tree.programme.data
    order = {id_: at for at, id_ in enumerate(programme.modules)}
    modules = tuple(
        _module_line(tree, m) for m in sorted(tree.modules, key=lambda m: order.get(m.id, len(order))) if m.id in order
    )
    titles = {one.id: one.title for one in tree.competencies.data.competencies}
    unready = {file.id: _unready(file, modules, titles) for file in tree.pathways}
    return shapes.Outline(
        id=programme.id,
        title=programme.title,
        language=programme.language,
        modules=modules,
        quizzes=tuple(_quiz_line(file) for file in tree.quizzes),
        competencies=titles,
        pathways={file.id: file.data.title for file in tree.pathways if not unready[file.id]},
        unready={id_: missing for id_, missing in unready.items() if missing},
    )


def _unready(file: File[PathwayIn], modules: tuple[shapes.ModuleLine, ...], titles: dict[str, str]) -> tuple[str, ...]:
    missing = tuple(short.sentence for short in hours.shortfalls(modules, pathway_of(file), titles))
    return missing if missing or file.data.offered else ("Nothing is missing; its file says `offered: false`.",)


def _shapes(tree: Tree) -> dict[str, Any]:
    outline = outline_of(tree)
    pages = Pages(tree.memo, outline.language)
    pieces: dict[str, Any] = {"outline": outline, "competencies": competencies_of(tree)}
    for module in tree.modules:
        pieces |= _module_pieces(tree, module, pages)
    pieces |= {f"quiz:{file.id}": _quiz(file, pages) for file in tree.quizzes}
    pieces |= {f"bank:{file.id}": _bank(file, pages) for file in tree.banks}
    pieces |= {f"rubric:{file.id}": _rubric(file) for file in tree.rubrics}
    pieces |= {f"pathway:{file.id}": pathway_of(file) for file in tree.pathways}
    return pieces


def _module_pieces(tree: Tree, module: Module, pages: Pages) -> dict[str, Any]:
    pieces: dict[str, Any] = {}
    if module.head is not None:
        overview = pages.block(module.head.data.overview).html
        pieces[f"module:{module.id}"] = shapes.ModuleGuide(module.id, module.head.data.title, overview)
    pieces |= {f"lesson:{file.id}": _lesson(tree, module, file) for file in module.lessons}
    pieces |= {f"meeting:{file.id}": _meeting(module, file, pages) for file in module.meetings}
    pieces |= {f"homework:{file.id}": _homework(module, file, pages) for file in module.homework}
    pieces |= {f"narrative:{file.id}": _narrative(module, file, pages) for file in module.narratives}
    return pieces


def _module_line(tree: Tree, module: Module) -> shapes.ModuleLine:
    head = module.head.data if module.head else None
    return shapes.ModuleLine(
        id=module.id,
        number=module.number,
        title=head.title if head else module.id,
        summary=head.summary if head else "",
        objectives=tuple(head.objectives) if head else (),
        competencies=tuple(head.competencies) if head else (),
        content_note=(head.content_note or "").strip() if head else "",
        quiz=_quiz_for(tree, "module", module.id),
        lessons=tuple(_lesson_line(tree, file) for file in module.lessons),
        meetings=tuple(
            shapes.MeetingLine(f.id, f.data.title, f.data.modality, f.data.minutes, dict(f.data.competencies))
            for f in module.meetings
        ),
        homework=tuple(
            shapes.HomeworkLine(f.id, f.data.title, f.data.minutes, dict(f.data.competencies)) for f in module.homework
        ),
        narratives=tuple(
            shapes.NarrativeLine(f.id, f.data.title, f.data.summary, f.data.interview) for f in module.narratives
        ),
    )


def _lesson_line(tree: Tree, file: File[schema.LessonIn]) -> shapes.LessonLine:
    data = file.data
    return shapes.LessonLine(
        id=file.id,
        title=data.title,
        summary=data.summary,
        minutes=data.minutes,
        parts=len(file.parts),
        competencies=dict(data.competencies),
        check=_quiz_for(tree, "lesson", file.id),
        content_note=(data.content_note or "").strip(),
    )


def _lesson(tree: Tree, module: Module, file: File[schema.LessonIn]) -> shapes.Lesson:
    data = file.data
    return shapes.Lesson(
        id=file.id,
        module=module.id,
        title=data.title,
        summary=data.summary,
        minutes=data.minutes,
        competencies=dict(data.competencies),
        content_note=(data.content_note or "").strip(),
        parts=tuple(shapes.Part(part.title, part.page.html, part.page.words) for part in file.parts),
        sources=tuple(shapes.Source(source.title, source.url) for source in data.sources),
        check=_quiz_for(tree, "lesson", file.id),
        words=file.words,
        practice_minutes=data.practice_minutes,
        difficulty=data.difficulty.level,
        difficulty_reason=data.difficulty.reason,
    )


def _meeting(module: Module, file: File[schema.MeetingIn], pages: Pages) -> shapes.MeetingGuide:
    data = file.data
    return shapes.MeetingGuide(
        key=file.id,
        module=module.id,
        title=data.title,
        purpose=data.purpose,
        modality=data.modality,
        minutes=data.minutes,
        competencies=dict(data.competencies),
        facilitators=data.facilitators,
        materials=tuple(data.materials),
        agenda=tuple(shapes.AgendaItem(block.minutes, block.title, block.is_break) for block in data.agenda),
        html=pages.block(file.body).html,
    )


def _homework(module: Module, file: File[schema.HomeworkIn], pages: Pages) -> shapes.Homework:
    data = file.data
    return shapes.Homework(
        key=file.id,
        module=module.id,
        title=data.title,
        minutes=data.minutes,
        reason=data.reason,
        competencies=dict(data.competencies),
        hand_in=data.hand_in,
        html=pages.block(file.body).html,
    )


def _narrative(module: Module, file: File[schema.NarrativeIn], pages: Pages) -> shapes.Narrative:
    data = file.data
    return shapes.Narrative(
        key=file.id,
        module=module.id,
        title=data.title,
        summary=data.summary,
        words_from=data.words.low,
        words_to=data.words.high,
        rubric=data.rubric,
        interview=data.interview,
        competencies=tuple(data.competencies),
        html=pages.block(file.body).html,
    )


def _rubric(file: File[schema.RubricIn]) -> shapes.Rubric:
    data = file.data
    criteria = tuple(
        shapes.Criterion(
            c.id, c.title, tuple(shapes.Level(x.points, x.name, x.text.strip(), x.next.strip()) for x in c.levels)
        )
        for c in data.criteria
    )
    return shapes.Rubric(file.id, data.title, data.needed.points, data.needed.no_zero, criteria)


def _quiz_for(tree: Tree, kind: str, subject: str) -> str:
    return next((file.id for file in tree.quizzes if file.data.kind == kind and file.data.subject == subject), "")


def draws_of(data: schema.QuizIn) -> tuple[shapes.Draw, ...]:
    """Return how many questions come from where; nothing for a quiz with its own questions."""
    draw = data.draw
    if draw.bank and draw.count:
        return (shapes.Draw((draw.bank,), "", draw.count),)
    if draw.banks and draw.blueprint:
        return tuple(
            shapes.Draw(tuple(draw.banks), line.competency, line.count, line.difficulty) for line in draw.blueprint
        )
    return (shapes.Draw(tuple(draw.banks), "", draw.count),) if draw.banks and draw.count else ()


def _quiz_line(file: File[schema.QuizIn]) -> shapes.QuizLine:
    data = file.data
    return shapes.QuizLine(
        id=file.id,
        title=data.title,
        kind=data.kind,
        subject=data.subject,
        questions=len(data.items) or sum(draw.count for draw in draws_of(data)),
        time_limit_minutes=data.time_limit_minutes,
        attempts=data.attempts,
        pass_percent=data.pass_percent,
    )


def _quiz(file: File[schema.QuizIn], pages: Pages) -> shapes.Quiz:
    data = file.data
    return shapes.Quiz(
        id=file.id,
        title=data.title,
        kind=data.kind,
        subject=data.subject,
        time_limit_minutes=data.time_limit_minutes,
        attempts=data.attempts,
        retry_after_hours=data.retry_after_hours,
        pass_percent=data.pass_percent,
        shuffle_questions=data.shuffle.questions,
        shuffle_options=data.shuffle.options,
        review=data.review,
        items=tuple(_item(item, pages) for item in data.items),
        draws=draws_of(data),
        overdue=data.overdue,
        grace_minutes=data.grace_minutes,
    )


def _bank(file: File[schema.BankIn], pages: Pages) -> shapes.Bank:
    return shapes.Bank(
        file.id, file.data.title, file.data.module, tuple(_item(item, pages) for item in file.data.items)
    )


def _item(item: ItemIn, pages: Pages) -> shapes.Item:
    return item_of(item, lambda text: pages.block(text).html, lambda text: pages.inline(text).html)


def competencies_of(tree: Tree) -> shapes.CompetencyMap:
    """Return our competencies and the public frameworks they map to."""
    data = tree.competencies.data if tree.competencies else None
    if data is None:
        return shapes.CompetencyMap((), ())
    frameworks = tuple(
        shapes.Framework(
            f.id, f.title, f.source, f.verified_on, tuple(shapes.FrameworkEntry(e.id, e.title) for e in f.entries)
        )
        for f in data.frameworks
    )
    return shapes.CompetencyMap(
        frameworks, tuple(shapes.Competency(c.id, c.title, c.gist, dict(c.maps)) for c in data.competencies)
    )


def pathway_of(file: File[PathwayIn]) -> shapes.Pathway:
    """Return a pathway as it is published."""
    data = file.data
    approval = data.approval
    return shapes.Pathway(
        id=file.id,
        title=data.title,
        jurisdiction=data.jurisdiction,
        version=data.version,
        effective_from=data.effective_from,
        verified_on=data.verified_on,
        sources=tuple(shapes.Source(source.title, source.url) for source in data.sources),
        unconfirmed=tuple(data.unconfirmed),
        contact_hour_minutes=data.contact_hour_minutes,
        self_paced_credit=data.self_paced_credit,
        reading_floor_percent=data.reading_floor_percent,
        total_minutes=data.hours.total_minutes,
        modalities={name: shapes.ModalityRule(**rule.model_dump()) for name, rule in data.hours.modalities.items()},
        competency_minutes={id_: rule.min_minutes for id_, rule in data.hours.competencies.items()},
        attendance_percent=data.attendance.min_percent,
        make_up=data.attendance.make_up,
        modules=tuple(data.modules),
        quizzes=tuple(data.quizzes.required),
        exam=data.exam.quiz if data.exam else "",
        narratives=tuple(data.narratives.required),
        homework=tuple(data.homework.required),
        practice_minutes=data.practice.min_minutes,
        practice_day_minutes=data.practice.max_minutes_per_day,
        certificate_title=data.certificate.title,
        certificate_wording=data.certificate.wording,
        certificate_note=data.certificate.note,
        valid_months=data.certificate.valid_months,
        approval_number=approval.number if approval else "",
        approval_from=approval.valid_from if approval else "",
        approval_to=approval.valid_to if approval else "",
        agreements=tuple(shapes.Agreement(one.id, one.title, one.text.strip()) for one in data.agreements),
    )


def _support_line(line: schema.CrisisLineIn) -> shapes.SupportLine:
    given: dict[str, Any] = {key: "" if value is None else value for key, value in line.model_dump().items()}
    return shapes.SupportLine(**given)
