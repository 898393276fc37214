"""The sheet as a file: its text, its tags, the same bytes each time, and nothing typed is ever run."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdf
import pytest
import typst

from lms.certificates.formats.pdf import Sheet, Unprintable, certificate_pdf, qr_svg

AT = datetime(2026, 4, 3, 15, 0, tzinfo=UTC)
SHEET = Sheet(
    lang="en",
    title="Certificate of completion",
    holder="Ṣadé Whitfield",
    programme="POEM · Peer Support Specialist Training",
    provider="Quiet Creek Training",
    place="Nowhere, North Carolina",
    wording="has completed the training.",
    hours="23 h 10 min",
    split=(("In person", "9 h 30 min"), ("Homework", "13 h 40 min")),
    rows=(("Class dates", "6 January to 28 March 2026"), ("Judged by", "Starter path, version 1")),
    dates=(("Issued", "3 April 2026"), ("Valid until", "3 April 2028")),
    code="PM7K-2QXD-94RT",
    address="https://training.example/verify/PM7K2QXD94RT",
    address_shown="training.example/verify",
    note="This certificate is not a state certification.",
    words={"hours": "Training hours", "split": "By kind", "check": "Check this certificate", "qr_alt": "QR code"},
)


def read(sheet: Sheet = SHEET) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(certificate_pdf(sheet, at=AT)))


def text(sheet: Sheet = SHEET) -> str:
    return " ".join(read(sheet).pages[0].extract_text().replace("\u200b", "").split())


def in_order(part: str, said: str) -> bool:
    """Whether the letters stand there in order: pypdf repeats some of those that carry two marks, other readers do not."""
    rest = iter(said)
    return all(letter in rest for letter in part.replace(" ", ""))


def test_it_says_everything_once_on_one_sheet() -> None:
    reader = read()
    said = " ".join(reader.pages[0].extract_text().replace("\u200b", "").split())
    assert len(reader.pages) == 1
    for part in (
        SHEET.title, SHEET.holder, SHEET.programme, SHEET.provider, SHEET.place, SHEET.wording, SHEET.hours, SHEET.code,
        SHEET.address_shown, SHEET.note, *(x for pair in (*SHEET.split, *SHEET.rows, *SHEET.dates) for x in pair),
    ):  # fmt: skip
        assert said.count(part) >= 1, part


def test_it_is_a_letter_sheet_on_its_side() -> None:
    box = read().pages[0].mediabox
    assert (float(box.width), float(box.height)) == (792, 612)


def test_the_same_sheet_at_the_same_instant_is_the_same_file() -> None:
    assert certificate_pdf(SHEET, at=AT) == certificate_pdf(SHEET, at=AT.replace(microsecond=9))
    assert certificate_pdf(SHEET, at=AT) != certificate_pdf(SHEET, at=AT + timedelta(days=1))


def test_it_is_tagged_and_names_its_language_and_title() -> None:
    catalog: Any = read().trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"].startswith("en")
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in catalog["/Metadata"].get_object().get_data()
    information = read().metadata
    assert information is not None
    assert information.title == "Certificate of completion: Ṣadé Whitfield"
    assert information.author == "Quiet Creek Training"


def test_its_headings_and_pictures_are_named_for_a_screen_reader() -> None:
    tags, alts = set(), []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            tags.add(node.get("/S"))
            alts.append(node.get("/Alt"))
            walk(node.get("/K", []))

    walk(read().trailer["/Root"]["/StructTreeRoot"])
    assert {"/H1", "/Figure", "/Link"} <= tags
    assert "QR code" in alts


def test_the_address_is_a_link_to_the_public_check() -> None:
    links = [a.get_object()["/A"]["/URI"] for a in read().pages[0]["/Annots"]]
    assert set(links) == {SHEET.address}


@pytest.mark.parametrize(
    "name",
    [
        "Adébáyọ̀ Ọládélé", "Nguyễn Thị Ánh", "Đặng Văn Lâm", "Çağrı İnönü", "Łukasz Żółć", "Ngũgĩ wa Thiong'o",
        "Ænne Søndergård-Ößwald", "Ιωάννα", "Сергей", "María José O’Neill", "ƙarfi Ɗanladi Ɓello",
    ],
)  # fmt: skip
def test_names_keep_their_letters(name: str) -> None:
    sheet = replace(SHEET, holder=name)
    assert in_order(name, text(sheet))
    information = read(sheet).metadata
    assert information is not None
    assert information.title == f"{SHEET.title}: {name}"


@pytest.mark.parametrize(
    "name",
    [
        '#read("/etc/passwd") *x*',
        "$x^2$ _y_ `z`",
        "\\ #sys.inputs",
        "@label <tag> // /* */",
        "</svg><script>",
        "%PDF ]",
    ],
)
def test_what_looks_like_code_is_printed_as_it_is(name: str) -> None:
    assert name in text(replace(SHEET, holder=name))


@pytest.mark.parametrize(("name", "letters"), [("한국", ("한", "국")), ("አበበ", ("አ", "በ")), ("Mia 😀", ("😀",))])
def test_a_letter_the_typeface_lacks_is_named(name: str, letters: tuple[str, ...]) -> None:
    with pytest.raises(Unprintable) as refused:
        certificate_pdf(replace(SHEET, holder=name), at=AT)
    assert set(refused.value.letters) == set(letters)


def test_a_fault_of_ours_does_not_blame_a_name() -> None:
    with pytest.raises(typst.TypstError):
        certificate_pdf(replace(SHEET, words={}), at=AT)


LONG = "Oluwadamilola-Temitope Adébáyọ̀ Featherstonehaugh Nguyễn-Smith"


@pytest.mark.parametrize(
    "sheet",
    [
        replace(SHEET, holder=LONG[:60]),
        replace(SHEET, holder="X" * 60),
        replace(SHEET, split=tuple((f"Kind of hour {n}", f"{n} h") for n in range(12))),
        replace(SHEET, note=SHEET.note * 40, rows=SHEET.rows * 5, split=SHEET.split * 6, holder=f"{LONG} {LONG}"),
        replace(SHEET, address_shown="a-rather-long-name.of-a-training-site.example.org/training/verify"),
        replace(SHEET, note="", split=(), rows=(), dates=SHEET.dates[:1], place=""),
    ],
)
def test_however_much_it_says_it_stays_on_one_sheet_and_says_all_of_it(sheet: Sheet) -> None:
    assert len(read(sheet).pages) == 1
    said = text(sheet)
    for part in (sheet.holder, sheet.code, sheet.address_shown, sheet.note, *(x for pair in sheet.split for x in pair)):
        assert in_order(part, said)


def test_two_threads_do_not_meet_in_the_compiler() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _n: certificate_pdf(SHEET, at=AT), range(24)))
    assert len(set(made)) == 1


def test_the_code_in_the_picture_is_drawn_without_a_frame() -> None:
    drawn = qr_svg(SHEET.address)
    assert drawn.startswith("<svg")
    assert "#ffffff" in drawn or "#fff" in drawn
    assert drawn == qr_svg(SHEET.address) != qr_svg(SHEET.address + "X")


def test_no_font_of_the_machine_is_used() -> None:
    fonts = {str(f["/BaseFont"]).split("+")[-1] for f in _fonts()}
    assert fonts
    assert all(name.startswith("NotoSans") for name in fonts)


def _fonts() -> list[Any]:
    page = read().pages[0]
    return [one.get_object() for one in page["/Resources"]["/Font"].values()]
