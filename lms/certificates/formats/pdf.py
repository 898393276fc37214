"""A certificate as a tagged PDF (PDF/UA-1) by typst; the same sheet and instant give the same bytes."""

import io
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import segno

from lms.core.late import Late

# The typesetter is eighty megabytes: a web server that sets no certificate does without.
if TYPE_CHECKING:
    import typst
else:
    typst = Late("typst")

_HERE = Path(__file__).parent
# One compiler for all threads raises "Already borrowed"; the lock also keeps two big compilations from meeting.
_LOCK = threading.Lock()
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')


class Unprintable(ValueError):
    """Letters that the certificate's typeface does not have."""

    def __init__(self, letters: tuple[str, ...]) -> None:
        super().__init__("The typeface has no " + ", ".join(letters))
        self.letters = letters


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the paper, in words; `split`, `rows` and `dates` are pairs of label and value."""

    lang: str
    title: str
    holder: str
    programme: str
    provider: str
    place: str
    wording: str
    hours: str
    split: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]
    dates: tuple[tuple[str, str], ...]
    code: str
    address: str
    address_shown: str
    note: str
    words: Mapping[str, str]
    """`hours`, `split`, `check`, `qr_alt`."""


def certificate_pdf(sheet: Sheet, *, at: datetime) -> bytes:
    """Set a certificate. Raises Unprintable when something on it has a letter the typeface does not have."""
    face: dict[str, Any] = {name: getattr(sheet, name) for name in sheet.__slots__}
    face["qr"] = qr_svg(sheet.address)
    inputs = {"face": json.dumps(face, default=dict, ensure_ascii=False)}
    with _LOCK:
        try:
            made = _compiler().compile(
                input=_HERE / "certificate.typ",
                sys_inputs=inputs,
                pdf_standards=["ua-1"],
                timestamp=at.replace(microsecond=0),
            )
        except typst.TypstError as refused:
            raise _reason(refused) from refused
    if not isinstance(made, bytes):
        raise TypeError("typst returned no document")
    return made


def _reason(refused: "typst.TypstError") -> Exception:
    # Only a missing letter is about what people wrote; anything else is a fault of ours and must not blame a name.
    letters = _MISSING.findall(str(getattr(refused, "diagnostic", "")) or str(refused))
    return Unprintable(tuple(dict.fromkeys(letters))) if letters else refused


def qr_svg(address: str) -> str:
    """Return a QR code of an address as an SVG text, dark on light; the sheet's own white is its quiet zone."""
    out = io.BytesIO()
    code = segno.make(address, error="m")
    code.save(out, kind="svg", border=0, light="#ffffff", dark="#000000", svgns=True, xmldecl=False)
    return out.getvalue().decode()


@lru_cache(maxsize=1)
def _compiler() -> "typst.Compiler":
    # System and embedded fonts are off: otherwise the bytes, and the letters a name may have, depend on the machine.
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_HERE / "fonts"])
    return typst.Compiler(root=_HERE, font_paths=fonts, ignore_system_fonts=True)
