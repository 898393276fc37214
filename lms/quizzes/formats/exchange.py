"""What every exchange has in common: what came out, what the other side cannot hold, and faults with their lines."""

import re
from dataclasses import dataclass, field

from lms.curriculum.formats.yaml import Fault
from lms.curriculum.rules.shapes import Item, Option
from lms.curriculum.rules.tasks import Task

MAX_BYTES = 5_000_000
UNSAID = "not-said"
"""Stands for a lesson or a competency that a file does not name; the check will ask for it by line."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file for another system, and sentences on what it could not take along."""

    body: bytes
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """Questions from another system, with Markdown in their texts, and sentences on what could not be taken along."""

    items: tuple[Item, ...]
    lost: tuple[str, ...]


class Unreadable(Exception):
    """A file that cannot be read: every fault, each with its line."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].what if faults else "")
        self.faults = faults


class Unfit(Exception):
    """A question that a format cannot hold; it is left out and named."""


@dataclass(slots=True)
class Draft:
    """A question on its way in, as far as the other side describes it; ours to complete."""

    line: int
    name: str = ""
    id: str = ""
    tags: list[str] = field(default_factory=list)
    stem: str = ""
    rationale: str = ""
    kind: str = ""
    options: tuple[Option, ...] = ()
    task: Task | None = None

    def tagged(self, key: str) -> str:
        """Return what our own export wrote under a key; empty if the file comes from elsewhere."""
        return next((tag.partition(":")[2] for tag in self.tags if tag.startswith(key + ":")), "")


def tags_of(item: Item) -> list[str]:
    """Return what other systems have no place for, as tags that our own import understands."""
    named = [f"competency:{one}" for one in item.competencies]
    return [f"type:{item.type}", *named, f"difficulty:{item.difficulty}", f"lesson:{item.lesson}"]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What stands for what a file does not say."""

    bank: str
    competency: str = UNSAID
    lesson: str = UNSAID
    difficulty: int = 2


def finished(drafts: list[Draft], defaults: Defaults) -> tuple[Item, ...]:
    """Give every question an id of its own, and the defaults where nothing is said."""
    taken: set[str] = set()
    items = []
    for at, draft in enumerate(drafts, 1):
        id_ = _free(_id(draft.id) or _id(draft.name) or f"{defaults.bank}-{at:03}"[-60:], taken)
        taken.add(id_)
        items.append(_item(draft, id_, defaults))
    return tuple(items)


def _item(draft: Draft, id_: str, defaults: Defaults) -> Item:
    competencies = tuple(tag.partition(":")[2] for tag in draft.tags if tag.startswith("competency:"))
    difficulty = draft.tagged("difficulty")
    return Item(
        id=id_,
        type=draft.kind,  # type: ignore[arg-type]  # one of ours: each reader names it itself
        competencies=competencies or (defaults.competency,),
        difficulty=int(difficulty) if difficulty in ("1", "2", "3") else defaults.difficulty,
        lesson=draft.tagged("lesson") or defaults.lesson,
        stem=draft.stem,
        options=draft.options,
        rationale=draft.rationale,
        task=draft.task,
    )


def _id(text: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    return slug[:60].rstrip("-") if slug[:1].isalpha() else ""


def _free(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    return next(f"{wanted[:55]}-{at}" for at in range(2, 100_000) if f"{wanted[:55]}-{at}" not in taken)


def percent(weight: float) -> str:
    """Write a weight as other systems do: whole where it is, else five digits, so that three thirds are recognised."""
    return f"{weight:.5f}".rstrip("0").rstrip(".")
