"""A certificate as a tagged PDF (PDF/UA-1) by typst; the same sheet and instant give the same bytes."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import segno

from lms.core.paper import Unprintable, typeset

__all__ = ["Sheet", "Unprintable", "certificate_pdf", "qr_svg"]

_TEMPLATE = Path(__file__).with_name("certificate.typ")


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
    return typeset(_TEMPLATE, face, at=at)


def qr_svg(address: str) -> str:
    """Return a QR code of an address as an SVG text, dark on light; the sheet's own white is its quiet zone."""
    out = io.BytesIO()
    code = segno.make(address, error="m")
    code.save(out, kind="svg", border=0, light="#ffffff", dark="#000000", svgns=True, xmldecl=False)
    return out.getvalue().decode()
