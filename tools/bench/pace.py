"""A load at a pace: each person sends when they would, whether or not the server has caught up. One thread, no library.

A wait is counted from the moment a request was due, not from when it was sent: a server that stops for a second makes
everybody wait who came in that second, and they all count.
"""

import selectors
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tools.bench.load import PATIENCE, Next, length_of
from tools.bench.site import HOST

Check = Callable[[bytes], str]
"""Reads a whole answer, head and body; returns what is wrong with it, or nothing."""


@dataclass
class Paced:
    """What came of it: how long each answer took, in seconds, and what went wrong."""

    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.waits) / self.seconds if self.seconds else 0.0

    def __add__(self, more: "Paced") -> "Paced":
        """Put two stretches together."""
        return Paced(self.waits + more.waits, self.errors + more.errors, self.seconds + more.seconds)


class _Call:
    """One request on a connection of its own: a person who thinks for five seconds finds the old one closed."""

    def __init__(self, port: int, due: float, sent: bytes) -> None:
        self.due, self._read = due, bytearray()
        self.sock = socket.create_connection((HOST, port), PATIENCE)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.sendall(sent)

    def take(self) -> bytes | None:
        """Read what is there; the whole answer once it is there."""
        piece = self.sock.recv(262144)
        if not piece:
            raise ConnectionResetError("closed before the answer was whole")
        self._read += piece
        head, cut, body = bytes(self._read).partition(b"\r\n\r\n")
        return bytes(self._read) if cut and len(body) >= length_of(head) else None


def paced(port: int, people: Sequence[Next], every: float, seconds: float, check: Check) -> Paced:
    """Let each person send a request every so many seconds, evenly spread, for so long; wait for the last answer."""
    found, many = Paced(), round(seconds * len(people) / every)
    with selectors.DefaultSelector() as waiting:
        begun, sent = time.perf_counter(), 0
        while sent < many or waiting.get_map():
            due = begun + sent * every / len(people)
            if sent < many and time.perf_counter() >= due:
                _begin(waiting, port, due, people[sent % len(people)], found)
                sent += 1
            else:
                _hear(waiting, due if sent < many else None, check, found)
        found.seconds = time.perf_counter() - begun
    return found


def _begin(waiting: selectors.BaseSelector, port: int, due: float, following: Next, found: Paced) -> None:
    try:
        call = _Call(port, due, following())
    except OSError as refused:
        found.errors.append(f"{type(refused).__name__}: {refused}")
        return
    waiting.register(call.sock, selectors.EVENT_READ, call)


def _hear(waiting: selectors.BaseSelector, due: float | None, check: Check, found: Paced) -> None:
    patience = 1.0 if due is None else max(0.0, due - time.perf_counter())
    for key, _mask in waiting.select(patience):
        _take(waiting, key.data, check, found)
    now = time.perf_counter()
    for call in [key.data for key in waiting.get_map().values() if now - key.data.due > PATIENCE]:
        _end(waiting, call)
        found.errors.append(f"no answer within {PATIENCE} seconds")


def _take(waiting: selectors.BaseSelector, call: _Call, check: Check, found: Paced) -> None:
    try:
        answer = call.take()
    except OSError as broken:
        _end(waiting, call)
        found.errors.append(f"{type(broken).__name__}: {broken}")
        return
    if answer is None:
        return
    found.waits.append(time.perf_counter() - call.due)
    _end(waiting, call)
    wrong = check(answer)
    if wrong:
        found.errors.append(wrong)


def _end(waiting: selectors.BaseSelector, call: _Call) -> None:
    waiting.unregister(call.sock)
    call.sock.close()
