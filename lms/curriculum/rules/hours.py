"""How many minutes a lesson may claim, what a pathway's modules can fill, and hours by public framework. Exact numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from lms.curriculum.rules.shapes import (
    MODALITIES,
    CompetencyMap,
    HomeworkLine,
    LessonLine,
    MeetingLine,
    Modality,
    ModuleLine,
    Pathway,
)

OUTSIDE = "outside"
Unit = LessonLine | MeetingLine | HomeworkLine
_LIVE: tuple[Modality, ...] = ("in_person", "live_virtual")


def mergener(words: int, questions: int, difficulty: int) -> int:
    """Return the minutes of the Mergener formula, 0.9 × (−22.3 + 0.00209 w + 2.78 q + 15.5 d), rounded down, never below 0."""
    inside = Decimal("-22.3") + Decimal("0.00209") * words + Decimal("2.78") * questions + Decimal("15.5") * difficulty
    return max(0, _floor(Decimal("0.9") * inside))


def reading(words: int, questions: int, practice_minutes: int) -> int:
    """Return the minutes of plain reading: a hundred words a minute, three minutes a question, and the practice."""
    return _floor(Decimal(words) / 100) + 3 * questions + practice_minutes


def cap(words: int, questions: int, difficulty: int, practice_minutes: int) -> int:
    """Return the most minutes a lesson may claim: the smaller of the two."""
    return min(mergener(words, questions, difficulty), reading(words, questions, practice_minutes))


def _floor(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_FLOOR))


def share(minutes: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Part whole minutes by weights so that the parts sum to the whole; the largest remainder gets the odd minute."""
    total = sum(weights.values())
    if total <= 0:
        return {}
    parts = {key: minutes * weight // total for key, weight in weights.items()}
    rest = sorted(weights, key=lambda key: (-(minutes * weights[key] % total), key))
    for key in rest[: minutes - sum(parts.values())]:
        parts[key] += 1
    return parts


def by_framework(minutes: Mapping[str, int], competencies: CompetencyMap, framework: str) -> dict[str, int]:
    """Partition minutes by competency over one framework's entries; the column sums to the whole, `outside` included."""
    known = {competency.id: competency.maps.get(framework, OUTSIDE) for competency in competencies.competencies}
    entries = [entry.id for found in competencies.frameworks if found.id == framework for entry in found.entries]
    column = dict.fromkeys([*entries, OUTSIDE], 0)
    for competency, amount in minutes.items():
        entry = known.get(competency, OUTSIDE)
        column[entry if entry in column else OUTSIDE] += amount
    return column


@dataclass(frozen=True, slots=True)
class Reach:
    """The minutes that some modules hold. A meeting guide may be held in a room or by live video, so it reaches both."""

    live: int
    homework: int
    self_paced: int
    competencies: dict[str, int]

    def of(self, modality: Modality) -> int | None:
        """Return the most minutes of one kind; None where there is no end, because practice is claimed as it is done."""
        if modality in _LIVE:
            return self.live
        return {"homework": self.homework, "self_paced": self.self_paced}.get(modality)


def reach(modules: Iterable[ModuleLine], pathway: Pathway) -> Reach:
    """Add up what the pathway's modules hold, counting toward competencies only the kinds the pathway counts."""
    asked = [module for module in modules if module.id in pathway.modules]
    live = [meeting for module in asked for meeting in module.meetings]
    homework = [work for module in asked for work in module.homework]
    lessons = [lesson for module in asked for lesson in module.lessons]
    counted: list[Unit] = [
        *(live if any(_counts(pathway, modality) for modality in _LIVE) else ()),
        *(homework if _counts(pathway, "homework") else ()),
        *(lessons if _counts(pathway, "self_paced") else ()),
    ]
    return Reach(_sum(live), _sum(homework), _sum(lessons), _by_weight(counted))


def everything(modules: Sequence[ModuleLine]) -> Reach:
    """Add up what all modules hold, whatever any pathway counts."""
    live = [meeting for module in modules for meeting in module.meetings]
    homework = [work for module in modules for work in module.homework]
    lessons = [lesson for module in modules for lesson in module.lessons]
    return Reach(_sum(live), _sum(homework), _sum(lessons), _by_weight([*live, *homework, *lessons]))


def _by_weight(units: Iterable[Unit]) -> dict[str, int]:
    competencies: dict[str, int] = {}
    for unit in units:
        for competency, minutes in share(unit.minutes, unit.competencies).items():
            competencies[competency] = competencies.get(competency, 0) + minutes
    return competencies


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Something a pathway asks for and cannot get: under which key of its `hours`, and in words."""

    key: tuple[str, ...]
    sentence: str


def shortfalls(modules: Iterable[ModuleLine], pathway: Pathway, titles: Mapping[str, str]) -> tuple[Shortfall, ...]:
    """Return what the pathway asks for and its modules cannot fill; nothing: it can be offered."""
    held = reach(modules, pathway)
    return (*_by_modality(held, pathway), *_in_all(held, pathway), *_by_competency(held, pathway, titles))


def _by_modality(held: Reach, pathway: Pathway) -> Iterator[Shortfall]:
    short: set[Modality] = set()
    for modality, rule in pathway.modalities.items():
        have = held.of(modality)
        if have is not None and have < rule.min_minutes:
            short.add(modality)
            said = f"{_NAMES[modality]}: {_hours(rule.min_minutes)} asked for, {_hours(have)} in the curriculum."
            yield Shortfall(("modalities", modality), said)
    asked = sum(pathway.modalities[m].min_minutes for m in _LIVE if m in pathway.modalities)
    if asked > held.live and not short.intersection(_LIVE):
        said = (
            f"Live, in person and by video together: {_hours(asked)} asked for, {_hours(held.live)} in the curriculum."
        )
        yield Shortfall(("modalities",), said)


def _in_all(held: Reach, pathway: Pathway) -> Iterator[Shortfall]:
    total = _most(held, pathway)
    if total is not None and total < pathway.total_minutes:
        said = f"In all: {_hours(pathway.total_minutes)} asked for, {_hours(total)} in the curriculum count."
        yield Shortfall(("total_minutes",), said)


def _by_competency(held: Reach, pathway: Pathway, titles: Mapping[str, str]) -> Iterator[Shortfall]:
    for key, asked in sorted(pathway.competency_minutes.items()):
        have = held.competencies.get(key, 0)
        if have < asked:
            said = f"{titles.get(key, key)}: {_hours(asked)} asked for, {_hours(have)} in the curriculum count."
            yield Shortfall(("competencies", key), said)


def _most(held: Reach, pathway: Pathway) -> int | None:
    practice = pathway.modalities.get("practicum")
    if practice is not None and practice.counts and practice.max_minutes is None:
        return None
    live = [_capped(held.live, pathway, m) for m in _LIVE if _counts(pathway, m)]
    rest = sum(
        _capped(held.of(m) or 0, pathway, m)
        for m in MODALITIES
        if m not in (*_LIVE, "practicum") and _counts(pathway, m)
    )
    return min(sum(live), held.live) + rest + (practice.max_minutes or 0 if practice and practice.counts else 0)


def _capped(minutes: int, pathway: Pathway, modality: Modality) -> int:
    most = pathway.modalities[modality].max_minutes
    return minutes if most is None else min(minutes, most)


def _counts(pathway: Pathway, modality: Modality) -> bool:
    rule = pathway.modalities.get(modality)
    return rule is not None and rule.counts


def _sum(units: Iterable[Unit]) -> int:
    return sum(unit.minutes for unit in units)


_NAMES = {
    "in_person": "In person",
    "live_virtual": "By live video",
    "homework": "Homework",
    "self_paced": "Lessons",
    "practicum": "Practice",
}


def _hours(minutes: int) -> str:
    whole, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{whole} h" if whole else "", f"{rest} min" if rest or not whole else "") if part
    )
