"""Words that a page could not place: kept for their writer alone, once, and shown where they belong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.narratives import rules
from lms.narratives.service.sealed import Words
from lms.records import service as records

_OF_THE_PAGE = ("csrf_token", "last_sent", "sequence", "version", "do")


@dataclass(frozen=True, slots=True)
class Aside:
    """What was kept for one page of a narrative."""

    code: str
    kept_at: datetime
    why: str
    words: Words


def kept_aside(s: Session, owner: str, path: str) -> list[Aside]:
    """Return what was kept aside for this page (an older tab, a session that had ended), newest first."""
    found = [(row, fields) for row, fields in records.kept_for(s, owner) if row.path == path]
    return [Aside(row.code, row.kept_at, row.why, Words(_one(f, "text"), _one(f, "note"))) for row, f in found]


def keep_aside(s: Session, owner: str, path: str, why: str, fields: Mapping[str, list[str]], *, now: datetime) -> None:
    """Keep what would be lost; a page that sends the same again adds nothing."""
    typed = {name: values for name, values in fields.items() if name not in _OF_THE_PAGE and any(values)}
    if any(row.path == path and fields == typed for row, fields in records.kept_for(s, owner)):
        return
    records.keep(s, owner, path, why, typed, now=now)


def settle_aside(s: Session, owner: str, path: str, standing: Words, *, now: datetime) -> None:
    """Put away what now stands in the text anyway, so that nobody is asked about words they have already saved."""
    for aside in kept_aside(s, owner, path):
        if not (rules.lost(aside.words.text, standing.text) or rules.lost(aside.words.note, standing.note)):
            records.take_back(s, owner, aside.code, now=now)


def _one(fields: Mapping[str, list[str]], name: str) -> str:
    return (fields.get(name) or [""])[0]
