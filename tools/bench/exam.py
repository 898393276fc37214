"""`exam`: two hundred people take the exam of 120 questions at once, and save an answer every five seconds each."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from statistics import median
from zlib import MAX_WBITS, decompress

import click

from tools.bench.crowd import saving, seat_crowd
from tools.bench.load import CONNECTIONS, Next
from tools.bench.pace import Paced, paced
from tools.bench.report import Found, bounded, percentile
from tools.bench.site import site
from tools.bench.speed import SAVES, Floor, Pair, Side, compare, inserts

PEOPLE, EVERY = 200, 5.0
OURS, BARE, STRETCHES = 20.0, 10.0, 3
"""Seconds of saves, then of bare inserts at the same pace, and how often: what else the machine does hits both."""
WARM = 5.0
SLOWEST = 250
"""Milliseconds within which 99 of 100 saves are answered, counted from when they were due."""
Say = Callable[[Found], None]


def measure(say: Say) -> None:
    """Measure waits and errors at the pace of an exam, then how many saves there are room for beside a bare insert."""
    with site() as place, Floor() as bare:
        place.prepare()
        sitters = seat_crowd(place, PEOPLE)
        port = place.gunicorn().port
        people, floor = [saving(sitter) for sitter in sitters], inserts(bare.port)
        paced(port, people, EVERY, WARM, wrong_with)
        tell(*_paced(port, people, floor), say)
        compare([Pair("exam-saves", Side(port, _in_turns(people)), floor, SAVES)], say)


def _paced(port: int, people: Sequence[Next], floor: Side) -> tuple[Paced, Paced]:
    ours, bare = Paced(), Paced()
    for _stretch in range(STRETCHES):
        ours += paced(port, people, EVERY, OURS, wrong_with)
        bare += paced(floor.port, list(islice(cycle(floor.following), PEOPLE)), EVERY, BARE, lambda answer: "")
    return ours, bare


def tell(found: Paced, bare: Paced, say: Say) -> None:
    """Say what the pace was, how long people waited, beside who inserts a bare row, and what went wrong."""
    waits, floor = ([1000 * wait for wait in one.waits] or [0.0] for one in (found, bare))
    click.echo(
        f"{PEOPLE} people, {len(found.waits)} saves in {found.seconds:.0f} s ({found.rate:.0f}/s),"
        f" median {median(waits):.0f} ms, slowest {max(waits):.0f} ms;"
        f" bare inserts median {median(floor):.0f} ms, slowest {max(floor):.0f} ms"
    )
    say(bounded("exam-p99", percentile(waits, 99), SLOWEST, "ms", beside=percentile(floor, 99)))
    say(bounded("exam-errors", len(found.errors), 0, ""))
    for wrong, times in Counter(found.errors).most_common(5):
        click.echo(f"exam: {times} times {wrong}")


def _in_turns(people: Sequence[Next]) -> list[Next]:
    """Share the people among the connections; on each they save in turn, so that no attempt waits for itself."""
    return [_turn(people[first::CONNECTIONS]) for first in range(CONNECTIONS)]


def _turn(people: Sequence[Next]) -> Next:
    turns = cycle(people)
    return lambda: next(turns)()


def wrong_with(answer: bytes) -> str:
    """Say what is wrong with the reply to a save; nothing when it says that the answer is saved."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if head[9:12] != b"200":
        return head.split(b"\r\n", 1)[0].decode(errors="replace")
    if b"content-encoding: gzip" in head.lower():
        body = decompress(body, MAX_WBITS | 16)
    state = json.loads(body)["state"]
    return "" if state == "saved" else f"an answer that was {state}"
