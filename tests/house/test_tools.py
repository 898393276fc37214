"""The measuring tools tell the truth: what they count, compare and read is tested where it is pure."""

import gzip
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from lms.core.crypto import Keyring
from lms.core.db import open_database
from lms.quizzes.rules import Question, Shape, Slot, fitted, slot_of
from tests.quizzes import items
from tools.bench import __main__ as bench
from tools.bench import exam, floor, page
from tools.bench.crowd import SHUT, Sitter, filled
from tools.bench.load import drive, request
from tools.bench.pace import Paced, paced
from tools.bench.report import bounded, compared, percentile
from tools.bench.site import Failed, children
from tools.faults import __main__ as faults
from tools.faults.journal import Save, compare
from tools.faults.trace import commits, replies

NOON, MILLISECONDS = datetime(2026, 11, 2, 12, tzinfo=UTC), "1793620800000"

# --- a page, read as a browser reads it

PAGE = """<link rel="stylesheet" href="/s/look.css"><link rel="icon" href="data:image/svg+xml,x"><link rel="canonical" href="/x">
<script type="module" src="/s/read.js"></script><script>var ř = 1</script><img src="/s/a.png"><img src="/s/a.png">
<form><input type="hidden" name="csrf_token" value="abc"><input type="hidden" name="csrf_token" value="second"></form><p>Words</p>"""
FACES = """@font-face{src:url(fonts/a.woff2) format("woff2");unicode-range:U+20-7E}
@font-face{src:url("fonts/b.woff2");unicode-range:U+100-17F, U+1E??}
@font-face{src:url(fonts/c.woff2)}
@font-face{src:local("Arial")}"""


def test_a_page_makes_a_browser_fetch_its_style_scripts_and_pictures_once() -> None:
    assert page.linked(PAGE) == ["/s/look.css", "/s/read.js", "/s/a.png"]


def test_the_first_of_two_hidden_fields_counts() -> None:
    assert page.hidden_fields(PAGE) == {"csrf_token": "abc"}


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Words", ["fonts/a.woff2", "fonts/c.woff2"]),
        ("ř", ["fonts/b.woff2", "fonts/c.woff2"]),
        ("Ẹ", ["fonts/b.woff2", "fonts/c.woff2"]),
    ],
)
def test_a_font_is_fetched_when_it_holds_a_letter_of_the_page(words: str, wanted: list[str]) -> None:
    assert page.fonts_for(FACES, f"<p>{words}</p><script>all letters áæđ</script>") == wanted


# --- verdicts


def test_the_median_round_decides_not_the_lucky_one() -> None:
    found = compared("home", [(90, 100), (10, 100), (49, 100), (48, 100), (47, 100)], 0.5)
    assert (found.ok, found.ratio) == (False, "48 %")
    assert found.line.split()[:2] == ["home", "48/s"]
    assert found.line.endswith("short")


def test_a_ratio_is_taken_round_by_round() -> None:
    """A machine that is busy for one round slows both sides; their ratio stays."""
    assert compared("home", [(60, 100), (6, 10), (600, 1000)], 0.5).ratio == "60 %"


@pytest.mark.parametrize(("value", "ok"), [(4.99, True), (5.0, True), (5.01, False)])
def test_a_bound_holds_what_is_on_it(value: float, ok: bool) -> None:
    assert bounded("start", value, 5, "s", 2).ok is ok


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [
        ([7.0], 99, 7.0),
        (list(range(1, 101)), 99, 99),
        (list(range(1, 201)), 99, 198),
        ([3, 1, 2], 50, 2),
        ([1, 9], 100, 9),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(values: list[float], percent: int, found: float) -> None:
    assert percentile(values, percent) == found


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_so_many_of_a_hundred_do_not_exceed_a_percentile(values: list[float], percent: int) -> None:
    found = percentile(values, percent)
    assert sum(value <= found for value in values) * 100 >= percent * len(values)


@pytest.mark.parametrize("main", [bench.main, faults.main])
def test_a_name_that_does_not_exist_is_refused(
    main: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["everything"]) == 2
    assert "There are: " in capsys.readouterr().out


# --- the floor


@pytest.fixture
def bare(fresh_url: str) -> Iterator[FlaskClient]:
    database = open_database(fresh_url, Keyring.of([floor.SECRET]))
    floor.lay(database)
    yield floor.make_app(database).test_client()
    database.engine.dispose()


def test_the_floor_asks_who_is_there_and_weighs_twenty_kilobytes(bare: FlaskClient) -> None:
    assert bare.get("/").status_code == 401
    bare.get("/enter")
    answer = bare.get("/")
    assert answer.status_code == 200
    assert 19_000 <= len(answer.data) <= 21_500


def test_the_floor_inserts_a_row_each_time(bare: FlaskClient) -> None:
    assert [bare.post("/insert", data={"q": "1", "a": "2"}).status_code for _ in range(3)] == [200, 200, 200]
    assert bare.get("/count").json == {"rows": 3}


# --- load


@pytest.fixture
def served() -> Iterator[Callable[[bytes], int]]:
    """A server that gives one answer to everything, three requests to a connection."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def talk(sock: socket.socket, answer: bytes) -> None:
        with sock:
            for _request in range(3):
                asked = sock.recv(65536)
                if not asked:
                    return
                sock.sendall(answer[:7])
                sock.sendall(answer[7:])
                if b"Connection: close" in asked:
                    return

    def accept(answer: bytes) -> None:
        while True:
            try:
                sock, _address = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=talk, args=(sock, answer), daemon=True))
            threads[-1].start()

    def serve(answer: bytes) -> int:
        threading.Thread(target=accept, args=(answer,), daemon=True).start()
        return int(listening.getsockname()[1])

    yield serve
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    for thread in threads:
        thread.join(5)


ASKED = request("GET", "/", {"Accept": "text/html"})


def test_load_counts_whole_answers_and_outlives_a_connection_that_closes(served: Callable[[bytes], int]) -> None:
    port = served(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    tally = drive(port, [lambda: ASKED] * 2, 0.2)
    assert tally.answered > 6
    assert tally.rate > 0


@pytest.mark.parametrize("answer", [b"HTTP/1.1 302 FOUND\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_answer_that_is_not_the_page_is_no_speed(served: Callable[[bytes], int], answer: bytes) -> None:
    with pytest.raises(Failed):
        drive(served(answer), [lambda: ASKED], 0.2)


def test_a_form_says_how_long_it_is() -> None:
    assert request("POST", "/x", {"A": "b"}, b"q=1").endswith(b"A: b\r\nContent-Length: 3\r\n\r\nq=1")


# --- load at a pace

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def test_a_pace_is_kept_and_every_answer_counts(served: Callable[[bytes], int]) -> None:
    found = paced(served(WHOLE), [lambda: ASKED] * 4, 0.1, 0.3, lambda answer: "")
    assert (len(found.waits), found.errors) == (12, [])
    assert found.rate > 0
    assert min(found.waits) > 0


def test_what_an_answer_says_wrong_is_an_error(served: Callable[[bytes], int]) -> None:
    found = paced(served(WHOLE), [lambda: ASKED], 0.1, 0.2, lambda answer: answer[-5:].decode())
    assert found.errors == ["hello", "hello"]


def test_a_server_that_is_not_there_is_an_error_and_no_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = int(gone.getsockname()[1])
    found = paced(port, [lambda: ASKED], 0.05, 0.1, lambda answer: "")
    assert (found.waits, len(found.errors)) == ([], 2)


def test_an_answer_that_breaks_off_is_an_error(served: Callable[[bytes], int]) -> None:
    port = served(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
    last_words = request("GET", "/", {"Connection": "close"})
    found = paced(port, [lambda: last_words], 0.1, 0.1, lambda answer: "")
    assert (found.waits, [error.split(":")[0] for error in found.errors]) == ([], ["ConnectionResetError"])


def reply_of(body: dict[str, Any], status: str = "200 OK", zipped: bool = False) -> bytes:
    said = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\n{'Content-Encoding: gzip' if zipped else 'X: y'}\r\n\r\n"
    return head.encode() + (gzip.compress(said, mtime=0) if zipped else said)


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (reply_of({"state": "saved"}), ""),
        (reply_of({"state": "saved"}, zipped=True), ""),
        (reply_of({"state": "stale"}), "an answer that was stale"),
        (reply_of({"error": "away"}, "503 SERVICE UNAVAILABLE"), "HTTP/1.1 503 SERVICE UNAVAILABLE"),
    ],
)
def test_only_an_answer_that_is_saved_is_no_error(answer: bytes, wrong: str) -> None:
    assert exam.wrong_with(answer) == wrong


def test_waits_errors_and_the_pace_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[Any] = []
    ours = Paced([0.01] * 98, ["gone"], 4.0) + Paced([0.3, 0.4], ["gone"], 6.0)
    exam.tell(ours, Paced([0.02] * 10, [], 1.0), told.append)
    assert [(one.name, one.ours, one.reference, one.ok) for one in told] == [
        ("exam-p99", "300 ms", "20 ms", False),
        ("exam-errors", "2", "-", False),
    ]
    assert "100 saves in 10 s (10/s)" in capsys.readouterr().out


# --- a crowd


@given(items.ITEMS, st.integers(0, 400))
def test_what_a_crowd_answers_fits_every_type_of_question(item: Any, number: int) -> None:
    slot = slot_of(Question(3, item))
    noted, fields = filled(slot, number)
    sent = [int(value) if name.startswith("a-") else value for name, value in fields]
    assert {name[1:] for name, _value in fields} == {"-3"}
    assert fitted(slot, sent) == noted or (slot.by_person and noted == (SHUT,))


def test_a_crowd_goes_through_the_paper_again_and_again() -> None:
    sitter = Sitter("AAA", {}, "token", Shape([{"options": 2}, {"cells": [[0, 3], None]}]))
    at = NOON
    assert [sitter.parcel(sequence, at)[:2] for sequence in (2, 3, 4)] == [(1, (1,)), (2, (1, "1")), (1, (0,))]
    assert sitter.parcel(2, at)[2][:4] == [("csrf_token", "token"), ("q", "1"), ("s-1", "2"), ("t-1", MILLISECONDS)]


def test_a_question_without_options_is_not_asked() -> None:
    assert filled(Slot(1, cells=(None,)), 7) == (("7",), [("x-1", "7")])


def test_the_children_of_a_process_that_is_gone_are_nobody() -> None:
    assert children(2**22 + 1) == []
    assert isinstance(children(os.getpid()), list)


# --- what was lost and doubled

SAVE = Save("AAA", 1, 5, (2,))
saves = st.builds(
    Save, st.sampled_from(["AAA", "BBB"]), st.integers(1, 3), st.integers(1, 9), st.tuples(st.integers(0, 1))
)


def standing(*held: Save) -> dict[tuple[str, int], Save]:
    return {(save.attempt, save.position): save for save in held}


def test_an_acknowledged_save_that_stands_is_neither_lost_nor_doubled() -> None:
    assert compare([SAVE], [SAVE], standing(SAVE)).line == "acknowledged 1 lost 0 doubled 0"


@pytest.mark.parametrize(
    ("taken", "held"),
    [
        ([], standing(SAVE)),
        ([SAVE], {}),
        ([SAVE], standing(Save("AAA", 1, 4, (2,)))),
        ([SAVE], standing(Save("AAA", 1, 5, (1,)))),
    ],
    ids=["never taken", "nothing stands", "an older answer stands", "another answer stands"],
)
def test_what_is_lost_is_found(taken: list[Save], held: dict[tuple[str, int], Save]) -> None:
    assert compare([SAVE], taken, held).lost == (SAVE,)


def test_a_newer_answer_may_stand() -> None:
    newer = Save("AAA", 1, 6, (0,))
    assert compare([SAVE], [SAVE, newer], standing(newer)).lost == ()


def test_a_save_taken_more_often_than_it_was_sent_is_doubled() -> None:
    assert compare([SAVE], [SAVE, SAVE], standing(SAVE)).doubled == (SAVE,)
    assert compare([SAVE], [SAVE, SAVE], standing(SAVE), {SAVE: 2}).doubled == ()


@given(st.lists(saves, unique_by=lambda save: (save.attempt, save.position, save.sequence)))
def test_a_database_that_took_everything_lost_nothing(taken: list[Save]) -> None:
    newest = standing(*sorted(taken, key=lambda save: save.sequence))
    found = compare(taken, taken, newest)
    assert (found.lost, found.doubled) == ((), ())


@given(st.lists(saves, unique=True, min_size=1), st.data())
def test_a_database_that_forgot_one_lost_it(taken: list[Save], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(taken))
    left = [save for save in taken if save != gone]
    assert gone in compare(taken, left, standing(*taken)).lost


# --- traces

ASK = '41 recvfrom(9<TCP:[..]>, "POST /attempts/AB/answers HTTP/1.1\\r\\nHost"..., 8192, 0, NULL, NULL) = 300'
WRITE = '41 pwrite64(7</h/lms.db-wal>, "\\0\\0"..., 4096, 32) = 4096'
SYNC = "41 fdatasync(7</h/lms.db-wal>) = 0"
REPLY = '41 sendto(9<TCP:[..]>, "HTTP/1.1 200 OK\\r\\nServer"..., 200, 0, NULL, 0) = 200'
HALVES = [
    "41 fdatasync(7</h/lms.db-wal> <unfinished ...>",
    '42 write(1</log>, "x", 1) = 1',
    "41 <... fdatasync resumed>) = 0",
]
OTHERS = ["42" + SYNC[2:]]


@pytest.mark.parametrize(
    ("lines", "durable"),
    [
        ([ASK, WRITE, SYNC, REPLY], True),
        ([ASK, WRITE, *HALVES, REPLY], True),
        ([ASK, WRITE, SYNC, WRITE, REPLY], False),
        ([ASK, WRITE, REPLY, SYNC], False),
        ([ASK, WRITE, *OTHERS, REPLY], False),
        ([ASK, WRITE, SYNC.replace("= 0", "= -1"), REPLY], False),
        ([ASK, REPLY], False),
    ],
    ids=["forced out", "in two halves", "written after", "too late", "by another thread", "refused", "nothing written"],
)
def test_a_reply_is_durable_when_its_log_was_forced_out_before(lines: list[str], durable: bool) -> None:
    (reply,) = replies(lines, ("lms.db-wal",))
    assert (reply.asked, reply.status, reply.durable) == ("POST /attempts/AB/answers", 200, durable)


# --- traces of a database server

SERVED = '41 recvfrom(9<TCP:[..]>, "Q\\0\\0\\0\\vCOMMIT\\0", 8192, 0, NULL, NULL) = 12'
LOGGED = '41 pwrite64(7</d/data/pg_wal/000000010000000000000001>, "\\20"..., 8192, 0) = 8192'
FORCED = "41 fdatasync(7</d/data/pg_wal/000000010000000000000001>) = 0"
TOLD = '41 sendto(9<TCP:[..]>, "C\\0\\0\\0\\vCOMMIT\\0Z\\0\\0\\0\\5I", 17, 0, NULL, 0) = 17'
WRITER = ["42" + LOGGED[2:], "42" + FORCED[2:]]
HEAP = '41 pwrite64(8</d/data/base/5/16384>, "\\0"..., 8192, 0) = 8192'


@pytest.mark.parametrize(
    ("lines", "durable"),
    [
        ([SERVED, LOGGED, FORCED, TOLD], [True]),
        ([SERVED, *WRITER, TOLD], [True]),
        ([SERVED, LOGGED, FORCED, HEAP, TOLD], [True]),
        ([SERVED, LOGGED, TOLD, FORCED], [False]),
        ([SERVED, LOGGED, FORCED, LOGGED, TOLD], [False]),
        ([LOGGED, FORCED, SERVED, TOLD], [False]),
        ([SERVED, LOGGED, FORCED.replace("= 0", "= -1"), TOLD], [False]),
        ([TOLD], []),
    ],
    ids=["forced out", "by the log writer", "a table", "too late", "written after", "before", "refused", "no commit"],
)
def test_a_commit_is_durable_when_the_log_was_forced_out_before_its_reply(
    lines: list[str], durable: list[bool]
) -> None:
    assert [reply.durable for reply in commits(lines)] == durable
