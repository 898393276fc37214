import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.core.crypto import Keyring
from lms.core.db import Database, apart, keys_of, open_database, run, unit_of_work
from lms.records.models import Audit, Throttle

AT = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_an_instant_comes_back_as_utc(s: Session) -> None:
    s.add(Throttle(key="zone", at=AT.astimezone(timezone(timedelta(hours=-4)))))
    s.flush()
    s.expire_all()
    found = s.scalars(sa.select(Throttle).where(Throttle.key == "zone")).one()
    assert found.at == AT
    assert found.at.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(s: Session) -> None:
    s.add(Throttle(key="naive", at=datetime(2026, 1, 1)))
    with pytest.raises(sa.exc.StatementError, match="zone"):
        s.flush()


def test_a_unit_of_work_commits_once_or_not_at_all(database: Database) -> None:
    with unit_of_work(database) as s:
        s.add(Throttle(key="kept", at=AT))
    with pytest.raises(ZeroDivisionError), unit_of_work(database) as s:
        s.add(Throttle(key="lost", at=AT))
        s.flush()
        raise ZeroDivisionError
    with unit_of_work(database, write=False) as s:
        assert list(s.scalars(sa.select(Throttle.key))) == ["kept"]


def test_a_reading_unit_writes_nothing(database: Database) -> None:
    with unit_of_work(database, write=False) as s:
        s.add(Throttle(key="no", at=AT))
    with unit_of_work(database, write=False) as s:
        assert s.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 0


def test_a_session_carries_the_keys(s: Session) -> None:
    assert keys_of(s).open(keys_of(s).seal("x", "here"), "here") == "x"


def test_what_is_read_apart_sees_the_same_moment_and_outlives_the_session(s: Session) -> None:
    s.add(Throttle(key="apart", at=AT))
    with apart(s) as alone:
        found = alone.scalars(sa.select(Throttle)).one()
    assert (found.key, found in s, found in alone) == ("apart", False, False)
    assert s.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 1


def test_a_statement_about_tables_runs_in_the_sessions_transaction(s: Session) -> None:
    run(s, sa.insert(Throttle), [{"key": "one", "at": AT}, {"key": "two", "at": AT}])
    assert run(s, sa.select(Throttle.key).order_by(Throttle.key)).scalars().all() == ["one", "two"]
    s.rollback()
    assert s.scalars(sa.select(Throttle.key)).all() == []


def test_every_sqlite_connection_is_durable(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}", Keyring.of(["x" * 32]))
    for connection in [database.engine.connect() for _ in range(3)]:
        answers = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
        assert answers == ["wal", 2, 1]
        connection.close()
    database.engine.dispose()


DURABLE = {
    "sqlite": {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": "2"},
    "postgresql": {"SHOW fsync": "on", "SHOW synchronous_commit": "on", "SHOW full_page_writes": "on"},
}


def test_every_connection_of_this_engine_is_durable(database: Database) -> None:
    """The engine of this run, whichever it is: each connection says so itself, those that read and those that write."""
    wanted = DURABLE[database.engine.dialect.name]
    for sessions in (database.reader, database.writer, database.writer):
        with sessions() as s:
            assert {asked: str(s.connection().exec_driver_sql(asked).scalar()) for asked in wanted} == wanted


def test_a_read_then_write_never_loses_an_update(database: Database) -> None:
    with unit_of_work(database) as s:
        s.add(Audit(at=AT, actor="", verb="count", subject="race", facts={"n": 0}))

    def add() -> None:
        for _ in range(20):
            with unit_of_work(database) as s:
                row = s.scalars(sa.select(Audit).where(Audit.subject == "race").with_for_update()).one()
                row.facts = {"n": row.facts["n"] + 1}

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with unit_of_work(database, write=False) as s:
        assert s.scalars(sa.select(Audit).where(Audit.subject == "race")).one().facts == {"n": 80}


def test_no_error_shows_what_a_person_wrote(s: Session) -> None:
    with pytest.raises(sa.exc.DBAPIError) as failed:
        s.execute(sa.text("SELECT nothing FROM nowhere WHERE x = :x"), {"x": "my hardest story"})
    assert "my hardest story" not in str(failed.value)
    s.rollback()
