"""Which sets of words are nearly the same, found without comparing every one with every other."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

Words = frozenset[str]


def pairs(sets: Sequence[Words], percent: int) -> Iterator[tuple[int, int]]:
    """Give the places (later, earlier) of every two sets that share at least `percent` of all their words together.

    Of two such sets neither can lack more than its part of the other's words; so when each is ordered from its rarest
    word on, they meet in the first few. Only sets that meet there are compared: no pair is missed.
    """
    often = Counter(word for words in sets for word in words)
    rank = {word: at for at, word in enumerate(sorted(often, key=lambda word: (often[word], word)))}.__getitem__
    met: defaultdict[str, list[int]] = defaultdict(list)
    for later, words in enumerate(sets):
        rare = sorted(words, key=rank)[: _enough(len(words), percent)]
        for earlier in sorted({place for word in rare for place in met[word]}):
            if alike(words, sets[earlier], percent):
                yield later, earlier
        for word in rare:
            met[word].append(later)


def alike(one: Words, other: Words, percent: int) -> bool:
    """Say whether two sets share at least `percent` of all their words together."""
    shorter, longer = sorted((len(one), len(other)))
    if not one or 100 * shorter < percent * longer:
        return False  # even if all of the shorter were in the longer
    shared = len(one & other)
    return 100 * shared >= percent * (shorter + longer - shared)


def _enough(size: int, percent: int) -> int:
    shared = -(-percent * size // 100)
    return size - shared + 1
