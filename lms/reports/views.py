"""The funder's pages: grants, a grant's report, and the same figures as a file."""

import re
from collections.abc import Iterator
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms.cohorts.models import Grant
from lms.core.access import Actor
from lms.reports import service
from lms.reports.formats.spreadsheet import csv_bytes
from lms.reports.policy import LIST_GRANTS, READ_GRANT
from lms.reports.rules import Figure, Quarter, Report
from lms.web.gate import Visit
from lms.web.pages import download, page
from lms.web.room import MenuEntry, Room

room = Room(
    "reports",
    __name__,
    menu=(
        MenuEntry(
            _l("Grants"),
            "lms_reports.index",
            lambda actor: actor.is_funder or actor.is_coordinator,
            60,
            covers=("lms_reports.grant",),
        ),
    ),
)


def _grant(s: Session, actor: Actor, code: str) -> Grant | None:
    return service.grant_by_code(s, code)


@room.get("/grants", LIST_GRANTS)
def index(v: Visit) -> ResponseReturnValue:
    """List the grants whose reports this person may read."""
    return page("lms/reports/index.html", grants=service.visible_to(v.s, v.actor))


@room.get("/grants/<code>", READ_GRANT, subject=_grant)
def grant(v: Visit) -> ResponseReturnValue:
    """Show a grant's report as of a quarter's end."""
    made = service.report_for(v.s, v.subject, as_of=_as_of(), now=v.now)
    words = {"figure": figure, "quarter": quarter_name, "trend": _points(made.report) if made.report else []}
    return page("lms/reports/grant.html", found=made, **words)


@room.get("/grants/<code>.csv", READ_GRANT, subject=_grant)
def grant_csv(v: Visit) -> ResponseReturnValue:
    """Give the same figures as a file."""
    made = service.report_for(v.s, v.subject, as_of=_as_of(), now=v.now)
    header = (_("Measure"), _("Figure"), _("As of"), _("Definition"))
    rows = list(_rows(made.report)) if made.report else []
    name = f"report-{v.subject.code.lower()}-{made.report.as_of if made.report else 'empty'}.csv"
    return download(csv_bytes(header, rows), "text/csv; charset=utf-8", name)


def _as_of() -> str:
    given = request.args.get("as_of", "")
    return given if re.fullmatch(r"\d{4}-\d{2}-\d{2}", given) else ""


def figure(number: Figure) -> str:
    """Write a figure in words: exact, a band, or `hidden`, which is never a zero."""
    if number.kind == "hidden":
        return str(_("hidden"))
    return f"{number.low:,}" if number.kind == "exact" else f"{number.low:,}–{number.high:,}"


def quarter_name(one: Quarter) -> str:
    """Write a quarter: `Jul–Sep 2026`."""
    months = (_("Jan–Mar"), _("Apr–Jun"), _("Jul–Sep"), _("Oct–Dec"))
    return f"{months[one.number - 1]} {one.year}"


def _points(report: Report) -> list[dict[str, Any]]:
    """Where each quarter stands on the line chart, in percent of its box; hidden quarters have no point."""
    top = max((row.hours.bar for row in report.trend), default=0) or 1
    last = max(1, len(report.trend) - 1)
    return [
        {
            "name": quarter_name(row.quarter),
            "said": figure(row.hours),
            "hidden": row.hours.kind == "hidden",
            "x": round(8 + 84 * at / last, 1),
            "y": round(88 - 70 * row.hours.bar / top, 1),
        }
        for at, row in enumerate(report.trend)
    ]


def _rows(report: Report) -> Iterator[tuple[str, str, str, str]]:
    day = report.as_of.isoformat()
    for step in report.steps:
        yield _names()[step.key], figure(step.people), day, definitions()[step.key]
    yield _names()["withdrawn"], figure(report.withdrawn), day, definitions()["withdrawn"]
    yield _names()["hours"], figure(report.hours), day, definitions()["hours"]
    for row in report.trend:
        yield f"{_names()['hours']}, {quarter_name(row.quarter)}", figure(row.hours), day, definitions()["quarter"]
    yield _names()["weeks"], figure(report.weeks_to_certificate), day, definitions()["weeks"]


def _names() -> dict[str, str]:
    return {
        "enrolled": _("Enrolled"),
        "finished": _("Finished the training"),
        "certified": _("Certified"),
        "withdrawn": _("Left before the end"),
        "hours": _("Hours delivered"),
        "weeks": _("Weeks to the certificate"),
    }


def definitions() -> dict[str, str]:
    """Write down what each measure counts: population, source, date."""
    return {
        "enrolled": _("People who took a seat that this grant pays, up to the date."),
        "finished": _("Of those, people for whom everything the pathway asks was met, up to the date."),
        "certified": _("Of those, people with a certificate that was issued and not revoked, up to the date."),
        "withdrawn": _("Of those, people who gave up their seat, up to the date."),
        "hours": _("Hours credited to those people for class, homework, lessons and practice, up to the date."),
        "quarter": _("The same, for days in this quarter; hidden when one to ten people stand behind it."),
        "weeks": _("The middle of the weeks from seat to certificate, among those certified."),
    }
