"""A browser without a window: cookies, forms, a cache, and every byte that came over the wire counted."""

import gzip
import io
import json
import re
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from tools.bench import page as pages
from tools.bench.site import HOST, Failed

KEEPALIVE = 3
"""Seconds after which an idle line is not trusted; the server closes it after five."""
Fields = Mapping[str, str] | Iterable[tuple[str, str]]


class _CountedRaw(io.RawIOBase):
    """The raw side of a socket; adds what it reads to a tally."""

    def __init__(self, connection: "Wire", sock: socket.socket) -> None:
        self._connection = connection
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count = self._raw.readinto(buffer)
        self._connection.received += count or 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _CountedSocket:
    def __init__(self, connection: "Wire", sock: socket.socket) -> None:
        self._connection, self._sock = connection, sock

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_CountedRaw(self._connection, self._sock))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class Wire(HTTPConnection):
    """A connection that knows how many bytes it received, headers included."""

    received = 0

    def connect(self) -> None:
        """Connect, and count from here on."""
        super().connect()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = _CountedSocket(self, self.sock)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    wire: int
    """Bytes over the wire, headers included."""

    @property
    def text(self) -> str:
        """The body as text, unpacked."""
        raw = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return raw.decode()

    @property
    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.text)

    @property
    def location(self) -> str:
        """Where it sends the browser, as a path."""
        to = urlsplit(self.headers.get("location", ""))
        return to.path + (f"?{to.query}" if to.query else "")


@dataclass
class Visit:
    """What one visit of a page cost."""

    requests: int = 0
    wire: int = 0
    fetched: list[str] = field(default_factory=list)


class Browser:
    """One person's browser on one keep-alive connection."""

    def __init__(self, port: int, agent: str = "bench", patience: float = 10) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.cached: set[str] = set()
        self.agent = agent
        self._wire = Wire(HOST, port, timeout=patience)
        self._asked_at = 0.0

    def get(self, path: str, *, json: bool = False) -> Answer:
        """Ask for a page; follows nothing."""
        return self._ask("GET", path, None, json)

    def post(self, path: str, fields: Fields, *, json: bool = False) -> Answer:
        """Send a form; follows nothing."""
        return self._ask("POST", path, urlencode(list(fields.items() if isinstance(fields, Mapping) else fields)), json)

    def headers(self, *, json: bool = False, form: bool = False) -> dict[str, str]:
        """Return the headers that this browser sends."""
        sent = {
            "User-Agent": self.agent,
            "Accept": "application/json" if json else "text/html",
            "Accept-Encoding": "gzip",
            "Connection": "keep-alive",
        }
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return sent | ({"Content-Type": "application/x-www-form-urlencoded"} if form else {})

    def reconnect(self) -> None:
        """Drop the connection; the next request makes a new one."""
        self._wire.close()

    def sign_in(self, email: str, password: str) -> "Browser":
        """Sign in through the form, as a person does."""
        form = pages.hidden_fields(self.get("/sign-in").text)
        answer = self.post("/sign-in", form | {"email": email, "password": password})
        if answer.status != 303:
            raise Failed(f"{email} could not sign in: {answer.status}.")
        return self

    def token(self, path: str) -> str:
        """Return the form token that a page carries."""
        return pages.hidden_fields(self.get(path).text)["csrf_token"]

    def visit(self, path: str) -> Visit:
        """Open a page with everything that a browser fetches for it and has not kept."""
        seen = Visit()
        markup = self._fetch(path, seen).text
        for address in pages.linked(markup):
            body = self._fetch(urljoin(path, address), seen)
            if body is not _KEPT and address.endswith(".css"):
                for font in pages.fonts_for(body.text, markup):
                    self._fetch(urljoin(urljoin(path, address), font), seen)
        return seen

    def _fetch(self, path: str, seen: Visit) -> Answer:
        if path in self.cached:
            return _KEPT
        answer = self.get(path)
        if answer.status != 200:
            raise Failed(f"{path} answered {answer.status}.")
        seen.requests += 1
        seen.wire += answer.wire
        seen.fetched.append(f"{path} {answer.wire}")
        if "immutable" in answer.headers.get("cache-control", ""):
            self.cached.add(path)
        return answer

    def _ask(self, method: str, path: str, body: str | None, json: bool) -> Answer:
        if time.monotonic() - self._asked_at > KEEPALIVE:
            self._wire.close()  # the server closes an idle line, and may do so at the very moment of the next request
        try:
            return self._asked(method, path, body, json)
        finally:
            self._asked_at = time.monotonic()

    def _asked(self, method: str, path: str, body: str | None, json: bool) -> Answer:
        before = self._wire.received
        try:
            self._wire.request(method, path, body, self.headers(json=json, form=body is not None))
            response = self._wire.getresponse()
            content = response.read()
        except (OSError, HTTPException):
            self._wire.close()
            raise
        for name, morsel in (
            (n, m) for h in response.headers.get_all("Set-Cookie", []) for n, m in SimpleCookie(h).items()
        ):
            self.cookies[name] = morsel.value
        headers = {name.lower(): value for name, value in response.getheaders()}
        if response.will_close:
            self._wire.close()
        return Answer(response.status, headers, content, self._wire.received - before)


_KEPT = Answer(304, {}, b"", 0)
CODE = re.compile(r"/attempts/([A-Z0-9]+)")
