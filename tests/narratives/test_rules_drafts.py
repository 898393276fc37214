"""Saving a draft: an older page never wins, nothing that was typed is dropped."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.narratives import rules
from lms.narratives.rules import Draft, Offer, Verdict
from tests.factories import NOON

TEXT = st.text(st.sampled_from("abc \n"), max_size=40)


def draft(text: str = "The back step.", note: str = "", version: int = 4, **more: bool) -> Draft:
    return Draft(text, note, more.get("interview", False), version, more.get("locked", False))


def offer(text: str, version: int = 4, note: str = "", interview: bool = False, last_sent: str = "") -> Offer:
    return Offer(text, note, interview, version, last_sent)


def test_the_newest_page_saves() -> None:
    assert rules.judge_save(draft(), offer("The back step, and peas.")) == Verdict("save")


def test_an_older_page_is_refused_and_its_own_words_are_kept_aside() -> None:
    assert rules.judge_save(draft(), offer("Something else.", version=3)) == Verdict("stale", aside=True)


def test_an_older_page_that_adds_nothing_is_refused_without_a_copy() -> None:
    assert rules.judge_save(draft("The back step."), offer("The back", version=3)) == Verdict("stale", aside=False)


def test_an_older_page_never_brings_back_what_was_removed() -> None:
    assert rules.judge_save(draft(""), offer("What I took out.", version=3)).state == "stale"


def test_the_same_words_are_taken_from_any_page() -> None:
    assert rules.judge_save(draft(), offer("The back step.", version=1)) == Verdict("same")


def test_a_page_whose_save_landed_unheard_may_go_on() -> None:
    sent = rules.fingerprint({"text": "The back step.", "note": ""})
    assert rules.judge_save(draft(), offer("The back step. Peas.", version=3, last_sent=sent)) == Verdict("save")


def test_a_draft_that_was_sent_is_locked() -> None:
    assert rules.judge_save(draft(locked=True), offer("More.")) == Verdict("locked", aside=True)
    assert rules.judge_save(draft(locked=True), offer("The back step.")) == Verdict("same")


def test_choosing_an_interview_is_a_change() -> None:
    assert rules.judge_save(draft(), offer("The back step.", interview=True)).state == "save"


@given(TEXT, TEXT, TEXT, TEXT, st.integers(0, 5), st.integers(0, 5), st.booleans())
def test_no_words_are_ever_dropped(t1: str, n1: str, t2: str, n2: str, v1: int, v2: int, locked: bool) -> None:
    verdict = rules.judge_save(Draft(t1, n1, False, v1, locked), Offer(t2, n2, False, v2))
    refused = verdict.state in ("stale", "locked")
    assert verdict.aside == (refused and bool(rules.lost(t2, t1) or rules.lost(n2, n1)))
    assert not (verdict.state == "save" and v2 != v1)
    assert not (verdict.state == "save" and locked)


LONG = "A paragraph of some length about a kitchen table and a bowl of peas. " * 3


@pytest.mark.parametrize(
    ("before", "after", "explicit", "minutes", "kept"),
    [
        ("", "First words.", False, None, False),
        ("First words.", "First words, and more.", False, None, True),
        ("First words.", "First words, and more.", False, 3, False),
        ("First words.", "First words, and more.", False, 10, True),
        (LONG, "Gone.", False, 1, True),
        ("A short line.", "A line.", False, 1, False),
        ("A short line.", "A line.", True, 1, True),
        ("A line.", "A longer line.", True, 1, False),
    ],
)
def test_when_an_earlier_state_is_kept(
    before: str, after: str, explicit: bool, minutes: int | None, kept: bool
) -> None:
    at = None if minutes is None else NOON - timedelta(minutes=minutes)
    assert rules.keeps_version(draft(before), offer(after), explicit=explicit, kept_at=at, now=NOON) is kept


@given(TEXT, TEXT)
def test_lost_counts_only_what_is_gone(a: str, b: str) -> None:
    assert rules.lost(a, a) == 0
    assert rules.lost(a, a + b) == 0
    assert rules.lost(a, b + a) == 0
    assert 0 <= rules.lost(a, b) <= len(a)


@given(TEXT, TEXT, TEXT)
def test_an_insertion_loses_nothing(a: str, b: str, c: str) -> None:
    assert rules.lost(a + c, a + b + c) == 0


def test_the_fingerprint_is_the_one_the_page_computes() -> None:
    # The same bytes as fingerprint() in write.js: names in order, empty ones left out.
    assert rules.fingerprint({"text": "Ṣadé", "note": ""}) == rules.fingerprint({"text": "Ṣadé"}) == "980359220"
    assert rules.fingerprint({"note": "a", "text": "b"}) != rules.fingerprint({"note": "b", "text": "a"})


@pytest.mark.parametrize(
    ("has_draft", "newest", "state"),
    [
        (False, "", "none"),
        (True, "", "draft"),
        (True, "waiting", "waiting"),
        (True, "accepted", "accepted"),
        (True, "returned", "returned"),
    ],
)
def test_where_a_narrative_stands(has_draft: bool, newest: str, state: str) -> None:
    assert rules.standing(has_draft, newest) == state


@pytest.mark.parametrize(
    ("state", "may"), [("none", 1), ("draft", 1), ("returned", 1), ("waiting", 0), ("accepted", 0)]
)
def test_when_a_person_may_write(state: rules.State, may: int) -> None:
    assert rules.may_write(state) is bool(may)


@pytest.mark.parametrize(
    ("state", "newest", "round_"),
    [("none", 0, 1), ("draft", 0, 1), ("returned", 1, 2), ("waiting", 2, 2), ("accepted", 1, 1)],
)
def test_the_round_of_the_draft(state: rules.State, newest: int, round_: int) -> None:
    assert rules.next_round(state, newest) == round_


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("  \n", 0), ("one", 1), ("one — two", 2), ("Ṣadé àti èmi", 3), ("peas,beans\nrice", 2)],
)
def test_words(text: str, words: int) -> None:
    assert rules.word_count(text) == words


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_of_two_texts_add_up(a: str, b: str) -> None:
    assert rules.word_count(a + " " + b) == rules.word_count(a) + rules.word_count(b)
    assert rules.word_count("  " + a + "\n") == rules.word_count(a)


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (200, 1), (201, 2), (642, 4)])
def test_minutes_to_read(words: int, minutes: int) -> None:
    assert rules.reading_minutes(words) == minutes


def test_what_changed_between_rounds() -> None:
    assert rules.change("a winter a bowl", "a bowl of peas") == rules.Change(added=2, removed=2)


@given(st.text(max_size=60), st.text(max_size=60))
def test_change_is_symmetric(a: str, b: str) -> None:
    there, back = rules.change(a, b), rules.change(b, a)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert len(a.split()) + there.added - there.removed == len(b.split())
