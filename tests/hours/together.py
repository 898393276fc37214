"""Two transactions that really meet, for races: the errors of those that lost, in no order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy.orm import Session

from lms.core.db import Database, unit_of_work
from lms.core.errors import LmsError


def both_at_once(database: Database, act: Callable[[Session, int], object]) -> list[LmsError]:
    """Run `act(session, 0)` and `act(session, 1)`, each in its own transaction that has begun before the other ends."""
    gate = Barrier(2, timeout=20)
    # SQLite admits one writer at a time, so there they meet at the door; PostgreSQL lets both in.
    inside = database.engine.dialect.name == "postgresql"

    def run(number: int) -> LmsError | None:
        if not inside:
            gate.wait()
        try:
            with unit_of_work(database) as s:
                s.connection()
                if inside:
                    gate.wait()
                act(s, number)
        except LmsError as refused:
            return refused
        return None

    with ThreadPoolExecutor(2) as pool:
        return [error for error in pool.map(run, (0, 1)) if error]
