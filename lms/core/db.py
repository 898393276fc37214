"""The database: base class, column types, engines, and the one place besides the gate that commits."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from lms.core.crypto import Keyring


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: refuses naive values, stores UTC, returns aware UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn an aware instant into what the driver stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn a stored value into an aware UTC instant."""
        if value is None:
            return None
        # `replace` would take six times as long, and a page reads a hundred of these.
        return datetime.combine(value.date(), value.time(), UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = sa.JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Every table of the product; own metadata, so that a host application's tables are untouched."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UTCDateTime, dict[str, Any]: Json, list[Any]: Json, str: sa.Text}


@dataclass(frozen=True)
class Database:
    """One engine with two ways in: `reader` begins a snapshot, `writer` takes SQLite's write lock at once."""

    engine: sa.Engine
    reader: sessionmaker[Session]
    writer: sessionmaker[Session]


def open_database(url: str, keys: Keyring) -> Database:
    """Open `url` (SQLite or PostgreSQL) with durable settings; sessions carry `keys` for sealed columns."""
    engine = _sqlite_engine(url) if make_url(url).get_backend_name() == "sqlite" else _postgres_engine(url)
    return database_on(engine, keys)


def database_on(engine: sa.Engine, keys: Keyring) -> Database:
    """Wrap an engine that is already set up; a host application's own PostgreSQL engine will do."""
    info: dict[Any, Any] = {"keys": keys}
    reader = sessionmaker(engine, expire_on_commit=False, info=info)
    writer = sessionmaker(engine.execution_options(write=True), expire_on_commit=False, info=info)
    return Database(engine, reader, writer)


@contextmanager
def unit_of_work(database: Database, *, write: bool = True) -> Iterator[Session]:
    """One transaction: commit once at the end, roll back on any exception. For commands, jobs and the gate's own rows."""
    with (database.writer if write else database.reader)() as session:
        try:
            yield session
            if write:
                session.commit()
        finally:
            session.rollback()


def look_first(session: Session) -> None:
    """Let a writing session read until `take_lock`, so that who may not write never makes anybody wait.

    SQLite has one writer at a time; on PostgreSQL reading locks nothing and this does nothing. What is read here may have
    changed by then, as it may between two statements there: a rule that is acted upon reads again what it rests on.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.connection(execution_options={"write": False})


def take_lock(session: Session) -> None:
    """End what `look_first` began; the next statement takes the lock. What was loaded stays loaded."""
    if session.get_bind().dialect.name == "sqlite":
        session.commit()


@contextmanager
def apart(session: Session) -> Iterator[Session]:
    """Read on the same connection what is to outlive `session`: whatever is loaded here belongs to no session afterwards."""
    session.flush()
    with Session(session.connection(), expire_on_commit=False, info=session.info) as other:
        yield other


def run(session: Session, statement: sa.Executable, values: Any = None) -> sa.CursorResult[Any]:
    """Execute a statement about tables in the session's transaction, past its objects: a third quicker, and they are not flushed."""
    return session.connection().execute(statement, values)


def keys_of(session: Session) -> Keyring:
    """Return the key ring that a session carries."""
    ring: Keyring = session.info["keys"]
    return ring


def _postgres_engine(url: str) -> sa.Engine:
    # READ COMMITTED with row locks where a rule is checked and then acted upon; each such lock names its race.
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return sa.create_engine(parsed, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True)


def _sqlite_engine(url: str) -> sa.Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    # Parameters hold people's words: they never stand in an error message or a log.
    engine = sa.create_engine(
        url, module=_sqlite_module(), connect_args={"timeout": 10}, pool_size=8, max_overflow=8, hide_parameters=True
    )
    sa.event.listen(engine, "connect", _sqlite_connect)
    sa.event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_module() -> ModuleType:
    # The system's SQLite may be one whose WAL reset can corrupt (fixed in 3.51.3); the bundled one is newer.
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return importlib.import_module("sqlite3.dbapi2" if "sqlite3.dbapi2" in sys.modules else "sqlite3")


def _sqlite_connect(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN loses updates; ours is below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute("PRAGMA " + pragma)
    cursor.close()


def _sqlite_begin(connection: sa.Connection) -> None:
    # A reader that later writes would meet SQLITE_BUSY_SNAPSHOT at once; a writer therefore takes the lock first.
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
