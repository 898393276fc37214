"""What a measure found, and the line that says so. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Found:
    """One measure: ours, the reference (or none), the ratio (or none), the target, and whether it is met."""

    name: str
    ours: str
    reference: str
    ratio: str
    target: str
    ok: bool

    @property
    def line(self) -> str:
        """Return the line as it is printed."""
        verdict = "ok" if self.ok else "short"
        return f"{self.name:<18} {self.ours:>12} {self.reference:>12} {self.ratio:>7} {self.target:>10}  {verdict}"


HEAD = f"{'measure':<18} {'ours':>12} {'reference':>12} {'ratio':>7} {'target':>10}"


def compared(name: str, rounds: Sequence[tuple[float, float]], at_least: float) -> Found:
    """Judge rounds of (ours, floor) in requests per second: the median of the rounds' ratios decides."""
    ratio = median(ours / floor for ours, floor in rounds)
    ours, floor = median(one for one, _ in rounds), median(one for _, one in rounds)
    return Found(
        name, f"{ours:.0f}/s", f"{floor:.0f}/s", f"{100 * ratio:.0f} %", f">= {100 * at_least:.0f} %", ratio >= at_least
    )


def bounded(
    name: str, value: float, at_most: float, unit: str, digits: int = 0, *, beside: float | None = None
) -> Found:
    """Judge one figure that must not be larger than its target; `beside` is the floor's, told and not judged."""
    ours, target = f"{value:.{digits}f} {unit}".strip(), f"<= {at_most:g} {unit}".strip()
    reference = "-" if beside is None else f"{beside:.{digits}f} {unit}".strip()
    return Found(name, ours, reference, "-", target, value <= at_most)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many of a hundred do not exceed: one that was measured, not one between two."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]
