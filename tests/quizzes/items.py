"""One question of each type, and Hypothesis strategies for any question of a type."""

from typing import Any

from hypothesis import strategies as st

from lms.curriculum.rules.shapes import Item, Option
from lms.curriculum.rules.tasks import Cloze, Gap, Matching, Numeric, Ordering, ShortAnswer, ShortText, Task


def asked(kind: Any, task: Task | None = None, options: tuple[Option, ...] = (), stem: str = "<p>Which?</p>") -> Item:
    """A question of a type."""
    id_ = f"it-{kind.replace('_', '-')}"
    return Item(id_, kind, ("peer-role",), 2, "walking-beside", stem, options, "<p>Because.</p>", task)


MATCHING = asked(
    "matching", Matching(("<em>One</em>", "Two", "Three"), ("first", "second", "third", "none"), (0, 1, 2))
)
ORDERING = asked("ordering", Ordering(("Greet", "Ask", "Listen", "Plan"), (1, 2, 3, 4)))
NUMERIC = asked("numeric", Numeric("1000.5", "0.5", "hours"))
SHORT_TEXT = asked("short_text", ShortText(("Warm line", "warmline")))
CLOZE = asked(
    "cloze",
    Cloze((Gap(("hope",), ()), Gap(("may",), ("must", "may", "never")))),
    stem="<p>Recovery needs [[1]], and a person [[2]] choose.</p>",
)
SITUATIONAL = asked(
    "situational",
    options=(
        Option("Ask what they want", True, "It is theirs.", 100),
        Option("Wait", False, "It may help.", 60),
        Option("Decide for them", False, "It takes away.", -50),
        Option("Leave", False, "Nobody is there.", 0),
    ),
)
SHORT_ANSWER = asked("short_answer", ShortAnswer("<p>Names a step.</p>", 3))
ALL = (MATCHING, ORDERING, NUMERIC, SHORT_TEXT, CLOZE, SITUATIONAL, SHORT_ANSWER)

WORDS = st.text("abcdeéẹñ XYZ'’", min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and "  " not in text
)
MANY = st.lists(WORDS, min_size=2, max_size=6, unique_by=lambda text: text.casefold())


@st.composite
def matchings(draw: st.DrawFn) -> Item:
    answers = tuple(draw(MANY))
    key = tuple(draw(st.lists(st.integers(0, len(answers) - 1), min_size=2, max_size=6)))
    return asked("matching", Matching(tuple(f"Prompt {at}" for at in range(len(key))), answers, key))


@st.composite
def orderings(draw: st.DrawFn) -> Item:
    places = tuple(draw(st.permutations(range(1, draw(st.integers(3, 8)) + 1))))
    return asked("ordering", Ordering(tuple(f"Step {place}" for place in places), places))


@st.composite
def numerics(draw: st.DrawFn) -> Item:
    value = draw(st.decimals(-10_000, 10_000, places=3, allow_nan=False))
    tolerance = draw(st.sampled_from(["0", "0.001", "2", "12.5"]))
    return asked("numeric", Numeric(format(value, "f"), tolerance, draw(st.sampled_from(["", "hours", "%"]))))


@st.composite
def clozes(draw: st.DrawFn) -> Item:
    typed = MANY.map(lambda texts: Gap(tuple(texts), ()))
    listed = MANY.flatmap(lambda texts: st.sampled_from(texts).map(lambda one: Gap((one,), tuple(texts))))
    gaps = tuple(draw(st.lists(typed | listed, min_size=1, max_size=4)))
    stem = "<p>" + " and ".join(f"[[{at}]]" for at in range(1, len(gaps) + 1)) + ".</p>"
    return asked("cloze", Cloze(gaps), stem=stem)


@st.composite
def situationals(draw: st.DrawFn) -> Item:
    weights = draw(st.lists(st.integers(-100, 99), min_size=3, max_size=3))
    options = [Option(f"Way {at}", False, "So.", weight) for at, weight in enumerate(weights)]
    options.insert(draw(st.integers(0, 3)), Option("Best", True, "So.", 100))
    return asked("situational", options=tuple(options))


TASKS = matchings() | orderings() | numerics() | MANY.map(lambda t: asked("short_text", ShortText(tuple(t)))) | clozes()
ITEMS = TASKS | situationals()
