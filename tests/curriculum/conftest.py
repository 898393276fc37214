"""A small sound curriculum in a folder, to be spoiled one slip at a time."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from lms.curriculum import service
from lms.curriculum.rules.tree import Problem

SCENE = (
    "You sit beside a person after a difficult week, and they tell you about the bus, the rent and a letter from the county. "
    "You listen for their own words and keep them, because a diagnosis in place of their own description takes something away. "
    "You ask what would make the next hour easier, and you wait for the answer even when the silence is uncomfortable. "
    "Most people know more about their own life than anyone who reads their file, so you leave the decision with them. "
)
WORDS = "\n\n".join([SCENE] * 4)
"""Four times over: a lesson has 1,200 words or more."""

OPTIONS = """
    options:
      - {{text: "{0}", {4}feedback: "It hurries a person who has asked for time."}}
      - {{text: "{1}", {5}feedback: "It leaves the choice where it belongs."}}
      - {{text: "{2}", {6}feedback: "It moves the work to somebody else."}}
      - {{text: "{3}", {7}feedback: "It answers a question nobody asked."}}"""


def item(id_: str, stem: str, right: int = 1, competency: str = "peer-role", lesson: str = "walking-beside") -> str:
    """A question in YAML; option `right` (from 0) is correct."""
    marks = ["correct: true, " if at == right else "" for at in range(4)]
    texts = [
        f"{verb} {id_}"
        for verb in ("Decide for them about", "Ask them first about", "Pass on to staff", "Explain at length")
    ]
    return f"""
  - id: {id_}
    type: single
    competencies: [{competency}]
    difficulty: 2
    lesson: {lesson}
    stem: "{stem}"
    rationale: The person decides, and you stay.{OPTIONS.format(*texts, *marks)}"""


STEMS = (
    "Ana asks about her rent at the kitchen table.",
    "Ben has not opened a letter for nine days now.",
    "Cora wants to leave the group before it has begun.",
    "Dov phones late from a bus stop in the rain.",
    "Esi brings bread and asks you to keep it secret.",
    "Finn says the new pills make him sleep too long.",
)

NAMES = [
    "Ada",
    "Bo",
    "Cy",
    "Di",
    "Ed",
    "Fay",
    "Gus",
    "Hal",
    "Ida",
    "Jo",
    "Kit",
    "Lou",
    "Mo",
    "Nan",
    "Oz",
    "Pia",
    "Quin",
    "Rae",
    "Sam",
    "Tess",
    "Ugo",
    "Vi",
    "Wes",
]
THINGS = [
    "rent",
    "bread",
    "court",
    "rain",
    "bus",
    "phone",
    "shift",
    "lunch",
    "shoes",
    "group",
    "keys",
    "hymn",
    "lake",
    "tea",
    "cat",
    "debt",
    "song",
    "oven",
    "roof",
    "map",
    "boat",
    "bell",
    "coat",
]
MORE = "".join(
    item(f"fs-b{at:02}", f"{name} speaks about the {thing}.", at % 4)
    for at, (name, thing) in enumerate(zip(NAMES, THINGS, strict=True))
)
"""Questions that make the bank large enough, all of `peer-role`."""

FILES = {
    "curriculum/programme.yaml": """id: small
title: A small programme
language: en
modules: [first-steps]
""",
    "curriculum/competencies.yaml": """frameworks:
  - id: samhsa
    title: A framework
    source: https://example.org/framework
    verified_on: 2026-11-23
    entries:
      - {id: s1, title: Caring relationships}
competencies:
  - {id: peer-role, title: The peer role, gist: Says what it is., maps: {samhsa: s1}}
  - {id: listening, title: Listening, gist: Hears what is said., maps: {samhsa: outside}}
""",
    "curriculum/crisis-lines.yaml": """note: Call each line before launch.
lines:
  - id: "988"
    name: 988 Lifeline
    call: "988"
    text: "988"
    text_word: null
    chat: null
    display: 988 Lifeline (call or text 988)
    hours: Day and night
    languages: English
    scope: Anyone
    police: It may.
    strip: true
    foot: true
    source: https://example.org/988
    verified_on: 2026-11-23
    verified_by: The team
  - id: texting
    name: Text Line
    call: null
    text: "741741"
    text_word: HOME
    chat: null
    display: Text Line (text HOME to 741741)
    hours: Day and night
    languages: English
    scope: Anyone
    police: It may.
    strip: false
    foot: true
    source: https://example.org/text
    verified_on: 2026-11-23
    verified_by: The team
""",
    "curriculum/pathways/starter.yaml": """title: Starter path
jurisdiction: none
version: 1
effective_from: 2026-11-23
verified_on: 2026-11-23
sources:
  - {title: A rule, url: https://example.org/rule}
unconfirmed: []
approval: null
contact_hour_minutes: 60
self_paced_credit: completion
reading_floor_percent: 40
hours:
  total_minutes: 100
  modalities:
    in_person: {min_minutes: 60, max_minutes: null}
    homework: {min_minutes: 30, max_minutes: 30}
    self_paced: {min_minutes: 0, max_minutes: null}
  competencies: {peer-role: {min_minutes: 60}}
attendance: {min_percent: 100, make_up: true}
lessons: all
modules: [first-steps]
quizzes: {required: [module-first-steps]}
exam: {quiz: small-exam}
narratives: {required: [first-steps/turning-point]}
homework: {required: [first-steps/homework-1]}
practice: {min_minutes: 0, max_minutes_per_day: 480}
certificate:
  title: Certificate of completion
  wording: has completed the small programme.
  valid_months: null
  note: This is not a state certification.
agreements:
  - id: ethics
    title: What I will hold to
    text: |
      I stay.
      I ask.
""",
    "curriculum/rubrics/turning-point.yaml": "title: A turning point\npass: {points: 6, no_zero: true}\ncriteria:"
    + "".join(
        f"""
  - id: {id_}
    title: Tells {id_}
    levels:
      - {{points: 3, name: strong, text: A reader sees it.}}
      - {{points: 2, name: ready, text: A reader finds it.}}
      - {{points: 1, name: beginning, text: A reader guesses it.}}
      - {{points: 0, name: not yet, text: A reader misses it., next: Tell one moment.}}"""
        for id_ in ("moment", "choice", "change", "use")
    )
    + "\n",
    "curriculum/modules/01-first-steps/module.yaml": """title: First steps
summary: Afterwards you can say what you do.
objectives: [Describe the role]
competencies: [peer-role]
overview: |
  Read this **first**.
""",
    "curriculum/modules/01-first-steps/01-walking-beside.md": f"""---
title: Walking beside
summary: What the role is.
modality: self_paced
minutes: 10
practice_minutes: 10
competencies: {{peer-role: 70, listening: 30}}
difficulty: {{level: 2, reason: Familiar words.}}
sources:
  - {{title: A source, url: https://example.org/a}}
---
## A bus stop

{WORDS}

!!! practice "One slow minute"
    Set a minute. If it is too much, call {{{{crisis:988}}}}.

## What you do

{WORDS}

> **Dana:** You do not have to fix it.
>
> **You:** Then I stay.

### A limit

{WORDS}

| Who | What |
|---|---|
| You | Stay |

## To keep

{WORDS}

!!! keep
    - You walk beside.
""",
    "curriculum/modules/01-first-steps/meeting-1.md": """---
title: Saying what we are not
purpose: One line.
modality: in_person
minutes: 60
competencies: {peer-role: 100}
facilitators: 2
materials: [Name badges]
agenda:
  - {minutes: 20, title: Arriving}
  - {minutes: 10, title: Break, break: true}
  - {minutes: 40, title: Limits}
---
## Room and video set-up
Chairs.
## Access notes
Light.
## Block by block
### Arriving
Say hello.
### Limits
Try one.
## Role-play cards
A card.
## Debrief
Ask.
## If someone is distressed
Stay.
## Closing and what to record
Write.
""",
    "curriculum/modules/01-first-steps/homework-1.md": """---
title: Two conversations
minutes: 30
reason: Two conversations of 15 minutes.
competencies: {listening: 100}
hand_in: One page.
---
## What to do
Talk.
## What to hand in
A page.
## Participant sheet
Lines.
""",
    "curriculum/modules/01-first-steps/narrative-turning-point.md": """---
title: A turning point
summary: One moment.
words: {from: 500, to: 900}
rubric: turning-point
interview: true
competencies: [peer-role]
---
Tell **one** moment.
""",
    "quizzes/lesson-walking-beside.yaml": """title: Check your reading
kind: lesson
for: walking-beside
time_limit_minutes: null
attempts: null
retry_after_hours: 0
pass_percent: 80
draw: {items: all}
shuffle: {questions: true, options: true}
review: feedback
items:"""
    + "".join(item(f"fs-c1-{at}", stem, at % 4) for at, stem in enumerate(STEMS[:4], 1))
    + "\n",
    "quizzes/module-first-steps.yaml": """title: First steps
kind: module
for: first-steps
time_limit_minutes: 30
attempts: 3
retry_after_hours: 24
pass_percent: 75
draw: {bank: first-steps, count: 2}
shuffle: {questions: true, options: true}
review: score
items: []
""",
    "quizzes/small-exam.yaml": """title: The exam
kind: exam
for: small
time_limit_minutes: 45
attempts: 2
retry_after_hours: 48
pass_percent: 75
draw:
  banks: [first-steps]
  blueprint:
    - {competency: peer-role, count: 1}
    - {competency: listening, count: 1}
shuffle: {questions: true, options: true}
review: score
items: []
""",
    "quizzes/banks/first-steps.yaml": "title: First steps\nmodule: first-steps\nitems:"
    + item("fs-001", STEMS[4], 0)
    + item("fs-002", STEMS[5], 2, competency="listening")
    + MORE
    + "\n",
}


class Sample:
    """The folder and short ways to change it and to ask what is wrong with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in FILES.items():
            self.write(name, text)

    @property
    def folders(self) -> tuple[Path, Path]:
        return self.root / "curriculum", self.root / "quizzes"

    def write(self, name: str, text: str | bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def swap(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text()
        assert old in text, f"{name} does not hold {old!r}"
        self.write(name, text.replace(old, new))

    def move(self, old: str, new: str) -> None:
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        (self.root / old).rename(self.root / new)

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def problems(self, as_of: date | None = None) -> Sequence[Problem]:
        return service.check(*self.folders, as_of=as_of).problems

    def one(self) -> Problem:
        """The only problem there is."""
        found = self.problems()
        assert len(found) == 1, "\n".join(map(str, found)) or "no problem"
        return found[0]


LESSON = "curriculum/modules/01-first-steps/01-walking-beside.md"
MODULE = "curriculum/modules/01-first-steps/module.yaml"
MEETING = "curriculum/modules/01-first-steps/meeting-1.md"
HOMEWORK = "curriculum/modules/01-first-steps/homework-1.md"
NARRATIVE = "curriculum/modules/01-first-steps/narrative-turning-point.md"
PATHWAY = "curriculum/pathways/starter.yaml"
RUBRIC = "curriculum/rubrics/turning-point.yaml"
BANK = "quizzes/banks/first-steps.yaml"
CHECK = "quizzes/lesson-walking-beside.yaml"
QUIZ = "quizzes/module-first-steps.yaml"
EXAM = "quizzes/small-exam.yaml"


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """A curriculum of one module without a single problem."""
    return Sample(tmp_path)
