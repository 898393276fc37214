"""Gathering, issuing, freezing, revoking and finding, on a real session."""

import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.certificates import rules, service
from lms.certificates.models import AgreementAccepted, Certificate
from lms.certificates.service import finding, issuing
from lms.cohorts import service as cohorts
from lms.cohorts.models import Enrolment, StatusChange
from lms.core.access import Actor
from lms.core.crypto import SealBroken, digest
from lms.core.db import Database, keys_of
from lms.core.errors import Conflict, Denied, Invalid, NotFound
from lms.core.ids import group
from lms.curriculum import service as curriculum
from lms.hours.models import Attendance, HomeworkHandIn
from lms.narratives.models import Submission
from lms.records.models import Audit
from tests import factories
from tests.certificates.complete import BEFORE, LATER, attend, complete, hand_in, held, tell
from tests.factories import Cast, pieces

BASE = "https://training.example"
ETHICS = {"id": "ethics", "title": "What I will hold to", "text": "I stay.\nI ask directly."}


@pytest.fixture
def cast(s: Session) -> Cast:
    return factories.cast(s)


@pytest.fixture
def ready(s: Session, cast: Cast) -> Enrolment:
    """A student who has everything."""
    complete(s, cast.seat, held(s, cast.cohort), cast.facilitator)
    return cast.seat


def issue(s: Session, seat: Enrolment, cast: Cast, **more: Any) -> Certificate:
    given: dict[str, Any] = {"by": cast.coordinator, "base_url": BASE, "now": LATER}
    return service.issue(s, seat, **(given | more))


def sheet_text(s: Session, made: Certificate) -> str:
    page = pypdf.PdfReader(io.BytesIO(service.pdf_of(s, made))).pages[0]
    return " ".join(page.extract_text().replace("\u200b", "").split())


# The verdict


def test_a_new_seat_has_everything_to_come(s: Session, cast: Cast) -> None:
    verdict = service.verdict_for(s, cast.seat, now=LATER)
    assert not verdict.granted
    assert [r.kind for r in verdict.met] == ["seat"]
    assert {r.state for r in verdict.missing} == {"to_come"}


def test_who_has_everything_is_granted(s: Session, ready: Enrolment) -> None:
    verdict = service.verdict_for(s, ready, now=LATER)
    assert verdict.missing == ()
    by_kind = {r.kind: r for r in verdict.met}
    assert by_kind["narrative"].figures["who"] == "Marcus Bell"
    assert by_kind["exam"].figures["percent"] == 100
    assert by_kind["exam"].figures["pass_percent"] == 75
    assert by_kind["homework"].figures["at"] == BEFORE
    assert by_kind["hours"].figures["counted"] == 220


@pytest.mark.parametrize("but", ["attendance", "lessons", "homework", "quiz", "exam", "narrative"])
def test_nothing_is_issued_while_one_thing_is_missing(s: Session, cast: Cast, but: str) -> None:
    complete(s, cast.seat, held(s, cast.cohort), cast.facilitator, but=but)
    missing = {r.kind for r in service.verdict_for(s, cast.seat, now=LATER).missing}
    assert but in missing
    assert missing <= {but, "hours", "modality"}
    with pytest.raises(Conflict, match="still missing"):
        issue(s, cast.seat, cast)
    assert s.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 0
    assert s.scalar(sa.select(sa.func.count()).select_from(Audit).where(Audit.verb == "certificate.issued")) == 0


@pytest.mark.parametrize("state", ["waiting", "returned"])
def test_a_text_counts_only_once_accepted(s: Session, cast: Cast, state: str) -> None:
    complete(s, cast.seat, held(s, cast.cohort), cast.facilitator, but="narrative")
    tell(s, cast.seat, cast.facilitator, state)
    [one] = service.verdict_for(s, cast.seat, now=LATER).missing
    assert (one.kind, one.figures["state"]) == ("narrative", state)


def test_homework_that_waits_or_came_back_says_so(s: Session, cast: Cast) -> None:
    complete(s, cast.seat, held(s, cast.cohort), cast.facilitator, but="homework")
    row = hand_in(s, cast.seat, "waiting")
    s.flush()
    states = {r.kind: r for r in service.verdict_for(s, cast.seat, now=LATER).missing}
    assert (states["homework"].state, states["homework"].figures["at"]) == ("under_way", date(2026, 11, 20))
    row.state, row.decided_at = "returned", BEFORE
    s.flush()
    states = {r.kind: r for r in service.verdict_for(s, cast.seat, now=LATER).missing}
    assert (states["homework"].state, states["homework"].figures["at"]) == ("returned", BEFORE)


def test_a_module_that_the_release_lacks_is_never_met(s: Session, cast: Cast) -> None:
    made = pieces()
    made["pathway:starter"]["modules"] = ("m1", "gone")
    cast.cohort.release = factories.release(s, made)
    complete(s, cast.seat, held(s, cast.cohort), cast.facilitator)
    [one] = service.verdict_for(s, cast.seat, now=LATER).missing
    assert (one.kind, one.figures) == ("lessons", {"done": 2, "required": 3})


def test_what_is_recorded_later_is_not_known_earlier(s: Session, ready: Enrolment) -> None:
    assert not service.verdict_for(s, ready, now=BEFORE - timedelta(days=1)).granted


def test_nobody_asked_about_costs_nothing(s: Session, count_queries: Any) -> None:
    with count_queries() as counted:
        assert service.verdicts_for(s, [], now=LATER) == {}
    assert len(counted) == 0


def test_many_are_judged_in_as_many_queries_as_few(s: Session, cast: Cast, count_queries: Any) -> None:
    on = held(s, cast.cohort)
    seats = [factories.enrolment(s, cast.cohort) for _ in range(300)]
    for seat in seats[::10]:
        complete(s, seat, on, cast.facilitator)
    s.flush()
    counts = {}
    for size in (300, 15, 300):
        ids = [seat.id for seat in seats[:size]]
        s.expunge_all()
        curriculum.forget()
        asked = list(s.scalars(sa.select(Enrolment).where(Enrolment.id.in_(ids)).order_by(Enrolment.id)))
        with count_queries() as counted:
            verdicts = service.verdicts_for(s, asked, now=LATER)
        counts[size] = len(counted)
        assert [verdicts[one].granted for one in ids] == [at % 10 == 0 for at in range(size)]
    assert counts[15] == counts[300] <= 16


# Agreements


def with_agreement(s: Session, cast: Cast, **more: Any) -> None:
    cast.cohort.release = factories.release(s, pieces(agreements=[ETHICS | more]))
    s.flush()


def test_an_agreement_stands_between_until_it_is_accepted(s: Session, cast: Cast) -> None:
    with_agreement(s, cast)
    complete(s, cast.seat, held(s, cast.cohort), cast.facilitator)
    with pytest.raises(Conflict):
        issue(s, cast.seat, cast)
    [asked] = service.agreements_of(s, cast.seat, now=LATER)
    assert (asked.agreement.id, asked.at) == ("ethics", None)
    assert service.accept_agreement(s, cast.seat, "ethics", words=asked.words, now=LATER) == LATER
    assert service.verdict_for(s, cast.seat, now=LATER).granted
    assert service.verdict_for(s, cast.classmate_seat, now=LATER).granted is False
    assert issue(s, cast.seat, cast).code


def test_accepting_twice_keeps_the_first_day(s: Session, cast: Cast) -> None:
    with_agreement(s, cast)
    [asked] = service.agreements_of(s, cast.seat, now=LATER)
    service.accept_agreement(s, cast.seat, "ethics", words=asked.words, now=LATER)
    again = LATER + timedelta(days=1)
    assert service.accept_agreement(s, cast.seat, "ethics", words=asked.words, now=again) == LATER
    assert s.scalar(sa.select(sa.func.count()).select_from(AgreementAccepted)) == 1


def test_two_tabs_accept_at_once_and_the_first_stands(s: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with_agreement(s, cast)
    [asked] = service.agreements_of(s, cast.seat, now=LATER)
    first = AgreementAccepted(enrolment_id=cast.seat.id, agreement="ethics", words=asked.words, at=LATER, release="r")
    s.add(first)
    s.flush()
    s.expunge(first)
    monkeypatch.setattr("lms.certificates.service.agreements.agreements_of", lambda *a, **k: [asked])
    later = LATER + timedelta(seconds=1)
    assert service.accept_agreement(s, cast.seat, "ethics", words=asked.words, now=later) == LATER


def test_other_words_are_another_agreement(s: Session, cast: Cast) -> None:
    with_agreement(s, cast)
    [asked] = service.agreements_of(s, cast.seat, now=LATER)
    service.accept_agreement(s, cast.seat, "ethics", words=asked.words, now=LATER)
    with_agreement(s, cast, text="I stay, and I call.")
    [now_asked] = service.agreements_of(s, cast.seat, now=LATER)
    assert now_asked.at is None
    with pytest.raises(Conflict, match="changed"):
        service.accept_agreement(s, cast.seat, "ethics", words=asked.words, now=LATER)
    with pytest.raises(NotFound):
        service.accept_agreement(s, cast.seat, "another", words=asked.words, now=LATER)


# Issuing


def test_it_is_issued_with_a_face_a_packet_and_a_sheet(s: Session, cast: Cast, ready: Enrolment) -> None:
    made = issue(s, ready, cast)
    face = rules.face_from(made.face)
    assert (made.holder, face.holder, face.issued_by) == ("Ṣadé Whitfield", "Ṣadé Whitfield", "Ruth Okafor")
    assert (face.minutes, face.by_modality) == (220, (("in_person", 120), ("homework", 60), ("self_paced", 40)))
    assert (face.first_on, face.last_on, face.issued_on, face.valid_until) == (
        "2026-11-20", "2026-11-23", "2026-11-23", "2028-11-23",
    )  # fmt: skip
    assert face.facilitators == ("Marcus Bell",)
    assert face.release == cast.cohort.release.digest
    assert made.valid_until == datetime(2028, 11, 24, 5, 0, tzinfo=UTC), (
        "the last day ends at midnight where the cohort is"
    )
    assert made.issued_by == cast.coordinator.code
    said = sheet_text(s, made)
    for part in ("Whitfield", "3 h 40 min", "2 h", group(made.code), "23 November 2028", "training.example/verify"):
        assert part in said
    [line] = s.scalars(sa.select(Audit).where(Audit.verb == "certificate.issued"))
    assert (line.actor, line.subject, line.facts) == (cast.coordinator.code, made.code, {"packet": made.packet_digest})


def test_the_packet_is_sealed_reproduces_its_hash_and_can_be_judged_again(
    s: Session, cast: Cast, ready: Enrolment
) -> None:
    made = issue(s, ready, cast)
    today = service.judged(s, ready, now=LATER)
    assert b"story" not in made.packet
    packet = service.packet_of(s, made)
    assert packet.intact
    assert digest(packet.text) == made.packet_digest
    assert packet.evidence.code == made.code
    assert (packet.evidence.facts, packet.evidence.pathway) == (today.facts, today.pathway)
    assert packet.verdict == today.verdict
    assert packet.verdict.granted
    assert packet.evidence.face == rules.face_from(made.face)
    assert json.loads(packet.text)["verdict"]["missing"] == []


def test_the_packet_holds_no_story_and_no_text(s: Session, cast: Cast, ready: Enrolment) -> None:
    text = service.packet_of(s, issue(s, ready, cast)).text
    assert "winter" not in text
    assert "What I did" not in text


def test_a_packet_of_another_certificate_does_not_open(s: Session, cast: Cast, ready: Enrolment) -> None:
    made = issue(s, ready, cast)
    made.code = "ABCDEFGHJKMN"
    with pytest.raises(SealBroken):
        service.packet_of(s, made)


def test_a_changed_hash_is_told(s: Session, cast: Cast, ready: Enrolment) -> None:
    made = issue(s, ready, cast)
    made.packet_digest = "0" * 64
    assert not service.packet_of(s, made).intact


def test_nothing_that_changes_later_reaches_it(s: Session, cast: Cast, ready: Enrolment) -> None:
    made = issue(s, ready, cast)
    before = (dict(made.face), made.holder, made.packet_digest, service.pdf_of(s, made), service.packet_of(s, made))
    cast.student.name, cast.student.legal_name = "Somebody Else", "Somebody Else"
    cast.provider.name, cast.provider.place = "Another Name", "Elsewhere"
    cast.facilitator.name = "Another Facilitator"
    cast.cohort.release = factories.release(s, pieces(certificate_title="Other", total_minutes=100_000))
    s.execute(sa.delete(Attendance))
    s.flush()
    s.expire_all()
    again = service.find(s, made.code)
    assert again is not None
    assert not service.verdict_for(s, ready, now=LATER).granted
    after = (dict(again.face), again.holder, again.packet_digest, service.pdf_of(s, again), service.packet_of(s, again))
    assert after == before
    assert issue(s, ready, cast) is again, "asking again finds the one that stands"


def test_the_name_for_official_papers_is_printed(s: Session, cast: Cast, ready: Enrolment) -> None:
    cast.student.legal_name = "Sade Whitfield-Ọládélé"
    assert issue(s, ready, cast).holder == "Sade Whitfield-Ọládélé"


@pytest.mark.parametrize("name", ["Nguyễn Thị Ánh", "Adébáyọ̀ Ọládélé", "Çağrı Łukasz", "#read('/etc/passwd') *x*"])
def test_names_print_as_they_are(s: Session, cast: Cast, ready: Enrolment, name: str) -> None:
    cast.student.name = name
    made = issue(s, ready, cast)
    document = pypdf.PdfReader(io.BytesIO(service.pdf_of(s, made))).metadata
    assert document is not None
    assert document.title == f"Certificate of completion: {name}"
    assert made.holder == name


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"student": "김하늘"}, "no letter 김, which is in the name 김하늘"),
        ({"facilitator": "마르쿠스"}, "in the name of a facilitator"),
        ({"provider": "쉼터"}, "the provider's name 쉼터"),
        ({"coordinator": "루트"}, "which is in the name 루트"),
    ],
)
def test_a_name_that_cannot_be_printed_is_a_sentence_and_nothing_is_issued(
    s: Session, cast: Cast, ready: Enrolment, change: dict[str, str], sentence: str
) -> None:
    for who, name in change.items():
        getattr(cast, who).name = name
    s.flush()
    for ask in (lambda: issue(s, ready, cast), lambda: service.draft(s, ready, by=cast.coordinator, now=LATER)):
        with pytest.raises(Invalid, match=sentence) as refused:
            ask()
        assert "Nothing was issued" in refused.value.sentence
    assert s.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 0


def test_a_draft_says_what_would_be_issued_and_writes_nothing(s: Session, cast: Cast, ready: Enrolment) -> None:
    draft = service.draft(s, ready, by=cast.coordinator, now=LATER)
    assert draft.verdict.granted
    assert not s.new
    made = issue(s, ready, cast, mark=draft.mark)
    assert rules.face_from(made.face) == draft.face


def test_what_changed_since_it_was_read_is_not_issued(s: Session, cast: Cast, ready: Enrolment) -> None:
    draft = service.draft(s, ready, by=cast.coordinator, now=LATER)
    cast.student.name = "Ṣadé Ọládélé"
    with pytest.raises(Conflict, match="read it again"):
        issue(s, ready, cast, mark=draft.mark)
    assert s.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 0


def test_a_withdrawal_in_between_is_seen(s: Session, cast: Cast, ready: Enrolment) -> None:
    assert ready.status == "enrolled"
    s.execute(
        sa.update(Enrolment).where(Enrolment.id == ready.id).values(status="withdrawn"),
        execution_options={"synchronize_session": False},
    )
    assert ready.status == "enrolled", "the session still believes so"
    with pytest.raises(Conflict):
        issue(s, ready, cast)


def test_who_has_finished_may_be_issued_one(s: Session, cast: Cast, ready: Enrolment) -> None:
    cohorts.finish(s, ready, by=cast.coordinator, now=LATER)
    assert s.scalar(sa.select(sa.func.count()).select_from(StatusChange).where(StatusChange.status == "finished"))
    assert issue(s, ready, cast).holder == "Ṣadé Whitfield"


def test_nobody_issues_their_own(s: Session, cast: Cast, ready: Enrolment) -> None:
    with pytest.raises(Denied, match="their own"):
        issue(s, ready, cast, by=cast.student)
    assert s.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 0


def test_the_sheet_speaks_the_language_it_is_given(s: Session, cast: Cast, ready: Enrolment) -> None:
    spanish = {"Issued": "Emitido", "By kind": "Por tipo", "%(first)s to %(last)s": "%(first)s a %(last)s"}
    say = lambda text, **more: spanish.get(text, text) % more if more else spanish.get(text, text)  # noqa: E731
    wording = service.Wording(say, lambda day: day.strftime("%d/%m/%Y"), lambda minutes: f"{minutes} min", "Alba", "es")
    made = issue(s, ready, cast, wording=wording)
    said = sheet_text(s, made)
    for part in ("Emitido 23/11/2026", "20/11/2026 a 23/11/2026", "220 min", "Por tipo", "Alba · Peer Support"):
        assert part in said
    root: Any = pypdf.PdfReader(io.BytesIO(service.pdf_of(s, made))).trailer["/Root"]
    assert root["/Lang"].startswith("es")


def test_its_holder_is_told_once(s: Session, cast: Cast, ready: Enrolment) -> None:
    told: list[str] = []
    for _click in range(2):
        made = issue(s, ready, cast, tell=lambda new: told.append(new.code))
    assert told == [made.code]


def test_two_clicks_make_one_certificate(s: Session, cast: Cast, ready: Enrolment) -> None:
    first, second = issue(s, ready, cast), issue(s, ready, cast, now=LATER + timedelta(seconds=1))
    assert first is second
    assert s.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 1


def test_the_database_itself_refuses_a_second_valid_one(
    s: Session, cast: Cast, ready: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(s, ready, cast)
    monkeypatch.setattr(issuing, "valid_one", lambda s, enrolment_id: None)
    with pytest.raises(IntegrityError):
        issue(s, ready, cast)
    s.rollback()


@pytest.fixture
def committed(database: Database) -> tuple[Database, Cast]:
    with database.writer() as s:
        made = factories.cast(s)
        complete(s, made.seat, held(s, made.cohort), made.facilitator)
        s.commit()
        s.expunge_all()
    return database, made


def test_two_coordinators_at_once_make_one_certificate(committed: tuple[Database, Cast]) -> None:
    database, cast = committed

    def click(_n: int) -> str:
        with database.writer() as s:
            seat = s.scalars(sa.select(Enrolment).where(Enrolment.id == cast.seat.id)).one()
            made = service.issue(s, seat, by=s.merge(cast.coordinator, load=False), base_url=BASE, now=LATER)
            s.commit()
            return made.code

    with ThreadPoolExecutor(6) as pool:
        codes = set(pool.map(click, range(6)))
    assert len(codes) == 1
    with database.reader() as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 1


# Revoking


def test_it_is_revoked_once_with_a_sealed_reason(s: Session, cast: Cast, ready: Enrolment) -> None:
    made = issue(s, ready, cast)
    again = LATER + timedelta(days=2)
    service.revoke(s, made, reason=" The hours were another person's. ", by=cast.coordinator, now=again)
    assert (made.revoked_at, made.revoked_by) == (again, cast.coordinator.code)
    assert made.revoked_reason is not None
    assert b"another person" not in made.revoked_reason
    assert service.revoked_reason(s, made) == "The hours were another person's."
    [line] = s.scalars(sa.select(Audit).where(Audit.verb == "certificate.revoked"))
    assert (line.subject, line.note, line.facts) == (made.code, "", {}), "the trail holds no words about a person"
    with pytest.raises(Conflict, match="before"):
        service.revoke(s, made, reason="Again.", by=cast.coordinator, now=again + timedelta(days=1))
    assert service.revoked_reason(s, made) == "The hours were another person's."


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_no_reason_no_revocation(s: Session, cast: Cast, ready: Enrolment, reason: str) -> None:
    made = issue(s, ready, cast)
    with pytest.raises(Invalid) as refused:
        service.revoke(s, made, reason=reason, by=cast.coordinator, now=LATER)
    assert "reason" in refused.value.problems
    assert made.revoked_at is None
    assert service.revoked_reason(s, made) == ""


def test_after_a_revocation_a_new_one_can_be_issued(s: Session, cast: Cast, ready: Enrolment) -> None:
    first = issue(s, ready, cast)
    service.revoke(s, first, reason="The name was wrong.", by=cast.coordinator, now=LATER)
    cast.student.legal_name = "Ṣadé Whitfield-Bell"
    second = issue(s, ready, cast, now=LATER + timedelta(minutes=1))
    assert second.code != first.code
    assert [c.code for c in service.history_of(s, ready.id)] == [second.code, first.code]
    assert service.certificates_for(s, [ready.id, cast.classmate_seat.id]) == {ready.id: second}
    assert [c.holder for c in service.of_person(s, cast.student.id)] == ["Ṣadé Whitfield-Bell", "Ṣadé Whitfield"]
    assert rules.standing(first.valid_until, first.revoked_at, LATER) == "revoked"


# Finding


@pytest.mark.parametrize("write", [str, group, str.lower, lambda code: f" {group(code.lower(), 3)} "])
def test_it_is_found_however_the_code_is_typed(s: Session, cast: Cast, ready: Enrolment, write: Any) -> None:
    made = issue(s, ready, cast)
    assert service.find(s, write(made.code)) is made


@pytest.mark.parametrize("code", ["", "-", "AAAA", "A" * 12, "A" * 5000, "ж" * 12, "'; DROP TABLE lms_certificate; --"])
def test_any_other_code_finds_nothing(s: Session, cast: Cast, ready: Enrolment, code: str) -> None:
    issue(s, ready, cast)
    assert service.find(s, code) is None


def test_finding_one_costs_one_query_and_leaves_the_sheet_behind(
    s: Session, cast: Cast, ready: Enrolment, count_queries: Any
) -> None:
    code = issue(s, ready, cast).code
    s.expunge_all()
    with count_queries() as counted:
        found = service.find(s, code)
        assert found is not None
        assert found.enrolment.person.name
        assert found.enrolment.cohort.provider.name
    assert len(counted) == 1
    assert "pdf" not in counted.statements[0].partition("FROM")[0]


def test_the_boards_say_who_is_ready_issued_revoked_and_on_the_way(s: Session, cast: Cast) -> None:
    on = held(s, cast.cohort)
    third, fourth = (factories.enrolment(s, cast.cohort) for _ in range(2))
    for seat in (cast.seat, third, fourth):
        complete(s, seat, on, cast.facilitator)
    kept = issue(s, third, cast)
    gone = issue(s, fourth, cast)
    service.revoke(s, gone, reason="Wrong name.", by=cast.coordinator, now=LATER)
    actor = cohorts.actor_for(s, cast.coordinator, now=LATER)
    [board] = service.boards_of(s, actor, now=LATER)
    assert board.cohort.id == cast.cohort.id
    assert {seat.id for seat in board.ready} == {cast.seat.id, fourth.id}
    assert [seat.id for seat, _verdict in board.on_the_way] == [cast.classmate_seat.id]
    assert (board.issued, board.revoked) == ((kept,), (gone,))


def test_nobody_else_has_a_board(s: Session, cast: Cast) -> None:
    for person in (cast.facilitator, cast.student, cast.funder, cast.other_facilitator):
        assert service.boards_of(s, cohorts.actor_for(s, person, now=LATER), now=LATER) == []
    assert service.boards_of(s, Actor(), now=LATER) == []


def test_boards_of_many_cohorts_cost_as_much_as_of_one(s: Session, cast: Cast, count_queries: Any) -> None:
    actor = cohorts.actor_for(s, cast.coordinator, now=LATER)
    counts = []
    for _round in range(2):
        s.expunge_all()
        with count_queries() as counted:
            service.boards_of(s, actor, now=LATER)
        counts.append(len(counted))
        provider = s.get_one(type(cast.provider), cast.provider.id)
        release = s.get_one(type(cast.cohort.release), cast.cohort.release_id)
        for number in range(6):
            one = factories.cohort(s, provider, release, name=f"Cohort {number}")
            seats = [factories.enrolment(s, one) for _ in range(4)]
            complete(s, seats[0], held(s, one), s.get_one(type(cast.facilitator), cast.facilitator.id))
            service.issue(
                s, seats[0], by=s.get_one(type(cast.coordinator), cast.coordinator.id), base_url=BASE, now=LATER
            )
        s.flush()
    assert counts[0] == counts[1]


# What was issued once must open for ever


KEPT = Path(__file__).with_name("packet-1.json")


def test_a_packet_of_format_one_still_opens_and_is_judged_the_same() -> None:
    evidence = TypeAdapter(finding.Evidence).validate_json(KEPT.read_text())
    assert evidence.format == 1
    again = rules.judge(evidence.facts, evidence.pathway)
    assert again.granted
    assert [(r.kind, r.id, r.title) for r in again.met] == [(r.kind, r.id, r.title) for r in evidence.verdict.met]
    assert len(again.met) == 11


def test_what_is_written_today_has_the_layout_of_its_format(s: Session, cast: Cast) -> None:
    """To accept another layout: raise FORMAT, write its own file (LMS_WRITE_GOLDEN=1), and keep reading the old ones."""
    cast.cohort.release = factories.release(s, _rich())
    complete(s, cast.seat, held(s, cast.cohort), cast.facilitator)
    [asked] = service.agreements_of(s, cast.seat, now=LATER)
    service.accept_agreement(s, cast.seat, "ethics", words=asked.words, now=LATER)
    text = service.packet_of(s, issue(s, cast.seat, cast)).text
    if os.environ.get("LMS_WRITE_GOLDEN"):
        KEPT.write_text(json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    assert issuing.FORMAT == 1
    assert _shape(json.loads(text)) == _shape(json.loads(KEPT.read_text()))


def _rich() -> dict[str, dict[str, Any]]:
    source = {"title": "The rule", "url": "https://rule.example/"}
    return pieces(
        agreements=[ETHICS], competency_minutes={"ethics": 30}, sources=[source], unconfirmed=["Whether it is so."]
    )


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(one) for key, one in value.items()}
    return [_shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def test_the_rows_it_rests_on_stay_sealed(s: Session, ready: Enrolment) -> None:
    [work] = s.scalars(sa.select(HomeworkHandIn))
    [sent] = s.scalars(sa.select(Submission))
    assert b"What I did" not in work.text
    assert keys_of(s).open(sent.text, f"lms_narrative_submission:{sent.code}:text").startswith("The winter")


def test_attendance_taken_back_is_seen(s: Session, cast: Cast, ready: Enrolment) -> None:
    [row] = s.scalars(sa.select(Attendance))
    attend(s, ready, row.meeting, "absent", 0)
    s.flush()
    assert {r.kind for r in service.verdict_for(s, ready, now=LATER).missing} >= {"attendance", "modality"}
