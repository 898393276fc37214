"""Words that found no place are kept once, for their page and their writer."""

from sqlalchemy.orm import Session

from lms.narratives import service
from tests.factories import NOON

HERE = "/narratives/m1/story"
FIELDS = {"text": ["From the older tab."], "note": ["A note."], "version": ["3"], "csrf_token": ["x"], "how": [""]}


def test_they_are_kept_once_and_found_on_their_page(s: Session) -> None:
    for version in ("3", "4"):
        service.keep_aside(s, "K3PM7QXD94", HERE, "An older page.", {**FIELDS, "version": [version]}, now=NOON)
    (found,) = service.kept_aside(s, "K3PM7QXD94", HERE)
    assert found.words == service.Words("From the older tab.", "A note.")
    assert (found.why, found.kept_at) == ("An older page.", NOON)


def test_other_words_are_kept_as_well_the_newest_first(s: Session) -> None:
    service.keep_aside(s, "K3PM7QXD94", HERE, "An older page.", FIELDS, now=NOON)
    service.keep_aside(s, "K3PM7QXD94", HERE, "An older page.", {"text": ["Others."]}, now=NOON)
    assert [a.words.text for a in service.kept_aside(s, "K3PM7QXD94", HERE)] == ["Others.", "From the older tab."]


def test_nobody_else_and_no_other_page_finds_them(s: Session) -> None:
    service.keep_aside(s, "K3PM7QXD94", HERE, "An older page.", FIELDS, now=NOON)
    assert service.kept_aside(s, "K3PM7QXD94", "/narratives/m2/story") == []
    assert service.kept_aside(s, "ANOTHER", HERE) == []


def test_words_that_were_saved_since_are_put_away(s: Session) -> None:
    service.keep_aside(s, "K3PM7QXD94", HERE, "Signed out.", {"text": ["The back step."]}, now=NOON)
    service.keep_aside(s, "K3PM7QXD94", HERE, "An older page.", {"text": ["Another thought."]}, now=NOON)
    service.settle_aside(s, "K3PM7QXD94", HERE, service.Words("The back step. Peas."), now=NOON)
    assert [a.words.text for a in service.kept_aside(s, "K3PM7QXD94", HERE)] == ["Another thought."]
