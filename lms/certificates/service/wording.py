"""The words of a certificate on paper, in whatever language its reader's page speaks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from lms.certificates.formats.pdf import Sheet
from lms.certificates.rules import Face
from lms.core.ids import group

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Wording:
    """How to say things: `say` is gettext or the like, `day` writes a date, `span` writes minutes.

    A page hands in its own (services know no gettext); `programme` is the programme's short name.
    """

    say: Say
    day: Callable[[date], str]
    span: Callable[[int], str]
    programme: str = ""
    lang: str = "en"


def _plain(text: str, **figures: object) -> str:
    return text % figures if figures else text


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def _span(minutes: int) -> str:
    whole, rest = divmod(minutes, 60)
    return f"{whole} h {rest:02d} min" if whole and rest else f"{whole} h" if whole else f"{rest} min"


PLAIN = Wording(_plain, _day, _span)
"""English, for whoever issues without a page."""


def sheet_of(face: Face, code: str, base_url: str, wording: Wording) -> Sheet:
    """Write a face as the sheet of paper that says it."""
    _, base = wording.say, base_url.rstrip("/")
    return Sheet(
        lang=wording.lang,
        title=face.title,
        holder=face.holder,
        programme=" · ".join(x for x in (face.programme, face.course) if x),
        provider=face.provider,
        place=face.place,
        wording=face.wording,
        hours=wording.span(face.minutes),
        split=tuple((_modality(_, key), wording.span(minutes)) for key, minutes in face.by_modality),
        rows=tuple((name, value) for name, value in _rows(face, wording) if value),
        dates=_dates(face, wording),
        code=group(code),
        address=f"{base}/verify/{code}",
        address_shown=f"{base.partition('://')[2] or base}/verify",
        note=face.note,
        words={
            "hours": _("Training hours"),
            "split": _("By kind"),
            "check": _("Check this certificate"),
            "qr_alt": _("QR code: opens the public check of this certificate"),
        },
    )


def _rows(face: Face, wording: Wording) -> list[tuple[str, str]]:
    _ = wording.say
    first, last = wording.day(face.first_day), wording.day(face.last_day)
    figures = {"title": face.pathway, "number": face.pathway_version, "day": wording.day(face.pathway_day)}
    rule = _("%(title)s, version %(number)s, in force from %(day)s", **figures)
    return [
        (_("Class dates"), _("%(first)s to %(last)s", first=first, last=last)),
        (_("Judged by"), rule),
        (_("Course approval"), face.approval),
        (_("Taught by"), ", ".join(face.facilitators)),
        (_("Issued by"), ", ".join(x for x in (face.issued_by, face.provider_contact) if x)),
    ]


def _dates(face: Face, wording: Wording) -> tuple[tuple[str, str], ...]:
    _ = wording.say
    issued = (_("Issued"), wording.day(face.issued_day))
    return (issued, (_("Valid until"), wording.day(face.end_day))) if face.end_day else (issued,)


def _modality(_: Say, key: str) -> str:
    names = {
        "in_person": _("In person"),
        "live_virtual": _("Live class, video"),
        "homework": _("Homework"),
        "self_paced": _("Self-paced lessons"),
        "practicum": _("Practice"),
    }
    return names.get(key, key)
