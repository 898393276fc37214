"""The migrations are one line of dated steps and give exactly the tables that the models describe."""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lms.core.crypto import Keyring
from lms.core.db import Base, open_database
from lms.records.cli import migrations

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


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
