"""The dossier of a pathway: what a reviewer asks for, as a page that prints and as a PDF."""

from datetime import date
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from lms.cohorts import policy
from lms.cohorts.views.door import room
from lms.core.errors import Invalid, NotFound
from lms.core.paper import Unprintable
from lms.curriculum import service as curriculum
from lms.curriculum.models import Release
from lms.curriculum.rules.dossier import Booklet, Dossier, booklet
from lms.web.gate import Visit
from lms.web.pages import download, hours_minutes, page


@room.get("/cohorts/dossiers/<pathway>", policy.DOSSIER)
def dossier(v: Visit) -> ResponseReturnValue:
    """Show the dossier of a pathway in the newest version of the curriculum, or in the one that `version` names."""
    release, made = _made(v)
    return page(
        "lms/cohorts/dossier.html",
        booklet=_words(made),
        pathway=made.material.pathway,
        verified=date.fromisoformat(made.material.pathway.verified_on),
        digest=release.digest,
        released=release.compiled_at,
        days=made.days,
    )


@room.get("/cohorts/dossiers/<pathway>.pdf", policy.DOSSIER)
def dossier_paper(v: Visit) -> ResponseReturnValue:
    """Send the same as a PDF."""
    release, made = _made(v)
    try:
        paper = curriculum.paper(made, _words(made))
    except Unprintable as refused:
        raise Invalid(_("Our paper has no letter for %(letters)s.", letters=", ".join(refused.letters))) from None
    return download(paper, "application/pdf", f"dossier-{made.material.pathway.id}-{release.digest[:12]}.pdf")


def _made(v: Visit) -> tuple[Release, Dossier]:
    version = request.args.get("version", "")
    release = curriculum.by_digest(v.s, version) if version else curriculum.newest(v.s)
    if release is None:
        raise NotFound
    return release, curriculum.dossier(v.s, release, v.args["pathway"])


def _words(made: Dossier) -> Booklet:
    return booklet(made, _said, hours_minutes, str(get_locale() or "en"))


def _said(text: str, **figures: Any) -> str:
    return str(_(text, **figures))
