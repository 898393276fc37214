"""Paper: a typst template and its data become a tagged PDF (PDF/UA-1); the same data and instant give the same bytes."""

import json
import re
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lms.core.late import Late

# The typesetter is eighty megabytes: a web server that sets no paper does without.
if TYPE_CHECKING:
    import typst
else:
    typst = Late("typst")

_FONTS = Path(__file__).parent / "fonts"
# One compiler for all threads raises "Already borrowed"; the lock also keeps two big compilations from meeting.
_LOCK = threading.Lock()
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')


class Unprintable(ValueError):
    """Letters that the paper's typeface does not have."""

    def __init__(self, letters: tuple[str, ...]) -> None:
        super().__init__("The typeface has no " + ", ".join(letters))
        self.letters = letters


def typeset(template: Path, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Set `data` with a template, which reads it as `json(bytes(sys.inputs.face))`, so nothing a person typed is ever run.

    Raises Unprintable when something in it has a letter the typeface does not have.
    """
    with _LOCK:
        try:
            made = _compiler(template.parent).compile(
                input=template,
                sys_inputs={"face": json.dumps(data, default=dict, ensure_ascii=False)},
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


@lru_cache(maxsize=4)
def _compiler(root: Path) -> "typst.Compiler":
    # System and embedded fonts are off: otherwise the bytes, and the letters a name may have, depend on the machine.
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])
    return typst.Compiler(root=root, font_paths=fonts, ignore_system_fonts=True)
