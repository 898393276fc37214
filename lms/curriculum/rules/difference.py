"""What changes for students between two releases, as data; pages and commands put it into words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lms.curriculum.rules.outline import Outline
from lms.curriculum.rules.shapes import Bank, Item, Lesson, Pathway, Quiz

Subject = Literal["module", "lesson", "meeting", "homework", "narrative", "quiz", "questions", "pathway"]
What = Literal["added", "removed", "changed", "reworded"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different: what it is about, its title, and for a changed `field` the value before and after."""

    subject: Subject
    id: str
    title: str
    what: What
    field: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What of a release is compared; `lessons` need only hold those whose text may differ."""

    outline: Outline
    pathways: Mapping[str, Pathway]
    quizzes: Mapping[str, Quiz]
    banks: Mapping[str, Bank]
    lessons: Mapping[str, Lesson] = field(default_factory=dict)


_LINES: dict[Subject, tuple[str, ...]] = {
    "module": ("title",),
    "lesson": ("title", "minutes", "parts", "module"),
    "meeting": ("title", "minutes", "modality"),
    "homework": ("title", "minutes"),
    "narrative": ("title", "interview"),
    "quiz": ("title", "questions", "time_limit_minutes", "attempts", "pass_percent"),
    "pathway": (
        "title",
        "version",
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
        "approval_number",
        "agreements",
    ),
}


def difference(old: Snapshot, new: Snapshot) -> tuple[Change, ...]:
    """Return every change a student would meet, in the order of the programme; nothing for the same content."""
    return (
        *_compared("module", _modules(old), _modules(new)),
        *_compared("lesson", _lessons(old), _lessons(new)),
        *_reworded(old, new),
        *_compared("meeting", _keyed(old, "meetings"), _keyed(new, "meetings")),
        *_compared("homework", _keyed(old, "homework"), _keyed(new, "homework")),
        *_compared("narrative", _keyed(old, "narratives"), _keyed(new, "narratives")),
        *_compared("quiz", _quizzes(old), _quizzes(new)),
        *_questions(old, new),
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
            for name in _LINES[subject]:
                before, after = old[id_][name], new[id_][name]
                if before != after:
                    yield Change(subject, id_, str(new[id_]["title"]), "changed", name, _said(before), _said(after))


def _values(thing: object, names: tuple[str, ...]) -> Values:
    return {name: getattr(thing, name) for name in names}


def _modules(side: Snapshot) -> dict[str, Values]:
    return {module.id: _values(module, _LINES["module"]) for module in side.outline.modules}


def _lessons(side: Snapshot) -> dict[str, Values]:
    plain = ("title", "minutes", "parts")
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
    for earlier, later in ((old.quizzes, new.quizzes), (old.banks, new.banks)):
        for id_ in sorted(earlier.keys() & later.keys()):
            before, after = (_items(side[id_]) for side in (earlier, later))
            yield id_, later[id_].title, before, after


def _items(holder: Quiz | Bank) -> dict[str, Item]:
    return {item.id: item for item in holder.items}


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
    return found


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(getattr(one, "id", one)) for one in value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def sentence(change: Change) -> str:
    """Say a change in English, for the command line."""
    if change.subject == "questions":
        noun = "question" if change.after == "1" else "questions"
        return f"{change.title}: {change.after} {noun} {change.what}."
    if change.what != "changed":
        return f"{change.subject.capitalize()} {change.what}: {change.title}."
    name = change.field.replace("_", " ")
    return f"{change.subject.capitalize()} {change.title}: {name} {change.before or 'none'} → {change.after or 'none'}."
