"""Setting paper: data never runs, a missing letter is named, a fault of a template is not blamed on anybody."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
import typst

from lms.core.paper import Unprintable, typeset

AT = datetime(2026, 4, 3, 15, 0, tzinfo=UTC)
SOURCE = """#let face = json(bytes(sys.inputs.face))
#set document(title: face.title)
#set text(font: "Noto Sans")
= #face.title
#face.text
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "leaf.typ"
    path.write_text(SOURCE)
    return path


def test_data_is_printed_and_never_run(template: Path) -> None:
    made = typeset(template, {"title": "A leaf", "text": "#read(1) *x* $y$"}, at=AT)
    assert "#read(1) *x* $y$" in pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert made == typeset(template, {"title": "A leaf", "text": "#read(1) *x* $y$"}, at=AT.replace(microsecond=7))


def test_a_letter_the_typeface_lacks_is_named(template: Path) -> None:
    with pytest.raises(Unprintable) as refused:
        typeset(template, {"title": "A leaf", "text": "한"}, at=AT)
    assert refused.value.letters == ("한",)


def test_a_fault_of_the_template_stays_one(template: Path) -> None:
    with pytest.raises(typst.TypstError):
        typeset(template, {"title": "A leaf"}, at=AT)
