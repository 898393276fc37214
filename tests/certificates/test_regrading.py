"""What a ruling does to people: looked at first, done as it was looked at, and never a pass taken away silently."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.certificates import service
from lms.certificates.models import Certificate
from lms.cohorts.models import Cohort, Enrolment
from lms.core.clock import FixedClock
from lms.core.db import Database, keys_of
from lms.core.errors import Conflict, Denied, Invalid
from lms.quizzes import service as quizzes
from lms.quizzes.models import Attempt, Mark, Ruling
from lms.quizzes.rules import Given
from lms.records.models import Audit, Message
from tests import factories
from tests.certificates.complete import LATER, complete, held
from tests.factories import NOON, Cast
from tests.quizzes.conftest import permit
from tests.quizzes.test_types_on_pages import Mixed

BASE = "https://training.example"


@pytest.fixture
def house(s: Session) -> Cast:
    return factories.cast(s)


def first_item(s: Session, attempt: Attempt) -> str:
    return next(q.item.id for q in quizzes.paper_of(attempt).questions)


def sit(s: Session, seat: Enrolment, quiz: str = "quiz-m1", wrong: int = 1) -> Attempt:
    """Sit a quiz with the first `wrong` questions left open."""
    attempt = quizzes.start_attempt(s, permit(s, seat, quiz), now=NOON)
    for q in quizzes.paper_of(attempt).questions:
        if q.position > wrong:
            quizzes.save_answers(s, attempt, [Given(q.position, tuple(q.right), False, 1)], now=NOON)
    return quizzes.submit(s, attempt, now=NOON)


def all_but_the_quiz(s: Session, house: Cast) -> None:
    complete(s, house.seat, held(s, house.cohort), house.facilitator, but="quiz")


def case(s: Session, house: Cast, attempt: Attempt, item: str = "") -> quizzes.Case:
    found = quizzes.case_of(s, house.provider.id, attempt.quiz, item or first_item(s, attempt))
    assert found is not None
    return found


def void(seen: int = 0) -> quizzes.Wish:
    return quizzes.Wish("void", (), "It had no right answer.", seen)


def other_key(given: quizzes.Case) -> quizzes.Wish:
    wrong = next(option.text for option in given.question.item.options if not option.correct)
    return quizzes.Wish("key", (wrong,), "The key was wrong.", given.seen)


def test_a_preview_says_what_would_change_and_changes_nothing(s: Session, house: Cast) -> None:
    all_but_the_quiz(s, house)
    attempt = sit(s, house.seat, wrong=2)
    found = case(s, house, attempt)
    audits = s.scalar(sa.select(sa.func.count()).select_from(Audit))
    outcome = service.preview(s, found, void(), by=house.coordinator, now=LATER)
    [change] = outcome.changes
    assert (change.attempt, change.before.points, change.after.points) == (attempt, 200, 300)
    assert (outcome.attempts, outcome.won, outcome.lost) == (1, (change,), ())
    [turn] = outcome.turns
    assert (turn.seat, turn.granted, turn.certificate) == (house.seat, True, None)
    assert s.scalars(sa.select(Ruling)).all() == s.scalars(sa.select(Mark)).all() == []
    assert s.scalar(sa.select(sa.func.count()).select_from(Audit)) == audits
    assert not service.verdict_for(s, house.seat, now=LATER).granted


def test_it_is_done_as_it_was_looked_at(s: Session, house: Cast) -> None:
    all_but_the_quiz(s, house)
    found = case(s, house, sit(s, house.seat, wrong=2))
    seen = service.preview(s, found, void(), by=house.coordinator, now=LATER)
    done = service.regrade(s, found, void(), mark=seen.mark, lose=(), by=house.coordinator, now=LATER)
    assert done == seen
    assert s.scalars(sa.select(Ruling)).one().reason == "It had no right answer."
    assert service.verdict_for(s, house.seat, now=LATER).granted


def test_what_was_not_looked_at_is_not_done(s: Session, house: Cast) -> None:
    attempt = sit(s, house.seat)
    found = case(s, house, attempt)
    seen = service.preview(s, found, void(), by=house.coordinator, now=LATER)
    with pytest.raises(Conflict, match="not what you looked at"):
        service.regrade(s, found, other_key(found), mark=seen.mark, lose=(), by=house.coordinator, now=LATER)
    assert s.scalars(sa.select(Ruling)).all() == []


def test_a_pass_is_never_taken_away_unless_it_is_ticked(s: Session, house: Cast) -> None:
    attempt = sit(s, house.seat)
    last = quizzes.paper_of(attempt).questions[-1]
    found = case(s, house, attempt, last.item.id)
    wish = other_key(found)
    seen = service.preview(s, found, wish, by=house.coordinator, now=LATER)
    assert [one.attempt for one in seen.lost] == [attempt]
    given = {"mark": seen.mark, "by": house.coordinator, "now": LATER}
    with pytest.raises(Invalid) as refused:
        service.regrade(s, found, wish, lose=(), **given)
    assert set(refused.value.problems) == {"lose"}
    assert s.scalars(sa.select(Mark)).all() == []
    service.regrade(s, found, wish, lose=[attempt.code], **given)
    assert not quizzes.mark_of(s, attempt).passed  # type: ignore[union-attr]


def test_what_is_lost_is_said_first(s: Session, house: Cast) -> None:
    house.cohort.seats = 40
    for _one in range(12):  # of each paper the first is open, the last is right: where it-002 stands is left to chance
        sit(s, factories.enrolment(s, house.cohort), "check-m1-l1")
    found = case(s, house, s.scalars(sa.select(Attempt)).first(), "it-002")  # type: ignore[arg-type]
    seen = service.preview(s, found, other_key(found), by=house.coordinator, now=LATER)
    assert seen.lost == seen.changes[: len(seen.lost)]


def test_a_certificate_is_named_and_stays(s: Session, house: Cast) -> None:
    all_but_the_quiz(s, house)
    attempt = sit(s, house.seat)
    made = service.issue(s, house.seat, by=house.coordinator, base_url=BASE, now=LATER)
    last = quizzes.paper_of(attempt).questions[-1]
    found = case(s, house, attempt, last.item.id)
    wish = other_key(found)
    after = LATER + timedelta(hours=1)
    seen = service.preview(s, found, wish, by=house.coordinator, now=after)
    assert [(turn.granted, turn.certificate) for turn in seen.turns] == [(False, made)]
    lose = [one.attempt.code for one in seen.lost]
    service.regrade(s, found, wish, mark=seen.mark, lose=lose, by=house.coordinator, now=after)
    assert made.revoked_at is None
    assert [one.certificate for one in service.changed_since(s, [made], now=after)] == [made]


def test_nobody_tries_it_on_an_attempt_of_their_own(s: Session, house: Cast) -> None:
    found = case(s, house, sit(s, house.seat))
    with pytest.raises(Denied):
        service.preview(s, found, void(), by=house.student, now=LATER)


def test_the_cost_does_not_grow_with_the_attempts(s: Session, house: Cast, count_queries: Any) -> None:
    house.cohort.seats = 200
    sit(s, house.seat, "check-m1-l1", wrong=4)
    service.verdict_for(s, house.seat, now=LATER)  # a release is read once for a process, whoever asks first
    costs = []
    for many in (15, 150):
        here = len(case(s, house, s.scalars(sa.select(Attempt)).first(), "it-001").attempts)  # type: ignore[arg-type]
        for number in range(many - here):
            sit(s, factories.enrolment(s, house.cohort), "check-m1-l1", wrong=number % 4)
        s.expire_all()
        by = s.get_one(Person, house.coordinator.id)
        provider = house.provider.id
        with count_queries() as counted:
            found = quizzes.case_of(s, provider, "check-m1-l1", "it-001")
            assert found is not None
            outcome = service.preview(s, found, void(), by=by, now=LATER)
        assert outcome.attempts == many
        assert outcome.changes
        costs.append(len(counted.statements))
    assert costs[0] == costs[1] <= 40, costs


# — the page


@pytest.fixture
def sat(cast: Cast, database: Database) -> tuple[Cast, str]:
    """Two students sat a check: one has all right, the other missed the first question of the bank and one more."""
    with database.writer() as s:
        seat, other = (s.get_one(Enrolment, one.id) for one in (cast.seat, cast.classmate_seat))
        sit(s, seat, "check-m1-l1", wrong=0)
        missed = quizzes.start_attempt(s, permit(s, other, "check-m1-l1"), now=NOON)
        for q in quizzes.paper_of(missed).questions:
            if q.item.id not in ("it-001", "it-002"):
                quizzes.save_answers(s, missed, [Given(q.position, tuple(q.right), False, 1)], now=NOON)
        quizzes.submit(s, missed, now=NOON)
        s.commit()
    return cast, f"/certificates/regrade/{cast.provider.code}/check-m1-l1/it-001"


def rows(database: Database, model: Any) -> list[Any]:
    with database.reader() as s:
        return list(s.scalars(sa.select(model)))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


VOID = {"kind": "void", "reason": "It had no right answer.", "seen": "0"}


def test_staff_find_the_way_from_the_figures(sat: tuple[Cast, str], browsers: Any) -> None:
    cast, path = sat
    page = browsers(cast.coordinator).get("/items/check-m1-l1").text
    assert f'href="{path}?words=' in page
    assert "/regrade/" not in browsers(cast.facilitator).get("/items/check-m1-l1").text


def test_a_coordinator_looks_then_applies(sat: tuple[Cast, str], browsers: Any, database: Database) -> None:
    cast, path = sat
    ruth = browsers(cast.coordinator)
    page = ruth.get(path).text
    assert "2 closed attempts in the cohorts of Quiet Creek Training hold these very words." in page
    assert "Its author mends it in the bank" in page
    seen = ruth.post(path, VOID | {"act": "preview"})
    assert seen.status_code == 200
    assert "1 score would change" in seen.text
    assert "50 %, not passed" in seen.text
    assert "75 %, passed" in seen.text
    assert "Apply to 2 attempts" in seen.text
    assert rows(database, Ruling) == rows(database, Mark) == []
    sent = VOID | {"act": "apply", "mark": hidden(seen.text, "mark"), "words": hidden(seen.text, "words")}
    assert ruth.post(path, sent).status_code == 303
    assert (len(rows(database, Ruling)), len(rows(database, Mark))) == (1, 1)
    page = ruth.get(path).text
    assert "It counts for everybody." in page
    assert "It had no right answer." in page
    assert "Ruth Okafor" in page


def test_a_pass_that_would_be_lost_has_a_box_of_its_own(
    sat: tuple[Cast, str], browsers: Any, database: Database
) -> None:
    cast, path = sat
    with database.writer() as s:
        made = sit(s, factories.enrolment(s, s.get_one(Cohort, cast.cohort.id)), "check-m1-l1", wrong=0)
        code = made.code
        missing = next(q.position for q in quizzes.paper_of(made).questions if q.item.id == "it-002")
        s.execute(
            sa.text("DELETE FROM lms_quiz_response WHERE attempt_id = :id AND position = :at"),
            {"id": made.id, "at": missing},
        )
        s.commit()
    ruth = browsers(cast.coordinator)
    sent = {"kind": "key", "right": "0", "reason": "The key was wrong.", "seen": "0"}
    seen = ruth.post(path, sent | {"act": "preview"}).text
    assert "1 pass would be taken away" in seen
    mark = {"act": "apply", "mark": hidden(seen, "mark"), "words": hidden(seen, "words")}
    refused = ruth.post(path, sent | mark)
    assert refused.status_code == 422
    assert "Tick each pass that is taken away, or rule otherwise." in refused.text
    assert "The key was wrong." in refused.text
    assert rows(database, Ruling) == []
    assert ruth.post(path, sent | mark | {"lose": code}).status_code == 303
    assert len(rows(database, Ruling)) == 1


def test_the_second_of_two_sees_the_first_s_ruling(sat: tuple[Cast, str], browsers: Any, database: Database) -> None:
    cast, path = sat
    ruth = browsers(cast.coordinator)
    page = ruth.post(path, VOID | {"act": "preview"}).text
    mark = {"act": "apply", "mark": hidden(page, "mark"), "words": hidden(page, "words")}
    assert ruth.post(path, VOID | mark).status_code == 303
    late = ruth.post(path, VOID | mark | {"reason": "My own reason."})
    assert late.status_code == 409
    assert "Somebody ruled on this question since you opened the page." in late.text
    assert "It had no right answer." in late.text
    assert "My own reason." in late.text
    assert hidden(late.text, "seen") == "1"
    moved = ruth.post(path, VOID | {"seen": "1", "act": "apply", "mark": "other"})
    assert moved.status_code == 409
    assert "here is what would change now" in moved.text
    assert len(rows(database, Ruling)) == 1


@pytest.mark.parametrize(
    "sent", [{}, {"kind": "void", "reason": " "}, {"kind": "other", "reason": "x"}, {"kind": "key", "reason": "x", "right": "77"}]
)  # fmt: skip
def test_a_bad_form_is_given_back(sat: tuple[Cast, str], browsers: Any, sent: dict[str, str]) -> None:
    cast, path = sat
    assert browsers(cast.coordinator).post(path, {"seen": "0"} | sent).status_code == 422


def test_a_version_that_is_none_is_an_old_page(sat: tuple[Cast, str], browsers: Any) -> None:
    cast, path = sat
    assert browsers(cast.coordinator).post(path, VOID | {"seen": "x"}).status_code == 409


def test_only_the_provider_s_coordinator_may(sat: tuple[Cast, str], browsers: Any, browser: Any) -> None:
    cast, path = sat
    for who in (cast.student, cast.facilitator, cast.funder, cast.other_facilitator):
        assert browsers(who).get(path).status_code == 404
        assert browsers(who).post(path, VOID).status_code == 404
    assert browser.get(path).status_code == 303
    ruth = browsers(cast.coordinator)
    assert ruth.get(path.replace("it-001", "it-999")).status_code == 404
    assert ruth.get(path + "?words=other").status_code == 404
    assert ruth.get(path.replace(cast.provider.code, "NOBODY")).status_code == 404


def test_the_names_of_certificates_are_on_the_preview(
    cast: Cast, browsers: Any, database: Database, clock: FixedClock
) -> None:
    with database.writer() as s:
        seat, cohort = s.get_one(Enrolment, cast.seat.id), s.get_one(Cohort, cast.cohort.id)
        complete(s, seat, held(s, cohort), s.get_one(Person, cast.facilitator.id), but="quiz")
        attempt = sit(s, seat)
        last = quizzes.paper_of(attempt).questions[-1].item
        service.issue(s, seat, by=s.get_one(Person, cast.coordinator.id), base_url=BASE, now=clock.now())
        texts = sorted(option.text for option in last.options)
        wrong = texts.index(next(option.text for option in last.options if not option.correct))
        s.commit()
    clock.advance(timedelta(hours=1))
    path = f"/certificates/regrade/{cast.provider.code}/quiz-m1/{last.id}"
    sent = {"kind": "key", "right": str(wrong), "reason": "The key was wrong.", "seen": "0"}
    ruth = browsers(cast.coordinator)
    page = ruth.post(path, sent).text
    assert "will no longer have met everything." in page
    assert "Their certificate stays as it is" in page
    with database.reader() as s:
        code = s.scalars(sa.select(Attempt.code).where(Attempt.quiz == "quiz-m1")).one()
    done = ruth.post(path, sent | {"act": "apply", "mark": hidden(page, "mark"), "lose": code})
    assert done.status_code == 303
    assert "To look at again" in ruth.get("/certificates").text
    assert rows(database, Certificate)[0].revoked_at is None


def letters(database: Database) -> dict[str, str]:
    with database.reader() as s:
        rows = s.scalars(sa.select(Message).where(Message.kind == "quiz.ruled")).all()
        found = {m.recipient: keys_of(s).open(m.body, f"lms_message:{m.code}:body") for m in rows}
    assert len(found) == len(rows), "one letter to each person"
    return found


def apply(ruth: Any, path: str, sent: dict[str, str]) -> Any:
    page = ruth.post(path, sent | {"act": "preview"}).text
    return ruth.post(path, sent | {"act": "apply", "mark": hidden(page, "mark"), "words": hidden(page, "words")})


def test_who_comes_to_something_else_gets_one_letter_and_nobody_else_does(
    sat: tuple[Cast, str], browsers: Any, database: Database
) -> None:
    cast, path = sat
    with database.writer() as s:
        seat = s.get_one(Enrolment, cast.classmate_seat.id)
        again = quizzes.start_attempt(s, permit(s, seat, "check-m1-l1", number=2), now=NOON)
        quizzes.submit(s, again, now=NOON)
        s.commit()
    ruth = browsers(cast.coordinator)
    ruth.post(path, VOID | {"act": "preview"})
    assert letters(database) == {}, "looking tells nobody"
    assert apply(ruth, path, VOID).status_code == 303
    assert "2 attempts were marked again. 1 person gets a letter." in ruth.get(path).text
    [(address, body)] = letters(database).items()
    assert address == cast.classmate.email
    assert "looked at again by Quiet Creek Training. It counts for everybody now, whatever was answered." in body
    assert "Why:\nIt had no right answer." in body
    assert "attempt 1: 50 % before, 75 % now. Now it is passed." in body
    assert "attempt 2: 0 % before, 25 % now. It is still not passed." in body
    assert body.count("/result") == 2
    for person in (cast.student, cast.coordinator, cast.facilitator):
        assert person.name not in body
    assert cast.seat.code not in body


def test_a_pass_that_is_lost_is_said_with_what_comes_next(
    sat: tuple[Cast, str], browsers: Any, database: Database
) -> None:
    cast, path = sat
    with database.writer() as s:
        made = sit(s, factories.enrolment(s, s.get_one(Cohort, cast.cohort.id)), "check-m1-l1", wrong=0)
        at = next(q.position for q in quizzes.paper_of(made).questions if q.item.id == "it-002")
        s.execute(
            sa.text("DELETE FROM lms_quiz_response WHERE attempt_id = :id AND position = :at"),
            {"id": made.id, "at": at},
        )
        address = made.enrolment.person.email
        s.execute(sa.update(Attempt).where(Attempt.id == made.id).values(points=300))
        code = made.code
        s.commit()
    sent = {"kind": "key", "right": "0", "reason": "The key was wrong.", "seen": "0"}
    assert apply(browsers(cast.coordinator), path, sent | {"lose": code}).status_code == 303
    body = letters(database)[address or ""]
    assert "Another answer is right now." in body
    assert "It was passed, and now it is not." in body
    assert "If none is, talk with your facilitator" in body


@pytest.mark.parametrize("kind", ["numeric", "short_text", "cloze", "matching", "ordering", "situational"])
def test_a_void_is_looked_at_and_undone_whatever_the_type(
    database: Database, cast: Cast, browsers: Any, kind: str
) -> None:
    mixed = Mixed(database, browsers(cast.student), cast.seat)
    mixed.send()
    ruth = browsers(cast.coordinator)
    path = f"/certificates/regrade/{cast.provider.code}/mixed/{mixed.question(kind).item.id}"
    undo = "It counts again as it was asked; what was ruled is undone"
    assert undo not in ruth.get(path).text
    assert ruth.post(path, VOID | {"kind": "asked", "act": "preview"}).status_code == 422
    assert apply(ruth, path, VOID).status_code == 303
    assert undo in ruth.get(path).text
    sent = {"kind": "asked", "reason": "It was right after all.", "seen": "1"}
    seen = ruth.post(path, sent | {"act": "preview"})
    assert "1 score would change" in seen.text
    assert apply(ruth, path, sent).status_code == 303
    page = ruth.get(path).text
    assert "It counts as it was asked." in page
    assert undo not in page
    assert [mark.points for mark in rows(database, Mark)] == [100, 0]
    with database.reader() as s:
        bodies = [
            keys_of(s).open(m.body, f"lms_message:{m.code}:body")
            for m in s.scalars(sa.select(Message).where(Message.kind == "quiz.ruled").order_by(Message.id))
        ]
    assert len(bodies) == 2
    assert "It counts again as it was asked." in bodies[1]
