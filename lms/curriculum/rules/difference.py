"""What changes for students between two releases, as data; pages and commands put it into words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lms.curriculum.rules.outline import Outline
from lms.curriculum.rules.shapes import (
    AgendaItem,
    Bank,
    Draw,
    Homework,
    Item,
    Lesson,
    MeetingGuide,
    Narrative,
    Pathway,
    Quiz,
    Rubric,
)

Subject = Literal["module", "lesson", "meeting", "homework", "narrative", "rubric", "quiz", "questions", "pathway"]
What = Literal["added", "removed", "changed", "reworded"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different: what it is about, its title, and for a changed `field` the value before and after.

    A `field` that is reworded is a text too long to be said twice.
    """

    subject: Subject
    id: str
    title: str
    what: What
    field: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What of a release is compared; beside the outline each need only hold the pieces that differ."""

    outline: Outline
    pathways: Mapping[str, Pathway]
    quizzes: Mapping[str, Quiz]
    banks: Mapping[str, Bank]
    lessons: Mapping[str, Lesson] = field(default_factory=dict)
    meetings: Mapping[str, MeetingGuide] = field(default_factory=dict)
    homework: Mapping[str, Homework] = field(default_factory=dict)
    narratives: Mapping[str, Narrative] = field(default_factory=dict)
    rubrics: Mapping[str, Rubric] = field(default_factory=dict)


_LINES: dict[Subject, tuple[str, ...]] = {
    "module": ("title", "summary", "content_note"),
    "lesson": ("title", "minutes", "parts", "competencies", "content_note", "module"),
    "meeting": ("title", "minutes", "modality", "competencies"),
    "homework": ("title", "minutes", "competencies"),
    "narrative": ("title", "interview"),
    "quiz": ("title", "questions", "time_limit_minutes", "attempts", "pass_percent"),
    "pathway": (
        "title",
        "jurisdiction",
        "version",
        "effective_from",
        "total_minutes",
        "contact_hour_minutes",
        "self_paced_credit",
        "reading_floor_percent",
        "attendance_percent",
        "make_up",
        "modules",
        "quizzes",
        "exam",
        "narratives",
        "homework",
        "practice_minutes",
        "practice_day_minutes",
        "valid_months",
        "certificate_title",
        "certificate_wording",
        "certificate_note",
        "approval_number",
        "approval_from",
        "approval_to",
        "agreements",
    ),
}
_DETAILS: dict[Subject, tuple[str, ...]] = {
    "meeting": ("purpose", "agenda", "html"),
    "homework": ("hand_in", "html"),
    "narrative": ("words_from", "words_to", "rubric", "html"),
    "rubric": ("pass_points", "no_zero", "criteria"),
    "quiz": (
        "retry_after_hours",
        "review",
        "shuffle_questions",
        "shuffle_options",
        "draws",
        "overdue",
        "grace_minutes",
    ),
}
"""What the outline does not know of, compared where a piece differs."""
_TEXTS = frozenset(
    {"summary", "content_note", "purpose", "hand_in", "html", "certificate_note", "agreements", "criteria"}
)
"""Too long to be said before and after."""


def difference(old: Snapshot, new: Snapshot) -> tuple[Change, ...]:
    """Return every change a student would meet, in the order of the programme; nothing for the same content."""
    return (
        *_compared("module", _modules(old), _modules(new)),
        *_compared("lesson", _lessons(old), _lessons(new)),
        *_reworded(old, new),
        *_compared("meeting", _keyed(old, "meetings"), _keyed(new, "meetings")),
        *_detailed("meeting", old.meetings, new.meetings),
        *_compared("homework", _keyed(old, "homework"), _keyed(new, "homework")),
        *_detailed("homework", old.homework, new.homework),
        *_compared("narrative", _keyed(old, "narratives"), _keyed(new, "narratives")),
        *_detailed("narrative", old.narratives, new.narratives),
        *_detailed("rubric", old.rubrics, new.rubrics),
        *_compared("quiz", _quizzes(old), _quizzes(new)),
        *_detailed("quiz", old.quizzes, new.quizzes),
        *_questions(old, new),
        *_offered(old, new),
        *_compared("pathway", _pathways(old), _pathways(new)),
        *_minimums(old, new),
    )


Values = dict[str, Any]


def _compared(subject: Subject, old: Mapping[str, Values], new: Mapping[str, Values]) -> Iterator[Change]:
    for id_ in [*new, *(id_ for id_ in old if id_ not in new)]:
        if id_ not in old:
            yield Change(subject, id_, str(new[id_]["title"]), "added")
        elif id_ not in new:
            yield Change(subject, id_, str(old[id_]["title"]), "removed")
        else:
            title = str(new[id_]["title"])
            yield from _fields(subject, id_, title, old[id_], new[id_])


def _fields(subject: Subject, id_: str, title: str, old: Values, new: Values) -> Iterator[Change]:
    for name in old:
        if old[name] == new[name]:
            continue
        if name in _TEXTS:
            yield Change(subject, id_, title, "reworded", "" if name == "html" else name)
        else:
            yield Change(subject, id_, title, "changed", name, _said(old[name]), _said(new[name]))


def _detailed(subject: Subject, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for id_ in (id_ for id_ in new if id_ in old):
        before, after = (_values(side[id_], _DETAILS[subject]) for side in (old, new))
        yield from _fields(subject, id_, new[id_].title, before, after)


def _values(thing: object, names: tuple[str, ...]) -> Values:
    return {name: getattr(thing, name) for name in names}


def _modules(side: Snapshot) -> dict[str, Values]:
    return {module.id: _values(module, _LINES["module"]) for module in side.outline.modules}


def _lessons(side: Snapshot) -> dict[str, Values]:
    plain = _LINES["lesson"][:-1]
    return {
        lesson.id: _values(lesson, plain) | {"module": module.id}
        for module in side.outline.modules
        for lesson in module.lessons
    }


def _keyed(side: Snapshot, kind: Literal["meetings", "homework", "narratives"]) -> dict[str, Values]:
    names: dict[str, Subject] = {"meetings": "meeting", "homework": "homework", "narratives": "narrative"}
    found: dict[str, Values] = {}
    for module in side.outline.modules:
        found |= {line.key: _values(line, _LINES[names[kind]]) for line in getattr(module, kind)}
    return found


def _quizzes(side: Snapshot) -> dict[str, Values]:
    return {quiz.id: _values(quiz, _LINES["quiz"]) for quiz in side.outline.quizzes}


def _pathways(side: Snapshot) -> dict[str, Values]:
    return {id_: _values(pathway, _LINES["pathway"]) for id_, pathway in sorted(side.pathways.items())}


def _reworded(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    for id_, lesson in new.lessons.items():
        before = old.lessons.get(id_)
        if before is not None and [part.html for part in before.parts] != [part.html for part in lesson.parts]:
            yield Change("lesson", id_, lesson.title, "reworded")


def _questions(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    for id_, title, before, after in _holders(old, new):
        added, removed = len(after.keys() - before.keys()), len(before.keys() - after.keys())
        reworded = sum(before[key] != after[key] for key in before.keys() & after.keys())
        counts: dict[What, int] = {"added": added, "removed": removed, "reworded": reworded}
        for what, count in counts.items():
            if count:
                yield Change("questions", id_, title, what, after=str(count))


def _holders(old: Snapshot, new: Snapshot) -> Iterator[tuple[str, str, dict[str, Item], dict[str, Item]]]:
    for id_ in sorted(old.quizzes.keys() & new.quizzes.keys()):
        yield id_, new.quizzes[id_].title, _items(old.quizzes[id_]), _items(new.quizzes[id_])
    for id_ in sorted(old.banks.keys() | new.banks.keys()):
        before, after = old.banks.get(id_), new.banks.get(id_)
        title = (after or before or old.banks[id_]).title
        yield id_, title, _items(before) if before else {}, _items(after) if after else {}


def _items(holder: Quiz | Bank) -> dict[str, Item]:
    return {item.id: item for item in holder.items}


def _offered(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    sides = [side.outline for side in (old, new)]
    both = set.intersection(*({*side.pathways, *side.unready} for side in sides))
    for id_ in sorted(both):
        before, after = (id_ in side.pathways for side in sides)
        if before != after:
            title = sides[0].pathways.get(id_) or sides[1].pathways[id_]
            yield Change("pathway", id_, title, "changed", "offered", _said(before), _said(after))


def _minimums(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    for id_ in sorted(old.pathways.keys() & new.pathways.keys()):
        before, after = _asked(old.pathways[id_]), _asked(new.pathways[id_])
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                said = (_said(before.get(name)), _said(after.get(name)))
                yield Change("pathway", id_, new.pathways[id_].title, "changed", name, *said)


def _asked(pathway: Pathway) -> dict[str, int | bool | None]:
    found: dict[str, int | bool | None] = {
        f"competency {id_}": least for id_, least in pathway.competency_minutes.items()
    }
    for name, rule in pathway.modalities.items():
        found |= {f"{name} least": rule.min_minutes, f"{name} most": rule.max_minutes, f"{name} counts": rule.counts}
        found[f"{name} needs approval"] = rule.needs_approval
    return found


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_named, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {value[key]}" for key in sorted(value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _named(one: object) -> str:
    if isinstance(one, Draw):
        level = "" if one.difficulty is None else f" of difficulty {one.difficulty}"
        return f"{one.count} of {one.competency or ' and '.join(one.banks)}{level}"
    if isinstance(one, AgendaItem):
        return f"{one.title} {one.minutes}"
    return str(getattr(one, "id", one))


LABELS = {
    "module": "Module",
    "lesson": "Lesson",
    "meeting": "Class",
    "homework": "Homework",
    "narrative": "Narrative",
    "rubric": "Rubric",
    "quiz": "Quiz",
    "questions": "Questions",
    "pathway": "Pathway",
    "added": "added",
    "removed": "removed",
    "changed": "changed",
    "reworded": "reworded",
    "title": "title",
    "summary": "summary",
    "content_note": "content note",
    "minutes": "minutes",
    "parts": "parts",
    "competencies": "competencies by weight",
    "modality": "how it is held",
    "purpose": "purpose",
    "agenda": "agenda",
    "hand_in": "what is handed in",
    "words_from": "usual words at least",
    "words_to": "usual words at most",
    "interview": "may be told in an interview",
    "pass_points": "points to pass",
    "no_zero": "no criterion may have zero",
    "criteria": "criteria",
    "time_limit_minutes": "time limit in minutes",
    "attempts": "tries",
    "retry_after_hours": "hours between tries",
    "pass_percent": "percent to pass",
    "review": "shown after sending",
    "shuffle_questions": "questions in another order each time",
    "shuffle_options": "options in another order each time",
    "draws": "questions drawn",
    "overdue": "when it is not sent in time",
    "grace_minutes": "minutes of grace",
    "total_minutes": "minutes in all",
    "version": "version",
    "effective_from": "in effect from",
    "contact_hour_minutes": "minutes of a contact hour",
    "self_paced_credit": "how lessons are credited",
    "reading_floor_percent": "percent of a lesson's minutes to be measured",
    "attendance_percent": "percent to attend",
    "make_up": "missed classes can be made up",
    "modules": "modules asked for",
    "quizzes": "quizzes asked for",
    "exam": "exam",
    "narratives": "narratives asked for",
    "practice_minutes": "practice minutes asked for",
    "practice_day_minutes": "practice minutes that count in a day",
    "valid_months": "months that the certificate is valid",
    "certificate_title": "title of the certificate",
    "certificate_wording": "wording of the certificate",
    "certificate_note": "note on the certificate",
    "approval_number": "approval",
    "approval_from": "approved from",
    "approval_to": "approved to",
    "agreements": "agreements",
    "offered": "offered",
}
"""What subjects, kinds of change and fields are called, for the command line and, translated, for the page of a cohort."""


def label(name: str) -> str:
    """Return what a subject, a kind of change or a field is called."""
    return LABELS.get(name, name.replace("_", " "))


def sentence(change: Change) -> str:
    """Say a change in English, for the command line."""
    if change.subject == "questions":
        noun = "question" if change.after == "1" else "questions"
        return f"{change.title}: {change.after} {noun} {change.what}."
    if change.what != "changed":
        of = f", {label(change.field).lower()}" if change.field else ""
        return f"{label(change.subject)} {label(change.what)}: {change.title}{of}."
    said = f"{label(change.field).lower()} {change.before or 'none'} → {change.after or 'none'}"
    return f"{label(change.subject)} {change.title}: {said.removesuffix('.')}."
