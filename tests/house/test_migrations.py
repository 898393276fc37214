"""The migrations are one line of dated steps and give exactly the tables that the models describe."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lms.core.crypto import Keyring
from lms.core.db import Base, open_database
from lms.records.cli import migrations

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
DAY = datetime(2026, 11, 1, tzinfo=UTC)
SOMETHING = {str: "x", int: 0, bool: False, bytes: b"", object: {}, datetime: DAY, date: DAY.date()}


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(migrations("sqlite://")).get_heads()) == 1


def test_every_step_is_dated_and_named() -> None:
    assert all(re.fullmatch(r"\d{8}_\d{4}_[a-z0-9_]+", p.stem) for p in VERSIONS.glob("*.py"))


def test_upgrade_from_empty_gives_the_tables_of_the_models(fresh_url: str) -> None:
    config = migrations(fresh_url)
    command.upgrade(config, "head")
    engine = open_database(fresh_url, Keyring.of(["x" * 32])).engine
    with engine.connect() as c:
        context = MigrationContext.configure(c, opts={"compare_type": True, "version_table": "lms_alembic_version"})
        difference = [d for d in compare_metadata(context, Base.metadata) if "lms_alembic_version" not in str(d)]
    engine.dispose()
    assert difference == []


def test_down_and_up_again(fresh_url: str) -> None:
    config = migrations(fresh_url)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    engine = open_database(fresh_url, Keyring.of(["x" * 32])).engine
    assert [t for t in sa.inspect(engine).get_table_names() if t != "lms_alembic_version"] == []
    engine.dispose()
    command.upgrade(config, "head")
    command.upgrade(config, "head")


def test_late_texts_that_were_let_count_before_they_could_be_graded_wait(fresh_url: str) -> None:
    """A text, a text refused since, a choice, typed words that say so, and a pass with a text; only the newest mark changes."""
    command.upgrade(migrations(fresh_url), "202611281525")
    text, spoof = [{"sealed": "AAAA"}], ['{"sealed": 1}']
    past = [(text, [True], False), (text, [True, False], False), ([2], [True], False), (spoof, [True], False)]
    engine = open_database(fresh_url, Keyring.of(["x" * 32])).engine
    with engine.begin() as c:
        for at, (choice, decisions, passed) in enumerate([*past, (text, [False, True], True)], 1):
            _old_attempt(c, at, choice, decisions, passed)
    command.upgrade(migrations(fresh_url), "202611281727")
    with engine.connect() as c:
        marks = sa.table("lms_quiz_mark", *map(sa.column, ("attempt_id", "number", "passed", "waits")))
        rows = c.execute(sa.select(marks).order_by(marks.c.attempt_id, marks.c.number)).all()
    engine.dispose()
    newest = [(None, True), (False, False), (False, False), (False, False), (True, True)]
    assert [(None if one.passed is None else bool(one.passed), bool(one.waits)) for one in rows[1::2]] == newest
    assert {(bool(one.passed), bool(one.waits)) for one in rows[::2]} == {(False, False)}


def _old_attempt(c: sa.Connection, at: int, choice: list[Any], decisions: list[bool], passed: bool) -> None:
    """Write an attempt as it was stored before, with one late answer, what was decided about it, and two marks."""
    if at == 1:
        _insert(c, "lms_provider", id=1, name="P", place="", contact="", live_virtual_approval="none")
        _insert(c, "lms_curriculum_release", id=1, digest="d")
        _insert(c, "lms_cohort", id=1, provider_id=1, release_id=1, name="C", pathway="p", seats=9)
    _insert(c, "lms_person", id=at, code=f"P{at}", name="A", legal_name="A")
    _insert(c, "lms_enrolment", id=at, code=f"E{at}", cohort_id=1, person_id=at, status="active")
    _insert(c, "lms_quiz_attempt", id=at, code=f"A{at}", enrolment_id=at, quiz="q", number=1, state="submitted")
    _insert(c, "lms_quiz_answer_event", id=at, attempt_id=at, position=1, choice=choice, taken="closed")
    for number, accepted in enumerate(decisions, 1):
        more = {"code": f"D{at}-{number}", "event_id": at, "number": number, "accepted": accepted}
        _insert(c, "lms_quiz_late_decision", **more)
    for number, verdict in ((1, False), (2, passed)):
        _insert(c, "lms_quiz_mark", attempt_id=at, number=number, points=1, out_of=2, passed=verdict)


def _insert(c: sa.Connection, into: str, /, **values: Any) -> None:
    """Insert a row by the table as it stands in this database; what is not named and may not be null gets something."""
    table = sa.Table(into, sa.MetaData(), autoload_with=c, resolve_fks=False)
    described = Base.metadata.tables[into].columns
    for column in table.columns:
        if not (column.nullable or column.primary_key or column.name in values):
            values[column.name] = SOMETHING[column.type.python_type]
        if column.name in described:
            column.type = described[column.name].type
    c.execute(sa.insert(table).values(**values))
