"""Reading a system-call trace: was what a reply promises on the disk before the reply was sent? Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_LINE = re.compile(r"^(?P<thread>\d+) +(?P<rest>.*)$")
_UNFINISHED = re.compile(r"^(?P<begun>\w+\(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^<\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)$")
_CALL = re.compile(r"^(?P<name>\w+)\((?P<given>.*)\) += (?P<result>-?\d+)")
_FILE = re.compile(r"^\d+<(?P<path>[^>]*)>")


@dataclass(frozen=True)
class Reply:
    """One answered request: what was asked, the status, and whether all that was written for it had been forced out."""

    asked: str
    status: int
    syncs: int
    unsynced: tuple[str, ...]

    @property
    def durable(self) -> bool:
        """Whether the log was forced to the disk, and nothing written after that, before the reply."""
        return self.syncs > 0 and not self.unsynced


@dataclass
class _Thread:
    asked: str = ""
    syncs: int = 0
    open: dict[str, None] = field(default_factory=dict)


def replies(lines: Iterable[str], logs: tuple[str, ...]) -> Iterator[Reply]:
    """Follow each thread from a request to its reply; `logs` are the ends of the names of files that must be forced out."""
    threads: dict[str, _Thread] = defaultdict(_Thread)
    for thread, call in _calls(lines):
        at = threads[thread]
        name, given = call["name"], call["given"]
        asked = re.search(r'"(GET|POST) (\S+)', given) if name in ("recvfrom", "recv") else None
        if asked:
            threads[thread] = _Thread(f"{asked[1]} {asked[2]}")
        elif name in ("write", "pwrite64", "pwritev", "fdatasync", "fsync"):
            _note(at, name, given, int(call["result"]), logs)
        elif name in ("sendto", "sendmsg", "send") and (status := re.search(r'"HTTP/1\.1 (\d+)', given)) and at.asked:
            yield Reply(at.asked, int(status[1]), at.syncs, tuple(at.open))
            threads[thread] = _Thread()


def commits(lines: Iterable[str], log: str = "/pg_wal/") -> Iterator[Reply]:
    """Follow each commit that reaches a PostgreSQL server to its reply; `log` is part of the name of what must be forced out.

    The log is common to all processes: whoever writes and forces it out does it for every commit that waits.
    """
    waiting: dict[str, _Thread] = {}
    for process, call in _calls(lines):
        name, given = call["name"], call["given"]
        if name == "recvfrom" and "COMMIT" in given:
            waiting[process] = _Thread("COMMIT")
        elif name == "sendto" and "COMMIT" in given and process in waiting:
            at = waiting.pop(process)
            yield Reply(at.asked, 0, at.syncs, tuple(at.open))
        elif (file := _FILE.match(given)) and log in file["path"]:
            for at in waiting.values():
                _note(at, name, given, int(call["result"]), (file["path"],))


def _note(at: _Thread, name: str, given: str, result: int, logs: tuple[str, ...]) -> None:
    file = _FILE.match(given)
    if not file or not file["path"].endswith(logs):
        return
    if name in ("fdatasync", "fsync"):
        if result == 0:
            at.syncs += 1
            at.open.pop(file["path"], None)
    elif result > 0 and name in ("write", "pwrite64", "pwritev"):
        at.open[file["path"]] = None


def _calls(lines: Iterable[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield each finished call with its thread; a call that was interrupted by another thread's line is put together."""
    waiting: dict[str, str] = {}
    for line in lines:
        found = _LINE.match(line)
        if not found:
            continue
        thread, rest = found["thread"], found["rest"]
        if half := _UNFINISHED.match(rest):
            waiting[thread] = half["begun"]
            continue
        if more := _RESUMED.match(rest):
            rest = waiting.pop(thread, "") + more["rest"]
        if call := _CALL.match(rest):
            yield thread, call
