"""`quiz`: students answer while the web workers are killed; everything acknowledged must be there, once."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from itertools import count, cycle

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from lms.core.clock import SystemClock
from lms.quizzes import rules
from lms.quizzes import service as quizzes
from lms.quizzes.models import AnswerEvent, Attempt, Response
from tools.bench.browser import Answer, Browser
from tools.bench.seats import Sitter, parcel, seat_class, sit_down
from tools.bench.site import Failed, Server, Site, answers, site, until
from tools.faults.journal import Save, compare

STUDENTS = 8
SECONDS = 45.0
PAUSE = 3.0
"""Seconds of answering between the moment the server answers again and the next kill."""
PATIENCE = 60


class Student(threading.Thread):
    """Answers question after question; sends an answer again until it is acknowledged, as the page's script does."""

    def __init__(self, sitter: Sitter, scripted: bool, over: threading.Event) -> None:
        super().__init__(name=sitter.attempt)
        self.sitter, self.scripted, self.over = sitter, scripted, over
        self.acknowledged: list[Save] = []
        self.sent: dict[Save, int] = {}
        self.odd: list[str] = []

    def run(self) -> None:
        """Answer until told to stop; a fault ends this student and is reported."""
        try:
            for sequence in count(1):
                if self.over.is_set():
                    return
                self._answer(sequence)
        except Exception as broken:  # noqa: BLE001 - a thread that dies must be heard of
            self.odd.append(f"{type(broken).__name__}: {broken}")

    def _answer(self, sequence: int) -> None:
        position = sequence % self.sitter.questions + 1
        save = Save(self.sitter.attempt, position, sequence, (sequence % 2,))
        sent = parcel(self.sitter, position, sequence % 2, sequence, SystemClock().now())
        answer, tries = stubborn(self.sitter.browser, self.sitter.answers, sent, json=self.scripted)
        self.sent[save] = tries
        if self._is_saved(answer, save):
            self.acknowledged.append(save)
        else:
            self.odd.append(f"{answer.status} {answer.text[:200]}")

    def _is_saved(self, answer: Answer, save: Save) -> bool:
        if not self.scripted:
            return answer.status == 303 and "/result" not in answer.location
        if answer.status != 200:
            return False
        one = answer.json["answers"][0]
        # Sent again after a lost reply: the first was taken, the second finds it there.
        again = one["state"] == "stale" and one["sequence"] == save.sequence and tuple(one["choice"]) == save.choice
        return one["state"] == "saved" or again


def stubborn(browser: Browser, path: str, fields: Sequence[tuple[str, str]], *, json: bool) -> tuple[Answer, int]:
    """Send a form until something answers; the answer, and how often it was sent."""
    end = time.monotonic() + PATIENCE
    for tries in count(1):
        try:
            return browser.post(path, fields, json=json), tries
        except (OSError, HTTPException):
            browser.reconnect()
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
    raise AssertionError


def run() -> bool:
    """Let students answer and send while workers die, then compare what they noted with the database."""
    with site() as place:
        place.prepare()
        seats = seat_class(place, STUDENTS)
        server = place.gunicorn()
        sitters = sit_down(server.port, seats.emails, seats.quiz)
        begun = {sitter.attempt: _deadline(sitter) for sitter in sitters}
        students, kills = _answering(server, sitters)
        sent = _sending(server, sitters)
        return _verdict(place, students, kills, begun, sent)


def _deadline(sitter: Sitter) -> int:
    deadline = sitter.browser.get(f"/attempts/{sitter.attempt}", json=True).json["deadline"]
    if deadline is None:
        raise Failed("The quiz of this fault has no time limit; choose one that has.")
    return int(deadline)


def _answering(server: Server, sitters: Sequence[Sitter]) -> tuple[list[Student], int]:
    over = threading.Event()
    students = [Student(sitter, number % 4 != 3, over) for number, sitter in enumerate(sitters)]
    for student in students:
        student.start()
    kills, end = 0, time.monotonic() + SECONDS
    for both in cycle((False, False, True)):
        if over.wait(PAUSE) or time.monotonic() > end:
            break
        kills += kill_workers(server, both)
    over.set()
    for student in students:
        student.join(PATIENCE + 10)
    return students, kills


def kill_workers(server: Server, both: bool = False) -> int:
    """Kill one worker, or all of them, with SIGKILL; wait until gunicorn has others and the server answers again."""
    before = server.workers()
    doomed = before if both else before[:1]
    for pid in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if not until(lambda: len(set(server.workers()) - set(doomed)) >= len(before), PATIENCE):
        raise Failed(f"gunicorn did not replace its workers.\n{server.said()}")
    if not until(lambda: answers(server.port, "/healthz"), PATIENCE):
        raise Failed(f"The server does not answer after a kill.\n{server.said()}")
    return len(doomed)


def _sending(server: Server, sitters: Sequence[Sitter]) -> list[str]:
    """Send every attempt from two tabs at once while a worker dies; name what did not end in a result."""
    odd: list[str] = []
    together = threading.Barrier(2 * len(sitters) + 1)

    def send(sitter: Sitter) -> None:
        tab = Browser(sitter.browser.port)
        tab.cookies = dict(sitter.browser.cookies)
        form = [("csrf_token", sitter.token), ("anyway", "1")]
        together.wait()
        try:
            answer, _tries = stubborn(tab, f"/attempts/{sitter.attempt}/submit", form, json=False)
        except (OSError, HTTPException) as broken:
            odd.append(f"{sitter.attempt}: {type(broken).__name__}")
            return
        if answer.status != 303 or not answer.location.endswith("/result"):
            odd.append(f"{sitter.attempt}: {answer.status} {answer.location}")

    tabs = [threading.Thread(target=send, args=(sitter,)) for sitter in sitters for _tab in range(2)]
    for tab in tabs:
        tab.start()
    together.wait()
    kill_workers(server)
    for tab in tabs:
        tab.join(PATIENCE + 10)
    return odd


def _verdict(place: Site, students: Sequence[Student], kills: int, begun: dict[str, int], odd: list[str]) -> bool:
    sent = {save: tries for student in students for save, tries in student.sent.items()}
    with place.unit() as s:
        told = [save for student in students for save in student.acknowledged]
        found = compare(told, taken(s), standing(s), sent)
        wrong = odd + [one for student in students for one in student.odd] + _wrong_attempts(s, begun)
        before = {code: (attempt.closed_at, attempt.points) for code, attempt in _attempts(s).items()}
    again = _again(place, students, before)
    click.echo(f"quiz: {found.line}")
    resent = sum(tries - 1 for tries in sent.values())
    click.echo(
        f"quiz: {kills} workers killed, {resent} repeats after a reply that never came, {len(begun)} attempts sent once from two tabs"
    )
    for save in [*found.lost, *found.doubled][:10]:
        click.echo(f"quiz: {save}")
    for said in [*wrong, *again][:10]:
        click.echo(f"quiz: {said}")
    return bool(found.acknowledged) and not (found.lost or found.doubled or wrong or again)


def _again(place: Site, students: Sequence[Student], before: Mapping[str, tuple[object, object]]) -> list[str]:
    """Send each attempt a third time, late and with another answer: nothing about how it ended may move."""
    for student in students:
        sitter = student.sitter
        late = [*parcel(sitter, 1, 0, 10**9, SystemClock().now()), ("anyway", "1")]
        stubborn(sitter.browser, f"/attempts/{sitter.attempt}/submit", late, json=False)
    with place.unit() as s:
        after = {code: (attempt.closed_at, attempt.points) for code, attempt in _attempts(s).items()}
    return [
        f"{code} was closed twice: {before[code]} then {after[code]}" for code in before if before[code] != after[code]
    ]


def _attempts(s: Session) -> dict[str, Attempt]:
    rows = s.scalars(sa.select(Attempt).options(joinedload(Attempt.enrolment)))
    return {attempt.code: attempt for attempt in rows}


def taken(s: Session) -> list[Save]:
    """Return every answer that was taken, as often as it was."""
    codes = {attempt.id: code for code, attempt in _attempts(s).items()}
    rows = s.scalars(sa.select(AnswerEvent).where(AnswerEvent.taken == "saved"))
    return [Save(codes[row.attempt_id], row.position, row.sequence, tuple(row.choice)) for row in rows]


def standing(s: Session) -> dict[tuple[str, int], Save]:
    """Return the answers that stand, by attempt and position."""
    codes = {attempt.id: code for code, attempt in _attempts(s).items()}
    saves = [
        Save(codes[row.attempt_id], row.position, row.sequence, tuple(row.choice))
        for row in s.scalars(sa.select(Response))
    ]
    return {(save.attempt, save.position): save for save in saves}


def _wrong_attempts(s: Session, begun: dict[str, int]) -> list[str]:
    """Name attempts that are not as they must be: one per student, its first deadline, sent, and marked by its answers."""
    attempts = _attempts(s)
    wrong = [f"{code} is an attempt nobody started" for code in attempts.keys() - begun.keys()]
    for code, deadline in begun.items():
        attempt = attempts[code]
        if attempt.deadline is None or int(attempt.deadline.timestamp() * 1000) != deadline:
            wrong.append(f"{code} has another deadline than at its start: {attempt.deadline}")
        mark = rules.score(quizzes.paper_of(attempt), quizzes.choices(quizzes.answers_of(s, attempt)))
        if attempt.state != "submitted" or (attempt.points, attempt.out_of) != (mark.points, mark.out_of):
            wrong.append(f"{code} is {attempt.state} with {attempt.points}/{attempt.out_of}, not {mark}")
    return wrong
