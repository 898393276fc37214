"""Public codes: what stands in addresses and on certificates. Integer keys never leave the database."""

import random
import secrets
import uuid
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

# No 0, O, 1, I, L, U: a code is read aloud over the phone and typed from paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKE = str.maketrans({"0": "Q", "O": "Q", "1": "J", "I": "J", "L": "J", "U": "V"})


def new_code(length: int = 10) -> str:
    """Return an unguessable public code of `length` letters (about 4.9 bits each)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_token() -> str:
    """Return a secret for a link or a session: 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def new_seed() -> int:
    """Return a seed that decides one shuffle; recorded with what it decided."""
    return secrets.randbelow(2**31)


def new_uuid() -> str:
    """Return a random UUID in text form."""
    return str(uuid.uuid4())


def shuffled(values: Sequence[T], seed: int) -> list[T]:
    """Return `values` in the order that `seed` decides; the same seed gives the same order for ever."""
    order = list(values)
    random.Random(seed).shuffle(order)  # noqa: S311 - fairness, not secrecy: the seed is recorded
    return order


def group(code: str, size: int = 4) -> str:
    """Return a code in groups, as printed: `PM7K-2QXD-94RT`."""
    return "-".join(code[at : at + size] for at in range(0, len(code), size))


def normalise(typed: str) -> str:
    """Return what a person typed as a code: capitals, no dashes or spaces, look-alike letters mended."""
    return "".join(c for c in typed.upper() if c.isalnum()).translate(_LOOKALIKE)
