"""A sound question of each type, and every slip an author can make in one: found, named, on its line."""

import re

import pytest

from lms.curriculum import service
from lms.curriculum.rules.shapes import Item
from lms.curriculum.rules.tasks import Cloze, Gap, Matching, Numeric, Ordering, ShortAnswer, ShortText
from lms.curriculum.service.pieces import decoded
from tests.curriculum.conftest import BANK, MORE, Sample

HEAD = """title: B
module: first-steps
items:
  - id: fs-001
    type: {kind}
    competencies: [listening]
    difficulty: 2
    lesson: walking-beside
    stem: {stem}
    rationale: The person decides, and you stay.
{body}
  - id: fs-002
    type: short_text
    competencies: [peer-role]
    difficulty: 2
    lesson: walking-beside
    stem: Who decides where the walk goes in the end?
    rationale: They do.
    accepted: [the person, the person I support]
"""
STEM = "Sort what Ana told you at the kitchen table."
BODIES = {
    "matching": """    pairs:
      - {prompt: "She *nods*", answer: yes}
      - {prompt: She looks away, answer: not now}
    distractors: [never]""",
    "ordering": """    steps:
      - Greet her
      - Ask what she wants
      - Listen""",
    "numeric": """    number: {value: 1000.5, tolerance: 0.1, unit: hours}""",
    "short_text": """    accepted: [Warm line, warmline]""",
    "cloze": """    gaps:
      - accepted: [hope]
      - {choices: [must, may], answer: may}""",
    "situational": """    options:
      - {text: Ask, weight: 100, feedback: It is hers.}
      - {text: Wait, weight: 40, feedback: It may help.}
      - {text: Decide, weight: -50, feedback: It takes away.}
      - {text: Leave, weight: 0, feedback: Nobody is there.}""",
    "short_answer": """    guide: |
      2 for a step and a reason, 1 for a step.
    points: 2""",
}
GAPS = "She has [[1]], and she [[2]] choose."


def bank(kind: str, body: str | None = None, stem: str | None = None) -> str:
    said = stem or (GAPS if kind == "cloze" else STEM)
    return (
        HEAD.format(kind=kind, stem=f'"{said}"', body=BODIES[kind] if body is None else body) + MORE.lstrip("\n") + "\n"
    )


@pytest.mark.parametrize("kind", BODIES)
def test_a_question_of_each_type_is_sound(sample: Sample, kind: str) -> None:
    sample.write(BANK, bank(kind))
    assert [str(problem) for problem in sample.problems()] == []


def test_each_type_is_compiled_to_what_is_asked(sample: Sample) -> None:
    found = {}
    for kind in BODIES:
        sample.write(BANK, bank(kind))
        pieces = service.compile_tree(service.check(*sample.folders).tree)
        from_store = pieces["bank:first-steps"]["items"][0]
        assert ("task" in from_store) == (kind != "situational")
        found[kind] = decoded(Item, from_store)
    assert found["matching"].task == Matching(
        ("She <em>nods</em>", "She looks away"), ("yes", "not now", "never"), (0, 1)
    )
    assert found["ordering"].task == Ordering(("Greet her", "Ask what she wants", "Listen"), (1, 2, 3))
    assert found["numeric"].task == Numeric("1000.5", "0.1", "hours")
    assert found["short_text"].task == ShortText(("Warm line", "warmline"))
    assert found["cloze"].task == Cloze((Gap(("hope",), ()), Gap(("may",), ("must", "may"))))
    assert [(o.weight, o.correct) for o in found["situational"].options] == [
        (100, True),
        (40, False),
        (-50, False),
        (0, False),
    ]
    assert found["short_answer"].task == ShortAnswer("<p>2 for a step and a reason, 1 for a step.</p>", 2)


SLIPS = [
    ("matching", "answer: not now", "answer: yes", "Every prompt of `fs-001` has the same answer."),
    ("matching", "She looks away", "She nods", "Two prompts of `fs-001` say the same."),
    ("matching", "[never]", "[Not NOW]", "`Not NOW` stands among the answers of `fs-001` already."),
    ("matching", "answer: not now", 'answer: "**not** now"', "`fs-001` has Markdown in a list to choose from"),
    (
        "matching",
        "    distractors",
        "    steps: [a]\n    distractors",
        "`fs-001` is a `matching` and has no use for `steps`.",
    ),
    ("ordering", "      - Listen", "      - greet her", "Two steps of `fs-001` say the same."),
    ("ordering", "      - Listen\n", "", "`fs-001` has 2 steps."),
    ("numeric", "1000.5", '"1,000.5"', "`items.0.number.value` is not a number here."),
    ("numeric", "0.1", "-0.1", "`items.0.number.tolerance` is not a number here."),
    ("short_text", "warmline", "WARM  líne", "`WARM  líne` counts already"),
    ("cloze", "answer: may", "answer: might", "The answer of gap 2 of `fs-001` is not one of its choices."),
    ("cloze", "[must, may]", "[may]", "Gap 2 of `fs-001` has one choice."),
    ("cloze", "accepted: [hope]", "answer: hope", "Gap 1 of `fs-001` is not clear."),
    ("cloze", "[[2]]", "[[3]]", "The stem of `fs-001` shows [[1]], [[3]], and 2 stand under `gaps`."),
    ("situational", "weight: 40", "weight: 100", "`fs-001` must have exactly one best option."),
    ("situational", "weight: 40, ", "", "`fs-001` gives option 2 no weight."),
    ("situational", "weight: 40", "weight: 40, correct: true", "`fs-001` marks an option as correct"),
    ("short_answer", "    points: 2\n", "", "`fs-001` is a `short_answer` and has no `points`."),
    ("short_answer", "points: 2", "points: 11", "`items.0.points` is too big."),
]


@pytest.mark.parametrize(("kind", "old", "new", "says"), SLIPS, ids=[says for *_, says in SLIPS])
def test_a_slip_is_named_on_its_line(sample: Sample, kind: str, old: str, new: str, says: str) -> None:
    text = bank(kind)
    assert old in text
    spoilt = text.replace(old, new, 1)
    sample.write(BANK, spoilt)
    found = [problem for problem in sample.problems() if says in problem.what]
    assert len(found) == 1, [str(problem) for problem in sample.problems()]
    assert 4 <= found[0].line <= 20


def test_a_slip_points_at_the_very_line(sample: Sample) -> None:
    sample.write(BANK, bank("matching").replace("[never]", "[never, yes]"))
    (problem,) = sample.problems()
    assert problem.line == 1 + bank("matching").split("\n").index("    distractors: [never]")


@pytest.mark.parametrize("kind", ["matching", "ordering", "numeric", "short_text", "cloze", "short_answer"])
def test_a_type_without_its_keys_says_what_it_needs(sample: Sample, kind: str) -> None:
    sample.write(BANK, bank(kind, body="", stem=STEM))
    said = [problem.what for problem in sample.problems()]
    assert any(re.search(rf"`fs-001` is a `{kind}` and has no `\w+`", what) for what in said), said


def test_a_support_line_mark_is_found_in_a_prompt_too(sample: Sample) -> None:
    sample.write(BANK, bank("matching").replace("She looks away", "'{{crisis:988}} she says'"))
    assert any("holds a support line mark" in problem.what for problem in sample.problems())
