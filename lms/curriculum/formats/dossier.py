"""A dossier on paper: a booklet becomes a tagged PDF; the same booklet and instant give the same bytes."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from lms.core.paper import typeset
from lms.curriculum.rules.dossier import Booklet

_TEMPLATE = Path(__file__).with_name("dossier.typ")


def dossier_pdf(booklet: Booklet, *, at: datetime) -> bytes:
    """Set a booklet on letter sheets. Raises Unprintable when it has a letter the typeface does not have."""
    return typeset(_TEMPLATE, asdict(booklet), at=at)
