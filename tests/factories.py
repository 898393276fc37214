"""Small honest things to test with: each makes one row, flushed, with every choice open to the caller."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.cohorts.models import Appointment, Cohort, Enrolment, FundedSeat, Grant, Meeting, Provider, StatusChange
from lms.core.crypto import digest
from lms.core.ids import new_code
from lms.curriculum.models import Entry, Piece, Release
from lms.curriculum.rules import shapes

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
_number = count(1)


def person(s: Session, name: str = "Robin Ashdown", **more: Any) -> Person:
    """A person who can be signed in with `Browser.sign_in`; no password unless given."""
    made = Person(code=new_code(), email=f"p{next(_number)}@people.example", name=name, created_at=NOON, **more)
    s.add(made)
    s.flush()
    return made


def provider(s: Session, name: str = "Quiet Creek Training") -> Provider:
    """A training organisation."""
    made = Provider(
        code=new_code(),
        name=name,
        place="Nowhere, North Carolina",
        contact="office@quietcreek.example",
        created_at=NOON,
    )
    s.add(made)
    s.flush()
    return made


def item(number: int, competency: str = "peer-role", correct: int = 1, kind: Any = "single") -> shapes.Item:
    """A question with four options (two for true_false); option `correct` (from 0) is right."""
    texts = ("True", "False") if kind == "true_false" else ("First", "Second", "Third", "Fourth")
    options = tuple(
        shapes.Option(f"{text} way", at == correct, f"About {text.lower()}.") for at, text in enumerate(texts)
    )
    return shapes.Item(
        f"it-{number:03d}",
        kind,
        (competency,),
        2,
        "walking-beside",
        f"<p>Question {number}?</p>",
        options,
        "<p>Because.</p>",
    )


def pieces(modules: int = 1, lessons: int = 2, **pathway: Any) -> dict[str, dict[str, Any]]:
    """The pieces of a small release: `modules` modules of `lessons` lessons, one meeting, homework and narrative each.

    Ids: module `m1`, lessons `m1-l1` …, checks `check-m1-l1`, module quiz `quiz-m1` (bank `m1`, 4 of 6), `exam`,
    `m1/meeting-1`, `m1/homework-1`, `m1/story` (rubric `story`), pathway `starter`.
    """
    made: dict[str, Any] = {}
    lines = [_module(made, number, lessons) for number in range(1, modules + 1)]
    ids = [line.id for line in lines]
    _quiz(made, "exam", "exam", "groundwork", draws=tuple(shapes.Draw((one,), "", 2) for one in ids), limit=30)
    made["rubric:story"] = shapes.Rubric(
        "story", "Story", 4, True, tuple(_criterion(c) for c in ("moment", "help", "limits"))
    )
    made["pathway:starter"] = shapes.Pathway(**(_pathway(ids) | pathway))
    quizzes = [_quiz_line(made[key]) for key in sorted(made) if key.startswith("quiz:")]
    made["outline"] = shapes.Outline(
        "groundwork", "Peer Support Specialist Training", "en", tuple(lines), tuple(quizzes),
        {"peer-role": "The peer role", "ethics": "Ethics"}, {"starter": "Starter"},
    )  # fmt: skip
    return {key: asdict(piece) for key, piece in made.items()}


def _module(made: dict[str, Any], number: int, lessons: int) -> shapes.ModuleLine:
    one = f"m{number}"
    weights = {"peer-role": 60, "ethics": 40}
    lines = []
    for at in range(1, lessons + 1):
        lesson = f"{one}-l{at}"
        parts = tuple(shapes.Part(f"Part {p}", f"<p>Words of part {p}. {{{{crisis:988}}}}</p>", 200) for p in (1, 2, 3))
        made[f"lesson:{lesson}"] = shapes.Lesson(
            lesson, one, f"Lesson {at} of {one}", "What it is about.", 20, weights, "", parts, (), f"check-{lesson}"
        )
        _quiz(made, f"check-{lesson}", "lesson", lesson, items=tuple(item(n) for n in range(1, 5)))
        lines.append(
            shapes.LessonLine(
                lesson, f"Lesson {at} of {one}", "What it is about.", 20, 3, weights, f"check-{lesson}", ""
            )
        )
    made[f"bank:{one}"] = shapes.Bank(
        one, f"Bank {one}", one, tuple(item(100 * number + n, correct=n % 4) for n in range(6))
    )
    _quiz(made, f"quiz-{one}", "module", one, draws=(shapes.Draw((one,), "", 4),), limit=30)
    made[f"meeting:{one}/meeting-1"] = shapes.MeetingGuide(
        f"{one}/meeting-1",
        one,
        "Meeting",
        "To meet.",
        "in_person",
        120,
        weights,
        2,
        (),
        (shapes.AgendaItem(120, "All"),),
        "<p>…</p>",
    )
    made[f"homework:{one}/homework-1"] = shapes.Homework(
        f"{one}/homework-1", one, "Homework", 60, "Half and half.", weights, "One page.", "<p>Do it.</p>"
    )
    made[f"narrative:{one}/story"] = shapes.Narrative(
        f"{one}/story", one, "Your story", "Tell one moment.", 300, 900, "story", True, ("peer-role",), "<p>Write.</p>"
    )
    return shapes.ModuleLine(
        one, number, f"Module {number}", "What a student can do.", ("Say it",), ("peer-role",), "", f"quiz-{one}", tuple(lines),
        (shapes.MeetingLine(f"{one}/meeting-1", "Meeting", "in_person", 120, weights),),
        (shapes.HomeworkLine(f"{one}/homework-1", "Homework", 60, weights),),
        (shapes.NarrativeLine(f"{one}/story", "Your story", "Tell one moment.", True),),
    )  # fmt: skip


def _quiz(
    made: dict[str, Any], quiz: str, kind: Any, subject: str, items: Any = (), draws: Any = (), limit: int | None = None
) -> None:
    attempts = None if kind == "lesson" else 3
    made[f"quiz:{quiz}"] = shapes.Quiz(
        quiz, quiz.replace("-", " ").capitalize(), kind, subject, limit, attempts, 0 if kind == "lesson" else 12, 75, True, True,
        "feedback", tuple(items), tuple(draws),
    )  # fmt: skip


def _quiz_line(quiz: shapes.Quiz) -> shapes.QuizLine:
    questions = len(quiz.items) or sum(draw.count for draw in quiz.draws)
    return shapes.QuizLine(
        quiz.id,
        quiz.title,
        quiz.kind,
        quiz.subject,
        questions,
        quiz.time_limit_minutes,
        quiz.attempts,
        quiz.pass_percent,
    )


def _criterion(name: str) -> shapes.Criterion:
    levels = tuple(
        shapes.Level(p, word, f"{word} on {name}", "Do this next." if p == 0 else "")
        for p, word in ((3, "strong"), (2, "ready"), (1, "beginning"), (0, "not yet"))
    )
    return shapes.Criterion(name, name.capitalize(), levels)


def _pathway(modules: list[str]) -> dict[str, Any]:
    return dict(
        id="starter", title="Starter", jurisdiction="none", version=1, effective_from="2026-11-01", verified_on="2026-11-01",
        sources=(), unconfirmed=(), contact_hour_minutes=60, self_paced_credit="completion", reading_floor_percent=40,
        total_minutes=180 * len(modules), modalities={"in_person": {"min_minutes": 120 * len(modules)}, "homework": {}, "self_paced": {}, "practicum": {}},
        competency_minutes={}, attendance_percent=100, make_up=True, modules=tuple(modules), quizzes=tuple(f"quiz-{m}" for m in modules),
        exam="exam", narratives=tuple(f"{m}/story" for m in modules), homework=tuple(f"{m}/homework-1" for m in modules),
        practice_minutes=0, practice_day_minutes=480, certificate_title="Certificate of completion",
        certificate_wording="completed the training", certificate_note="", valid_months=24,
    )  # fmt: skip


def release(s: Session, made: dict[str, dict[str, Any]] | None = None) -> Release:
    """A release of `pieces()` (or of the given ones), stored as the compiler stores it."""
    made = made or pieces()
    body = {key: (digest(repr(piece)), piece) for key, piece in made.items()}
    row = Release(
        digest=digest(repr(sorted((k, d) for k, (d, _p) in body.items()))), title="Test release", compiled_at=NOON
    )
    s.add(row)
    s.flush()
    for mark, piece in dict(body.values()).items():
        if s.get(Piece, mark) is None:
            s.add(Piece(digest=mark, body=piece))
    s.flush()
    s.add_all(Entry(release_id=row.id, key=key, digest=mark) for key, (mark, _piece) in body.items())
    s.flush()
    return row


def cohort(s: Session, provider_: Provider | None = None, release_: Release | None = None, **more: Any) -> Cohort:
    """A running cohort on pathway `starter`."""
    given = dict(
        code=new_code(), provider=provider_ or provider(s), release=release_ or release(s), name="Autumn 2026", pathway="starter",
        zone="America/New_York", seats=15, starts_on=date(2026, 10, 5), ends_on=date(2026, 12, 20), created_at=NOON,
    )  # fmt: skip
    made = Cohort(**(given | more))
    s.add(made)
    s.flush()
    return made


def enrolment(s: Session, cohort_: Cohort, person_: Person | None = None, **more: Any) -> Enrolment:
    """A seat, with its first status row."""
    made = Enrolment(
        code=new_code(), cohort=cohort_, person=person_ or person(s), enrolled_at=NOON - timedelta(days=40), **more
    )
    s.add(made)
    s.flush()
    s.add(StatusChange(enrolment_id=made.id, status=made.status, at=made.enrolled_at, by="test", reason=None))
    s.flush()
    return made


def appointment(s: Session, person_: Person, role: str, **scope: Any) -> Appointment:
    """An office: `cohort_id`, `provider_id` or `grant_id` in `scope`."""
    made = Appointment(person=person_, role=role, since=NOON - timedelta(days=90), **scope)
    s.add(made)
    s.flush()
    return made


def meeting(s: Session, cohort_: Cohort, guide: str = "m1/meeting-1", **more: Any) -> Meeting:
    """A class that began two hours ago."""
    given = dict(
        code=new_code(), cohort=cohort_, guide=guide, title="Meeting", modality="in_person", minutes=120,
        starts_at=NOON - timedelta(hours=2), ends_at=NOON, place="The barn",
    )  # fmt: skip
    made = Meeting(**(given | more))
    s.add(made)
    s.flush()
    return made


def grant(s: Session, provider_: Provider, **more: Any) -> Grant:
    """A grant without a data agreement."""
    given = dict(
        code=new_code(), provider=provider_, name="Grant 2026", funder="Fictional Fund", starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31), created_at=NOON,
    )  # fmt: skip
    made = Grant(**(given | more))
    s.add(made)
    s.flush()
    return made


@dataclass
class Cast:
    """The fixed cast: a student, a classmate, their facilitator, coordinator and funder, and a stranger from elsewhere."""

    provider: Provider
    cohort: Cohort
    grant: Grant
    student: Person
    classmate: Person
    facilitator: Person
    coordinator: Person
    funder: Person
    stranger: Person
    other_facilitator: Person
    seat: Enrolment
    classmate_seat: Enrolment
    stranger_seat: Enrolment


def cast(s: Session) -> Cast:
    """Make the cast: one cohort with two students, and a second provider whose people must see nothing."""
    here, there = provider(s), provider(s, "Far Hill Training")
    one = cohort(s, here)
    two = cohort(s, there, one.release, name="Elsewhere")
    money = grant(s, here)
    names = (
        "Ṣadé Whitfield",
        "Tomás Rivera-Lund",
        "Marcus Bell",
        "Ruth Okafor",
        "Alma Lindqvist",
        "Noor Haddad",
        "Ira Fenn",
    )
    student, classmate, facilitator, coordinator, funder, stranger, other = (person(s, name) for name in names)
    appointment(s, facilitator, "facilitator", cohort_id=one.id)
    appointment(s, coordinator, "coordinator", provider_id=here.id)
    appointment(s, funder, "funder", grant_id=money.id)
    appointment(s, other, "facilitator", cohort_id=two.id)
    seat = enrolment(s, one, student)
    s.add(FundedSeat(enrolment=seat, grant=money, since=NOON))
    return Cast(
        here, one, money, student, classmate, facilitator, coordinator, funder, stranger, other,
        seat, enrolment(s, one, classmate), enrolment(s, two, stranger),
    )  # fmt: skip
