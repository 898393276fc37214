import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.reports.formats.spreadsheet import csv_bytes, safe

RUNS = "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        (" =1", "' =1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("＝1", "'＝1"),
        ("\x00=1", "'=1"),
        ("a=1", "a=1"),
        ("6–10", "6–10"),
        ("1,020", "1,020"),
        ("", ""),
        (-5, -5),
        (1.5, 1.5),
        (None, "None"),
    ],
)
def test_a_cell_is_read_and_never_run(cell: object, written: object) -> None:
    assert safe(cell) == written


@given(st.text())
def test_no_text_begins_a_formula(text: str) -> None:
    written = str(safe(text))
    assert not written.lstrip(" \xa0\u200b\ufeff").startswith(tuple(RUNS))
    assert written.endswith(text.replace("\x00", ""))


def test_letters_stay_right_and_lines_end_as_a_spreadsheet_expects() -> None:
    body = csv_bytes(("Name", "Hours"), [("Ṣadé, “the” Whitfield", 12), ('with "quotes"', 0)])
    assert body.startswith(b"\xef\xbb\xbfName,Hours\r\n")
    assert body.endswith(b'"with ""quotes""",0\r\n')
    assert body.count(b"\r\n") == body.count(b"\n") == 3
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert rows[1] == ["Ṣadé, “the” Whitfield", "12"]


@given(
    st.lists(
        st.lists(st.text(alphabet=st.characters(exclude_characters="\x00", codec="utf-8")), min_size=2, max_size=2)
    )
)
def test_every_row_comes_back_as_one_row(rows: list[list[str]]) -> None:
    body = csv_bytes(("a", "b"), rows)
    read = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert read[1:] == [[str(safe(cell)) for cell in row] for row in rows]
