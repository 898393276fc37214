"""What may happen to a draft: when a save is taken, when an earlier state is kept, when a person may write at all."""

import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

State = Literal["none", "draft", "waiting", "accepted", "returned"]

TEXT_LIMIT = 200_000
NOTE_LIMIT = 2_000
KEEP_EVERY = timedelta(minutes=10)
MUCH = 100
"""Characters: whoever removes more than this in one save may want them back."""
WORDS_A_MINUTE = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands; `locked` while a facilitator has it, or once it is accepted."""

    text: str
    note: str
    interview: bool
    version: int
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """What a page wants saved: the version it started from, and a fingerprint of what it sent last, heard or not."""

    text: str
    note: str
    interview: bool
    version: int
    last_sent: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`save` it; `same` as what stands; `stale`: a newer text stands; `locked`. `aside`: something in it would be lost."""

    state: Literal["save", "same", "stale", "locked"]
    aside: bool = False


def judge_save(current: Draft, offer: Offer) -> Verdict:
    """Decide about one save: an older page never overwrites a newer text, and its own words are never dropped."""
    if (offer.text, offer.note, offer.interview) == (current.text, current.note, current.interview):
        return Verdict("same")
    new = bool(lost(offer.text, current.text) + lost(offer.note, current.note))
    if current.locked:
        return Verdict("locked", new)
    # On a bad line a save can land and its answer be lost; the page then sends more, still naming the old version.
    heard = offer.last_sent != "" and offer.last_sent == fingerprint({"text": current.text, "note": current.note})
    if offer.version == current.version or heard:
        return Verdict("save")
    return Verdict("stale", new)


def keeps_version(before: Draft, offer: Offer, *, explicit: bool, kept_at: datetime | None, now: datetime) -> bool:
    """Say whether the state about to be overwritten is kept as an earlier version.

    Every ten minutes of autosave, whenever much is removed at once, and on a save by hand that removes anything.
    """
    gone = lost(before.text, offer.text) + lost(before.note, offer.note)
    if not (before.text or before.note):
        return False
    return (explicit and gone > 0) or gone > MUCH or kept_at is None or now - kept_at >= KEEP_EVERY


def lost(before: str, after: str) -> int:
    """Return how many characters of `before` stand in neither the common beginning nor the common end of `after`."""
    front = _common(before, after)
    rest, other = before[front:], after[front:]
    return len(rest) - _common(rest[::-1], other[::-1])


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def fingerprint(fields: Mapping[str, str]) -> str:
    """Return a short mark of what a page sent, which the page can compute as well; it guards against no attack."""
    joined = "\x1e".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name])
    return str(zlib.crc32(joined.encode()))


def standing(has_draft: bool, newest: str) -> State:
    """Say where a narrative stands from its newest round; `newest` is empty while nothing was sent."""
    if newest == "waiting":
        return "waiting"
    if newest == "accepted":
        return "accepted"
    if newest == "returned":
        return "returned"
    return "draft" if has_draft else "none"


def may_write(state: State) -> bool:
    """Say whether the writer may change the draft: before sending, and after it came back."""
    return state in ("none", "draft", "returned")


def next_round(state: State, newest: int) -> int:
    """Return the round that a text belongs to when it is sent now."""
    return newest + 1 if newest == 0 or state == "returned" else newest


def word_count(text: str) -> int:
    """Count the words: whatever stands between spaces and holds a letter or a digit."""
    return sum(any(c.isalnum() for c in word) for word in text.split())


def reading_minutes(words: int) -> int:
    """Return how long a reader needs, at least a minute."""
    return max(1, ceil(words / WORDS_A_MINUTE))


@dataclass(frozen=True, slots=True)
class Change:
    """How many words came and went between two rounds."""

    added: int
    removed: int


def change(before: str, after: str) -> Change:
    """Count the words that came and went; a word that only moved is neither."""
    old, new = Counter(before.split()), Counter(after.split())
    return Change((new - old).total(), (old - new).total())
