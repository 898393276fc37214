"""Support lines: outside every release, so that a corrected number reaches everybody at once."""

import html as html_text
import re
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core import crypto
from lms.core.together import Fact, Facts, arm, ask
from lms.curriculum.models import SupportLines
from lms.curriculum.rules.shapes import SupportLine, SupportLineSet
from lms.curriculum.service.pieces import Memory, decoded
from lms.curriculum.service.releases import canonical, insert_new
from lms.records import service as records

_kept: Memory[SupportLineSet] = Memory(20)
_MARK = re.compile(r"<[^>]*>|\{\{\s*crisis:\s*([a-z0-9-]*)\s*\}\}")
_NOBODY = "a support line (all lines are at the foot of this page)"


def publish_support_lines(s: Session, lines: dict[str, Any], *, now: datetime) -> bool:
    """Make these the support lines of every page and lesson from now on, and note in the trail which ones changed.

    Says whether anything changed; the same lines twice add no row.
    """
    digest = crypto.digest(canonical(lines))
    latest = _newest(s)
    if latest is not None and latest.digest == digest:
        return False
    s.info.pop(_ASKED, None)
    insert_new(s, SupportLines, [{"digest": digest, "body": lines, "loaded_at": now}])
    row = s.scalars(sa.select(SupportLines).where(SupportLines.digest == digest)).one()
    if latest is not None:
        # Going back to earlier lines adds no row, yet they must be the newest again.
        row.loaded_at = max(now, latest.loaded_at + timedelta(microseconds=1))
    facts = {"lines": _changed(latest.body if latest else {}, lines)}
    records.audit(s, "", "support-lines.published", digest[:12], now=now, facts=facts)
    s.flush()
    return True


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    earlier, later = ({line["id"]: line for line in side.get("lines", ())} for side in (before, after))
    return sorted(id_ for id_ in earlier.keys() | later.keys() if earlier.get(id_) != later.get(id_))


def support_lines(s: Session) -> SupportLineSet:
    """Return the support lines as last published; at most one small query, the lines themselves are kept by their hash."""
    if _ASKED not in s.info:
        note_support_lines(s, ask(s, (SUPPORT_ARM,)))
    latest: Fact | None = s.info[_ASKED]
    if latest is None:
        return SupportLineSet()
    return _kept.get(SupportLineSet, latest.key, lambda: _read(s, latest.of))


def note_support_lines(s: Session, facts: Facts) -> None:
    """Remember for this session which lines are the newest, as it was asked together with who is there."""
    s.info[_ASKED] = next(iter(facts.get("support", [])), None)


_ASKED = "lms_support_lines"
_NEWEST_FIRST = (SupportLines.loaded_at.desc(), SupportLines.id.desc())
SUPPORT_ARM = arm("support", SupportLines.id, SupportLines.digest).where(
    SupportLines.id == sa.select(SupportLines.id).order_by(*_NEWEST_FIRST).limit(1).scalar_subquery()
)
"""What `note_support_lines` needs to be asked."""


def fill_lines(html: str, lines: SupportLineSet) -> str:
    """Put the newest line in place of each `{{crisis:<id>}}` in safe HTML; no mark is ever left for a reader to see."""
    return _MARK.sub(lambda found: _filled(found, lines), html)


def _filled(found: re.Match[str], lines: SupportLineSet) -> str:
    if found.group(0).startswith("<"):
        return found.group(0)
    line = lines.line(found.group(1)) or lines.line("988")
    return _NOBODY if line is None else link(line)


def link(line: SupportLine) -> str:
    """Return a support line as HTML: its words, as a link that calls or texts it."""
    words = html_text.escape(line.display)
    address = f"tel:{line.call}" if line.call else f"sms:{line.text}" if line.text else line.chat
    return f'<a href="{html_text.escape(address)}">{words}</a>' if address else words


def _newest(s: Session) -> SupportLines | None:
    return s.scalars(sa.select(SupportLines).order_by(*_NEWEST_FIRST).limit(1)).first()


def _read(s: Session, id_: int) -> SupportLineSet:
    return decoded(SupportLineSet, s.scalars(sa.select(SupportLines.body).where(SupportLines.id == id_)).one())
