"""Assembly: the pieces of one release and one pathway become every figure that a reviewer adds up again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lms.curriculum.rules import hours
from lms.curriculum.rules.dossier.agenda import Day, days
from lms.curriculum.rules.dossier.questions import Bankful, Exam, Terms, bankful, checks_in, exam, terms
from lms.curriculum.rules.dossier.spread import Spread, Weighed, spreads
from lms.curriculum.rules.shapes import (
    MODALITIES,
    Bank,
    CompetencyMap,
    Homework,
    Lesson,
    MeetingGuide,
    Modality,
    ModuleLine,
    Narrative,
    Outline,
    Pathway,
    Quiz,
    Rubric,
    Source,
)

_KIND: dict[Modality, str] = {
    "in_person": "live",
    "live_virtual": "live",
    "homework": "homework",
    "self_paced": "lessons",
}


@dataclass(frozen=True, slots=True)
class Material:
    """What a dossier is made from; everything of the pathway's modules, by id or key."""

    digest: str
    outline: Outline
    pathway: Pathway
    competencies: CompetencyMap
    lessons: Mapping[str, Lesson] = field(default_factory=dict)
    meetings: Mapping[str, MeetingGuide] = field(default_factory=dict)
    homework: Mapping[str, Homework] = field(default_factory=dict)
    narratives: Mapping[str, Narrative] = field(default_factory=dict)
    rubrics: Mapping[str, Rubric] = field(default_factory=dict)
    quizzes: Mapping[str, Quiz] = field(default_factory=dict)
    banks: Mapping[str, Bank] = field(default_factory=dict)

    @property
    def titles(self) -> dict[str, str]:
        """Our competencies and their titles, in the order their authors gave them."""
        ordered = {one.id: one.title for one in self.competencies.competencies}
        return ordered | {id_: title for id_, title in self.outline.competencies.items() if id_ not in ordered}

    @property
    def modules(self) -> tuple[ModuleLine, ...]:
        """The pathway's modules in the order they are taught."""
        return tuple(module for module in self.outline.modules if module.id in self.pathway.modules)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of hour: what the curriculum holds, what of it counts here, and what the pathway asks for."""

    modality: Modality
    held: int
    counted: int
    least: int
    most: int | None
    counts: bool
    needs_approval: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """How a lesson's minutes were computed: the claim is at most the smaller of formula and plain reading."""

    module: str
    title: str
    words: int
    questions: int
    difficulty: int
    reason: str
    practice: int
    formula: int
    plain: int
    claimed: int

    @property
    def cap(self) -> int:
        """The most that may be claimed."""
        return min(self.formula, self.plain)


@dataclass(frozen=True, slots=True)
class Work:
    """One homework. `asked`: the pathway asks for it, and only then is it in the sums."""

    module: str
    title: str
    minutes: int
    reason: str
    hand_in: str
    asked: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything a reviewer asks for about one pathway in one release."""

    material: Material
    days: tuple[Day, ...]
    kinds: tuple[Kind, ...]
    spreads: tuple[Spread, ...]
    lessons: tuple[Claimed, ...]
    homework: tuple[Work, ...]
    banks: tuple[Bankful, ...]
    exam: Exam | None
    quizzes: tuple[Terms, ...]
    checks: tuple[Terms, ...]
    narratives: tuple[tuple[Narrative, Rubric | None], ...]
    sources: tuple[tuple[str, tuple[Source, ...]], ...]
    """Module title and the sources of its lessons, each address once per module."""
    missing: tuple[str, ...]

    @property
    def live(self) -> int:
        """The minutes of all meetings, as the days add them up."""
        return sum(day.minutes for day in self.days)

    @property
    def held(self) -> int:
        """The minutes of everything the pathway asks students to do."""
        return sum(kind.held for kind in self.kinds)

    @property
    def counted(self) -> int:
        """The minutes that count when all of it is done."""
        return sum(kind.counted for kind in self.kinds)


def assemble(material: Material) -> Dossier:
    """Add up one pathway."""
    meetings = [material.meetings[line.key] for m in material.modules for line in m.meetings]
    lessons = [material.lessons[line.id] for m in material.modules for line in m.lessons]
    homework = [material.homework[line.key] for m in material.modules for line in m.homework]
    asked = _asked(homework, material.pathway)
    kinds = _kinds(meetings, asked, lessons, material.pathway)
    held: dict[str, list[Weighed]] = {
        "live": [(one.minutes, one.competencies) for one in meetings],
        "homework": [(one.minutes, one.competencies) for one in asked],
        "lessons": [(one.minutes, one.competencies) for one in lessons],
    }
    titles = {module.id: module.title for module in material.modules}
    return Dossier(
        material=material,
        days=days(meetings),
        kinds=kinds,
        spreads=spreads(held, _by_kind(kinds), material.competencies, material.titles),
        lessons=tuple(_claimed(one, titles, material.quizzes) for one in lessons),
        homework=tuple(
            Work(titles[one.module], one.title, one.minutes, one.reason, one.hand_in, one in asked) for one in homework
        ),
        banks=tuple(bankful(bank) for bank in _in_order(material)),
        exam=_exam(material),
        quizzes=tuple(terms(material.quizzes[id_]) for id_ in material.pathway.quizzes if id_ in material.quizzes),
        checks=tuple(checks_in(material.quizzes[one.check] for one in lessons if one.check in material.quizzes)),
        narratives=_narratives(material),
        sources=_sources(lessons, titles),
        missing=material.outline.unready.get(material.pathway.id, ()),
    )


def _asked(homework: list[Homework], pathway: Pathway) -> list[Homework]:
    """What the pathway names; where it names none, every homework of its modules."""
    return [one for one in homework if not pathway.homework or one.key in pathway.homework]


def _kinds(
    meetings: Iterable[MeetingGuide], homework: Iterable[Homework], lessons: Iterable[Lesson], pathway: Pathway
) -> tuple[Kind, ...]:
    held: dict[Modality, int] = dict.fromkeys(MODALITIES, 0)
    for meeting in meetings:
        held[meeting.modality] += meeting.minutes
    held["homework"] = sum(one.minutes for one in homework)
    held["self_paced"] = sum(one.minutes for one in lessons)
    return tuple(
        _kind(modality, held[modality], pathway)
        for modality in MODALITIES
        if held[modality] or modality in pathway.modalities
    )


def _kind(modality: Modality, held: int, pathway: Pathway) -> Kind:
    rule = pathway.modalities.get(modality)
    if rule is None:
        return Kind(modality, held, 0, 0, None, counts=False, needs_approval=False)
    most = held if rule.max_minutes is None else min(held, rule.max_minutes)
    # What needs an approval is shown as not counting: nobody may read a promise into it.
    counted = most if rule.counts and not rule.needs_approval else 0
    return Kind(modality, held, counted, rule.min_minutes, rule.max_minutes, rule.counts, rule.needs_approval)


def _by_kind(kinds: Iterable[Kind]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for kind in kinds:
        if kind.modality in _KIND:
            counted[_KIND[kind.modality]] = counted.get(_KIND[kind.modality], 0) + kind.counted
    return counted


def _claimed(lesson: Lesson, titles: Mapping[str, str], quizzes: Mapping[str, Quiz]) -> Claimed:
    questions = len(quizzes[lesson.check].items) if lesson.check in quizzes else 0
    return Claimed(
        titles[lesson.module],
        lesson.title,
        lesson.words,
        questions,
        lesson.difficulty,
        lesson.difficulty_reason,
        lesson.practice_minutes,
        hours.mergener(lesson.words, questions, lesson.difficulty),
        hours.reading(lesson.words, questions, lesson.practice_minutes),
        lesson.minutes,
    )


def _in_order(material: Material) -> list[Bank]:
    """The banks that the pathway's exam and module quizzes draw from, in the order of the modules, strangers last."""
    asked = [*material.pathway.quizzes, material.pathway.exam]
    drawn = {
        bank for id_ in asked if id_ in material.quizzes for draw in material.quizzes[id_].draws for bank in draw.banks
    }
    order = {module.id: at for at, module in enumerate(material.outline.modules)}
    banks = [material.banks[id_] for id_ in sorted(drawn) if id_ in material.banks]
    return sorted(banks, key=lambda bank: order.get(bank.module, len(order)))


def _exam(material: Material) -> Exam | None:
    quiz = material.quizzes.get(material.pathway.exam)
    return None if quiz is None else exam(quiz, material.banks, material.competencies)


def _narratives(material: Material) -> tuple[tuple[Narrative, Rubric | None], ...]:
    found = [material.narratives[key] for key in material.pathway.narratives if key in material.narratives]
    return tuple((one, material.rubrics.get(one.rubric)) for one in found)


def _sources(lessons: Iterable[Lesson], titles: Mapping[str, str]) -> tuple[tuple[str, tuple[Source, ...]], ...]:
    held: dict[str, dict[str, Source]] = {}
    for lesson in lessons:
        for source in lesson.sources:
            held.setdefault(lesson.module, {}).setdefault(source.url, source)
    return tuple((titles[module], tuple(sources.values())) for module, sources in held.items())
