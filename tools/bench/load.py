"""The load: eight connections that each send the next request as soon as the last is answered. One thread, no library.

The same few lines of Python drive the floor and the product, so what the client costs is the same on both sides.
"""

import selectors
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.bench.site import HOST, Failed

Next = Callable[[], bytes]
CONNECTIONS = 8
PATIENCE = 30


@dataclass(frozen=True)
class Tally:
    """What came of one stretch of load."""

    answered: int
    seconds: float

    @property
    def rate(self) -> float:
        """Requests answered per second."""
        return self.answered / self.seconds if self.answered else 0.0


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Return a request as it travels."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Line:
    """One connection: what it sends next and what it has read so far."""

    def __init__(self, port: int, following: Next) -> None:
        self._port, self._following = port, following
        self._sent = b""
        self._read = bytearray()
        self._fresh = True
        self.sock = self._connect()

    def _connect(self) -> socket.socket:
        sock = socket.create_connection((HOST, self._port), PATIENCE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._fresh = True
        return sock

    def send(self) -> None:
        """Send the next request."""
        self._sent = self._following()
        self._read.clear()
        self.sock.sendall(self._sent)

    def again(self) -> None:
        """Send the same request on a new connection: the server had closed the old one between two requests."""
        self.sock.close()
        self.sock = self._connect()
        self._read.clear()
        self.sock.sendall(self._sent)

    def take(self) -> bool:
        """Read what is there; say whether the answer is whole. Raises Failed for any answer but 200."""
        piece = self.sock.recv(262144)
        if not piece:
            raise ConnectionResetError
        self._read += piece
        head, _, body = bytes(self._read).partition(b"\r\n\r\n")
        if not _:
            return False
        if head[9:12] != b"200":
            raise Failed(f"A request under load was answered with\n{bytes(self._read[:800]).decode(errors='replace')}")
        return len(body) >= length_of(head)


def length_of(head: bytes) -> int:
    """Return how long the body of an answer is, by its head."""
    at = head.lower().find(b"content-length:")
    if at < 0:
        raise Failed("An answer under load does not say its length.")
    return int(head[at + 15 :].split(b"\r\n", 1)[0])


def drive(port: int, following: Sequence[Next], seconds: float) -> Tally:
    """Load a server on as many connections as there are requests to send, for so long; every answer must be a 200."""
    lines = [_Line(port, one) for one in following]
    try:
        return _driven(lines, seconds)
    finally:
        for line in lines:
            line.sock.close()


def _driven(lines: Sequence[_Line], seconds: float) -> Tally:
    with selectors.DefaultSelector() as waiting:
        begun = time.perf_counter()
        for line in lines:
            waiting.register(line.sock, selectors.EVENT_READ, line)
            line.send()
        answered, last = 0, begun
        while waiting.get_map():
            ready = waiting.select(PATIENCE)
            if not ready:
                raise Failed("The server under load stopped answering.")
            for line in [key.data for key, _mask in ready]:
                if not _whole(waiting, line):
                    continue
                at = time.perf_counter()
                if at - begun < seconds:
                    answered, last = answered + 1, at
                    _send(waiting, line)
                else:
                    waiting.unregister(line.sock)
    return Tally(answered, last - begun)


def _send(waiting: selectors.BaseSelector, line: _Line) -> None:
    try:
        line.send()
    except ConnectionError:
        _anew(waiting, line)


def _whole(waiting: selectors.BaseSelector, line: _Line) -> bool:
    try:
        return line.take()
    except ConnectionError:
        _anew(waiting, line)
        return False


def _anew(waiting: selectors.BaseSelector, line: _Line) -> None:
    waiting.unregister(line.sock)
    line.again()
    waiting.register(line.sock, selectors.EVENT_READ, line)
