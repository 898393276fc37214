"""CSV that Excel opens with its letters right and runs no formula from."""

import csv
import io
from collections.abc import Iterable, Sequence

# The last four are what East Asian keyboards type for the first four; some spreadsheets run them, too.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_UNSEEN = " \xa0\u200b\ufeff"


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as UTF-8 with a byte-order mark and CRLF.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front: names and titles come from forms, and a
    formula can send a whole sheet away.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def safe(cell: object) -> object:
    """Return a cell that is only ever read; numbers stay numbers."""
    if isinstance(cell, int | float):
        return cell
    text = str(cell).replace("\x00", "")
    return "'" + text if text.lstrip(_UNSEEN).startswith(_RUNS) else text
