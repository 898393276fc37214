"""Alembic's entry: our metadata, our own version table, batch mode for SQLite, one migration at a time."""

import sqlalchemy as sa
from alembic import context

from lms.accounts import models as accounts
from lms.certificates import models as certificates
from lms.cohorts import models as cohorts
from lms.core.crypto import Keyring
from lms.core.db import Base, UTCDateTime, open_database
from lms.curriculum import models as curriculum
from lms.hours import models as hours
from lms.learning import models as learning
from lms.narratives import models as narratives
from lms.quizzes import models as quizzes
from lms.records import models as records
from lms.reports import models as reports

ROOMS = (accounts, certificates, cohorts, curriculum, hours, learning, narratives, quizzes, records, reports)
VERSION_TABLE = "lms_alembic_version"


def ours(obj, name, kind, reflected, compare_to):
    """Leave a host application's tables alone."""
    return not (kind == "table" and not name.startswith("lms_")) and name != VERSION_TABLE


def render(kind, obj, autogen):
    """Write our instant type by its storage, so that a migration imports nothing of ours."""
    if kind == "type" and isinstance(obj, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(obj, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        include_object=ours,
        render_item=render,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Two machines deploy at once: the second waits, then finds nothing to do. A migration never queues behind a long read.
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7240715)"))
            connection.execute(sa.text("SET LOCAL lock_timeout = '10s'"))
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = open_database(context.config.get_main_option("sqlalchemy.url"), Keyring.of(["-" * 32])).engine
    with engine.execution_options(write=True).connect() as opened:
        run(opened)
    engine.dispose()
