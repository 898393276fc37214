"""A student in an exam: an answer every few seconds, sent again until it is acknowledged, and a journal of what was."""

import threading
import time
from collections.abc import Sequence
from http.client import HTTPException
from itertools import count

from lms.core.clock import SystemClock
from tools.bench.browser import Answer, Browser
from tools.bench.crowd import Sitter
from tools.faults.journal import Save

PATIENCE = 90
"""Seconds for which a student goes on sending one answer."""
AGAIN = 0.25
"""Seconds between two tries; quiz.js waits five, which would spare the server."""
AWAY = (502, 503, 504)


class Student(threading.Thread):
    """Answers question after question at a pace; sends an answer again until it is acknowledged, as quiz.js does."""

    def __init__(self, sitter: Sitter, port: int, pace: tuple[float, float], over: threading.Event, form: bool) -> None:
        super().__init__(name=sitter.code)
        self.sitter, self.scripted, self.over = sitter, not form, over
        self.first, self.every = pace
        self.browser = sitter.browser(port)
        self.acknowledged: list[Save] = []
        self.sent: dict[Save, int] = {}
        self.odd: list[str] = []

    def run(self) -> None:
        """Answer until told to stop; a fault ends this student and is reported."""
        due = time.monotonic() + self.first
        try:
            for sequence in count(1):
                if self.over.wait(max(0.0, due - time.monotonic())):
                    return
                self._answer(sequence)
                due += self.every
        except Exception as broken:  # noqa: BLE001 - a thread that dies must be heard of
            self.odd.append(f"{self.sitter.code} gave up: {type(broken).__name__}: {broken}")

    def _answer(self, sequence: int) -> None:
        position, choice, fields = self.sitter.parcel(sequence, SystemClock().now())
        save = Save(self.sitter.code, position, sequence, choice)
        answer, tries = stubborn(self.browser, self.sitter.answers, fields, json=self.scripted)
        self.sent[save] = tries
        if self._is_saved(answer, save):
            self.acknowledged.append(save)
        else:
            self.odd.append(f"{self.sitter.code}: {answer.status} {answer.text[:200]}")

    def _is_saved(self, answer: Answer, save: Save) -> bool:
        if not self.scripted:
            return answer.status == 303 and "/result" not in answer.location
        if answer.status != 200:
            return False
        one = answer.json["answers"][0]
        # Sent again after a lost reply: the first was taken, the second finds it there.
        again = one["state"] == "stale" and one["sequence"] == save.sequence
        return bool(one["state"] == "saved" or again)


def stubborn(
    browser: Browser, path: str, fields: Sequence[tuple[str, str]], *, json: bool, patience: float = PATIENCE
) -> tuple[Answer, int]:
    """Send a form until the product has an answer to it; the answer, and how often it was sent.

    "The database is away, nothing is lost, try again" is no answer: the page keeps what was typed and sends it again.
    """
    end = time.monotonic() + patience
    for tries in count(1):
        try:
            answer = browser.post(path, fields, json=json)
            if answer.status not in AWAY or time.monotonic() > end:
                return answer, tries
        except (OSError, HTTPException):
            browser.reconnect()
            if time.monotonic() > end:
                raise
        time.sleep(AGAIN)
    raise AssertionError
