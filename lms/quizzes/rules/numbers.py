"""Reading a number that somebody typed: one clear rule, exact, and no guess where two readings are possible."""

import re
from fractions import Fraction

_NUMBER = re.compile(r"([+-]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?)((?:\.[0-9]+)?)\Z")
LONGEST = 60


def read_number(typed: str, unit: str = "") -> Fraction | None:
    """Return the number, or None if it is none.

    Digits, a point for decimals, commas only between thousands, a sign if need be, and the unit before or after it.
    `12,5` is refused: half the world reads twelve and a half, the other half a slip in 125.
    """
    text = typed.strip().replace("−", "-")
    if unit and text.casefold().endswith(unit.casefold()):
        text = text[: -len(unit)].rstrip()
    elif unit and text.casefold().startswith(unit.casefold()):
        text = text[len(unit) :].lstrip()
    found = _NUMBER.match(text) if len(text) <= LONGEST else None
    if found is None or not (found[2] or found[3]):
        return None
    return Fraction(f"{found[1]}{found[2].replace(',', '') or '0'}{found[3]}")


def within(typed: str, value: str, tolerance: str, unit: str = "") -> bool:
    """Say whether what was typed lies within the tolerance of the value, both ends included."""
    number = read_number(typed, unit)
    return number is not None and abs(number - Fraction(value)) <= Fraction(tolerance)
