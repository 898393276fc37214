"""The funder's pages: grants, a grant's report, and the same figures as a file."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms.cohorts.models import Grant
from lms.core.access import Actor
from lms.core.errors import NotFound
from lms.reports import service
from lms.reports.formats.spreadsheet import csv_bytes
from lms.reports.policy import LIST_GRANTS, READ_GRANT
from lms.reports.rules import Figure, Quarter, Report, Span
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
    trend = _points(made.report) if made.report else []
    return page("lms/reports/grant.html", found=made, trend=trend, figure=figure, span=span_name)


@room.get("/grants/<code>.csv", READ_GRANT, subject=_grant)
def grant_csv(v: Visit) -> ResponseReturnValue:
    """Give the same figures as a file."""
    made = service.report_for(v.s, v.subject, as_of=_as_of(), now=v.now)
    header = (_("Measure"), _("Figure"), _("As of"), _("Definition"))
    rows = list(_rows(made.report)) if made.report else []
    name = f"report-{v.subject.code.lower()}-{made.report.as_of if made.report else 'empty'}.csv"
    return download(csv_bytes(header, rows), "text/csv; charset=utf-8", name)


def _as_of() -> date | None:
    given = request.args.get("as_of", "")
    if not given:
        return None
    try:
        # Only the one way of writing a day that the page's own links use; `fromisoformat` alone takes more.
        return date.fromisoformat(given if re.fullmatch(r"\d{4}-\d{2}-\d{2}", given, re.ASCII) else "")
    except ValueError:
        raise NotFound(_("A report is as of the end of a quarter, written like 2026-09-30.")) from None


def figure(number: Figure) -> str:
    """Write a figure in words: exact, a band, or `hidden`, which is never a zero."""
    if number.kind == "hidden":
        return str(_("hidden"))
    return f"{number.low:,}" if number.kind == "exact" else f"{number.low:,}–{number.high:,}"


def span_name(span: Span) -> str:
    """Write one quarter, or several that are said together: `Jul–Sep 2026`, `Oct 2026–Mar 2027`."""
    starts, ends = (_("Jan"), _("Apr"), _("Jul"), _("Oct")), (_("Mar"), _("Jun"), _("Sep"), _("Dec"))
    one_year = span.first.year == span.last.year
    start = starts[span.first.number - 1] + ("" if one_year else f" {span.first.year}")
    return f"{start}–{ends[span.last.number - 1]} {span.last.year}"


def _points(report: Report) -> list[dict[str, Any]]:
    """Where each span stands on the line chart, in percent of its box; the last, if it is hidden, has no point."""
    top = max((row.hours.bar for row in report.trend), default=0) or 1
    ends = [_number(row.last) for row in report.trend]
    width = max(1, ends[-1] - ends[0]) if ends else 1
    return [
        {
            "name": span_name(row),
            "said": figure(row.hours),
            "hidden": row.hours.kind == "hidden",
            "x": round(8 + 84 * (end - ends[0]) / width, 1),
            "y": round(88 - 70 * row.hours.bar / top, 1),
        }
        for row, end in zip(report.trend, ends, strict=True)
    ]


def _number(quarter: Quarter) -> int:
    return 4 * quarter.year + quarter.number


def _rows(report: Report) -> Iterator[tuple[str, str, str, str]]:
    day, names, means = report.as_of.isoformat(), _names(), definitions()
    for step in report.steps:
        yield names[step.key], figure(step.people), day, means[step.key]
    yield names["hours"], figure(report.hours), report.hours_to.last_day.isoformat(), means["hours"]
    for row in report.trend:
        yield f"{names['hours']}, {span_name(row)}", figure(row.hours), day, means["quarter"]
    yield names["weeks"], figure(report.weeks_to_certificate), day, means["weeks"]


def _names() -> dict[str, str]:
    return {
        "enrolled": _("Enrolled"),
        "finished": _("Finished the training"),
        "certified": _("Certified"),
        "hours": _("Hours delivered"),
        "weeks": _("Weeks to the certificate"),
    }


def definitions() -> dict[str, str]:
    """Write down what each measure counts: population, source, date."""
    return {
        "enrolled": _("People who took a seat that this grant pays, up to the date."),
        "finished": _("Of those, people recorded as finished or given a certificate, up to the date."),
        "certified": _("Of those, people with a certificate that was issued and not revoked, up to the date."),
        "hours": _("Hours credited to those people for class, homework, lessons and practice, up to the date."),
        "quarter": _("Hours that came to count in this time; hidden while they are those of one to ten people."),
        "weeks": _("The middle of the weeks from seat to certificate, among those certified."),
    }
