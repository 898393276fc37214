"""`python -m tools.faults [NAME]`: exit 0 when nothing was lost, doubled or silent."""

import signal
import sys
from collections.abc import Sequence
from types import FrameType

import click

from tools.bench.site import Failed
from tools.bench.speed import engine
from tools.faults import durable, full, issue, quiz

FAULTS = {"quiz": quiz.run, "durable": durable.run, "full": full.run, "issue": issue.run}


def main(arguments: Sequence[str]) -> int:
    """Bring about what was asked for (everything by default); 1 when the product did not stand it."""
    chosen = arguments or list(FAULTS)
    unknown = [name for name in chosen if name not in FAULTS]
    if unknown:
        click.echo(f"There is no fault {unknown[0]!r}. There are: {', '.join(FAULTS)}.")
        return 2
    signal.signal(signal.SIGTERM, _leave)
    click.echo(engine())
    stood = [_stood(name) for name in chosen]
    return 0 if all(stood) else 1


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _stood(name: str) -> bool:
    try:
        good = FAULTS[name]()
    except Failed as failed:
        click.echo(f"{name}: the run could not go on. {failed}")
        good = False
    click.echo(f"{name}: {'ok' if good else 'NOT OK'}")
    return good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
