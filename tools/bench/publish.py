"""Publish the curriculum that the environment names and print how many seconds that took; run by the bench in a new process."""

import time

import click

from lms.core.clock import SystemClock
from lms.core.crypto import Keyring
from lms.core.db import open_database, unit_of_work
from lms.core.settings import Settings
from lms.curriculum import service as curriculum


def main() -> None:
    """Check, compile and store, as `flask lms curriculum compile` does."""
    settings = Settings.from_env()
    database = open_database(settings.database, Keyring.of(settings.secrets))
    begun = time.perf_counter()
    with unit_of_work(database) as s:
        curriculum.publish_files(
            s,
            settings.curriculum_path,
            settings.quizzes_path,
            now=SystemClock().now(),
            cache_dir=settings.home_path / "cache",
        )
    click.echo(f"{time.perf_counter() - begun:.3f}")


if __name__ == "__main__":
    main()
