"""Letters as a worker finds them."""

from collections.abc import Callable

import pytest

from lms.core.db import Database, unit_of_work
from lms.records import service
from tests.factories import NOON


@pytest.fixture
def written(database: Database) -> Callable[..., str]:
    """Writes a letter in a transaction of its own and returns its code."""

    def write(subject: str = "Good day", to: str = "sade@people.example") -> str:
        with unit_of_work(database) as s:
            return service.write_message(s, "test", to, subject, "Open https://lms.example/in?k=SECRET", now=NOON).code

    return write
