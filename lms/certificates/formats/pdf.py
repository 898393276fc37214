"""A certificate as a tagged PDF (PDF/UA-1) by typst; the same face and instant give the same bytes."""

import io
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst

_HERE = Path(__file__).parent
# One compiler for all threads raises "Already borrowed"; the lock also keeps two big compilations from meeting.
_LOCK = threading.Lock()


class Unprintable(ValueError):
    """A letter that no font of ours has; the message names it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the paper, in words: rows of label and value, the address of the check, the code in groups."""

    title: str
    holder: str
    programme: str
    provider: str
    wording: str
    rows: tuple[tuple[str, str], ...]
    code: str
    address: str
    address_shown: str
    facilitators: tuple[str, ...]
    note: str
    words: Mapping[str, str]


def certificate_pdf(sheet: Sheet, *, at: datetime) -> bytes:
    """Set a certificate. Raises Unprintable when a name has a letter the certificate's font does not have."""
    face: dict[str, Any] = {name: getattr(sheet, name) for name in sheet.__slots__}
    face["qr"] = qr_svg(sheet.address)
    inputs = {"face": json.dumps(face, default=list, ensure_ascii=False)}
    with _LOCK:
        try:
            made = _compiler().compile(
                input=_HERE / "certificate.typ",
                sys_inputs=inputs,
                pdf_standards=["ua-1"],
                timestamp=at.replace(microsecond=0),
            )
        except typst.TypstError as refused:
            raise Unprintable(str(refused)) from refused
    if not isinstance(made, bytes):
        raise TypeError("typst returned no document")
    return made


def qr_svg(address: str) -> str:
    """Return a QR code of an address as an SVG text, dark on light whatever the page's colours are."""
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out, kind="svg", border=2, light="#ffffff", dark="#000000", svgns=True, xmldecl=False
    )
    return out.getvalue().decode()


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    # System and embedded fonts are off: otherwise the bytes, and the letters a name may have, depend on the machine.
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_HERE / "fonts"])
    return typst.Compiler(root=_HERE, font_paths=fonts, ignore_system_fonts=True)
