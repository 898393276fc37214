"""Requests per second of the product's pages beside those of the bare floor, in interleaved rounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import fmean
from urllib.parse import urlencode

from lms.core.clock import SystemClock
from tools.bench import floor
from tools.bench.browser import Browser
from tools.bench.load import CONNECTIONS, Next, drive, request
from tools.bench.report import Found, compared
from tools.bench.seats import Class, Sitter, parcel, sit_down
from tools.bench.site import Failed, Server, Site, on_postgres, site

ROUNDS = 5
STRETCH, TURNS = 0.75, 2
"""Seconds of load on one side before the other has its turn, and how often each has it in a round."""
WARM = 0.6
PAGES = 0.50
SAVES = 0.40


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a port, and what each connection sends next."""

    port: int
    following: Sequence[Next]

    def load(self, seconds: float) -> float:
        """Load it and return requests per second."""
        return drive(self.port, self.following, seconds).rate


@dataclass(frozen=True)
class Pair:
    """What is compared with what."""

    name: str
    ours: Side
    floor: Side
    at_least: float


def compare(pairs: Sequence[Pair], say: Callable[[Found], None]) -> None:
    """Run the rounds. In each, both sides of a pair take short turns, so that whatever else the machine does hits both."""
    for pair in pairs:
        pair.ours.load(WARM)
        pair.floor.load(WARM)
    rounds = [[_round(pair) for pair in pairs] for _number in range(ROUNDS)]
    for pair, rates in zip(pairs, zip(*rounds, strict=True), strict=True):
        say(compared(pair.name, rates, pair.at_least))


def _round(pair: Pair) -> tuple[float, float]:
    turns = [(pair.ours.load(STRETCH), pair.floor.load(STRETCH)) for _turn in range(TURNS)]
    ours, floor_ = fmean(ours for ours, _ in turns), fmean(floor for _, floor in turns)
    if not floor_:
        raise Failed("The floor answered nothing in a whole round; this machine has too much else to do.")
    return ours, floor_


def pairs(place: Site, floor_server: Server, ours: Server, people: "People", chosen: Sequence[str]) -> list[Pair]:
    """Set both sides of each chosen comparison up, signed in and checked."""
    bare = _floor_page(floor_server.port)
    made = []
    for name, path in people.pages.items():
        if name in chosen:
            made.append(Pair(name, _page(ours.port, people.student, path), bare, PAGES))
    if "quiz" in chosen or "answer" in chosen:
        sitters = sit_down(ours.port, people.seats.emails[:CONNECTIONS], people.seats.quiz)
        if "quiz" in chosen:
            made.append(Pair("quiz", _attempts(ours.port, sitters), bare, PAGES))
        if "answer" in chosen:
            made.append(Pair("answer", _answers(ours.port, sitters), inserts(floor_server.port), SAVES))
    return made


@dataclass(frozen=True)
class People:
    """Whose pages are measured: the demonstration's student on their own pages, and a class at a quiz."""

    student: Browser
    pages: dict[str, str]
    seats: Class


def _page(port: int, browser: Browser, path: str) -> Side:
    answer = browser.get(path)
    if answer.status != 200 or "</html>" not in answer.text:
        raise Failed(f"{path} answered {answer.status} {answer.location}")
    asked = request("GET", path, browser.headers())
    return Side(port, [lambda: asked] * CONNECTIONS)


def _attempts(port: int, sitters: Sequence[Sitter]) -> Side:
    sides = [_page(port, sitter.browser, f"/attempts/{sitter.attempt}") for sitter in sitters]
    return Side(port, [side.following[0] for side in sides])


def _answers(port: int, sitters: Sequence[Sitter]) -> Side:
    for sitter in sitters:
        saved = sitter.browser.post(sitter.answers, parcel(sitter, 1, 1, 1, SystemClock().now()), json=True)
        if saved.status != 200 or saved.json["state"] != "saved":
            raise Failed(f"An answer was not saved: {saved.status} {saved.text[:300]}")
    return Side(port, [_saving(sitter) for sitter in sitters])


def _saving(sitter: Sitter) -> Next:
    sequence = count(2)
    headers = sitter.browser.headers(json=True, form=True)
    at = SystemClock().now()

    def following() -> bytes:
        number = next(sequence)
        fields = parcel(sitter, number % sitter.questions + 1, number % 2, number, at)
        return request("POST", sitter.answers, headers, urlencode(fields).encode())

    return following


def _floor_page(port: int) -> Side:
    browser = Browser(port)
    browser.get("/enter")
    page = browser.get("/")
    if page.status != 200 or not 19_000 <= len(page.body) <= 21_500:
        raise Failed(f"The floor's page is not what it should be: {page.status}, {len(page.body)} bytes.")
    asked = request("GET", "/", browser.headers())
    return Side(port, [lambda: asked] * CONNECTIONS)


def inserts(port: int) -> Side:
    """Return the floor's side of saved answers: one row inserted and committed."""
    asked = request("POST", "/insert", Browser(port).headers(json=True, form=True), b"q=3&a=1")
    return Side(port, [lambda: asked] * CONNECTIONS)


class Floor:
    """The floor served: on PostgreSQL in a database of its own, else in a file beside the product's."""

    def __init__(self) -> None:
        self._site = site()

    def __enter__(self) -> Server:
        place = self._site.__enter__()
        database = place.open()
        floor.lay(database)
        database.engine.dispose()
        return place.gunicorn("tools.bench.floor:create_app()", more={"FLOOR_DATABASE": place.database})

    def __exit__(self, *error: object) -> None:
        self._site.__exit__(None, None, None)


def engine() -> str:
    """Name the database engine of this run."""
    return "PostgreSQL" if on_postgres() else "SQLite"
