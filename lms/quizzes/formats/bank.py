"""A bank of questions as the YAML file an author would write, so that what was imported can be read, mended and checked."""

from typing import Any

import yaml

from lms.curriculum.rules.shapes import Item
from lms.curriculum.rules.tasks import Cloze, Gap, Matching, Numeric, Ordering, ShortAnswer, ShortText


def write(title: str, module: str, items: tuple[Item, ...]) -> bytes:
    """Write a bank; what the check asks for and nobody said stands there empty, so that the check names its line."""
    bank = {"title": title, "module": module, "items": [_item(item) for item in items]}
    return yaml.dump(bank, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120).encode()


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "type": item.type,
        "competencies": _Row(item.competencies),
        "difficulty": item.difficulty,
        "lesson": item.lesson,
        "stem": item.stem,
        **_answers(item),
        "rationale": item.rationale,
    }


def _answers(item: Item) -> dict[str, Any]:
    task = item.task
    if isinstance(task, Matching):
        return _matching(task)
    if isinstance(task, Ordering):
        return {"steps": [step for _place, step in sorted(zip(task.places, task.steps, strict=True))]}
    if isinstance(task, Numeric):
        unit = {"unit": task.unit} if task.unit else {}
        return {"number": {"value": task.value, "tolerance": task.tolerance} | unit}
    if isinstance(task, ShortText):
        return {"accepted": list(task.accepted)}
    if isinstance(task, Cloze):
        return {"gaps": [_gap(gap) for gap in task.gaps]}
    if isinstance(task, ShortAnswer):
        return {"guide": task.guide, "points": task.most}
    return {"options": [_option(item, at) for at in range(len(item.options))]}


def _matching(task: Matching) -> dict[str, Any]:
    pairs = [{"prompt": p, "answer": task.answers[at]} for p, at in zip(task.prompts, task.key, strict=True)]
    spare = [text for at, text in enumerate(task.answers) if at not in task.key]
    return {"pairs": pairs} | ({"distractors": spare} if spare else {})


def _gap(gap: Gap) -> dict[str, Any]:
    if gap.choices:
        return {"choices": list(gap.choices), "answer": gap.accepted[0]}
    return {"accepted": list(gap.accepted)}


def _option(item: Item, at: int) -> dict[str, Any]:
    option = item.options[at]
    if option.weight is not None:
        return {"text": option.text, "weight": option.weight, "feedback": option.feedback}
    right = {"correct": True} if option.correct else {}
    return {"text": option.text} | right | {"feedback": option.feedback}


class _Row(list[str]):
    """A list that stands on one line."""


class _Dumper(yaml.SafeDumper):
    """Writes long texts as blocks, as an author does, wherever YAML can give them back unchanged."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent the entries of a list below its key, as our own files do."""
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text and all(line == line.rstrip() for line in text.split("\n")) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _row(dumper: yaml.SafeDumper, row: _Row) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", list(row), flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Row, _row)
