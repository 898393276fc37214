"""A QTI 2.1 package: a zip with one file for each question and a manifest that names them."""

import io
import zipfile
from collections.abc import Iterator

from lms.curriculum.rules.shapes import Item
from lms.curriculum.rules.tasks import Cloze, Ordering, ShortText
from lms.quizzes.formats import qti_items
from lms.quizzes.formats.exchange import Exported, Unfit
from lms.quizzes.formats.xml_text import element, escaped, text

_NAMES = 'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"'
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every file inside: the same questions give the same bytes."""


def write(name: str, items: tuple[Item, ...]) -> Exported:
    """Write questions, whose texts are HTML, as a package; what QTI cannot say is named."""
    files: dict[str, str] = {}
    lost = []
    for item in items:
        try:
            files[f"items/{item.id}.xml"] = qti_items.write(item)
            lost += [f"`{item.id}`: {what}" for what in _differs(item)]
        except Unfit as unfit:
            lost.append(f"`{item.id}` is left out: {unfit}")
    return Exported(_zipped({"imsmanifest.xml": _manifest(name, list(files))} | files), tuple(lost))


def _differs(item: Item) -> Iterator[str]:
    if isinstance(item.task, Ordering):
        yield "QTI gives a point for the whole order or none."
    if isinstance(item.task, ShortText | Cloze):
        yield "QTI compares accents; capitals make no difference there either."


def _manifest(name: str, files: list[str]) -> str:
    about = element("metadata", text("schema", "QTIv2.1 Package"), text("schemaversion", "1.0.0"))
    resources = [
        element("resource", element("file", href=file), identifier=f"R-{at}", type="imsqti_item_xmlv2p1", href=file)
        for at, file in enumerate(files, 1)
    ]
    inside = about + element("organizations") + element("resources", *resources)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest {_NAMES} identifier="M-{escaped(name)}">{inside}</manifest>\n'


def _zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in files.items():
            package.writestr(zipfile.ZipInfo(name, _LONG_AGO), body.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()
